"""How a newsroom tells it: whose words are counted, naming choices, frames, sourcing, what is left out, and what stands on top.

Whose words are they? Everything inside an attribution's content is `quoted`, direct or indirect: nobody is charged with words or
views that they only report. All else is `own`. To charge paraphrase to the newsroom instead, hand any function here only
`attributions[attributions["type"] == "direct"]`.
"""
import csv
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.show import Finding
from helpers.tables import labels, make

DATA = Path(__file__).parent / "data"
WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*")


def find_voice(spans, attributions):
    """For each row of `spans` (doc_id, start) "quoted" if it starts inside any attribution's content, else "own"; as a list."""
    contents = {doc: [tuple(s) for content in rows for s in content] for doc, rows in attributions.groupby("doc_id")["content"]}
    voice = np.full(len(spans), "own", dtype=object)
    for doc, places in spans.groupby("doc_id", sort=False).indices.items():
        starts = spans["start"].to_numpy()[places].astype("int64")
        voice[places[_inside(starts, contents.get(doc, []))]] = "quoted"
    return voice.tolist()


def _inside(starts, spans):
    """Boolean for each of `starts`: does it lie in one of `spans` (start, end)? Overlapping and nested spans are merged."""
    merged = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    edges = np.array(merged, dtype="int64").reshape(-1)
    return np.searchsorted(edges, starts, side="right") % 2 == 1  # between an even (start) and an odd (end) edge


def find_words(sentences, attributions, reuse=None):
    """One row a word of journalistic text: doc_id, sentence, start, end, form (as printed), word (lower case, without 's),
    shouted (a sentence in capitals), voice, shared. `shared` is None, or "first" / "copy" where the word lies in a passage that two articles share (`reuse` of kind
    passage; the left one is the first). Hyphens part words, so that build-up and anti-ISIL give up their parts."""
    rows = []
    for doc, number, offset, text in zip(sentences["doc_id"], sentences["sentence"], sentences["start"], sentences["text"]):
        capitals = text.isupper()
        for found in WORD.finditer(text):
            form = found.group()
            rows.append((doc, number, offset + found.start(), offset + found.end(), form, _plain(form, capitals), capitals))
    words = pd.DataFrame(rows, columns=["doc_id", "sentence", "start", "end", "form", "word", "shouted"])
    words["voice"] = find_voice(words, attributions)
    words["shared"] = _shared(words, reuse)
    return words


def _plain(form, capitals):
    """A word as it is counted; US and UK keep apart from the pronoun, unless the whole sentence is in capitals."""
    if form in ("US", "UK") and not capitals:
        return f"{form[0]}.{form[1]}.".lower()
    word = form.lower().replace("’", "'")
    return word[:-2] if word.endswith("'s") else word


def _shared(words, reuse):
    shared = np.full(len(words), None, dtype=object)
    if reuse is None or not len(reuse):
        return shared
    passages = reuse[reuse["kind"] == "passage"]
    for side, mark in (("left", "first"), ("right", "copy")):  # a copy of a copy stays a copy
        spans = {doc: list(zip(rows[f"{side}_start"], rows[f"{side}_end"])) for doc, rows in passages.groupby(f"{side}_doc_id")}
        for doc, places in words.groupby("doc_id", sort=False).indices.items():
            if doc in spans:
                shared[places[_inside(words["start"].to_numpy()[places].astype("int64"), spans[doc])]] = mark
    return shared


# ---------------------------------------------------------------- dictionaries: terms found in words

@cache
def load_terms(name):
    """A dictionary of helpers/data as {first element: [(elements, row)]}: `name` is frames, naming or ....

    Terms are parted by ";", written in lower case; a word may end in * (any ending), be _ (any word), or begin with = (exactly so,
    never in a headline in capitals). A term of the column `unless` cancels every term of its frame or set that it covers."""
    index, key = {}, {"frames": "frame", "naming": "set"}[name]
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column in ("terms", "unless"):
                for term in filter(None, (term.strip() for term in row[column].split(";"))):
                    elements = term.split()
                    index.setdefault(elements[0], []).append((elements, row[key], None if column == "unless" else row))
    return index


def find_in_dictionary(words, name):
    """Every term of a dictionary: (position of the first word, number of words, frame or set, row). Of terms of one frame or set that
    overlap the longest stands. Linear: a word is looked up by itself and by its beginnings."""
    index, seen, found = load_terms(name), {}, []
    docs, sentences = words["doc_id"].tolist(), words["sentence"].tolist()
    pairs = list(zip(words["word"], words["form"], words["shouted"]))
    keys = [seen.get(pair) or seen.setdefault(pair, _keys(*pair)) for pair in pairs]
    for i, mine in enumerate(keys):
        for key in mine:
            for elements, group, row in index.get(key, ()):
                last = i + len(elements) - 1
                if last < len(keys) and sentences[last] == sentences[i] and docs[last] == docs[i] and all(
                        element in keys[i + k] for k, element in enumerate(elements)):
                    found.append((i, len(elements), group, row))
    return _longest(found)


def _keys(word, form, shouted):
    """What a word can be looked up by: itself, any beginning with *, any word, its exact form."""
    beginnings = {word[:k] + "*" for k in range(2, min(len(word), 30) + 1)}
    return frozenset({word, "_"} | beginnings | (set() if shouted else {"=" + form}))


def _longest(found):
    """Without what lies in, or overlaps, a longer or earlier match of its own frame or set, and without what is cancelled."""
    kept, taken = [], set()
    for i, length, group, row in sorted(found, key=lambda match: (-match[1], match[0])):
        places = {(group, i + k) for k in range(length)}
        if not places & taken:
            taken |= places
            if row is not None:
                kept.append((i, length, group, row))
    return sorted(kept, key=lambda match: (match[0], match[2]))


# ---------------------------------------------------------------- frames

def find_frames(documents, sentences, attributions):
    """Frames, one row a trigger: doc_id, sentence, frame, start, end, voice (own, or quoted where it stands in a source's content).

    Generic frames after Semetko & Valkenburg 2000, topical ones as data/frames.csv explains; how far each is to be trusted is in
    data/framing_card.json. `documents` is not read: the sentences carry their text."""
    words = find_words(sentences, attributions)
    columns = [words[column].tolist() for column in ("doc_id", "sentence", "start", "end", "voice")]
    docs, numbers, starts, ends, voices = columns
    return make("frames", [{"doc_id": docs[i], "sentence": numbers[i], "frame": frame, "start": starts[i], "end": ends[i + length - 1],
                            "voice": voices[i]} for i, length, frame, _ in find_in_dictionary(words, "frames")])
