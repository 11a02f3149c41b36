"""What a name, a description or a pronoun means in an article: people of its story, countries, organisations, unnamed speakers.

Descriptions are matched with roles in the text, pronouns by gender, number and salience (after Lappin & Leass 1994, unparsed)."""
import re
from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import NamedTuple

import pandas as pd

from helpers.names import (ADJECTIVES, GIVEN_NAMES, NAME_TAILS, OFFICES, SHARED, bare, class_of, country_in, find_actor, fold, load_places,
                           load_surnames, read_phrase, singular, squeeze, surname_of, words_of)
from helpers.people import (BODY, OUTLAWS, PUBLIC, RUN, STARTERS, canonical, clean_role, find_person, gender_of, kind_of_title, looks_organised, owner_of_body, role_text,
                            side_of_office, same_person, side_of_title, trim_run)

GENDERED = {**dict.fromkeys("he him his himself".split(), "m"), **dict.fromkeys("she her hers herself".split(), "f")}
GENERIC, WIDER, LEADERS, MEDIA_PEOPLE, PARTIES, CANDIDATES, ENVOYS = map(words_of, (
    "generic", "wider", "leader", "media people", "party name", "candidate", "envoy"))  # an envoy is as likely of one country as of another
SAME_ROLE = dict(pair.split("=") for pair in words_of("same role"))


class Speaker(NamedTuple):
    """A resolved source: canonical name, kind, side, role, and the person of the story's registry when it is one."""
    name: str
    kind: str
    side: str = "Other"
    role: str | None = None
    person: dict | None = None


class Article(NamedTuple):
    """What resolving needs of a document; `said` collects (offset, row, Speaker, whether "they" can mean it) of what is resolved."""
    doc_id: str
    text: str
    author: str | None
    starts: list      # of sentences
    mentions: list    # (offset, person), sorted
    index: dict       # folded surname -> people
    bodies: dict      # what the story calls a party, a firm, ... -> its full name
    sides: dict       # how often people and places of each side are named
    home: str | None  # the side most of them belong to
    said: list
    resolved: dict    # attribution -> its row with "who"
    papers: frozenset = frozenset()  # folded names of the story's outlets


NOBODY = Speaker("unattributed", "unattributed")


def before(rows, start, most=100):
    """What stands before an offset, of `said` or `mentions` in text order: the last hundred (long texts in linear time)."""
    end = bisect_left(rows, start, key=itemgetter(0))
    return rows[max(0, end - most):end]


def join_speakers(speakers):
    """One Speaker for several: two in alphabetical order, so that a pair is one speaker whoever is named first."""
    if len(names := list(dict.fromkeys(s.name.removeprefix("anonymous: ") for s in speakers))) == 1:
        return speakers[0]
    names = sorted(names) if len(names) == 2 else names
    sides = {s.side for s in speakers}
    return Speaker(", ".join(names[:-1]) + " and " + names[-1], "group", sides.pop() if len(sides) == 1 else "Other")


def split_joint(text):
    """The parts of a joint source ("Carter and his counterpart", "Russia, US"), or the text alone when "and" joins others."""
    text = squeeze(re.sub(r"^both ", "", squeeze(text), flags=re.I))
    text = re.sub(r"(?<=\w) ?/ ?(?=[A-Z])", " and ", text)  # "Reuters/Ipsos"
    if " and " not in text and ", " not in text or find_actor(bare(re.sub(r"^the ", "", text, flags=re.I))):
        return [text]
    parts = [part for part in re.split(r",? and |, ", text) if part]
    phrases = [read_phrase(part) for part in parts]
    places, demonyms = load_places()
    if " and " not in text:
        return parts if all(p.name in places for p in phrases) else [text]
    named = [p.form in ("name", "organisation") or BODY.fullmatch(part) or p.form == "role" and (p.definite or part.startswith("other "))
             for p, part in zip(phrases, parts)]
    in_office = any(re.search(r" (?:of|for|on)(?: [A-Z]\S*)?$", part) or part.split()[-1] in OFFICES and not BODY.fullmatch(p.label)
                    for p, part in zip(phrases, parts[:-1]))
    adjective = phrases[0].name in demonyms and phrases[0].name not in places
    one_name = phrases[-1].form == "organisation" and not phrases[-1].definite and not (
        phrases[0].form == "organisation" or phrases[0].title or phrases[0].name in places or find_actor(phrases[0].name))
    apposed = any(p.form == "role" for p in phrases[1:-1]) or len(parts) > 2 and phrases[-1].form == "role"
    return parts if all(named) and any(p.name for p in phrases) and not (in_office or adjective or one_name or apposed) else [text]


