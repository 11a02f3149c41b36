"""Military mentions: made-up war reports, sentences that only look like weapons, designations, operators, the lexicon, speed."""
import csv
import re
import time
from pathlib import Path

import pytest

from helpers import lexicon, tables
from helpers.military import find_in_text, find_mentions

HERE = Path(__file__).parent
MARK = re.compile(r"\[([^\]|]+)\|(\w):([^:|]*):([^|]*)\|([^|]*)\|([^\]]*)\]")
KINDS = {"s": "system", "p": "personnel", "i": "infrastructure", "a": "action"}
CATEGORIES = {"tank": "tank", "av": "armored vehicle", "art": "artillery", "fca": "fixed-wing combat aircraft",
              "fta": "fixed-wing transport aircraft", "ac": "aircraft (unspecified)", "ah": "attack helicopter", "th": "transport helicopter",
              "h": "helicopter (unspecified)", "ad": "air defense", "m": "missile", "nv": "naval vessel", "sa": "small arms",
              "mun": "munition", "chem": "chemical weapon", "ied": "improvised explosive device", "ua": "unmanned aircraft",
              "eq": "equipment (unspecified)"}


def load_report(path):
    """(text, gold mentions) of an annotated report."""
    marked, text, gold, last = path.read_text(encoding="utf-8"), "", [], 0
    for match in MARK.finditer(marked):
        text += marked[last:match.start()]
        gold.append({"start": len(text), "end": len(text) + len(match[1]), "kind": KINDS[match[2].lower()], "optional": match[2].isupper(),
                     "category": CATEGORIES.get(match[3]), "canonical": match[4], "quantity": match[5], "operator": match[6], "text": match[1]})
        text, last = text + match[1], match.end()
    return text + marked[last:], gold


def written(row):
    """A mention's quantity as the reports write it."""
    low, high = row["quantity_min"], row["quantity_max"]
    if row["quantity_text"] is None:
        return ""
    return "*" if low is None and high is None else str(low) if low == high else f"{'' if low is None else low}-{'' if high is None else high}"


def score(kind):
    """Counts over all reports: found, missed, spurious, and of the found how many have category, canonical, quantity, operator right."""
    total = dict.fromkeys(("gold", "found", "predicted", "category", "canonical", "quantity", "operator", "asked"), 0)
    errors = []
    for path in sorted((HERE / "war_reports").glob("[0-9]*.txt")):
        text, gold = load_report(path)
        rows = [row for row in find_in_text(text) if row["kind"] == kind]
        free = set(range(len(rows)))
        for g in sorted((g for g in gold if g["kind"] == kind), key=lambda g: g["optional"]):
            hit = next((k for k in sorted(free) if rows[k]["start"] < g["end"] and g["start"] < rows[k]["end"]), None)
            free.discard(hit)
            if g["optional"]:
                continue
            total["gold"] += 1
            if hit is None:
                errors.append((path.stem, "missed", g["text"]))
                continue
            row = rows[hit]
            right = {"category": kind != "system" or row["category"] == g["category"], "canonical": row["canonical"] == g["canonical"] or not g["canonical"],
                     "quantity": written(row) == g["quantity"], "operator": not g["operator"] or row["operator"] == g["operator"]}
            errors += [(path.stem, key, g["text"], row["text"], row.get(key, written(row)), g[key]) for key, ok in right.items() if not ok]
            total["found"] += 1
            total["asked"] += bool(g["operator"])
            for key, ok in right.items():
                total[key] += ok if key != "operator" else ok and bool(g["operator"])
        total["predicted"] += sum(not any(g["optional"] and g["kind"] == kind and rows[k]["start"] < g["end"] and g["start"] < rows[k]["end"]
                                          for g in gold) for k in range(len(rows)))
        errors += [(path.stem, "spurious", rows[k]["text"]) for k in sorted(free)]
    return total, errors
