"""Every table of a corpus of any size, written into a folder: in constant memory, over many processes, whole or not at all.

Articles are spooled into chunks. What needs one article only is found chunk by chunk; what compares articles, batch by batch: a
batch is one or more whole stories, or BATCH articles in a row of a story that has more. Chunks and batches depend on the input alone, so that any number
of workers gives the same bytes. Finished parts stay in a work folder beside the output, named by the hash of what they were made from: a run
that was killed goes on there."""
import gc
import hashlib
import json
import os
import shutil
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context, parent_process
from pathlib import Path

import pandas as pd
import pyarrow as pa

from helpers import corpus as reading
from helpers import pipeline
from helpers.files import EXCEL_CELL, from_arrow, is_mine, read_arrow, read_part, write_part, write_table
from helpers.formats import Article, read_articles
from helpers.tables import COLUMNS, from_rows, make, records

CHUNK, CHUNK_CHARS = 32, 80_000  # articles, characters
PACK, BATCH = 80, 1000  # small stories are compared in one go up to PACK articles, larger ones up to BATCH
SECONDS, CHARS_A_SECOND = 300, 1000  # how long a chunk may take before its process is ended
RARELY = 50_000, 20, 100  # the search for circles of dead objects: in tables of many small lists it finds nothing
MADE_BY = "newsrooms-side-by-side extract"


def extract(corpus, out, *, format="parquet", machine=False, repair=False, workers=1, scheduler=None):
    """Write every table of a corpus into the folder `out` (made or, if extract wrote it, replaced whole); returns 0. format: parquet, csv, jsonl or
    xlsx; machine=True leaves reviewed annotations aside; repair=True mends mojibake; workers: processes; scheduler: address of a Dask scheduler. Raises
    ValueError for a folder that extract did not write, or where no article can be read (the tables are written), and what load_corpus raises."""
    out = check_out(out, corpus)
    gc.set_threshold(*RARELY)
    notes = str(Path(corpus).absolute()) if not machine and (Path(corpus) / "annotations").is_dir() else None
    with work_folder(out) as work:
        with dask_spread(scheduler) if scheduler else local_spread(max(1, workers)) as spread:
            chunks, first = spool(corpus, work, notes, repair)
            parts = analyse_all(chunks, spread)
            batches = plan_batches(parts, notes)
            for task, reason in progress(spread(compare_batch, batches), batches, "compared"):
                if reason:
                    raise OSError(f"comparing {task['size']} articles {reason}; what was read is kept, run the command again (with fewer --workers)")
        rows = write_whole(out, work, parts, batches, first, format=format, machine=machine)
    if not rows["documents"]:
        raise ValueError(f"{corpus} holds no article that can be read" + (f": {out / 'problems'}.{format} says why" if rows["problems"] else ""))
    return 0


def check_out(out, corpus):
    """The folder to write, absolute. Raises ValueError where it holds what extract did not write, or lies in the corpus."""
    out = Path(os.path.abspath(out))
    if not out.name:
        raise ValueError(f"{out} cannot be replaced: choose a new folder in it for --out")
    old = out.with_name(f".{out.name}.old")
    if Path(corpus).is_dir() and Path(corpus).resolve() in out.resolve().parents:
        raise ValueError(f"{out} lies in the corpus, where its files would be read as articles: choose a folder outside {corpus}")
    there = old if old.is_dir() and not out.exists() else out  # a run was killed between the two steps that replace an output
    known = set()
    with suppress(ValueError, AttributeError, TypeError, OSError):  # a manifest.json of somebody else's
        wrote = json.loads((there / "manifest.json").read_text(encoding="utf-8"))
        known = set(wrote.get("files", [])) | {"manifest.json"} if wrote.get("made_by") == MADE_BY else set()
    files = [there] if there.is_file() else (p for p in there.rglob("*") if p.is_file())
    if other := next((p for p in files if p.relative_to(there).as_posix() not in known), None):
        raise ValueError(f"{other} was not written by extract, so nothing is replaced: choose a new or empty folder for --out")
    return out


