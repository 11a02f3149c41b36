"""Who claims how many of what, where and when: military mentions joined to the attributions that carry them.

A claim is a mention with a quantity, a presence or a denial. What the clause says of it (deployed, arriving, planned, requested,
denied, historical; killed, destroyed, ... for losses) is read from data/claim_status.csv, places from data/claim_places.csv: both are to edit.
How claims relate to each other is in compare.py.
"""
import re
from functools import cache
from typing import NamedTuple

import pandas as pd

from helpers.compare import relate_claims, thing_of
from helpers.lexicon import load_table
from helpers.quantities import PHRASE, bounds
from helpers.tables import labels, make
from helpers.text import PLAIN, find_tokens, tag_tokens

FINITE = {"VBD", "VBZ", "VBP", "MD"}
NOUNISH = {"DT", "PDT", "JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "CD", "POS", "PRP$", "RB", "RBR", "VBN", "VBG", "FW", "$"}
BREAKS = {",", ";", ":", "—", "–", "--", "and", "but", "while", "although", "though", "as", "whereas", "because", "after", "before",
          "when", "if", "unless", "since", "until", "who", "which", "where"}
LIGHT = {"including", "following", "regarding", "according", "have", "has", "had", "having"}
NEAR = re.compile(r"\s+(?:(?:now|already|still|currently|also)\s+)*(?:at|in|inside|near|aboard|off|along|on|outside)\s+(?:the|an?|its|[A-Z])")
BEING = re.compile(r"^\W*(?:[\w'-]+\W+){0,4}?(?:is|are|was|were|be|been)\s+(not\s+)?(?:\w+ly\s+|now\s+|already\s+|still\s+|also\s+|back\s+)*"
                   r"(?:at|in|on|near|inside|outside|aboard|off|along|within|there|present|stationed|based)\b", re.I)
THERE = re.compile(r"\bthere\s+(?:is|are|was|were|have\s+been|had\s+been)\s+(not\s+)?[\w\s,-]{0,40}$", re.I)
LACK = re.compile(r"\b(?:no|none\s+of\s+(?:the|its|their))\s+(?:[\w-]+\s+){0,3}$", re.I)
RATE = re.compile(r"\b(?:a|an|per|each|every)\s+(hour|day|night|week|month|year)\b|\b(dai|week|month|night)ly\b", re.I)
WINDOW = re.compile(r"\b(?:in|over|during|within|for)\s+(?:just\s+|only\s+)?(?:the\s+)?(?:past|last|previous|recent|first)\s+([\w-]+\s+)?"
                    r"(hour|day|night|week|fortnight|month|year)s?\b|\bin\s+(\w+)\s+(hour|day|week|month|year)s\b", re.I)
DAYS = {"hour": 1 / 24, "day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
EARLIER = re.compile(r"\b(?:(?:previous|earlier|initial|prior|original|former)\s+(?:estimate|figure|count|number|tally|report|assessment|total)s?"
                     r"(?:\s+(?:of|was|were|at|put\s+at))*|(?:up|down|rising|rose|grew|increased)\s+from|compared\s+(?:with|to))\s+(?=\S)", re.I)


class Word(NamedTuple):
    """A token of a sentence: its offsets in the sentence, lower case and part of speech."""
    start: int
    end: int
    low: str
    tag: str


class Reading(NamedTuple):
    """What a clause says of a mention: status, the event it is a status of, and where its verb stands."""
    status: str | None
    event: str
    at: int | None = None


def pattern(words):
    """The regular expression of a cell of claim_status.csv: alternatives parted by |, * for any ending or any one word."""
    parts = [re.escape(w).replace(r"\ \*\ ", r"\s+\S+\s+").replace(r"\*", r"[\w'’]*").replace(r"\ ", r"\s+") for w in words.split("|")]
    return "|".join(("" if p.startswith(("n't", "'")) else r"(?<![\w'-])") + p + r"(?![\w-])" for p in parts)


@cache
def load_status():
    """kind (verb, noun, before, cue, number, around) -> [(regular expression, status, event), ...], of data/claim_status.csv."""
    table = {}
    for row in load_table("claim_status"):
        table.setdefault(row["kind"], []).append((re.compile(pattern(row["words"]), re.I), row["status"] or None, row["event"]))
    return table


def first_row(kind, text, *, whole=True):
    """The first row of a kind that matches the text (all of it, or anywhere in it), else None."""
    for words, status, event in load_status().get(kind, ()):
        if words.fullmatch(text) if whole else words.search(text):
            return status, event
    return None


def tag_sentence(text):
    """The words of a sentence, tagged."""
    spans = find_tokens(text)
    tags = tag_tokens([text[s:e] for s, e in spans]) if spans else []
    return [Word(s, e, text[s:e].lower().translate(PLAIN), tag) for (s, e), tag in zip(spans, tags)]


def clause_bounds(words, first, last):
    """(start, stop) of the clause around words[first:last]: cut at a conjunction, comma or relative pronoun with a finite verb on both sides."""
    cuts = [0] + [i for i, w in enumerate(words) if w.low in BREAKS and i] + [len(words)]
    start, stop = 0, len(words)
    for n in range(1, len(cuts) - 1):
        left, right = words[cuts[n - 1]:cuts[n]], words[cuts[n]:cuts[n + 1]]
        if words[cuts[n]].low not in (";", "who", "which") and not (has_verb(words[start:cuts[n]]) and has_clause(right)):
            continue
        if words[cuts[n]].low == "," and not left:
            continue
        if cuts[n] <= first:
            start = cuts[n]
        elif cuts[n] >= last and has_verb(words[start:cuts[n]]):
            stop = cuts[n]
            break
    return start, stop


def has_verb(words):
    return any(w.tag in FINITE for w in words)


def has_clause(words):
    """Whether a stretch has a finite verb with its own subject before it."""
    for i, w in enumerate(words):
        if w.tag in FINITE:
            return any(v.tag.startswith(("NN", "PRP", "W", "EX", "DT", "CD")) for v in words[:i])
    return False


def head_of(words, first):
    """Index of the word that a noun phrase hangs on (a verb, a preposition), walking left from words[first]; -1 at the start, and
    whether a comma or a conjunction was crossed on the way (the phrase is one of a list)."""
    listed, i = False, first - 1
    while i >= 0:
        word = words[i]
        if word.low in (",", "and", "or", "including", "plus") or word.low == "as" and words[max(i - 1, 0)].low == "well":
            listed = True
        elif word.tag in ("VBN", "VBG", "VBD") and (first_row("verb", word.low) or not listed and i < first - 1):
            return i, listed
        elif word.tag not in NOUNISH and word.low not in ("well", "of") or word.low == "of" and not counts(words, i):
            return i, listed
        i -= 1
    return -1, listed


def counts(words, i):
    """Whether the `of` at i belongs to a number: 30 of the 42 drones, dozens of tanks."""
    return i > 0 and (words[i - 1].tag == "CD" or words[i - 1].low in ("dozens", "scores", "hundreds", "thousands", "pair", "couple"))


def find_verb(words, first, last):
    """(index of the verb that governs words[first:last], row of claim_status.csv), or (None, None)."""
    start, stop = clause_bounds(words, first, last)
    head, listed = head_of(words, first)
    if head >= 0 and words[head].low == "of" and head and (row := first_row("noun", words[head - 1].low)):
        return head - 1, row
    place = head >= 0 and words[head].tag in ("IN", "TO") and not listed and words[head].low not in ("of", "with", "like", "than", "that", "as")
    if place and words[head].low == "by" and any(w.tag == "VBN" for w in words[start:head]):
        return head, ("used", "used")
    if place and not (words[head].low == "to" and words[first].tag in ("CD", "JJ", "RB")) and has_object_place(words[head].low):
        return None, None
    for i in range(first - 1, start - 1, -1):
        word = words[i]
        if word.tag.startswith("VB") and word.low not in LIGHT and not first_row("aux", word.low):
            row = first_row("verb", word.low)
            passive = word.tag == "VBN" and any(first_row("aux", w.low) for w in words[max(start, i - 3):i]) and not listed
            if row and not passive:
                return i, row
            break
    for i in range(last, stop):
        if words[i].tag.startswith("VB") and (row := first_row("verb", words[i].low)) and words[i].low not in LIGHT:
            return i, row
    if any(w.low in ("has", "have", "had") for w in words[max(start, first - 4):first]):
        return first, ("deployed", "presence")
    return None, None


def has_object_place(preposition):
    """Whether a noun after this preposition is where something happens, not what is sent or hit."""
    return preposition not in ("about", "over", "except", "besides")


def modify(text, status, event):
    """The status of a verb after the words that stand before it in its clause: will, has not, asked for, if."""
    for words, change, _ in load_status()["before"]:
        if change == "planned" and "rule" in words.pattern and words.search(text):
            return "planned"
    found = {change for words, change, _ in load_status()["before"] if words.search(text)}
    if "hypothetical" in found:
        return "hypothetical"
    for change in ("denied", "requested", "planned"):
        if change in found:
            return change
    return "arriving" if "arriving" in found and event == "presence" and status == "deployed" else status


def read_clause(text, words, first, last):
    """What the clause around words[first:last] says of them, as a Reading."""
    begin, end = words[first].start, words[last - 1].end
    at, row = find_verb(words, first, last)
    lack = LACK.search(text, max(0, begin - 40), begin)
    if row is None:
        there, being = THERE.search(text[max(0, begin - 80):begin]), BEING.match(text[end:end + 120])
        near = NEAR.match(text, end)
        if there or being or near:
            return Reading("denied" if lack or there and there[1] or being and being[1] else "deployed", "presence")
        return Reading(None, "")
    status, event = row
    start, _ = clause_bounds(words, at, at + 1)
    before = [w for w in words[start:at]][-9:]
    cut = max((i for i, w in enumerate(before) if w.low in (",", ";", ":")), default=-1)
    said = before[cut + 1:]
    status = modify(text[said[0].start:words[at].start] if said else "", status, event)
    if status == "deployed" and event == "presence" and words[at].tag == "VBG" and any(first_row("aux", w.low) for w in said[-3:]):
        status = "arriving"
    if status == "deployed" and words[at].tag == "VB" and at and words[at - 1].low == "to":
        status = "planned"
    return Reading("denied" if lack else status, event or "presence", at)


def chain_of(attribution, carried):
    """The attributions that carry a mention, outermost first. `carried`: id -> row of its document; a loop in `parent` ends the walk."""
    chain = []
    while attribution in carried and attribution not in [row["attribution"] for row in chain]:
        chain.insert(0, carried[attribution])
        attribution = carried[attribution]["parent"]
    return chain


def cue_status(chain, text):
    """The status that the words of the chain give what they carry (denied reports of, has not acknowledged, asked for), or None."""
    for row in reversed(chain):
        if not pd.isna(row["cue_start"]):
            found = first_row("cue", text[row["cue_start"]:row["cue_end"]], whole=False)
            if found:
                return found[0]
    return None


def find_rate(row, text, event):
    """(quantity_min, quantity_max, per) of a mention, brought to a day where the text gives a rate or counts events in a span of time."""
    low, high = (None if pd.isna(row[c]) else float(row[c]) for c in ("quantity_min", "quantity_max"))
    if low is None and high is None:
        return low, high, None
    rate = RATE.search(row["quantity_text"] or "") or RATE.match(text[row["at_end"]:].lstrip())
    if rate:
        unit = (rate[1] or rate[2]).lower().replace("dai", "day")
        days = DAYS[unit]
    elif row["kind"] == "action" or event not in ("presence", ""):
        span = WINDOW.search(text, row["at_end"], row["at_end"] + 160)
        count = span and (span[1] or span[3] or "one").strip().lower()
        number = span and (int(count) if count.isdigit() else spelled(count))
        if not number:
            return low, high, None
        days = number * DAYS[(span[2] or span[4]).lower()]
    else:
        return low, high, None
    return tuple(None if n is None else round(n / days, 4) for n in (low, high)) + ("day",)


def spelled(word):
    """The number that a word spells, or None."""
    match = PHRASE.fullmatch(word)
    low, high = bounds(match) if match and not match["several"] else (None, None)
    return low if low == high else None


@cache
def load_places():
    """place -> country of data/claim_places.csv, and the words that are peoples, not places (Russian, American), of operators.csv."""
    peoples = {word for row in load_table("operators") for word in row["adjectives"].split("|") if word}
    return {row["place"]: row["country"] for row in load_table("claim_places")}, peoples


SPOT = (r"port|city|town|village|province|region|district|base|airbase|airport|airfield|area|coast|border|island|islands|governorate|"
        r"peninsula|camp|capital|airspace|waters|territory|harbour|harbor|facility|valley|outskirts|suburb|station")
PLACE = re.compile(r"\b(at|in|near|to|into|from|off|over|across|around|outside|inside|toward|towards|on|of)\s+((?:[a-z][\w'’-]*\s+){0,6}?)"
                   r"((?:[A-Z][\w-]+['’]s?\s+)?(?:[a-z]+\s+)?[A-Z][\w.-]*(?:['’](?!s\b)\w+)?(?:\s+(?:of\s+)?[A-Z][\w-]+){0,3})(?:['’]s)?(?:\s+(?:(?:" + SPOT + r")\s+)+of\s+([A-Z][\w-]+))?")
ANAPHOR = re.compile(r"\bthere\b|\b(?:the|that|this)\s+(?:[a-z]+\s+)?(?:" + SPOT + r")\b")
NO_PLACE = set("""Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October
November December Pentagon Kremlin Congress Parliament Senate House Twitter Telegram Facebook English President Prime Minister Mr Mrs Ms
Reuters Foreign Defence Defense Secretary General I NATO United Islamic""".split())


def find_places(text):
    """[(start, end, place, whether it is in the gazetteer)] of a sentence: names after at, in, near, to, over, ..., nationalities left out."""
    known, peoples = load_places()
    found = []
    for match in PLACE.finditer(text):
        name = match[4] or re.sub(r"^.*['’]s?\s+(?:[a-z]+\s+)?", "", match[3]).strip(" .")
        name = re.sub(r"^[a-z]+\s+", "", name)
        listed = next((n for n in (name, name.split()[0]) if n in known), None)
        local = not match[2] or re.search(rf"^(?:the|its|a|an)\s+(?:[a-z]+\s+)?$|\b(?:{SPOT})\b|['’]s\s+[a-z]*\s*$", match[2])
        if match[1] == "of" and not match[2] and not listed or not listed and (name.split()[0] in NO_PLACE or not local):
            continue
        if name.split()[0] not in peoples and name not in peoples:
            found.append((match.start(3), match.end(3), listed or name, bool(listed), match[1]))
    return found


def place_near(text, scope, at, seen):
    """The place named nearest to offset `at` within the span `scope` of a sentence, or the last one seen where it says "the base", "there"."""
    found = [p for p in find_places(text[:scope[1]]) if p[0] >= scope[0]]
    found = [p for p in found if p[3] or p[4] not in ("to", "into", "from", "toward", "towards", "of") or p[2] in seen]
    if found:
        found.sort(key=lambda p: (p[0] < at, p[3] and p[2] == load_places()[0][p[2]], abs(p[0] - at)))
        return found[0][2]
    return next(reversed(seen), None) if ANAPHOR.search(text, *scope) else None


def day_near(text, scope, at, document):
    """The day a claim holds for, ISO: the expression nearest to `at` within `scope`, else in the sentence, else the day of publication."""
    reference = day_of_issue(document)
    for start, end in (scope, (0, len(text))):
        days = [(abs(m.start() - at), m) for m in DAY.finditer(text, start, end)]
        for _, match in sorted(days, key=lambda d: d[0]):
            if day := resolve_day(match[0], reference):
                return str(day)[:10]
    return None if reference is None else str(reference)[:10]


WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
MONTH = "|".join(rf"{m}|{m[:4]}\.|{m[:3]}\.?" for m in MONTHS)
DAY = re.compile(rf"\b(?:(?:{'|'.join(WEEKDAYS)})\b|yesterday\b|(?:{MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
                 rf"|\d{{1,2}}\s+(?:{MONTH})\b(?:\s+\d{{4}}\b)?|\d{{4}}-\d\d-\d\d\b)|\b(?:in|since|by)\s+(?:19|20)\d\d\b")


def day_of_issue(document):
    """The day an article's days are counted from: when it was published, else the latest day it can have been; None if unknown."""
    for column in ("published", "published_to", "published_from"):
        value = document.get(column)
        if value is not None and not pd.isna(value):
            return pd.Timestamp(str(value)[:10])
    return None


def resolve_day(text, published):
    """The day that an expression means in an article of the day `published`, as YYYY-MM-DD (a bare year: YYYY), else None."""
    if match := re.search(r"\b(?:19|20)\d\d$", text) if re.match(r"in|since|by", text) else None:
        return match[0]
    if re.match(r"\d{4}-", text):
        return text
    if published is None:
        return None
    if text == "yesterday":
        return str((published - pd.Timedelta(days=1)).date())
    if text in WEEKDAYS:
        return str((published - pd.Timedelta(days=(published.weekday() - WEEKDAYS.index(text)) % 7)).date())
    name, number, year = re.search("[A-Z][a-z]{2}", text)[0], re.search(r"\d{1,2}", text)[0], re.search(r"\d{4}", text)
    day = pd.to_datetime(f"{number} {name} {year[0] if year else published.year}", format="%d %b %Y", errors="coerce")
    if pd.isna(day):
        return None
    return str((day - pd.DateOffset(years=1) if not year and day > published + pd.Timedelta(days=60) else day).date())


def find_claims(mentions, attributions, documents, sentences):
    """Every mention with a quantity, a presence or a denial as a claim, with the chain that carries it and how it relates to the others.

    Returns the columns of COLUMNS["claims"]. `speakers`: who carries it, outermost first; empty means the newsroom itself. Quantities
    are per day where `per` is "day". `relation` (contradicting, differing, refining, agreeing, alone), `reason` and `group` come from
    relate_claims. The inputs are not changed.
    """
    rows = []
    for document in documents.to_dict("records"):
        own = [part[part["doc_id"] == document["doc_id"]] for part in (mentions, attributions, sentences)]
        if len(own[0]):
            rows += claims_of(document, *(part.to_dict("records") for part in own))
    names = labels(documents) if len(documents) else {}
    return make("claims", relate_claims(rows, dict(names)))


def claims_of(document, mentions, attributions, sentences):
    """The claims of one document, as dicts with the columns of claims and `event`."""
    carried = {row["attribution"]: row for row in attributions}
    by_sentence, rows, seen = {}, [], {}
    for mention in mentions:
        if not pd.isna(mention["sentence"]):
            by_sentence.setdefault(int(mention["sentence"]), []).append(mention)
    for sentence in sentences:
        inside = by_sentence.get(int(sentence["sentence"]), ())
        text = document["text"][sentence["start"]:sentence["end"]]
        words = tag_sentence(text) if inside else []
        for mention in sorted(inside, key=lambda m: m["start"]):
            claim = claim_of(mention, document, sentence, text, words, carried, seen)
            rows += [claim] if claim else []
        rows += earlier_claims(rows, sentence, text, attributions)
        seen.update((p[2], None) for p in find_places(text) if p[4] in ("at", "in", "near", "over", "off", "of") and not seen.pop(p[2], None))
    return [{**row, "claim": f"c{i}"} for i, row in enumerate(rows, 1)]


def claim_of(mention, document, sentence, text, words, carried, seen):
    """The claim that a mention makes, or None."""
    begin, end = mention["start"] - sentence["start"], mention["end"] - sentence["start"]
    number = RATE.sub("", mention["quantity_text"] or "").strip()
    begin = text.rfind(number, 0, begin) if number and text.rfind(number, 0, begin) >= 0 else begin
    inside = [i for i, w in enumerate(words) if w.start < end and w.end > begin]
    if not inside:
        return None
    chain = chain_of(mention["attribution"], carried)
    reading = read_clause(text, words, inside[0], inside[-1] + 1)
    status = status_of(reading, chain, document["text"], words)
    counted = not pd.isna(mention["quantity_min"]) or not pd.isna(mention["quantity_max"])
    if status == "hypothetical" or not counted and not worth_it(mention, status, reading):
        return None
    scope = scope_of(mention, chain, sentence, words, inside)
    low, high, per = find_rate({**mention, "at_end": end}, text, reading.event)
    as_of = day_near(text, scope, begin, document)
    if is_earlier(text, begin, scope, as_of, document):
        status, as_of = "historical", None if as_of and len(as_of) > 4 else as_of
    return {"doc_id": document["doc_id"], "story": document["story"], "mention": mention["mention"], "sentence": sentence["sentence"],
            **{c: mention[c] for c in ("canonical", "category", "kind", "operator", "attribution")},
            "thing": thing_of(mention["canonical"], mention["category"]), "quantity_min": low, "quantity_max": high, "per": per,
            "status": status, "event": reading.event or "counted", "place": place_near(text, scope, begin, seen), "as_of": as_of,
            "speakers": [row["speaker"] for row in chain], "more": bool(MORE.search(text, max(0, begin - 20), end)),
            "hedged": bool(HEDGED.search(mention["quantity_text"] or "")), "at": mention["start"], "count_text": mention["quantity_text"]}


MORE = re.compile(r"\b(?:more|additional|further|another|extra|reinforcements?)\s+(?!than)", re.I)
HEDGED = re.compile(r"\b(?:about|around|some|roughly|approximately|nearly|almost|estimated|close\s+to)\b", re.I)


def status_of(reading, chain, text, words):
    """The status of a reading after the words that carry it: a denial always counts, a wish or a plan only what isn't told as a fact."""
    wish = cue_status(chain, text)
    if wish == "denied":
        return "denied"
    told = reading.at is not None and words[reading.at].tag not in ("VB", "VBG", "NN", "NNS")
    return wish if wish and not told and reading.status in ("deployed", "arriving", None) else reading.status


def worth_it(mention, status, reading):
    """Whether a mention without a number claims something: a presence, loss or denial of a thing, not of an institution or a site."""
    if mention["kind"] == "infrastructure":
        return status == "denied" or reading.event == "presence" and status is not None
    institution = mention["canonical"] in ("military", "army", "navy", "air force", "military unit", "militia")
    return status is not None and not institution and (mention["quantity_text"] or not mention["kind"] == "action" or True)


def scope_of(mention, chain, sentence, words, inside):
    """(start, end) in the sentence of what a claim's place and day are looked for in: the content that carries it, else its clause."""
    if chain:
        for start, end in chain[-1]["content"]:
            if start <= mention["start"] < end:
                return max(0, start - sentence["start"]), min(sentence["end"], end) - sentence["start"]
    start, stop = clause_bounds(words, inside[0], inside[-1] + 1)
    return words[start].start, words[stop - 1].end


def is_earlier(text, begin, scope, as_of, document):
    """Whether a number is an earlier one: a previous estimate of 200, years ago, in 1999."""
    if first_row("number", text[max(0, begin - 45):begin], whole=False) or first_row("around", text[scope[0]:scope[1]], whole=False):
        return True
    issue = day_of_issue(document)
    return bool(as_of and issue is not None and int(as_of[:4]) < issue.year - (len(as_of) > 4))


def earlier_claims(rows, sentence, text, attributions):
    """Claims of numbers that stand without their noun as earlier ones: "500 troops, an increase from a previous estimate of about 200"."""
    found = []
    for match in EARLIER.finditer(text):
        number = PHRASE.match(text, match.end())
        near = [r for r in rows if r["sentence"] == sentence["sentence"] and r["count_text"] and r["at"] < sentence["start"] + match.end()]
        if not number or number["several"] or not near or re.match(r"\s*[-\w]*\s*(?:[a-z]+\s+)?" + r"\Z", text[number.end():number.end()]) is None:
            continue
        low, high = bounds(number)
        at = sentence["start"] + number.start()
        carrier = [a for a in attributions if any(s <= at < e for s, e in a["content"])]
        chain = chain_of(min(carrier, key=lambda a: sum(e - s for s, e in a["content"]))["attribution"],
                         {a["attribution"]: a for a in attributions}) if carrier else []
        found.append({**near[-1], "quantity_min": low, "quantity_max": high, "status": "historical", "as_of": None, "at": at,
                      "count_text": number[0], "attribution": chain[-1]["attribution"] if chain else None,
                      "speakers": [a["speaker"] for a in chain]})
    return found
