"""Scores worked out by hand on a made-up document; on real ones they agree with the scorers that the figures are published with."""
import pandas as pd
import pytest

from helpers import cards
from helpers.evaluate import (Both, evaluate, find_accuracy, find_errors, in_percent, match_attributions, stat_reliability, stat_reviewed,
                              stat_scores, wilson)
from helpers.tables import make

TEXT = ('Mayor Ada Brook said the bridge will open in May. "We are ready," said Tom Reed. '
        "Officials claimed that Brook had promised a free ferry. Nobody else spoke.")


def span(words):
    start = TEXT.index(words)
    return start, start + len(words)


def said(n, source, cue, content, speaker, *, parent=None, confidence=None, **more):
    (a, b), (c, d) = span(source) if source else (None, None), span(cue) if cue else (None, None)
    return {"doc_id": "d", "attribution": n, "parent": parent, "source_start": a, "source_end": b, "cue_start": c, "cue_end": d,
            "content": [list(span(content))], "type": "indirect", "act": "speech", "speaker": speaker, "speaker_kind": "named_person",
            "side": "Other", "confidence": confidence, **more}


def mention(words, *, kind="system", category="tank", low=None, **more):
    s, e = span(words)
    return {"doc_id": "d", "start": s, "end": e, "kind": kind, "canonical": words, "category": category, "operator": "Norland",
            "quantity_text": None if low is None else str(low), "quantity_min": low, "quantity_max": low, **more}


def both(reviewed, machine, mentions=(), found=()):
    sentences, start = [], 0
    for n, text in enumerate(TEXT.replace(". ", ".|").split("|")):
        start = TEXT.index(text, start)
        sentences.append({"doc_id": "d", "sentence": n, "start": start, "end": start + len(text), "text": text})
    extra = [(reviewed, "optional"), (reviewed, "speaker_alternatives")]
    tables = [make("attributions", reviewed), make("mentions", list(mentions))]
    for rows, name in extra:
        tables[0][name] = pd.Series([r.get(name) for r in rows], dtype=object)
    for name in ("optional", "category_alternatives"):
        tables[1][name] = pd.Series([r.get(name) for r in mentions], dtype=object)
    return Both(make("documents", [{"doc_id": "d", "text": TEXT}]), make("sentences", sentences), *tables,
                make("attributions", machine), make("mentions", list(found)))


REVIEWED = [said("r1", "Mayor Ada Brook", "said", "the bridge will open in May", "Ada Brook"),
            said("r2", "Tom Reed", "said", '"We are ready,"', "Tom Reed", speaker_alternatives=["Thomas Reed"]),
            said("r3", "Officials", "claimed", "that Brook had promised a free ferry", "anonymous: officials"),
            said("r4", "Brook", "promised", "a free ferry", "Ada Brook", parent="r3"),
            said("r5", None, "spoke", "Nobody else", "unattributed", optional=True)]


def scores(*args):
    return stat_scores(both(*args)).set_index(["layer", "measure"])


def test_a_perfect_machine():
    table = scores(REVIEWED, REVIEWED[:4])
    assert (table["share"] == 1).all()
    assert table.loc[("attributions", "strict"), ["right", "of"]].tolist() == [4, 4]
    assert table.loc[("attributions", "recall direct"), "of"] == 1 and table.loc[("attributions", "recall indirect"), "of"] == 3
    assert table.loc[("chains", "whole"), "of"] == 1


def test_what_is_half_right_counts_where_it_should():
    machine = [said("m1", "Ada Brook", "said", "the bridge will open", "Ada Brook"),          # content: 4 of 6 words; not strict
               said("m2", "Ada Brook", "said", '"We are ready,"', "Thomas Reed"),              # source of another: content only
               said("m3", "Officials", "claimed", "that Brook", "X")]                          # 2 of 7 words: not found
    table = scores(REVIEWED, machine)
    content, triple, strict = (table.loc[("attributions", m)] for m in ("content", "triple", "strict"))
    assert (content["right"], content["precision"], content["recall"]) == (2, 2 / 3, 0.5)
    assert content["share"] == pytest.approx(2 * 2 / (3 + 4))                                   # F1 = 2 tp / (found + asked)
    assert (triple["right"], strict["right"]) == (1, 0)
    assert table.loc[("of matched attributions", "speaker"), ["right", "of"]].tolist() == [2, 2]  # "Thomas Reed" is accepted
    assert table.loc[("chains", "whole"), "share"] == 0


def test_half_of_the_words_is_enough_and_less_is_not():
    four = [said("m", "Ada Brook", "said", "bridge will open", "A")]     # 3 of 6
    two = [said("m", "Ada Brook", "said", "will open", "A")]             # 2 of 6
    assert scores(REVIEWED[:1], four).loc[("attributions", "content"), "right"] == 1
    assert scores(REVIEWED[:1], two).loc[("attributions", "content"), "right"] == 0


