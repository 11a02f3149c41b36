"""What the Explore panels do, without a browser: pick, search, mark, redraw, download."""
import io
import json
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.explore import State, choices, concordance, explore, marked, select, table_bytes, view, with_context
from helpers.tables import make

TEXT = "Smith said <b>tanks</b> came. =Jones denied it."


@pytest.fixture
def tables():
    sentences = [{"doc_id": "d", "sentence": 0, "block": 0, "start": 0, "end": 29, "text": TEXT[:29]},
                 {"doc_id": "d", "sentence": 1, "block": 0, "start": 30, "end": 47, "text": TEXT[30:]}]
    said = [{"doc_id": "d", "attribution": "a1", "sentence": 0, "source_start": 0, "source_end": 5, "cue_start": 6, "cue_end": 10,
             "content": [[11, 28]], "speaker": "Smith", "side": "Russia"},
            {"doc_id": "d", "attribution": "a2", "sentence": 1, "cue_start": 37, "cue_end": 43, "content": [[44, 46]],
             "speaker": "=Jones", "side": "Other"}]
    return SimpleNamespace(documents=make("documents", [{"doc_id": "d", "outlet": "The Post", "text": TEXT}]),
                           sentences=make("sentences", sentences), attributions=make("attributions", said))


def test_what_is_picked_is_what_is_shown(tables):
    rows = with_context(tables, "attributions")
    assert choices(rows, ["speaker"]) == {"speaker": ["Smith", "=Jones"]}
    assert select(rows, State({"speaker": ("Smith",)}))["attribution"].to_list() == ["a1"]
    assert select(rows, State({}, "DENIED it"))["attribution"].to_list() == ["a2"]
    assert select(rows, State({"speaker": ("Smith",)}, "denied")).empty
    assert len(select(rows, State({"speaker": ("Smith", "=Jones"), "side": ()}))) == 2
    assert select(rows, State({}, "", "side"))["side"].to_list() == ["Other", "Russia"]


def test_a_sentence_is_marked_and_its_markup_inert(tables):
    row = with_context(tables, "attributions").to_dict("records")[0]
    html = marked(row, 0)
    assert '<span class="hl source">Smith</span> <span class="hl cue">said</span>' in html
    assert "<b>" not in html and "&lt;b&gt;tanks" in html
    assert 'content hit">tanks</span>' in marked(row, 0, search="TANKS")


def test_the_figure_is_drawn_of_the_picked_rows_only(tables):
    rows, seen = with_context(tables, "attributions"), []

    def draw(part):
        from helpers.figures import plot_bars
        seen.append(len(part))
        return plot_bars(part["speaker"].value_counts(), title="Who speaks", xlabel="attributions")

    html = view(select(rows, State({"side": ("Other",)})), tables, draw=draw)
    assert seen == [1] and "data:image/png" in html and 'alt="' in html and "1 row." in html


def test_downloads_hold_all_rows_and_start_no_formula(tables):
    rows = with_context(tables, "attributions")
    csv = pd.read_csv(io.BytesIO(table_bytes(rows, "csv")))
    excel = pd.read_excel(io.BytesIO(table_bytes(rows, "xlsx")))
    assert not csv["speaker"].str.startswith("=").any() and not excel["speaker"].str.startswith("=").any()
    assert json.loads(csv["content"][0]) == [[11, 28]] and len(excel) == 2
    assert pd.read_parquet(io.BytesIO(table_bytes(rows, "parquet")))["speaker"].to_list() == ["Smith", "=Jones"]


def test_the_panel_answers_its_menus_and_leaves_a_table_where_there_are_no_widgets(tables):
    panel = explore(tables, "attributions", filters=["speaker", "side"], table_id="explore-said")
    lists, _, controls, files, result, below = panel.box.children
    menus = {c.description: c for c in (*lists.children, *controls.children)}
    assert "2 rows" in result.value and below.value.count("<tr>") == 3 and not files.value
    menus["save as files"].click()
    assert "attributions.parquet" in files.value and "all 2 rows" in files.value
    menus["speaker"].value = ("Smith",)
    assert below.value.count("<tr>") == 2 and not files.value
    assert "1 row." in result.value and "Smith" in result.value and "denied" not in result.value
    assert 'alt="Bar chart: 1 rows by side. rows: Russia 1."' in result.value
    menus["search"].value = "nothing like it"
    assert "0 rows" in result.value
    bundle = panel._repr_mimebundle_()
    assert 'id="explore-said"' in bundle["text/html"] and "application/vnd.jupyter.widget-view+json" in bundle


def test_a_concordance_is_drawn_again_for_what_is_typed_and_sorted(tables):
    from helpers.claims_figures import find_keyword
    tables.mentions = make("mentions", [])
    panel = concordance(tables, "said", table_id="words", find=find_keyword)
    (typed, order), result = panel.box.children[0].children, panel.box.children[1]
    assert "&lt;b&gt;tanks" in result.value and "(1 rows)" in panel.text and 'id="words"' in panel.markup
    typed.value = "e"
    assert "No rows." in result.value
    typed.value = "denied"
    assert "=Jones" in result.value and "own voice" in result.value
    order.value = "speaker"
    assert "denied" in result.value
