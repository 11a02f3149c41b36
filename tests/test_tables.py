"""Tables have their columns and types whatever rows they are made of, and survive the way through jsonl."""
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.tables import COLUMNS, empty, from_record, labels, make, to_record


@pytest.mark.parametrize("table", COLUMNS)
def test_an_empty_table_has_all_its_columns(table):
    assert list(empty(table).columns) == COLUMNS[table] and len(empty(table)) == 0


def test_what_a_row_does_not_say_is_null_never_nan():
    row = make("attributions", [{"doc_id": "a", "attribution": "a1", "content": [[1, 2]], "source_start": 3, "source_end": 5}])
    record = to_record("attributions", row.iloc[0].to_dict())
    assert record["source"] == [3, 5] and record["cue"] is None and record["parent"] is None and record["confidence"] is None
    assert "NaN" not in json.dumps(record)


def test_a_quantity_without_bounds_is_not_the_same_as_none():
    rows = make("mentions", [{"doc_id": "a", "mention": "m1", "quantity_text": "several"}, {"doc_id": "a", "mention": "m2"}])
    several, none = (to_record("mentions", r)["quantity"] for r in rows.to_dict("records"))
    assert several == {"text": "several", "min": None, "max": None} and none is None


spans = st.one_of(st.none(), st.tuples(st.integers(0, 99), st.integers(100, 200)).map(list))


@given(source=spans, cue=spans, content=st.lists(st.tuples(st.integers(0, 9), st.integers(10, 99)).map(list), min_size=1))
def test_attributions_survive_the_way_through_jsonl(source, cue, content):
    record = {"doc_id": "d", "attribution": "a1", "source": source, "cue": cue, "content": content, "type": "direct"}
    row = make("attributions", [from_record("attributions", json.loads(json.dumps(record)))])
    again = to_record("attributions", row.iloc[0].to_dict())
    assert {k: again[k] for k in record} == record


@given(st.one_of(st.none(), st.fixed_dictionaries({"text": st.text(min_size=1), "min": st.one_of(st.none(), st.integers(0, 10**9)),
                                                   "max": st.one_of(st.none(), st.integers(0, 10**9))})))
def test_quantities_survive_the_way_through_jsonl(quantity):
    row = make("mentions", [from_record("mentions", {"doc_id": "d", "mention": "m1", "quantity": quantity})])
    assert to_record("mentions", row.iloc[0].to_dict())["quantity"] == quantity


def test_labels_are_the_outlet_else_the_title_else_the_id_and_never_twice_the_same():
    documents = make("documents", [{"doc_id": "a", "outlet": "The Post"}, {"doc_id": "b", "title": "Talks begin"}, {"doc_id": "c"},
                                   {"doc_id": "d", "outlet": "The Post"}])
    assert labels(documents).to_dict() == {"a": "The Post (a)", "b": "Talks begin", "c": "c", "d": "The Post (d)"}


def test_whoever_waits_in_jupyterlab_sees_how_far_it_is(monkeypatch):
    from helpers.pipeline import watched
    said = []

    class Line:
        def update(self, data, raw):
            said.append(data["text/plain"])

    monkeypatch.setattr("IPython.display.display", lambda *_, **__: Line())
    monkeypatch.setattr("IPython.display.clear_output", lambda: said.append("cleared"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert list(watched([["a"], ["b", "c"]])) == [["a"], ["b", "c"]] and said == []
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook")
    assert list(watched([["a"], ["b", "c"]])) == [["a"], ["b", "c"]]
    assert said == ["1 of 3 articles read ...", "3 of 3 articles read ...", "cleared"]
