"""The tables every step reads and returns: their columns, in one place, and how empty or partial ones are made."""
import re
from textwrap import shorten

import numpy as np
import pandas as pd

SPAN = ["start", "end"]
COLUMNS = {
    "documents": ["doc_id", "story", "outlet", "agency", "title", "author", "published", "published_basis", "published_from", "published_to", "url",
                  "path", "language", "encoding", "n_words", "text"],
    "blocks": ["doc_id", "block", "kind", *SPAN],
    "sentences": ["doc_id", "sentence", "block", *SPAN, "text"],
    "attributions": ["doc_id", "attribution", "parent", "sentence", "source_start", "source_end", "cue_start", "cue_end", "content", "type", "act",
                     "cue_lemma", "stance", "source_text", "speaker", "speaker_kind", "side", "role", "confidence", "origin"],
    "speakers": ["speaker", "speaker_kind", "side", "role", "aliases", "n_attributions", "n_words"],
    "mentions": ["doc_id", "mention", "sentence", *SPAN, "text", "kind", "canonical", "category", "specific", "reporting_name", "made_in",
                 "quantity_text", "quantity_min", "quantity_max", "operator", "attribution", "origin"],
    "claims": ["claim", "doc_id", "story", "mention", "thing", "canonical", "category", "kind", "operator", "quantity_min", "quantity_max", "per",
               "status", "place", "as_of", "attribution", "speakers", "group", "relation", "reason", "sentence"],
    "reuse": ["left_doc_id", "left_start", "left_end", "right_doc_id", "right_start", "right_end", "kind", "similarity", "differences"],
    "frames": ["doc_id", "sentence", "frame", *SPAN, "voice"],
    "problems": ["path", "doc_id", "reason"],
}
INTEGERS = {"block", "sentence", "start", "end", "source_start", "source_end", "cue_start", "cue_end", "quantity_min", "quantity_max",
            "n_words", "n_attributions", "left_start", "left_end", "right_start", "right_end"}
FLOATS = {"confidence", "similarity"}
RATES = {("claims", "quantity_min"), ("claims", "quantity_max")}  # "20 in 10 days" is two a day: not always a whole number
FLAGS = {"specific"}


def make(table, rows):
    """Rows (dicts, a subset of the columns) as a DataFrame with exactly the table's columns and types; what is missing is null."""
    rows = list(rows)
    return from_columns(table, {column: [row.get(column) for row in rows] for column in COLUMNS[table]}, len(rows))


def from_rows(table, rows):
    """As make, but columns that the table doesn't know (a user's own) are kept: they come last."""
    names = dict.fromkeys([*COLUMNS[table], *(key for row in rows for key in row)])
    return from_columns(table, {name: [row.get(name) for row in rows] for name in names}, len(rows))


def from_columns(table, columns, length):
    """Lists by column, each `length` long, as from_rows would make them of rows; the table's columns that are not given are null."""
    names = dict.fromkeys([*COLUMNS[table], *columns])
    return pd.DataFrame({name: _typed(table, name, columns.get(name, [None] * length)) for name in names})


def _typed(table, column, values):
    """The values of a column as an array of its type: built at once, which is ten times as fast as turning columns of a frame."""
    kind = "Float64" if column in FLOATS or (table, column) in RATES else "Int64" if column in INTEGERS else "boolean" if column in FLAGS else None
    if kind and column in COLUMNS[table]:
        return pd.array(values, dtype=kind)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    array[pd.isna(array)] = None
    return pd.Series(array, dtype=object)


def empty(table):
    """A table without rows."""
    return make(table, [])


def labels(documents):
    """doc_id -> what to call an article in figures: its outlet, else its title (cut to 40 characters), else its doc_id; made unique
    with the doc_id."""
    title = documents["title"].map(lambda text: shorten(re.sub(r"(?<=[a-z]{2})\.$", "", text), 40, placeholder=" …") or text[:40], na_action="ignore")
    name = documents["outlet"].fillna(title).fillna(documents["doc_id"]).astype(str)
    twice = name.duplicated(keep=False)
    name = name.where(~twice, name + " (" + documents["doc_id"] + ")")
    return pd.Series(name.to_list(), index=documents["doc_id"].to_list(), dtype=object)


def records(frame):
    """The rows of a frame as dicts, as its to_dict makes them (null is None), in a third of the time."""
    names, columns = list(frame), (frame[name].to_numpy(dtype=object) for name in frame)
    return [dict(zip(names, row)) for row in zip(*([None if value is pd.NA else value for value in column.tolist()] for column in columns))]


def by_document(frame):
    """doc_id -> its rows as dicts, in order: to look documents up one by one without searching the whole table each time."""
    found = {}
    for row in records(frame):
        found.setdefault(row["doc_id"], []).append(row)
    return found


def to_record(table, row):
    """A row as the dict that jsonl files hold: spans as [start, end], a quantity as {text, min, max}, null for what is missing."""
    record = {k: _plain(v) for k, v in row.items()}
    if table == "attributions":
        for role in ("source", "cue"):
            start, end = record.pop(f"{role}_start"), record.pop(f"{role}_end")
            record[role] = None if start is None else [start, end]
    if table == "mentions":
        text, low, high = (record.pop(f"quantity_{part}") for part in ("text", "min", "max"))
        record["quantity"] = None if text is None and low is None and high is None else {"text": text, "min": low, "max": high}
    return record


def from_record(table, record):
    """The inverse of to_record: a dict of a jsonl file as a row of the table (keys that are no columns are kept)."""
    row = dict(record)
    if table == "attributions":
        for role in ("source", "cue"):
            row[f"{role}_start"], row[f"{role}_end"] = row.pop(role, None) or (None, None)
    if table == "mentions":
        quantity = row.pop("quantity", None) or {}
        row |= {f"quantity_{part}": quantity.get(part) for part in ("text", "min", "max")}
    return row


def _plain(value):
    """A cell as JSON has it."""
    if isinstance(value, (list, tuple, dict)):
        return value
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value
