"""The Explore sections: pick, search and sort the rows of a table in JupyterLab, and see their sentences and figure change.

    explore(tables, "attributions", filters=["outlet", "speaker", "side"], table_id="explore-said", draw=plot_sources)

What is picked is one small State; `select` applies it, `view` draws the result, so both can be tested without a browser. Outside
JupyterLab (in the HTML report, on a page of nbconvert) a searchable table with the same rows takes the panel's place."""
import base64
import io
import re
from collections import namedtuple

import ipywidgets as w
import pandas as pd

from helpers.figures import plot_bars, png
from helpers.show import Html, escape, show_table
from helpers.tables import labels

SHOWN = 50  # sentences drawn at once; the table and the files hold every row
MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "parquet": "application/vnd.apache.parquet"}
# What a reader has picked: `where` column -> values (none: all), words to search for, and a column to sort by.
State = namedtuple("State", "where search sort", defaults=({}, "", ""))


def with_context(tables, table):
    """The rows of a table with what a reader filters by: outlet, article (its label) and the words of its sentence. Works for every table that has
    doc_id and sentence; `sentence_text` is null where a row is in no sentence."""
    rows = getattr(tables, table)
    sentences = tables.sentences[["doc_id", "sentence", "text"]].rename(columns={"text": "sentence_text"})
    joined = rows.merge(tables.documents[["doc_id", "outlet"]], on="doc_id", how="left").merge(sentences, on=["doc_id", "sentence"], how="left")
    return joined.assign(article=joined["doc_id"].map(labels(tables.documents)))


def choices(rows, columns):
    """column -> its values in `rows`, the most frequent first, to pick from."""
    return {c: list(rows[c].astype(object).dropna().astype(str).value_counts().index) for c in columns}


def select(rows, state):
    """The rows that a State picks: one of the values of each `where`, every searched word in the row's sentence or texts (any case)."""
    out = rows
    for column, values in state.where.items():
        out = out[out[column].astype(str).isin(values)] if len(values) else out
    for word in state.search.lower().split():
        hit = [any(word in str(value).lower() for value in row.values()) for row in out.to_dict("records")]
        out = out[pd.Series(hit, index=out.index, dtype=bool)]
    return out.sort_values(state.sort, kind="stable", na_position="last") if state.sort else out


def spans_of(row):
    """(start, end, layer) of what a row marks in its document."""
    if "content" in row:
        roles = [(row[f"{r}_start"], row[f"{r}_end"], r) for r in ("source", "cue") if not pd.isna(row[f"{r}_start"])]
        return [*roles, *((s, e, "content") for s, e in row["content"])]
    return [(row["start"], row["end"], "frame" if "frame" in row else "military")]


def marked(row, sentence_start, search=""):
    """A row's sentence as HTML with the row's spans and the searched words highlighted; spans that leave the sentence are cut at its edges."""
    text = row["sentence_text"]
    spans = [(max(0, s - sentence_start), min(len(text), e - sentence_start), layer) for s, e, layer in spans_of(row)]
    spans += [(*hit.span(), "hit") for word in search.split() for hit in re.finditer(re.escape(word), text, re.I)]
    edges = sorted({0, len(text), *(p for s, e, _ in spans for p in (s, e) if 0 <= p <= len(text))})
    parts = [(escape(text[a:b]), dict.fromkeys(layer for s, e, layer in spans if s <= a and b <= e)) for a, b in zip(edges, edges[1:])]
    return "".join(f'<span class="hl {" ".join(layers)}">{words}</span>' if layers else words for words, layers in parts)


def view(rows, tables, *, draw=None, search=""):
    """The picked rows as HTML: how many, the figure that `draw(rows)` makes of them, and their sentences (the first SHOWN) with `search` marked."""
    starts = dict(zip(zip(tables.sentences["doc_id"], tables.sentences["sentence"]), tables.sentences["start"]))
    figure = draw(rows) if draw is not None and len(rows) else None
    image = figure and f'<img alt="{escape(figure.alt)}" src="data:image/png;base64,{base64.b64encode(png(figure)).decode()}">'
    items = [f'<li><b>{escape(r["article"])}</b> s{r["sentence"]}: <bdi>{marked(r, int(starts[r["doc_id"], r["sentence"]]), search)}</bdi></li>'
             for r in rows.head(SHOWN).to_dict("records") if not pd.isna(r["sentence"])]
    more = f"<p>The sentences of the first {SHOWN} rows are shown; the table below goes on.</p>" if len(rows) > SHOWN else ""
    return (f'<p role="status">{len(rows):,} row{"" if len(rows) == 1 else "s"}.</p>{image or ""}'
            f'<ol class="text on-source on-cue on-content on-military on-frame">{"".join(items)}</ol>{more}')


