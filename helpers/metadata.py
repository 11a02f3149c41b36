"""What a page says about itself: outlet, wire agency, title, authors, date, address; and its language. What it doesn't say stays empty."""
import re
import unicodedata
from collections import Counter
from functools import cache

from helpers.dates import resolve_day
from helpers.text import load_rows

URL = re.compile(r"https?://[^\s<>\"')\]]+")
URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?:[/-]|$)")
LINK = re.compile(r"\[([^\]\[]{0,200})\]\([^()]{0,300}\)")
PERSON = re.compile(r"(?:[A-Z][\w.'’-]*|de|van|von|al|el|bin|der|del|la)(?: (?:[A-Z][\w.'’-]*|de|van|von|al|el|bin|der|del|la)){1,4}$")
NO_NAME = re.compile(r"\b(?:writer|reporter|correspondent|editor|staff|agenc(?:y|ies)|news|bureau|press|service|contributor|columnist|desk|team|"
                     r"times|post|journal|guest|exclusive|updated?|published|am|pm|gmt|photo|january|february|march|april|june|july|august|"
                     r"september|october|november|december)s?\b|\b(?:Va|Pa|Calif|Fla|Mass|Conn|Md|Mich|Wis|Ill|Tenn|Ariz|Minn|Ore)\.?$", re.I)
BY = re.compile(r"(?:source|sources|via|by|written by|reported by|(?:additional )?reporting by|author|authors|posted by|story by|words by)\s*:?\s+", re.I)
COPYRIGHT = re.compile(r"^(?:©|\(c\)|copyright)[\s©]*(?:\(c\)\s*)?(?:(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)?\d\d)?,?\s*)?(?:by\s+)?|"
                       r"[.,]?\s*all rights reserved.*$", re.I)
WIRED = re.compile(r"\s*[A-Z][\w .,'’/-]{1,40}\(([\w /-]{2,30})\)\s*[-–—]")  # STAVANGER (Northern Wire) -
LINES = re.compile(r"\s+[|•·–—-]\s+|\s*\n\s*")
PARTS = re.compile(r"\s*[,;|•·/()]\s*|\s+(?:and|&|in|for|at|with)\s+|\s+[–—-]\s+")


@cache
def load_outlets():
    """(lower-case name or alias -> (name, is an agency); domain -> the same), of data/outlets.csv (a file to edit)."""
    names, domains = {}, {}
    for row in (row for row in load_rows("outlets") if "*" not in row["name"]):
        outlet = (row["name"], row["agency"] == "yes")
        names |= dict.fromkeys([alias.lower() for alias in (row["name"], *row["aliases"].split("|")) if alias], outlet)
        domains |= dict.fromkeys(row["domains"].split("|"), outlet)
    return names, domains


def find_outlet(words):
    """(outlet, is an agency) that a short line names and nothing else, as in `TRTWorld and agencies`; else None."""
    plain = re.sub(r"\s+", " ", words[:100]).strip(" .*_()[]|-/").lower()
    plain = re.sub(r"^(?:by|from|via)\s+|\s*(?:,| and| with| &)\s+(?:news )?agencies$|\s+(?:staff|news service|news agency)$", "", plain)
    return load_outlets()[0].get(plain) or load_outlets()[1].get(plain)


@cache
def load_mastheads():
    """[(expression, words that never open it, is an agency)] of the rows of data/outlets.csv with a *: one to three capitalised words."""
    some, found = r"(?:The )?(?!By )[A-Z][\w'’.-]*(?: (?:[A-Z][\w'’.-]*|of|and|the|&)){0,2}", []
    for row in (row for row in load_rows("outlets") if "*" in row["name"]):
        never = frozenset(row["aliases"].lower().split("|"))
        given = {name["name"].lower() for name in load_rows("given_names")} if "given name" in never else set()
        found.append((re.compile(re.escape(row["name"]).replace(r"\*", some)), never | given, row["agency"] == "yes"))
    return found


def find_masthead(words):
    """(outlet, is an agency) of a line that stands alone: one that is listed, or what reads as a newspaper's name (Coast Herald); else None."""
    name = COPYRIGHT.sub("", words[:200].strip(" .*_#()[]|-–—/\ufeff\r\n")).strip()
    name = re.sub(r"\bTv\b", "TV", name.title()) if name.isupper() else name
    return find_outlet(name) or next(((name, agency) for form, never, agency in load_mastheads()
                 if form.fullmatch(name) and re.sub(r"^The (?=\S+ )", "", name).split()[0].lower() not in never), None)


def outlet_of(url):
    """(outlet, is an agency) that owns an address, by its domain, else None."""
    host, domains = re.sub(r"^https?://|[/:?#].*$", "", url or "").split("."), load_outlets()[1]
    return next((domains[".".join(host[i:])] for i in range(len(host)) if ".".join(host[i:]) in domains), None)


