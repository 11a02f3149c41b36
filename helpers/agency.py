"""Who acts and who is acted upon, and who starts the contact: subjects, verbs and objects by shallow rules over word classes.

A clause is a verb group with the noun phrases that stand as its subject, object and agent ("by ..."). Chunks of word classes (Abney 1991), no
parser: linear, and wrong where a subject is far away. The words that start a contact: data/initiating_verbs.csv; how precise: framing_card.json."""
from functools import cache
from itertools import takewhile

import pandas as pd

from helpers.framing import find_voice, starts_inside
from helpers.keyness import places_of
from helpers.names import class_of, country_in, fold, load_actors, load_surnames, read_csv
from helpers.show import Finding
from helpers.text import find_tokens, lemma, tag_tokens

NOUN, PROPER = {"NN", "NNS", "NNP", "NNPS"}, {"NNP", "NNPS"}
PHRASE = NOUN | {"DT", "PDT", "PRP$", "CD", "JJ", "JJR", "JJS", "POS", "$", "PRP", "EX"}
VERB, FINITE = {"VB", "VBD", "VBZ", "VBP", "VBN", "VBG", "MD"}, {"VBD", "VBZ", "VBP", "MD"}
COLUMNS = "doc_id sentence start end verb kind passive negated subject subject_side object object_side after phrases".split()
QUOTES = set('“”"‘') | {"``", "''"}
MARKS = set(".;:?!—–()") | QUOTES
LONGEST = 400  # words of a sentence that are read; what is longer is no sentence


@cache
def listed(kind):
    """The words of one kind in data/initiating_verbs.csv."""
    return frozenset(row["word"] for row in read_csv("initiating_verbs.csv") if row["kind"] == kind)


@cache
def side_of(phrase):
    """Side (a country, an organisation of states) of a noun phrase: by a word that tells one, or a known person's name."""
    if phrase in load_actors() or country_in(phrase):
        return load_actors()[phrase]["side"] if phrase in load_actors() else country_in(phrase)
    people = load_surnames().get(fold(phrase.split()[-1]), []) if phrase[:1].isupper() else []
    return people[0]["side"] if len({row["side"] for row in people}) == 1 else None


def find_clauses(sentences, attributions):
    """One row a verb (or initiating noun) with its participants: doc_id, sentence, start, end (of the verb), verb (lemma), kind (verb, noun),
    passive, negated, subject (who acts), object (who is acted upon), their sides (None: no known actor), after (lemma/class of the next words,
    up to a mark or a clause; of a passive, of its subject), phrases (the sentence's noun phrases, parted by ;), voice."""
    rows = []
    for doc, number, offset, text in zip(sentences["doc_id"], sentences["sentence"], sentences["start"], sentences["text"]):
        spans = find_tokens(text)[:LONGEST]
        words = [text[start:end] for start, end in spans]
        tags = _time(words, tag_tokens(words))
        lemmas, chunks = [lemma(word, tag) for word, tag in zip(words, tags)], _chunks(words, tags)
        phrases = ";".join(" ".join(words[a:b + 1]) for kind, a, b in chunks if kind == "NP")
        for first, last, *rest in [*_verbs(chunks, words, tags, lemmas), *_nouns(chunks, words, tags, lemmas)]:
            rows.append([doc, number, offset + spans[first][0], offset + spans[last][1], *rest, phrases])
    clauses = pd.DataFrame(rows, columns=COLUMNS, dtype=object).where(pd.notna, None)
    return clauses.assign(voice=find_voice(clauses, attributions))


def _time(words, tags):
    """Tags with words of time as TIME, so that "the Pentagon last week" stays the Pentagon."""
    tags = list(tags)
    for i, word in enumerate(words):
        if word.lower() in listed("time") and tags[i + 1:i + 2] != ["POS"]:
            first = i - (i > 0 and words[i - 1].lower() in ("last", "this", "next", "that", "one", "a", "each", "every", "late"))
            tags[first:i + 1] = ["TIME"] * (i + 1 - first)
    return tags


