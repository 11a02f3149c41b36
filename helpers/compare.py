"""How claims relate: one thing of one operator in one story, compared along the lexicon's tree, never across its branches.

Relations, the weightiest first: contradicting (there and denied; there already and still to come), differing (numbers far apart), refining
(helicopters and four Mi-8), agreeing, alone. Numbers alone never contradict. Claims of two places (place_near, place_before) are not compared."""
import re
from functools import cache

import pandas as pd

from helpers.lexicon import ancestors, load_table, things

RELATIONS = ("contradicting", "differing", "refining", "agreeing", "alone")
CLASSES = {"fixed-wing combat aircraft": "combat aircraft", "fixed-wing transport aircraft": "transport aircraft",
           "naval vessel": "warship", "unmanned aircraft": "drone", "air defense": "air defense system"}
THERE, UNSAID = {"deployed", "arriving", "used", "in action"}, {None, "denied", "historical", "requested", "planned"}
CLOSE, FAR = 1.1, 1.5  # ratios of two numbers: the same but for rounding; clearly apart
MEN = ("military personnel", "troops")  # servicemen of one telling are soldiers in another: compared as troops
MOST = 200  # claims of one group that each is compared with, so that time stays linear
LONG = 2000  # characters of a "sentence" from which only a mention's surroundings are read, so that time stays linear
NAME = r"[A-Z][\w-]*(?:\.[A-Z]\.)*(?:\s+(?:of\s+)?[A-Z][\w-]+){0,3}"
ORIGIN = re.compile(r"\b(?:bought|purchased|imported|ordered|obtained|acquired|launched|fired)\b[^.;:]*$")
ROOTS = {row["thing"]: row["role"] for row in load_table("claim_roots")}  # umbrella: too wide to be one thing; root: one, though there is a wider
COLLECTIVE = ("aircraft", "infantry", "artillery", "personnel", "equipment", "ammunition", "armor", "housing")


@cache
def load_countries():
    """place -> its country (or sea, or region of no country), of data/places.csv and data/claim_places.csv (files to edit)."""
    table = {row["place"]: row["country"] for row in load_table("claim_places") if row["country"]}
    for row in load_table("places"):
        for name in [row["country"], *(n for part in ("aliases", "capital", "regions") for n in row[part].split(";") if n)]:
            table.setdefault(name, row["country"])
    return table


@cache
def line_of(canonical, category):
    """A thing and what it is, up to the widest class that still is one thing: Mi-8/17, transport helicopter, helicopter.
    What the lexicon doesn't list is of the kind that its last words name (contract soldier), else of its category."""
    if canonical == MEN[0]:
        return MEN
    line, words = ancestors(canonical), canonical.split()
    if len(line) < 2 and canonical not in things():
        name = (category or "").removesuffix(" (unspecified)")
        tail = next((t for t in (" ".join(words[i:]) for i in range(1, len(words))) if t in things()), CLASSES.get(name, name))
        line = [canonical, *(thing for thing in ancestors(tail) if thing != canonical)]
    kept = line[:1]
    for thing in line[1:]:
        if ROOTS.get(kept[-1]) == "root" or ROOTS.get(thing) == "umbrella":
            break
        kept.append(thing)
    return tuple(kept)


def thing_of(canonical, category=None):
    """The widest class that a mention still is one of; its claims are grouped by it: marine -> troops, Mi-8/17 -> helicopter."""
    return line_of(canonical, category)[-1]


