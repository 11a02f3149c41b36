"""Source phrases -> canonical speakers, their kind, side and role, within an article and across the articles of a story.

General rules come first: people are found in the text by title, given name and apposition, and pronouns, surnames and descriptions are
led back to them by gender, number and recency (in the manner of Lappin & Leass 1994, without a parse). The lists in data/ come second.
"""
import re
from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

import pandas as pd

from helpers.names import (DETERMINERS, PARTICLES, PREPOSITIONS, PRONOUNS, bare, class_of, country_in, fold, is_capital, load_actors, load_given_names,
                           load_places, load_surnames, load_titles, read_phrase, singular, squeeze, surname_of)
from helpers.tables import make

CAPITAL = r"(?:[A-Z]\.)+|(?:[A-Z][a-z]{0,4}\.(?= [A-Z]))|(?:[a-z]{1,2}[-'’])?[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*"
RUN = re.compile(rf"(?<![\w.])(?:{CAPITAL})(?:[  ](?:{CAPITAL}|(?:{'|'.join(sorted(PARTICLES - {'e', 'y'}))})(?=[  ][A-Z])))*")
BEFORE = re.compile(r"([\w’'-]+(?: [\w’'-]+){0,4}),? $")
AFTER = re.compile(r",? ?(?:\(([^()]{1,60})\)|, ((?:[^,.;:\n“”\"]){3,90})[,.;:])")
STARTERS = DETERMINERS | PREPOSITIONS | PRONOUNS | set("but and yet so then still also now if because although though while meanwhile however says said not "
                                                       "there here why how what even just only according asked since until once despite like".split())
MEDIA_NAMES = set("Times Post News Journal Press Tribune Herald Gazette Chronicle Telegraph Observer Radio TV Television Magazine Daily Guardian "
                  "Standard Mirror Examiner Sun Globe Star Review Weekly Broadcasting Today Dispatch Inquirer Register Bee Courier Network".split())
MALE, FEMALE = set("he him his himself".split()), set("she her hers herself".split())
GENDERED = {**dict.fromkeys(MALE, "m"), **dict.fromkeys(FEMALE, "f")}
MARKET = re.compile(r"\b[RDI]-(?=[A-Z])")  # "(R-Tex.)": the party and state of a U.S. politician


class Speaker(NamedTuple):
    """A resolved source: canonical name, kind, side, role, and the person of the story's registry when it is one."""
    name: str
    kind: str
    side: str = "Other"
    role: str | None = None
    person: dict | None = None


NOBODY = Speaker("unattributed", "unattributed")


# ---- people of a story -------------------------------------------------------------------------------------------------------------

def find_people(story_documents):
    """The people named in full in a story: dicts of forms (Counter), roles [(doc_id, text)], gender, mentions {doc_id: [offset]}."""
    people, index = [], {}
    runs = {doc_id: [(m.start(), *trim_run(m.group())) for m in RUN.finditer(text)] for doc_id, text in story_documents}
    texts = dict(story_documents)
    for doc_id, found in runs.items():
        for start, skipped, run in found:
            person = read_person(texts[doc_id], start + skipped, run)
            if person:
                name, role, gender, side = person
                register(people, index, doc_id, start + skipped, name, role, gender, side)
    for doc_id, found in runs.items():
        for start, skipped, run in found:
            phrase = read_phrase(run) if run else None
            if phrase and phrase.form == "name" and (named := find_person(index, phrase.name, doc_id, gender_of(phrase))):
                if start + skipped not in named["mentions"].get(doc_id, []):
                    named["mentions"].setdefault(doc_id, []).append(start + skipped)
                    named["roles"] += [(doc_id, phrase.title)] if class_of(phrase.title.rpartition(" ")[2]) == "official" else []
    for person in people:
        for places in person["mentions"].values():
            places.sort()
    return people, index


def trim_run(run):
    """(characters skipped, run) without the function words a sentence begins with."""
    words = run.split(" ")
    skip = 0
    while skip < len(words) and words[skip].lower() in STARTERS:
        skip += 1
    return len(" ".join(words[:skip])) + bool(skip), " ".join(words[skip:])


