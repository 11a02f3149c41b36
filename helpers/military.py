"""Military mentions: systems, personnel, infrastructure and action in a text, each with its class, quantity and operator.

One pass finds every alias and designation of the lexicon (lexicon.py); neighbours join to one mention ("Sukhoi Su-27 Flanker
fighter jets"); what is also an ordinary word counts only where the sentence is about war."""
import re

from helpers import lexicon, tables
from helpers.designations import scan
from helpers.operators import SPEECH, find_operators
from helpers.quantities import find_quantity, with_rate

JOINS = {" ", "-", "–", "‑", "\u00a0", "\u202f", ' "', " “", '" ', "” ", " '", "' ", " ‘", "’ ", " (", ") ", "\n", " , "}
CLASS = re.compile(r"(?:(?<![\w.])(?!(?:An?|The|Its|Two) )[A-Z][\w’'.-]*[ \u00a0-]){0,2}(?<!\w)[A-Z][\w’']*[- ][Cc]lass\s$")
FAMILIES = [words for name, words in lexicon.load_words().items() if name.startswith("family")]
BODIES = {"army", "navy", "air force", "military"}  # their names before a noun are no things to count
COMPOSED = dict(pair.split("=") for pair in lexicon.load_words()["composed"])  # "missile strike": kind of action and category = what it is
VAGUE, GROUP, LEADS, VERB_AFTER = (lexicon.load_words()[name] for name in ("vague", "group", "leads", "verb_after"))
KEEP = "start end kind canonical category specific reporting_name made_in quantity_text quantity_min quantity_max operator sentence".split()
WEIGHTS = {row["word"]: int(row["weight"]) for row in lexicon.load_table("ambiguous_context")}  # above 0: for a military reading
PREFIXES = {row["prefix"] for row in lexicon.load_table("designations") if row["highest"] == "0"}  # USS, HMS: a ship is its country's
FIGHTER = lexicon.Entry("term", "fighter jet", "system", "fixed-wing combat aircraft")


def is_head(hit):
    """Can a hit stand as a mention by itself?"""
    return hit.entry.role in ("named", "grammar", "ship", "term")


def runs(text, sentence):
    """Hits that stand side by side, as lists: what may become one mention."""
    run = []
    for hit in sentence.hits:
        if hit.entry.role in ("actor", "not"):
            continue
        if run and not (hit.first == run[-1].last + 1 and text[sentence.spans[run[-1].last][1]:sentence.spans[hit.first][0]] in JOINS):
            yield run
            run = []
        run.append(hit)
    if run:
        yield run


def joins(part, hit):
    """Whether a system's hit continues the mention: a class after a name, a nickname after a designation, or the reverse."""
    head = [h for h in part if is_head(h)]
    last, named = head[-1].entry, any(h.entry.role != "term" for h in head)
    if hit.entry.role == "term":
        weaponless = {"tank", "armored vehicle", "naval vessel", "fixed-wing combat aircraft", "attack helicopter"}
        return not (named and last.category in weaponless and hit.entry.category in ("missile", "munition", "small arms"))
    return last.category == hit.entry.category or (last.role == "term" and last.canonical in lexicon.ancestors(hit.entry.canonical))


def parts(run):
    """The mentions of a run, as (hits, action noun or None): "Condor plane flights" is a system, then an action that holds it."""
    part = []
    for hit in run:
        kind, has_head = hit.entry.kind, any(is_head(h) for h in part)
        if hit.entry.canonical == "fighter" and has_head and [h for h in part if is_head(h)][-1].entry.category in FAMILIES[0]:
            hit = hit._replace(entry=FIGHTER)  # "F-16 fighters" are no people
            kind = "system"
        if hit.entry.role == "noun" or (kind == "action" and has_head):
            if has_head:
                yield part, None
                yield part, hit
            part = []
        elif hit.entry.role in ("modifier", "maker"):
            part.append(hit)
        elif kind != "system":
            last = max((k for k, h in enumerate(part) if is_head(h)), default=-1)
            if has_head:
                yield part[:last + 1], None
            yield [*[h for h in part[last + 1:] if h.entry.role == "modifier"], hit], None
            part = []
        else:
            if has_head and not joins(part, hit):
                yield part, None
                part = []
            part.append(hit)
    if any(is_head(h) for h in part):
        yield part, None