def resolve_name(phrase, article, start):
    """A Speaker from a name: a country, a listed organisation, a person of the article or the list, else by its own shape."""
    (places, demonyms), name = load_places(), re.sub(r"^[A-Z]\w+-(?:aligned|allied|backed|led|linked|supported) ", "", bare(phrase.name))
    actor, many = find_actor(name), name.endswith("s") and not phrase.title
    if name in places and not phrase.title:
        return anonymous(phrase, article) if phrase.plural and many else Speaker(places[name], "named_organisation", places[name])
    if actor and actor["kind"] != "named_person":
        return organisation(name, article, start)
    if name in demonyms and not phrase.title and not actor and not many:
        return Speaker(demonyms[name], "named_organisation", demonyms[name])
    person = find_person(article.index, name, article.doc_id, gender_of(phrase))
    if not person and " " not in name and class_of(phrase.title) == "honorific":  # "Mr. Liu" is Liu Wei, the family's name first
        person = next((p for _, p in article.mentions if name not in GIVEN_NAMES and any(form.split()[0] == name for form in p["forms"])), None)
    role = clean_role(phrase.title) or clean_role(role_text(phrase.rest))
    if person:
        return speaker_of(person, article, role)
    listed = [actor] if actor else [row for row in load_surnames().get(fold(surname_of(name)), []) if same_person(name,
        row["name"]) and (" " in name or row["side"] in article.sides or not article.sides)]
    if listed and not actor and (other := namesake(name, listed, article.text[max(0, start - 9000):start])):
        return Speaker(other, "named_person", "Other", role)
    if listed:
        return Speaker(listed[0]["name"], "named_person", listed[0]["side"], role)
    titled, words = kind_of_title(phrase.title), name.split()
    if words[-1] in words_of("waters") and not phrase.title:
        return NOBODY  # "Scarborough Shoal lies 120 miles off the coast"
    called = name in article.bodies and titled not in ("official", "person", "honorific")
    if titled == "organisation" or called or class_of(read_phrase(phrase.rest).head) == "organisation" and " " not in phrase.title:
        return organisation(article.bodies.get(name, name), article, start)
    if titled == "media" and singular(phrase.title.rpartition(" ")[2]) not in MEDIA_PEOPLE:
        return Speaker(name, "media", "Media")  # "the newspaper As-Safir"
    if not phrase.title and phrase.definite and words[-1] in NAME_TAILS:  # "The Times"
        return organisation(name, article, start)
    if phrase.plural and name.removesuffix("s") in demonyms:  # "some average Americans"
        return anonymous(phrase, article)
    if many and (phrase.plural or len(words) == 1 and phrase.definite):
        return anonymous(phrase, article)
    talks = len(re.findall(rf"(?m)^{re.escape(name)}:", article.text)) > 1  # a transcript's
    firm = titled not in ("official", "honorific") and words[0] not in GIVEN_NAMES and looks_organised(words)
    if firm or not phrase.title and not talks and (looks_organised(words) or phrase.definite or name.isupper() and len(name) < 7 or name in demonyms):
        return organisation(name, article, start)
    if not phrase.title and " " not in name and re.search(rf"\b(?:in|near|outside) (?:the )?{re.escape(name)}\b", article.text[max(0, start - 9000):start + 9000]):
        return organisation(name, article, start)  # a place in no list
    side = country_in(phrase.title) or country_in(phrase.rest) or side_of_title(phrase.title, article.text)
    side = side or (side_of_office(phrase.title, article.text, start) if titled == "official" else None)
    return Speaker(name, "named_person", side or "Other", role)


def namesake(name, listed, text):
    """The full name before a surname of the list that is another's than those listed: the goalkeeper Dario Silva."""
    full = re.search(rf"\b([A-Z][a-z]+) {re.escape(name)}\b", text) if " " not in name else None
    own = full and not (class_of(full[1]) or full[1].lower() in STARTERS)
    return full[0] if own and not any(same_person(full[0], row["name"]) for row in listed) else None


def speaker_of(person, article, role=None):
    """A registered person as Speaker, with the role given here, else the first one given in this article, else in another."""
    roles = [text for doc_id, text in person["roles"] if doc_id == article.doc_id] or [text for _, text in person["roles"]]
    name = canonical(person)
    sides = [(find_actor(name) or {}).get("side"), person["side"], *map(country_in, [role or "", *roles]), "Other"]
    return Speaker(name, "named_person", next(filter(None, sides)), role or (roles[0] if roles else None), person)


