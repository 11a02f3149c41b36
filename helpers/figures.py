"""Figures in one style: colour-blind safe, legible in greyscale, numbers at the data, the message in the title.

    show_figure(plot_bars(counts, title="American voices lead in four of five", xlabel="attributions"))  # a row a bar, a column a part

Each plot_* returns a matplotlib Figure with its alt text in `fig.alt`, made from the data; titles come from the caller."""
import base64
import io
import sys
from pathlib import Path
from textwrap import fill, shorten

import matplotlib
import matplotlib.dates
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from helpers.tables import labels
from helpers.text import load_rows

NO_DIFFERENCE = ": no difference beyond chance"
STYLE = Path(__file__).parent / "data" / "report.mplstyle"
DPI, WIDTH = 110, 7.4  # inches; as wide as the report's column
MOST_ROWS = 60  # of a figure: a corpus of thousands of outlets must not make a picture of millions of pixels
# After Paul Tol's "muted" scheme (colour-blind safe), in an order that alternates dark and light for greyscale.
PALETTE = ["#332288", "#44AA99", "#882255", "#DDAA33", "#117733", "#CC6677", "#88CCEE", "#776600", "#AA4499", "#999999"]
MARKERS = "osD^vPXhp*"
SIDE_COLORS = {row["side"]: row["color"] for row in load_rows("side_colors")}
HEAT = LinearSegmentedColormap.from_list("heat", ["#F3F6F9", "#9DB8CE", "#2F5D85", "#16324C"])
styled = matplotlib.rc_context(fname=str(STYLE))  # as a decorator: the style holds while a figure is drawn, not beyond


def outlet_colors(documents):
    """label -> colour, fixed by the documents' order, so that an outlet looks the same in every figure."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(labels(documents))}


def side_color(side):
    """The fixed colour of a side; a neutral one for a side that has none."""
    return SIDE_COLORS.get(side, "#8F8F7A")


def side_colors(sides):
    """side -> colour: fixed where known, the others from the palette in alphabetical order."""
    other = sorted({side for side in sides if side not in SIDE_COLORS})
    free = PALETTE[1:-1]  # the first and the last look like fixed ones
    return {side: SIDE_COLORS.get(side) or free[other.index(side) % len(free)] for side in sides}


def _palette(names, colors):
    """name -> colour: the caller's, else those of known sides, else the palette in the given order."""
    if colors or names and all(name in SIDE_COLORS for name in names):
        return {name: (colors or SIDE_COLORS).get(name, "#8F8F7A") for name in names}
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(names)}


def _ink(color):
    """Black or white, whichever stands out more from the colour."""
    red, green, blue = (part ** 2.2 for part in matplotlib.colors.to_rgb(color))
    return "#111111" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else "white"


def _figure(height, title):
    """(figure, axes) as wide as the column; the title at the figure's left edge, wrapped."""
    title = fill(_plain(title), 72)
    fig = Figure(figsize=(WIDTH, height + 0.22 * (title.count("\n") + 1)), layout="constrained")
    fig.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return fig, fig.add_subplot()


def _capped(frame, label, *, most=MOST_ROWS):
    """(the first rows, as many as a figure can carry; the axis label, which says so where some are left out)."""
    return frame.head(most), label if len(frame) <= most else f"{label} (the first {most} of {len(frame):,})".strip()


