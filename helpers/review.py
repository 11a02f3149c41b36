"""Review: go through the machine's attributions and mentions in context and accept, reject, change or add; saved at once.

A decision is one row in the corpus' `annotations/attributions.jsonl` or `mentions.jsonl`, in the form that `extract --format jsonl`
writes, with its `status`. Every notebook and report takes it up the next time it loads the corpus. It can be taken back: what
stood before stands again. The files are replaced whole, so that a crash leaves the old or the new one, never half of one."""
import hashlib
import json
import re
from pathlib import Path

import ipywidgets as w
import pandas as pd

from helpers.corpus import replace_file
from helpers.explore import marked
from helpers.show import escape
from helpers.tables import make, to_record

IDS = {"attributions": "attribution", "mentions": "mention"}
EDITABLE = {"attributions": ["speaker", "speaker_kind", "side", "type", "act"],
            "mentions": ["canonical", "category", "kind", "operator", "quantity_min", "quantity_max"]}
SPANS = {"attributions": ["source", "cue", "content"], "mentions": ["text"]}
STATUS = {"accept": "accepted", "change": "changed", "reject": "rejected", "add": "added"}


# ---------------------------------------------------------------- decisions on disk
def load_decisions(corpus, layer):
    """The annotated records of a corpus folder ("attributions" or "mentions"), as they stand in its file; none: []."""
    path = _file(corpus, layer)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()] if path.exists() else []


def decide(corpus, layer, row, status):
    """Save what the reader says of a row: status accepted, rejected, changed or added. Returns what stood there before, or None. `row`: a dict of
    the table's columns. Raises ValueError where the corpus is no folder (an archive can't be annotated)."""
    record = to_record(layer, make(layer, [row]).iloc[0].to_dict()) | {"origin": "reviewed", "status": status}
    return put(corpus, layer, row["doc_id"], row[IDS[layer]], record)


def put(corpus, layer, doc_id, row_id, record):
    """Write a record in the place of the one of this id; returns the one that was there, or None. What `decide` returned undoes that decision:
    with None nothing is written, and the machine's row stands again."""
    records = load_decisions(corpus, layer)
    at = next((i for i, r in enumerate(records) if (r["doc_id"], r[IDS[layer]]) == (doc_id, row_id)), len(records))
    before = records[at] if at < len(records) else None
    records[at:at + 1] = [] if record is None else [record]
    replace_file(_file(corpus, layer), "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
    return before


def finish(corpus, layer, document):
    """Write into reviewed.csv that a document's layer is complete: from now on its annotations replace the machine's rows. `document`: a row (dict)
    of the documents table; its text's sha256 makes sure that the annotations meet the same text."""
    path = Path(corpus) / "annotations" / "reviewed.csv"
    columns, digest = ["doc_id", "layer", "sha256"], hashlib.sha256(document["text"].encode("utf-8", "surrogatepass")).hexdigest()
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)[columns].values.tolist() if path.exists() else []
    rows = [*(row for row in rows if row[:2] != [document["doc_id"], layer]), [document["doc_id"], layer, digest]]
    replace_file(path, pd.DataFrame(rows, columns=columns).to_csv(index=False, lineterminator="\n"))


def _file(corpus, layer):
    if not Path(corpus).is_dir():
        raise ValueError(f"{corpus} is no folder: unpack the articles into a folder to annotate them.")
    return Path(corpus) / "annotations" / f"{layer}.jsonl"


# ---------------------------------------------------------------- what to ask, what was said
def queue(rows, decisions, *, layer):
    """The rows still to be decided, least confident first (rows without confidence last, in the order of the text)."""
    done = {(r["doc_id"], r[IDS[layer]]) for r in decisions}
    open_ = rows[[(d, i) not in done for d, i in zip(rows["doc_id"], rows[IDS[layer]])]]
    return open_.sort_values("confidence", kind="stable", na_position="last") if "confidence" in open_ else open_


def stat_progress(rows, decisions, *, layer):
    """Counts of a review: to_do, accepted, changed, rejected, added, and `agreement`, the share of the machine's rows that were
    accepted as they were (null before the first decision)."""
    count = {s: sum(r.get("status") == s for r in decisions) for s in STATUS.values()}
    judged = count["accepted"] + count["changed"] + count["rejected"]
    return {"to_do": len(queue(rows, decisions, layer=layer)), **count, "agreement": count["accepted"] / judged if judged else None}


def locate(text, words, near=0):
    """[start, end] of `words` in the text, the occurrence nearest to `near`. Raises ValueError where the text does not hold them."""
    places = [found.start() for found in re.finditer(re.escape(words), text)] if words else []
    if not places:
        raise ValueError(f"“{words}” does not stand in the article: copy the words exactly as they are there.")
    start = min(places, key=lambda p: abs(p - near))
    return [start, start + len(words)]


