"""Tables, findings and highlighted articles as HTML: the same in JupyterLab, in plain nbconvert and in the report.

    show_table(df, caption="Who speaks, by outlet", table_id="who-speaks", sentences=tables)
    show_findings([Finding("TRT World quotes Russia most often: 5 of 14.", [("004", 3), ("004", 9)], score=2.1)], tables)
    show_text("004", tables, layers=("source", "cue", "content"))     # also "military", "frame", "shared"
    ref("004", 3)                                                       # a link to a sentence; may stand in a table's cell
    show_tools()                                                        # once a notebook: its tables can be searched, sorted, saved

Every text is escaped; ids are fixed; nothing is random, so stored outputs can be compared byte for byte."""
import html
import itertools
import json
import re
import unicodedata
from collections import namedtuple
from pathlib import Path

import pandas as pd

from helpers.tables import labels

DATA = Path(__file__).parent / "data" / "report"
LAYERS = {  # what a layer is called in legends; the drawing is in data/report/text.css, never by colour alone
    "source": "source: who says it", "cue": "cue: the word that tells it", "content": "content: what is said",
    "military": "military mention", "frame": "words of a frame", "shared": "passage shared with another article"}
NO_MATH = "tex2jax_ignore mathjax_ignore"  # JupyterLab would set "$5 million ... $6" as a formula
FINDINGS_SHOWN, FINDINGS_HELD = 4, 100  # seen at once; in a page at all
TABLE_BYTES, TABLE_ROWS = 1_200_000, 20_000  # of a table, at most, in a page, so that a page of several stays under 8 MB
EVIDENCE_SHOWN = 12  # sentences unfolded in one cell; more would make pages of megabytes
NO_FINDING = "No finding here: nothing that chance would not explain as well, or fewer than two sentences to show it."
ALONE = "No finding here. Most findings hold {0} against each other, and {1}."
# Characters that can reorder or hide text: bidi controls, zero-width, tags, controls, half surrogates. Joiners (200C, 200D)
# are spelling in Persian, Hindi or emoji; after a Latin letter they only hide.
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u200b\u2060-\u2064\ufeff\ud800-\udfff\U000e0000-\U000e007f"
                    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|(?<=[\x00-\x7f])[\u200c\u200d]")
# A computed sentence, the sentences that show it, [(doc_id, sentence)], and how strong it is (any scale; used for order only).
Finding = namedtuple("Finding", "text evidence score", defaults=(0.0,))


def stored(name):
    """A file of data/report as text: styles, scripts, templates."""
    return (DATA / name).read_text(encoding="utf-8")


class Html:
    """A piece of HTML that Jupyter displays; its text form is one short, stable line."""

    def __init__(self, markup, text="HTML"):
        self.markup, self.text = markup, text

    def __str__(self):
        return self.markup

    _repr_html_ = __str__

    def __repr__(self):
        return self.text


# ---------------------------------------------------------------- text and links
def escape(text):
    """Article text as inert HTML: markup escaped; what could reorder or hide text shown as a small box that names it."""
    return HIDDEN.sub(_box, html.escape(str(text)))


def _box(found):
    code = ord(found[0])
    return f'<span class="control" title="U+{code:04X} {unicodedata.name(found[0], "control character").lower()}">&#9647;</span>'


def attribute(text):
    """Text for an HTML attribute, where no element may stand: hidden characters become a box without a name."""
    return HIDDEN.sub("\u25af", html.escape(str(text)))


def anchor(doc_id, sentence=None):
    """The id of a sentence (`<doc>-s<n>`) or an article in the reader; two documents never share one."""
    slug = re.sub(r"[^A-Za-z0-9_-]", lambda m: f".{ord(m[0]):x}.", str(doc_id))
    return f"{slug}-article" if sentence is None else f"{slug}-s{int(sentence)}"


def ref(doc_id, sentence, text=None):
    """A link to a sentence of the reader. Without a report it has no target, so it has no href until the report adds one."""
    shown = escape(text if text is not None else f"{doc_id} s{int(sentence)}")
    return Html(f'<a class="ref" data-doc="{attribute(doc_id)}" data-sentence="{int(sentence)}" '
                f'data-to="{anchor(doc_id, sentence)}"><bdi>{shown}</bdi></a>', f"{doc_id} s{int(sentence)}")


def _lookup(sentences):
    """(texts by (doc_id, sentence), labels by doc_id) from the sentences table, from all tables, or from None."""
    if sentences is None:
        return {}, {}
    named = labels(sentences.documents).to_dict() if hasattr(sentences, "documents") else {}
    frame = getattr(sentences, "sentences", sentences)
    return dict(zip(zip(frame["doc_id"], frame["sentence"].astype(int)), frame["text"])), named


