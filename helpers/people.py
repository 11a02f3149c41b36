"""The people a story names in full: found by title, given name, apposition or as sources, their forms, roles and mentions put
together."""
import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache

from helpers.names import (ABBREVIATED, DETERMINERS, NAME_TAILS, OFFICES, PARTICLES, PREPOSITIONS, PRONOUNS, bare, class_of,
                           country_in, find_actor, fold, is_capital, load_given_names, load_places, load_titles, read_phrase,
                           singular, squeeze, surname_of, words_of)

CAPITAL = rf"(?:[A-Z]\.)+|(?:{ABBREVIATED})\.(?=[  ][A-Z])|(?:[a-z]{{1,2}}[-'’])?[A-ZÀ-ÖØ-ÞĀ-Ž][\w-]*(?:[’'](?!s\b)[\w-]+)*"
RUN = re.compile(rf"(?<![\w.])(?:{CAPITAL})(?:[  ](?:{CAPITAL}|(?:{'|'.join(sorted(PARTICLES - {'e', 'y'}))})(?=[  ][A-Z])))*")
BEFORE = re.compile(r"([\w’'-]+(?: [\w’'-]+){0,4}),? $")
AFTER = re.compile(r" ?(?:\(([^()]{1,60})\)|, ((?:[^,.;:\n“”\"]){3,90})[,.;:])")
DESCRIBES = re.compile(r"\s*(?:$|[,;]|(?:of|for|at|in|on|with|to|from|and|who|which|based|specializing|familiar)\b)")
STARTERS, OTHER_TAILS = (words_of("starter") | DETERMINERS | PREPOSITIONS | PRONOUNS, words_of("organisation tail"))
PUBLIC = re.compile(r"\b(?:court|department|agency|police|ministry|commission|federal|army|military|navy|senate|bureau|parliament)\b", re.I)
PARTY = re.compile(r"\b[RDI]-(?=[A-Z])|^(?:Republican|Democrat) of ")  # "(R-Tex.)", "Republican of Iowa": a U.S. politician


def find_people(documents, sources):
    """(people, index by surname) of a story.

    documents: [(doc_id, text)]; sources: {doc_id: {name that stands as a source: its title}}. A person is a dict of forms (Counter of
    full names), roles [(doc_id, text)], gender ("m", "f", ""), side, mentions {doc_id: [offset]}, full {doc_id: its first offset}.
    """
    people, index, runs = [], {}, {}
    for doc_id, text in documents:
        trimmed = ((m.start(), *trim_run(m.group(), text[max(0, m.start() - 3):m.start()] == "of ")) for m in RUN.finditer(text))
        runs[doc_id] = [(start + skipped, run) for start, skipped, run in trimmed if 0 < len(run) < 100]
        for start, run in runs[doc_id]:
            person = read_person(text, start, run, sources.get(doc_id, {}))
            if person:
                register(people, index, doc_id, start, *person)
    for doc_id, text in documents:
        for start, run in runs[doc_id]:
            phrase = read_phrase(run)
            named = phrase.form == "name" and find_person(index, phrase.name, doc_id, gender_of(phrase))
            if named:
                named["mentions"].setdefault(doc_id, []).append(start)
                after = AFTER.match(text, start + len(run))
                role = role_text(next((part for part in after.groups() if part), "")) if after else ""
                named["side"] = named["side"] or country_in(role)
                titles = [phrase.title if class_of(phrase.title.rpartition(" ")[2]) == "official" else "", role]
                named["roles"] += [(doc_id, clean_role(t)) for t in titles if t and (doc_id, clean_role(t)) not in named["roles"]]
    texts = dict(documents)
    for person in people:  # "army spokesman": of Sudan's army
        owners = [owners_of_body(role, texts[doc_id]) for doc_id, role in person["roles"] if role and not person["side"]]
        person["side"] = person["side"] or next((min(sides) for sides in owners if len(sides) == 1), None)
    return people, index


