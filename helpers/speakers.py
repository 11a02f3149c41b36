"""Source phrases -> canonical speakers, their kind, side and role, within an article and across the articles of a story.

General rules first: people.py finds who is named in the text, names.py reads a phrase by itself, referents.py leads names,
descriptions and pronouns back to people and institutions. The lists in data/ (actors.csv above all) come second."""
import re
from bisect import bisect_right, insort
from collections import Counter

import pandas as pd

from helpers.names import DETERMINERS, bare, class_of, find_actor, fold, is_thing, load_places, one_country, read_phrase, squeeze, words_of
from helpers.people import BODY, STARTERS, find_bodies, find_people, find_person, home_of, sides_in
from helpers.referents import (CANDIDATES, GENDERED, NOBODY, Article, Speaker, anonymous, before, fitting_person, join_speakers,
                               last_organisation, likeliest_person, organisation, other_party, repeated, resolve_name, role_words, several,
                               speaker_of, split_joint, spoken_for)
from helpers.tables import make

TIME, UNIT = re.compile(r"[\w ]{0,20}?\b(?:\d+|an?|few|several|two|three|four|five|six|seven|eight|nine|ten)$"), re.compile(
    r"\s+(?:minute|hour|day|night|week|month|year|decade)s?\b")
PASSIVE = re.compile(rf"\b(?:is|are|was|were|be|been|being)\b(?: \w+)? (?:{'|'.join(sorted(words_of('passive')))})\b(?! (?:as )?saying)")
AGENT = re.compile(r"\s+by ((?:the |an? |its |his |her |their )?[^,.;:“”\"\n]{2,60}?)(?= (?:to|that|of|about|for|not|in|on|as|when|after|against)\b|[,.;:\n])")
MADE = re.compile(r"^,? (?:\w+ed|written|put out)(?: (?:on|in|last|this) \w+)? by [^,.;:\n]{3,60}?(?= [a-z]+(?:ed|s)\b|[,.;:\n])")
UNMADE = "".join(rf"(?<!\b{word} )" for word in ("seen", "read", "heard", "obtained", "reviewed", "verified", "cited", "quoted"))
QUOTED = re.compile(r"[“\"‘']([^“”\"‘’]+ [^“”\"‘’]+)[”\"’']")
SAID = {"he", "she", "it", "they", "we", "i"} | words_of("starter")
THEM = re.compile(r"(?:one|another|two|three|some|both|all|several|many|most|a few) of (?:them|these|those)|one|another|the others?", re.I)
WORD = re.compile(r"\w+(?:[-'’.]\w+)*")


def resolve_speakers(attributions, documents, sentences):
    """Attributions with speaker, speaker_kind, side and role filled in: machine rows from their source spans, of reviewed rows
    the missing roles. Names are one within each story (documents.story; without any, all documents). The input stays as it is."""
    out, rows, starts, stories, filled = attributions.copy(), {}, {}, {}, {}
    for label, row in zip(out.index, out.to_dict("records")):
        rows.setdefault(row["doc_id"], []).append({"label": label, **row})
    for doc_id, start in sorted(zip(sentences["doc_id"].tolist(), sentences["start"].tolist())):
        starts.setdefault(doc_id, []).append(start)
    for name, document in zip(documents["story"].fillna("").tolist(), documents.itertuples()):
        stories.setdefault(name, []).append(document)
    for story in stories.values():
        story = [document for document in story if document.doc_id in rows]
        bodies = find_bodies([document.text for document in story])
        people, index = find_people([(d.doc_id, d.text) for d in story], {d.doc_id: source_names(rows[d.doc_id], bodies) for d in story})
        papers = frozenset(fold(re.sub(r"^the ", "", d.outlet, flags=re.I)) for d in story if isinstance(d.outlet, str))
        told = [(document.text, in_one_spelling(resolve_document(document, rows[document.doc_id], starts.get(document.doc_id, []), people, index,
                                                                 bodies, papers))) for document in story]
        filled.update(in_one_side(told))
    for position, column in enumerate(("speaker", "speaker_kind", "side", "role")):
        new = pd.Series({label: speaker[position] for label, speaker in filled.items()}, dtype=object).reindex(out.index)
        change = out.index.isin(list(filled)) & ((out["origin"] != "reviewed") | (column == "role") & out[column].isna())
        new = out[column].astype(object).where(~change, new)
        out[column] = new.where(new.notna(), None)
    return out


