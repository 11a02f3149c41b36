"""The report's files: whole, alone, small, safe; every link and anchor resolves."""
import csv
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import nbformat
import pandas as pd
import pytest

from helpers import report
from helpers.report import write_report

PAGES = ["index", "0-corpus", "1-source-framing", "2-quote-attribution", "3-weapon-systems", "4-accuracy", "reader"]


class Page(HTMLParser):
    """The ids, links, addresses, headings, pictures and tables of a page."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.sources, self.heads, self.pictures, self.tables = [], [], [], [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.sources += [given[k] for k in ("src", "href", "srcset", "action") if k in given and tag != "a"]
        self.heads += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.pictures += [given.get("alt", "")] if tag == "img" else []
        self.tables += [[]] if tag == "table" else []
        if self.tables and tag in ("caption", "th"):
            self.tables[-1].append((tag, given.get("scope")))


@pytest.fixture(params=["seeds_report", "hostile_report"])
def folder(request):
    return request.getfixturevalue(request.param)


def test_a_page_for_each_notebook_and_the_tables_beside_them(folder):
    assert {p.stem for p in folder.glob("*.html")} - {"report-single"} == set(PAGES)
    for format in ("csv", "parquet", "xlsx"):
        assert {"documents", "attributions", "mentions", "problems"} <= {p.stem for p in (folder / "tables").glob(f"*.{format}")}


def test_pages_stand_alone_with_one_title_and_no_skipped_heading(folder):
    for name in PAGES:
        page = Page(folder / f"{name}.html")
        assert [s for s in page.sources if not s.startswith(("data:", "#"))] == [], name
        assert page.heads.count(1) == 1 and page.heads[0] == 1, name
        assert all(b - a <= 1 for a, b in zip(page.heads, page.heads[1:])), name
        assert len(set(page.ids)) == len(page.ids), (name, sorted(i for i in page.ids if page.ids.count(i) > 1)[:3])


def test_pictures_have_alt_text_and_tables_captions_and_scopes(folder):
    for name in PAGES:
        page = Page(folder / f"{name}.html")
        assert all(len(alt) > 20 for alt in page.pictures), name
        assert all(table and table[0][0] == "caption" and all(scope in ("col", "row") for tag, scope in table if tag == "th")
                   for table in page.tables), name


def test_every_link_and_anchor_resolves(folder):
    pages = {p.name: Page(p) for p in folder.glob("*.html")}
    for name, page in pages.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            assert not target or target in pages, (name, link)
            assert not anchor or unquote(anchor) in pages[target or name].ids, (name, link)


def test_findings_lead_to_sentences(seeds_report):
    page = Page(seeds_report / "2-quote-attribution.html")
    assert sum(link.startswith("reader.html#") for link in page.links) > 50


def test_the_report_is_small_and_says_nothing_of_the_machine(folder):
    assert sum(p.stat().st_size for p in folder.rglob("*")) < 10_000_000
    for path in [*folder.rglob("*.html"), *folder.rglob("*.csv")]:
        assert not re.search(r"/(?:home|Users|root|tmp)/", path.read_text(encoding="utf-8")), path.name


def test_no_markup_of_an_article_becomes_markup(hostile_report):
    for path in hostile_report.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for bad in ("<script>window", "<img src=x", '<a href="javascript', "<style>body{", "\u202e"):
            assert bad not in text, (path.name, bad)


def test_no_cell_of_a_csv_starts_a_formula(hostile_report):
    for path in (hostile_report / "tables").glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                assert [c for c in row if c.startswith(("=", "+", "@")) or c.startswith("-") and not c[1:].replace(".", "").isdigit()] == []


def test_a_folder_that_is_no_report_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="--out"):
        write_report("seeds", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_corpus_without_articles_is_refused_with_the_reasons(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.txt").write_text("")
    with pytest.raises(ValueError, match="a.txt"):
        write_report(tmp_path / "c", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("outlets, story, told", [
    (["Paper"], "all", "1 article of Paper"), (["Paper", "Paper"], "all", "2 articles of Paper side by side"), (["A", "B"], "all", "2 newsrooms side by side"),
    (["A", None], "all", "2 articles side by side"), (["A", "B"], "the dam", "The dam: 2 newsrooms side by side"), ([None], "all", "1 article")])
def test_the_title_says_what_is_there_and_no_more(outlets, story, told):
    documents = pd.DataFrame({"outlet": outlets, "story": story}, dtype=object)
    assert report._headline(documents, documents) == told


def test_an_error_names_notebook_and_cell(tmp_path):
    cells = [nbformat.v4.new_code_cell('CORPUS = "x"', metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell("1 / 0"),
             nbformat.v4.new_code_cell("2", outputs=[nbformat.v4.new_output("stream", text="about another corpus")])]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "9-broken.ipynb")
    notebook, error = report.run_notebook(tmp_path / "9-broken.ipynb", tmp_path)
    assert error == "9-broken.ipynb, code cell 2: ZeroDivisionError: division by zero"
    assert notebook.cells[2].outputs == []


def test_a_folder_of_other_languages_says_that_nothing_was_read(tmp_path):
    (tmp_path / "in").mkdir()
    for name, text in {"fr": "Le ministre de la défense a dit mardi que les troupes sont arrivées à la base et que les avions ne sont pas là. ",
                       "ar": "قال الوزير إن السفينتين ليستا في الميناء وأن ذلك كان في إطار مهمة جديدة على الساحل من أجل حماية الملاحة "}.items():
        (tmp_path / "in" / f"{name}.txt").write_text(4 * text, encoding="utf-8")
    write_report(tmp_path / "in", tmp_path / "out")
    assert (tmp_path / "out" / "index.html").read_text(encoding="utf-8").count("no article could be read") == 2