def organisation(name, article, start):
    """An organisation or medium as Speaker: the listed name, an acronym's long form, a government as its country."""
    name = re.sub(r"^(?:[Tt]he )?(?:[\w-]+-based )?", "", bare(name))
    if owner := re.match(r"(\S+)['’]s? ", name):  # "Russia's Defense Ministry", "Trump's campaign"
        name = ADJECTIVES.get(load_places()[0].get(owner[1]), owner[1]) + " " + name[owner.end():]
    if re.fullmatch(r"[A-Z][A-Z.&]{1,8}", name) and not find_actor(name):
        name = long_form(name, article.text)
    plain = re.sub(r"(?: [a-z]+)+$", "", name)  # "Interfax news agency"
    actor = find_actor(name) or find_actor(plain)
    others = actor and BODY.search(plain) and owner_of_body(plain, article.text, start) not in (None, actor["side"])  # South Korea's Joint Chiefs
    foreign = actor and SHARED.fullmatch(plain) and (others or article.home and actor["side"] not in article.sides)
    if actor and actor["kind"] != "named_person" and not foreign:
        return Speaker(actor["name"], actor["kind"], actor["side"])
    words, side = name.split(), country_in(name)
    if singular(words[-1]) in ("government", "regime") and side:
        return Speaker(side, "named_organisation", side)
    if words[-1] in NAME_TAILS or class_of(words[-1]) == "media" or name.endswith(" news agency"):
        return Speaker(name, "media", "Media")
    person = find_person(article.index, " ".join(words[:-1]), article.doc_id) if len(words) > 1 else None
    side = side or (speaker_of(person, article).side if person else PUBLIC.search(name) and (owner_of_body(name, article.text, start) or article.home))
    return Speaker(name, "named_organisation", side or "Other")


def long_form(acronym, text):
    """The capitalised words before "(AROS)" whose initials it is; the acronym itself if the text does not spell it out."""
    letters, at = acronym.replace(".", ""), text.find(f"({acronym})")
    words = text[max(0, at - 120):max(0, at)].split()[-12:]
    starts = range(len(words) - 1, -1, -1)
    initials = {i: "".join(word[0] for word in words[i:] if word[0].isupper()) for i in starts}
    spelt = r"\b" + r"[ -](?:(?:of|for|and|on|the) )*".join(f"{letter}[a-z]+" for letter in letters) + r"\b"
    spelt = re.search(spelt, text[:40_000]) if letters.isalpha() and len(letters) > 2 else None
    return next((" ".join(words[i:]) for i in starts if initials[i] == letters), squeeze(spelt[0]) if spelt else acronym)


def repeated(phrase, start, article):
    """The unnamed source last heard that has the description's noun: "The official" after "a senior U.S. official"."""
    return next((s for _, r, s, _ in reversed(before(article.said, start)) if s.name.startswith("anonymous: ")
                 and phrase.head in map(singular, s.name.split()) and (" and " not in s.name or " and " in phrase.label)), None)


def several(phrase, start, article, above=None):
    """"the officials" repeat unnamed ones; "the two men", "the senators" are the people last heard together or last named."""
    same = repeated(phrase, start, article)
    joint = next((s for _, _, s, _ in reversed(before(article.said, start)) if s.kind == "group" and not s.name.startswith("anonymous: ")), None)
    if same or joint and not phrase.two:
        return same or (joint if class_of(phrase.head) == "official" else anonymous(phrase, article))
    teller = above["who"].person if above and above["type"] != "direct" else None  # he says "both leaders" of others
    last = list({id(person): person for _, person in reversed(before(article.mentions, start, 400)) if person is not teller}.values())
    pair = phrase.two or phrase.head in ("man", "woman")
    noun = SAME_ROLE.get(phrase.head, phrase.head)
    nouns = LEADERS if noun == "leader" else {noun}
    own = {id(p): [role_words(re.split(r"['’]s ", text)[-1]) for _, text in p["roles"]] for p in last}
    fits = [p for p in last if noun in ("man", "woman", "side") or any(nouns & words for words in own[id(p)])]
    return join_speakers([speaker_of(p, article) for p in fits[:2]]) if pair and len(fits) > 1 else anonymous(phrase, article)


