"""Designations and aliases in a sentence: one pass, longest first ("Su-30SM", "Su 30", "Mi-17V-5", "USS Cole")."""
import re
from typing import NamedTuple

from helpers import lexicon

GAPS = {"", " ", "-", "–", "‑", "‐", "—", "\u00a0", "\u202f", "/", "'", "’", ".", ". ", "\n", " & ", "&", "\r\n"}
# What may follow a designation: a variant (C, B3M, SM2, -M2, V-5), a block, a plural s; then no letter, digit, decimal
# or per cent.
VARIANT = re.compile(r"""(?:[A-Z]{1,4}\d{0,3}[A-Z]{0,3}\d{0,2}|[a-rt-z](?![a-z]))?
    (?:[-–](?:[A-Z]{1,3}\d{0,3}[A-Z]?(?![a-z])|(?<=[A-Z][-–])\d{1,2}))?(?:/[A-Z](?![\w.]))?
    (?:[ -](?:Block|Mk\.?|Mark|Tranche|Flight|Batch)[ -]?(?:\d+[A-Z]?|[IVX]+\b|[IVX]+[AB])|[ -]?SEP(?:[ -]?v\d)?)?
    (?:s(?!\w))?(?![\w%]|[.,]\d|\ (?:m|b|tr)illion)""", re.X)
MARK = re.compile(r"(?:[-–](?:[A-Z]{1,3}\d{0,3}[A-Z]?|\d{1,2}[A-Z]?)(?:-\d)?)?(?:\s(?:I{2,3}|IV|Mk\.?\s?\d)\b)?(?![\w%])")
SHIP = re.compile(r"""\s+(?P<name>(?!(?:The|In|On|At)\b)[A-Z][\w’'-]*
    (?:[ -](?:(?!Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)[A-Z][\w-]*|de|of|la|[IVX]+)){0,3})(?:\s*\((?:[A-Z]{1,4}[- ]?\d+)\))?""",
            re.X)
APOSTROPHE = set("'’")


class Hit(NamedTuple):
    """An alias or designation found: its first and last piece, what it stands for, and its canonical name as written here."""
    first: int
    last: int
    entry: lexicon.Entry
    canonical: str


class Sentence(NamedTuple):
    """A sentence's pieces: spans, lower-case words, and the hits among them."""
    start: int
    end: int
    spans: list
    words: list
    hits: list


def scan(text, start, end):
    """The Sentence between two offsets, with its hits: longest first, left to right, none overlapping."""
    tree, capitals = lexicon.word_tree(), lexicon.capital_starts()
    spans = [match.span() for match in lexicon.PIECE.finditer(text, start, end)]
    words, hits, free = [text[a:b].lower() for a, b in spans], [], 0
    following = words[1:] + [""]
    for i, word in enumerate(words):
        node = tree.get(word)
        if node is None or i < free or (word in capitals and text[spans[i][0]].islower()):
            continue
        possible = "" in node or following[i] in node or "#" in node and following[i][:1].isdigit()
        if possible and not (i and spans[i - 1][1] == spans[i][0]):
            hit = longest(text, spans, words, i, node)
            if hit:
                hits.append(hit)
                free = hit.last + 1
    return Sentence(start, end, spans, words, hits)


def longest(text, spans, words, i, node):
    """The Hit of the longest alias or designation that starts at piece i, or None."""
    best, j = None, i
    while True:
        for entry in [*node.get("", ()), *node.get("#", ())]:
            hit = written(text, spans[i][0], spans[j][1], entry) and read(text, spans, i, j, entry)
            if hit:
                best = hit
                break
        j += 1
        if j == len(words) or words[j] not in node or text[spans[j - 1][1]:spans[j][0]] not in GAPS:
            return best
        node = node[words[j]]


def written(text, start, end, entry):
    """Whether the text writes an alias with the capitals it needs (and no "Club's" for Club-S)."""
    if APOSTROPHE & set(text[start:end]) and not APOSTROPHE & set(entry.alias):
        return False
    if entry.case == "upper":
        return text[start:end].upper() == text[start:end]
    return entry.case == "" or not text[start].islower()


def read(text, spans, i, j, entry):
    """The Hit of an alias that ends in piece j, with the variant, number or ship's name that belongs to it, if the text fits."""
    if entry.role == "grammar":
        return read_designation(text, spans, i, j, entry)
    if entry.role == "ship":
        name = SHIP.match(text, spans[j][1], spans[j][1] + 60)
        return name and Hit(i, piece_before(spans, j, name.end()), entry, f"{entry.canonical} {name['name']}")
    if entry.role != "named":
        return Hit(i, j, entry, entry.canonical)
    if j > i and text[spans[i][0] + 1:spans[i + 1][0]].isspace() and text[spans[i][0]] not in "FTSJBM":
        return None  # "A 50-minute call"
    match = (VARIANT if text[spans[j][1] - 1].isdigit() or re.search(r"\d", entry.alias)
             else MARK).match(text, spans[j][1], spans[j][1] + 30)
    return match and Hit(i, piece_before(spans, j, match.end()), entry, entry.canonical)


def read_designation(text, spans, i, j, entry):
    """The Hit of a prefix that ends in piece j and a number in its range ("Kh" + "-" + "101"), or None."""
    low, high, joiner = entry.numbers
    if j + 1 == len(spans) or not (number := text[slice(*spans[j + 1])]).isdecimal() or not low <= int(number[:6]) <= high:
        return None
    gap = text[spans[j][1]:spans[j + 1][0]]
    if gap not in ("", "-", "–", "‑", "\u00a0", " ") or (gap.isspace() and joiner != " "
            and len(entry.alias) < 2) or number[0] == "0":
        return None
    match = VARIANT.match(text, spans[j + 1][1], spans[j + 1][1] + 30)
    return match and Hit(i, piece_before(spans, j + 1, match.end()), entry, entry.canonical + joiner + number)


def piece_before(spans, j, end):
    """The last piece, from j on, that ends by offset `end`."""
    while j + 1 < len(spans) and spans[j + 1][1] <= end:
        j += 1
    return j
