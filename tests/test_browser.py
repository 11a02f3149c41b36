"""The report in Chromium as a person uses it: by mouse and keyboard, wide and narrow, light and dark."""
from pathlib import Path

import pandas as pd
import pytest

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PAGES = ["index", "0-corpus", "1-source-framing", "2-quote-attribution", "3-weapon-systems", "4-accuracy", "reader"]


@pytest.fixture
def visit(browser):
    """visit(path, width=1400, dark=False) -> a page, watched: what it logs, throws or asks of the network fails the test."""
    contexts, seen = [], []

    def go(path, *, width=1400, dark=False):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: seen.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("request", lambda request: seen.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None)
        page.goto(path.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert seen == []


def violations(page):
    page.evaluate(AXE)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(v["id"], v["nodes"][0]["html"][:150], len(v["nodes"])) for v in found]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, seeds_report, name, dark):
    assert violations(visit(seeds_report / f"{name}.html", dark=dark)) == []


def test_axe_finds_nothing_in_the_single_file(visit, seeds_report):
    assert violations(visit(seeds_report / "report-single.html")) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(visit, seeds_report, name):
    assert visit(seeds_report / f"{name}.html", width=360).evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", PAGES)
def test_hostile_articles_stay_text(visit, hostile_report, name):
    page = visit(hostile_report / f"{name}.html")
    assert page.evaluate("window.hacked") is None
    if name == "reader":
        text = page.inner_text("main")
        assert "<script>window.hacked = 1</script>" in text and "{{ 7 * 7 }}" in text and page.is_visible("main")


def test_search_and_sort_by_keyboard(visit, seeds_report):
    page = visit(seeds_report / "3-weapon-systems.html")
    table = page.locator("table.data").filter(has=page.locator("tbody tr:nth-child(8)")).first
    name = table.get_attribute("id")
    rows = page.locator(f"#{name} tbody tr:visible")
    before = rows.count()
    page.focus(f"#search-{name}")
    page.keyboard.type("T-90")
    assert 0 < rows.count() < before and all("T-90" in text for text in rows.all_text_contents())
    page.fill(f"#search-{name}", "")
    assert rows.count() == before
    page.focus(f"#{name} thead th:first-child button")
    page.keyboard.press("Enter")
    cells = page.locator(f"#{name} tbody tr > :first-child").all_inner_texts()
    assert page.get_attribute(f"#{name} thead th:first-child", "aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert page.locator(f"#{name} tbody tr > :first-child").all_inner_texts() == cells[::-1] != cells


def test_a_table_can_be_saved(visit, seeds_report, tmp_path):
    page = visit(seeds_report / "index.html")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download CSV").first.click()
    saved.value.save_as(tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith('"article"') and "TRT World" in text


def test_a_table_is_saved_whole_in_three_formats(visit, seeds_report, tmp_path):
    page = visit(seeds_report / "1-source-framing.html")
    box = page.locator(".table-tools:has(+ .table-box #explore-frames)")
    assert page.locator("#explore-frames tbody tr:visible").count() == 200
    for format, end, read in (("CSV", "csv", pd.read_csv), ("Excel", "xlsx", pd.read_excel), ("Parquet", "parquet", pd.read_parquet)):
        with page.expect_download() as saved:
            box.get_by_role("button", name=f"Download {format}").click()
        saved.value.save_as(tmp_path / f"t.{end}")
        frame = read(tmp_path / f"t.{end}")
        assert len(frame) == len(pd.read_csv(seeds_report / "tables" / "frames.csv")) > 200, format
        assert list(frame.columns) == ["article", "frame", "voice", "evidence"] and frame["evidence"].str.contains(r" s\d+$").all()


def test_a_finding_leads_to_its_sentence_in_the_reader(visit, seeds_report):
    page = visit(seeds_report / "index.html")
    evidence = page.locator("details.evidence").first
    evidence.locator("summary").click()
    told = evidence.locator("li q").first.inner_text().strip("“”\"")
    evidence.locator("a.ref").first.click()
    page.wait_for_url("**/reader.html#*")
    sentence = page.locator(".s.target")
    assert " ".join(sentence.inner_text().split()) == " ".join(told.split())


def test_layers_switch_by_mouse_and_keyboard(visit, seeds_report):
    page = visit(seeds_report / "reader.html")
    text = page.locator("article .text").first
    box = page.locator("[data-layer=military]")
    assert "on-military" in text.get_attribute("class")
    box.click()
    assert "on-military" not in text.get_attribute("class")
    box.focus()
    page.keyboard.press("Space")
    assert "on-military" in text.get_attribute("class")


def test_two_articles_side_by_side_with_their_shared_passages_linked(visit, seeds_report):
    page = visit(seeds_report / "reader.html")
    page.select_option("#left", label="The Moscow Times")
    page.select_option("#right", label="Reuters")
    shown = page.locator("article:visible")
    assert shown.locator("h2").all_inner_texts() == ["The Moscow Times", "Reuters"]
    left, right = (shown.nth(i).bounding_box() for i in (0, 1))
    assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    shown.first.locator("details.evidence summary").click()
    link = shown.first.locator("details.evidence a", has_text="Reuters").first
    link.click()
    target = page.locator(".s.target")
    assert target.locator("xpath=ancestor::article").locator("h2").inner_text() == "Reuters" and target.is_visible()


def test_the_theme_can_be_chosen(visit, seeds_report):
    page = visit(seeds_report / "index.html")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
