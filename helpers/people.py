"""The people a story names in full, by title, given name, apposition or as sources; the countries whose bodies it tells of."""
import re
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache

from helpers.names import (ABBREVIATED, ADJECTIVES, COMPANIES, DETERMINERS, GIVEN_NAMES, NAME_TAILS, OFFICES, PARTICLES, PREPOSITIONS, PRONOUNS, SENT,
                           SURNAMES_TOO, TITLES, bare, class_of, country_in, find_actor, fold, is_capital, load_patterns, load_places, read_phrase, singular,
                           squeeze, surname_of, words_of)

CAPITAL = rf"(?:[A-Z]\.)+|(?:{ABBREVIATED})\.(?=[  ][A-Z])|(?:[a-z]{{1,2}}[-'’])?[A-ZÀ-ÖØ-ÞĀ-Ž][\w-]*(?:[’'](?!s\b)[\w-]+)*"
RUN = re.compile(rf"(?<![\w.])(?:{CAPITAL})(?:[  ](?:{CAPITAL}|(?:{'|'.join(sorted(PARTICLES - {'e', 'y'} | {'&'}))})(?=[  ][A-Z])))*")
BEFORE, AFTER, DESCRIBES, PUBLIC, BODY, LEAD_IN, SEATED, SENTENCE, DATELINE, CREDIT, FIRM, SPEAKS, PARTY, CALLED, CALLS = load_patterns(
    "before", "after", "describes", "public", "body", "lead-in", "seated", "sentence", "dateline", "credit", "firm", "speaks", "party", "called", "calls")
RANKS, OUTLAWS = map(words_of, ("rank", "outlaw"))
STARTERS = words_of("starter") | DETERMINERS | PREPOSITIONS | PRONOUNS
ARMS = {"army", "navy", "air force", "armed forces", "military", "joint chiefs"}


def find_people(documents, sources):
    """(people, index by surname) of a story: documents [(doc_id, text)], sources {doc_id: {name that stands as a source: its title}}. A person
    is a dict of forms (Counter of full names), roles [(doc_id, text)], gender ("m", "f", ""), side, mentions {doc_id: [offset]}, full {doc_id: its first}."""
    people, index, runs = [], {}, {}
    for doc_id, text in documents:
        trimmed = ((m.start(), *trim_run(m.group(), text[max(0, m.start() - 3):m.start()] == "of ")) for m in RUN.finditer(text))
        runs[doc_id] = [(start + skipped, run) for start, skipped, run in trimmed if 0 < len(run) < 100]
        for start, run in runs[doc_id]:
            if person := read_person(text, start, run, sources.get(doc_id, {})):
                register(people, index, doc_id, start, *person)
    for doc_id, text in documents:
        for start, run in runs[doc_id]:
            phrase = read_phrase(run)
            if named := phrase.form == "name" and find_person(index, phrase.name, doc_id, gender_of(phrase)):
                named["mentions"].setdefault(doc_id, []).append(start)
                after = AFTER.match(text, start + len(run))
                role = role_text(next((part for part in after.groups() if part), "")) if after else ""
                named["side"] = named["side"] or country_in(role)
                titles = [phrase.title if class_of(phrase.title.rpartition(" ")[2]) == "official" else "", role]
                named["roles"] += [(doc_id, clean_role(t)) for t in titles if t and (doc_id, clean_role(t)) not in named["roles"]]
    texts = dict(documents)
    for person in people:  # of one side in all articles: that of the ministry, army, ... of a role, or an official's own country
        told = [side_of_office(role, texts[doc_id], person["mentions"].get(doc_id, [0])[0]) for doc_id, role in sorted(
            person["roles"], key=lambda role: not BODY.search(role[1])) if not person["side"] and doc_id in person["full"]]
        listed = [find_actor(run) for _, role in person["roles"] for run in RUN.findall(role)]
        nobodys = any(row and (row["kind"], row["side"]) == ("named_organisation", "Other") for row in listed)  # the Red Cross
        person["side"] = person["side"] or ("Other" if nobodys else next(filter(None, told), None))
    return people, index


def find_bodies(texts):
    """{name: in full} of what texts call a party, firm, ... ("the New Path coalition") or speak of as "which"; "Marks" of "Marks & Co"."""
    found = {}
    for text in texts:
        for run in RUN.finditer(text):
            name = trim_run(run[0])[1] if len(run[0]) < 100 else ""
            called = CALLED.search(text[max(0, run.start() - 40):run.start()]) or CALLS.match(text[run.end():run.end() + 80])
            if called and name and name.split()[0] not in GIVEN_NAMES and not find_actor(name):
                found[name] = name
            if " & " in name:
                found.setdefault(name.partition(" & ")[0], name)
    return found