@contextmanager
def work_folder(out):
    """Gives the folder beside `out` for chunks and parts, to one run at a time. Raises OSError where another has it; a killed run's lock is gone with it."""
    work, old = out.with_name(f".{out.name}.work"), out.with_name(f".{out.name}.old")
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"{out} cannot be written ({error.strerror}): choose another folder for --out") from None
    with open(work / "lock", "a", encoding="utf-8") as lock:
        if not is_mine(lock):
            raise OSError(f"{out}: another run is writing there, since {time.time() - os.fstat(lock.fileno()).st_mtime:.0f} s: let it end, or choose another --out")
        os.utime(lock.name)
        if old.is_dir() and not out.exists():
            old.rename(out)
        yield work


# chunks: what needs one article only
def spool(corpus, work, notes, repair=False):
    """Write the articles as chunks into `work`: (tasks for analyse_chunk, (problems met before, rows of documents.csv without a file))."""
    given, problems = reading.load_metadata(corpus)
    light, ends, chunk, code = [], [0], [], fingerprint(corpus, notes)
    for item in read_articles(corpus, repair=repair, skip=reading.is_metadata):
        if isinstance(item, Article):
            light.append(item._replace(text="", fields={}, encoding=str(len(light))))
            chunk.append(item)
        else:
            problems.append(item._asdict())
        if len(chunk) == CHUNK or sum(len(a.text) for a in chunk) > CHUNK_CHARS:
            ends.append(ends[-1] + save_chunk(chunk, work, len(ends)))
            chunk = []
    ends += [ends[-1] + save_chunk(chunk, work, len(ends))] if chunk else []
    kept, unused = reading.with_ids(light)
    ids = {int(a.encoding): a.doc_id for a in kept}
    missing = set(given) - set(ids.values())
    missing = [{"path": "documents.csv", "doc_id": d, "reason": "a row without its file"} for d in given if d in missing]
    tasks = [chunk_task(work, n, {i - a: ids[i] for i in range(a, b) if i in ids}, given, notes, code) for n, (a, b) in enumerate(zip(ends, ends[1:]), 1)]
    return tasks, (make("problems", problems + unused), make("problems", missing))