def in_one_spelling(told):
    """{row label: Speaker} of an article, unnamed speakers that differ in how a country is spelt under the commonest of their labels."""
    labels = Counter(speaker.name for speaker in told.values() if speaker.name.startswith("anonymous: "))
    common = {one_country(label): label for label, _ in reversed(labels.most_common())}
    return {row: speaker._replace(name=common[one_country(speaker.name)]) if speaker.name in labels else speaker for row, speaker in told.items()}


def in_one_side(told):
    """{row label: Speaker} of a story's [(text, {row label: Speaker})]: an organisation is of the one country that another article tells, where
    its own speaks of that country, too; not what every state has (a ministry)."""
    sides = {}
    for speaker in (speaker for _, speakers in told for speaker in speakers.values()):
        if speaker.kind == "named_organisation" and speaker.side != "Other" and speaker.name[:1].isupper() and not BODY.search(speaker.name):
            sides.setdefault(speaker.name, set()).add(speaker.side)
    alone = {name: min(found) for name, found in sides.items() if len(found) == 1}
    return {row: speaker._replace(side=alone[speaker.name]) if speaker.side == "Other" and sides_in(text)[alone.get(speaker.name)] else speaker
            for text, speakers in told for row, speaker in speakers.items()}


def source_names(rows, bodies):
    """{name: its title} of the names of two words or more that stand as sources and are not told to be bodies: of people, mostly."""
    phrases = (read_phrase(row["source_text"]) for row in rows if not pd.isna(row["source_text"]))
    return {p.name: p.title for p in phrases if p.form == "name" and " " in p.name and not p.definite and p.name not in bodies}


def resolve_document(document, records, starts, people, index, bodies, papers):
    """{row label: Speaker} of one document: enclosing attributions before those in them, each level in text order."""
    doc_id, text = document.doc_id, document.text
    mentions = sorted((start, i) for i, p in enumerate(people) for start in p["mentions"].get(doc_id, []))
    author = document.author if isinstance(document.author, str) else None
    article = Article(doc_id, text, author, starts, [(start, people[i]) for start, i in mentions], index, bodies,
                      {p["side"] for p in people if p["side"] and doc_id in p["mentions"]} | set(sides_in(text)), home_of(text), [], {}, papers)
    parents = {row["attribution"]: row["parent"] for row in records}
    filled = {}
    for row in sorted(records, key=lambda row: (depth(row["attribution"], parents), not (span(row, "source") or span(row, "cue")), anchor(row))):
        speaker = resolve_row(row, article)
        article.resolved[row["attribution"]] = row | {"who": speaker}
        plural = speaker.kind == "group" and not is_thing(speaker.name) or bool(row["source_text"]) and read_phrase(row["source_text"]).plural
        insort(article.said, (anchor(row), row, speaker, plural), key=lambda said: said[0])
        filled[row["label"]] = speaker
    return filled


def depth(attribution, parents, n=0):
    """How many attributions enclose one (a circle of parents counts as ten)."""
    above = parents.get(attribution)
    return depth(above, parents, n + 1) if above and n < 10 else n


def span(row, name):
    """[start, end] of a row's source or cue, or None."""
    start, end = row[f"{name}_start"], row[f"{name}_end"]
    return None if pd.isna(start) else [int(start), int(end)]


def anchor(row):
    """Where an attribution stands in the text: its source, else its cue, else its content."""
    return (span(row, "source") or span(row, "cue") or (row["content"] or [[0, 0]])[0])[0]


