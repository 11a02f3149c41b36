"""Totals over every article: the same whether the corpus is read whole or a sample of it closely, and as counted by hand."""
import json

import pandas as pd
import pytest

from helpers import files, totals
from helpers.files import write_table
from helpers.pipeline import Tables, read_tables, sample_of
from helpers.tables import COLUMNS, make

WORDS = {"d1": 10, "d2": 20, "d3": 40}
OUTLETS = {"d1": "Herald", "d2": "Herald", "d3": None}
SAID = [  # doc_id, parent, speaker, speaker_kind, side
    ("d1", None, "Ada Brook", "named_person", "Norway"), ("d1", "a1", "Tom Reed", "named_person", "Russia"),
    ("d2", None, "anonymous: official", "anonymous_official", "Norway"), ("d2", None, "unattributed", "unattributed", "Other"),
    ("d3", None, "Ada Brook", "named_person", "Norway"), ("d3", None, "Tom Reed", "named_person", "Russia"),
    ("d3", None, "Tom Reed", "named_person", "Russia")]
FRAMES = [("d1", 0, "conflict", "own"), ("d1", 0, "conflict", "own"), ("d1", 1, "conflict", "quoted"), ("d3", 0, "morality", "own")]
MENTIONS = [("d1", "system", "T-72", "a1"), ("d1", "system", "T-72", None), ("d2", "system", "Su-30", None), ("d3", "personnel", "troops", None)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An extracted folder of three articles, two of them of one outlet, a part for each article."""
    monkeypatch.setattr(files, "PART_BYTES", 1)
    docs = [{"doc_id": d, "story": d, "outlet": OUTLETS[d], "n_words": n, "text": "x" * n, "published": f"2024-05-0{d[1]}"} for d, n in WORDS.items()]
    rows = {"documents": docs, "sentences": [{"doc_id": d, "sentence": n, "block": 0, "start": 2 * n, "end": 2 * n + 1, "text": "x"} for d in WORDS for n in range(2)],
            "attributions": [{"doc_id": d, "attribution": f"a{i}", "parent": p, "speaker": s, "speaker_kind": k, "side": side, "sentence": 0, "content": [[0, 1]]}
                             for i, (d, p, s, k, side) in enumerate(SAID, 1)],
            "frames": [{"doc_id": d, "sentence": n, "frame": f, "start": 0, "end": 1, "voice": v} for d, n, f, v in FRAMES],
            "mentions": [{"doc_id": d, "mention": f"m{i}", "kind": k, "canonical": c} for i, (d, k, c, _) in enumerate(MENTIONS)],
            "claims": [{"doc_id": d, "claim": f"c{i}", "attribution": a} for i, (d, _, _, a) in enumerate(MENTIONS)]}
    manifest = {"format": "parquet", "tables": {}}
    for table in COLUMNS:
        found = make(table, rows.get(table, []))
        frames = [found[found["doc_id"] == d] for d in WORDS] if table in rows else [found]
        manifest["tables"][table] = write_table(tmp_path, table, frames, COLUMNS[table], "parquet")[1]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert len(list((tmp_path / "sentences.parquet").glob("*"))) == 3
    return tmp_path


def rows_of(folder, tables, theme):
    return totals.stat_totals(folder, tables, theme).set_index("group")


@pytest.mark.parametrize("theme", list(totals.THEMES))
def test_a_sample_has_the_totals_of_the_whole(folder, theme):
    whole, drawn = read_tables(folder), read_tables(folder, most=1)
    assert sample_of(whole) is None and len(drawn.documents) == 1 and sample_of(drawn)
    one, other = (rows_of(folder, tables, theme).drop(columns="evidence") for tables in (whole, drawn))
    assert list(one.index) == ["d3", "Herald"]  # 40 and 30 words; a single article without an outlet stands under its own name
    pd.testing.assert_frame_equal(one, other.rename(index={totals.NOT_KNOWN: "d3"}))


def test_by_words_too_a_sample_is_drawn(folder):
    assert sample_of(read_tables(folder, words=69)) and not sample_of(read_tables(folder, words=70))
    assert read_tables(folder, words=69).documents["n_words"].sum() <= 69
    assert len(read_tables(folder, words=5).documents) == 1  # where nothing fits, one article all the same


def test_counts_by_hand(folder):
    tables = read_tables(folder, most=1)
    corpus = rows_of(folder, tables, "corpus").loc["Herald"]
    assert corpus[["articles", "words", "sentences", "attributions", "mentions", "claims"]].tolist() == [2, 30, 4, 4, 3, 3]
    assert corpus["published"] == "2024-05-01 to 2024-05-02"
    quotes = rows_of(folder, tables, "quotes")  # the one within another does not count; two of the Herald's three have no name
    assert quotes.loc["Herald", ["attributions", "unnamed", "heard_most", "side_most"]].tolist() == [3, 2, "Ada Brook (1)", "Norway (2)"]
    assert quotes.loc["not known", ["attributions", "unnamed", "heard_most"]].tolist() == [3, 0, "Tom Reed (2)"]
    assert quotes.loc["Herald", ["percent", "interval"]].tolist() == [67, "21 to 94"]  # Wilson, 2 of 3
    framing = rows_of(folder, tables, "framing")  # twice in one sentence is one sentence of four; what a source says is not the newsroom's
    assert framing.loc["Herald", ["sentences", "conflict", "morality"]].tolist() == [4, 25.0, 0.0]
    weapons = rows_of(folder, tables, "weapons")
    assert weapons.loc["Herald", ["mentions", "systems", "claims", "in_own_voice", "named_most"]].tolist() == [3, 2, 3, 2, "T-72 (2)"]


def test_evidence_is_of_the_articles_read_closely(folder):
    whole = read_tables(folder)
    assert rows_of(folder, whole, "framing").loc["Herald", "evidence"] == [("d1", 0)]  # in its own voice; s1 quotes somebody
    assert rows_of(folder, whole, "weapons").loc["Herald", "evidence"] == []  # these mentions are in no sentence
    tables = read_tables(folder, most=1)
    read = set(tables.documents["doc_id"])
    assert {doc for places in rows_of(folder, tables, "corpus")["evidence"] for doc, _ in places} == read
    assert totals.say_totals(folder, tables) == "all 3 articles (1 are read closely)"
    assert totals.say_totals(folder, read_tables(folder)) == "all 3 articles"


@pytest.mark.parametrize("theme", list(totals.THEMES))
def test_nothing_found_gives_a_row_all_the_same(theme):
    empty = Tables(*(make(table, [{"doc_id": "d1", "n_words": 3, "story": "s"}] if table == "documents" else []) for table in Tables._fields))
    rows = totals.stat_totals("nowhere", empty, theme)
    assert rows[["group", "articles"]].values.tolist() == [["d1", 1]] and rows["evidence"].tolist() == [[]]
