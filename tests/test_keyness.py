"""Statistics of keyness against figures worked out by hand, and what they must not find."""
import math

import numpy as np
import pandas as pd
import pytest

from helpers import keyness as ky
from helpers.framing import find_differences, find_frames, find_naming, find_words, frame_units, share_units
from helpers.tables import empty, make

EXACT = {"rel": 1e-9, "abs": 1e-9}


def corpus(texts):
    """Outlet -> list of sentences, one article each: (sentences, groups)."""
    rows = []
    for outlet, lines in texts.items():
        at = 0
        for i, line in enumerate(lines):
            rows.append({"doc_id": outlet, "sentence": i, "block": 0, "start": at, "end": at + len(line), "text": line})
            at += len(line) + 1
    return make("sentences", rows), pd.Series({outlet: outlet for outlet in texts})


def test_log_odds_by_hand():
    # one = 3 + 1 = 4 of 4 + 2 = 6, two = 1 + 1 = 2 of 6: log(4/2) - log(2/4) = 2 log 2; variance 1/4 + 1/2
    delta, sd = ky.log_odds(np.array([3.0]), np.array([1.0]), np.array([1.0]), (4, 4, 2))
    assert delta[0] == pytest.approx(2 * math.log(2), **EXACT)
    assert sd[0] == pytest.approx(math.sqrt(0.75), **EXACT)


def test_keyness_table_by_hand():
    table = ky.stat_keyness(pd.Series({"a": 30, "b": 10}), pd.Series({"a": 10, "b": 30})).set_index("term")
    delta, sd = 2 * math.log(34 / 14), math.sqrt(1 / 34 + 1 / 14)  # the pooled prior, 40 and 40, a tenth of it: 4 and 4
    assert table.loc["a", "log_odds"] == pytest.approx(delta, **EXACT)
    assert table.loc["b", "z"] == pytest.approx(-delta / sd, **EXACT)
    assert table.loc["a", "p"] == pytest.approx(math.erfc(delta / sd / math.sqrt(2)), **EXACT)
    assert list(table.loc["a", ["times", "others", "n", "n_others"]]) == [30, 10, 40, 40]


def test_g2_by_hand():
    # 10 of 100 and 5 of 200: expected 5 and 10; 2 (10 ln 2 + 5 ln 1/2) = 10 ln 2
    assert ky.g2(np.array([10.0]), np.array([5.0]), 100, 200)[0] == pytest.approx(10 * math.log(2), **EXACT)
    assert ky.g2(np.array([0.0]), np.array([6.0]), 100, 200)[0] == pytest.approx(12 * math.log(1.5), **EXACT)  # expected 2 and 4


def test_log_ratio_by_hand():
    found = ky.log_ratio(np.array([10.0, 0.0]), np.array([5.0, 4.0]), 100, 200)
    assert found == pytest.approx([2.0, -2.0], **EXACT)  # 0.1 / 0.025 = 4; (0.5 / 100) / (4 / 200) = 1/4


def test_benjamini_hochberg_by_hand():
    # sorted .005 .01 .03 .04 times 4/1 4/2 4/3 4/4 = .02 .02 .04 .04
    assert ky.adjust([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02], **EXACT)
    assert ky.adjust([0.9, 0.8]) == pytest.approx([0.9, 0.9], **EXACT)
    assert len(ky.adjust([])) == 0


def test_fisher_by_hand():
    assert ky.exact_test(3, 4, 1, 4) == pytest.approx(34 / 70, **EXACT)  # Fisher's tea: 1 + 16 + 16 + 1 of 70 tables
    assert ky.exact_test(4, 4, 0, 4) == pytest.approx(2 / 70, **EXACT)
    assert ky.exact_test(0, 5, 0, 5) == 1.0


def test_phrases_stay_in_their_sentence_and_voice():
    sentences, _ = corpus({"A": ["Talks failed, rebels fled today.", "They left."]})
    spoken = make("attributions", [{"doc_id": "A", "attribution": "a1", "content": [[21, 31]]}])  # "fled today"
    terms = set(ky.find_terms(find_words(sentences, spoken))["term"])
    assert {"talks failed", "fled today", "they left"} <= terms
    assert not {"failed rebels", "rebels fled", "today they"} & terms  # a comma, a change of voice, a new sentence


