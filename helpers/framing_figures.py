"""Figures of notebook 1: outlet by outlet, the newsroom's own voice against its sources'. Each carries its alt text in `fig.alt`.
Own voice is always filled and dark, quoted always hollow or light, so that the two differ without colour."""
from textwrap import fill

from matplotlib.figure import Figure

from helpers.figures import WIDTH, _nothing, _plain, _wrap, side_color, side_colors, styled
from helpers.tables import labels

OWN, QUOTED = "#16324C", "#8FA9BF"


def _panels(number, columns, height, title, **options):
    """A figure of `number` panels in rows of `columns`; the title at the left edge."""
    columns = max(1, min(columns, number))
    rows, title = -(-number // columns), fill(str(title), 76)
    fig = Figure(figsize=(WIDTH, rows * height + 0.25 * (title.count("\n") + 1) + 0.3), layout="constrained")
    fig.suptitle(_plain(title), x=0.01, ha="left", fontsize=12, fontweight="bold")
    axes = fig.subplots(rows, columns, squeeze=False, **options).ravel()
    for ax in axes[number:]:
        ax.set_visible(False)
    return fig, axes[:number]


@styled
def plot_choices(counts, *, title, columns=2):
    """Small multiples: a panel for each `panel`, a row for each group, a column for each choice; a filled dot for the newsroom's
    own voice and a ring for its sources, each with its number. `counts`: panel, group, choice, voice, n."""
    if counts.empty:
        return _nothing(title)
    panels, groups = list(dict.fromkeys(counts["panel"])), list(dict.fromkeys(counts["group"]))
    fig, axes = _panels(len(panels), columns, 0.62 + 0.3 * len(groups), title)
    top = counts["n"].max()
    for ax, panel in zip(axes, panels):
        part = counts[counts["panel"] == panel]
        choices = part.groupby("choice")["n"].sum().sort_values(ascending=False, kind="stable").index[:5].to_list()
        for row in part[part["choice"].isin(choices)].itertuples():
            own = row.voice == "own"
            at = choices.index(row.choice) + (-0.19 if own else 0.19), groups.index(row.group)
            ax.scatter(*at, s=70 + 170 * row.n / top, facecolor=OWN if own else "white", edgecolor=OWN, linewidth=1.3, zorder=3)
            ax.text(*at, row.n, color="white" if own else OWN, ha="center", va="center_baseline", fontsize=8, zorder=4)
        ax.set_title(_plain(panel), fontsize=10, loc="left")
        named = [fill(_plain(choice), 13) + ("\n" if i % 2 and len(choices) > 3 else "") for i, choice in enumerate(choices)]
        ax.set_xticks(range(len(choices)), named, fontsize=8)  # every other one higher, so that they don't touch
        rows = [_wrap(group, 22) for group in groups] if ax in axes[::columns] else []
        ax.set_yticks(range(len(groups)) if rows else [], rows, fontsize=8.5)
        ax.set(xlim=(-0.6, max(1, len(choices)) - 0.4), ylim=(len(groups) - 0.45, -0.55))
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
    told = (f"{row.group}, {row.panel}: {row.choice} {row.n} ({row.voice})" for row in counts.itertuples())
    fig.alt = f"Dots: {title}. " + "; ".join(told) + "."
    return fig


@styled
def plot_two_sided(left, right, *, title, names, unit="", faint=()):
    """Small multiples, a panel for each column of two tables with the same rows: `left` grows to the left, `right` to the right,
    each with its number. `names`: what left and right are; `faint`: rows that are drawn pale and marked with °."""
    if right.empty or not right.shape[1]:
        return _nothing(title)
    rows, most = list(right.index), max(1e-9, right.fillna(0).max().max(), left.fillna(0).max().max())
    fig, axes = _panels(right.shape[1], 5, 0.9 + 0.27 * len(rows), title, sharey=True)
    show = "{:.0%}".format if unit == "%" else "{:.0f}".format
    for ax, group in zip(axes, right.columns):
        for table, sign, color in ((left, -1, QUOTED), (right, 1, OWN)):
            values = table[group].fillna(0)
            bars = ax.barh(range(len(rows)), sign * values, color=color, height=0.72)
            for at, (bar, row, value) in enumerate(zip(bars, rows, values)):
                bar.set_alpha(0.35 if row in faint else 1)
                if value:
                    ax.text(sign * (value + 0.03 * most), at, show(value), ha="left" if sign > 0 else "right", va="center", fontsize=7.5)
        ax.set_title(_wrap(group, 15), fontsize=9)
        ax.axvline(0, color="#444444", linewidth=0.8)
        ax.set(xlim=(-1.42 * most, 1.42 * most), ylim=(len(rows) - 0.5, -0.5), xticks=[])
        ax.set_xlabel(f"← {names[0]} | {names[1]} →", fontsize=7.5)
        ax.set_yticks(range(len(rows)), [fill(_plain(row) + ("°" if row in faint else ""), 26) for row in rows], fontsize=8.5)
        ax.tick_params(length=0)
        ax.grid(False)
        ax.spines[:].set_visible(False)
    left, right = left.fillna(0), right.fillna(0)
    told = (f"{group}: " + ", ".join(f"{row} {show(left[group][row])} | {show(right[group][row])}" for row in rows) for group in right)
    fig.alt = f"Two-sided bars, {names[0]} | {names[1]}: {title}. " + "; ".join(told) + "."
    return fig


@styled
def plot_voices(quoted, sentences, documents, *, title, most=12):
    """Each article as a line from its first to its last word, coloured where a source speaks, by the source's side."""
    if quoted.empty:
        return _nothing(title)
    names = labels(documents)
    docs = [doc for doc in names.index if doc in set(sentences["doc_id"])][:most]
    fig, (ax,) = _panels(1, 1, 0.9 + 0.36 * len(docs), title)
    counts = quoted[quoted["doc_id"].isin(docs)]["side"].value_counts()
    sides = counts.index[:7].to_list()
    paint = side_colors(sides) | {"Other": side_color("Other")}
    for at, doc in enumerate(docs):
        first, last = sentences.loc[sentences["doc_id"] == doc, "start"].min(), sentences.loc[sentences["doc_id"] == doc, "end"].max()
        ax.plot([0, 1], [at, at], color="#DDDDDD", linewidth=1, zorder=1)
        mine = quoted[quoted["doc_id"] == doc]
        for side, part in mine.groupby(mine["side"].where(mine["side"].isin(sides), "Other")):
            place = [(float((start - first) / (last - first)), float((end - start + 1) / (last - first)))
                     for start, end in zip(part["start"], part["end"])]
            ax.broken_barh(place, (at - 0.36, 0.72), color=paint[side], linewidth=0)
    for side in sides:
        ax.barh(0, 0, color=paint[side], label=f"{_plain(side)} ({counts[side]} words)")
    ax.set_yticks(range(len(docs)), [_wrap(names[doc], 30) for doc in docs], fontsize=9)
    ax.set(xlim=(0, 1), ylim=(len(docs) - 0.4, -0.6), xticks=[0, 0.5, 1], xticklabels=["first word", "half", "last word"])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    fig.legend(loc="outside lower left", ncols=4, fontsize=8.5)
    each = {doc: quoted.loc[quoted["doc_id"] == doc, "side"].value_counts().items() for doc in docs}
    told = (f"{names[doc]}: " + ", ".join(f"{side} {n} words" for side, n in each[doc]) for doc in docs)
    rest = f" The first {most} of {len(names)} articles are drawn." if len(names) > most else ""
    fig.alt = f"Strips: {title}. Who is quoted where; in all, " + "; ".join(told) + "." + rest
    return fig
