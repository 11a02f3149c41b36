"""Invented news stories with every attribution marked inline, nested ones too: training text for what PolNeAR does not have.

`stories.txt` holds them: a line `=== name | genre | subject`, then the text with <s1>source</s1>, <c1>cue</c1> and <t1>content</t1>; numbers joined by + share
a span, a span in pieces repeats its number. A language model wrote and marked them; nothing in them is fact.
"""
import re
from pathlib import Path

STORIES = Path(__file__).parent / "stories.txt"
MARK = re.compile(r"<(/?)([sct])(\d+(?:\+\d+)*)>")
ROLES = {"s": "source", "c": "cue", "t": "content"}


def load_stories(path=STORIES):
    """Documents as load_polnear gives them, with the attributions inside another's content apart, under `nested`."""
    parts = re.split(r"(?m)^=== ", Path(path).read_text(encoding="utf-8"))[1:]
    return [_document(*part.split("\n", 1)) for part in parts]


def held_out(story):
    """Whether a story is kept to measure on: one in ten, by its name."""
    return story["doc"].endswith("5")


def _document(head, marked):
    text, found = parse(marked.strip("\n"))
    inside = [any(a is not b and _encloses(b, a) for b in found) for a in found]
    return {"doc": head.split("|")[0].strip(), "text": text, "attributions": [a for a, deep in zip(found, inside) if not deep],
            "nested": [a for a, deep in zip(found, inside) if deep]}


def parse(marked):
    """(text without marks, its attributions: dicts with source, cue and content as lists of [start, end])."""
    text, found, opened, last = "", {}, {}, 0
    for mark in MARK.finditer(marked):
        text, last = text + marked[last:mark.start()], mark.end()
        key = mark[2], mark[3]
        if not mark[1]:
            opened[key] = len(text)
            continue
        for number in mark[3].split("+"):
            found.setdefault(int(number), {role: [] for role in ROLES.values()})[ROLES[mark[2]]].append([opened[key], len(text)])
    return text + marked[last:], [a for _, a in sorted(found.items()) if a["content"]]


def _encloses(outer, inner):
    spans = inner["content"] + inner["cue"]
    return all(any(s <= x and y <= e for s, e in outer["content"]) for x, y in spans) and outer["content"] != inner["content"]