def relate_claims(rows, names):
    """Claims (dicts) with `group`, `relation` and `reason`: how each relates, at its strongest, to another article's claims.
    A group is one story's claims of one operator, thing and event (there, killed, used, ...). `names`: doc_id -> what to call it."""
    groups, best, alike = {}, {}, [{**row, "canonical": MEN[1]} if row["canonical"] == MEN[0] else row for row in rows]
    for i, row in enumerate(rows):
        groups.setdefault((row["story"], group_name(row)), []).append(i)
    for members in groups.values():
        for i, j, (relation, why, weight) in pairs_of(alike, members):
            said = "; ".join(f"{names.get(rows[k]['doc_id'])}: {told(rows[k])}" for k in (i, j))
            for k in (i, j):
                if k not in best or weight > best[k][2]:
                    best[k] = relation, said + why, weight
    several = len({story for story, _ in groups}) > 1
    alone = "alone", "no other article makes a claim to compare it with"
    return [{**row, "group": f"{row['story']}: {group_name(row)}" if several else group_name(row),
             **dict(zip(("relation", "reason"), best.get(i, alone)))} for i, row in enumerate(rows)]


def pairs_of(rows, members):
    """(i, j, what compare_claims says of rows i and j) for the members of a group; each is compared with the next MOST."""
    for n, i in enumerate(members):
        for j in members[n + 1:n + 1 + MOST]:
            if found := compare_claims(rows[i], rows[j]):
                yield i, j, found


def group_name(row):
    """What a group is called: `Russia: troops`, `Russia: troops, killed`."""
    event = "" if row["event"] in ("presence", "counted") else f", {row['event']}"
    return f"{row['operator'] or 'unknown'}: {row['thing']}{event}"


def compare_claims(a, b):
    """(relation, why, weight) of two claims of one group, or None where they don't bear on each other.
    Within one article only a contradiction between different speakers counts."""
    kin = a["canonical"] in line_of(b["canonical"], b["category"]) or b["canonical"] in line_of(a["canonical"], a["category"])
    if not kin or apart(a["place"], b["place"]) or a.get("more", False) != b.get("more", False):
        return None
    whose = (a["operator"] or "unknown") != "unknown"  # things of nobody known exclude each other only where they are the same
    found = exclude(a, b) if whose or a["canonical"] == b["canonical"] else None
    same = a["place"] and a["place"] == b["place"] or fit_of(a, b) == "same"  # else things of nobody known may be others
    found = found or a["doc_id"] != b["doc_id"] and (whose or same) and compare_numbers(a, b) or None
    if a["doc_id"] == b["doc_id"] and (not whose or not found or found[0] != "contradicting" or list(a["speakers"]) == list(b["speakers"])):
        return None
    first, last = sorted((a["as_of"] or "", b["as_of"] or ""))  # each a day, or the first and last day it can be
    days = f" (as of {a['as_of']} and {b['as_of']}: both may be true)" if first and first[-10:] < last[:10] else ""
    return found and (found[0], found[1] + (days if found[0] in RELATIONS[:2] else ""), found[2])


@cache
def place_patterns():
    """(a place after a preposition; what may stand before an unlisted one; a place named before: `the base`, `there`; the words
    that are no place even so: peoples, and the rows of claim_places.csv without a country)."""
    spot = "|".join(word for row in load_table("claim_status") if row["kind"] == "spot" for word in row["words"].split("|"))
    place = (rf"\b(at|in|near|off|over|across|around|outside|inside|to|into|from|towards?|on)\s+((?:[a-z][\w'’-]*\s+){{0,6}}?)"
             rf"((?:{NAME}['’]s\s+)?(?:[a-z]+\s+)?)({NAME})(?!['’]s?\s)(?:\s+(?:{spot})\s+of\s+({NAME}))?")
    never = {word for row in load_table("places") for word in row["demonyms"].split(";")}
    return (re.compile(place), re.compile(rf"^(?:the|its|an?)\s+(?:(?!(?:{spot})\b)[a-z]+\s+)?$|\b({spot})\s+(?:\w+\s+)?$"),
            re.compile(rf"\bthere\b|\b(?:the|that|this|its)\s+(?:[a-z]+\s+)?(?:{spot})\b"),
            never | {row["place"] for row in load_table("claim_places") if not row["country"]})