def side_of_office(role, text, start):
    """The country of an official named at an offset: that of his ministry, army, ..., else the article's, else what is spoken of."""
    official = not FIRM.search(role) and (any(class_of(word) == "official" for word in role.split()[-2:]) or PUBLIC.search(role) and kind_of_title(
        role) == "official" and not words_of("wider") & set(role.split()))  # "head of the Election Commission"
    lead = (BEFORE.search(text[max(0, start - 60):start]) or [""])[0].strip(" ,").lower().split()
    if SENT.search(role) or (OUTLAWS | {"their"}) & {*role.split(), *lead} or re.match(r"[^,.\n]{3,60}, their ", text[start:start + 70]):
        return None  # a rebel spokesman, "their leader", who is sent there are of no state
    body = owner_of_body(role, text, start) if official or BODY.search(role) else None
    subject = RUN.match(text, text.rfind("\n", max(0, start - 1500), start) + 1) if re.fullmatch(r"spokes\w+", role) else None
    if subject and subject.start() < start and country_in(subject[0]):  # "The Kremlin saw it. ..., said spokesman Ivan Belov"
        return country_in(subject[0])
    begin = max(text.rfind(mark, max(0, start - 400), start) for mark in ("\n", ". ", "— ", "- ")) + 1
    told = [c for at, noun, c in bodies_of(text) if begin <= at < start and not noun] if text[max(0, start - 2):start] == ", " else []
    return told[0] if official and told else body if body and BODY.search(role) else (home_of(text) or body) if official else None


@lru_cache(maxsize=200)
def home_of(text):
    """The country an article is at home in: that of its dateline, else the one that more than half of its names of countries mean."""
    country, n = next(iter(sides_in(text).most_common(1)), ("", 0))
    adjective = rf"\b{re.escape(ADJECTIVES.get(country, country))} (?!state |media|television|radio|news)[a-z]"
    alone = n == 1 and all(country != owner for _, _, owner in bodies_of(text)) and re.search(adjective, text)  # "the Swedish supplier"
    most = country in ADJECTIVES and country != "European Union" and 2 * n > sum(sides_in(text).values())
    return dateline_of(text) or (country if most and not alone else None)


@lru_cache(maxsize=200)
def sides_in(text):
    """How often a text names each country, by its own name, its people or its places."""
    return Counter(filter(None, map(country_in, RUN.findall(CREDIT.sub("", text[:20_000])))))


def kind_of_body(words):
    """What sort of body words name, "" if none; a minister is his ministry."""
    body = BODY.search(words)
    return body[0].lower().replace("minister", "ministry").replace("officials", "official") if body else ""


@lru_cache(maxsize=200)
def bodies_of(text):
    """[(offset, body, country)]: "Sudan's army", "the government in Juba", and under "" the subjects of sentences ("China protested")."""
    found = []
    for body in BODY.finditer(text, 0, 100_000):
        words = re.split(r"\w{3,}\. ", (LEAD_IN.search(text, max(0, body.start() - 40), body.start()) or [""])[0])[-1].split()
        lead = next((i for i, word in enumerate(reversed(words)) if not is_capital(word) and word.capitalize() not in OFFICES), len(words))
        country = country_in(" ".join(words[len(words) - lead:]))
        seat = None if country else SEATED.match(text, body.end())
        country = country or seat and country_in(RUN.match(text, seat.end())[0])
        if country in ADJECTIVES:
            found.append((body.start(), kind_of_body(body[0]), country))
    for opening in SENTENCE.finditer(text, 0, 100_000):
        run = RUN.match(text, opening.end())
        verb = run and re.match(r" (?!and )([a-z]+)", text[run.end():run.end() + 30])
        country = load_places()[0].get(run[0]) if verb and (verb[1] == "will" or not class_of(verb[1])) else None
        found += [(opening.end(), "", country)] if country else []
    return sorted(found)


@lru_cache(maxsize=200)
def dateline_of(text):
    """The country of an article's dateline ("NAIROBI, May 3 -"), if the text speaks of that country besides; else None."""
    lines, sides = DATELINE.finditer(text, 0, 1000), load_places()[1]
    told = ((side, line[1].isupper()) for line in lines if (side := sides.get(line[1]) or sides.get(line[1].title())))
    country, capitals = next(told, (None, False))
    others = max((n for side, n in sides_in(text).items() if side != country), default=0)
    return country if sides_in(text)[country] > (not capitals) or others < 3 else None