def fitting_person(phrase, start, article):
    """The person whose roles share most words with a description, its noun and country among them; the last named of them."""
    if class_of(phrase.head) == "organisation":
        return None  # "the office" is not its spokesman
    country = country_in(phrase.label)
    wanted = role_words(phrase.label)
    noun, best, mentions = SAME_ROLE.get(phrase.head, phrase.head), {}, before(article.mentions, start, 400)
    mentions = mentions + article.mentions[len(mentions):][:50] if len(mentions) < 50 else mentions  # named later, too
    for _, person in mentions:
        if id(person) not in best:
            actor = find_actor(canonical(person)) or {}
            sides = {person["side"], actor.get("side")} - {None}
            roles = [*(text for _, text in person["roles"]), actor.get("role") or ""]
            shared = [len(wanted & words) for words in map(role_words, roles) if noun in words and "vice" not in words - wanted and not other_party(wanted, person)]
            best[id(person)] = max(shared, default=0) if not country or not sides or country in sides else 0
    fits = [(best[id(person)], offset < start, offset if offset < start else -offset, person) for offset, person in mentions if best[id(person)]]
    return max(fits, key=lambda fit: fit[:3])[3] if fits else None


def role_words(text):
    """Words of a role for comparison: singular, of one spelling, a press secretary being a spokesman."""
    words = {SAME_ROLE.get(word, word) for word in (singular(word) for word in text.split())}
    portfolio = "secretary" in words and not words & {"press", "state", "general"}  # a defence secretary is a minister
    return words | ({"spokes"} if "press secretary" in text.lower() else {"minister"} if portfolio else set())


def other_party(words, person):
    """Whether the words of a description name another party than a person's roles do."""
    return len(PARTIES & words.union(*(role_words(text) for _, text in person["roles"]))) > 1


def last_organisation(phrase, start, article):
    """"the company", "the newspaper": the organisation of that sort last heard, a country's by its words, else unnamed."""
    kind = "media" if class_of(phrase.head) == "media" else "named_organisation"
    country = country_in(phrase.label)
    owner = country or country_in(phrase.rest) or BODY.search(phrase.label) and (owner_of_body(phrase.label, article.text, start) or article.home)
    heard = [s for _, _, s, _ in reversed(before(article.said, start)) if s.kind == kind and s.name not in load_places()[1]]
    same = [s for s in heard if phrase.head in s.name.lower()]
    heard = [s for s in heard if phrase.head in GENERIC and not (phrase.head in ("company", "firm") and PUBLIC.search(s.name))]
    named = [organisation(trim_run(run)[1], article, start) for run in reversed(RUN.findall(article.text[max(0, start - 8000):start]))
             if phrase.head in map(singular, run.split())]
    found = next((s for s in same + named + heard if not owner or s.side in (owner, "Other")), None)
    if country or not (found or owner):
        return anonymous(phrase, article)
    name = found.name if found else phrase.label.lower()  # "the ministry": of the country it belongs to here
    named = owner in ADJECTIVES and not country_in(name) and BODY.search(name)
    return organisation(f"{ADJECTIVES[owner]} {name}", article, start) if named else found or anonymous(phrase, article)