def resolve_row(row, article):
    """The Speaker of one row."""
    source = span(row, "source")
    if source and TIME.match(article.text, *source) and UNIT.match(article.text, source[1]):
        relative = re.search(r"\b(?:which|who|that)\s$", article.text[max(0, source[0] - 6):source[0]])
        return antecedent(source[0] - len(relative[0]), row, article) if relative else NOBODY  # "Mali, which [just two] weeks ago warned"
    if source and article.text[source[0] - 1:source[0]] == "-":  # "[Keita-]Sow"
        source[0] -= len(re.search(r"[\w’'-]+$", article.text[max(0, source[0] - 40):source[0]])[0])
    cue = span(row, "cue")
    if cue and PASSIVE.search(article.text[slice(*cue)]) and (not source or source[1] <= cue[0]):  # who "was warned" says nothing
        agent = AGENT.match(article.text, cue[1])
        return resolve_text(agent[1], agent.start(1), row, article) if agent else NOBODY if source else resolve_missing(row, article)
    return resolve_text(article.text[slice(*source)], source[0], row, article) if source else resolve_missing(row, article)


def resolve_text(text, start, row, article):
    """The Speaker a source text means where it stands; parts joined by "and" one by one."""
    if len(parts := split_joint(text)) > 1:
        first = resolve_text(parts[0], start, row, article)
        rest = [(part, read_phrase(part)) for part in parts[1:]]  # "his aides" after "Trump and" are Trump's, as long as they have no name
        return join_speakers([first, *(Speaker(f"{first.name}'s {phrase.label}", "anonymous_official", first.side) if phrase.form == "role"
                                       and phrase.owner in ("his", "her", "its", "their") else resolve_text(part, start + max(0, text.find(part)), row, article)
                                       for part, phrase in rest)])
    if THEM.fullmatch(squeeze(text)) and (who := resolve_pronoun("they", start, row, article)) is not NOBODY:
        return who
    phrase = read_phrase(text)
    if phrase.label.lower() in STARTERS - DETERMINERS | {"the"} and phrase.form in ("name", "role") and not phrase.label.isupper():
        return NOBODY  # "There", "the": no noun
    if phrase.form == "pronoun":
        return resolve_pronoun(phrase.label, start, row, article)
    if phrase.form == "document":
        return resolve_made(phrase, text, start, row, article)
    if phrase.form in ("name", "organisation") and fold(phrase.name) in article.papers and not find_actor(phrase.name):
        return Speaker(phrase.name, "media", "Media")
    if phrase.form == "organisation":
        return organisation(phrase.name, article, start)
    if phrase.form == "name":
        who = resolve_name(phrase, article, start)
        its = resolve_pronoun(phrase.owner, start, row, article) if phrase.owner in ("its", "their") and who.side == "Other" else NOBODY
        return who._replace(side=its.side) if its.side != "Other" else who
    return resolve_role(phrase, start, row, article) if phrase.form == "role" else NOBODY


def resolve_made(phrase, text, start, row, article):
    """"UN figures", "a report by X": whoever made it; "the report": the medium or organisation last heard."""
    text += next(iter(MADE.findall(article.text[start + len(text):start + len(text) + 120])), "")  # "a report [published on Friday by the Post]"
    forms = [rf"{UNMADE}\b{word}(?: the| an?)? (?=\w+ [A-Z]|[A-Z])(.+)$" for word in ("by", "from", "on")] + [rf"{UNMADE}\b(?:by|from) (the .+)$"]
    maker = next((m for form in forms if (m := re.search(form, squeeze(text))) and m[1].split()[0] not in words_of("day")), None)
    if phrase.owner or maker:
        name = maker.group(1) if maker else ""
        return resolve_text(bare(phrase.owner) or (name if class_of(name.rpartition(" ")[2])
                                                   else re.sub(r"(?: [a-z]+)+$", "", name)), start, row, article)
    made = [speaker for _, r, speaker, _ in reversed(before(article.said, start)) if speaker.kind == "media" and phrase.head not in words_of("unprinted")
            or speaker.kind in ("named_organisation", "named_person") and phrase.head in (r["source_text"] or "").lower()]
    return made[0] if phrase.definite and made else anonymous(phrase, article)


