"""The report: run every notebook on a corpus and write HTML pages that stand alone, an index, a reader, and the tables beside them.

    python -m helpers.report --in-place               # for authors: run the notebooks on the seeds and store their outputs

A page is one notebook, drawn by nbconvert with the template in data/report/page and framed by data/report/frame.html.j2. Links to evidence
(show.ref) get their address here: only the report knows where a sentence stands."""
import html
import itertools
import os
import re
import shutil
import sys
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jinja2
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter

from helpers.corpus import replace_file
from helpers.files import write_table
from helpers.pipeline import SAMPLE, Tables, load_tables, sample_of
from helpers.reader import draw_reader
from helpers.show import DATA, Html, anchor, escape, show_table, stored
from helpers.tables import labels
from helpers.totals import load_documents

ROOT = Path(__file__).parents[1]
MARK = 'content="newsrooms-side-by-side"'  # in every page's head: a folder whose index has it is a report, and may be replaced
NAMES = {"0-corpus": "Corpus", "1-source-framing": "Framing", "2-quote-attribution": "Quotes", "3-weapon-systems": "Weapons", "4-accuracy": "Accuracy"}
PAGE_BYTES = 8_000_000
EXCEL_ROWS = 20_000  # of a table that is written as a workbook too, which takes longest
UNNAMED = "all"  # the story of a corpus for which nobody names one (helpers/corpus.py)
WIDGET = "application/vnd.jupyter.widget-view+json"
HEADING = re.compile(r'<h(\d) id="[^"]*">(.*?)(?:<a class="anchor-link".*?</a>)?</h\1>', re.S)
REFERENCE = re.compile(r'<a class="ref" [^>]*data-to="([^"]*)">')
UNSEEN = re.compile(r"\n<tbody hidden>.*?</tbody>", re.S)
FINDING = re.compile(r'<li class="finding">.*?</li>\n', re.S)
Page = namedtuple("Page", "name title body toc")  # its file's stem, its title, its HTML without frame, and [(anchor, heading)] of its sections


def write_report(corpus, out, *, single=False):
    """Run all notebooks on `corpus` and write the report into the folder `out`; returns 0, or 1 if a notebook failed (its page says why). The
    folder is replaced whole, and only where it holds an earlier report; else ValueError. single=True adds report-single.html, all in one file."""
    start, out, corpus = time.monotonic(), Path(out).resolve(), Path(corpus).resolve()
    _check(out)
    tables = load_tables(corpus)
    if tables.documents.empty:
        raise ValueError(f"{corpus} holds no article that can be read. " + " ".join(
            f"{p or 'input'}: {r}." for p, r in zip(tables.problems["path"][:5], tables.problems["reason"][:5])))
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ThreadPoolExecutor(min(len(paths), cores)) as pool:
        done = list(pool.map(lambda path: run_notebook(path, corpus), paths))
    pages = [_notebook_page(path.stem, nb, error, sample_of(tables)) for path, (nb, error) in zip(paths, done)]
    cited = [html.unescape(doc) for page in pages for item in FINDING.findall(page.body) for doc in re.findall(r'data-doc="([^"]*)"', item)]
    reader = Page("reader", "Reader", *draw_reader(tables, limit=PAGE_BYTES, first=cited))
    pages = [_index_page(pages, tables, corpus, dict(reader.toc)), *pages, reader]
    articles = _count(len(load_documents(corpus, tables)), "article")
    _write_whole(out, pages, tables, articles, single)
    failed = sum(error is not None for _, error in done)
    print(f"{out / 'index.html'}: {len(pages)} pages about {articles} in {time.monotonic() - start:.0f} s" + (f"; {failed} notebooks failed" if failed else ""))
    return int(failed > 0)


def _check(out):
    """Refuse a folder that holds something else than an earlier report."""
    index = out / "index.html"
    if out.exists() and any(out.iterdir()) and not (index.is_file() and MARK in index.read_text(encoding="utf-8", errors="replace")):
        raise ValueError(f"{out} exists and is no earlier report: name another folder with --out, or empty this one.")
    probe = out.with_name(f".{out.name}.{os.getpid()}.new")  # a folder that can't be written is told before the work, not after it
    probe.mkdir(parents=True)
    probe.rmdir()


