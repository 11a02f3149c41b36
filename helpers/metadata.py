"""What a page says about itself: outlet, wire agency, title, authors, date, address. What it doesn't say stays empty."""
import csv
import re
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@cache
def load_outlets():
    """(lower-case name or alias -> (name, is an agency); domain -> name), of data/outlets.csv (a file to edit)."""
    names, domains = {}, {}
    with open(DATA / "outlets.csv", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            for alias in [row["name"], *filter(None, row["aliases"].split("|"))]:
                names[alias.lower()] = (row["name"], row["agency"] == "yes")
            domains.update(dict.fromkeys(row["domains"].split("|"), row["name"]))
    return names, domains


def find_outlet(words):
    """(outlet, is an agency) that a short line names and nothing else, as in `TRTWorld and agencies`; else None."""
    plain = re.sub(r"\s+", " ", words.replace("\u00a0", " ")).strip(" .*_()[]|-").lower()
    plain = re.sub(r"^(?:by|from|via)\s+|\s*(?:,| and| with| &)\s+(?:news )?agencies$|\s+(?:staff|news service)$", "", plain)
    return load_outlets()[0].get(plain)
