"""Mutated files of every format through every loader: `python tests/fuzz_loaders.py --n 1000000` (not part of CI; one core).

A run fails on any exception but those the contract names, on a broken invariant (blocks tile, sentences lie in them and slice to
their text) and on an input that takes more than ten seconds of processor time; so that it does not stop there, --go-on counts and
names failures instead. Every fiftieth input goes through all extractors too, as `extract` runs them: no article may fail there.
Each input is made from (seed, number) alone, so that parts add up (--first, --n) and a failure repeats: --only. HTML, Word and PDF
are fuzzed where their readers are installed. Results of runs, dated, are kept in tests/benchmarks/results/fuzz_loaders.txt.
"""
import argparse
import gc
import io
import json
import random
import signal
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd

from helpers.corpus import read_article
from helpers.formats import Article, read_articles
from helpers.scale import analyse, compare_safely

PAGE = ("# Frigates sail\n\nBy [Jane Doe](#)\n\nSeptember 18, 2015\n\nSailors wave. (AP Photo/Jane Doe)\n\nOSLO (Reuters) - “We will go,” Mr. Berg said on Friday. “Why?”"
        " he asked.\r\n\r\n- one tank\n- U.S. guns…\n\nShare this\n\nRelated:\n\nRain\n\n| a | b |\n\nSource: Reuters\n<https://example.org/2015/09/18/a>\n\nLeave a Reply\n")
NASTY = [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\r", b"\n\n", b'"', b'","', b"\\ud800", b"\\u0000", b"{", b"[", b"}" * 9, b"(" * 50,
         b"1e999", b"NaN", b"null", b"../", b"/", b"<" * 40, b"*" * 99, b"_" * 99, b"#" * 99, b"[](" * 30, "\u202e\u2028\u200d".encode(), "’”“".encode(), "ﷺ𝔘".encode(),
         b"By ", b"(AP) - ", b"Photo: ", b"Published: ", b"1234567890" * 9, b"a" * 500, b" " * 500, b". " * 300, b"' " * 200, b"U.S. " * 100]


def make_models():
    """suffix -> a valid file of that format, as bytes."""
    frame, files = pd.DataFrame({"doc_id": ["a", "b"], "text": [PAGE, PAGE.upper()], "date": ["2015-09-18", None]}), {}
    for suffix, writer in ((".xlsx", frame.to_excel), (".parquet", frame.to_parquet)):
        buffer = io.BytesIO()
        writer(buffer, index=False)
        files[suffix] = buffer.getvalue()
    archive, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("a.txt", PAGE)
        members.writestr("documents.csv", "doc_id,outlet\na,x\n")
    with tarfile.open(fileobj=tarred, mode="w:gz") as members:
        entry = tarfile.TarInfo("a.txt")
        entry.size = len(PAGE.encode())
        members.addfile(entry, io.BytesIO(PAGE.encode()))
    lines = "\n".join(json.dumps({"doc": str(i), "text": PAGE}) for i in range(2)).encode()
    html = f"<html><head><title>x</title></head><body><article><p>{PAGE}</p></article></body></html>".encode()
    return files | make_rich() | {".zip": archive.getvalue(), ".tar.gz": tarred.getvalue(), ".txt": PAGE.encode(), ".md": PAGE.encode("utf-16"), ".text": PAGE.encode("cp1252"),
                    ".csv": frame.to_csv(index=False).encode(), ".tsv": frame.to_csv(index=False, sep="\t").encode(), ".jsonl": lines, ".html": html}


def make_rich():
    """suffix -> a Word document and a PDF, where their readers are installed."""
    files = {}
    try:
        import docx
        page, buffer = docx.Document(), io.BytesIO()
        for line in PAGE.split("\n"):
            page.add_paragraph(line)
        page.save(buffer)
        files[".docx"] = buffer.getvalue()
        import pypdf
        assert pypdf
        drawn = b"BT /F1 12 Tf 72 700 Td 14 TL " + b"".join(b"(" + line.encode("ascii", "ignore").replace(b"(", b"").replace(b")", b"") + b") Tj T* "
                                                        for line in PAGE.splitlines()) + b"ET"
        parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                 b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
                 b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        pdf, places = b"%PDF-1.4\n", []
        for number, part in enumerate(parts, 1):
            places.append(len(pdf))
            pdf += b"%d 0 obj\n%s\nendobj\n" % (number, part)
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        files[".pdf"] = pdf + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(pdf))
    except ImportError as missing:
        print(f"not fuzzed: {missing.name}", file=sys.stderr)
    return files