def find_names(words):
    """([(part, person or None, outlet or None), ...]) of a byline or source note: `NY Times, Michael R. Gordon and Eric Schmitt`."""
    words, found = BY.sub("", re.sub(r"\s+", " ", LINK.sub(r"\1", words)).strip(" *_#()<>"), count=1), []
    for part in filter(None, PARTS.split(words)):
        part = part.strip(" .*_") + ("." if part.endswith(("Jr.", "Sr.")) else "")
        name, outlet = part.title() if part.isupper() else part, find_outlet(part)
        found.append((part, name if not outlet and PERSON.match(name) and not NO_NAME.search(name) else None, outlet))
    return found


def is_byline(words):
    """Whether a short line holds nothing but names of people, of outlets and of their trade or place ("Jane Doe, Staff Writer")."""
    found = find_names(words) if len(words.split()) <= 12 else []
    return any(person or outlet for _, person, outlet in found) and all(part[:1].isupper() and len(part.split()) <= 5 for part, *_ in found)


def find_mastheads(text, blocks):
    """[(outlet, is an agency), ...] of the short lines above the story, of those below it where they name only one, of the wire that opens it."""
    body = [i for i, (kind, *_) in enumerate(blocks) if kind == "body"] or [len(blocks)]
    parts = [(i, kind, LINES.split(text[start:stop].strip())) for i, (kind, start, stop) in enumerate(blocks) if stop - start < 200]
    lines = [(i, line) for i, kind, found in parts if kind not in ("headline", "body", "caption", "credit") or kind == "headline" and len(found) > 1
             for line in found]  # a headline only where more stands beside it: Ships sail | Coast Herald
    top = [find_masthead(line) for i, line in lines if i < body[0]]
    end = {find_masthead(line) for i, line in lines if i > body[-1]} - {None}
    wire = WIRED.match(text, blocks[body[0]][1]) if body[0] < len(blocks) else None
    return [found for found in [*top, *(end if len(end) == 1 else ()), wire and find_masthead(wire[1])] if found]


def find_metadata(text, blocks):
    """{column: value} of the documents table that a page's own layout says; blocks as find_blocks gives them. Nothing is guessed."""
    said = {kind: [text[s:e] for k, s, e in blocks if k == kind] for kind in ("headline", "byline", "source_note", "dateline")}
    notes = [note for note in said["source_note"] if len(note) < 200 and not re.search(r"contribut|reported from|version of", note)]
    names = [name for words in said["byline"] + notes for name in find_names(words)]
    urls = [m.group().rstrip(".,") for note in said["source_note"] for m in URL.finditer(note)]
    wires = [find_outlet(name) for line in said["dateline"] for name in re.findall(r"[(/]([\w /-]{2,30})[)/]", line)]
    outlets = [outlet for outlet in [*find_mastheads(text, blocks), *(outlet for *_, outlet in names), *map(outlet_of, urls), *wires] if outlet]
    wired, url = {name for name, wire in outlets if wire}, urls[0] if len(set(urls)) == 1 else None
    agency = wired.pop() if len(wired) == 1 else None  # of several, the page doesn't say whose words they are
    title = LINK.sub(r"\1", re.sub(r"\s+", " ", said["headline"][0])).strip(" #*_>\ufeff") if said["headline"] else None
    stated = sorted((bool(re.search(r"updat|modif|revis", line, re.I)), i, day) for i, line in enumerate(said["dateline"]) if (day := resolve_day(line)))
    address = URL_DAY.search(url or "")
    day = stated[0][2] if stated else resolve_day("-".join(address.groups())) if address else None  # a first publication before an update
    return {"title": title or None, "author": "; ".join(dict.fromkeys(person for _, person, _ in names if person)) or None, "agency": agency,
            "outlet": next((name for name, wire in outlets if not wire), agency), "url": url, "published": day.isoformat() if day else None,
            "published_basis": ("stated" if stated else "inferred") if day else None}


def find_language(words):
    """The language (ISO 639-1) of a list of words by frequent words, else by script; None where fewer than 50 do not tell it, "und" if it is none of them."""
    often = Counter([word.lower() for word in words if word[:1].isalpha()][:3000])
    hits = {row["language"]: sum(often[word] for word in {*row["words"].split()}) for row in load_rows("languages") if row["words"]}
    best, few = max(hits, key=lambda language: (hits[language], language == "en")), often.total() < 50
    if hits[best] >= (0.2 if few else 0.1) * often.total() and not (few and (often.total() < 12 or hits[best] <= 2 * hits["en"])):
        return best
    script = Counter(unicodedata.name(word[0], "LATIN").split()[0] for word in often.elements()).most_common(1)
    script = script[0][0] if script else "LATIN"
    if few and script == "LATIN":
        return None
    scripts = {row["script"]: row["language"] for row in reversed(load_rows("languages"))} | {"LATIN": "und"}
    return scripts.get(script, "und")
