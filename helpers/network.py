"""Who reports whom, as a network of three columns: newsrooms, their sources, and whom those sources report in turn."""
from textwrap import shorten

import pandas as pd
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Curve

from helpers.figures import _figure, _nothing, _plain, outlet_colors, side_color, styled
from helpers.keyness import places_of
from helpers.sourcing import counted, voice_name
from helpers.tables import labels

OTHERS = "other speakers"


def stat_links(attributions, groups, *, top=12):
    """Who reports whom: level (1: a group's sources, 2: whom those report), source, target, side (of the target), n, evidence.

    The `top` speakers of each level keep their names, the others are summed."""
    speakers = {(r.doc_id, r.attribution): voice_name(r.speaker) for r in attributions.itertuples()}
    above = [speakers.get((r.doc_id, r.parent)) for r in attributions.itertuples()]
    table = attributions[["doc_id", "sentence", "side"]].assign(
        target=attributions["speaker"].map(voice_name), level=[2 if who else 1 for who in above],
        source=[who or groups[doc_id] for who, doc_id in zip(above, attributions["doc_id"])])
    table = table[table["source"] != table["target"]]
    for level in (1, 2):
        names = counted(table.loc[table["level"] == level, "target"])
        rest = (table["level"] == level) & table["target"].isin(names.index[top:])
        table.loc[rest, ["target", "side"]] = [OTHERS, "Other"]
    heard = set(table.loc[table["level"] == 1, "target"])
    table["source"] = [s if level == 1 or s in heard else OTHERS for level, s in zip(table["level"], table["source"])]
    keys = ["level", "source", "target"]
    rows = [(*names, part["side"].mode()[0], len(part), places_of(part.dropna(subset=["sentence"])))
            for names, part in table.groupby(keys, sort=False)]
    table = pd.DataFrame(rows, columns=[*keys, "side", "n", "evidence"])
    return table.sort_values(["level", "n"], ascending=[True, False], kind="stable", ignore_index=True)


def group_colors(documents, groups):
    """group -> the colour of its first article's outlet."""
    colors = outlet_colors(documents)
    return {groups[doc]: colors[name] for doc, name in list(labels(documents).items())[::-1]} if len(documents) else {}


@styled
def plot_network(links, *, title, colors=None):
    """Newsrooms, their sources and whom those report, in three columns, joined by bands as wide as the attributions are many."""
    if links.empty:
        return _nothing(title)
    first, second = (links[links["level"] == level] for level in (1, 2))
    columns = [first.groupby("source", sort=False)["n"].sum(), _ranked(first), _ranked(second)]
    sides, colors = dict(zip(links["target"], links["side"])), colors or {}
    rows, gap = max(map(len, columns)), 0.9 * max(c.sum() for c in columns) / max(14, *map(len, columns))
    height = max(c.sum() + gap * max(0, len(c) - 1) for c in columns)
    fig, ax = _figure(max(2.6, 0.34 * rows + 1.2), title)
    left = {}  # (column, name, side of the bar) -> upper edge of the next band
    for x, sizes in enumerate(columns):
        fills = [colors.get(name, "#555555") if x == 0 else side_color(sides.get(name, "Other")) for name in sizes.index]
        for name, top in _stack(ax, x, height, sizes, gap, fills).items():
            left[x, name, "out"] = left[x, name, "in"] = top
    for row in links.itertuples():
        start, end = (row.level - 1, row.source, "out"), (row.level, row.target, "in")
        if start in left:
            _band(ax, start[0], left[start], left[end], row.n, colors.get(row.source, "#888888"))
            left[start], left[end] = left[start] - row.n, left[end] - row.n
    for x, head in enumerate(["newsroom", "its sources", "whom those report"][:3 if len(second) else 2]):
        ax.text(x, height + gap, head, fontsize=9, color="#555555")
    ax.set(xlim=(-0.02, 2.75 if len(second) else 1.75), ylim=(-gap, height + 3 * gap))
    ax.axis("off")
    told = "; ".join(f"{r.source} reports {r.target} {r.n}" for r in links.sort_values("n", ascending=False, kind="stable").head(15).itertuples())
    fig.alt = f"Network: {title}. Attributions, the most frequent first: {told}. {len(links)} links in all."
    return fig


def _ranked(links):
    """target -> n, the largest first, the summed others last."""
    sizes = links.groupby("target")["n"].sum().sort_values(ascending=False, kind="stable")
    return sizes.sort_index(key=lambda names: names == OTHERS, kind="stable")


def _stack(ax, x, y, sizes, gap, fills):
    """Draws one column of names from y down, each a bar as high as its number; returns name -> its upper edge."""
    tops = {}
    for (name, n), fill in zip(sizes.items(), fills):
        tops[name] = y
        ax.add_patch(Rectangle((x, y - n), 0.03, n, color=fill, linewidth=0))
        ax.text(x + 0.045, y - n / 2, f"{_plain(shorten(str(name).removeprefix('anonymous: '), 30, placeholder=' …'))}  {n}",
                va="center", fontsize=8.5, zorder=3)
        y -= n + gap
    return tops


def _band(ax, x, y, y2, n, color):
    """A curved band to the next column, n wide, its upper edge going from y to y2."""
    x, middle, x2 = x + 0.03, x + 0.5, x + 1
    points = [(x, y), (middle, y), (middle, y2), (x2, y2), (x2, y2 - n), (middle, y2 - n), (middle, y - n), (x, y - n), (x, y)]
    codes = [Curve.MOVETO] + [Curve.CURVE4] * 3 + [Curve.LINETO] + [Curve.CURVE4] * 3 + [Curve.CLOSEPOLY]
    ax.add_patch(PathPatch(Curve(points, codes), facecolor=color, alpha=0.25, linewidth=0))
