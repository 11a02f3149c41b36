"""Mutated files of every format through every loader: `python tests/fuzz_loaders.py --n 1000000` (not part of CI; one core).

A run fails on any exception but those the contract names, on a broken invariant (blocks tile, sentences lie in them and slice to
their text) and on an input that takes more than ten seconds of processor time. Each input is made from (seed, number), so that a failure repeats: --only.
Results of runs, dated, are kept in tests/benchmarks/results/fuzz_loaders.txt.
"""
import argparse
import io
import json
import random
import signal
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd

from helpers.corpus import read_article
from helpers.formats import Article, read_articles

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
    return files | {".zip": archive.getvalue(), ".tar.gz": tarred.getvalue(), ".txt": PAGE.encode(), ".md": PAGE.encode("utf-16"), ".text": PAGE.encode("cp1252"),
                    ".csv": frame.to_csv(index=False).encode(), ".tsv": frame.to_csv(index=False, sep="\t").encode(), ".jsonl": lines, ".html": html}


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


def run(seed, number, models, folder, seen):
    """One input through the loaders; counts what came of it."""
    rng = random.Random(f"{seed}/{number}")
    suffix = rng.choice(sorted(models))
    path = folder / f"a{suffix}"
    path.write_bytes(mutate(models[suffix], rng))
    for item in read_articles(path, repair=rng.random() < 0.5):
        if isinstance(item, Article):
            check(item)
            seen["articles"] += 1
        else:
            assert item.reason, "a problem without a reason"
            seen["problems"] += 1


def main():
    """Runs the fuzzer and prints one line of results; exits 1 on the first failure, after naming it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--n", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long, and say how many inputs it was")
    options.add_argument("--only", type=int, help="the number of one input, to repeat it")
    asked = options.parse_args()
    models, seen, began = make_models(), Counter(), time.time()
    signal.signal(signal.SIGPROF, lambda *_: sys.exit("took more than ten seconds of processor time: a hang"))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(asked.n) if asked.only is None else [asked.only]:
            if time.time() - began > asked.seconds:
                break
            signal.setitimer(signal.ITIMER_PROF, 10)
            try:
                run(asked.seed, number, models, Path(folder), seen)
            except BaseException:
                print(f"FAILED at --seed {asked.seed} --only {number}", file=sys.stderr)
                raise
            seen["inputs"] += 1
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(f"{time.strftime('%Y-%m-%d')} {seen['inputs']:,} inputs (seed {asked.seed}): {seen['articles']:,} articles, {seen['problems']:,} problems, no crash, "
          f"no hang, {time.time() - began:,.0f} s")


if __name__ == "__main__":
    main()