def read_person(text, start, run):
    """(name, role, gender, side) if a run of capitalised words names a person in full, by title, given name, apposition or list; else None."""
    phrase = read_phrase(run)
    if phrase.form != "name" or " " not in phrase.name and not phrase.title or phrase.name in load_places()[1]:
        actor = load_actors().get(phrase.name)
        if not (phrase.form == "name" and actor and actor["kind"] == "named_person"):
            return None
    actor, words = load_actors().get(phrase.name), phrase.name.split()
    before = BEFORE.search(text[max(0, start - 60):start])
    title = phrase.title or (before_title(before.group(1)) if before else "")
    after = AFTER.match(text, start + len(run))
    apposition = next((part for part in after.groups() if part), "") if after else ""
    role = role_text(apposition)
    person = (actor["kind"] == "named_person" if actor else len(words) > 1 and not looks_organised(words) and (
        words[0] in load_given_names() or class_of(title.rpartition(" ")[2]) in ("official", "person", "honorific")
        or bool(role) or re.fullmatch(r"\d\d", apposition.strip()) or bool(MARKET.search(apposition))))
    if not person or len(words) > 5:
        return None
    side = (actor or {}).get("side") or country_in(title) or country_in(apposition) or ("United States" if MARKET.search(apposition) else None)
    return phrase.name, clean_role(title) or clean_role(role), gender_of(phrase, title, apposition), side


def before_title(words):
    """The title in lower case that ends right before a name: "Pentagon spokesman", "a professor"."""
    parts = words.split(" ")
    if class_of(parts[-1]) not in ("official", "person", "honorific") or parts[-1][:1].isupper():
        return ""
    start = len(parts) - 1
    while start and (is_capital(parts[start - 1]) or parts[start - 1] in ("senior", "former", "chief", "deputy", "foreign", "press", "campaign", "military")):
        start -= 1
    return " ".join(parts[start:])


def role_text(apposition):
    """The apposition if it describes a person: its head is a title or role noun."""
    phrase = read_phrase(apposition) if apposition and not apposition[0].isdigit() else None
    described = phrase and phrase.form == "role" and class_of(phrase.head) in ("official", "person", "media")
    return apposition if described and not re.match(r"(?:but|and|or|who|as|while|when|in|on|at)\b", apposition) else ""


def clean_role(text):
    """A role as the text gives it, without articles and honorifics; None if nothing is left."""
    text = re.sub(r"^(?:(?:the|a|an|one of the|both)\s+)+", "", squeeze(text), flags=re.I)
    text = re.split(r",? (?:who|which)\b|[;(]", text)[0].strip(" ,")
    return None if not text or class_of(text.rstrip(".")) == "honorific" or PRONOUNS & {text.lower()} else text


def looks_organised(words):
    """Whether a name is of an organisation or medium by its own words."""
    return any(class_of(word) == "organisation" for word in words) or words[-1] in MEDIA_NAMES or any(
        word in ("Inc", "Inc.", "Corp", "Corp.", "Co", "Ltd", "LLC", "&", "PAC", "Airport", "Street", "Avenue", "River", "Island", "Day", "Act",
                 "Bay", "Square", "Hall", "Beach", "Park", "Lake", "Valley", "Mountain", "Republic", "Sea", "House") for word in words)


def gender_of(phrase, title="", apposition=""):
    """m, f or "" from title, spokes-word or given name."""
    titles, given = load_titles(), load_given_names()
    for words in ((phrase.title or title).split(), apposition.split()[:6]):
        found = next((titles[singular(word)][1] for word in words if singular(word) in titles and titles[singular(word)][1]), "")
        if found:
            return found
    first = phrase.name.split()[0] if " " in phrase.name else ""
    actor = load_actors().get(phrase.name)
    return (actor or {}).get("gender") or given.get(first, ("",))[0]


