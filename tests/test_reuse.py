"""Text reuse on made-up stories of several outlets, worked out by hand, and on the seeds."""
import json
import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.reuse import _read, _words_in, find_reuse
from helpers.stories import find_remarks
from helpers.tables import make
from helpers.wording import align, blocks, key, words_of

SEEDS = Path(__file__).parents[1] / "seeds"


def story(*articles, story=None):
    """Tables of articles written as (text, [(content, speaker, kind, side, type), ...]); sentences end at full stops."""
    docs, sentences, attributions = [], [], []
    for n, (text, said) in enumerate(articles):
        doc = f"d{n}"
        docs.append({"doc_id": doc, "text": text, "story": story and story[n]})
        for k, m in enumerate(re.finditer(r"[^.\s][^.]*\.?[”\"]?", text)):
            sentences.append({"doc_id": doc, "sentence": k, "block": 0, "start": m.start(), "end": m.end(), "text": m.group()})
        for k, (content, speaker, kind, side, form) in enumerate(said):
            start = text.index(content)
            attributions.append({"doc_id": doc, "attribution": f"a{k}", "content": [[start, start + len(content)]], "type": form,
                                 "speaker": speaker, "speaker_kind": kind, "side": side})
    return make("documents", docs), make("sentences", sentences), make("attributions", attributions)


def found(tables):
    """(left doc, left text, right doc, right text, kind) of every row."""
    text = dict(zip(tables[0]["doc_id"], tables[0]["text"]))
    return [(r.left_doc_id, text[r.left_doc_id][r.left_start:r.left_end], r.right_doc_id,
             text[r.right_doc_id][r.right_start:r.right_end], r.kind) for r in find_reuse(*tables).itertuples()]


PERSON = ("named_person", "Norland")
WIRE = "Ferry services to the northern islands were halted on Tuesday after a fuel barge ran aground near the harbour mouth"


def test_a_shared_passage_is_maximal_and_survives_an_edit():
    left = f"Storms hit early. {WIRE}, the port said. Nobody was hurt."
    right = "Residents waited. Ferry services to the northern islands were suspended late on Tuesday after a fuel barge ran aground " \
            "near the harbor mouth, blocking two piers."
    row, = find_reuse(*story((left, []), (right, []))).to_dict("records")
    assert left[row["left_start"]:row["left_end"]] == WIRE
    assert right[row["right_start"]:row["right_end"]].startswith("Ferry") and right[:row["right_end"]].endswith("harbor mouth")
    assert row["differences"] == [["halted", "suspended late"], ["harbour", "harbor"]]
    assert row["similarity"] == round(2 * 19 / (20 + 21), 4)  # 20 and 21 words, of which all but one and two agree


def test_nine_common_words_are_idiom_and_ten_are_reuse():
    nine = "tons of grain left the eastern depot by rail"
    assert not found(story((f"Some say {nine}.", []), (f"Other: {nine}!", [])))
    ten = nine + " yesterday"
    assert [f[1] for f in found(story((f"Some say {ten}.", []), (f"Other: {ten}!", [])))] == [ten]


def test_ten_function_words_are_not_reuse():
    words = "it is not that we have been there before and so it was"
    assert not found(story((f"{words}.", []), (f"{words}!", [])))


def test_other_stories_are_not_compared():
    assert found(story((WIRE, []), (WIRE, []), story=["ferry", "ferry"]))
    assert not found(story((WIRE, []), (WIRE, []), story=["ferry", "grain"]))
    assert not found(story((WIRE, []), story=["ferry"]))


def test_one_quotation_in_two_outlets_in_fragments_and_spellings():
    left = "The talks were “constructive,” Ada Brook said. She vowed to “honour every commitment made to fishermen.”"
    right = 'Brook called the meeting "constructive". She would "honor every commitment made to fishermen", Brook added.'
    said = [("The talks were “constructive,”", "Ada Brook", *PERSON, "mixed"),
            ("to “honour every commitment made to fishermen.”", "Ada Brook", *PERSON, "mixed")]
    told = [('the meeting "constructive"', "Ada Brook", *PERSON, "mixed"),
            ('She would "honor every commitment made to fishermen"', "Ada Brook", *PERSON, "mixed")]
    assert found(story((left, said), (right, told))) == [
        ("d0", "constructive", "d1", "constructive", "utterance"),
        ("d0", "honour every commitment made to fishermen", "d1", "honor every commitment made to fishermen", "utterance")]


def test_one_quoted_word_of_two_speakers_is_no_utterance():
    left = ("Ada Brook called it “constructive”.", [("“constructive”", "Ada Brook", *PERSON, "direct")])
    right = ("Tom Reed called it “constructive”.", [("“constructive”", "Tom Reed", *PERSON, "direct")])
    assert not found(story(left, right))