# ---------------------------------------------------------------- notebooks
def run_notebook(path, corpus=None):
    """(the notebook executed on `corpus`, None or the error as a sentence). The corpus goes into the cell tagged `parameters`; None: its own."""
    start, notebook = time.monotonic(), nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # what is stored is about the seeds: a notebook that stops must not show it as this corpus's
            cell.outputs, cell.execution_count = [], None
        if corpus and "parameters" in cell.metadata.get("tags", []) and cell.cell_type == "code":
            cell.source = re.sub(r"(?m)^CORPUS = .*$", lambda _: f"CORPUS = {str(corpus)!r}", cell.source)
    error = execute(notebook, path)
    print(f"{path.stem}: {error or 'done'} ({time.monotonic() - start:.0f} s)", file=sys.stderr if error else sys.stdout, flush=True)
    return notebook, error


def execute(notebook, path):
    """Run a notebook's cells in its folder, in place; returns None, or which cell failed and why. Widgets' state is not kept."""
    def run():
        NotebookClient(notebook, timeout=1800, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}},
                       store_widget_state=False, record_timing=False, extra_arguments=["--IPKernelApp.log_level=40"]).execute()
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    try:
        try:
            run()
        except (AssertionError, RuntimeError):  # the kernel, not a cell: on a busy machine one was seen not to start
            run()
    except CellExecutionError as error:
        failed = next(n for n, cell in enumerate(codes, 1) if any(o.output_type == "error" for o in cell.outputs))
        return f"{path.name}, code cell {failed}: {error.ename}: {error.evalue}"
    finally:
        for output in (o for cell in codes for o in cell.outputs):
            output.get("data", {}).pop(WIDGET, None)