def _evidence(evidence, texts, named, word=""):
    """The evidence of a row or finding: folded, a link and the sentence each; or bare links where no text is known."""
    pairs = list(dict.fromkeys((doc, int(n)) for doc, n in evidence if not _missing(n))) if isinstance(evidence, (list, tuple)) else []
    if not pairs:
        return ""
    links = [str(ref(doc, n, f"{named.get(doc, doc)} s{n}")) for doc, n in pairs[:EVIDENCE_SHOWN]]
    more = f" and {len(pairs) - EVIDENCE_SHOWN} more" if len(pairs) > EVIDENCE_SHOWN else ""
    if not any(pair in texts for pair in pairs):
        return ", ".join(links) + more
    items = "".join(f"<li>{link} <q><bdi>{escape(' '.join(texts.get(pair, '').split()))}</bdi></q></li>" for link, pair in zip(links, pairs))
    count = f"{len(pairs)} sentence{'s' * (len(pairs) > 1)}{word}"
    return f'<details class="evidence"><summary>{count}</summary><ul>{items}</ul>{f"<p>{more.strip()}</p>" if more else ""}</details>'


# ---------------------------------------------------------------- tables
def show_table(df, *, caption, table_id, sentences=None, limit=200):
    """A DataFrame as an accessible table. The first `limit` rows are seen; the others are there hidden, for `show_tools` to search, sort and save, up
    to TABLE_BYTES; the caption says what is left out. An index is shown if it has a name. table_id: letters, digits and hyphens, unique in its
    notebook, else ValueError. Column `evidence`: lists of (doc_id, sentence), links that unfold with `sentences` (the table, or better all tables)."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", table_id):
        raise ValueError(f"table_id {table_id!r}: begin with a letter, then letters, digits and hyphens only")
    frame, named = _flat(df).head(max(limit, TABLE_ROWS)), _lookup(sentences)[1]
    if named and "doc_id" in frame and "article" not in frame:
        frame = frame.assign(doc_id=frame["doc_id"].map(lambda doc: named.get(doc, doc))).rename(columns={"doc_id": "article"})
    columns = [_column(frame[name], name, _lookup(sentences) if name == "evidence" else None) for name in frame]
    head = "".join(f'<th scope="col"{_class(kind)}>{escape(name)}</th>' for name, kind, _ in columns)
    row_header = bool(columns) and columns[0][1] in ("", "mid") and frame.iloc[:limit, 0].astype(str).is_unique
    rows = [_row(cells, row_header) for cells in zip(*[cells for *_, cells in columns])]
    sizes = itertools.accumulate(len(row) for row in rows)
    held = max(limit, sum(size <= TABLE_BYTES for size in sizes))
    note = f" ({limit:,} of {len(df):,} rows shown" * (len(df) > limit)
    note += f"; the first {held:,} are here to search and save, all in the folder “tables” or in Explore" * (len(df) > held) + ")" * bool(note)
    note = f'<span class="rows">{note}</span>' if note else ""
    body = "\n".join(rows[:limit]) or f'<tr><td colspan="{max(len(columns), 1)}">No rows.</td></tr>'
    rest = f"\n<tbody hidden>\n{chr(10).join(rows[limit:held])}\n</tbody>" if len(rows) > limit else ""
    return Html(f'<div class="table-box {NO_MATH}" tabindex="0" role="group" aria-label="{attribute(caption)}"><table class="data" id="{table_id}">'
                f"<caption>{escape(caption)}{note}</caption>\n"
                f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>{rest}</table></div>", f"{caption} ({len(df):,} rows)")


def _flat(df):
    """A copy with one level of columns named by strings, and the index as columns where it has a name."""
    frame = df.to_frame() if isinstance(df, pd.Series) else df.copy()
    frame.columns = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    if any(name is not None and str(name) not in frame.columns for name in frame.index.names):
        frame = frame.reset_index()
    return frame.loc[:, ~frame.columns.duplicated()]


def _column(values, name, lookup):
    """(heading, kind, cells as HTML): kind is num (right-aligned), long or mid (want width), before (of a keyword), evidence or nothing."""
    heading = str(name).replace("_", " ")
    if lookup is not None:
        return heading, "evidence", [_td(_evidence(value, *lookup), "evidence") for value in values]
    known = [value for value in values if not _missing(value)]
    if known and all(pd.api.types.is_number(value) and not pd.api.types.is_bool(value) for value in known):
        digits = 0 if all(float(value).is_integer() for value in known) else 2 if max(abs(float(value)) for value in known) >= 0.1 else 4
        return heading, "num", [_td("", "num") if _missing(value) else _number_cell(value, digits) for value in values]
    if heading.endswith("kind"):  # named_person: a code of the tables, in words
        values = [str(value).replace("_", " ") if isinstance(value, str) else value for value in values]
    longest = max((len(str(value)) for value in known), default=0)
    kind = "before" if heading == "left" else "long" if longest > 60 else "mid" if longest > 24 else ""
    return heading, kind, [_td(_cell(value), kind) for value in values]


def _td(markup, kind, value=""):
    return f"<td{_class(kind)}{value}>{markup}</td>"


def _number_cell(value, digits):
    """A number as it is shown, with six digits of it for files where that shows fewer."""
    shown, exact = f"{value:,.{digits}f}", f"{value:.6g}"
    return _td(shown, "num", f' data-value="{exact}"' if float(shown.replace(",", "")) != float(exact) and not float(value).is_integer() else "")


def _missing(value):
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _cell(value):
    """One value as HTML."""
    if isinstance(value, Html):
        return value.markup
    if isinstance(value, (list, tuple, set)):
        return ", ".join(_cell(each) for each in value)
    if isinstance(value, dict):
        return escape(json.dumps(value, ensure_ascii=False))
    if _missing(value):
        return ""
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat(sep=" ")
    return escape(value) if str(value).isascii() else f"<bdi>{escape(value)}</bdi>"


def _class(kind):
    return f' class="{kind}"' if kind else ""


def _row(cells, row_header):
    """One table row; its first cell is the row's header where it names the row."""
    first = re.sub(r"^<td[^>]*>(.*)</td>$", r'<th scope="row">\1</th>', cells[0], flags=re.S) if row_header else cells[0]
    return f"<tr>{''.join([first, *cells[1:]])}</tr>"