def resolve_role(phrase, start, row, article):
    """A description: the person it fits when definite, the unnamed source it repeats, the owner's man, else somebody unnamed."""
    kind = class_of(phrase.head)
    if named := phrase.label[:1].isupper() and find_person(article.index, phrase.label, article.doc_id):  # a surname that is a title, too: "King said"
        return speaker_of(named, article)
    if kind in ("organisation", "media") and not phrase.owner:
        last = (phrase.definite or BODY.fullmatch(phrase.label) and phrase.label[0].isupper()) and not phrase.plural  # "Army says"
        return last_organisation(phrase, start, article) if last else anonymous(phrase, article, row)
    if phrase.definite and phrase.plural and not phrase.owner:
        return several(phrase, start, article, article.resolved.get(row["parent"]))
    if phrase.owner:
        owner = resolve_text(("" if phrase.owner[:1].isupper() or " " not in phrase.label else "the ") + bare(phrase.owner), start, row, article)
        fits = fitting_person(phrase, start, article)
        if kind not in ("official", "person", "organisation") and owner.kind != "unattributed":
            return owner  # "her submission to the court"
        if fits and fits is not owner.person:
            return speaker_of(fits, article)
        label = phrase.label[len(phrase.owner):].strip() if phrase.label.startswith(phrase.owner) else phrase.label
        kinds = {"official": "anonymous_official", "organisation": "named_organisation"}
        return Speaker(f"{owner.name}'s {label}", kinds.get(kind, "group"),
                       owner.side) if owner.kind == "named_person" else anonymous(phrase, article, row)
    if phrase.definite and (person := fitting_person(phrase, start, article)):
        return speaker_of(person, article)
    same = repeated(phrase, start, article) if phrase.definite else None
    text = article.text[max(0, start - 9000):start]
    introduced = re.search(rf"\b(?:an?|one|another|some) (?:[\w-]+ ){{0,4}}{re.escape(phrase.head)}\b", text, re.I)
    known = phrase.definite and not same and not introduced and (kind == "person" or phrase.head in CANDIDATES)
    person = likeliest_person(None, start, row, article) if known else None
    person = None if person and other_party(role_words(phrase.label), person) else person
    often = [one for one, _ in Counter(id(p) for _, p in article.mentions).most_common(2)] if person else []
    office = person and any(doc_id == article.doc_id for doc_id, _ in person["roles"])  # then he is something else
    if person and (kind == "person" or id(person) in often and not office):
        return speaker_of(person, article)  # "the New York businessman", "the nominee"
    return same or anonymous(phrase, article, row)


def resolve_pronoun(pronoun, start, row, article):
    """A pronoun's Speaker: I and we are the quotation's own, he and she the likeliest person, it and they who was last heard."""
    parent = article.resolved.get(row["parent"])
    if pronoun in ("i", "we", "my", "our", "me", "us", "myself", "ourselves"):
        own = Speaker(article.author, "named_person", article.home or "Other") if article.author else NOBODY
        who = parent["who"] if parent else own
        return spoken_for(who) if pronoun in ("we", "us", "our") else who
    if pronoun in ("who", "which", "that", "whose", "whom"):
        return antecedent(start, row, article)
    if pronoun in GENDERED:
        if unnamed := just_heard(start, row, article):
            return unnamed
        person = likeliest_person(GENDERED[pronoun], start, row, article)
        heard = (s for _, _, s, plural in reversed(before(article.said, start)) if s.kind in ("anonymous_official", "group") and not plural)
        return speaker_of(person, article) if person else next(heard, NOBODY)
    heard = [(s, plural) for _, _, s, plural in reversed(before(article.said, start))]
    if parent and parent["type"] != "direct":
        heard.insert(0, (parent["who"], parent["who"].kind == "group" or read_phrase(parent["source_text"] or "").plural))
    bodies = [s for i, (s, _) in enumerate(heard) if s.kind in ("named_organisation", "media") or not i and is_thing(s.name)]  # "it", the report
    many = [s for s, plural in heard if plural]
    return ((bodies if pronoun.startswith("it") else many + bodies if pronoun[0] in "teb" else []) + [NOBODY])[0]


def just_heard(start, row, article):
    """The one unnamed speaker of the sentence (or the one before) whom "he" goes on with, if nobody is named in between."""
    said = [(offset, s, plural) for offset, r, s, plural in before(article.said, start) if r["parent"] == row["parent"]]
    if not said or said[-1][2] or said[-1][1].kind != "anonymous_official":
        return None
    offset, who, _ = said[-1]
    near = bisect_right(article.starts, start) - bisect_right(article.starts, offset) < 2
    return who if near and not any(offset < at < start for at, _ in before(article.mentions, start, 400)) else None