@lru_cache(maxsize=200)
def owners_of_body(words, text):
    """The countries whose army, ministry, ... a text names, of the sort that words name: Sudan for "Sudan's army"."""
    body = PUBLIC.search(words)
    owner = body and re.compile(rf"\b([A-Z][\w.]+(?: [A-Z][\w.]+)?)(?:['’]s?)? (?i:{body[0]})\b")
    return set(filter(None, map(country_in, owner.findall(text[:100_000])))) if body else set()


def trim_run(run, after_of=False):
    """(characters skipped, run) without words that only begin a sentence and the office of a title ("of State John Kerry")."""
    words = run.split(" ")
    skip = 0
    while skip < len(words) and (words[skip].lower() in STARTERS
                                 or after_of and words[skip] in OFFICES and len(words) - skip > 2):
        skip += 1
    return len(" ".join(words[:skip])) + bool(skip), " ".join(words[skip:])


def read_person(text, start, run, sources):
    """(name, role, gender, side) if a capitalised run names a person in full; None otherwise."""
    phrase = read_phrase(run)
    name, words, actor = phrase.name, phrase.name.split(), find_actor(phrase.name)
    listed = bool(actor and actor["kind"] == "named_person")
    if phrase.form != "name" or not listed and (len(words) < 2 or len(words) > 5 or actor or name in load_places()[1]
                                                or looks_organised(words)):
        return None
    before = BEFORE.search(text[max(0, start - 60):start])
    title = f"{title_before(before.group(1)) if before else ''} {phrase.title}".strip()  # "Army spokesman General"
    after = AFTER.match(text, start + len(run))
    apposition = next((part for part in after.groups() if part), "") if after else ""
    role = role_text(apposition)
    party = bool(PARTY.search(apposition))
    evidence = (listed or words[0] in load_given_names() or name in sources
                or class_of(title.partition(" of ")[0].rpartition(" ")[2]) in ("official", "person", "honorific")
                or bool(role) or party or bool(re.fullmatch(r"\d\d", apposition.strip())))
    side = (actor or {}).get("side") or country_in(title) or country_in(sources.get(name, ""))
    side = side or ("United States" if party else country_in(apposition) if role else None)
    return (name, clean_role(title) or clean_role(role), gender_of(phrase, title, apposition),
            side or side_of_title(title) or official_of(text, start, title)) if evidence else None


def official_of(text, start, title):
    """The country of an official named after what is said of it ("Britain will send a ship, Minister A B told ..."), or None."""
    if text[max(0, start - 2):start] != ", " or class_of(title.rpartition(" ")[2]) != "official":
        return None
    begin = max(text.rfind("\n", 0, start), text.rfind(". ", 0, start) + 1, start - 400) + 1
    opening = RUN.match(re.sub(r"^[A-Z]{3}.{0,60}? [-–—] ", "", text[begin:start]))
    return load_places()[0].get(opening[0]) if opening else None


def side_of_title(title):
    """The country whose politicians bear a title ("Sen.", "Rep."), if titles.csv gives one."""
    return next((load_titles()[word][2] for word in map(singular, title.split()) if load_titles().get(word, ("", "", ""))[2]),
                None)


def title_before(words):
    """The title in small letters that stands right before a name: "Pentagon spokesman"."""
    office = re.sub(r" of(?: [A-Z]\w+)+$", "", words)  # "Secretary of State"
    parts = office.split(" ")
    if class_of(parts[-1]) not in ("official", "person", "honorific") or parts[-1][:1].isupper() and office == words:
        return ""
    start = len(parts) - 1
    while start and (is_capital(parts[start - 1]) or parts[start - 1] in ("senior", "former", "chief", "deputy", "foreign",
                                                                          "press", "campaign", "military")
                     or PUBLIC.fullmatch(bare(parts[start - 1]))):
        start -= 1
    return " ".join(parts[start:]) + words[len(office):]


