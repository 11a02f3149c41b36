"""The words of war as tables a reader can edit, and the one word tree that finds all of them in a single pass.

In `data`: systems.csv (named systems), military_terms.csv (classes, personnel, infrastructure, actions, modifiers), designations.csv
(prefixes and numbers), operators.csv (who has or sends), ambiguous_context.csv and ambiguous_phrases.csv (for or against)."""
import re
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from helpers.names import read_csv

PIECE = re.compile(r"[^\W\d_]+|\d+")  # "Su-30SM" is su 30 sm: hyphens, spaces and dashes make no difference
UNCHANGED = set("aircraft personnel artillery infantry ammunition ordnance napalm gas troops forces cavalry".split())
MAKERS = dict(zip("Su MiG Tu Il An Yak Mi Ka".split(), "Sukhoi Mikoyan Tupolev Ilyushin Antonov Yakovlev Mil Kamov".split()))


class Entry(NamedTuple):
    """What an alias stands for. role: named, term, modifier, maker, actor, not, grammar, ship, noun (action after a system)."""
    role: str
    canonical: str
    kind: str = "system"
    category: str = ""
    # "" always; likely: unless the context is civilian; context, short: where it is military; joined: beside its class
    sense: str = ""
    reporting_name: str | None = None
    made_in: str | None = None
    case: str = ""             # "" any, capital, upper: how the alias must be written
    alias: str = ""
    numbers: tuple = ()        # grammar: (lowest, highest, joiner)


def load_table(name):
    """A lexicon file as a list of dicts (strings, never null)."""
    return read_csv(f"{name}.csv")


@lru_cache(maxsize=1)
def load_words():
    """The closed word lists of military_words.csv: name -> set of words."""
    return {row["list"]: set(row["words"].split("|")) for row in load_table("military_words")}


def load_systems():
    """Named systems: canonical, aliases, ambiguous (ordinary words, too), with_class (names that count only beside their class:
    "Osa air-defense system"), reporting_name, category, made_in, is_a, source."""
    return pd.DataFrame(load_table("systems"))


@lru_cache(maxsize=1)
def things():
    """canonical -> parent: the shallow tree that claims are compared along (marine -> troops; Su-27 -> fighter jet -> ...)."""
    tree = {row["canonical"]: row["is_a"] for row in load_table("systems")}
    tree.update({row["canonical"]: row["is_a"] for row in load_table("military_terms") if row["role"] in ("term", "noun")})
    return {thing: parent or None for thing, parent in tree.items()}


def parent(thing):
    """The parent of a canonical name, or None; an unlisted variant ("Su-27SM3") is a child of the listed name it begins with."""
    tree = things()
    if thing in tree:
        return tree[thing]
    stem = thing
    while len(stem) > 2 and re.search(r"\d", stem):
        stem = stem[:-1].rstrip(" -")
        if stem in tree:
            return stem
    return None


def ancestors(thing):
    """The thing and what it is, from itself upwards (no cycle even if a reader's edits make one)."""
    line = []
    while thing and thing not in line:
        line.append(thing)
        thing = parent(thing)
    return line


def plurals(alias):
    """The alias and its plural (on the last word; designations take theirs when read)."""
    if not alias[-1].isalpha() or alias.split()[-1].lower() in UNCHANGED or alias.endswith(("s", "S")):
        return [alias]
    if alias.endswith("man") and alias[0].islower():
        return [alias, alias[:-2] + "en"]
    if alias.endswith(("x", "ch", "sh")):
        return [alias, alias + "es"]
    return [alias, alias[:-1] + "ies" if re.search(r"[^aeiou]y$", alias) and alias[0].islower() else alias + "s"]


def case_of(alias):
    """How a text must write an alias: short capitals as they are, names with a capital, words in any way."""
    letters = alias.replace(" ", "").replace(".", "")
    if letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 5:
        return "upper"
    return "capital" if alias[:1].isupper() else ""


def add(tree, alias, role, canonical, *fields, numbers=()):
    """Put an alias into the word tree, with the fields of its Entry up to made_in; the surer reading of one spelling comes first."""
    node, low = tree, alias.lower()
    for piece in PIECE.findall(low):
        node = node.setdefault(piece, {})
    if node is not tree:
        readings = node.setdefault("#" if role == "grammar" else "", [])
        readings.append(Entry(role, canonical, *fields, case=case_of(alias), alias=low, numbers=numbers))
        if len(readings) > 1 and role != "grammar":
            readings.sort(key=lambda e: (e.role != "not", e.role in ("modifier", "noun"), e.case != "upper", e.sense != "", e.case == ""))


def doubt(alias):
    """The sense of a name not marked ambiguous: short designations, ship classes and abbreviations still need some support."""
    if re.fullmatch(r"[A-Z][- ]?\d[A-Z]?s?|.* class", alias) and not re.match(r"[FTB][- ]?(?:1[4-9]|[2-9]\d)|M-?16", alias):
        return "short"
    letters = r"[A-EG-SU-Z][- ]?\d{2}[A-Z]?s?|[A-Z]{2,4}s?|(?!MiG|MQ|RQ|AK|AH|CH|UH|KC|DF|JF|RP)[A-Z]{2}[- ]?\d{1,2}s?"
    return "likely" if re.fullmatch(letters, alias) else ""


@lru_cache(maxsize=1)
def word_tree():
    """Every alias in one tree of lower-case pieces; a node's entries are under "", those that a number must follow under "#"."""
    tree = {}
    for row in load_table("systems"):
        names = [row["canonical"], *row["aliases"].split("|")]
        unsure, joined = (list(filter(None, row[column].split("|"))) for column in ("ambiguous", "with_class"))
        for sense, aliases in (("", [n for n in names if n and n not in unsure]), ("context", unsure), ("joined", joined)):
            for alias in dict.fromkeys(form for name in aliases for form in plurals(name)):
                prefix, dash, number = alias.partition("-")
                for spelling in {alias, MAKERS.get(prefix, prefix) + dash + number}:
                    add(tree, spelling, "named", row["canonical"], "system", row["category"], sense or doubt(alias),
                        row["reporting_name"] or None, row["made_in"] or None)
    for row in load_table("military_terms"):
        if row["sense"] in ("composed", "never"):
            continue  # here for the tree of things: read as a system and an action noun, or not read at all
        for alias in dict.fromkeys(form for name in row["aliases"].split("|") for form in plurals(name)):
            add(tree, alias, row["role"], row["canonical"], row["kind"], row["category"], row["sense"])
    for row in load_table("designations"):
        role = "grammar" if int(row["highest"]) else "ship"  # a ship's prefix is followed by its name
        add(tree, row["prefix"], role, row["prefix"], "system", row["category"], row["sense"], None, row["made_in"] or None,
            numbers=(int(row["lowest"]), int(row["highest"]), row["joiner"]))
    for row in load_table("operators"):
        for form in ("names", "adjectives", "leaders"):
            for alias in filter(None, row[form].split("|")):
                add(tree, alias, "actor", row["operator"], form)
    for row in load_table("ambiguous_phrases"):
        for alias in plurals(row["phrase"]):
            add(tree, alias, "not", "")
    return tree


@lru_cache(maxsize=1)
def capital_starts():
    """First pieces that matter only with a capital ("IS", "Hind"): most of a text's "is" and "a" need no look."""
    def small(node):
        return any(not entry.case for key in ("", "#") for entry in node.get(key, ())) or any(
            small(child) for piece, child in node.items() if piece not in ("", "#"))
    return {piece for piece, node in word_tree().items() if not small(node)}