def mutate_inside(data, rng):
    """A zipped file with one of its members mutated, packed anew: what lies behind the archive's checksums."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    chosen, buffer = rng.choice(sorted(members)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, mutate(content, rng) if name == chosen else content)
    return buffer.getvalue()


def mutate(data, rng):
    """The bytes with one to eight edits: flips, cuts, copies, insertions of what parsers stumble over."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at, length = rng.randrange(len(data) + 1), rng.choice([1, 1, 2, 8, 64, 400])
        edit = rng.randrange(6)
        if edit == 0 and data:
            data[min(at, len(data) - 1)] = rng.randrange(256)
        elif edit == 1:
            del data[at:at + length]
        elif edit == 2:
            data[at:at] = data[at:at + length] * rng.randint(1, 4)
        elif edit == 3:
            data[at:at] = rng.choice(NASTY)
        elif edit == 4:
            data[at:at + length] = rng.randbytes(length)
        elif rng.random() < 0.2:
            del data[at:]
    return bytes(data)


def check(article):
    """Raises AssertionError where blocks don't tile the text or a sentence isn't where it says."""
    _, blocks, sentences, _ = read_article(article._replace(doc_id="a"))
    text = article.text
    assert [0, *(b["end"] for b in blocks)] == [*(b["start"] for b in blocks), len(text)], "blocks do not tile"
    for row in sentences:
        block = blocks[row["block"]]
        assert block["start"] <= row["start"] < row["end"] <= block["end"] and text[row["start"]:row["end"]] == row["text"], "a sentence out of place"


def extract_all(articles):
    """Raises AssertionError where an extractor fails on one of the articles, alone or compared with each other."""
    articles = [article._replace(doc_id=f"a{n}", fields={}) for n, article in enumerate(articles)]
    found = analyse(articles, {}, None)
    tables = compare_safely({name: table for name, table in found.items() if name not in ("problems", "sketches")}, None)
    bad = [reason for part in (found, tables) for reason in part["problems"]["reason"] if "could not be analysed" in reason]
    assert not bad and len(tables["documents"]) == len(articles), bad


def run(seed, number, models, folder, seen):
    """One input through the loaders, every fiftieth through the extractors; counts what came of it."""
    rng = random.Random(f"{seed}/{number}")
    suffix = rng.choice([*models, *sorted(set(models) - {".html", ".docx", ".pdf"})])  # the slow readers half as often
    path, articles = folder / f"a{suffix}", []
    data = models[suffix]
    path.write_bytes(mutate_inside(data, rng) if data[:2] == b"PK" and rng.random() < 0.5 else mutate(data, rng))
    for item in read_articles(path, repair=rng.random() < 0.5):
        if isinstance(item, Article):
            check(item)
            articles.append(item)
        else:
            assert item.reason, "a problem without a reason"
            seen["problems"] += 1
    seen["articles"] += len(articles)
    if articles and number % 50 == 0:
        extract_all(articles)
        seen["analysed"] += len(articles)


class Hang(BaseException):
    """An input takes too long; no Exception, so that no loader takes it for a file that can't be read."""


def too_long(*_):
    """What the clock does after ten seconds of processor time."""
    raise Hang


def main():
    """Runs the fuzzer and prints one line of results; exits 1 on the first failure (or, with --go-on, after all) and names each."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--n", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0, help="the number of the first input")
    options.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long, and say how many inputs it was")
    options.add_argument("--only", type=int, help="the number of one input, to repeat it")
    options.add_argument("--go-on", action="store_true", help="name a failure and go on")
    asked = options.parse_args()
    models, seen, began = make_models(), Counter(), time.time()
    signal.signal(signal.SIGPROF, too_long)
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        for number in range(asked.first, asked.first + asked.n) if asked.only is None else [asked.only]:
            if time.time() - began > asked.seconds:
                break
            signal.setitimer(signal.ITIMER_PROF, 10)
            try:
                run(asked.seed, number, models, Path(folder), seen)
            except (Exception, Hang):
                print(f"FAILED at --seed {asked.seed} --only {number}", file=sys.stderr)
                traceback.print_exc()
                seen["failed"] += 1
                if not asked.go_on:
                    break
            seen["inputs"] += 1
            if seen["inputs"] % 10_000 == 0:
                print(told(seen, asked, began), flush=True)
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(told(seen, asked, began))
    sys.exit(int(seen["failed"] > 0))


def told(seen, asked, began):
    """A line that says how far a run has come."""
    return (f"{time.strftime('%Y-%m-%d')} {seen['inputs']:,} inputs (seed {asked.seed}, from {asked.first:,}): {seen['articles']:,} articles, "
            f"{seen['analysed']:,} of them through every extractor, {seen['problems']:,} problems, {seen['failed']:,} crashes or hangs, {time.time() - began:,.0f} s")


if __name__ == "__main__":
    main()