def test_optional_rows_are_neither_asked_for_nor_counted_against():
    without, found = scores(REVIEWED, REVIEWED[:4]), scores(REVIEWED, REVIEWED)
    assert without.loc[("attributions", "content")].equals(found.loc[("attributions", "content")])


def test_a_chain_is_whole_only_with_its_link():
    loose = [*REVIEWED[:3], {**REVIEWED[3], "parent": None}]
    assert scores(REVIEWED, loose).loc[("chains", "whole"), "share"] == 0


def test_a_ring_of_parents_ends():
    ring = [{**REVIEWED[2], "parent": "r4"}, REVIEWED[3]]
    assert "chains" not in scores(ring, ring).index.get_level_values(0)


def test_mentions_by_kind_and_what_is_right_about_them():
    asked = [mention("bridge", low=4), mention("ferry", category_alternatives=["ship"]), mention("Officials", kind="personnel"),
             mention("Nobody", optional=True)]
    told = [mention("the bridge", low=5), mention("free ferry", category="ship"), mention("Officials"), mention("Nobody")]
    table = scores([], [], asked, told)
    assert table.loc[("mentions", "system"), ["right", "precision", "recall"]].tolist() == [2, 2 / 3, 1]
    assert table.loc[("mentions", "personnel"), "right"] == 0
    assert table.loc[("of matched systems", "category"), ["right", "of"]].tolist() == [2, 2]
    assert table.loc[("of matched systems", "canonical"), "right"] == 0      # "the bridge" is not "bridge"
    assert table.loc[("of matched systems", "quantity"), ["right", "of"]].tolist() == [0, 1]
    assert table.loc[("of matched systems", "no quantity"), ["right", "of"]].tolist() == [1, 1]


def test_nothing_reviewed_gives_no_row_and_nothing_found_gives_zeros():
    assert stat_scores(both([], [])).empty
    assert (scores(REVIEWED, []).loc["attributions", "share"] == 0).all()


def test_wilson_by_hand():
    low, high = wilson(8, 10)      # (0.8 + 0.19208 -+ 1.96 sqrt(0.016 + 0.009604)) / 1.38416
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert wilson(0, 0) == (None, None) and wilson(0, 5)[0] == 0 and wilson(5, 5)[1] == 1


def test_reliability_by_bins():
    machine = [{**REVIEWED[0], "confidence": 0.95}, {**REVIEWED[1], "confidence": 0.92},
               said("m3", None, None, "Nobody else spoke", "X", confidence=0.91), {**REVIEWED[2], "confidence": 0.3},
               {**REVIEWED[4], "confidence": 0.1}]                                              # matches an optional one: left out
    rows = stat_reliability(both(REVIEWED, machine)).to_dict("records")
    assert [(r["from"], r["right"], r["of"]) for r in rows] == [(0.0, 1, 1), (0.9, 2, 3)]
    assert rows[-1]["predicted"] == pytest.approx((0.95 + 0.92 + 0.91) / 3)


def test_errors_name_their_kind_and_sentence():
    machine = [said("m1", "Ada Brook", "said", "the bridge will open", "Ada Brook"), said("m2", "Tom Reed", "said", '"We are ready,"', "X"),
               said("m3", None, None, "Nobody else spoke", "X")]
    table = find_errors(both(REVIEWED[:4], machine))
    assert table[["error", "sentence"]].values.tolist() == [
        ["missed", 2], ["spurious", 3], ["wrong edges", 0], ["wrong speaker", 1], ["missed", 2]]
    assert table["evidence"][0] == [("d", 2)] and table["machine"][2] == "the bridge will open"
    assert table["reviewed"][3] == 'Tom Reed: "We are ready,"'
    assert find_errors(both(REVIEWED, REVIEWED)).empty and list(find_errors(both([], []))) == list(table)
    assert len(find_errors(both(REVIEWED[:4], machine), limit=2)) == 2


def test_matching_is_one_to_one():
    twice = [said("m1", "Ada Brook", "said", "the bridge will open in May", "A"), said("m2", "Ada Brook", "said", "bridge will open in May", "A")]
    match, = match_attributions(both(REVIEWED[:1], twice))
    assert match.content == {0: 0}


def test_empty_content_is_no_error():
    odd = [{**REVIEWED[0], "content": []}, {**REVIEWED[1], "content": []}]
    assert len(find_errors(both(odd, []))) == 2 and stat_scores(both(odd, odd)) is not None


def test_a_corpus_without_annotations_has_no_scores(tmp_path):
    (tmp_path / "a.txt").write_text("The mayor said the bridge will open.", encoding="utf-8")
    assert evaluate(tmp_path).empty


def test_inputs_stay_as_they_were():
    pair = both(REVIEWED, REVIEWED)
    before = pair.attributions.copy(deep=True)
    stat_scores(pair), find_errors(pair)
    assert pair.attributions.equals(before)