def run_in_place():
    """Execute all notebooks on the seeds and store them, the same bytes each time: no times, paths, widget states or versions."""
    failed = 0
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook, error = run_notebook(path)
        failed += error is not None
        notebook.metadata = nbformat.from_dict({"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                                                "language_info": {"name": "python"}})
        if not error:
            replace_file(path, nbformat.writes(notebook) + "\n")
    return int(failed > 0)


# ---------------------------------------------------------------- pages
def _notebook_page(name, notebook, error, sample=None):
    """A notebook as a Page; one that failed says so at its top, and so does one that reads a sample closely."""
    exporter = HTMLExporter(extra_template_basedirs=[str(DATA)], template_name="page", anchor_link_text="")
    body, _ = exporter.from_notebook_node(notebook)
    if len(body) > PAGE_BYTES:
        body = "<p>To keep this page small, its tables hold only the rows that are seen; all are in the folder “tables”.</p>" + UNSEEN.sub("", body)
    if sample:
        body = f'<div class="note"><b>This page is about {escape(sample)}.</b></div>' + body
    if error:
        body = f'<p role="alert"><b>This notebook stopped.</b> {escape(error)}. What stands below is what came before.</p>' + body
    found, numbers = [(level, _plain(text)) for level, text in HEADING.findall(body)], itertools.count(1)
    body = HEADING.sub(lambda m: f'<h{m[1]} id="section-{next(numbers)}">{m[2]}</h{m[1]}>', body)
    sections = [(f"section-{n}", text) for n, (level, text) in enumerate(found, 1) if level == "2"]
    body = body.replace("<pre", '<pre tabindex="0"')  # what may scroll sideways can be reached by keyboard, as tables can
    return Page(name, next((text for level, text in found if level == "1"), name), body, sections)


def _plain(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def _index_page(pages, tables, corpus, there):
    """The first page: what the corpus is, the strongest findings of each notebook, a card for each; `there`: articles in the reader."""
    names, documents, whole = labels(tables.documents), tables.documents, load_documents(corpus, tables)
    shown = documents.assign(article=documents["doc_id"].map(names))[["article", "title", "agency", "published", "n_words"]]
    shown = shown.rename(columns={"n_words": "words"})
    shown["read"] = [Html(f'<a href="reader.html#{anchor(d)}">open</a>' if anchor(d) in there else "") for d in documents["doc_id"]]
    table = show_table(shown.dropna(axis=1, how="all"), caption="The articles", table_id="articles")
    found = [(page, FINDING.findall(page.body)[:2]) for page in reversed(pages) if page.name != "4-accuracy"]  # claims first, layout last
    findings = "".join(f'<h3><a href="{page.name}.html">{escape(page.title)}</a></h3><div class="findings"><ul>{"".join(items)}</ul></div>'
                       for page, items in found if items)
    cards = "".join(f'<li><h3><a href="{page.name}.html">{escape(page.title)}</a></h3><p>{escape(_question(page.body))}</p></li>' for page in pages)
    body = (f"<h1>{escape(_headline(documents, whole))}</h1><p class='lede'>{escape(_summary(tables, whole))}</p>{_advice(corpus, tables)}"
            f'<h2 id="findings">Key findings</h2>{findings or f"<p>No finding: {_why_none(tables)}.</p>"}'
            f'<h2 id="pages">What each page answers</h2><ul class="cards">{cards}</ul>'
            f'<h2 id="corpus">The articles</h2>{table}'
            f'<p>Each table on these pages can be saved whole, where its search box is. The folder <code>tables</code> beside the pages has all '
            f'that was found in the articles that these pages read: CSV, Parquet and, up to {EXCEL_ROWS:,} rows, Excel.</p>')
    return Page("index", "Overview", body, [])


def _headline(documents, whole):
    """The report's title: the story where somebody named it, and how many newsrooms or articles tell it (`whole`: those not read closely too)."""
    outlets, stories = whole["outlet"], documents["story"].dropna().unique()
    count = _count(outlets.nunique(), "newsroom") if outlets.notna().all() else _count(len(whole), "article")
    count = f"{_count(len(whole), 'article')} of {outlets.iloc[0]}" if count == "1 newsroom" else count  # nothing stands beside it
    told = count + " side by side" * (len(whole) > 1)
    name = "Several stories" if len(stories) > 1 else "" if UNNAMED in stories else "".join(stories)
    return f"{name[0].upper()}{name[1:]}: {told}" if name else told


def _count(n, word):
    """A number with its noun: 1 article, 2 articles."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def _summary(tables, whole):
    """What the corpus holds, in two sentences of counts; `whole`: its documents, those too that are not read closely."""
    said, documents, reuse = tables.attributions, tables.documents, tables.reuse["kind"].value_counts()
    speakers = said.loc[said["speaker_kind"] != "unattributed", "speaker"].nunique()
    reviewed = int((said["origin"] == "reviewed").sum())
    origin = "all reviewed" if reviewed == len(said) and reviewed else f"{reviewed:,} of them reviewed" if reviewed else "found by the machine"
    parts = [f"{_count(len(said), 'attribution')} ({origin}) by {_count(speakers, 'speaker')}", _count(len(tables.mentions), "military mention"),
             _count(int(reuse.get("passage", 0)), "shared passage"), _count(int(reuse.get("utterance", 0)), "shared utterance")]
    known = [part for part in parts if not part.startswith("0 ")] or [f"nothing to count: {_why_none(tables)}"]
    joined = " and ".join(filter(None, [", ".join(known[:-1]), known[-1]]))
    they = f"{'It holds' if len(whole) == 1 else 'They hold'}" if len(whole) == len(documents) else f"Those read closely, {len(documents):,}, hold"
    return f"{_count(len(whole), 'article')}, {int(whole['n_words'].sum()):,} words. {they} {joined}."


def _why_none(tables):
    """Why nothing was found: nothing was read, or there is nothing to hold against each other."""
    few = "there is one article, and most findings hold articles against each other" if len(tables.documents) == 1 else "the articles are too few or too alike to say"
    return few if len(tables.sentences) else "no article could be read (the page Corpus says why)"


def _advice(corpus, tables):
    """What the reader should know or can do: problems, missing metadata."""
    sample = [reason for reason in tables.problems["reason"] if reason.startswith(SAMPLE)]
    parts = [f"<p><b>These pages are about {escape(reason)}.</b></p>" for reason in sample]
    if len(tables.problems) > len(sample):
        parts.append(f'<p>{len(tables.problems) - len(sample):,} inputs could not be used in full: see <a href="0-corpus.html">the corpus page</a>.</p>')
    if tables.documents["published_basis"].ne("given").all() and not (corpus / "documents.csv").exists():
        parts.append("<p>Nothing but the pages themselves says who published these articles and when. To add what you know (outlet, date, author), "
                     "run <code>python -m helpers describe FOLDER</code>, fill in the documents.csv that it writes, and make the report again.</p>")
    return "".join(parts)


def _question(body):
    """The question that a page opens with: its first paragraph up to its last question mark."""
    first = re.search(r"<p>(.*?)</p>", body, re.S)
    text = _plain(first[1]) if first else ""
    return text[:text.rfind("?") + 1] or text


# ---------------------------------------------------------------- files
def _write_whole(out, pages, tables, articles, single):
    """All files into a folder beside `out`, which then takes its place."""
    new = out.with_name(f".{out.name}.{os.getpid()}.new")
    new.mkdir(parents=True)
    try:
        for page in pages:
            (new / f"{page.name}.html").write_text(_framed(page, pages, articles), encoding="utf-8", newline="\n")
        if single:
            (new / "report-single.html").write_text(_single(pages, articles), encoding="utf-8", newline="\n")
        (new / "tables").mkdir()
        for name in Tables._fields:
            frame = getattr(tables, name)
            for format in ("csv", "parquet", "xlsx")[:3 if len(frame) <= EXCEL_ROWS else 2]:
                write_table(new / "tables", name, [frame], list(frame.columns), format)
        old = out.with_name(f".{out.name}.{os.getpid()}.old")
        if out.exists():
            os.replace(out, old)
        os.replace(new, out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _framed(page, pages, articles):
    """A whole HTML document: frame, navigation, style and script in it, evidence linked to the reader."""
    there = set(re.findall(r' id="([^"]+)"', pages[-1].body))
    template = jinja2.Environment(autoescape=False).from_string(stored("frame.html.j2"))
    links = [(f"{p.name}.html", NAMES.get(p.name, p.title)) for p in pages]
    text = template.render(title=page.title, name=page.name, body=_linked(page.body, there), toc=page.toc, pages=links, here=f"{page.name}.html",
                           css="\n".join(map(stored, ("tables.css", "text.css", "report.css"))),
                           js="\n".join(map(stored, ("download.js", "tables.js", "report.js"))), articles=articles)
    return text.encode("utf-8", "replace").decode("utf-8")


def _linked(body, there):
    """Evidence links with the address of their sentence in the reader, and none where it has no room for the article."""
    return REFERENCE.sub(lambda m: f'<a class="ref" href="reader.html#{m[1]}">' if m[1] in there else '<a title="not in the reader">', body)


def _single(pages, articles):
    """The whole report as one document: every page a section, ids and links told apart by its name."""
    there = set(re.findall(r' id="([^"]+)"', pages[-1].body))

    def own(page):
        body = re.sub(r'(?<= )(id|for|headers)="([^"]+)"', rf'\1="{page.name}.\2"', _linked(page.body, there))
        body = re.sub(r'(?<= )href="#([^"]+)"', rf'href="#{page.name}.\1"', body)
        body = re.sub(r'(?<= )href="([\w-]+)\.html#([^"]+)"', r'href="#\1.\2"', body)
        body = re.sub(r'(?<= )href="([\w-]+)\.html"', r'href="#\1"', body)
        body = body.replace('<div class="articles">', f'<div class="articles" data-prefix="{page.name}.">')
        demoted = re.sub(r"<(/?)h([1-5])(?=[ >])", lambda m: f"<{m[1]}h{int(m[2]) + 1}", body)
        return f'<section class="page {page.name}" id="{page.name}">{demoted}</section>'
    whole = Page("single", "Newsrooms side by side", pages[0].body.partition("</h1>")[0] + "</h1>" + "".join(map(own, pages)), [])
    text = _framed(whole, pages, articles)
    return re.sub(r'href="([\w-]+)\.html"', r'href="#\1"', text)


if __name__ == "__main__":
    if sys.argv[1:] != ["--in-place"]:
        sys.exit("python -m helpers.report --in-place runs the notebooks and stores their outputs; the report: python -m helpers report")
    sys.exit(run_in_place())