def _rows(ax, names):
    """The first row on top, its names at the left."""
    ax.set_yticks(range(len(names)), [_wrap(name, 36) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    ax.grid(False, axis="y")


def _plain(text):
    """Text that matplotlib does not take for a formula."""
    return str(text).replace("$", r"\$")


def _wrap(text, width, most=70):
    """Text in lines of a width, shortened; its ellipsis is never a line of its own."""
    return fill(shorten(_plain(text), most, placeholder=" …").replace(" …", "\u00a0…"), width)


def _short(value):
    """A number as a person writes it: 1,234 or 0.42."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _nothing(title):
    """The figure of no data says so, and nothing of what it would compare."""
    title = title.removesuffix(NO_DIFFERENCE)
    fig, ax = _figure(0.9, title)
    ax.axis("off")
    ax.text(0, 0.5, "Nothing to show: these articles hold no such rows.", transform=ax.transAxes, color="#555555")
    fig.alt = f"{title}. Nothing to show."
    return fig


@styled
def plot_bars(df, *, title, xlabel, colors=None):
    """Horizontal bars, a row each; the columns of a DataFrame are stacked parts with their numbers inside."""
    frame, xlabel = _capped(df.to_frame(name="") if isinstance(df, pd.Series) else df, xlabel)
    frame = frame.loc[:, frame.sum() > 0].astype(float).fillna(0)
    if frame.empty:
        return _nothing(title)
    one, widest = frame.shape[1] == 1, frame.sum(axis=1).max()
    fig, ax = _figure(0.8 + 0.4 * len(frame) + 0.25 * (not one), title)
    paint = _palette(list(frame.index if one and colors else frame.columns), colors)
    left = np.zeros(len(frame))
    for name, values in frame.items():
        fills = [paint.get(row, PALETTE[0]) for row in frame.index] if one and colors else paint[name]
        bars = ax.barh(range(len(frame)), values, left=left, height=0.66, color=fills, edgecolor="white", label=_plain(name))
        left = left + values.to_numpy()
        if not one:
            ax.bar_label(bars, [_short(v) if v > 0.045 * widest else "" for v in values], label_type="center", color=_ink(paint[name]), fontsize=9)
    for at, total in enumerate(left):
        ax.text(total + widest * 0.012, at, _short(total), va="center", fontweight=None if one else "bold")
    _rows(ax, frame.index)
    ax.set(xlabel=xlabel, xlim=(0, widest * 1.09))
    if not one:
        fig.legend(*ax.get_legend_handles_labels(), loc="outside lower left", ncols=min(4, frame.shape[1]))
    fig.alt = f"Bar chart: {title}. {xlabel}: " + "; ".join(f"{row} {_parts(values)}" for row, values in frame.iterrows()) + "."
    return fig


def _parts(values):
    """The numbers of one bar in words."""
    known = [f"{name} {_short(value)}".strip() for name, value in values.items() if value]
    return f"{_short(values.sum())} ({', '.join(known)})" if len(values) > 1 else _short(values.sum())


@styled
def plot_dots(df, *, title, xlabel, group=None, colors=None):
    """A dot a row with its interval, in their order: columns label, value, and if known low, high, note (printed beside the dot). group: a column
    whose values become headed groups, coloured apart."""
    df, xlabel = _capped(df, xlabel)
    if df.empty:
        return _nothing(title)
    groups = list(dict.fromkeys(df[group])) if group else [None]
    paint = _palette(groups, colors) if group else {None: PALETTE[0]}
    lines = []
    for name in groups:  # a heading line for each group, then its rows
        lines += [(name, None)] if group else []
        lines += [(name, row) for row in (df[df[group] == name] if group else df).to_dict("records")]
    tall = 0.27 if all("\n" not in _wrap(label, 36) for label in df["label"]) else 0.36  # two lines of a label need room
    fig, ax = _figure(0.8 + tall * len(lines), title)
    for at, (name, row) in ((at, line) for at, line in enumerate(lines) if line[1] is not None):
        low, high = _interval(row) or (row["value"], row["value"])
        ax.plot([low, high], [at, at], color=paint[name], linewidth=2, alpha=0.55, solid_capstyle="round")
        ax.plot(row["value"], at, MARKERS[groups.index(name) % len(MARKERS)], color=paint[name], markersize=7)
        if isinstance(row.get("note"), str):
            ax.annotate(_plain(row["note"]), (max(high, row["value"]), at), (7, 0), textcoords="offset points", va="center", fontsize=9)
    _rows(ax, [name if row is None else row["label"] for name, row in lines])
    for tick, (_, row) in zip(ax.get_yticklabels(), lines):
        tick.set_fontweight("bold" if row is None else "normal")
    ax.axvline(0, color="#888888", linewidth=1) if ax.get_xlim()[0] < 0 < ax.get_xlim()[1] else None
    ax.set_xlabel(xlabel)
    ax.margins(x=0.12)
    told = (f"{f'{row[group]}: ' if group else ''}{row['label']} {_short(row['value'])}"
            + (" ({} to {})".format(*map(_short, _interval(row))) if _interval(row) else "") for row in df.to_dict("records"))
    fig.alt = f"Dot plot{' with intervals' if 'low' in df else ''}: {title}. {xlabel}: " + "; ".join(told) + "."
    return fig


def _interval(row):
    """(low, high) of a row, or None where its interval is not known."""
    known = pd.notna(row.get("low")) and pd.notna(row.get("high"))
    return (row["low"], row["high"]) if known else None


@styled
def plot_matrix(df, *, title, ylabel="", unit=""):
    """A table as shades, each cell with its number (missing or 0: blank); rows and columns as given."""
    frame, unit = _capped(df.astype(float), unit)
    columns, ylabel = _capped(frame.T, ylabel, most=30)
    frame = columns.T
    if frame.empty or not frame.notna().to_numpy().any():
        return _nothing(title)
    fig, ax = _figure(1.0 + 0.34 * len(frame), title)
    top = max(frame.max().max(), 1e-9)
    shades = frame.fillna(0).clip(lower=0) / top
    ax.imshow(shades, cmap=HEAT, vmin=0, vmax=1, aspect="auto")
    for (r, c), value in np.ndenumerate(frame):
        if pd.notna(value) and value != 0:
            ax.text(c, r, _short(value), ha="center", va="center", color=_ink(HEAT(shades.iloc[r, c])), fontsize=10)
    _rows(ax, frame.index)
    wide, turned = (24, 90) if frame.shape[1] > 10 else (max(8, 60 // frame.shape[1]), 0)  # names of many columns stand upright
    ax.set_xticks(range(frame.shape[1]), [_wrap(name, wide, 40) for name in frame.columns], rotation=turned)
    ax.xaxis.tick_top()
    ax.set(ylabel=ylabel, xlabel=unit, ylim=(len(frame) - 0.5, -0.5))
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.set_xticks(np.arange(1, frame.shape[1]) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, len(frame)) - 0.5, minor=True)
    ax.grid(True, which="minor", axis="both", color="white", linewidth=2)
    ax.tick_params(which="minor", length=0)
    told = (f"{row}: " + ", ".join(f"{name} {_short(v)}" for name, v in values.items() if pd.notna(v) and v) for row, values in frame.iterrows())
    fig.alt = f"Matrix: {title}. {unit + ': ' if unit else ''}" + "; ".join(told) + "."
    return fig


@styled
def plot_timeline(df, *, title, row="label", colors=None):
    """Marks on days, a line of them for each value of column `row`: columns start (a date or its text), perhaps end (a span) and text."""
    frame = df.assign(start=pd.to_datetime(df["start"], errors="coerce")).dropna(subset=["start"])
    if frame.empty:
        return _nothing(title)
    frame["end"] = pd.to_datetime(frame["end"], errors="coerce").fillna(frame["start"]) if "end" in frame else frame["start"]
    names = list(dict.fromkeys(df[row]))[:MOST_ROWS]
    frame = frame[frame[row].isin(names)]
    paint = _palette(names, colors)
    fig, ax = _figure(0.9 + 0.5 * len(names), title)
    for each in frame.to_dict("records"):
        at, color = names.index(each[row]), paint[each[row]]
        ax.plot([each["start"], each["end"]], [at, at], color=color, linewidth=5, alpha=0.5, solid_capstyle="round")
        ax.plot(each["start"], at, MARKERS[at % len(MARKERS)], color=color, markersize=8)
        if isinstance(each.get("text"), str):
            ax.annotate(_plain(each["text"]), (each["start"], at), (0, 8), textcoords="offset points", ha="center", fontsize=8.5)
    _rows(ax, names)
    ax.xaxis.set_major_locator(matplotlib.dates.AutoDateLocator(minticks=2, maxticks=8))
    ax.xaxis.set_major_formatter(matplotlib.dates.ConciseDateFormatter(ax.xaxis.get_major_locator()))
    ax.margins(x=0.08)
    told = (f"{each[row]}: {each['start']:%Y-%m-%d}" + (f" to {each['end']:%Y-%m-%d}" if each["end"] > each["start"] else "")
            + (f" {each['text']}" if isinstance(each.get("text"), str) else "") for each in frame.to_dict("records"))
    fig.alt = f"Timeline: {title}. " + "; ".join(told) + "."
    return fig


def show_figure(fig, alt=None):
    """Display a figure as a PNG of fixed bytes, with its alt text (the caller's, else made from the data) in the metadata."""
    alt = " ".join(str(alt or getattr(fig, "alt", "") or "A figure; its numbers are in the table beside it.").split())
    display({"image/png": base64.b64encode(png(fig)).decode(), "text/plain": alt}, raw=True, metadata={"image/png": {"alt": alt}})
    if "matplotlib.pyplot" in sys.modules:  # a figure drawn with pyplot would be shown a second time
        sys.modules["matplotlib.pyplot"].close(fig)


def png(fig):
    """A figure as the bytes of a PNG, the same each time."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()
