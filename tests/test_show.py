"""Tables, findings and highlighted articles: inert, stable, accessible HTML whose text is the article's, letter for letter."""
import html
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.reader import cut, draw_text
from helpers.show import EVIDENCE_SHOWN, Finding, Html, anchor, escape, ref, show_findings, show_table, show_text, show_tools
from helpers.tables import COLUMNS, empty, make

TEXT = "Talks open\n\nAnn Smith said the army sent tanks. <b>{{ 7 * 7 }}</b> Critics \u202edoubt it.\n"


def small():
    """Tables of one article: a headline, a paragraph of two sentences, an attribution within an attribution, a mention."""
    tables = {name: empty(name) for name in COLUMNS}
    body, second = TEXT.index("Ann"), TEXT.index("<b>")
    spans = [(0, 12, "headline"), (12, len(TEXT), "body")]
    tables["documents"] = make("documents", [{"doc_id": "a b", "outlet": "AP & co", "text": TEXT}])
    tables["blocks"] = make("blocks", [{"doc_id": "a b", "block": n, "kind": k, "start": s, "end": e} for n, (s, e, k) in enumerate(spans)])
    tables["sentences"] = make("sentences", [{"doc_id": "a b", "sentence": n, "block": b, "start": s, "end": e, "text": TEXT[s:e]} for n, b, s, e in
                                             [(0, 0, 0, 10), (1, 1, body, second - 1), (2, 1, second, len(TEXT) - 1)]])
    tables["attributions"] = make("attributions", [
        {"doc_id": "a b", "attribution": "a1", "source_start": 12, "source_end": 21, "cue_start": 22, "cue_end": 26, "content": [[27, second - 2]],
         "type": "indirect", "speaker": 'Ann "A" Smith', "side": "Other", "stance": "neutral"},
        {"doc_id": "a b", "attribution": "a2", "content": [[31, 40]], "type": "indirect", "speaker": "army", "side": "Other"}])
    at = TEXT.index("tanks")
    tables["mentions"] = make("mentions", [{"doc_id": "a b", "mention": "m1", "start": at, "end": at + 5, "kind": "system", "canonical": "tank"}])
    return SimpleNamespace(**tables)


class Reader(HTMLParser):
    """Checks that every element is closed in order, and collects ids and text."""
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        assert not any(name.startswith("on") and name != "open" for name, _ in attrs)
        self.open += [tag] if tag not in ("input", "br", "img") else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += [data] if "style" not in self.open else []


def parse(markup):
    reader = Reader()
    reader.feed(str(markup))
    reader.close()
    assert reader.open == []
    return reader


# ---------------------------------------------------------------- text

def test_markup_and_hidden_characters_become_visible_text():
    assert escape("<script>&'\"") == "&lt;script&gt;&amp;&#x27;&quot;"
    assert escape("a\u202eb") == 'a<span class="control" title="U+202E right-to-left override">&#9647;</span>b'
    assert escape("a\u200cb").count("<span") == 1 and escape("می\u200cخواهم") == "می\u200cخواهم"
    assert escape("\ud800\x00\ufeff").count("<span") == 3 and escape("a\n\tb") == "a\n\tb"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_inert_and_can_be_written(text):
    markup = escape(text)
    assert "<" not in markup.replace('<span class="control"', "").replace("</span>", "")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\ud800-\udfff\x00]", markup) and markup.encode("utf-8") is not None


@given(st.lists(st.text(), min_size=2, max_size=5, unique=True))
def test_two_documents_never_share_an_anchor(names):
    anchors = {anchor(name, n) for name in names for n in (None, 0, 1)}
    assert len(anchors) == 3 * len(names) and all(re.fullmatch(r"[\w.-]+", a, re.A) for a in anchors)


def test_a_reference_names_its_sentence():
    assert str(ref("a b", 3)) == '<a class="ref" data-doc="a b" data-sentence="3" data-to="a.20.b-s3"><bdi>a b s3</bdi></a>'
    assert "<img" not in str(ref('"><img src=x>', 0)) and repr(ref("a", 0)) == "a s0"


# ---------------------------------------------------------------- tables

