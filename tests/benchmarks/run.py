"""Benchmarks in one command: python tests/benchmarks/run.py [--spacy PYTHON] [--only speed ...] [--store]

Articles are made by recombining the sentences of the seeds' bodies with names, numbers and places exchanged, so that no two are alike.
Measured, each time in a process of its own pinned to the cores that it may use:
  words a second, one core  every stage alone, the whole `extract` command (start and writing included), and a pipeline of the shape of
                            spaCy's small English model with freshly made weights, where --spacy names a Python that has spaCy
  workers                   the time of `extract` with 1, 2 and 4 workers, and the ratio to 1
  memory                    the peak of `extract` over the size of the corpus (the largest process)
  report                    the time of the report over the size of the corpus
Speeds on one core are by processor time, which other work on the machine changes little; the others are by the clock, so the machine
should be idle. What counts are ratios within one run. --store writes helpers/data/benchmarks.csv, which notebook 4 shows.
"""
import argparse
import csv
import datetime
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
FIELDS = ["date", "group", "measure", "value", "unit", "note"]
SWAPS = {"Kerry": ["Miller", "Haddad", "Okafor", "Larsen"], "Carter": ["Novak", "Silva", "Tanaka", "Weber"], "Syria": ["Norland", "Arvenia", "Sorland"],
         "Russia": ["Ostland", "Varia", "Meridia"], "Moscow": ["Ostburg", "Varis", "Port Mer"], "Latakia": ["Port Ardel", "Lunia", "Kessab"]}
STAGES = ["reading and layout", "attributions", "speakers", "mentions", "claims", "reuse", "frames"]


def sentences():
    """The sentences of the seeds' body text."""
    from helpers.corpus import load_corpus
    corpus = load_corpus(ROOT / "seeds")
    body = corpus.blocks[corpus.blocks["kind"] == "body"][["doc_id", "block"]]
    return [" ".join(text.split()) for text in corpus.sentences.merge(body, on=["doc_id", "block"])["text"]]


def make_corpus(folder, articles, *, story_size=20, seed=1):
    """Write articles of about 600 words as .txt files, and a documents.csv that puts `story_size` in a row into one story."""
    rng, said = random.Random(seed), sentences()
    kin = {}
    for word in sorted({w for text in said for w in re.findall(r"\b[a-z]{5,}\b", text)}):
        kin.setdefault(word[-2:], []).append(word)
    folder.mkdir(parents=True)
    with open(folder / "documents.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["doc_id", "story", "outlet"])
        rows.writerows([f"a{n:06}", f"story {n // story_size}", f"Outlet {n % 100}"] for n in range(articles))
    for n in range(articles):
        names = {old: rng.choice(new) for old, new in SWAPS.items()}
        text = [[vary(rng.choice(said), names, kin, rng) for _ in range(rng.randint(1, 3))] for _ in range(13)]
        (folder / f"a{n:06}.txt").write_text("\n\n".join(" ".join(part) for part in text) + "\n", encoding="utf-8")


def vary(sentence, names, kin, rng):
    """A sentence with other names and numbers, and every third longer word exchanged for one with the same ending (but for cues)."""
    sentence = re.sub(r"\b(?!said|told|asked)[a-z]{5,}\b", lambda m: rng.choice(kin[m.group()[-2:]]) if rng.random() < 0.33 else m.group(), sentence)
    sentence = re.sub("|".join(names), lambda m: names[m.group()], sentence)
    return re.sub(r"\b\d{2,3}\b", lambda m: str(int(m.group()) + rng.randint(0, 9)), sentence)


def words_in(folder):
    return sum(len(re.findall(r"\w+(?:[-'’.]\w+)*", p.read_text(encoding="utf-8"))) for p in folder.glob("*.txt"))


def timed(command, cores):
    """(seconds by the clock, seconds of processor time, peak MiB of the largest process) of a command that may use these cores."""
    code = f"import os, sys; os.sched_setaffinity(0, {set(cores)}); os.execv(sys.argv[1], sys.argv[1:])"
    before = time.perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", code, *command], {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return time.perf_counter() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def extract(corpus, out, cores, workers=1):
    return timed([sys.executable, "-m", "helpers", "extract", str(corpus), "--out", str(out), "--machine", "--workers", str(workers)], cores)


def bench_stages(folder, core):
    """Words a second of every stage, in this process pinned to one core, models loaded beforehand."""
    os.sched_setaffinity(0, {core})
    from helpers import pipeline as p
    from helpers.corpus import load_corpus
    words = words_in(folder)
    p.load_tables(ROOT / "seeds", machine=True)

    def stage(function, *args):
        start = time.process_time()
        out = function(*args)
        spent.append(time.process_time() - start)
        return out
    spent = []
    corpus = stage(load_corpus, folder)
    found = stage(p.find_attributions, corpus.documents, corpus.blocks, corpus.sentences)
    said = stage(p.resolve_speakers, found, corpus.documents, corpus.sentences)
    mentions = stage(p.find_mentions, corpus.documents, corpus.sentences, said)
    stage(p.find_claims, mentions, said, corpus.documents, corpus.sentences)
    stage(p.find_reuse, corpus.documents, corpus.sentences, said)
    stage(p.find_frames, corpus.documents, corpus.sentences, said)
    os.sched_setaffinity(0, range(os.cpu_count()))
    return [(name, words / s, "words/s", f"{s:.1f} s for {words:,} words") for name, s in zip(STAGES, spent)]


SPACY = """
import sys, time, pathlib, spacy
texts = [p.read_text(encoding="utf-8") for p in sorted(pathlib.Path(sys.argv[1]).glob("*.txt"))]
nlp = spacy.blank("en")
embed = {"@architectures": "spacy.HashEmbedCNN.v2", "width": 96, "depth": 4, "embed_size": 2000, "window_size": 1, "maxout_pieces": 3,
         "subword_features": True, "pretrained_vectors": None}
nlp.add_pipe("tok2vec", config={"model": embed})
listen = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
for tag in ("NN", "VB", "DT", "IN", "JJ"):
    nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": listen}}).add_label(tag) if "tagger" not in nlp.pipe_names else nlp.get_pipe("tagger").add_label(tag)
parser = nlp.add_pipe("parser", config={"model": {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": "parser",
    "extra_state_tokens": False, "hidden_width": 64, "maxout_pieces": 2, "use_upper": True, "tok2vec": listen}})
for label in ("nsubj", "dobj", "det", "prep", "pobj", "ccomp", "ROOT", "amod", "advmod", "aux"):
    parser.add_label(label)
ner = nlp.add_pipe("ner", config={"model": {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner",
    "extra_state_tokens": False, "hidden_width": 64, "maxout_pieces": 2, "use_upper": True, "tok2vec": embed}})
for label in ("PERSON", "ORG", "GPE", "DATE", "CARDINAL", "NORP"):
    ner.add_label(label)
nlp.initialize()
words = sum(len(doc) for doc in nlp.pipe(texts[:20]))
start = time.process_time()
count = sum(1 for doc in nlp.pipe(texts))
print(time.process_time() - start)
"""


def bench_spacy(python, folder, core):
    """Words a second of a tagger, parser and entity recogniser of the small English model's shape, loading not counted."""
    command = ["taskset", "-c", str(core), python, "-c", SPACY, str(folder)]
    seconds = float(subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}).stdout)
    return [("spaCy small English pipeline", words_in(folder) / seconds, "words/s", "fresh weights, start not counted")]


