"""The reader's decisions: saved at once and whole, taken up by every table, taken back without a trace."""
import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import review
from helpers.pipeline import overridden
from helpers.tables import make

TEXT = "Smith said the army had sent tanks. Jones denied it."
ROWS = [{"doc_id": "d", "attribution": "a1", "sentence": 0, "source_start": 0, "source_end": 5, "cue_start": 6, "cue_end": 10,
         "content": [[11, 34]], "type": "indirect", "act": "speech", "speaker": "Smith", "speaker_kind": "named_person",
         "side": "Other", "confidence": 0.9, "origin": "machine"},
        {"doc_id": "d", "attribution": "a2", "sentence": 1, "source_start": 36, "source_end": 41, "cue_start": 42, "cue_end": 48,
         "content": [[49, 51]], "type": "indirect", "act": "speech", "speaker": "Jones", "speaker_kind": "named_person",
         "side": "Other", "confidence": 0.4, "origin": "machine"}]


@pytest.fixture
def found():
    return make("attributions", ROWS)


def tables(found):
    sentences = make("sentences", [{"doc_id": "d", "sentence": 0, "block": 0, "start": 0, "end": 35, "text": TEXT[:35]},
                                   {"doc_id": "d", "sentence": 1, "block": 0, "start": 36, "end": 52, "text": TEXT[36:]}])
    return SimpleNamespace(documents=make("documents", [{"doc_id": "d", "text": TEXT}]), sentences=sentences, attributions=found)


def taken_up(corpus, found):
    notes = make("attributions", []).assign(status=None)
    records = review.load_decisions(corpus, "attributions")
    from helpers.tables import from_record
    if records:
        rows = [from_record("attributions", r) for r in records]
        notes = make("attributions", rows).assign(status=[r.get("status") for r in rows])
    return overridden("attributions", found, notes, set())


def test_the_least_confident_row_is_asked_first_and_a_decided_one_no_more(tmp_path, found):
    assert review.queue(found, [], layer="attributions")["attribution"].to_list() == ["a2", "a1"]
    review.decide(tmp_path, "attributions", ROWS[1], "accepted")
    left = review.queue(found, review.load_decisions(tmp_path, "attributions"), layer="attributions")
    assert left["attribution"].to_list() == ["a1"]


def test_rejected_is_gone_changed_is_changed_added_is_there_and_the_rest_stays(tmp_path, found):
    review.decide(tmp_path, "attributions", ROWS[0], "rejected")
    review.decide(tmp_path, "attributions", ROWS[1] | {"speaker": "Ann Jones"}, "changed")
    review.decide(tmp_path, "attributions", ROWS[0] | {"attribution": "r1", "content": [[15, 34]]}, "added")
    rows = taken_up(tmp_path, found)
    assert rows[["attribution", "speaker", "origin"]].values.tolist() == [["r1", "Smith", "reviewed"], ["a2", "Ann Jones", "reviewed"]]


def test_undo_puts_back_what_stood_before(tmp_path, found):
    review.decide(tmp_path, "attributions", ROWS[0] | {"speaker": "A. Smith"}, "changed")
    before = review.decide(tmp_path, "attributions", ROWS[0], "rejected")
    review.put(tmp_path, "attributions", "d", "a1", before)
    assert taken_up(tmp_path, found)["speaker"].to_list() == ["A. Smith", "Jones"]
    review.put(tmp_path, "attributions", "d", "a1", None)
    assert taken_up(tmp_path, found)["origin"].to_list() == ["machine", "machine"]


def test_a_crash_while_writing_leaves_the_old_file_whole(tmp_path, monkeypatch):
    review.decide(tmp_path, "attributions", ROWS[0], "accepted")
    before = (tmp_path / "annotations" / "attributions.jsonl").read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError):
        review.decide(tmp_path, "attributions", ROWS[1], "rejected")
    assert (tmp_path / "annotations" / "attributions.jsonl").read_bytes() == before
    assert [p.name for p in (tmp_path / "annotations").iterdir()] == ["attributions.jsonl"]