def register(people, index, doc_id, start, name, role, gender, side):
    """Adds a full mention to the person it is a form of, or to a new person."""
    key = fold(surname_of(name))
    person = next((p for p in index.get(key, []) if any(same_person(name, form) for form in p["forms"])
                   and not (gender and p["gender"] and gender != p["gender"])), None)
    if person is None:
        person = {"forms": Counter(), "roles": [], "gender": gender, "side": side, "mentions": {}, "full": Counter()}
        people.append(person)
        index.setdefault(key, []).append(person)
    person["forms"][name] += 1
    person["full"][doc_id] += 1
    person["gender"], person["side"] = person["gender"] or gender, person["side"] or side
    person["roles"] += [(doc_id, role)] if role else []
    person["mentions"].setdefault(doc_id, []).append(start)


def same_person(a, b):
    """Whether two names with one surname can be one person: equal, initial, short or respelt given names ("Ash"/"Ashton B.", "Sergei"/"Sergey")."""
    first, second = (fold(name).split()[:-1] for name in (a, b))
    if not first or not second:
        return True
    x, y = first[0], second[0]
    long = {load_given_names().get(n.capitalize(), ("", ""))[1].lower() or n for n in (x, y)}
    return x.startswith(y) or y.startswith(x) or len(long) == 1 or (len(x) > 3 and len(y) > 3 and x[0] == y[0] and edits(x, y) <= 2)


def edits(a, b):
    """Levenshtein distance of two short words (longer ones are cut at 30 letters)."""
    a, b = a[:30], b[:30]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, last = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y)))
    return row[-1]


def find_person(index, name, doc_id, gender=""):
    """The person of the story that a name means in a document: those of the document first, then the most often named in full."""
    found = [p for p in index.get(fold(surname_of(name)), []) if any(same_person(name, form) for form in p["forms"])
             and not (gender and p["gender"] and p["gender"] != gender)]
    return max(found, key=lambda p: (p["full"][doc_id], sum(p["full"].values())), default=None)


def canonical(person):
    """The name a person goes by: the list's, else the commonest full form without title or middle initial."""
    actor = next((load_actors()[form] for form, _ in person["forms"].most_common() if form in load_actors()), None)
    short = Counter()
    for form, n in person["forms"].items():
        short[re.sub(r"(?<= )[A-Z]\.? (?=[A-Z])", "", form)] += n
    return actor["name"] if actor else min(short, key=lambda form: (-short[form], -len(form), form))


# ---- one article -------------------------------------------------------------------------------------------------------------------

class Article(NamedTuple):
    """What resolving needs to know of a document; `said` collects (offset, row, Speaker, plural) of what is resolved."""
    doc_id: str
    text: str
    author: str | None
    starts: list      # sentence starts
    mentions: list    # (offset, person), sorted
    index: dict
    home: str | None  # the country most of its officials belong to
    said: list
    resolved: dict


def resolve_speakers(attributions, documents, sentences):
    """Attributions with speaker, speaker_kind, side and role filled in: machine rows from their source spans, reviewed rows their role only.

    Names are made one within each story (documents.story; no story: all documents are one). The input stays as it is.
    """
    out = attributions.copy()
    rows = {doc_id: part for doc_id, part in out.groupby("doc_id", sort=False)} if len(out) else {}
    starts = {doc_id: sorted(part) for doc_id, part in sentences.groupby("doc_id")["start"]} if len(sentences) else {}
    filled = {}
    for _, story in documents.groupby(documents["story"].fillna(""), sort=False):
        people, index = find_people([(d.doc_id, d.text) for d in story.itertuples() if d.doc_id in rows])
        for document in story.itertuples():
            if document.doc_id in rows:
                filled.update(resolve_document(document, rows[document.doc_id], starts.get(document.doc_id, []), people, index))
    machine = out["origin"] != "reviewed"
    for position, column in enumerate(("speaker", "speaker_kind", "side", "role")):
        new = pd.Series({i: speaker[position] for i, speaker in filled.items()}, dtype=object).reindex(out.index)
        keep = out[column].notna() if column == "role" else ~machine
        out[column] = out[column].where(keep | ~out["doc_id"].isin(list(rows)), new).astype(object)
    return out