def _chunks(words, tags):
    """Noun phrases and verb groups, as (kind NP / VG / the word's tag, first, last); other words are chunks of one."""
    chunks = []
    for i, tag in enumerate(tags):
        kind, new, (before, first, last) = tag, True, (chunks[-1] if chunks else ("", 0, 0))
        if tag in PHRASE or tag in ("VBN", "VBG") and before == "NP" and tags[last] not in NOUN | {"PRP"}:  # the increased support
            kind, new = "NP", tag in ("DT", "PRP", "PRP$", "PDT", "EX") and tags[last] not in ("PDT", "POS") or tags[last] == "PRP"
        elif tag in VERB or tag == "TO" and tags[i + 1:i + 2] in (["VB"], ["RB"]) or tag in ("RB", "RP") and before == "VG":
            kind, new = "VG", tag == "TO" or tag in FINITE and tags[last] in VERB
        if kind == before and not new:
            chunks[-1] = (kind, first, i)
            continue
        chunks.append((kind, i, i))
        if kind == "NP" and len(chunks) > 2 and words[i - 1] == "of" and chunks[-3][0] == "NP" and {tag, tags[i - 2]} == {"NNP"}:
            chunks[-3:] = [("NP", chunks[-3][1], i)]  # Secretary of State John Kerry
    return chunks


def _verbs(chunks, words, tags, lemmas):
    """The clauses of a sentence: first and last word of the verb group, then COLUMNS from verb on."""
    rows, subject = [], None
    for k, (kind, first, last) in enumerate(chunks):
        if kind != "VG" or not set(tags[first:last + 1]) & VERB:
            continue
        main = max(i for i in range(first, last + 1) if tags[i] in VERB)
        near, ahead = _subject(chunks, k, words, tags), takewhile(lambda pair: pair[0][0] != "VG", zip(chunks[k + 1:k + 7], chunks[k + 2:k + 8]))
        agent = next((after for here, after in ahead if words[here[1]].lower() == "by" and after[0] == "NP"), None)  # after "by", before another verb
        passive = tags[main] == "VBN" and bool({"be", "get"} & {*lemmas[first:main]} or first == main and (
            agent or k == 0 or chunks[k - 1][0] not in ("NP", "TIME")))
        if near and (tags[first] not in ("TO", "VBG") or passive or subject is None):
            subject = near
        target = chunks[k + 1] if k + 1 < len(chunks) and chunks[k + 1][0] == "NP" else None
        actor, patient = (agent, near or subject) if passive else (subject, target)
        negated = bool(listed("negation") & {*lemmas[max(0, first - 2):main]})
        after = _after(words, tags, lemmas, main)
        if passive and patient:
            after = [f"{lemmas[i]}/{tags[i][0]}" for i in range(patient[1], patient[2] + 1)]
        rows.append((first, last, lemmas[main], "verb", passive, negated, *_named(actor, words, tags), *_named(patient, words, tags),
                     " ".join(after)))
    return rows


def _subject(chunks, k, words, tags):
    """The noun phrase before a verb group that is in no prepositional phrase and no apposition; None past another verb."""
    commas = 0
    for place in range(k - 1, -1, -1):
        kind, first, last = chunks[place]
        before = chunks[place - 1] if place else ("", 0, 0)
        if kind == "VG" or kind in (":", "CC") and (words[first] != "and" or place == k - 1):  # accused Peru and proposed: who accused proposes
            return None
        commas += kind == ","
        governed = before[0] in ("IN", "TO") and words[before[1]].lower() not in listed("clause")
        apposed = before[0] == "," and commas % 2 and place > 1 and chunks[place - 2][0] == "NP"
        if kind == "NP" and set(tags[first:last + 1]) & (NOUN | {"PRP", "EX"}) and not governed and not apposed:
            return _joint(chunks, place, words)
    return None


def _joint(chunks, place, words):
    """A subject with the one joined to it before (American and Russian officials; US, Russia), unless that belongs to a verb."""
    mark = words[chunks[place - 1][1]] if place >= 2 and chunks[place - 2][0] == "NP" else ""
    before = chunks[place - 3] if place > 2 else ("CC", 0, 0)
    free = before[0] not in ("VG", "IN", "TO") or words[before[1]].lower() in listed("clause")
    if free and (mark == "and" or mark == "," and place == 2):
        return "NP", chunks[place - 2][1], chunks[place][2]
    return chunks[place]