def antecedent(start, row, article):
    """What a relative pronoun follows: the noun phrase before it, back to a preposition (but "of") or a comma."""
    said = re.split(r"\bIn (?:[A-Z]\S+ ?){1,3}, (?=an? |the )", article.text[max(0, start - 120):start])[-1]  # "In Sofia, a diplomat who"
    words = squeeze(re.sub(r"(?<=\w), (?:an?|the) [^,]*,? ?$", "", said)).split(" ")[-10:]
    placed = article.text[start:start + 3] == "who" and words[-2:-1] == ["in"] and words[-1] in load_places()[1]  # "a diplomat in Sofia, who"
    first = max((i + 1 for i, word in enumerate(words[:-2 if placed else -1]) if re.search(r"[,“”\"]|[a-z][.!?]$", word)
                 or word in ("in", "to", "from", "by", "with", "for", "on", "at", "as", "most", "many", "some", "than", "among", "told")), default=0)
    for i in range(first, len(words)):
        phrase = read_phrase(" ".join(words[i:]) if words[i].lower() not in SAID else "")
        known = " " in phrase.name or phrase.name in load_places()[0] or find_actor(phrase.name) or find_person(article.index,
            phrase.name, article.doc_id)
        known = known and not phrase.title.endswith((" the", " a", " an"))  # not "did not name the Emirates"
        described = phrase.form == "role" and class_of(phrase.head) and not phrase.label.startswith(("of ", "and "))
        if described or THEM.fullmatch(" ".join(words[i:])) or known and phrase.form in ("name", "organisation"):
            return resolve_text(" ".join(words[i:]), start, row, article)
    return NOBODY


def resolve_missing(row, article):
    """No source: a quotation goes on, "adding" is its sentence's, "the Russian proposal" has its maker before it, else nobody."""
    cue, content = span(row, "cue"), row["content"] or [[0, 0]]
    if not cue:
        quoted = [words for s, e in content for words in QUOTED.findall(article.text[s:e])]  # a heading quotes what stands in the text
        same = [r["who"] for r in list(article.resolved.values())[-400:] for s, e in r["content"] or [] if quoted
                and any(words in article.text[s:e] for words in quoted)]
        spoken = [s for _, r, s, _ in before(article.said, content[0][0] + 1) if r["parent"] == row["parent"]]
        return (same + spoken[-1:] + [NOBODY])[0]
    words = squeeze(article.text[max(0, cue[0] - 60):cue[0]]).split(" ")[-3:]
    for i in range(len(words)):
        text = " ".join(words[i:])
        if re.search(r"['’]s?$", text) or text in load_places()[1] and text not in load_places()[0]:
            if read_phrase(bare(text)).form in ("name", "organisation"):
                return resolve_text(bare(text), cue[0], row, article)
    same = [s for offset, r, s, _ in before(article.said, cue[0]) if bisect_right(article.starts, offset) == bisect_right(article.starts, cue[0])
            and r["parent"] == row["parent"]]
    return same[-1] if same and article.text[slice(*cue)].lower().endswith("ing") else NOBODY


def stat_speakers(attributions, documents):
    """A row a canonical speaker, most words first; aliases are the source texts used, words nested twice count once."""
    texts, by_speaker, rows = dict(zip(documents["doc_id"], documents["text"])), {}, []
    for row in attributions.dropna(subset=["speaker"]).to_dict("records"):
        by_speaker.setdefault(row["speaker"], []).append(row)
    for name, said in by_speaker.items():
        covered = {(row["doc_id"], start + word.start()) for row in said for start, end in row["content"] or []
                   for word in WORD.finditer(texts[row["doc_id"]][start:end])}
        told = {column: [row[column] for row in said if not pd.isna(row[column])] for column in ("speaker_kind", "side", "role", "source_text")}
        aliases = sorted({squeeze(text) for text in told.pop("source_text")} - {""})
        common = {column: Counter(values).most_common(1)[0][0] if values else None for column, values in told.items()}
        rows.append({"speaker": name, **common, "aliases": aliases, "n_attributions": len(said), "n_words": len(covered)})
    return make("speakers", sorted(rows, key=lambda row: (-row["n_words"], row["speaker"])))