def find_places(text):
    """[(offset, place, preposition), ...] of a sentence: names after at, in, near, to, ..., but for peoples and the like."""
    found, (place, before, _, never) = [], place_patterns()
    for match in place.finditer(text):
        name, own = (match[5] or match[4]).strip(), before.search(match[2])
        listed = next((n for n in (name, name.split()[0]) if n in load_countries()), None)
        inner = ["at"] if own and own[1] else re.findall(r"\b(?:at|in|near|off|outside)\b", match[2] + match[3]) or [match[1]]
        bought = match[1] == "from" and ORIGIN.search(text, max(0, match.start() - 60), match.start())  # their maker; whence they flew, not where they fell
        if (listed or own or not match[2] or "s " in match[3]) and name.split()[0] not in never and not bought and not re.match(r"[A-Z][a-z]?-\d", name):
            found.append((match.start(4), listed or name, inner[-1]))
    return found


def place_near(text, scope, at, named):
    """The place nearest to offset `at` in `scope`, a town before a country; None if there is none."""
    found = [p for p in find_places(text[:scope[1]]) if p[0] >= scope[0]]
    if found := [p for p in found if p[1] in load_countries() or p[1] in named or p[2] not in ("to", "into", "from", "towards", "on")]:
        return min(found, key=lambda p: (p[0] < at, load_countries().get(p[1]) == p[1], abs(p[0] - at)))[1]
    return place_near(text, (0, scope[0]), scope[0], named) if text[scope[0]:].startswith("where") else None


def place_before(text, scope, said, seen, named):
    """The last claim's place for `the base`, `there` in `scope`; None if another place or side stands between.
    `said`: the document's text, the sentence's offset in it, the claim's side; `seen`: (place, end, side) of the claims so far."""
    if not (seen and place_patterns()[2].search(text, *scope)):
        return None
    (told, start, side), (place, edge, before) = said, seen[-1]
    others = {name for _, name, _ in find_places(told[max(edge, start - LONG):start])} - {place, load_countries().get(place)}
    return place if side == before and not any(name in load_countries() or name in named for name in others) else None


def apart(place, other):
    """Whether two places are surely different: two countries, two towns, a town and a country that is not its own."""
    homes = [load_countries().get(p) for p in (place, other)]
    if not place or not other or place == other:
        return False
    return homes[0] != homes[1] or place != homes[0] and other != homes[1] if all(homes) else not any(homes)


def exclude(a, b):
    """The relation of two claims whose statuses exclude each other (there and denied, still to come or withdrawn), else None."""
    for one, two in ((a, b), (b, a)):
        wider = two["canonical"] in line_of(one["canonical"], one["category"])
        if two["status"] == "denied" and one["status"] not in UNSAID and (wider or two["kind"] == "personnel"):
            part = "" if wider else f"; {plural(two['canonical'])} are only some of the {plural(one['canonical'])}"
            return "contradicting", part, 4 if wider else 3.5
        fit = fit_of(one, two) if one["status"] in THERE and two["status"] in ("planned", "withdrawn") else None
        early, late = (two, one) if two["status"] == "planned" else (one, two)
        if fit in ("same", "open") and (early["as_of"] or "9")[-10:] < (late["as_of"] or "")[:10]:
            return "refining", ": on different days, so one may have followed the other", 2.1
        if fit == "open":
            return "differing", "; without numbers on both sides these may be different ones", 2.5
        if fit == "same":
            return "contradicting", ": there in one telling, not in the other", 3.8
    return None