def resolve_document(document, rows, starts, people, index):
    """{row label: Speaker} of one document: enclosing attributions before those in them, each level in text order."""
    doc_id, text = document.doc_id, document.text
    mentions = sorted((start, i) for i, p in enumerate(people) for start in p["mentions"].get(doc_id, []))
    author = document.author if isinstance(document.author, str) else None
    article = Article(doc_id, text, author, list(starts), [(start, people[i]) for start, i in mentions], index, home_of(people, doc_id, text), [], {})
    records = [{"label": label, **row} for label, row in zip(rows.index, rows.to_dict("records"))]
    parents = {row["attribution"]: row["parent"] for row in records}
    filled = {}
    for row in sorted(records, key=lambda row: (depth(row["attribution"], parents), anchor(row))):
        speaker = resolve_row(row, article)
        article.resolved[row["attribution"]] = row | {"who": speaker}
        article.said.append((anchor(row), row, speaker, is_plural(row, speaker, article)))
        filled[row["label"]] = speaker
    return filled


def depth(attribution, parents):
    """How many attributions enclose one (a circle of parents counts as ten)."""
    n = 0
    while n < 10 and (attribution := parents.get(attribution)):
        n += 1
    return n


def span(row, name):
    """[start, end] of a row's source or cue, or None."""
    start, end = row[f"{name}_start"], row[f"{name}_end"]
    return None if pd.isna(start) else [int(start), int(end)]


def anchor(row):
    """Where an attribution stands in the text: its source, else its cue, else its content."""
    found = span(row, "source") or span(row, "cue") or (row["content"] or [[0, 0]])[0]
    return found[0]


def is_plural(row, speaker, article):
    """Whether "they" can mean the source."""
    source = span(row, "source")
    return speaker.kind == "group" or bool(source and read_phrase(article.text[slice(*source)]).plural)


def home_of(people, doc_id, text):
    """The country that most people and places of a document belong to, if it is more than half of them."""
    sides = Counter(p["side"] for p in people if p["side"] and doc_id in p["mentions"])
    sides.update(filter(None, (country_in(run) for run in RUN.findall(text[:20_000]))))
    side, n = max(sides.items(), key=lambda item: (item[1], item[0]), default=(None, 0))
    return side if 2 * n > sum(sides.values()) else None


def resolve_row(row, article):
    """The Speaker of one row."""
    source = span(row, "source")
    if not source:
        return resolve_missing(row, article)
    return resolve_text(article.text[slice(*source)], source[0], row, article)


def resolve_text(text, start, row, article):
    """The Speaker a source text means where it stands; parts joined by "and" one by one."""
    parts = split_joint(text)
    if len(parts) > 1:
        return join_speakers([resolve_text(part, start + text.find(part), row, article) for part in parts])
    phrase = read_phrase(text)
    if phrase.form == "pronoun":
        return resolve_pronoun(phrase.label, start, row, article)
    if phrase.form == "document":
        return resolve_document_source(phrase, text, start, row, article)
    if phrase.form == "organisation":
        return organisation(phrase.name, article)
    if phrase.form == "name":
        return resolve_name(phrase, text, article)
    return resolve_role(phrase, start, row, article) if phrase.form == "role" else NOBODY


def split_joint(text):
    """The parts of a joint source ("Carter and his counterpart", "Russia, US"), or the text alone when "and" joins something else."""
    text = squeeze(re.sub(r"^both ", "", squeeze(text), flags=re.I))
    known = bare(re.sub(r"^the ", "", text, flags=re.I))
    if known in load_actors() or not re.search(r" and |, | & ", text):
        return [text]
    parts = [part for part in re.split(r",? and |, ", text) if part]
    phrases = [read_phrase(part) for part in parts]
    named = [p.form in ("name", "organisation") or p.form == "role" and (p.definite or p.owner) for p in phrases]
    if " and " not in text:
        return parts if all(p.name in load_places()[0] for p in phrases) else [text]
    last_is_office = any(part.split()[-1] in ("of", "for") or re.search(r" (?:of|for|on) [A-Z]\S*$", part) for part in parts[:-1])
    bare_demonym = phrases[0].name in load_places()[1] and phrases[0].name not in load_places()[0]
    appositive = any(p.form == "role" for p in phrases[1:-1]) or (len(parts) > 2 and phrases[-1].form == "role")
    return parts if all(named) and any(p.name for p in phrases) and not (last_is_office or bare_demonym or appositive) else [text]