def test_shared_passage_counts_once_apart_or_in_each():
    line = "Both capitals say that their enemy is the same armed group."
    sentences, groups = corpus({"A": [line, "Alpha."], "B": [line, "Beta."]})
    reuse = make("reuse", [{"left_doc_id": "A", "left_start": 0, "left_end": len(line), "right_doc_id": "B", "right_start": 0,
                            "right_end": len(line), "kind": "passage"}])
    words = find_words(sentences, empty("attributions"), reuse)
    count = {way: (ky.choose(words, shared=way)["word"] == "enemy").sum() for way in ("once", "apart", "keep")}
    assert count == {"once": 1, "apart": 0, "keep": 2}
    assert set(ky.choose(words, shared="once").query("doc_id == 'B'")["word"]) == {"beta"}


def test_too_few_words_say_nothing():
    sentences, groups = corpus({"A": ["Regime regime regime."] * 20, "B": ["Government government government."] * 20})
    assert ky.stat_terms(find_words(sentences, empty("attributions")), groups).empty  # 60 words of 200


def test_a_planted_word_is_found():
    filler = "The minister spoke in parliament about the state of the roads and the schools"
    texts = {"A": [f"{filler} and the regime."] * 30, "B": [f"{filler} and the hills."] * 30, "C": [f"{filler} and the rain."] * 30}
    sentences, groups = corpus(texts)
    words = find_words(sentences, empty("attributions"))
    table = ky.stat_terms(words, groups)
    assert [row.term for row in table[(table["group"] == "A") & table["holds"]].itertuples() if row.length == 1 and row.z > 0] == ["regime"]
    found = ky.find_key_terms(table)
    assert any("A marks itself by" in finding.text and "regime" in finding.text and len(finding.evidence) > 1 for finding in found)


def test_a_word_of_one_article_marks_no_newsroom():
    rows = [{"doc_id": f"{outlet}{k}", "sentence": i, "block": 0, "start": 60 * i, "end": 60 * i + 50,
             "text": "the volcano smoked again" if (outlet, k) == ("A", 0) else "the council met on the matter again"}
            for outlet in "AB" for k in range(12) for i in range(12)]
    groups = pd.Series({row["doc_id"]: row["doc_id"][0] for row in rows})
    assert not ky.find_key_terms(ky.stat_terms(find_words(make("sentences", rows), empty("attributions")), groups))


def test_two_outlets_from_one_distribution_differ_in_nothing():
    rng = np.random.default_rng(7)
    vocabulary = "talks dialogue regime government rebels fighters strike attack war conflict threat blamed refugees migrants the of a to".split()
    vocabulary += [f"word{k}" for k in range(60)]
    chance = 1 / np.arange(1, len(vocabulary) + 1)
    wrong = 0
    for _ in range(40):
        weights = rng.permutation(chance)
        texts = {o: [" ".join(rng.choice(vocabulary, 12, p=weights / weights.sum())) + "." for _ in range(18)] for o in "AB"}
        sentences, groups = corpus(texts)
        words = find_words(sentences, empty("attributions"))
        units = [share_units(find_naming(words), "choice", within="set"), frame_units(find_frames(None, sentences, empty("attributions")), words)]
        found = ky.find_key_terms(ky.stat_terms(words, groups))
        wrong += bool(found or any(find_differences(ky.stat_shares(part, groups), "{group} {measure}") for part in units))
    assert wrong <= 2  # 5 % of the draws; of 100 draws none was wrong when this was written


def test_numbers_lead_to_the_sentences_that_agree_with_their_row():
    rows = pd.DataFrame({"doc_id": ["a", "a", "b", "b"], "sentence": [0, 3, 1, None], "speaker": ["Ruiz", "Ruiz", "Oslo", "Oslo"], "side": ["X", "Y", "X", "X"]})
    table = pd.DataFrame({"speaker": ["Oslo", "Ruiz", "Nobody"]})
    assert ky.linked(table, rows, ["speaker"])["evidence"].to_list() == [[("b", 1)], [("a", 0), ("a", 3)], []]
    crossed = pd.DataFrame({"speaker": ["Ruiz"]}, index=pd.Index(["Y"], name="side"))
    assert ky.linked(crossed, rows, ["side", "speaker"])["evidence"].to_list() == [[("a", 3)]]
    assert ky.linked(table.head(0), rows.head(0), ["speaker"])["evidence"].to_list() == []
