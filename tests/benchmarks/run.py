"""Benchmarks in one command: python tests/benchmarks/run.py [--spacy PYTHON] [--only speed scaling memory report] [--store]

Articles are made by recombining the sentences of the seeds' bodies with names, numbers and places exchanged, so that no two are alike;
twenty in a row are one story, a hundred outlets take turns. Measured, each time in processes of their own pinned to the cores that they may use:
  speed    words a second on one core by processor time: the whole `extract` command (start and writing included), every stage alone, and a
           pipeline of the shape of spaCy's small English model with freshly made weights, where --spacy names a Python that has spaCy
  scaling  `extract` with 1, 2 and 4 workers on as many cores, by the clock, and the ratio to 1
  memory   the peak of `extract` with four workers over the size of the corpus: resident memory of the command and all its children, read
           from /proc ten times a second and added up (pages that they share count once for each, so it is no less than the truth)
  report   the time of `report` on an extracted folder over the size of the corpus, on two cores, by the clock, and its memory
Memory and report take short articles (60 to 120 words), so that tens of thousands fit the time; speed and scaling take long ones (about
700 words), and so does report for the sizes of --long. What is measured by the clock needs an idle machine. --store puts the rows into helpers/data/benchmarks.csv, in place of older
rows of the same groups; notebook 4 shows them.
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
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
GROUPS = {"speed": "words a second, one core", "scaling": "workers", "memory": "memory", "report": "report"}
FIELDS = ["date", "group", "measure", "value", "unit", "note"]
SWAPS = {"Kerry": ["Miller", "Haddad", "Okafor", "Larsen"], "Carter": ["Novak", "Silva", "Tanaka", "Weber"], "Syria": ["Norland", "Arvenia", "Sorland"],
         "Russia": ["Ostland", "Varia", "Meridia"], "Moscow": ["Ostburg", "Varis", "Port Mer"], "Latakia": ["Port Ardel", "Lunia", "Kessab"]}
ROUNDS = 4
STAGES = ["reading and layout", "attributions", "speakers", "mentions", "claims", "reuse", "frames"]


def sentences():
    """The sentences of the seeds' body text."""
    from helpers.corpus import load_corpus
    corpus = load_corpus(ROOT / "seeds")
    body = corpus.blocks[corpus.blocks["kind"] == "body"][["doc_id", "block"]]
    return [" ".join(text.split()) for text in corpus.sentences.merge(body, on=["doc_id", "block"])["text"]]


def make_corpus(folder, articles, *, short=False, story_size=20, seed=1):
    """Write articles (about 700 words, or 60 to 120) as .txt files, and a documents.csv that puts `story_size` in a row into one story."""
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
        names, room = {old: rng.choice(new) for old, new in SWAPS.items()}, rng.randint(50, 100) if short else 700
        (folder / f"a{n:06}.txt").write_text(make_text(said, names, kin, room, rng), encoding="utf-8")


def make_text(said, names, kin, room, rng):
    """Paragraphs of one to three sentences, until `room` words are full."""
    parts, left = [[]], room
    while left > 0:
        if len(parts[-1]) >= rng.randint(1, 3):
            parts.append([])
        parts[-1].append(vary(rng.choice(said), names, kin, rng))
        left -= len(parts[-1][-1].split())
    return "\n\n".join(map(" ".join, parts)) + "\n"


def vary(sentence, names, kin, rng):
    """A sentence with other names and numbers, and every third longer word exchanged for one with the same ending (but for cues)."""
    sentence = re.sub(r"\b(?!said|told|asked)[a-z]{5,}\b", lambda m: rng.choice(kin[m.group()[-2:]]) if rng.random() < 0.33 else m.group(), sentence)
    sentence = re.sub("|".join(names), lambda m: names[m.group()], sentence)
    return re.sub(r"\b\d{2,3}\b", lambda m: str(int(m.group()) + rng.randint(0, 9)), sentence)


def words_in(folder):
    return sum(len(re.findall(r"\w+(?:[-'’.]\w+)*", p.read_text(encoding="utf-8"))) for p in folder.glob("*.txt"))


def timed(command, cores):
    """(seconds by the clock, seconds of processor time, peak MiB of all its processes together) of a command that may use these cores."""
    code = f"import os, sys; os.sched_setaffinity(0, {set(cores)}); os.execv(sys.argv[1], sys.argv[1:])"
    before, peak, done = time.perf_counter(), [0], threading.Event()
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", code, *command], {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})

    def watch():
        while not done.wait(0.1):
            peak[0] = max(peak[0], sum(map(resident, family(pid))))
    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, usage = os.wait4(pid, 0)
    spent = time.perf_counter() - before
    done.set()
    watcher.join()
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return spent, usage.ru_utime + usage.ru_stime, max(peak[0], usage.ru_maxrss / 1024)


def family(pid):
    """A process and all that it started, those too that they started."""
    found = [pid]
    for mother in found:
        for task in Path(f"/proc/{mother}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:  # it has ended
                pass
    return found


def resident(pid):
    """The MiB that a process holds in memory; 0 for one that has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        return 0


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


def time_spacy(python, folder, core):
    """Seconds of a tagger, parser and entity recogniser of the small English model's shape, loading not counted."""
    command = ["taskset", "-c", str(core), python, "-c", SPACY, str(folder)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}).stdout)