def join_speakers(speakers):
    """One Speaker for several: two in alphabetical order, so that a pair is one speaker whoever is named first."""
    names = list(dict.fromkeys(s.name for s in speakers))
    if len(names) == 1:
        return speakers[0]
    names = sorted(names) if len(names) == 2 else names
    sides = {s.side for s in speakers}
    return Speaker(", ".join(names[:-1]) + " and " + names[-1], "group", sides.pop() if len(sides) == 1 else "Other")


def resolve_name(phrase, text, article):
    """A Speaker from a name: a country, a listed actor, a person or organisation of the article, else by the name's own shape."""
    metonyms, sides = load_places()
    name = bare(phrase.name)
    if name in metonyms and not phrase.title:
        quantified = phrase.plural and name.endswith("s")
        return anonymous(phrase, article) if quantified else Speaker(metonyms[name], "named_organisation", metonyms[name])
    actor = load_actors().get(name)
    if actor and actor["kind"] != "named_person":
        return organisation(name, article)
    if class_of(name.split()[-1]) == "person" and singular(name.split()[-1]) != name.split()[-1].lower() or name in sides and not phrase.title and not actor:
        return anonymous(phrase, article) if name.endswith("s") else Speaker(sides.get(name, "Other"), "named_organisation", sides.get(name, "Other"))
    person = find_person(article.index, name, article.doc_id, gender_of(phrase))
    if person:
        return speaker_of(person, article, clean_role(phrase.title) or clean_role(role_text(phrase.rest)), phrase)
    listed = [actor] if actor else [row for row in load_surnames().get(fold(surname_of(name)), []) if same_person(name, row["name"])]
    if listed:
        return Speaker(listed[0]["name"], "named_person", listed[0]["side"], clean_role(phrase.title))
    words, titled = name.split(), class_of(phrase.title.rpartition(" ")[2])
    if not titled and (looks_organised(words) or phrase.definite or name.isupper() and len(name) < 7):
        return organisation(name, article)
    side = country_in(phrase.title) or country_in(phrase.rest) or (article.home if titled == "official" else None)
    return Speaker(name, "named_person", side or "Other", clean_role(phrase.title) or clean_role(role_text(phrase.rest)))


def speaker_of(person, article, role=None, phrase=None):
    """A registered person as Speaker, with the role given here, else the first one given in this article."""
    roles = [text for doc_id, text in person["roles"] if doc_id == article.doc_id] or [text for _, text in person["roles"]]
    name = canonical(person)
    actor = load_actors().get(name)
    side = (actor or {}).get("side") or person["side"] or next(filter(None, (country_in(r) for r in [role or "", *roles])), None)
    official = any(class_of(r.rpartition(" ")[2]) == "official" for r in roles)
    return Speaker(name, "named_person", side or (article.home if official else None) or "Other", role or (roles[0] if roles else None), person)


def organisation(name, article):
    """An organisation or medium as Speaker: the listed name, an acronym's long form, a government as its country."""
    metonyms, sides = load_places()
    name = re.sub(r"^(\S+?)['’]s ", lambda m: next((w for w in demonyms(metonyms.get(m.group(1)))), m.group(1)) + " ", re.sub("^[Tt]he ", "", bare(name)))
    if re.fullmatch(r"[A-Z][A-Z.&]{1,8}", name) and name not in load_actors():
        long = re.search(rf"((?:[A-Z][\w’'-]+ (?:of |for |and |the |on )*){{1,8}})\({re.escape(name)}\)", article.text)
        name = long.group(1).strip() if long else name
    actor = load_actors().get(name)
    if actor:
        return Speaker(actor["name"], actor["kind"], actor["side"])
    words = name.split()
    side = country_in(name) or "Other"
    if singular(words[-1]) in ("government", "regime", "state") and side != "Other":
        return Speaker(side, "named_organisation", side)
    medium = words[-1] in MEDIA_NAMES or class_of(words[-1]) == "media"
    return Speaker(name, "media" if medium else "named_organisation", "Media" if medium else side)


