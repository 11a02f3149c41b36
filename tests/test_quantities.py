"""Quantities: number phrases before a noun, what belongs to something else, rates."""
import pytest

from helpers.lexicon import PIECE
from helpers.quantities import find_quantity, number_of, with_rate


def quantity(marked):
    """(text, min, max) of what counts the noun after "#", or None."""
    text, at = marked.replace("#", ""), marked.index("#")
    spans = [match.span() for match in PIECE.finditer(text)]
    words = [text[start:end].lower() for start, end in spans]
    i = next(k for k, span in enumerate(spans) if span[0] == at)
    found = find_quantity(text, spans, words, i)
    return found and tuple(with_rate(found, text, spans[i][1]))


@pytest.mark.parametrize("marked, expected", [
    ("as many as 500 Russian #troops", ("as many as 500", None, 500)), ("four large Hip #helicopters", ("four", 4, 4)),
    ("Two hundred Russian #marines", ("Two hundred", 200, 200)), ("half a dozen #tanks", ("half a dozen", 6, 6)),
    ("some 60 U.S.-trained Syrian #rebels", ("some 60", 60, 60)), ("more than 20 Condor #planes", ("more than 20", 20, None)),
    ("about two cargo #flights a day", ("about two a day", 2, 2)), ("between 20 and 30 #tanks", ("between 20 and 30", 20, 30)),
    ("two to three dozen #tanks", ("two to three dozen", 24, 36)), ("200 to 300 #soldiers", ("200 to 300", 200, 300)),
    ("20-30 #tanks", ("20-30", 20, 30)), ("dozens of #tanks", ("dozens", None, None)), ("several #tanks", ("several", None,
            None)),
    ("a pair of #jets", ("a pair", 2, 2)), ("2,500 #troops", ("2,500", 2500, 2500)
     ), ("1.5 million #rounds", ("1.5 million", 1500000, 1500000)),
    ("at least a dozen #tanks", ("at least a dozen", 12, None)), ("fewer than 10 #jets", ("fewer than 10", None, 10)),
    ("up to four dozen armored #vehicles", ("up to four dozen", None, 48)), ("one of the #tanks", ("one", 1, 1)),
    ("an estimated 1,200 #fighters", ("an estimated 1,200", 1200, 1200)), ("no fewer than 3 #jets", ("no fewer than 3", 3, None)),
    ("two hundred and fifty #tanks", ("two hundred and fifty", 250, 250)), ("10+ #tanks", ("10+", 10, None)),
    ("twelve of its #tanks", ("twelve", 12, 12)), ("a few #tanks", ("a few", None, None)), ("19 of the #jets", ("19", 19, 19))])
def test_quantity(marked, expected):
    assert quantity(marked) == expected


@pytest.mark.parametrize("marked", [
    "a #tank", "the #tanks", "30-mm #guns", "a 50-minute #flight", "in 2015 #airstrikes", "Sept. 16 #airstrikes",
            "20 percent of #tanks",
    "$20 million #tank", "No. 3 #tank", "three-man #tank", "five years #tanks", "killed 20 people and #tanks",
            "the 76th Guards #soldiers",
    "5,000-strong #army", "four, #tanks", "some contract #soldiers"])
def test_not_a_quantity(marked):
    assert quantity(marked) is None


@pytest.mark.parametrize("words, value", [("half a dozen", 6), ("two hundred thousand", 200000), ("twenty-five", 25),
        ("a hundred", 100),
                                          ("1.5 million", 1500000), ("three dozen", 36), ("tank", None)])
def test_number_of(words, value):
    assert number_of(words) == value


@pytest.mark.parametrize("marked, low", [("shot down four of six *drones", 4), ("lost two of the six *drones", 2), ("sent six *drones", 6)])
def test_a_part_of_a_number_is_what_is_told(marked, low):
    text, noun = marked.replace("*", ""), marked.index("*")
    spans = [m.span() for m in PIECE.finditer(text)]
    words = [text[s:e].lower() for s, e in spans]
    assert find_quantity(text, spans, words, [s for s, _ in spans].index(noun)).min == low


@pytest.mark.parametrize("number", ["9" * 30, "9" * 400, "9" * 5000, "1" + "0" * 14 + " billion", "²"])
def test_a_number_beyond_counting_is_no_quantity(number):
    from helpers.military import find_mentions
    from helpers.tables import make
    text = f"Russia sent {number} tanks and 12 howitzers to the base."
    sentences = make("sentences", [{"doc_id": "d", "sentence": 0, "block": 0, "start": 0, "end": len(text), "text": text}])
    documents = make("documents", [{"doc_id": "d", "text": text}])
    found = find_mentions(documents, sentences, make("attributions", []))
    assert found["quantity_max"].dropna().to_list() in ([12], []) and len(found) >= 1