def save_chunk(articles, work, number):
    """Put a chunk of articles on disk; returns how many."""
    lines = (json.dumps(article, default=str) + "\n" for article in articles)
    (work / f"articles-{number:06}.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(articles)


def chunk_task(work, number, ids, given, notes, code):
    """What a worker needs for a chunk; its part is named by all that its result depends on."""
    file = work / f"articles-{number:06}.jsonl"
    stated = {d: given[d] for d in ids.values() if d in given}
    name = digest(code, file.read_bytes(), json.dumps([sorted(ids.items()), stated], sort_keys=True))
    return {"number": (number,), "file": str(file), "ids": ids, "given": stated, "notes": notes, "part": str(work / f"chunk-{name}"),
            "seconds": SECONDS + file.stat().st_size / CHARS_A_SECOND, "size": len(ids)}


def analyse_all(tasks, spread):
    """The parts of all chunks, in order; a chunk that ends its process or takes too long is tried again article by article."""
    parts, again = {}, []
    for task, reason in progress(spread(analyse_chunk, tasks), tasks, "read"):
        parts |= {} if reason else {task["number"]: task["part"]}
        again += [{**task, "number": (*task["number"], i), "ids": {i: d}, "part": f"{task['part']}-{i}", "size": 1} for i, d in task["ids"].items() if reason]
    for task, reason in spread(analyse_chunk, again):
        if reason:
            write_part(task["part"], {"problems": make("problems", [{"doc_id": d, "reason": reason} for d in task["ids"].values()])})
        parts[task["number"]] = task["part"]
    return [parts[number] for number in sorted(parts)]


def analyse_chunk(task):
    """Write the part of one chunk: documents, blocks, sentences, problems, and the machine's attributions, mentions and frames."""
    if Path(task["part"]).exists():
        return
    with open(task["file"], encoding="utf-8") as lines:
        articles = [Article(*json.loads(line))._replace(doc_id=task["ids"][i]) for i, line in enumerate(lines) if i in task["ids"]]
    write_part(task["part"], analyse(articles, task["given"], task["notes"]))


def analyse(articles, given, notes):
    """Tables of some articles, by all steps that need one article only; one that fails is a problem, and the rest goes on."""
    try:
        read = [reading.read_article(a, given) for a in articles]
        rows = [document for document, *_ in read]
        spans = {table: [row for part in read for row in part[n]] for n, table in enumerate(("blocks", "sentences", "problems"), 1)}
        documents, (blocks, sentences, problems) = from_rows("documents", rows), (make(table, part) for table, part in spans.items())
        done = set(reading.load_annotations(notes, documents).reviewed.query("layer == 'attributions'")["doc_id"]) if notes else set()
        rest = [t[~t["doc_id"].isin(done)].reset_index(drop=True) for t in (documents, blocks, sentences)]
        attributions = pipeline.find_attributions(*rest)
        found = {} if notes else {"mentions": pipeline.find_mentions(documents, sentences, attributions),
                                  "frames": pipeline.find_frames(documents, sentences, attributions)}
        sketches = pd.DataFrame(reading.sketch_articles(rows, spans["sentences"]), columns=["doc_id", "path", "digest", "sketch"])
        return dict(documents=documents, blocks=blocks, sentences=sentences, attributions=attributions, problems=problems, sketches=sketches, **found)
    except Exception as error:  # whatever one text does to any step, the others are read
        if len(articles) == 1:
            return {"problems": make("problems", [reading.failed(articles[0].path, articles[0].doc_id, error)])}
        return joined([analyse([article], given, notes) for article in articles])


def joined(parts):
    """Tables one below the other."""
    names = dict.fromkeys(table for part in parts for table in part)
    return {table: pd.concat([part[table] for part in parts if table in part], ignore_index=True) for table in names}


# batches: what compares articles
def plan_batches(parts, notes):
    """Tasks for compare_batch: whole stories together up to PACK documents; a story of more than BATCH is cut."""
    stories, batches = {}, [[]]
    for part in parts:
        for row in read_arrow(part, "documents", columns=["doc_id", "story"]).to_pylist():
            stories.setdefault(row["story"], []).append((part, row["doc_id"]))
    for docs in stories.values():
        for start in range(0, len(docs), BATCH):
            piece = docs[start:start + BATCH]
            batches += [[]] if batches[-1] and len(batches[-1]) + len(piece) > PACK else []
            batches[-1] += piece
    return [batch_task(n, docs, notes, len(stories) > 1) for n, docs in enumerate(batches) if docs]


def batch_task(number, docs, notes, several):
    """What a worker needs to compare a batch; its part is named by all that its result depends on."""
    chosen = {}
    for part, doc_id in docs:
        chosen.setdefault(part, []).append(doc_id)
    name = digest(json.dumps([several, *((Path(part).name, ids) for part, ids in chosen.items())]))
    return {"number": (number,), "docs": chosen, "notes": notes, "several": several, "size": len(docs), "seconds": SECONDS + 10 * len(docs),
            "part": str(Path(docs[0][0]).with_name(f"batch-{name}"))}


def compare_batch(task):
    """Write the part of one batch: every table of its documents, compared with each other."""
    if not Path(task["part"]).exists():
        names = ["documents", "blocks", "sentences", "attributions"] + ([] if task["notes"] else ["mentions", "frames"])
        found = {t: from_arrow(t, pa.concat_tables([read_arrow(part, t, ids) for part, ids in task["docs"].items()], promote_options="default")) for t in names}
        tables = compare_safely(found, task["notes"])
        if task["several"] and "claims" in tables:  # as find_claims names its groups when it sees more than one story
            groups = [g if g is None or g.startswith(f"{s}: ") else f"{s}: {g}" for s, g in zip(tables["claims"]["story"], tables["claims"]["group"])]
            tables["claims"] = tables["claims"].assign(group=pd.Series(groups, dtype=object))
        write_part(task["part"], tables)


def compare_safely(found, notes):
    """compare, without the documents that make a step fail: they are problems."""
    try:
        return compare(**found, notes=notes)
    except Exception as error:
        ids = list(found["documents"]["doc_id"])
        if len(ids) == 1:
            return {"problems": make("problems", [reading.failed(found["documents"]["path"][0], ids[0], error)])}
        alone = [compare_safely({t: f[f["doc_id"] == d].reset_index(drop=True) for t, f in found.items()}, notes) for d in ids]
        good = {d for d, part in zip(ids, alone) if "documents" in part}
        if len(good) == len(ids) or not good:  # no single one is to blame: each stands alone
            return joined(alone)
        rest = compare_safely({t: f[f["doc_id"].isin(good)].reset_index(drop=True) for t, f in found.items()}, notes)
        return joined([rest] + [part for d, part in zip(ids, alone) if d not in good])


def compare(documents, blocks, sentences, *, notes=None, **found):
    """All tables of a batch from what was found article by article (without mentions and frames where there are annotations)."""
    rows = records(documents)
    reading.set_bounds(rows, records(sentences[["doc_id", "text"]]))
    documents = from_rows("documents", rows)
    noted = reading.load_annotations(notes, documents) if notes else None
    return pipeline.make_tables(reading.Corpus(documents, blocks, sentences, make("problems", [])), noted, **found)._asdict()


def all_speakers(parts):
    """The speakers of all batches as one table: counts added up, kind, side and role of the batch with most words."""
    rows = {}
    for part in parts:
        for row in read_arrow(part, "speakers").to_pylist():
            old = rows.setdefault(row["speaker"], {**row, "best": 0, "n_attributions": 0, "n_words": 0, "aliases": []})
            old |= {k: row[k] for k in ("speaker_kind", "side", "role")} | {"best": row["n_words"]} if row["n_words"] > old["best"] else {}
            old |= {"n_attributions": old["n_attributions"] + row["n_attributions"], "n_words": old["n_words"] + row["n_words"],
                    "aliases": sorted({*old["aliases"], *row["aliases"]})}
    return make("speakers", sorted(rows.values(), key=lambda row: (-row["n_words"], row["speaker"])))


def all_problems(parts, batches, first, format):
    """The problems of reading, of single articles, copies of others, and of batches (not what a batch says of another's annotations)."""
    copies = reading.find_copies(row for part in parts for row in read_arrow(part, "sketches").to_pylist())
    if format == "xlsx":
        copies += [{"path": "documents.xlsx", "doc_id": row["doc_id"], "reason": f"text cut after {EXCEL_CELL:,} characters, all that a cell of Excel "
                    "holds; parquet, csv and jsonl hold it whole"} for part in parts for row in read_arrow(part, "documents", columns=["doc_id", "text"]).to_pylist()
                   if len(row["text"]) > EXCEL_CELL]
    tables = [first[0], *(read_part(p, "problems") for p in parts), first[1], make("problems", copies), *(read_part(b["part"], "problems") for b in batches)]
    rows, known = pd.concat(tables, ignore_index=True).drop_duplicates(), {d for b in batches for docs in b["docs"].values() for d in docs}
    return rows[~(rows["doc_id"].isin(known) & rows["reason"].str.endswith("that is not in the corpus"))]


def write_whole(out, work, parts, batches, first, **options):
    """Write all tables beside `out` and put them in its place; returns {table: its rows}."""
    new, old, done = work / "out", out.with_name(f".{out.name}.old"), [batch["part"] for batch in batches]
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    read = read_arrow if options["format"] == "parquet" else read_part
    single = {"speakers": lambda: all_speakers(done), "problems": lambda: all_problems(parts, batches, first, options["format"])}
    extra = dict.fromkeys(c for part in done for c in read_arrow(part, "documents").column_names)
    manifest = {"made_by": MADE_BY, **options, "tables": {}, "files": []}
    for table in COLUMNS:
        columns = list(dict.fromkeys([*COLUMNS[table], *(extra if table == "documents" else ())]))
        frames = [single[table]()] if table in single else (read(part, table) for part in done) if done else [make(table, [])]
        files, manifest["tables"][table] = write_table(new, table, frames, columns, options["format"])
        manifest["files"] += files
    (new / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    new.rename(out)
    for folder in (old, work):
        shutil.rmtree(folder, ignore_errors=True)
    return manifest["tables"]


# processes
@contextmanager
def local_spread(workers):
    """Gives a function that yields (task, None, or why it failed) for every task, done here (workers=1) or by processes of this machine."""
    idle = [start_process() for _ in range(workers)] if workers > 1 else []

    def processes(function, tasks):
        waiting, busy = deque(tasks), {}
        try:
            while waiting or busy:
                while waiting and len(busy) < workers:
                    pipe, process = idle.pop() if idle else start_process()
                    pipe.send((function, waiting[0]))
                    busy[pipe] = process, waiting.popleft(), time.monotonic()
                ready = connection.wait(list(busy), timeout=1)
                late = [p for p, (_, task, since) in busy.items() if p not in ready and time.monotonic() - since > task["seconds"]]
                for pipe in [*ready, *late]:
                    process, task, _ = busy.pop(pipe)
                    reason = told(pipe, process) if pipe in ready else f"took longer than {task['seconds']:.0f} s"
                    process.kill() if reason else idle.append((pipe, process))
                    yield task, reason
        finally:
            for process, *_ in busy.values():
                process.kill()
    try:
        yield processes if workers > 1 else lambda function, tasks: ((task, function(task)) for task in tasks)  # a task returns None
    finally:
        for _, process in idle:
            process.kill()


def told(pipe, process):
    """None when a process has done its task; what ended it when it died. An error that no text explains is raised here."""
    try:
        error = pipe.recv()
    except (EOFError, OSError):
        process.join()
        return f"ended its process ({process.exitcode})"
    if error is not None:
        raise error


def start_process():
    """(our end of a pipe, the process that serves its other end)."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    process.start()
    there.close()
    return here, process


def serve(pipe):
    """The work of a process: tasks until the pipe closes; models are loaded once."""
    gc.set_threshold(*RARELY)
    threading.Thread(target=lambda: parent_process().join() or os._exit(1), daemon=True).start()  # nobody waits for what an orphan writes
    with suppress(EOFError):
        while True:
            function, task = pipe.recv()
            try:
                function(task)
                pipe.send(None)
            except Exception as error:  # a full disk, say: told to the one who asked
                pipe.send(error)


@contextmanager
def dask_spread(address):
    """As local_spread, on a Dask cluster whose machines share this file system. Raises ImportError where Dask is not installed."""
    try:
        from dask.distributed import Client, as_completed
    except ImportError:
        raise ImportError('--scheduler needs Dask: pip install "dask[distributed]"; --workers N uses this machine without it') from None

    def spread(function, tasks):
        futures = {client.submit(function, task, pure=False, retries=0): task for task in tasks}
        for future in as_completed(futures):
            yield futures[future], None if future.status == "finished" else f"ended its process: {str(future.exception())[:80]}"
    with Client(address) as client:
        yield spread


def progress(results, tasks, word):
    """Passes results on; where stderr is a terminal, tells how many articles are done, how many a second, and the time left."""
    total, done, since = sum(task["size"] for task in tasks), 0, time.monotonic()
    for task, reason in results:
        done += task["size"]
        if sys.stderr.isatty():
            rate = done / max(time.monotonic() - since, 0.001)
            print(f"\r{word} {done:,} of {total:,} articles, {rate:.0f}/s, {(total - done) / rate:.0f} s left ", end="", file=sys.stderr)
        yield task, reason
    if sys.stderr.isatty() and tasks:
        print(file=sys.stderr)


def digest(*parts):
    """A short hash of texts or bytes."""
    return hashlib.sha256(b"\0".join(p if isinstance(p, bytes) else p.encode("utf-8", "surrogatepass") for p in parts)).hexdigest()[:24]


def fingerprint(corpus, notes):
    """A hash of the program, its data and the annotations: parts that another program made are not used again."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *(p for p in (here / "data").rglob("*") if p.is_file())])
    files += sorted((Path(corpus) / "annotations").glob("*")) if notes else []
    return digest(*(file.read_bytes() for file in files if file.is_file()))
