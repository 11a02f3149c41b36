"""JupyterLab itself, driven once as a person would: open each notebook, run all cells, use a widget."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from playwright.sync_api import Error

ROOT = Path(__file__).parents[1]
NAMES = [p.stem for p in sorted((ROOT / "notebooks").glob("*.ipynb"))]


@pytest.fixture(scope="module")
def lab(tmp_path_factory, browser):
    """The address of a JupyterLab over a copy of notebooks and seeds (it saves what it opens)."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTERLAB_WORKSPACES_DIR": str(folder / "spaces"),
             "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    every_cell = folder / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    every_cell.parent.mkdir(parents=True)
    every_cell.write_text('{"windowingMode": "none"}')  # cells out of sight are drawn too
    server = subprocess.Popen([sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=",
                               f"--ServerApp.root_dir={folder}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                               "--LabApp.news_url=None"], env=os.environ | quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    cells = ['from helpers.pipeline import load_tables\nfrom helpers.review import review\nfrom helpers.show import show_table, show_tools\n'
             'tables = load_tables("../mine")\nshow_tools()', 'show_table(tables.sentences, caption="Sentences", table_id="sentences")',
             'review("../mine", tables, "attributions")']
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)), metadata=kernel), folder / "notebooks" / "review.ipynb")
    (folder / "mine").mkdir()
    (folder / "mine" / "a.txt").write_text("".join(f"Minister Ann {name} said on Monday that {n} tanks had arrived.\n\n" for n, name in
                                                   enumerate(["Smith", "Jones", "Brown", "Green", "White", "Black", "Grey", "Young", "Old"], 2)))
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=1)
                break
            except OSError:
                assert server.poll() is None, "JupyterLab did not start"
                time.sleep(0.5)
        yield address, folder
    finally:
        server.terminate()
        server.wait(20)


def run_all(page):
    """Run → Run All Cells, once the notebook listens; then wait until the last cell has run."""
    page.locator(".jp-NotebookPanel .jp-CodeCell .jp-InputPrompt").first.click()
    for _ in range(10):
        page.click("li.lm-MenuBar-item:has-text('Run')")
        page.click("li.lm-Menu-item:has-text('Run All Cells')")
        try:
            page.wait_for_selector(".jp-InputPrompt:has-text('*')", state="attached", timeout=3_000)
            break
        except Error:
            continue
    page.wait_for_function("""() => ![...document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell .jp-InputPrompt')]
        .some(prompt => prompt.textContent.includes('*'))""", timeout=240_000)


def opened(browser, address, name):
    """A notebook in JupyterLab, all its cells run."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{address}/lab/tree/notebooks/{name}.ipynb?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=60_000)
    page.wait_for_selector(".jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)
    run_all(page)
    return page


def test_tables_are_searched_and_the_machine_reviewed(lab, browser, tmp_path):
    address, folder = lab
    page, decided = opened(browser, address, "review"), folder / "mine" / "annotations" / "attributions.jsonl"
    page.click("#search-sentences")
    page.keyboard.type("brown")  # letters that are commands elsewhere in JupyterLab
    assert page.locator("#sentences tbody tr:visible").count() == 1
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download Parquet").click()
    saved.value.save_as(tmp_path / "t.parquet")
    assert len(pd.read_parquet(tmp_path / "t.parquet")) == 9
    statuses = lambda: [json.loads(line)["status"] for line in decided.read_text(encoding="utf-8").splitlines()]
    for button, expected in (("accept", ["accepted"]), ("reject", ["accepted", "rejected"]), ("undo", ["accepted"])):
        before = page.locator("p[role=status]").last.inner_text()
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_function("before => ![...document.querySelectorAll('p[role=status]')].some(p => p.innerText === before)", arg=before, timeout=20_000)
        assert statuses() == expected
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_its_widgets_answer(lab, browser, name):
    page = opened(browser, lab[0], name)
    assert page.locator(".jp-NotebookPanel [data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    panel = page.locator(".jp-NotebookPanel .jupyter-widgets:has(select)").last
    panel.scroll_into_view_if_needed(timeout=60_000)
    menu = panel.locator("select").first
    shown = page.locator(".jp-NotebookPanel .jupyter-widgets-output-area, .jp-NotebookPanel .widget-html-content").last
    before, choices = shown.inner_text(), menu.locator("option").all_inner_texts()
    menu.select_option(label=choices[-1])
    page.wait_for_function("([text]) => [...document.querySelectorAll('.widget-html-content')].every(e => e.innerText !== text)", arg=[before],
                           timeout=20_000)
    assert re.sub(r"\s", "", shown.inner_text()) and page.locator(".jp-RenderedText[data-mime-type*=error]").count() == 0
    page.close()