def compare_numbers(a, b):
    """The relation of two claims that can both be true: by their numbers, else by how closely they name the thing."""
    fit, same = fit_of(a, b), a["canonical"] == b["canonical"]
    states = {"there" if row["status"] in THERE else row["status"] for row in (a, b)}
    if "historical" in states and len(states) > 1:
        return ("refining", ": the same number, in one telling as an earlier figure", 2.05) if fit == "same" else None
    if fit == "unlike" or len(states) > 1 and (None not in states or fit != "same"):
        return None
    if fit == "open" and "rebel" in (a["canonical"], b["canonical"]):
        same = True  # rebels who fight are no other kind
    if fit == "same":
        kind = "" if same or a["kind"] != "system" else ", and one names the kind"
        number = "the same number" if span_of(a)[2] == span_of(b)[2] else "much the same number" if ratio_of(a, b) <= CLOSE else "numbers that do not exclude each other"
        return "refining" if kind else "agreeing", f": {number}{kind}", 2.3 if kind else 1.5
    if fit == "open" and (span_of(a) or span_of(b)):
        return "refining", ": only one gives a number", 2.0
    if fit == "open":
        return ("agreeing", ": the same, without a number", 1.0) if same else ("refining", ": one names the kind", 1.9)
    wide, narrow = (a, b) if a["canonical"] in line_of(b["canonical"], b["category"]) else (b, a)
    if not same and narrow["kind"] != "personnel" and span_of(narrow)[2] < span_of(wide)[2]:
        return "refining", f": these may be some of the {plural(wide['canonical'])}", 2.2
    ratio = ratio_of(a, b)
    why = f": {ratio:.1f} times as many" if fit == "apart" else ": the open bound does not rule the other number out"
    part = "" if same else f", and these may be some of the {plural(wide['canonical'])}"
    return "differing", why + part, (3 if fit == "apart" else 2.8) + min(0.4, ratio / 20)


def fit_of(a, b):
    """How two numbers fit: same, loose (far apart, a bound open), apart, open (one has none), unlike (only one is a rate)."""
    one, two = span_of(a), span_of(b)
    if not (one and two):
        return "open"
    if (a["per"] or None) != (b["per"] or None):
        return "unlike"
    if one[0] <= two[1] and two[0] <= one[1]:
        return "same" if ratio_of(a, b) <= FAR else "loose"
    return "same" if ratio_of(a, b) <= CLOSE else "apart"


def ratio_of(a, b):
    """How many times the smaller number the larger one is."""
    return max(span_of(a)[2], span_of(b)[2]) / max(min(span_of(a)[2], span_of(b)[2]), 0.01)


def span_of(row):
    """(lowest, highest, the number it stands for: the middle, or the one bound given) of a claim; None without a number."""
    ends = [None if value is None or pd.isna(value) else float(value) for value in (row["quantity_min"], row["quantity_max"])]
    known = [end for end in ends if end is not None]
    return (ends[0] or 0.0, float("inf") if ends[1] is None else ends[1], sum(known) / len(known)) if known else None


def amount(row):
    """A claim's number in words: 200, up to 500, at least 2 a day; empty where there is none."""
    low, high, _ = span_of(row) or (None, None, None)
    if low is None:
        return ""
    words = f"at least {low:,g}" if high == float("inf") else f"{low:,g}" if low == high else \
        f"up to {high:,g}" if not low else f"{low:,g} to {high:,g}"
    return words + (f" a {row['per']}" if row["per"] else "")


def plural(canonical):
    """The plural of a class noun; designations and collective nouns stay as they are."""
    last = canonical.split()[-1]
    if re.search(r"\d|[A-Z]", last) or last in COLLECTIVE or last.endswith("s"):
        return canonical
    return canonical + "es" if last.endswith(("x", "ch", "sh")) else re.sub(r"(?<=[^aeiou])y$", "ie", canonical) + "s"


def what(row):
    """How many of what a claim tells: `200 naval infantry`, `cargo flights, 2 a day`."""
    thing = row["canonical"] if re.search(r"(?:^|\s)1$", amount(row)) else plural(row["canonical"])
    return f"{thing}, {amount(row)}" if row["per"] else f"{amount(row)} {thing}".strip()


def told(row):
    """A claim in a few words: `200 naval infantry, deployed`."""
    status = "denied or not acknowledged" if row["status"] == "denied" else row["status"]
    return what(row) + (f", {status}" if status else "")