def owner_of_body(words, text, start):
    """The country whose army, ministry, ... words without a country mean at an offset, or None: that of such a body in this paragraph,
    else of the dateline, of the last such body, of what the paragraph before is about, of the only such body named later."""
    named, noun = bodies_of(text), kind_of_body(words)
    end = bisect_left(named, (start,))
    earlier, dateline = named[max(0, end - 50):end], dateline_of(text)
    paragraph = text.rfind("\n", max(0, start - 1500), start) + 1
    sentence = max(paragraph, *(text.rfind(mark, max(0, start - 1500), start) for mark in (". ", ".” ", '." ')))
    kin = [b for b in earlier if b[1] == noun != ""] or [b for b in earlier if noun in ARMS and b[1] in ARMS]
    here = [b for b in kin if b[0] >= paragraph] or [b for b in earlier if noun and paragraph <= b[0] < sentence and not (kin and b[1]) and b[1] != "official"]
    if here or kin and not dateline:
        return subject_of(here or kin, text)
    own = noun and kin and re.search(rf"\bthe (?:\w+ )?{noun}\b", text[:min(kin[0][0], 5000)], re.I)  # spoken of before any other country's
    if dateline and (not kin or own or dateline in {country for _, _, country in kin}):
        return dateline
    above = text.rfind("\n", 0, max(0, paragraph - 9) + len(text[max(0, paragraph - 9):paragraph].rstrip()))
    back = {b[2] for b in earlier if noun and max(above, start - 1500) <= b[0] < paragraph}
    later = back or {country for _, other, country in named[end:end + 50] if noun and other == noun}
    return subject_of(kin, text) if kin else later.pop() if len(later) == 1 else None


def subject_of(bodies, text):
    """The country of the last body named, of several in one sentence of the first; None for "Peru's army and Chile's army"."""
    near = [b for b in bodies[-3:] if b[0] > bodies[-1][0] - 400 and not re.search(r"[.!?\n]", text[b[0]:bodies[-1][0]])]
    joint = any(re.match(r"\w+(?: \w+)? and ", text[b[0]:b[0] + 40]) for b in near[:-1])
    return None if joint and len({b[2] for b in near}) > 1 else near[0][2]


def trim_run(run, after_of=False):
    """(characters skipped, run) without words that only begin a sentence and the office of a title ("of State John Kerry")."""
    words = run.split(" ")
    skip = 0
    while skip < len(words) and (words[skip].lower() in STARTERS or after_of and words[skip] in OFFICES and len(words) - skip > 2):
        skip += 1
    return len(" ".join(words[:skip])) + bool(skip), " ".join(words[skip:])


def read_person(text, start, run, sources):
    """(name, role, gender, side) if a capitalised run names a person in full; None otherwise."""
    phrase = read_phrase(run)
    name, words, actor = phrase.name, phrase.name.split(), find_actor(phrase.name)
    listed = bool(actor and actor["kind"] == "named_person")
    if phrase.form != "name" or not listed and (len(words) not in range(2, 6) or actor or name in load_places()[1] or looks_organised(words)
                                                or kind_of_title(sources.get(name, "")) == "organisation"):  # "Rival firm Redline Travel"
        return None
    before = BEFORE.search(text[max(0, start - 60):start])
    title = f"{title_before(before.group(1)) if before else ''} {phrase.title}".strip()  # "Army spokesman General"
    after = AFTER.match(text, start + len(run))
    apposition = next((part for part in after.groups() if part), "") if after else ""
    role = role_text(apposition)
    party = PARTY.search(apposition)
    evidence = (listed or words[0] in GIVEN_NAMES or name in sources or kind_of_title(title) in ("official", "person", "honorific")
                or role or party or re.fullmatch(r"\d\d", apposition.strip()) or name.isupper() and SPEAKS.match(text, start + len(run)))
    side = (actor or {}).get("side") or country_in(title) or country_in(sources.get(name, ""))
    place = re.match(r" of ([A-Z]\w+(?: [A-Z]\w+)?)", text[start + len(run):start + len(run) + 40])  # "Admiral A B of Japan"
    side = side or (load_places()[0].get(place[1]) if place else None) or ("United States" if party else country_in(apposition) if role else None)
    return (name, clean_role(title) or clean_role(role) or clean_role(sources.get(name, "")), gender_of(phrase, title, apposition),
            side or side_of_title(title, text)) if evidence else None