def test_a_fragment_stands_by_the_longer_quotation_it_comes_from():
    long = "“We will keep the quota, and the smallest boats come first, whatever the ministry says.”"
    left = (f"Ada Brook said: {long}", [(long, "Ada Brook", *PERSON, "direct")])
    right = ("Brook said the “smallest boats” had priority.", [("the “smallest boats” had priority", "Ada Brook", *PERSON, "mixed")])
    assert found(story(left, right)) == [("d0", "smallest boats", "d1", "smallest boats", "utterance")]


def test_indirect_and_direct_versions_of_one_utterance():
    left = ("“The reactor will restart in March once inspectors approve the cooling pumps,” Lena Ortiz said.",
            [("“The reactor will restart in March once inspectors approve the cooling pumps,”", "Lena Ortiz", *PERSON, "direct")])
    right = ("Ortiz said that the reactor would restart in March when inspectors approved its cooling pumps.",
             [("that the reactor would restart in March when inspectors approved its cooling pumps", "Lena Ortiz", *PERSON, "indirect")])
    rows = found(story(left, right))
    assert [r[4] for r in rows] == ["utterance"] and "cooling pumps" in rows[0][3]
    other = [(left[0], left[1]), (right[0], [(*right[1][0][:1], "Tom Reed", *right[1][0][2:])])]
    assert not found(story(*other))


def test_an_utterance_keeps_its_number_and_breaks_off_at_no_function_word():
    one, other = "he found 45 million euros available for repairs of the coastal railway line", "repairs got 80 million euros for repairs of the coastal railway of the south"
    row, = find_reuse(*story((f"Reed said {one}.", [(one, "Tom Reed", *PERSON, "indirect")]),
                             (f"Reed said {other}.", [(other, "Tom Reed", *PERSON, "indirect")]))).to_dict("records")
    assert f"Reed said {one}."[row["left_start"]:row["left_end"]] == "45 million euros available for repairs of the coastal railway"
    assert f"Reed said {other}."[row["right_start"]:row["right_end"]] == "80 million euros for repairs of the coastal railway"
    assert ["45", "80"] in row["differences"]


def test_a_sentence_of_topic_words_only_is_no_utterance():
    filler = " ".join("The harbour council met about harbour fees." for _ in range(30))
    said, denied = "the harbour council would meet", "that the harbour council meets"
    left = (f"{filler} Brook said {said}.", [(said, "Ada Brook", *PERSON, "indirect")])
    assert not found(story(left, (f"Brook denied {denied}.", [(denied, "Ada Brook", *PERSON, "indirect")])))


def test_tables_are_left_as_they_were_and_empty_ones_give_an_empty_table():
    tables = story((WIRE, []), (WIRE, []))
    before = [t.copy(deep=True) for t in tables]
    find_reuse(*tables)
    assert all(a.equals(b) for a, b in zip(tables, before))
    assert find_reuse(*(make(n, []) for n in ("documents", "sentences", "attributions"))).empty


def test_the_order_of_documents_does_not_change_what_is_found():
    a, b, c = (WIRE + ". One.", []), ("Two. " + WIRE, []), ("Three. Four.", [])
    assert len(found(story(a, b, c))) == len(found(story(c, b, a))) == 1


def test_a_page_of_one_repeated_sentence_ends_soon():
    text = (WIRE + ". ") * 2000
    assert found(story((text, []), (text, [])))[0][1].startswith("Ferry")


@pytest.mark.parametrize("left, right", [("honour", "honor"), ("build-up", "buildup"), ("Defence", "defense"), ("centre", "center"),
                                         ("organised", "organized"), ("programme", "program"), ("travelled", "traveled"), ("U.S.", "US")])
def test_spellings_fall_together(left, right):
    assert key(left.strip(".")) == key(right)


def test_words_apart_stay_apart():
    assert len({key(w) for w in ("force", "farce", "7.6", "76", "war", "was", "planes", "planets")}) == 8


def test_alignment_word_by_word():
    assert align("to “honour commitments”", "to honor Moscow's commitments") == [
        ("to", "to", True), ("honour", "honor", False), ("", "Moscow's", False), ("commitments", "commitments", True)]
    assert align("", "") == []


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_alignment_keeps_every_word_in_order(left, right):
    pieces = align(left, right)
    words = re.compile(r"\w+")
    assert [w for p, _, _ in pieces for w in words.findall(p)] == words.findall(left)
    assert [w for _, p, _ in pieces for w in words.findall(p)] == words.findall(right)


