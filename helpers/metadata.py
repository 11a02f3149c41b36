"""What a page says about itself: outlet, wire agency, title, authors, date, address; and its language. What it doesn't say stays empty."""
import csv
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

from helpers.dates import resolve_day

DATA = Path(__file__).parent / "data"
URL = re.compile(r"https?://[^\s<>\"')\]]+")
URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?:[/-]|$)")
PERSON = re.compile(r"(?:[A-Z][\w.'’-]*|de|van|von|al|el|bin|der|del|la)(?: (?:[A-Z][\w.'’-]*|de|van|von|al|el|bin|der|del|la)){1,4}$")
NO_NAME = re.compile(r"\b(?:writer|reporter|correspondent|editor|staff|agenc(?:y|ies)|news|bureau|press|service|contributor|columnist|desk|team|"
                     r"times|post|journal|guest|exclusive|updated?|published|am|pm|gmt|photo|january|february|march|april|june|july|august|"
                     r"september|october|november|december)s?\b", re.I)
SCRIPTS = {"CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko",
           "DEVANAGARI": "hi", "THAI": "th", "BENGALI": "bn", "TAMIL": "ta", "GEORGIAN": "ka", "ARMENIAN": "hy"}


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
    if len(words) > 90:
        return None
    plain = re.sub(r"\s+", " ", words.replace("\u00a0", " ")).strip(" .*_()[]|-/").lower()
    plain = re.sub(r"^(?:by|from|via)\s+|\s*(?:,| and| with| &)\s+(?:news )?agencies$|\s+(?:staff|news service|news agency)$", "", plain)
    return load_outlets()[0].get(plain) or (load_outlets()[1].get(plain) and (load_outlets()[1][plain], False))


def outlet_of(url):
    """The outlet that owns an address, by its domain, else None."""
    host = re.sub(r"^https?://(?:www\.|m\.|edition\.)?|[/:?#].*$", "", url or "")
    domains = load_outlets()[1]
    return next((domains[".".join(host.split(".")[i:])] for i in range(host.count(".")) if ".".join(host.split(".")[i:]) in domains), None)


def _people_and_outlets(words):
    """([author, ...], [(outlet, is an agency), ...]) of a byline or source note: `NY Times, Michael R. Gordon and Eric Schmitt`."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words).strip(" *_#()<>\n")
    words = re.sub(r"^(?:source|sources|via|by|written by|reported by|(?:additional )?reporting by|author|authors|posted by|story by|words by)\s*:?\s+", "",
                   re.sub(r"\s+", " ", words), flags=re.I)
    people, outlets = [], []
    for part in re.split(r"\s*[,;|•·/]\s*|\s+(?:and|&|in|for|at|with)\s+|\s+[–—-]\s+", words):
        part = part.strip(" .*_") + ("." if part.endswith(("Jr.", "Sr.")) else "")
        if found := find_outlet(part):
            outlets.append(found)
        elif PERSON.match(part.title() if part.isupper() else part) and not NO_NAME.search(part):
            people.append(part.title() if part.isupper() else part)
    return people, outlets


def is_byline(words):
    """Whether a short line holds nothing but names of people, of outlets and of their trade ("Jane Doe, Staff Writer")."""
    parts = [part for part in re.split(r"\s*[,;|•·/]\s*|\s+(?:and|&|in|for|at|with)\s+|\s+[–—-]\s+", words.strip(" *_#")) if part]
    named = [bool(find_outlet(part) or PERSON.match(part.title() if part.isupper() else part) and not NO_NAME.search(part)) for part in parts]
    return len(words.split()) <= 12 and any(named) and all(part[:1].isupper() and len(part.split()) <= 5 for part in parts)


def find_metadata(text, blocks):
    """{column: value} of the documents table that a page's own layout says; blocks as find_blocks gives them. Nothing is guessed."""
    said = {kind: [text[s:e] for k, s, e in blocks if k == kind] for kind in ("headline", "byline", "source_note", "dateline")}
    found, outlets, authors = {}, [], []
    if said["headline"]:
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"\s+", " ", said["headline"][0])).strip(" #*_>\ufeff")
        found["title"] = title or None
    for words in said["byline"] + [note for note in said["source_note"] if len(note) < 200]:
        people, named = _people_and_outlets(words)
        authors += [name for name in people if name not in authors]
        outlets += named
    wires = [find_outlet(m) for line in said["dateline"] for m in re.findall(r"[(/]([\w /-]{2,30})[)/]", line)]
    urls = [m.group().rstrip(".,") for note in said["source_note"] for m in URL.finditer(note)]
    outlets += [(outlet_of(url), False) for url in urls if outlet_of(url)] + [wire for wire in wires if wire]
    found["author"] = "; ".join(authors) or None
    found["agency"] = next((name for name, agency in outlets if agency), None)
    found["outlet"] = next((name for name, agency in outlets if not agency), found["agency"])
    found["url"] = urls[0] if len(set(urls)) == 1 else None
    return found | _published(said["dateline"], found["url"])


def _published(lines, url):
    """The day a page states (a first publication before an update), else the one in its address."""
    stated = [(bool(re.search(r"updat|modif|revis", line, re.I)), i, resolve_day(line)) for i, line in enumerate(lines)]
    days = [day for _, _, day in sorted(stated, key=lambda row: row[:2]) if day]
    if days:
        return {"published": days[0].isoformat(), "published_basis": "stated"}
    found = URL_DAY.search(url or "")
    day = resolve_day("-".join(found.groups())) if found else None
    return {"published": day.isoformat(), "published_basis": "inferred"} if day else {}


@cache
def _profiles():
    with open(DATA / "languages.csv", encoding="utf-8", newline="") as rows:
        return {row["language"]: frozenset(row["words"].split()) for row in csv.DictReader(rows)}


def find_language(words):
    """The language (ISO 639-1) of a list of words by script and frequent words; None below 50 words; "und" if none of the known ones."""
    words = [word.lower() for word in words if word[:1].isalpha()]
    if len(words) < 50:
        return None
    sample = words[:3000]
    script = Counter(unicodedata.name(word[0], "LATIN").split()[0] for word in sample).most_common(1)[0][0]
    hits = {language: sum(word in known for word in sample) for language, known in _profiles().items()}
    best = max(hits, key=lambda language: (hits[language], language == "en"))
    if hits[best] >= 0.1 * len(sample):
        return best
    return SCRIPTS.get(script, "und")