def many(found, missed):
    """Reviewed and machine rows in which all of 40 direct quotations are found, and of the indirect ones only `found`."""
    text, reviewed, machine = "", [], []
    for n in range(40 + found + missed):
        words = f'"We are number{n} today"' if n < 40 else f"that river{n} is high"
        row = {**REVIEWED[0], "attribution": f"r{n}", "source_start": None, "source_end": None, "cue_start": None, "cue_end": None,
               "content": [[len(text), len(text) + len(words)]], "speaker": f"S{n}"}
        text += words + " .\n"
        reviewed.append(row)
        machine += [row] if n < 40 + found else []
    pair = both(reviewed, machine)
    lines = [{"doc_id": "d", "sentence": n, "start": text.index(line), "end": text.index(line) + len(line), "text": line}
             for n, line in enumerate(text.splitlines())]
    return pair._replace(documents=make("documents", [{"doc_id": "d", "text": text}]), sentences=make("sentences", lines))


def test_a_finding_where_one_kind_is_missed_clearly_more_often():
    finding, = find_accuracy(many(found=10, missed=20))
    assert finding.text.endswith("it finds 33% of 30, against 100% of 40.") and "indirect" in finding.text
    assert finding.evidence == [("d", n) for n in range(50, 70)]


def test_no_finding_where_intervals_touch_or_nothing_is_reviewed():
    assert find_accuracy(many(found=28, missed=2)) == []
    assert find_accuracy(both([], [])) == []


def test_figures_for_display_are_whole_percent():
    shown = in_percent(stat_scores(both(REVIEWED, REVIEWED[:3]))).set_index("label")
    assert shown.loc["content", ["value", "precision", "recall", "note"]].tolist() == [86, 100, 75, "3 of 3.5"]   # F1 = 6 / 7
    assert stat_reviewed(both(REVIEWED, [])).to_dict("records") == [{"article": "d", "attributions": 4, "mentions": 0}]


def test_cards_become_tables_whatever_their_shape():
    tables = cards.card_tables({"date": "2026-01-01", "rows": [{"a": 1}], "by": {"x": {"n": 1}, "y": {"n": 2}}, "flat": {"k": [1, 2]}, "none": []})
    assert list(tables) == ["facts", "rows", "by", "flat"] and tables["by"]["by"].tolist() == ["x", "y"]
    assert tables["flat"]["value"].tolist() == ["1, 2"]
    assert "<table" in str(cards.show_cards({"toy": {"date": "2026-01-01"}})) and "No model card" in str(cards.show_cards({}))


def test_stored_figures_and_empty_ones_are_drawn():
    assert cards.plot_reliability(pd.DataFrame({"predicted": [0.55, 0.9], "observed": [0.5, 0.92], "of": [10, 30]})).alt.endswith("(of 30).")
    assert cards.plot_reliability(pd.DataFrame(columns=["predicted", "observed", "of"])).alt.endswith("Nothing to show.")
    assert cards.plot_benchmarks(pd.DataFrame(columns=["group", "measure", "value"])).alt.endswith("Nothing to show.")
    rows = pd.DataFrame([("words a second, one core", "attributions", 5803.0, "words/s"), ("report", "100 articles", 22.7, "seconds"), ("else", "x", 1.0, "y")],
                        columns=["group", "measure", "value", "unit"])
    figure = cards.plot_benchmarks(rows)
    assert len(figure.axes) == 2 and "report, 100 articles: 22.7 seconds" in figure.alt and "else" not in figure.alt
    assert cards.load_systems({})["system"].is_unique


def test_a_card_gives_its_reliability_and_its_place_among_the_systems():
    card = {"polnear_dev": [{"measure": "triple", "F1": 70.0}], "recall_by_kind": {"direct": 90.0},
            "reliability": [{"from": 0.8, "to": 0.9, "mean_confidence": 0.85, "share_right": 0.8, "n": 40}]}
    assert cards.load_reliability(card).values.tolist() == [[0.85, 0.8, 40]] and cards.load_reliability({}).empty
    row = cards.load_systems(card).iloc[1]
    assert row["system"].startswith("this version") and (row["triple_f1"], row["recall_direct"]) == (70.0, 90.0)
    assert len(cards.load_systems(card)) == len(cards.load_systems({})) + 1


def test_errors_are_shown_in_their_sentence_and_inert():
    pair = both(REVIEWED[:1], [])
    pair = pair._replace(sentences=pair.sentences.assign(text=pair.sentences["text"].str.replace("Mayor", "<b>or")))
    shown = str(cards.show_errors(find_errors(pair), pair))
    assert "<mark>the bridge will open in May</mark>" in shown and "<b>" not in shown
    assert "No errors" in str(cards.show_errors(find_errors(both([], [])), pair))