def kin(first, second):
    """Whether a name of one category may stand before a class of the other ("Hawk missile" though Hawk is air defense)."""
    return first == second or "equipment (unspecified)" in (first, second) or any({first, second} <= family for family in FAMILIES)


def heads_of(part):
    """The part from its first usable hit on, and its heads: a doubtful name does not join a class it does not fit ("Eagle" rifles)."""
    heads = [h for h in part if is_head(h)]
    while len(heads) > 1 and heads[0].entry.sense and not any(kin(heads[0].entry.category, h.entry.category) for h in heads[1:]):
        part, heads = part[part.index(heads[0]) + 1:], heads[1:]
    return part, heads


def beside_a_name(text, sentence, first, last):
    """Whether a one-word name stands beside another capitalised word that means nothing here: "Vera Igla", "Uzi Landau"."""
    known = {k for h in sentence.hits for k in range(h.first, h.last + 1)}
    for k, step in ((first - 1, -1), (last + 1, 1)):
        inside = 0 <= k < len(sentence.words) and k not in known
        if inside and text[sentence.spans[k][0]].isupper() and sentence.words[k] not in LEADS:
            low, high = sorted((sentence.spans[k], sentence.spans[k - step]))
            if text[low[1]:high[0]] in (" ", ". "):
                return True
    return False


def mention(text, sentence, part, noun):
    """A candidate mention (dict) of the hits of a part; `sense` says how sure its words are by themselves."""
    part, heads = heads_of(part)
    named = [h for h in heads if h.entry.role != "term"]
    vague = len(heads) > 1 and heads[-1].entry.canonical in VAGUE and kin(heads[-2].entry.category, heads[-1].entry.category)
    head = next((h for h in named if h.entry.sense == ""), (named or heads[-2 if vague else -1:])[0])
    first, end = part[0].first, heads[-1].last
    classed = len(heads) > 1 and any(h.entry.role == "term" for h in heads)
    sense = "" if any(h.entry.sense == "" for h in heads) else "likely" if classed else heads[0].entry.sense
    doubtful = len(heads) == 1 and bool(named) and head.entry.alias.isalpha() and beside_a_name(text, sentence, first, end)
    sense = sense or ("context" if doubtful else "")
    row = {"first": first, "last": end, "kind": head.entry.kind, "canonical": head.canonical, "category": head.entry.category,
           "specific": bool(named), "operator": None, "reporting_name": head.entry.reporting_name, "sense": sense, "doubtful": doubtful,
           "made_in": head.entry.made_in if head.entry.role != "ship" else None,  # a prefix tells whose ship it is, not who built it
           "alias": head.entry.alias, "modified": part.index(heads[0]) > 0,
           "owner": head.entry.made_in if head.entry.role == "ship" or head.canonical.split()[0] in PREFIXES else None}
    if noun:
        group = noun.entry.canonical if noun.entry.canonical in ("flight", "test") else "strike"
        aircraft = "aircraft" in row["category"] or "helicopter" in row["category"]
        by_air = {"strike": "airstrike", "flight": "air combat mission"}.get(aircraft and group, "military operation")
        row |= {"last": noun.last, "kind": "action", "category": "action", "canonical": COMPOSED.get(f"{group} {row['category']}", by_air),
                "specific": False, "reporting_name": None, "made_in": None}
    row["start"], row["end"] = sentence.spans[row["first"]][0], sentence.spans[row["last"]][1]
    return widen(text, sentence, row)


def widen(text, sentence, row):
    """The row with the ship class before it that belongs to it ("Nowhere-class destroyer")."""
    before = text[max(sentence.start, row["start"] - 40):row["start"]]
    match = CLASS.search(before) if row["category"] == "naval vessel" else None
    if match and not row["specific"]:
        name = re.sub(r"[- ][Cc]lass\s$", "", match[0]) + " class"
        row |= {"specific": True, "canonical": name, "sense": "", "start": row["start"] - len(match[0])}
    return row


