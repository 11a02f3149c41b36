"""How claims relate: the same thing of the same operator in the same story, compared along the lexicon's tree, never across its branches.

Relations, the weightiest first: contradicting (there / denied; there already / still to come), differing (numbers far apart), refining
(helicopters / four Mi-8), agreeing, alone. Numbers alone never contradict: estimates differ, days pass, a part is not the whole.
"""
import re
from functools import cache

import pandas as pd

from helpers.lexicon import ancestors, load_table, things

RELATIONS = ("contradicting", "differing", "refining", "agreeing", "alone")
CLASSES = {"fixed-wing combat aircraft": "combat aircraft", "fixed-wing transport aircraft": "transport aircraft", "naval vessel": "warship",
           "unmanned aircraft": "drone", "air defense": "air defense system"}  # categories whose class noun has another name
THERE, UNSAID = {"deployed", "arriving"}, {None, "denied", "historical", "requested"}
CLOSE, HEDGED, FAR = 1.05, 1.15, 1.5  # ratios of two numbers: hardly apart; about the same where one is "about"; clearly apart
MOST = 300  # claims of one group that each is compared with, so that time stays linear


@cache
def load_roots():
    """thing -> umbrella (too wide to be one thing) or root (one thing, although the lexicon has a wider one), of data/claim_roots.csv."""
    return {row["thing"]: row["role"] for row in load_table("claim_roots")}


@cache
def line_of(canonical, category):
    """The thing and what it is, from itself up to the widest class that still is one thing: Mi-8/17, transport helicopter, helicopter."""
    line = ancestors(canonical) if canonical in things() else ()
    if len(line) < 2:
        line = next((ancestors(part) for part in tails(canonical) if part in things()), None) or ancestors(canonical)
        line = line if line[0] == canonical else [canonical, *line]
    if len(line) < 2 and category:
        name = category.removesuffix(" (unspecified)")
        line = [canonical, *(c for c in ancestors(CLASSES.get(name, name)) if c != canonical)]
    kept, roots = [], load_roots()
    for thing in line:
        if kept and roots.get(thing) == "umbrella":
            break
        kept.append(thing)
        if roots.get(thing) == "root":
            break
    return tuple(kept)


def tails(canonical):
    """What an unlisted name may be a kind of: contract soldier -> soldier."""
    words = canonical.split()
    return [" ".join(words[i:]) for i in range(len(words))]


def thing_of(canonical, category=None):
    """The widest class that a mention still is one of, which its claims are grouped by: marine -> troops, Mi-8/17 -> helicopter."""
    return line_of(canonical, category or "")[-1]


def relate_claims(rows, names=None):
    """Claims (dicts) with `group`, `relation` and `reason`: how each relates, at its strongest, to another article's claims.

    A group is one story's claims of one operator, thing and event (there, killed, used, ...). `names`: doc_id -> what to call it.
    Within one article only a contradiction between different speakers counts.
    """
    groups, best = {}, {}
    for i, row in enumerate(rows):
        groups.setdefault((row["story"], group_name(row)), []).append(i)
    for members in groups.values():
        for n, i in enumerate(members):
            for j in members[n + 1:n + 1 + MOST]:
                if found := compare_claims(rows[i], rows[j], names):
                    for k in (i, j):
                        best[k] = max(best.get(k, found), found, key=lambda f: f[2])
    several = len({story for story, _ in groups}) > 1
    alone = ("alone", "no other article makes a claim to compare it with", 0)
    return [{**row, "group": f"{row['story']}: {group_name(row)}" if several else group_name(row),
             "relation": best.get(i, alone)[0], "reason": best.get(i, alone)[1]} for i, row in enumerate(rows)]


def group_name(row):
    """What a group is called: `Russia: troops`, `Russia: troops, killed`."""
    event = "" if row["event"] in ("presence", "counted") else f", {row['event']}"
    return f"{row['operator'] or 'unknown'}: {row['thing']}{event}"


def compare_claims(a, b, names=None):
    """(relation, reason, weight) of two claims of one group, or None where they don't bear on each other."""
    kin = a["canonical"] in line_of(b["canonical"], b["category"]) or b["canonical"] in line_of(a["canonical"], a["category"])
    if not kin or apart(a["place"], b["place"]) or a.get("more", False) != b.get("more", False):
        return None
    if a["doc_id"] == b["doc_id"]:
        clash = exclude(a, b, names) if list(a["speakers"]) != list(b["speakers"]) else None
        return clash if clash and clash[0] == "contradicting" else None
    return exclude(a, b, names) or compare_numbers(a, b, names)


@cache
def load_places():
    """place -> country, of data/claim_places.csv (a file to edit)."""
    return {row["place"]: row["country"] for row in load_table("claim_places")}


def apart(place, other):
    """Whether two places are surely different: two countries, two towns, a town and a country that is not its own."""
    if not place or not other or place == other:
        return False
    homes = [load_places().get(p) for p in (place, other)]
    if all(homes):
        return homes[0] != homes[1] or place != homes[0] and other != homes[1]
    return not any(homes)


def exclude(a, b, names):
    """The relation of two claims whose statuses exclude each other (there and denied, still to come or withdrawn), else None."""
    for one, two in ((a, b), (b, a)):
        if two["status"] == "denied" and one["status"] not in UNSAID:
            wider = two["canonical"] in line_of(one["canonical"], one["category"])
            if wider or two["kind"] == "personnel":
                part = "" if wider else f"; {plural(two['canonical'])} are only some of the {plural(one['canonical'])}"
                return "contradicting", f"{told(one, names)}; {told(two, names)} (denied, or not acknowledged){part}{days(a, b)}", 4 if wider else 3.5
        if one["status"] in THERE and two["status"] in ("planned", "withdrawn"):
            return there_or_not(one, two, names)
    return None


