"""What several test files share: the report on the seeds and on made-up articles, made once; the browser."""
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # a busy machine is no error; speed is for tests/benchmarks
settings.load_profile("steady")
SEEDS = Path(__file__).parents[1] / "seeds"
HOSTILE = '''Talks <script>window.hacked = 1</script> begin

By Ann Smith

“We sent four T-72 tanks <img src=x onerror="window.hacked = 1">,” Defence Minister Ann Smith said on Monday. {{ 7 * 7 }} {% raw %}

The <a href="javascript:window.hacked=1">army</a> said it had deployed about 200 troops to the border \u202egnihtemos\u202c, an official said. zero\u200bwidth $x^2$

Officials said “<b>unintended incidents</b>” could follow; Jones denied it. &lt;script&gt; <style>body{display:none}</style>
'''
CALM = '''Army moves to the border

Defence Minister Ann Smith said on Tuesday that three T-72 tanks had arrived.

Critics said the talks could fail. “Unintended incidents” must be avoided, Smith told reporters.
'''


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory):
    """The report on two made-up articles, one of them hostile; no metadata, no annotations."""
    from helpers.report import write_report
    folder, out = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("out") / "report"
    (folder / "=cmd().txt").write_text(HOSTILE, encoding="utf-8")
    (folder / "calm.txt").write_text(CALM, encoding="utf-8")
    (folder / "empty.txt").write_text("")
    assert write_report(folder, out) == 0
    return out


@pytest.fixture(scope="session")
def seeds_report(tmp_path_factory):
    """The report on the seeds, with the single file."""
    from helpers.report import write_report
    out = tmp_path_factory.mktemp("seeds") / "report"
    assert write_report(SEEDS, out, single=True) == 0
    return out


@pytest.fixture(scope="session")
def browser():
    """Chromium of this machine. Without one the tests skip, except in CI, where they must run."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        assert not os.environ.get("CI"), "CI must run the browser tests: install Chromium (Debian: apt-get install chromium)."
        pytest.skip("no Chromium on this machine: the report is not tested in a browser (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        yield chromium
        chromium.close()