def bench_speed(work, articles, spacy, cores):
    make_corpus(work / "speed", articles)
    words = words_in(work / "speed")
    _, seconds, _ = extract(work / "speed", work / "o", cores[:1])
    yield "extract, whole command", words / seconds, "words/s", f"{articles} articles, start and writing included"
    yield from bench_spacy(spacy, work / "speed", cores[0]) if spacy else ()
    yield from bench_stages(work / "speed", cores[0])


def bench_workers(work, articles, cores):
    make_corpus(work / "workers", articles)
    times = {n: extract(work / "workers", work / f"w{n}", cores[:n], n)[0] for n in (1, 2, 4) if n <= len(cores)}
    yield from ((f"{n} workers", times[1] / t, "times as fast as one", f"{t:.0f} s, {articles} articles") for n, t in times.items())


def bench_memory(work, sizes, cores):
    for n in sizes:
        make_corpus(work / f"m{n}", n)
        _, seconds, peak = extract(work / f"m{n}", work / f"mo{n}", cores)
        yield f"{n:,} articles", peak, "MiB at most", f"one worker, {seconds:.0f} s of processor time"


def bench_report(work, sizes, cores):
    for n in sizes:
        make_corpus(work / f"r{n}", n)
        seconds, _, _ = timed([sys.executable, "-m", "helpers", "report", str(work / f"r{n}"), "--out", str(work / f"ro{n}")], cores)
        yield f"{n:,} articles", seconds, "seconds", "from the articles"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--spacy", metavar="PYTHON", help="a Python that has spaCy (in an environment of its own)")
    arguments.add_argument("--only", nargs="*", default=["speed", "workers", "memory", "report"])
    arguments.add_argument("--speed", type=int, default=170, help="articles for the speeds")
    arguments.add_argument("--workers", type=int, default=1000, help="articles for the ratio of workers")
    arguments.add_argument("--memory", type=int, nargs="*", default=[1000, 5000], help="sizes of the corpora for the memory")
    arguments.add_argument("--report", type=int, nargs="*", default=[5, 50], help="sizes of the corpora for the report")
    arguments.add_argument("--note", default="", help="said with every row, e.g. that the machine was busy")
    arguments.add_argument("--store", action="store_true", help="write helpers/data/benchmarks.csv")
    args = arguments.parse_args()
    cores, rows, groups = sorted(os.sched_getaffinity(0)), [], {
        "speed": ("words a second, one core", lambda work: bench_speed(work, args.speed, args.spacy, cores)),
        "workers": ("workers", lambda work: bench_workers(work, args.workers, cores)),
        "memory": ("memory", lambda work: bench_memory(work, args.memory, cores)),
        "report": ("report", lambda work: bench_report(work, args.report, cores))}
    with tempfile.TemporaryDirectory() as work:
        for group, run in (groups[name] for name in args.only):
            for measure, value, unit, note in run(Path(work)):
                note = "; ".join(filter(None, (note, args.note)))
                rows.append([datetime.date.today().isoformat(), group, measure, f"{value:.3g}" if value < 100 else f"{value:.0f}", unit, note])
                print(*rows[-1], sep="  ", flush=True)
    if args.store:
        with open(ROOT / "helpers" / "data" / "benchmarks.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([FIELDS, *rows])


if __name__ == "__main__":
    main()