def there_or_not(one, two, names):
    """The relation of a claim that something is there to one that it is still to come, or gone."""
    fit = fit_of(one, two)
    said = f"{told(one, names)}; {told(two, names)}"
    if fit in ("apart", "loose", "unlike"):
        return None
    early, late = (two, one) if two["status"] == "planned" else (one, two)
    if early["as_of"] and late["as_of"] and early["as_of"] < late["as_of"]:
        return "refining", f"{said}: on different days, so one may have followed the other{days(one, two)}", 2.1
    if fit == "open":
        return "differing", f"{said}; without numbers on both sides these may be different ones{days(one, two)}", 2.9
    return "contradicting", f"{said}: there already in one telling, not in the other{days(one, two)}", 3.8


def compare_numbers(a, b, names):
    """The relation of two claims that can both be true: by their numbers, else by how closely they name the thing."""
    said, fit, same = f"{told(a, names)}; {told(b, names)}", fit_of(a, b), a["canonical"] == b["canonical"]
    statuses = {a["status"], b["status"]} - THERE
    if "historical" in statuses and a["status"] != b["status"]:
        return ("refining", f"{said}: the same number, in one telling as an earlier figure", 2.05) if fit == "same" else None
    if len({"there" if s in THERE else s for s in (a["status"], b["status"])}) > 1 and (None not in statuses or fit != "same"):
        return None
    wide, narrow = (a, b) if a["canonical"] in line_of(b["canonical"], b["category"]) else (b, a)
    if fit in ("apart", "loose"):
        high, low = sorted((middle(a), middle(b)), reverse=True)
        if not same and narrow["kind"] != "personnel" and middle(narrow) < middle(wide):
            return "refining", f"{said}: the {plural(narrow['canonical'])} may be some of the {plural(wide['canonical'])}", 2.2
        why = f"{high / max(low, 0.01):.1f} times as many" if fit == "apart" else "the open bound does not rule the other number out"
        return "differing", f"{said}: {why}{days(a, b)}", (3 if fit == "apart" else 2.8) + min(0.4, high / max(low, 0.01) / 20)
    if fit == "same":
        return ("agreeing", f"{said}: the same number", 1.5) if same else ("refining", f"{said}: the same number, one names the kind", 2.3)
    if fit == "open" and (counted(a) or counted(b)):
        return "refining", f"{said}: only one gives a number", 2.0
    if fit == "open":
        return ("agreeing", f"{said}: the same, without a number", 1.0) if same else ("refining", f"{said}: one names the kind", 1.9)
    return None


def fit_of(a, b):
    """How two claims' numbers fit: same, loose (far apart, but a bound is open), apart, open (one has none), unlike (only one is a rate)."""
    if not (counted(a) and counted(b)):
        return "open"
    if (a["per"] or None) != (b["per"] or None):
        return "unlike"
    (low_a, high_a), (low_b, high_b) = bounds_of(a), bounds_of(b)
    ratio = max(middle(a), middle(b)) / max(min(middle(a), middle(b)), 0.01)
    if low_a <= high_b and low_b <= high_a:
        return "same" if ratio <= FAR else "loose"
    return "same" if ratio <= (HEDGED if a.get("hedged") or b.get("hedged") else CLOSE) else "apart"


def number(value):
    return None if value is None or pd.isna(value) else float(value)


def counted(row):
    """Whether a claim gives a number."""
    return number(row["quantity_min"]) is not None or number(row["quantity_max"]) is not None


def bounds_of(row):
    """The lowest and highest number that a claim allows."""
    low, high = number(row["quantity_min"]), number(row["quantity_max"])
    return 0.0 if low is None else low, float("inf") if high is None else high


def middle(row):
    """The number a claim stands for: the middle of its bounds, or the one bound it gives."""
    ends = [n for n in (number(row["quantity_min"]), number(row["quantity_max"])) if n is not None]
    return sum(ends) / len(ends)


def amount(row):
    """A claim's number in words: 200, up to 500, at least 2 a day; empty where there is none."""
    low, high = number(row["quantity_min"]), number(row["quantity_max"])
    rate = f" a {row['per']}" if row["per"] else ""
    if low is None and high is None:
        return ""
    words = f"up to {high:,g}" if low is None else f"at least {low:,g}" if high is None else f"{low:,g}" if low == high else f"{low:,g} to {high:,g}"
    return words + rate


def plural(canonical):
    """The plural of a class noun; designations and collective nouns stay as they are."""
    last = canonical.split()[-1]
    if re.search(r"\d|[A-Z]", last) or last in ("aircraft", "infantry", "artillery", "personnel", "equipment", "ammunition", "armor") or last.endswith("s"):
        return canonical
    return canonical + "es" if last.endswith(("x", "ch", "sh")) else canonical[:-1] + "ies" if re.search("[^aeiou]y$", last) else canonical + "s"


def told(row, names=None):
    """A claim in a few words: `Reuters: 200 naval infantry, deployed`."""
    name = (names or {}).get(row["doc_id"], row["doc_id"])
    one = bounds_of(row) == (1, 1) and not row["per"]
    words = f"{amount(row)} {row['canonical'] if one else plural(row['canonical'])}".strip()
    return f"{name}: {words}" + (f", {row['status']}" if row["status"] else "")


def days(a, b):
    """What to add where two claims are of different days."""
    if a["as_of"] and b["as_of"] and a["as_of"] != b["as_of"]:
        return f" (as of {a['as_of']} and {b['as_of']}: both may be true)"
    return ""