@given(st.lists(st.text(alphabet="ab “”\"'‘’.\n", max_size=80), min_size=2, max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_marks_in_any_order(texts):
    docs = [{"doc_id": str(n), "text": t} for n, t in enumerate(texts)]
    rows = [{"doc_id": str(n), "start": 0, "end": len(t), "text": t} for n, t in enumerate(texts)]
    said = [{"doc_id": str(n), "attribution": "a0", "content": [[0, len(t)]], "speaker": "X", "speaker_kind": "group", "side": "Other",
             "type": "mixed"} for n, t in enumerate(texts)]
    for r in find_reuse(make("documents", docs), make("sentences", rows), make("attributions", said)).itertuples():
        assert 0 <= r.left_start < r.left_end <= len(texts[int(r.left_doc_id)]) and 0 <= r.similarity <= 1


@given(st.lists(st.sampled_from("abcd"), max_size=14), st.lists(st.sampled_from("abcde"), max_size=14))
@settings(max_examples=300, deadline=None)
def test_what_two_texts_have_in_common_is_what_difflib_finds(a, b):
    assert [block for block in blocks(a, b) if block[2]] == [tuple(m) for m in SequenceMatcher(None, a, b, False).get_matching_blocks()[:-1]]


@given(st.text(alphabet="ab.'- “_", min_size=4, max_size=40), st.lists(st.integers(0, 40), min_size=4, max_size=6))
@settings(max_examples=300, deadline=None)
def test_words_of_a_stretch_are_the_same_by_the_sentences_already_read(text, cuts):
    start, end, *edges = sorted(cuts[:2]) + sorted(cuts[2:])  # sentences may end within words, and leave words out
    read = _read(text, [(x, text[x:y]) for x, y in zip(edges, edges[1:])])
    assert [*map(list, _words_in(read, start, end))] == [*map(list, words_of(text[start:end], start))]


def test_differences_and_similarity_are_those_of_the_alignment():
    tables = seeds()
    texts, rows = dict(zip(tables[0]["doc_id"], tables[0]["text"])), find_reuse(*tables)
    for r in rows.itertuples():
        left, right = texts[r.left_doc_id][r.left_start:r.left_end], texts[r.right_doc_id][r.right_start:r.right_end]
        assert r.differences == [[x, y] for x, y, same in align(left, right) if not same]
        assert r.kind == "passage" or r.similarity == round(SequenceMatcher(None, words_of(left)[0], words_of(right)[0], False).ratio(), 4)
    assert rows["differences"].map(len).max() > 1


def seeds():
    """The seeds with their annotated attributions; a paragraph stands for a sentence."""
    docs = [{"doc_id": p.stem, "text": p.read_bytes().decode()} for p in sorted(SEEDS.glob("*.txt"))]
    rows = [{"doc_id": d["doc_id"], "start": m.start(), "end": m.end(), "text": m.group()} for d in docs for m in re.finditer(".+", d["text"])]
    lines = (SEEDS / "annotations" / "attributions.jsonl").read_text(encoding="utf-8").splitlines()
    said = [a for a in map(json.loads, lines) if not a.get("optional")]
    return make("documents", docs), make("sentences", rows), make("attributions", said)


def test_what_the_seeds_share():
    rows = {(a[:3], x.replace("’", "'"), b[:3], y.replace("’", "'"), k) for a, x, b, y, k in found(seeds())}
    enemy = "Both Moscow and Washington say their enemy is Islamic State, whose fighters control large parts of Syria"
    passages = {(a, b, x) for a, x, b, y, k in rows if k == "passage" and x == y}
    assert ("000", "002", enemy) in passages
    assert any(a == "000" and b == "002" and x.startswith("Washington has been pressing") and x.endswith("complicated those efforts")
               for a, b, x in passages)
    assert {("001", "constructive", "004", "constructive", "utterance"),
            ("001", "mechanisms for deconfliction", "004", "mechanisms for deconfliction", "utterance"),
            ("002", "unintended incidents", "004", "unintended incidents", "utterance"),
            ("003", "honor Moscow's commitments", "004", "honour commitments", "utterance")} <= rows
    assert any(x.endswith("perspectives overlap, and areas of divergence") and y.endswith("perspectives overlap and areas of divergence")
               for _, x, _, y, _ in rows)


def test_a_remark_that_an_article_without_sentences_shares_is_told_of_the_others():
    said = "We want to avoid miscalculation over the desert."
    documents = make("documents", [{"doc_id": d, "text": said} for d in "ab"])
    sentences = make("sentences", [{"doc_id": "a", "sentence": 3, "block": 0, "start": 0, "end": len(said), "text": said}])
    row = {"left_doc_id": "a", "right_doc_id": "b", "left_start": 0, "right_start": 0, "left_end": len(said), "right_end": len(said), "kind": "utterance"}
    assert find_remarks(documents, sentences, make("reuse", [row | {"similarity": 1.0, "differences": []}])) == [("utterance", said, [("a", 3)])]