def demonyms(country):
    """Adjectives of a country, the commonest first: Russia -> Russian."""
    return [word for word, side in load_places()[1].items() if side == country and country and not word.endswith("s")
            and word not in load_places()[0]][-1:] if country else []


def resolve_document_source(phrase, text, start, row, article):
    """"UN figures", "the Pentagon's statement", "a report by X": whoever made it; "the report": the last one spoken of."""
    maker = re.search(r"\b(?:by|from) (.+)$", squeeze(text))
    if phrase.owner or maker:
        return resolve_text(phrase.owner or maker.group(1), start, row, article)
    made = [speaker for _, r, speaker, _ in reversed(before(article, start)) if speaker.kind in ("media", "named_organisation")
            and (speaker.kind == "media" or phrase.head in (r["source_text"] or "").lower())]
    if phrase.definite and made:
        return made[0]
    return anonymous(phrase, article)


def before(article, start):
    """What is resolved already and stands before an offset, in text order."""
    return sorted((said for said in article.said if said[0] < start), key=lambda said: said[0])


def resolve_role(phrase, start, row, article):
    """A description: the person it fits when definite, the unnamed source it repeats, the owner's man, else an anonymous speaker."""
    kind = class_of(phrase.head)
    if phrase.definite and phrase.plural and phrase.head in ("man", "woman", "leader", "pair", "side", "official", "minister", "two", "chief") and (
            two := last_two(start, article)) and phrase.head not in ("official",):
        return join_speakers([speaker_of(person, article) for person in two])
    if kind == "organisation" or kind == "media":
        return last_organisation(phrase, start, article) if phrase.definite else anonymous(phrase, article)
    if phrase.definite and not phrase.plural and (person := fitting_person(phrase, start, article)):
        return speaker_of(person, article)
    if phrase.definite and not phrase.owner:
        same = [s for _, r, s, _ in reversed(before(article, start)) if s.name.startswith("anonymous: ") and
                any(singular(word) == phrase.head for word in s.name.split())]
        if same:
            return same[0]
    if phrase.owner:
        owner = resolve_text(bare(phrase.owner), start, row, article)
        if owner.kind == "named_person":
            label = phrase.label[len(phrase.owner):].strip() if phrase.label.startswith(phrase.owner) else phrase.label
            return Speaker(f"{owner.name}'s {label}", "anonymous_official", owner.side)
    return anonymous(phrase, article)


def last_two(start, article):
    """The two people last named before an offset, if there are two."""
    seen = []
    for offset, person in reversed([m for m in article.mentions if m[0] < start]):
        if person not in seen:
            seen.append(person)
        if len(seen) == 2:
            return seen
    return None


def fitting_person(phrase, start, article):
    """The person last named before an offset (else first after it) one of whose roles has the description's noun, and its country if it tells one."""
    country = country_in(phrase.label)
    noun = re.sub(r"^spokes(?:man|woman|person)$", "spokes", phrase.head)

    def fits(person):
        actor = load_actors().get(canonical(person), {})
        roles = [text for _, text in person["roles"]] + [actor.get("role") or ""]
        sides = {person["side"], actor.get("side")} - {None}
        named = any(noun in {re.sub(r"^spokes(?:man|woman|person)$", "spokes", singular(word)) for word in text.split()}
                    or noun == "spokes" and "press secretary" in text.lower() for text in roles)
        return named and (not country or not sides or country in sides)
    earlier = [person for offset, person in reversed(article.mentions) if offset < start and fits(person)]
    return (earlier or [person for offset, person in article.mentions if offset > start and fits(person)][:1] or [None])[0]


def last_organisation(phrase, start, article):
    """"the company", "the newspaper", "the regime": the organisation of that sort last heard, a country's by its words, else unnamed."""
    kind = "media" if class_of(phrase.head) == "media" else "named_organisation"
    country = country_in(phrase.label)
    if kind == "named_organisation" and phrase.head in ("government", "regime", "state", "country"):
        run = next((country_in(m) for m in reversed(RUN.findall(article.text[max(0, start - 600):start])) if country_in(m)), None)
        country = country or run
        return Speaker(country, "named_organisation", country) if country else anonymous(phrase, article)
    heard = [s for _, _, s, _ in reversed(before(article, start)) if s.kind == kind and (phrase.head in s.name.lower() or s.name not in load_places()[0])]
    return heard[0] if heard and not country else anonymous(phrase, article)