def listed(rows, columns, tables, *, caption, table_id):
    """The rows as a table of the columns, each with the link to its sentence."""
    places = [[(d, int(s))] if not pd.isna(s) else [] for d, s in zip(rows["doc_id"], rows["sentence"])]
    return show_table(rows[list(dict.fromkeys(["article", *columns]))].assign(evidence=places), caption=caption, table_id=table_id, sentences=tables)


def table_bytes(rows, format):
    """The rows as the bytes of a csv, xlsx or parquet file; lists become JSON, cells that a spreadsheet would run are made inert."""
    from helpers.files import flat
    out, table = io.BytesIO(), rows if format == "parquet" else flat(rows)
    {"parquet": table.to_parquet, "csv": table.to_csv, "xlsx": table.to_excel}[format](out, index=False)
    return out.getvalue()


def downloads(rows, name):
    """Links that hold all the rows as files: nothing is written to disk."""
    links = [f'<a download="{name}.{format}" href="data:{mime};base64,{base64.b64encode(table_bytes(rows, format)).decode()}">{name}.{format}</a>'
             for format, mime in MIME.items()]
    return f"<p>Download all {len(rows):,} rows: {' · '.join(links)}</p>"


class Panel(Html):
    """Widgets in JupyterLab; elsewhere the table that stands for them."""

    def __init__(self, box, table):
        super().__init__(table.markup, str(table.text))
        self.box = box

    def _repr_mimebundle_(self, **_):
        return self.box._repr_mimebundle_() | {"text/plain": self.text, "text/html": self.markup}


def plot_counts(rows, column):
    """How many rows each value of a column has, the twelve most frequent."""
    counts = rows[column].astype(object).dropna().astype(str).value_counts().head(12)
    return plot_bars(counts, title=f"{len(rows):,} rows by {column.replace('_', ' ')}", xlabel="rows")


def explore(tables, table, *, filters, table_id, draw=None):
    """A panel over the rows of `table` ("attributions", "mentions", "frames"): a list to pick from for each column of `filters`, a search
    box, the sentences highlighted, a figure of the picked rows (`draw(rows)`, else their counts by the second filter), the rows as a table
    and as files. Returns what Jupyter displays."""
    rows, draw = with_context(tables, table), draw or (lambda picked: plot_counts(picked, filters[min(1, len(filters) - 1)]))
    lists = {c: w.SelectMultiple(options=values, description=c.replace("_", " "), rows=5, style={"description_width": "initial"}) for c, values in choices(rows, filters).items()}
    search = w.Text(description="search", placeholder="words in the sentence", continuous_update=False)
    order = w.Dropdown(options=[("order of the text", ""), *((f.replace("_", " "), f) for f in filters)], description="sort by")
    save, result, files, below = w.Button(description="save as files"), w.HTML(), w.HTML(), w.HTML()

    def picked():
        return select(rows, State({c: picks.value for c, picks in lists.items()}, search.value, order.value))

    def update(_=None):
        result.value, files.value = view(picked(), tables, draw=draw, search=search.value), ""
        below.value = listed(picked(), filters, tables, caption="The picked rows", table_id=f"{table_id}-picked").markup

    for control in [*lists.values(), search, order]:
        control.observe(update, names="value")
    save.on_click(lambda _: setattr(files, "value", downloads(picked(), table)))
    update()
    box = w.VBox([w.HBox(list(lists.values()), layout=w.Layout(flex_flow="row wrap")), w.HTML("<p>Nothing picked means all; Ctrl or Shift picks several.</p>"),
                  w.HBox([search, order, save], layout=w.Layout(flex_flow="row wrap")), files, result, below])
    return Panel(box, listed(rows, filters, tables, caption=f"All {table}, to search and sort", table_id=table_id))


def concordance(tables, words, *, table_id, find):
    """Keyword in context: words are typed, the lines of `find(tables, words, sort=...)` drawn again, sorted by what follows or precedes, by
    outlet or by speaker. Elsewhere the lines of `words` as a table."""
    typed = w.Text(value=words, description="word", placeholder="a word, a system or a class", continuous_update=False)
    order = w.Dropdown(options=[("what follows", "right"), ("what precedes", "left"), ("outlet", "outlet"), ("speaker", "speaker")], description="sort by")
    result = w.HTML()

    def draw(name):
        return show_table(find(tables, typed.value, sort=order.value), caption=f"“{typed.value}” in context", table_id=name, sentences=tables)

    def update(_=None):
        result.value = draw(f"{table_id}-lines").markup

    for control in (typed, order):
        control.observe(update, names="value")
    update()
    return Panel(w.VBox([w.HBox([typed, order], layout=w.Layout(flex_flow="row wrap")), result]), draw(table_id))