def test_a_table_has_caption_scopes_numbers_and_no_nameless_index():
    frame = pd.DataFrame({"outlet": ["AP", "TRT"], "n_words": [1234, None], "share": [0.256, 0.5], "ok": [True, None]}, index=[7, 8])
    markup = str(show_table(frame, caption="Words & shares", table_id="words"))
    assert "<caption>Words &amp; shares</caption>" in markup and markup.count('scope="col"') == 4 and markup.count('scope="row"') == 2
    assert '<td class="num">1,234</td><td class="num" data-value="0.256">0.26</td><td>yes</td>' in markup and ">7<" not in markup and "nan" not in markup.lower()
    assert repr(show_table(frame, caption="Words", table_id="w")) == "Words (2 rows)"
    parse(markup)


def test_a_named_index_and_levels_of_columns_are_shown():
    frame = pd.DataFrame({("n", "AP"): [1]}, index=pd.Index(["tank"], name="system"))
    assert [html.unescape(h) for h in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', str(show_table(frame, caption="c", table_id="t")))] == ["system", "n AP"]


def test_cells_of_lists_dates_and_markup():
    frame = pd.DataFrame({"x": [["a", "<b>"]], "day": [pd.Timestamp("2015-09-18")], "link": [ref("d", 1)], "name": ["שלום"]})
    markup = str(show_table(frame, caption="c", table_id="t"))
    assert "a, &lt;b&gt;" in markup and "2015-09-18<" in markup and 'data-to="d-s1"' in markup and "<bdi>שלום</bdi>" in markup


def test_rows_beyond_the_first_ones_are_there_hidden_and_beyond_a_size_left_out_and_counted(monkeypatch):
    frame = pd.DataFrame({"n": range(1000)})
    markup = str(show_table(frame, caption="c", table_id="t"))
    seen, hidden = markup.split("<tbody hidden>")
    assert "(200 of 1,000 rows shown)" in seen and seen.count("<tr>") == 201 and hidden.count("<tr>") == 800 and ">999<" in hidden
    monkeypatch.setattr("helpers.show.TABLE_BYTES", 300 * len('<tr><td class="num">100</td></tr>'))
    markup = str(show_table(frame, caption="c", table_id="t"))
    assert "the first 303 are here to search and save" in markup and markup.count("<tr>") == 304  # ten of one digit and ninety of two are shorter
    assert str(show_table(frame.head(200), caption="c", table_id="t")).count("<tbody") == 1


def test_the_tools_are_a_script_for_notebooks_and_nothing_in_a_report():
    bundle = show_tools()._repr_mimebundle_()
    assert set(bundle) == {"application/javascript", "text/plain"} and "MutationObserver" in bundle["application/javascript"]
    assert "</script" not in bundle["application/javascript"] and "http://" not in bundle["application/javascript"].replace("http://schemas.openxmlformats.org/", "")


def test_empty_tables_say_that_they_are():
    assert "No rows." in str(show_table(pd.DataFrame({"n": []}), caption="c", table_id="t"))
    parse(show_table(pd.DataFrame(), caption="c", table_id="t"))


def test_evidence_unfolds_to_its_sentences():
    pairs = [("a b", 1), ("a b", 1), ("a b", None), ("a b", 2)]
    markup = str(show_table(pd.DataFrame({"who": ["Ann"], "evidence": [pairs]}), caption="c", table_id="t", sentences=small()))
    assert "<summary>2 sentences</summary>" in markup and "AP &amp; co s1" in markup and "Ann Smith said the army sent tanks." in markup
    assert "<b>{{" not in markup
    bare = str(show_table(pd.DataFrame({"evidence": [pairs]}), caption="c", table_id="t"))
    assert "<details" not in bare and bare.count("<a ") == 2


def test_much_evidence_is_cut_and_counted():
    pairs = [("a b", n) for n in range(40)]
    markup = str(show_table(pd.DataFrame({"evidence": [pairs]}), caption="c", table_id="t", sentences=small()))
    assert "40 sentences" in markup and markup.count("<li>") == EVIDENCE_SHOWN and f"and {40 - EVIDENCE_SHOWN} more" in markup


def test_a_table_id_that_is_none_is_refused():
    with pytest.raises(ValueError, match="begin with a letter"):
        show_table(pd.DataFrame({"n": [1]}), caption="c", table_id="2 words")


def test_the_table_shown_is_left_as_it_was():
    frame = pd.DataFrame({("n", "AP"): [1]})
    before = frame.copy()
    show_table(frame, caption="c", table_id="t")
    pd.testing.assert_frame_equal(frame, before)


# ---------------------------------------------------------------- findings

def test_findings_come_strongest_first_with_their_evidence():
    found = show_findings([Finding("weak <i>", [("a b", 0)], 1), Finding("strong", [("a b", 1), ("a b", 2)], 2)], small())
    assert repr(found) == "strong\nweak <i>"
    assert str(found).index("strong") < str(found).index("weak &lt;i&gt;")
    assert "<summary>2 sentences of evidence</summary>" in str(found) and "<summary>1 sentence of evidence</summary>" in str(found)
    parse(found)


def test_no_finding_is_said():
    tables = small()
    assert "there is one" in str(show_findings([], tables)) and isinstance(show_findings([], tables), Html)
    two = pd.concat([tables.documents.assign(outlet=name) for name in "ab"])
    assert "chance" in str(show_findings([], SimpleNamespace(documents=two))) and "chance" in str(show_findings([], None))  # something could have been found
    assert "these articles are of one" in str(show_findings([], SimpleNamespace(documents=two.assign(outlet="a"))))


# ---------------------------------------------------------------- articles

def words(markup):
    """The visible text without the legend, white space and hidden-character boxes."""
    article = markup.split("</ul>", 1)[1].removesuffix("</div>") if "</ul>" in markup else markup
    return "".join("".join(parse(article).words).split())


def test_an_article_is_drawn_letter_for_letter_with_its_layers():
    shown = show_text("a b", small(), layers=("source", "cue", "content", "military"))
    assert words(str(shown)) == "".join(TEXT.replace("\u202e", "▯").split())
    assert '<span class="hl source" title="source: Ann &quot;A&quot; Smith (Other)">Ann Smith</span>' in str(shown)
    assert re.search(r'<span class="hl content military"[^>]*system: tank">tanks</span>', str(shown))
    assert re.search(r'<span class="hl content deeper"[^>]*>army sent</span>', str(shown))
    assert repr(shown) == "AP & co, with source, cue, content, military marked" and 'class="block headline"' in str(shown)


def test_only_the_layers_asked_for_are_drawn_and_ids_only_in_the_reader():
    shown = str(show_text("a b", small(), layers=("cue",)))
    assert "hl source" not in shown and shown.count('class="hl cue"') == 2 and parse(shown).ids == []
    assert parse(draw_text("a b", small(), anchors=True)).ids == ["a.20.b-s0", "a.20.b-s1", "a.20.b-s2"]


def test_what_does_not_exist_is_named():
    with pytest.raises(ValueError, match="no layer 'colour'"):
        show_text("a b", small(), layers=("colour",))
    with pytest.raises(ValueError, match="no document 'zz'"):
        show_text("zz", small())


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(["source", "cue", "content"])), max_size=12))
def test_pieces_tile_the_text_and_carry_exactly_the_spans_that_cover_them(rough):
    text = "abcdefghijklmnopqrstuvwxyz0123"
    spans = [(s, min(s + n, 30), layer, "x") for s, n, layer in rough if s < 30]
    pieces = cut(text, [(0, 11, "body"), (11, 30, "body")], [(2, 9, 0), (11, 30, 1)], spans)
    assert "".join(piece for _, parts in pieces for _, piece, _ in parts) == text
    at = 0
    for sentence, piece, covering in (part for _, parts in pieces for part in parts):
        for position in range(at, at + len(piece)):
            assert sorted(covering) == sorted(span for span in spans if span[0] <= position < span[1])
            assert sentence == (0 if 2 <= position < 9 else 1 if position >= 11 else None)
        at += len(piece)


def test_an_article_without_blocks_or_with_nothing_found_is_drawn():
    tables = small()
    for name in ("blocks", "sentences", "attributions", "mentions"):
        setattr(tables, name, empty(name))
    assert words(draw_text("a b", tables)) == "".join(TEXT.replace("\u202e", "▯").split())


def test_codes_and_doc_ids_are_shown_in_words():
    markup = str(show_table(pd.DataFrame({"speaker_kind": ["named_person", None]}), caption="c", table_id="t"))
    assert "named person" in markup and "named_person" not in markup