def anonymous(phrase, article):
    """An unnamed speaker: an official (or soldier), a group, or a medium, under the words used."""
    heads = [class_of(word) for word in re.split(r" (?:of|close|familiar|from|for|to|with|by)\b", phrase.label)[0].split()]
    kind = class_of(phrase.head) or next((c for c in reversed(heads) if c), "")
    side = country_in(phrase.label) or country_in(phrase.rest)
    if kind == "media":
        return Speaker(phrase.label, "media", "Media")
    if kind == "official":
        heard = [s.side for _, _, s, _ in reversed(article.said) if s.kind in ("anonymous_official", "named_person") and s.side not in ("Other", "Media")]
        return Speaker("anonymous: " + phrase.label, "anonymous_official", side or (heard[0] if heard else article.home) or "Other")
    return Speaker("anonymous: " + phrase.label, "group", side or "Other") if phrase.label else NOBODY


# ---- pronouns and what has no source -------------------------------------------------------------------------------------------------

def resolve_pronoun(pronoun, start, row, article):
    """A pronoun's Speaker: I and we are the quotation's own speaker, he and she the likeliest person, it and they what was last heard."""
    parent = article.resolved.get(row["parent"])
    if pronoun in ("i", "we", "my", "our", "me", "us", "myself", "ourselves"):
        who = parent["who"] if parent else own_voice(row, article)
        return spoken_for(who) if pronoun in ("we", "us", "our") else who
    if pronoun in ("who", "which", "that", "whose", "whom"):
        return antecedent(start, row, article)
    if pronoun in GENDERED:
        person = likeliest_person(GENDERED[pronoun], start, row, article)
        return speaker_of(person, article) if person else last_anonymous(start, article)
    wanted = (lambda s, plural: s.kind in ("named_organisation", "media")) if pronoun in ("it", "its", "itself") else (lambda s, plural: plural)
    if pronoun in ("it", "its", "itself", "they", "their", "them", "themselves"):
        inside = [parent["who"]] if parent and wanted(parent["who"], is_plural(parent, parent["who"], article)) and parent["type"] != "direct" else []
        heard = [s for _, _, s, plural in reversed(before(article, start)) if wanted(s, plural)]
        others = [s for _, _, s, _ in reversed(before(article, start)) if s.kind == "named_organisation"] if pronoun[0] == "t" else []
        return (inside + heard + others + [NOBODY])[0]
    return NOBODY


def own_voice(row, article):
    """Who says "I" where no attribution encloses it: the author."""
    return Speaker(article.author, "named_person", article.home or "Other") if article.author else NOBODY


def spoken_for(who):
    """The organisation a spokesman's "we" stands for, when his role names a listed one; else the speaker himself."""
    words = (who.role or "").split()
    spokes = words and (singular(words[-1]).startswith("spokes") or who.role.lower().endswith("press secretary"))
    actor = load_actors().get(re.sub(r"\W*(?:\w+ )?(?:spokes\w+|press secretary)$", "", who.role)) if spokes else None
    return Speaker(actor["name"], actor["kind"], actor["side"]) if actor else who


def antecedent(start, row, article):
    """What a relative pronoun follows: the last name or role before it in its sentence."""
    begin = article.starts[bisect_left(article.starts, start + 1) - 1] if article.starts and article.starts[0] <= start else max(0, start - 200)
    words = squeeze(article.text[begin:start]).split(" ")[-14:]
    for i in range(len(words)):
        phrase = read_phrase(" ".join(words[i:]))
        if phrase.form in ("name", "organisation") or phrase.form == "role" and class_of(phrase.head) in ("official", "person", "organisation"):
            return resolve_text(" ".join(words[i:]), start, row, article)
    return NOBODY


def last_anonymous(start, article):
    """The single unnamed speaker last heard, for a pronoun that no person fits."""
    return next((s for _, _, s, plural in reversed(before(article, start)) if s.kind in ("anonymous_official", "group") and not plural), NOBODY)