def bench_speed(work, articles, spacy, cores):
    """Rounds of both in turn, since one run differs from the next by up to a fifth; the words of all rounds by their seconds."""
    make_corpus(work / "speed", articles)
    words, rounds = words_in(work / "speed"), []
    for _ in range(ROUNDS):
        rounds.append((extract(work / "speed", work / "o", cores[:1])[1], time_spacy(spacy, work / "speed", cores[0]) if spacy else None))
    for name, spent, note in zip(("extract, whole command", "spaCy small English pipeline"), zip(*rounds), ("start and writing included", "fresh weights, start not counted")):
        if None not in spent:
            told = ", ".join(f"{words / s:,.0f}" for s in spent)
            yield name, ROUNDS * words / sum(spent), "words/s", f"{articles} articles, {words:,} words, {note}; {ROUNDS} rounds: {told}"
    yield from bench_stages(work / "speed", cores[0])


def bench_scaling(work, articles, cores):
    make_corpus(work / "scaling", articles)
    times = {n: extract(work / "scaling", work / f"w{n}", cores[:n], n)[0] for n in (1, 2, 4) if n <= len(cores)}
    yield from ((f"{n} worker{'s' * (n > 1)}", times[1] / t, "times as fast as one", f"{t:.0f} s, {articles} articles") for n, t in times.items())


def bench_memory(work, sizes, cores):
    for n in sizes:
        make_corpus(work / f"m{n}", n, short=True)
        seconds, _, peak = extract(work / f"m{n}", work / f"mo{n}", cores, len(cores))
        yield f"{n:,} articles", peak, "MiB at most", f"{len(cores)} worker{'s' * (len(cores) > 1)}, all processes added up; short articles; {n / seconds:.0f} articles/s"


def bench_report(work, sizes, long, cores):
    for n, short in [*((n, True) for n in sizes), *((n, False) for n in long)]:
        corpus, tables, pages = (work / f"{name}-{n}-{short}" for name in ("corpus", "tables", "pages"))
        make_corpus(corpus, n, short=short)
        extract(corpus, tables, cores, len(cores))
        seconds, _, peak = timed([sys.executable, "-m", "helpers", "report", str(tables), "--out", str(pages)], cores[:2])
        size = max(page.stat().st_size for page in pages.glob("*.html")) / 2**20
        yield (f"{n:,} {'' if short else 'long '}articles", seconds, "seconds",
               f"from an extracted folder, two cores; {peak:,.0f} MiB; {'short articles; ' if short else ''}largest page {size:.1f} MB")


def store(rows):
    """Puts rows into helpers/data/benchmarks.csv, in place of what it held of their groups."""
    file, groups = ROOT / "helpers" / "data" / "benchmarks.csv", {row[1] for row in rows}
    with open(file, encoding="utf-8", newline="") as old:
        kept = [row for row in list(csv.reader(old))[1:] if row[1] not in groups]
    with open(file, "w", encoding="utf-8", newline="") as new:
        csv.writer(new, lineterminator="\n").writerows([FIELDS, *sorted(kept + rows, key=lambda row: list(GROUPS.values()).index(row[1]))])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--spacy", metavar="PYTHON", help="a Python that has spaCy (in an environment of its own)")
    arguments.add_argument("--only", nargs="*", choices=list(GROUPS), default=list(GROUPS))
    arguments.add_argument("--speed", type=int, default=170, help="articles for the speeds")
    arguments.add_argument("--scaling", type=int, default=600, help="articles for the ratio of workers")
    arguments.add_argument("--memory", type=int, nargs="*", default=[1000, 5000, 50_000], help="sizes of the corpora for the memory")
    arguments.add_argument("--report", type=int, nargs="*", default=[100, 1000, 10_000, 100_000], help="sizes of the corpora of short articles for the report")
    arguments.add_argument("--long", type=int, nargs="*", default=[10_000], help="sizes of the corpora of long articles for the report")
    arguments.add_argument("--note", default="", help="said with every row, e.g. that the machine was busy")
    arguments.add_argument("--store", action="store_true", help="write helpers/data/benchmarks.csv")
    args = arguments.parse_args()
    cores, rows = sorted(os.sched_getaffinity(0)), []
    runs = {"speed": lambda work: bench_speed(work, args.speed, args.spacy, cores), "scaling": lambda work: bench_scaling(work, args.scaling, cores),
            "memory": lambda work: bench_memory(work, args.memory, cores), "report": lambda work: bench_report(work, args.report, args.long, cores)}
    for name in args.only:
        with tempfile.TemporaryDirectory() as work:
            for measure, value, unit, note in runs[name](Path(work)):
                note = "; ".join(filter(None, (note, args.note)))
                rows.append([datetime.date.today().isoformat(), GROUPS[name], measure, f"{value:.3g}" if value < 100 else f"{value:.0f}", unit, note])
                print(*rows[-1], sep="  ", flush=True)
        if args.store:
            store(rows)


if __name__ == "__main__":
    main()