def _named(chunk, words, tags):
    """(text, side) of a noun phrase; a side only where its head is an actor: a name, role or body, not "Russia's proposal"."""
    phrase, kinds = (items[chunk[1]:chunk[2] + 1] if chunk else [] for items in (words, tags))
    cut = next((i for i, word in enumerate(phrase) if word in ("and", ",") and i), None)
    if cut:
        parts = [("NP", chunk[1], chunk[1] + cut - 1), ("NP", chunk[1] + cut + 1, chunk[2])]
        (_, left), (text, right) = (_named(part, words, tags) for part in parts)
        left = left or country_in(" ".join(phrase[:cut]))
        return (" ".join(phrase), " and ".join(sorted({left, right}))) if left and right else (text, right)
    while phrase and kinds[0] in ("DT", "PDT"):
        phrase, kinds = phrase[1:], kinds[1:]
    text = " ".join(phrase).replace(" 's", "'s").replace(" ’s", "’s")
    if not phrase or kinds[-1] not in NOUN and phrase[-1].lower() not in listed("body"):
        return text or None, None
    head = phrase[-1]
    acts = kinds[-1] in PROPER or head.lower() in listed("body") or bool(class_of(head)) or side_of(head) is not None
    return text, side_of(text) if acts else None


def _after(words, tags, lemmas, main):
    """Lemma/class of the words after a verb, up to a mark, a quotation or the next clause; |/Q where a predicate may stand."""
    found = []
    for i in range(main + 1, min(main + 14, len(words))):
        if words[i] in MARKS or tags[i] in FINITE or tags[i] in ("WDT", "WRB", "WP"):
            return found + ["|/Q"] * (words[i] in QUOTES or tags[i][0] == "W")
        found.append(f"{lemmas[i]}/{tags[i][0]}")
    return found


def _nouns(chunks, words, tags, lemmas):
    """Initiating nouns with whose they are: "a Russian proposal for ...", "the call by the envoy for ..."."""
    rows = []
    for k, (kind, first, last) in enumerate(chunks):
        if kind == "NP" and tags[last] in ("NN", "NNS") and lemmas[last] in listed("noun"):
            owner = " ".join(word for word, tag in zip(words[first:last], tags[first:last]) if tag not in ("DT", "POS", "PRP$"))
            side = country_in(owner)
            agent = next((after for mark, after in zip(chunks[k + 1:k + 5], chunks[k + 2:]) if words[mark[1]] in ("by", "from")), None)
            if side is None and agent and agent[0] == "NP":
                owner, side = _named(agent, words, tags)
            after = _after(words, tags, lemmas, last)
            if side and after and after[0].split("/")[0] in ("for", "of", "to", "on", "by", "from", "that"):
                rows.append((first, last, lemmas[last], "noun", False, False, owner, side, None, None, " ".join(after)))
    return rows


def find_agency(clauses, attributions):
    """Known actors and the part they play: doc_id, sentence, start, side, part (acts, acted upon), verb, voice; no be, have or cues (said)."""
    cues = {doc: list(zip(part["cue_start"], part["cue_end"])) for doc, part in attributions.dropna(subset=["cue_start"]).groupby("doc_id")}
    spoken = starts_inside(clauses.assign(start=clauses["end"] - 1), cues)
    acts = clauses[(clauses["kind"] == "verb") & ~spoken & ~clauses["verb"].isin(["be", "have"])]
    parts = [acts.assign(side=acts[f"{role}_side"], part=part) for role, part in (("subject", "acts"), ("object", "acted upon"))]
    table = pd.concat(parts).dropna(subset=["side"]).sort_values(["doc_id", "start"], kind="stable")
    return table[["doc_id", "sentence", "start", "side", "part", "verb", "voice"]].reset_index(drop=True)


def agency_units(agency):
    """For stat_shares: of a side's appearances in a sentence, in how many it acts (measure: the side)."""
    counted = agency.assign(measure=agency["side"], y=(agency["part"] == "acts").astype(float), n=1.0)
    return counted.groupby(["doc_id", "sentence", "measure"])[["y", "n"]].sum().reset_index()


