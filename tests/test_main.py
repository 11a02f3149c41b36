"""The command line is a contract: what others rely on."""
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers.__main__ import main
from helpers.files import read_table
from helpers.tables import COLUMNS

SEEDS = Path(__file__).parents[1] / "seeds"
ATTRIBUTION = {"doc_id", "source", "cue", "content", "type", "act", "speaker", "speaker_kind", "side", "attribution", "parent", "confidence"}
MENTION = {"doc_id", "start", "end", "text", "kind", "canonical", "category", "specific", "quantity", "operator"}


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def is_span(value):
    return isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value) and 0 <= value[0] < value[1]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "one.txt").write_bytes("Talks begin\r\n\r\n“We sent four T-72 tanks,” Defence Minister Ann Smith said on Monday.\r\n".encode())
    (folder / "two.txt").write_text("Officials said the army had deployed about 200 troops to the border.\n", encoding="utf-8")
    (folder / "broken.txt").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def extracted(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "tables"
    assert main(["extract", str(corpus), "--out", str(out), "--format", "jsonl"]) == 0
    return out


def test_extract_writes_every_table_empty_ones_too(extracted):
    assert {p.stem for p in extracted.glob("*.jsonl")} == set(COLUMNS)


def test_rows_hold_what_others_rely_on(extracted):
    attributions, mentions = read(extracted / "attributions.jsonl"), read(extracted / "mentions.jsonl")
    assert attributions and mentions
    for row in attributions:
        assert ATTRIBUTION <= set(row)
        assert all(row[role] is None or is_span(row[role]) for role in ("source", "cue"))
        assert row["content"] and all(map(is_span, row["content"]))
        assert row["speaker"] and row["speaker_kind"] and row["side"] and row["attribution"]
    for row in mentions:
        assert MENTION <= set(row)
        assert row["quantity"] is None or set(row["quantity"]) == {"text", "min", "max"}


def test_offsets_are_into_the_file_with_its_own_line_ends(corpus, extracted):
    texts = {p.stem: p.read_bytes().decode("utf-8") for p in corpus.glob("*.txt")}
    mentions = read(extracted / "mentions.jsonl")
    assert mentions and all(texts[m["doc_id"]][m["start"]:m["end"]] == m["text"] for m in mentions)
    assert {m["doc_id"] for m in mentions} == {"one", "two"}


def test_a_broken_file_is_a_row_in_problems_and_the_rest_goes_on(extracted):
    problems = read(extracted / "problems.jsonl")
    assert any("broken.txt" in (p["path"] or "") and p["reason"] for p in problems)


def test_extract_replaces_its_own_output_whole(corpus, extracted, tmp_path):
    one = tmp_path / "one.txt"
    one.write_bytes((corpus / "two.txt").read_bytes())
    out = tmp_path / "tables"
    assert main(["extract", str(corpus), "--out", str(out)]) == 0
    assert main(["extract", str(one), "--out", str(out), "--format", "jsonl"]) == 0
    assert not list(out.rglob("*.parquet"))
    assert [d["doc_id"] for d in read(out / "documents.jsonl")] == ["one"]


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_where_no_article_can_be_read_the_tables_say_why_and_scripts_are_told(tmp_path, capsys, format):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(b"")
    assert main(["extract", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--format", format]) == 2
    told = capsys.readouterr().err
    assert "no article that can be read" in told and str(tmp_path / "out" / f"problems.{format}") in told and told.count("\n") == 1
    problems = read_table(tmp_path / "out", "problems", format=format)
    assert problems[["path", "reason"]].values.tolist() == [["a.txt", "empty file"]] and read_table(tmp_path / "out", "documents", format=format).empty


def test_extract_never_replaces_a_folder_it_did_not_write(corpus, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main(["extract", str(corpus), "--out", str(tmp_path)]) == 2
    assert (tmp_path / "thesis.txt").read_text() == "years of work" and capsys.readouterr().err.strip()


def test_parquet_holds_the_same_rows_as_jsonl(corpus, extracted, tmp_path):
    assert main(["extract", str(corpus), "--out", str(tmp_path / "t")]) == 0
    frame = pd.read_parquet(tmp_path / "t" / "mentions.parquet")
    assert frame["text"].to_list() == [m["text"] for m in read(extracted / "mentions.jsonl")]


def test_the_machine_leaves_reviewed_annotations_aside(tmp_path):
    assert main(["extract", str(SEEDS), "--out", str(tmp_path / "reviewed"), "--format", "jsonl"]) == 0
    assert main(["extract", str(SEEDS), "--out", str(tmp_path / "machine"), "--format", "jsonl", "--machine"]) == 0
    reviewed, machine = (read(tmp_path / way / "attributions.jsonl") for way in ("reviewed", "machine"))
    gold = [r for r in read(SEEDS / "annotations" / "attributions.jsonl") if not r["optional"]]
    assert {r["origin"] for r in reviewed} == {"reviewed"} and {r["origin"] for r in machine} == {"machine"}
    assert sorted((r["doc_id"], r["attribution"]) for r in reviewed) == sorted((r["doc_id"], r["attribution"]) for r in gold)


def test_evaluate_prints_a_table(capsys):
    assert main(["evaluate", str(SEEDS)]) == 0
    assert "triple" in capsys.readouterr().out


def test_evaluate_without_annotations_says_what_to_do(corpus, capsys):
    assert main(["evaluate", str(corpus)]) == 2
    assert "annotations" in capsys.readouterr().err


def test_describe_writes_a_row_for_each_article(corpus, tmp_path):
    for path in corpus.glob("*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert main(["describe", str(tmp_path)]) == 0
    assert {"one", "two"} <= set(pd.read_csv(tmp_path / "documents.csv")["doc_id"])


def test_a_corpus_that_is_not_there_is_one_line_that_says_so(tmp_path):
    run = subprocess.run([sys.executable, "-m", "helpers", "extract", str(tmp_path / "nowhere"), "--out", str(tmp_path / "o")],
                         capture_output=True, text=True)
    assert run.returncode == 2 and "nowhere" in run.stderr and "Traceback" not in run.stderr