def role_text(apposition):
    """The apposition if it describes a person: its noun is a title or role, and no verb follows it."""
    phrase = read_phrase(apposition) if apposition and not apposition[0].isdigit() else None
    if not phrase or phrase.form != "role" or class_of(phrase.head) not in ("official", "person", "media"):
        return ""
    core = re.split(r" (?:of|for|at|in|on|with|to|from|who|which|based)\b", phrase.label)[0]
    tail = squeeze(apposition).partition(core)[2]
    return "" if re.match(r"(?:but|or|as|while|when|though|reports?|says|said|adds|added)\b", apposition) or not DESCRIBES.match(tail) else apposition


def clean_role(text):
    """A role as the text gives it, without articles and honorifics; None if nothing is left."""
    text = re.sub(r"^(?:(?:the|a|an|one of the|both|his|her|its|their)\s+)+", "", squeeze(text), flags=re.I)
    text = re.split(r",? (?:who|which)\b|, speaking\b|[;(]", text)[0].strip(" ,")
    return None if not text or class_of(text.rstrip(".")) == "honorific" or text.lower() in PRONOUNS else text


def looks_organised(words):
    """Whether a name is of an organisation, medium, place or day by its own words."""
    return words[-1] in NAME_TAILS or any(class_of(word) == "organisation" or word in OTHER_TAILS or word == "&"
                                          for word in words)


def gender_of(phrase, title="", apposition=""):
    """m, f or "" from title, spokes-word, list of actors or given name."""
    titles = load_titles()
    for words in ((phrase.title or title).split(), apposition.split()[:6]):
        found = next((titles[word][1] for word in map(singular, words) if word in titles and titles[word][1]), "")
        if found:
            return found
    first = phrase.name.split()[0] if " " in phrase.name else ""
    return (find_actor(phrase.name) or {}).get("gender") or load_given_names().get(first, ("",))[0]


def register(people, index, doc_id, start, name, role, gender, side):
    """Adds a full mention to the person it is a form of, or to a new person."""
    same = index.setdefault(fold(surname_of(name)), [])
    person = next((p for p in same if any(same_person(name, form) for form in p["forms"])
                   and not (gender and p["gender"] and gender != p["gender"])), None)
    if person is None:
        person = {"forms": Counter(), "roles": [], "gender": gender, "side": side, "mentions": {}, "full": {}}
        people.append(person)
        same.append(person)
    person["forms"][name] += 1
    person["full"].setdefault(doc_id, start)
    person["gender"], person["side"] = person["gender"] or gender, person["side"] or side
    person["roles"] += [(doc_id, role)] if role and (doc_id, role) not in person["roles"] else []


@lru_cache(maxsize=50_000)
def same_person(a, b):
    """Whether names with one surname can be one person's: equal, initial, short or respelt given names ("Ash"/"Ashton B.")."""
    first, second = (fold(name).split()[:-1] for name in (a, b))
    if not first or not second:
        return True
    x, y = sorted((first[0], second[0]), key=len)
    long = {load_given_names().get(n.capitalize(), ("", ""))[1].lower() or n for n in (x, y)}
    return len(long) == 1 or y.startswith(x) and len(x) < 4 or len(x) > 5 and x[0] == y[0] and SequenceMatcher(None, x,
                                                                                                               y).ratio() > 0.8


def find_person(index, name, doc_id, gender=""):
    """The person a name means in a document: one named there in full, of a family the first (later ones keep given names)."""
    found = [p for p in index.get(fold(surname_of(name)), []) if any(same_person(name, form) for form in p["forms"])
             and not (gender and p["gender"] and p["gender"] != gender)]
    return min(found, key=lambda p: (doc_id not in p["full"], p["full"].get(doc_id, -sum(p["forms"].values()))), default=None)


def canonical(person):
    """The name a person goes by: the list's, else the commonest full form without middle initial, of equal ones the first."""
    actor = next(filter(None, (find_actor(form) for form, _ in person["forms"].most_common())), None)
    short = Counter()
    for form, n in person["forms"].items():
        short[re.sub(r"(?<=\w )[A-Z]\.? (?=[A-Z])|,? (?:[JS]r\.?|I{2,3}|IV)$", "", form)] += n
    return actor["name"] if actor else max(short, key=short.get)