def find_initiatives(clauses):
    """Who starts a contact (talks, a call, a meeting), by the verbs and nouns of data/initiating_verbs.csv: the rows of find_clauses in which an
    actor proposes, seeks, opens, ... one, or reaches out; none negated or only possible; one a sentence and actor."""
    keep = []
    for row in clauses[~clauses["negated"].astype(bool) & clauses["subject"].notna()].itertuples():
        head = row.subject.split()[-1]
        known = row.subject_side or head[:1].isupper() and head != "It" or class_of(head) in ("official", "person", "organisation")
        if known and _starts(row, [tuple(item.rsplit("/", 1)) for item in row.after.split()]):
            keep.append(row.Index)
    return clauses.loc[keep].drop_duplicates(["doc_id", "sentence", "subject"]).reset_index(drop=True)


def _starts(row, after):
    """Whether a clause starts a contact, by the kind of its verb."""
    names = {" ".join([row.verb, *(word for word, _ in after[:n])]) for n in range(4)}
    if row.kind == "noun" or names & listed("verb"):
        return _contact(after, listed("contact"), listed("contact act"))
    if names & listed("opening verb"):
        return (row.object or row.passive) and _contact(after, listed("contact"), set())
    if names & listed("call verb"):  # called Putin on Friday; not: called Putin a thug, called Putin "..."
        rest = after[len(row.object.split()):] if row.object_side else []
        return row.object_side and not row.passive and (not rest or rest[0][1] in ("I", "T", "R"))
    return bool(names & listed("contact verb"))


def _contact(after, nouns, acts):
    """Whether a contact is what a verb is about: the head of its object, or of what follows for, to, on; or an act."""
    for i, (word, tag) in enumerate(after):
        before, later = after[i - 1] if i else ("", ""), after[i + 1] if i + 1 < len(after) else ("", "")
        if tag == "Q" or tag == "V" and word not in acts | listed("hold") or tag == "I" and word not in (
                "for", "on", "that", "between", "toward") and not (word == "of" and before[0] in listed("idea of")):
            return False
        unlike = f"{before[0]} {word}" in listed("not contact") or word == "meeting" and i == 0
        if tag == "N" and word in nouns and later[1] != "N" and later[0] not in ("for", "vote") and not unlike:
            return word != "call" or later[0] != "to" or after[i + 2:i + 3] == [] or after[i + 2][1] == "N"  # his call to ban
        if tag == "V" and word in acts and (before[0] == "to" or i == 0):
            return later[0] in ("with", "in", "at", "on", "face", "again", "")
    return False


def find_events(clauses):
    """What one side does to another, and who starts a contact, as facts to omit: doc_id, sentence, group. What two do together each does."""
    acts = clauses[~clauses["negated"].astype(bool) & ~clauses["verb"].isin(["be", "have", "say", "tell"])]
    acts, starts = (rows.assign(subject_side=rows["subject_side"].str.split(" and ")).explode("subject_side").dropna(subset=needed)
                    for rows, needed in ((acts, ["subject_side", "object_side"]), (find_initiatives(clauses), ["subject_side"])))
    events = pd.concat([acts.assign(group=acts["subject_side"] + " / " + acts["verb"] + " / " + acts["object_side"]),
                        starts.assign(group=starts["subject_side"] + " / starts a contact")])
    return events[["doc_id", "sentence", "group"]].reset_index(drop=True)


def find_tellings(initiatives, groups):
    """One Finding where groups name different sides as the one who starts the contact (own: the newsroom says so; quoted: a source does).
    Silent where all name the same side, only one group names any, or no sentence names two of these sides: then the contacts may be others."""
    told = initiatives.dropna(subset=["subject_side"]).assign(group=initiatives["doc_id"].map(groups))
    starters = {side for sides in told["subject_side"] for side in sides.split(" and ")}
    between = any(len(starters & {*sides.split(" and "), *map(country_in, phrases.split(";"))}) > 1
                  for sides, phrases in zip(told["subject_side"], told["phrases"]))
    if told.groupby("group")["subject_side"].agg(frozenset).nunique() < 2 or len(places_of(told)) < 2 or not between:
        return []
    text = "; ".join(f"{group}: " + ", ".join(f"{side} ({n} {voice})" for (side, voice), n in part.groupby(["subject_side", "voice"]).size().items())
                     for group, part in told.groupby("group"))
    return [Finding(f"The tellings differ in who starts the contact: {text} (sentences).", places_of(told), len(told))]