def edited(row, values, text, *, layer):
    """A row with what the reader typed: EDITABLE columns, and SPANS given as their words (several content spans parted by " … ")."""
    out = row | {k: (v if v != "" else None) for k, v in values.items() if k in EDITABLE[layer]}
    near = row["start"] if layer == "mentions" else min([s for s, _ in row["content"]], default=0)
    if layer == "mentions":
        out["start"], out["end"] = locate(text, values["text"], near)
        return out | {"text": values["text"]}
    for role in ("source", "cue"):
        out[f"{role}_start"], out[f"{role}_end"] = locate(text, values[role], near) if values[role] else (None, None)
    return out | {"content": [locate(text, part, near) for part in values["content"].split(" … ")]}


def words_of(row, text, *, layer):
    """The row's spans as words, as `edited` takes them."""
    if layer == "mentions":
        return {"text": row["text"]}
    cut = {r: "" if pd.isna(row[f"{r}_start"]) else text[row[f"{r}_start"]:row[f"{r}_end"]] for r in ("source", "cue")}
    return cut | {"content": " … ".join(text[s:e] for s, e in row["content"])}


# ---------------------------------------------------------------- the panel
def review(corpus, tables, layer):
    """A panel in JupyterLab that asks about the machine's rows one by one. `layer`: "attributions" or "mentions"."""
    rows = getattr(tables, layer)
    texts = dict(zip(tables.documents["doc_id"], tables.documents["text"]))
    spots = {(r["doc_id"], r["sentence"]): r for r in tables.sentences.to_dict("records")}
    fields = {name: w.Text(description=name.replace("_", " "), style={"description_width": "9em"}, layout=w.Layout(width="min(60em, 98%)"))
              for name in [*SPANS[layer], *EDITABLE[layer]]}
    question, message = w.HTML(), w.HTML()
    buttons = {name: w.Button(description=name) for name in [*STATUS, "skip", "undo"]}
    state = {"skipped": 0, "row": None, "history": []}

    def ask():
        decisions = load_decisions(corpus, layer)
        waiting = queue(rows, decisions, layer=layer)
        state["row"] = make(layer, [waiting.iloc[state["skipped"] % len(waiting)].to_dict()]).to_dict("records")[0] if len(waiting) else None
        question.value = _question(state["row"], spots, stat_progress(rows, decisions, layer=layer))
        if state["row"]:
            typed = words_of(state["row"], texts[state["row"]["doc_id"]], layer=layer) | {c: state["row"][c] for c in EDITABLE[layer]}
            for name, field in fields.items():
                field.value = "" if typed[name] is None or pd.isna(typed[name]) else str(typed[name])

    def act(name):
        message.value = ""
        try:
            state.update(_act(name, corpus, layer, state, {k: f.value for k, f in fields.items()}, texts))
        except ValueError as error:
            message.value = f'<p role="alert">{escape(error)}</p>'
        else:
            ask()

    for name, button in buttons.items():
        button.on_click(lambda _, name=name: act(name))
    ask()
    return w.VBox([question, w.HBox(list(buttons.values()), layout=w.Layout(flex_flow="row wrap")), message, *fields.values()])


def _act(name, corpus, layer, state, typed, texts):
    """What a button does; returns what changes in the panel's state."""
    row, history = state["row"], state["history"]
    if name == "skip":
        return {"skipped": state["skipped"] + 1}
    if name == "undo":
        if history:
            put(corpus, layer, *history[-1])
        return {"history": history[:-1]}
    if row is None:
        raise ValueError("Nothing is left to decide.")
    if name in ("change", "add"):
        row = edited(row, typed, texts[row["doc_id"]], layer=layer)
    if name == "add":
        taken = {r[IDS[layer]] for r in load_decisions(corpus, layer)}
        row = row | {IDS[layer]: next(f"r{n}" for n in range(1, len(taken) + 2) if f"r{n}" not in taken), "confidence": None}
    before = decide(corpus, layer, row, STATUS[name])
    return {"history": [*history, (row["doc_id"], row[IDS[layer]], before)]}


def _question(row, spots, progress):
    """The row in its sentence, and how far the review is."""
    agreed = "" if progress["agreement"] is None else f', {progress["agreement"]:.0%} of the machine\'s rows accepted as they were'
    told = f'<p role="status">{progress["to_do"]} to decide; {", ".join(f"{progress[s]} {s}" for s in STATUS.values())}{agreed}.</p>'
    if row is None:
        return told + "<p>Nothing is left to decide.</p>"
    spot = spots.get((row["doc_id"], row["sentence"]))
    shown = marked(row | {"sentence_text": spot["text"]}, int(spot["start"])) if spot else "(in no sentence)"
    sure = "" if pd.isna(row.get("confidence")) else f', confidence {row["confidence"]:.2f}'
    return f'{told}<p class="text on-source on-cue on-content"><b>{escape(row["doc_id"])}{sure}:</b> <bdi>{shown}</bdi></p>'
