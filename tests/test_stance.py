"""Stance of cues: inflection, phrases, classes of the lexicon, odd input."""
import csv

import pytest
from hypothesis import given, strategies as st

from helpers.names import DATA
from helpers.stance import find_reporting_word, stance_of

CLASSES = {"neutral", "assertive", "factive", "doubting", "commissive", "directive", "emotive", "thought"}


@pytest.mark.parametrize("cue, lemma, stance", [
    ("said", "say", "neutral"), ("tells", "tell", "neutral"), ("According to", "according to", "neutral"),
    ("stressed", "stress", "assertive"), ("made clear", "make clear", "assertive"), ("is adamant", "be adamant", "assertive"),
    ("had not acknowledged", "acknowledge", "factive"), ("seemed to concede", "concede", "factive"),
    ("revealing", "reveal", "factive"),
    ("claims", "claim", "doubting"), ("denied", "deny", "doubting"), ("declined to comment", "decline to comment", "doubting"),
    ("vowed", "vow", "commissive"), ("reached out", "reach out", "commissive"),
    ("called on", "call on", "directive"), ("has been pressing", "press", "directive"), ("begged", "beg", "directive"),
    ("has long warned", "warn", "emotive"), ("criticised", "criticise", "emotive"), ("worries", "worry", "emotive"),
    ("was still considering", "consider", "thought"), ("believed", "believe", "thought"), ("plans", "plan", "thought"),
])
def test_cue_has_its_lemma_and_class(cue, lemma, stance):
    assert stance_of(cue) == (lemma, stance)


def test_thought_and_speech_are_told_apart():
    assert [find_reporting_word(cue)[2] for cue in ("thinks", "feared", "said", "warned")] == ["thought", "thought", "speech",
                                                                                               "speech"]


def test_unknown_and_empty_cues_are_neutral():
    assert stance_of("yodelled") == ("yodel", "neutral")
    assert stance_of("") == stance_of(None) == stance_of("…”") == (None, "neutral")


def test_lexicon_is_complete():
    with open(DATA / "reporting_words.csv", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["word"] for row in rows}) >= 400
    assert {row["stance"] for row in rows} == CLASSES
    assert {row["act"] for row in rows} == {"speech", "thought"}
    assert all(row["source"] and row["word"] == row["word"].lower().strip() for row in rows)
    assert len({(row["word"], row["pos"]) for row in rows}) == len(rows)


@given(st.text())
def test_any_text_has_a_stance(cue):
    lemma, stance = stance_of(cue)
    assert stance in CLASSES and (lemma is None or lemma == lemma.strip())
