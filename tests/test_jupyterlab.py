"""JupyterLab itself, driven once as a person would: open each notebook, run all cells, use a widget."""
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

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
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=1)
                break
            except OSError:
                assert server.poll() is None, "JupyterLab did not start"
                time.sleep(0.5)
        yield address
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


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_its_widgets_answer(lab, browser, name):
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=60_000)
    page.wait_for_selector(".jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)
    run_all(page)
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