def is_unit_name(text, sentence, row):
    """Whether a term is the end of a unit's or an office's name ("Rapid Support Forces", "Army General")."""
    known = any(h.entry.role == "actor" and h.last == row["first"] - 1 for h in sentence.hits)
    return text[row["start"]].isupper() and row["start"] > sentence.start and bool(
        not known and re.search(r"[A-Z][\w’'-]+ $", text[max(sentence.start, row["start"] - 40):row["start"]])
        or re.match(r" [A-Z]", text[row["end"]:row["end"] + 2]))


def is_ruled_out(text, row, sentence):
    """Whether its form alone says that a candidate is not meant: groups, speakers, parts of names, verbs."""
    words, after = sentence.words, set(sentence.words[row["last"] + 1:row["last"] + 2])
    before, alone = words[max(0, row["first"] - 3):row["first"]], row["first"] == row["last"]
    if row["kind"] == "personnel":
        said = row["canonical"] in ("army", "forces") and (after & SPEECH or is_unit_name(text, sentence, row))
        if after & GROUP or said or (after and text[row["end"]] in "-–"):
            return True  # "militant group", "the army said", "rebel-held"
    if not row["sense"] or not alone:
        return row["sense"] == "joined"
    to_verb = set(before[-1:]) & {"to", "would", "will", "could", "can", "not"}
    takes_object = after & VERB_AFTER and text[row["end"]].isspace() and not set(before) & LEADS
    return bool(row["sense"] == "joined" or to_verb or takes_object)  # "to bomb", "ships a"


def evidence(text, row, sentence, known):
    """How far a sentence speaks for a military reading of a candidate; `known`: its words' weights (ambiguous_context.csv)."""
    words, start = sentence.words, row["start"]
    weight = sum(known.values()) - sum(known.get(word, 0) for word in set(words[row["first"]:row["last"] + 1]))
    weight += 2 * row["modified"] - 2 * row["doubtful"] + any(pair == ("shot", "down") for pair in zip(words, words[1:]))
    if row["specific"]:  # "B-1s" are no visas; "C2I" is a firm
        return weight + 2 * (row["sense"] == "short" and text[row["end"] - 1] == "s") - 2 * bool(re.match(r"[A-EG-LN-SU-Z]\d", text[start:start + 2]))
    previous = text[sentence.spans[row["first"] - 1][0]:start + 2] if row["first"] else ""
    capital = row["sense"] == "context" and re.match(r"[a-z’']+ [A-Z][a-z]", previous)  # "a Carrier factory"
    return weight - 2 * bool(capital) + row["named_owner"]


def is_military(text, row, sentence, weight, known):
    """Whether a candidate is meant, by how sure its words are and what the words around it speak of."""
    row["named_owner"] = any(h.entry.role == "actor" and 0 < row["first"] - h.last <= 2 for h in sentence.hits)
    if not row["sense"] or is_ruled_out(text, row, sentence):
        return not row["sense"] and not is_ruled_out(text, row, sentence)
    needed = {"likely": 0, "short": 1, "owned": 1 if row["named_owner"] else 99}.get(row["sense"], 1 if row["specific"] else 2)
    return weight + evidence(text, row, sentence, known) >= needed


def cut(text, start, end, *, longest=2000):
    """A span in stretches of a sentence's length at most: what a layout without full stops runs together stays linear."""
    while end - start > longest:
        stop = max(text.rfind(". ", start + 1, start + longest), text.rfind("\n", start + 1, start + longest)) + 1
        stop = stop if stop > start + 1 else text.rfind(" ", start + 1, start + longest)
        stop = stop if stop > start else start + longest
        yield start, stop
        start = stop
    yield start, end