def anonymous(phrase, article, row=None):
    """An unnamed speaker under the words used: an official (or soldier), a group, a medium, an organisation."""
    heads = [class_of(word) for word in re.split(r" (?:of|close|familiar|from|for|to|with|by)\b", phrase.label)[0].split()]
    kind = class_of(phrase.head) or next((c for c in reversed(heads) if c in ("official", "person")), "")
    kind = "official" if phrase.head in ("police", "authorities", "authority", "force") and kind == "organisation" and phrase.plural else kind
    pair = re.search(r"([\w.]+) and ([\w.]+) ", phrase.label)  # "British and U.S. diplomats"
    joint = len({country_in(pair[1]), country_in(pair[2])} - {None}) > 1 if pair else False
    placed = phrase.head in ENVOYS and phrase.rest.startswith("in ")  # a diplomat in Sofia is no Bulgarian
    told = country_in(phrase.label) or (country_in(phrase.rest) if class_of(phrase.head) in ("official", "person") and not placed else None)
    shared = find_actor((SHARED.search(phrase.label) or [""])[0])  # "the Senate majority leader"
    told = told or (shared["side"] if shared and shared["side"] in article.sides else None)
    side, start = None if joint else told, 0 if row is None or pd.isna(row["source_start"]) else int(row["source_start"])
    mixed = " and " in phrase.label and len({c for c in heads if c}) > 1 and kind != "official"  # "officials and state media"
    if kind == "media" and not mixed:
        name = re.sub(r" (?:article|story|report|editorial|column)$", "", phrase.label)  # "a Times article"
        return Speaker(name if name.istitle() else phrase.label, "media", "Media")
    several = phrase.plural or mixed or phrase.head == "side" or re.search(r"\b(?:group|coalition|team|party|family) of \w", phrase.label)
    if phrase.plural and phrase.head in CANDIDATES:  # no officials: of all parties
        kind = "person"
    if kind == "organisation" and not several:
        side = side or PUBLIC.search(phrase.label) and (owner_of_body(phrase.label, article.text, start) or article.home)
        return Speaker(phrase.label, "named_organisation", side or "Other")
    if kind == "official":
        parent = article.resolved.get(row["parent"]) if row else None
        said = before(article.said, row["source_start"]) if row and not pd.isna(row["source_start"]) else article.said[-100:]
        heard = [country_in(s.name) if s.kind == "media" else s.side for _, _, s, _ in reversed(said)
                 if s.kind in ("anonymous_official", "media") or s.kind == "named_person" and (
                     find_actor(s.name) or BODY.search((s.role or "").replace("counterpart", "minister")))]  # no mere compatriots
        heard = [country for country in heard if country not in ("Other", "Media", None)]
        side = side or (country_in(parent["who"].name) if parent else None)  # a lieutenant in a Russian newspaper
        office = re.sub(r"^officials?", "", f"{phrase.label} {phrase.rest}", flags=re.I)
        foreign = joint or (WIDER | OUTLAWS) & set(phrase.label.split()) or phrase.head == "leader" and phrase.plural  # they belong to nobody
        side = side or (owner_of_body(office, article.text, start) if BODY.search(office) and not foreign else None)
        heard = [] if foreign or phrase.head in ENVOYS else heard
        return Speaker("anonymous: " + phrase.label, "anonymous_official",
                       side or (heard[0] if heard else None if foreign or phrase.head in ENVOYS else article.home) or "Other")
    return Speaker("anonymous: " + phrase.label, "group", side or "Other") if phrase.label else NOBODY


def spoken_for(who):
    """The organisation a spokesman's "we" stands for, when his role names a listed one; else the speaker himself."""
    spokes = re.fullmatch(r"(.+?)(?: \w+)? (?:spokes\w+|press secretary)", who.role or "", re.I)
    actor = spokes and (find_actor(spokes.group(1)) or find_actor(who.role.split()[0]))
    return Speaker(actor["name"], actor["kind"], actor["side"]) if actor and actor["kind"] == "named_organisation" else who


def likeliest_person(gender, start, row, article):
    """The person a singular pronoun means: by sentences back, being a source or a sentence's first, not quoted, no owner."""
    parent = article.resolved.get(row["parent"])
    quoting = parent and parent["type"] == "direct" and re.search(r"[“\"«„]", article.text[parent["content"][0][0]:start])
    owner = parent["who"].person if parent and not quoting else None
    sentence = bisect_right(article.starts, start)
    near = before(article.said, start)
    sources = [(offset, offset + len(r["source_text"] or ""), s.person) for offset, r, s, _ in near if s.kind == "named_person"]
    quotes = [(a, b) for _, r, _, _ in near for a, b in r["content"] or []]
    best, top = None, -9.0
    for offset, person in before(article.mentions, start, 40):
        if quoting and person is parent["who"].person or gender and person["gender"] and person["gender"] != gender:
            continue
        at = bisect_right(article.starts, offset)
        speaks = [p is person for a, b, p in sources if a <= offset < b]
        quoted = any(a <= offset < b and not a <= start < b for a, b in quotes)
        owned = re.match(r"[^\s’']*(?: [A-Z][^\s’']*)?['’]s?\b", article.text[offset:offset + 60])
        score = at - sentence + (1.2 if any(speaks) else -1.5 if speaks else 0) + (owner is person) - quoted
        score += 0.6 * bool(article.starts and offset - article.starts[max(0, at - 1)] < 30) + 0.3 * bool(person["gender"]) - 0.5 * bool(owned)
        if score >= top:
            best, top = person, score
    after = bisect_left(article.mentions, start, key=itemgetter(0))
    return best or (next((p for _, p in article.mentions[after:after + 100] if p["gender"] in (gender, "")), None) if gender else None)