class Script:
    """A script that JupyterLab runs when the cell runs, and again when a notebook that it trusts is opened; the report leaves it out."""

    def __init__(self, code, text):
        self.code, self.text = code, text

    def _repr_mimebundle_(self, **_):
        return {"application/javascript": self.code, "text/plain": self.text}


def show_tools():
    """Once a notebook: from here on each of its tables can be searched, sorted and saved whole as CSV, Excel or Parquet. The work is done in the
    page, so that it needs no kernel and goes on in a notebook that is opened again. The report has the same."""
    style, code = "".join(map(stored, ("tables.css", "text.css"))), "\n".join(map(stored, ("download.js", "tables.js", "lab.js")))
    return Script(f"if (!window.tableTools) {{ window.tableTools = true; (() => {{ const STYLE = {json.dumps(style)};\n{code} }})(); }}",
                  "Run this notebook, and its tables can be searched, sorted and saved.")


# ---------------------------------------------------------------- findings
def show_findings(findings, tables):
    """Findings as sentences, the strongest first, each with its evidence folded beneath, all but the first FINDINGS_SHOWN folded
    themselves; a plain word where there is none."""
    findings = sorted(findings, key=lambda finding: -float(finding.score))
    if not findings:
        outlets, said = tables.documents["outlet"] if hasattr(tables, "documents") else (), NO_FINDING
        if len(outlets) == 1 or len(outlets) and outlets.notna().all() and outlets.nunique() == 1:
            said = ALONE.format(*(("articles", "there is one") if len(outlets) == 1 else ("newsrooms", "these articles are of one")))
        return Html(f'<div class="findings {NO_MATH}"><p class="no-finding">{said}</p></div>', said)
    texts, named = _lookup(tables)
    items = [f'<li class="finding"><p>{escape(finding.text)}</p>{_evidence(finding.evidence, texts, named, " of evidence")}</li>\n'
             for finding in findings[:FINDINGS_HELD]]
    first, rest = "".join(items[:FINDINGS_SHOWN]), "".join(items[FINDINGS_SHOWN:])
    told = f"{len(findings) - FINDINGS_SHOWN:,} more" + f"; the strongest {len(items) - FINDINGS_SHOWN} of them" * (len(findings) > len(items))
    more = f'<details class="more"><summary>{told}</summary><ul>\n{rest}</ul></details>' if rest else ""
    return Html(f'<div class="findings {NO_MATH}"><ul>\n{first}</ul>{more}</div>', "\n".join(finding.text for finding in findings))


# ---------------------------------------------------------------- articles
def show_text(doc_id, tables, *, layers=("source", "cue", "content")):
    """An article with its blocks, and what was found in it highlighted. Layers: source, cue, content, military, frame, shared. Raises ValueError
    for a layer or a doc_id that does not exist."""
    unknown = [layer for layer in layers if layer not in LAYERS]
    if unknown or doc_id not in set(tables.documents["doc_id"]):
        raise ValueError(f"no layer {unknown[0]!r}: choose from {', '.join(LAYERS)}" if unknown else f"no document {doc_id!r}")
    from helpers.reader import draw_text  # the drawing imports this module's escape
    switched, style = " ".join(f"on-{layer}" for layer in layers), " ".join(stored("text.css").split())
    legend = "".join('<li><span class="hl {}">{}</span>{}</li>'.format(layer, *LAYERS[layer].partition(":")[::2]) for layer in layers)
    return Html(f'<style>{style}</style><div class="text {switched} {NO_MATH}"><ul class="legend">{legend}</ul>\n'
                f"{draw_text(doc_id, tables, layers=layers)}</div>", f"{labels(tables.documents)[doc_id]}, with {', '.join(layers)} marked")