def side_of_title(title, text):
    """The country whose politicians bear a title ("Sen.", "Rep."), if titles.csv gives one and the text is not of others alone."""
    sides = [TITLES[word][2] for word in map(singular, title.split()) if TITLES.get(word, ("", "", ""))[2]]
    others = [n for side, n in sides_in(text).items() if side not in sides]  # "Senator" in news of another country
    return sides[0] if sides and (2 * sides_in(text)[sides[0]] > max(others, default=0) or sum(others) < 3 and not home_of(text)) else None


def kind_of_title(title):
    """Class of a title: of its last word, of the one before "of" or "for" if that is nobody ("MP for the town")."""
    last, first = (class_of(words.rpartition(" ")[2]) for words in (title, re.split(r" (?:of|for|in|at|to) ", title)[0]))
    return last if last in ("official", "person", "honorific") else first or last


def title_before(words):
    """The title in small letters that stands right before a name: "Pentagon spokesman"."""
    office = re.sub(r" of(?: [A-Z]\w+)+$", "", words)  # "Secretary of State"
    parts = office.split(" ")
    if class_of(parts[-1]) not in ("official", "person", "honorific") or parts[-1][:1].isupper() and office == words:
        return ""
    start = len(parts) - 1
    while start and (is_capital(parts[start - 1]) or parts[start - 1] in RANKS or start > 1 and parts[start - 2] == "chief"
                     or PUBLIC.fullmatch(bare(parts[start - 1]))):
        start -= 1
    return " ".join(parts[start:]) + words[len(office):]


def role_text(apposition):
    """The apposition if it describes a person: its noun is a title or role, and no verb follows it."""
    phrase = read_phrase(apposition) if apposition and not apposition[0].isdigit() else None
    if not phrase or phrase.form != "role" or class_of(phrase.head) not in ("official", "person", "media"):
        return ""
    tail = squeeze(apposition).partition(re.split(r" (?:of|for|at|in|on|with|to|from|who|which|based)\b", phrase.label)[0])[2]
    return "" if re.match(r"(?:but|or|as|while|when|though|reports?|says|said|adds|added)\b", apposition) or not DESCRIBES.match(tail) else apposition


def clean_role(text):
    """A role as the text gives it, without articles and honorifics; None if nothing is left."""
    text = re.sub(r"^(?:(?:the|a|an|one of the|both|his|her|its|their)\s+)+", "", squeeze(text), flags=re.I)
    text = re.split(r",? (?:who|which)\b|, speaking\b|[;(]", text)[0].strip(" ,")
    text = re.sub(r"(?<=[a-z]) (?:Sir|Dame|Lord|Lady|Dr\.?|Mr\.?|Mrs\.?|Ms\.?)$", "", text)
    return None if not text or class_of(text.rstrip(".")) == "honorific" or text.lower() in PRONOUNS else text


def looks_organised(words):
    """Whether a name is of an organisation, medium, place or day by its own words."""
    given = words[0] in GIVEN_NAMES  # "Charity Banda", "Alicia Hall"
    return words[-1] in NAME_TAILS or not (given and words[-1] in SURNAMES_TOO) and any(
        class_of(word) == "organisation" or word in COMPANIES or word == "&" for word in words[given:])


def gender_of(phrase, title="", apposition=""):
    """m, f or "" from title, spokes-word, list of actors or given name."""
    words = [*(phrase.title or title).split(), *apposition.split()[:6]]
    told = next(filter(None, (TITLES.get(singular(word), ("", ""))[1] for word in words)), "")
    first = phrase.name.split()[0] if " " in phrase.name else ""
    return told or (find_actor(phrase.name) or {}).get("gender") or GIVEN_NAMES.get(first, ("",))[0]


def register(people, index, doc_id, start, name, role, gender, side):
    """Adds a full mention to the person it is a form of, or to a new person."""
    name = name.title() if name.isupper() else name  # a transcript's
    same = index.setdefault(fold(surname_of(name)), [])
    person = next((p for p in same if any(same_person(name, form) for form in p["forms"]) and not (gender and p["gender"] and gender != p["gender"])), None)
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
    long = {GIVEN_NAMES.get(n.capitalize(), ("", ""))[1].lower() or n for n in (x, y)}
    return len(long) == 1 or y.startswith(x) and len(x) < 4 or len(x) > 5 and x[0] == y[0] and SequenceMatcher(None, x, y).ratio() > 0.8


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