def find_in_text(text, *, sentences=None):
    """Military mentions of a plain text, in text order, as dicts: start, end, text, kind, canonical, category, specific,
    reporting_name, made_in, quantity_text, quantity_min, quantity_max (None: not stated or open), operator, sentence (index into
    `sentences`: (start, end) pairs; default: the text's lines). Linear in the text's length."""
    spans = sentences if sentences is not None else [m.span() for m in re.finditer(r"\S[^\n]*", text)]
    pieces = [(k, low, high) for k, (start, end) in enumerate(spans) for low, high in cut(text, start, end)]
    scans = [scan(text, low, high) for _, low, high in pieces]
    found = [[mention(text, sentence, part, noun) for run in runs(text, sentence) for part, noun in parts(run)] for sentence in scans]
    sure = [sum(row["sense"] == "" and row["kind"] == "system" for row in rows) for rows in found]
    prior = (sum(sure) >= 2) + (sum(sure) >= 6)
    bases = any(row["kind"] == "infrastructure" and row["sense"] == "" for rows in found for row in rows)
    place = None
    for k, sentence in enumerate(scans):
        if not found[k]:
            continue
        known = {word: WEIGHTS[word] for word in set(sentence.words) if word in WEIGHTS}
        found[k] = [row | {"sentence": pieces[k][0]} for row in found[k] if is_military(
            text, row, sentence, prior + 2 * (sure[k] > 0) + 2 * (bases and row["kind"] == "infrastructure"), known)]
        for row in found[k]:
            row.update(quantity(text, sentence, row))
            if row["kind"] == "infrastructure" and row["canonical"] != "base":
                place = row["canonical"] if "base" in row["canonical"] else place
            elif row["canonical"] == "base" and place and sentence.words[row["first"] - 1] in ("the", "this", "that"):
                row["canonical"] = place  # "an air base ... the base"
    find_operators(text, scans, found)
    return [{"text": text[row["start"]:row["end"]], **{key: row[key] for key in KEEP}} for rows in found for row in rows]


def quantity(text, sentence, row):
    """The quantity columns of a mention."""
    found = find_quantity(text, sentence.spans, sentence.words, row["first"], start=sentence.start)
    number = text.rfind(found.text, sentence.start, row["start"]) if found else -1
    others = (h for h in sentence.hits if h.entry.kind in ("system", "personnel") and h.last < row["first"])
    if found and (row["canonical"] in BODIES and text[row["end"] - 1] != "s" or any(
            sentence.spans[h.first][0] > number and text[sentence.spans[h.last][1] - 1] == "s" for h in others)):
        found = None  # "three army officers" counts officers, "six drones hit an airfield" drones
    found = with_rate(found, text, row["end"]) if found and row["kind"] == "action" else found
    if found and row["kind"] == "system" and row["last"] + 1 < len(sentence.words) and any(
            h.entry.role == "noun" and h.first == row["last"] + 1 for h in sentence.hits):
        found = None  # "20 Condor flights" counts flights
    return dict(zip(("quantity_text", "quantity_min", "quantity_max"), found or (None, None, None)))


def find_mentions(documents, sentences, attributions):
    """Mentions (tables.py) in sentences; `attribution` is the innermost whose content encloses one, None in the article's own voice."""
    by_doc = {doc: list(zip(rows["start"], rows["end"], rows["sentence"])) for doc, rows in sentences.groupby("doc_id", sort=False)}
    contents = {}
    for doc, name, spans in zip(attributions["doc_id"], attributions["attribution"], attributions["content"]):
        contents.setdefault(doc, []).extend((int(start), int(end), name) for start, end in spans)
    rows = []
    for doc, text in zip(documents["doc_id"], documents["text"]):
        spans = by_doc.get(doc, [])
        for number, row in enumerate(find_in_text(text, sentences=[(int(s), int(e)) for s, e, _ in spans]), 1):
            inside = [(end - start, name) for start, end, name in contents.get(doc, ()) if start <= row["start"] and row["end"] <= end]
            rows.append(row | {"doc_id": doc, "mention": f"m{number}", "sentence": spans[row["sentence"]][2], "origin": "machine",
                               "attribution": min(inside, key=lambda pair: pair[0])[1] if inside else None})
    return tables.make("mentions", rows)