def likeliest_person(gender, start, row, article):
    """The person a singular pronoun means: scored by sentences back, being a source, opening a sentence, and not being the quoted "he" himself."""
    parent = article.resolved.get(row["parent"])
    sentence = bisect_left(article.starts, start + 1)
    sources = {offset: r for offset, r, s, _ in article.said if s.person}
    best, top = None, -99.0
    spans = [(c[0][0], c[-1][1]) for c in (r["content"] for _, r, _, _ in article.said) if c]
    for offset, person in article.mentions[max(0, bisect_left(article.mentions, (start,), key=lambda m: (m[0],)) - 40):]:
        if offset >= start:
            break
        if person["gender"] and person["gender"] != gender:
            continue
        back = sentence - bisect_left(article.starts, offset + 1)
        near = [o for o in sources if 0 <= offset - o < 60]
        opens = article.starts and offset - article.starts[max(0, bisect_left(article.starts, offset + 1) - 1)] < 30
        quoted = any(a <= offset < b and not a <= start < b for a, b in spans)
        own = article.text[offset:offset + 60].split(" ", 3)[:2]
        score = -1.0 * back + 1.2 * bool(near) + 0.6 * bool(opens) - 1.0 * quoted + 0.3 * bool(person["gender"]) - 0.5 * bool("’s" in own[-1] or "'s" in own[-1])
        if parent and parent["who"].person is person:
            score += -3 if parent["type"] == "direct" else 2
        if score >= top:
            best, top = person, score
    if parent and parent["type"] != "direct" and parent["who"].person and parent["who"].person["gender"] in (gender, "") and top < 2:
        return parent["who"].person
    later = next((person for offset, person in article.mentions if offset > start and person["gender"] in (gender, "")), None)
    return best if best else later


def resolve_missing(row, article):
    """No source: a quotation that goes on keeps its speaker, "adding" its sentence's, "the Russian proposal" has its maker before it, else nobody."""
    cue, content = span(row, "cue"), row["content"] or [[0, 0]]
    if not cue:
        spoken = [(r, s) for _, r, s, _ in before(article, content[0][0] + 1) if r["parent"] == row["parent"] and r is not row]
        return spoken[-1][1] if spoken else NOBODY
    words = squeeze(article.text[max(0, cue[0] - 60):cue[0]]).split(" ")[-3:]
    for i in range(len(words)):
        text = " ".join(words[i:])
        owned = re.search(r"['’]s?$", text) or text in load_places()[1]
        if owned and read_phrase(bare(text)).form in ("name", "organisation"):
            return resolve_text(bare(text), cue[0], row, article)
    sentence = bisect_left(article.starts, cue[0] + 1)
    if article.text[slice(*cue)].lower().endswith("ing"):
        same = [s for offset, r, s, _ in before(article, cue[0]) if bisect_left(article.starts, offset + 1) == sentence and r["parent"] == row["parent"]]
        return same[-1] if same else NOBODY
    return NOBODY


def stat_speakers(attributions, documents):
    """The speakers table: a canonical speaker a row, most words first; aliases are the source texts used, words nested twice count once."""
    texts = dict(zip(documents["doc_id"], documents["text"]))
    rows = []
    for name, part in attributions.groupby("speaker", sort=True):
        covered = {}
        for doc_id, content in zip(part["doc_id"], part["content"]):
            covered.setdefault(doc_id, set()).update(m.start() + start for start, end in content or []
                                                     for m in re.finditer(r"\w+(?:[-'’.]\w+)*", texts[doc_id][start:end]))
        common = {column: Counter(part[column].dropna()).most_common(1) for column in ("speaker_kind", "side", "role")}
        rows.append({"speaker": name, **{column: found[0][0] if found else None for column, found in common.items()},
                     "aliases": sorted({squeeze(text) for text in part["source_text"].dropna()} - {""}), "n_attributions": len(part),
                     "n_words": sum(map(len, covered.values()))})
    return make("speakers", sorted(rows, key=lambda row: (-row["n_words"], row["speaker"])))
