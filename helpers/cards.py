"""What was measured when models and lexicons were made: model cards, other systems, benchmarks; stored with a date, read as tables."""
import json
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from helpers.figures import WIDTH, _figure, _nothing, styled
from helpers.show import Html, escape, show_table

DATA = Path(__file__).parent / "data"
PANELS = {"words a second, one core": "words a second on one core", "workers": "times as fast as one worker",
          "memory": "MiB of memory at most, by articles read", "report": "seconds for the report, by articles extracted"}


def load_cards(folder=DATA):
    """name -> content of every *_card.json of a folder."""
    return {p.stem.removesuffix("_card"): json.loads(p.read_text(encoding="utf-8")) for p in sorted(Path(folder).glob("*_card.json"))}


def card_tables(card):
    """A card as tables by heading: its plain facts first, then each list or group of rows; what is nested deeper stays as JSON."""
    facts, out = [], {}
    for key, value in card.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            out[key] = pd.DataFrame(value)
        elif isinstance(value, dict) and value and all(isinstance(row, dict) for row in value.values()):
            out[key] = pd.DataFrame([{key: name, **row} for name, row in value.items()])
        elif isinstance(value, dict):
            out[key] = pd.DataFrame({"what": list(value), "value": [_text(v) for v in value.values()]})
        else:
            facts.append((key, _text(value)))
    tables = {"facts": pd.DataFrame(facts, columns=["what", "value"]), **out}
    return {name: table.map(_text) for name, table in tables.items() if len(table)}


def _text(value):
    """A cell: numbers stay, lists and objects become text."""
    if isinstance(value, list) and not any(isinstance(v, (list, dict)) for v in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def load_systems(card=None):
    """Attribution on PolNeAR by people and other systems (its test articles), and, where the model's card says so, by this version (dev)."""
    systems, card = pd.read_csv(DATA / "other_systems.csv"), load_cards().get("attribution", {}) if card is None else card
    own = {f"{row['measure']}_f1": row["F1"] for row in card.get("polnear_dev", [])}
    own |= {f"recall_{kind}": value for kind, value in card.get("recall_by_kind", {}).items()}
    row = pd.DataFrame([{"system": "this version (development articles)", **own, "source": "its card, above"}]) if own else systems.iloc[:0]
    return pd.concat([systems.iloc[:1], row, systems.iloc[1:]], ignore_index=True)[list(systems)] if own else systems


def load_benchmarks():
    """The stored benchmark results: date, group, measure, value, unit, note."""
    return pd.read_csv(DATA / "benchmarks.csv")


def show_cards(cards):
    """Every table of every card, below each other."""
    shown = [show_table(table, caption=f"{name.capitalize()}: {heading.replace('_', ' ')}", table_id=f"card-{name}-{n}".replace("_", "-"))
             for name, card in cards.items() for n, (heading, table) in enumerate(card_tables(card).items())]
    return Html("\n".join(map(str, shown)) or "<p>No model card is stored here.</p>", f"{len(shown)} tables of model cards")


def show_errors(errors, tables):
    """Errors as a table: each with its sentence, the words in question marked, and both readings; a word where there are none."""
    if errors.empty:
        return Html("<p>No errors to show: this corpus has no reviewed annotations, or the machine agrees with them.</p>", "No errors to show.")
    texts = {(d, n): (s, text) for d, n, s, text in tables.sentences[["doc_id", "sentence", "start", "text"]].itertuples(index=False)}

    def marked(e):
        start, text = texts.get((e.doc_id, e.sentence), (0, ""))
        a, b = (min(max(0, at - start), len(text)) for at in (e.start, e.end))
        return Html(f"{escape(text[:a])}<mark>{escape(text[a:b])}</mark>{escape(text[b:])}", text)
    shown = errors.assign(sentence=[marked(e) for e in errors.itertuples()], confidence=[None if pd.isna(c) else round(float(c), 1) for c in errors["confidence"]])
    return show_table(shown[["error", "sentence", "reviewed", "machine", "confidence", "evidence"]], caption="Typical errors of the machine",
                      table_id="typical-errors", sentences=tables)


def load_reliability(card=None):
    """The stored reliability of the attribution model: predicted and observed share of right ones, and how many; empty without a card."""
    card = load_cards().get("attribution", {}) if card is None else card
    rows = pd.DataFrame(card.get("reliability", []), columns=["mean_confidence", "share_right", "n"])
    return rows.set_axis(["predicted", "observed", "of"], axis=1)


@styled
def plot_reliability(rows):
    """Observed against predicted shares as points with their counts, and the diagonal on which a calibrated machine lies."""
    if rows.empty:
        return _nothing("How far a confidence keeps its word")
    worst = (rows["predicted"] - rows["observed"]).abs().max()
    fig, ax = _figure(4.2, f"In no bin is a confidence off by more than {100 * worst:.0f} points")
    ax.plot([0, 1], [0, 1], color="#999999", linewidth=1)
    ax.plot(rows["predicted"], rows["observed"], "o-", color="#332288")
    for row in rows.itertuples():
        ax.annotate(f"{row.of:.0f}", (row.predicted, row.observed), xytext=(6, -10), textcoords="offset points")
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="share that was right")
    told = (f"{row.predicted:.2f} and {row.observed:.2f} (of {row.of:.0f})" for row in rows.itertuples())
    fig.alt = f"Confidence and share that was right: {'; '.join(told)}."
    return fig


@styled
def plot_benchmarks(rows):
    """A panel of bars for each group of benchmark results: speeds, workers, memory and report time over the corpus' size."""
    groups = [group for group in PANELS if group in set(rows["group"])]
    title = "How fast it reads, and what a larger corpus costs"
    if not groups:
        return _nothing(title)
    parts = [rows[rows["group"] == group].iloc[::-1] for group in groups]
    fig = Figure(figsize=(WIDTH, 0.3 * sum(map(len, parts)) + 0.62 * len(groups)), layout="constrained")
    fig.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    axes = fig.subplots(len(groups), 1, height_ratios=[len(part) + 0.8 for part in parts], squeeze=False).ravel()
    for ax, group, part in zip(axes, groups, parts):
        bars = ax.barh(part["measure"], part["value"], color=["#DDAA33" if "spaCy" in name else "#334455" for name in part["measure"]], height=0.7)
        ax.bar_label(bars, [f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in part["value"]], padding=3, fontsize=8.5)
        ax.set_title(PANELS[group], fontsize=10, loc="left")
        ax.set(xticks=[], xlim=(0, 1.12 * part["value"].max()), ylim=(-0.6, len(part) - 0.4))
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
        ax.grid(False)
    told = (f"{row.group}, {row.measure}: {row.value:,g} {row.unit}" for row in rows[rows["group"].isin(groups)].itertuples())
    fig.alt = f"Bars: {title}. " + "; ".join(told) + "."
    return fig