def test_progress_counts_and_agreement_is_the_share_accepted_as_it_was(found):
    said = [{"doc_id": "d", "attribution": "a1", "status": "accepted"}, {"doc_id": "d", "attribution": "a2", "status": "rejected"},
            {"doc_id": "d", "attribution": "r1", "status": "added"}]
    assert review.stat_progress(found, said, layer="attributions") == {
        "to_do": 0, "accepted": 1, "changed": 0, "rejected": 1, "added": 1, "agreement": 0.5}
    assert review.stat_progress(found, [], layer="attributions")["agreement"] is None


@given(st.text("ab \n", min_size=1, max_size=40), st.data())
def test_located_words_are_the_words(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    words = text[start:data.draw(st.integers(start + 1, len(text)))]
    s, e = review.locate(text, words, near=start)
    assert text[s:e] == words and s == start


def test_words_that_are_not_there_are_refused_with_what_to_do():
    with pytest.raises(ValueError, match="copy the words"):
        review.locate(TEXT, "planes")


def test_what_was_typed_becomes_spans_again():
    row = make("attributions", ROWS).to_dict("records")[0]
    typed = review.words_of(row, TEXT, layer="attributions")
    assert typed == {"source": "Smith", "cue": "said", "content": "the army had sent tanks"}
    changed = review.edited(row, typed | {"content": "the army … tanks", "speaker": "Bob Smith"}, TEXT, layer="attributions")
    assert changed["content"] == [[11, 19], [29, 34]] and changed["speaker"] == "Bob Smith" and changed["source_end"] == 5


def test_finishing_a_document_binds_its_annotations_to_its_text(tmp_path):
    document = {"doc_id": 'a,"b"', "text": TEXT}
    review.finish(tmp_path, "mentions", document)
    review.finish(tmp_path, "mentions", document)
    lines = (tmp_path / "annotations" / "reviewed.csv").read_text().splitlines()
    assert len(lines) == 2 and lines[1].startswith('"a,""b""",mentions,')


def test_an_archive_cannot_be_annotated(tmp_path):
    with pytest.raises(ValueError, match="unpack"):
        review.load_decisions(tmp_path / "articles.zip", "mentions")


def test_the_panel_saves_each_click_and_goes_on_to_the_next_row(tmp_path, found):
    panel = review.review(tmp_path, tables(found), "attributions")
    buttons = {b.description: b for b in panel.children[1].children}
    fields = {f.description: f for f in panel.children[3:]}
    assert fields["cue"].value == "denied" and "2 to decide" in panel.children[0].value
    buttons["accept"].click()
    assert fields["cue"].value == "said" and "1 to decide" in panel.children[0].value
    fields["content"].value = "planes"
    buttons["change"].click()
    assert "does not stand in the article" in panel.children[2].value
    fields["content"].value = "tanks"
    buttons["change"].click()
    saved = {r["attribution"]: r for r in map(json.loads, (tmp_path / "annotations" / "attributions.jsonl").open())}
    assert saved["a2"]["status"] == "accepted" and saved["a1"]["status"] == "changed" and saved["a1"]["content"] == [[29, 34]]
    buttons["undo"].click()
    assert fields["content"].value == "the army had sent tanks"


def test_no_label_is_cut_and_all_that_can_be_done_comes_in_the_order_it_is_drawn(tmp_path, found):
    question, buttons, message, *fields = review.review(tmp_path, tables(found), "attributions").children
    assert [button.description for button in buttons.children] == ["accept", "change", "reject", "add", "skip", "undo"]
    assert [field.description for field in fields][:5] == ["source", "cue", "content", "speaker", "speaker kind"]
    assert {field.style.description_width for field in fields} == {"9em"}  # 80 pixels by default: too little for "speaker kind"
