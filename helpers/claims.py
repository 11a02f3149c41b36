"""Who claims how many of what, where and when: military mentions joined to the attributions that carry them.

A claim is a mention with a quantity, a presence or a denial. What its clause says of it (deployed, planned, denied, ...; killed, captured, used,
in action, ...) is read by data/claim_status.csv, a file to edit. How claims relate to each other is in compare.py."""
import re
from collections import namedtuple
from functools import cache, reduce

import pandas as pd

from helpers.compare import LONG, find_places, place_before, place_near, relate_claims, span_of, thing_of
from helpers.dates import day_spans, resolve_day
from helpers.lexicon import load_table
from helpers.names import load_patterns
from helpers.quantities import NUMBER, PHRASE, bounds
from helpers.tables import by_document, labels, make, records
from helpers.text import PLAIN, find_tokens, tag_tokens

FINITE = {"VBD", "VBZ", "VBP", "MD"}
IN_PHRASE = set("DT PDT JJ JJR JJS NN NNS NNP NNPS CD POS PRP$ RB RBR VBN VBG FW".split())
STRUCK = {"killed", "wounded", "destroyed", "intercepted", "damaged", "attacked"}
LOSSES = STRUCK | set("captured released missing".split())
BETWEEN = set("down out up at least most more than to as many about over around some nearly only another also".split())  # a verb and its object
LISTING = {",", "and", "or", "of", "to", "including"}  # with the tags above, what a list of things is made of
BEING, THERE, NEAR, AIMED, LACK, BODIES, RATE, WINDOW, YEAR, MORE, EARLIER, ON, ONE_OF, ASKED, ASIDE = load_patterns(
    "being", "there", "near", "aimed", "lack", "bodies", "rate", "window", "year", "more", "earlier", "and that", "one of", "asked", "aside")
PART_OF = re.compile(rf"\b{NUMBER}\s+(?:out\s+)?of\s+(?:the|its|their|an?|some)\s(?:(?!\b(?:had|have|has|was|were)\b)[^,.;]){{0,40}}$", re.I)  # four of a class of 60
DAYS = {"hour": 1 / 24, "day": 1, "dai": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
CARRYING = ["doc_id", "attribution", "parent", "sentence", "cue_start", "cue_end", "content", "speaker"]
Word = namedtuple("Word", "start end low tag")  # of a sentence: its offsets there, lower case, part of speech


@cache
def load_status():
    """kind (verb, noun, aux, before, cue, ...) -> [(regular expression, status, event), ...], of data/claim_status.csv.
    A cell holds alternatives parted by |; a * ends a word in any way, or stands for a word."""
    table, signs = {}, ((r"\ \*\ ", r"\s+\S+\s+"), (r"\*", r"[\w'’]*"), (r"\ ", r"\s+"))
    for row in load_table("claim_status"):
        forms = [reduce(lambda form, sign: form.replace(*sign), signs, re.escape(w)) for w in row["words"].split("|")]
        words = rf"(?:(?<![\w'-])|(?=n't|'))(?:{'|'.join(forms)})(?![\w-])"  # n't and 'll are what ends a word
        table.setdefault(row["kind"], []).append((re.compile(words, re.I), row["status"] or None, row["event"]))
    return table


@cache
def row_of(kind, word):
    """(status, event) of the first row of a kind that is the word, else None."""
    return next(((status, event) for words, status, event in load_status()[kind] if words.fullmatch(word)), None)


def statuses_in(kind, text):
    """The statuses of a kind's rows that occur in the text, in the file's order."""
    return [status for words, status, _ in load_status()[kind] if words.search(text)]


def tag_sentence(text):
    """The words of a sentence, tagged."""
    spans = find_tokens(text)
    tags, plain = tag_tokens([text[s:e] for s, e in spans]), text.translate(PLAIN)
    words = [Word(s, e, plain[s:e].lower(), tag) for (s, e), tag in zip(spans, tags)]
    for i, (word, after) in enumerate(zip(words[1:], tags[2:] + [""]), 1):  # may station, operates 60: verbs taken for nouns
        if (tags[i - 1] == "MD" and word.tag == "NN" or word.tag == "NNS" and after in ("CD", "DT")) and row_of("verb", word.low):
            words[i] = word._replace(tag="VB" if word.tag == "NN" else "VBZ")
        elif word.tag == "NN" and tags[i - 1] == "IN" and word.low.endswith("ing") and row_of("verb", word.low):
            words[i] = word._replace(tag="VBG")  # accused them of firing
        elif word.tag == "VB" and tags[i - 1].startswith("NN") and not any(tag[:2] in ("VB", "MD", "TO") for tag in tags[:i]):
            words[i] = word._replace(tag="VBP")  # a headline's: rebels seize airport
    return words


def clause_bounds(words, first, last):
    """(start, stop) of the clause around words[first:last]: cut where both sides have a finite verb, the right a subject."""
    cuts = [i for i, w in enumerate(words) if i and row_of("break", w.low)] + [len(words)]
    start, finite = 0, has_clause(words[:cuts[0]], 1)
    for cut, after in zip(cuts, cuts[1:]):
        cuts_off = words[cut].low in (";", "who", "which")
        if cut >= last and finite and (cuts_off or has_clause(words[cut:after])):
            return start, cut
        if cut <= first and (cuts_off or finite and has_clause(words[cut:after])):
            start, finite = cut, False
        finite = finite or has_clause(words[cut:after], 1)
    return start, len(words)


def has_clause(words, subjects=0):
    """Whether words hold a finite verb with a subject before it (with subjects=1, any finite verb)."""
    for word in words:
        if word.tag in FINITE and subjects:
            return True
        subjects += word.tag.startswith(("NN", "PRP", "W", "EX", "DT", "CD"))
    return False


def head_of(words, first):
    """(index of the word a noun phrase hangs on, or -1; whether it is one of a list), walking left from words[first]."""
    listed = False
    for i in range(first - 1, -1, -1):
        word = words[i]
        if word.low in (",", "and", "or", "including", "plus"):
            listed = True
        elif word.tag in ("VBN", "VBG", "VBD") and (row_of("verb", word.low) or not listed and i < first - 1):
            return i, listed
        elif not (word.tag in IN_PHRASE or word.low == "at" and words[i + 1].low in ("least", "most")
                  or word.low == "of" and i and words[i - 1].tag == "CD" or listed and word.low == "as"):
            return i, listed
    return -1, listed


def find_verb(words, first, last):
    """(index, (status, event)) of the word that governs words[first:last]; (None, None) if none does, or it is a place."""
    (start, stop), (head, listed) = clause_bounds(words, first, last), head_of(words, first)
    low = words[head].low if head >= 0 else ""
    if head > 0 and low == "of" and (row := row_of("noun", words[head - 1].low)):
        return head - 1, row  # delivery of
    for i in range(head - 1, max(head - 4, -1), -1):
        if row := row_of("verb", f"{words[i].low} {low}"):
            return i, row  # asked Berlin for
    if low in ("with", "using") and any((row := verb_row(words, i)) and row[1] in STRUCK for i in range(start, head)):
        return head, ("used", "used")  # shot down with missiles
    if low == "by" and not listed and (done := [i for i in range(start, head) if words[i].tag == "VBN"]):
        row = verb_row(words, done[-1])  # guarded by tanks; hit by missiles
        return head, row if row and row[1] == "presence" else ("used", "used")
    to_number = low == "to" and words[first].tag == "CD"
    if head >= 0 and words[head].tag in ("IN", "TO") and not (listed or to_number or row_of("through", low)):
        return None, None
    verbs = [i for i, w in enumerate(words) if w.tag.startswith("VB") and not row_of("light", w.low)]
    for i in [i for i in verbs if start <= i < first][-1:]:
        passive = words[i].tag == "VBN" and any(row_of("aux", w.low) for w in words[max(start, i - 3):i]) and not listed
        if not passive and (row := verb_row(words, i)):
            return (None, None) if row_of("goal", words[i].low) else (i, row)  # before they reached any ship
    listing = words[last:] if last < len(words) and words[last].low in (",", "and", "or") else []
    run = next((i for i, w in enumerate(listing, last) if w.tag not in IN_PHRASE and w.low not in LISTING), 0)
    for i in [i for i in verbs if last <= i < max(stop, run + 6)]:
        finite = words[i].tag in FINITE or any(row_of("light", w.low) for w in words[max(last, i - 4):i])
        comma = max((k for k in range(last, i) if words[k].low == ","), default=i)
        if not listing and any(w.tag.startswith(("NN", "PRP")) for w in words[comma:i]):
            break  # another subject's verb
        if (finite or i <= last + 1) and (row := verb_row(words, i)):
            return i, ("used", "used") if row[1] in LOSSES and acts(words, i, row[1]) else row
        if finite:
            break
    near = words[max(start, first - 4):first + 1]
    has = any(word.low in ("has", "have", "had") and after.tag not in ("VBN", "VBD") for word, after in zip(near, near[1:]))
    return (first, ("deployed", "presence")) if has else (None, None)


def verb_row(words, i):
    """The row of claim_status.csv for the verb at i, with its particle where that makes another (shot down), else None."""
    return row_of("verb", " ".join(w.low for w in words[i:i + 2])) or row_of("verb", words[i].low)


def fate_of(words, first, last):
    """(index, row) of what words[first:last] are after their verb: were missing; left eight soldiers dead. None if nothing is said."""
    at = next((i for i in range(last, min(last + 5, len(words))) if not row_of("light", words[i].low)), last)
    row = row_of("fate", words[at].low) if at < len(words) else None
    left = any(w.low in ("left", "leaving", "leaves", "leave") for w in words[max(0, first - 6):first])
    return (at, row) if row and (at > last or left) else None


def acts(words, i, event):
    """Whether the verb at i is active: who shot down six drones is not what was shot down, who attacked first not attacked."""
    after = next((w.tag for w in words[i + 1:i + 7] if w.low not in BETWEEN and w.low[0].isalnum()), "")
    passive = any(row_of("aux", w.low) for w in words[max(0, i - 3):i])
    if words[i + 1:i + 2] and words[i + 1].low == "to":
        return False  # raised the number of soldiers killed to four
    alone = event == "attacked" and words[i + 1:i + 2] and words[i + 1].tag.startswith(("RB", "JJ")) and words[i + 1].low != "by"
    return words[i].tag in (*FINITE, "VBN") and bool(alone or after.startswith(("DT", "CD", "JJ", "NN", "PRP"))) and not passive


def modify(text, status, event="presence"):
    """The status of a verb after the words before it in its clause: will, has not, asked for, if."""
    found = statuses_in("before", re.sub(r"\bMay(?= \d)", "", text))
    if re.search(r"(?:\bnot|n['’]t)\b.*\b(?:rul|exclud)", text):
        return "planned"
    arriving = "arriving" if "arriving" in found and event == "presence" and status == "deployed" else status
    return next((change for change in ("hypothetical", "denied", "requested", "planned") if change in found), arriving)


def read_clause(text, words, first, last, kind):
    """(status, event it is a status of, index of the verb that says so) of words[first:last]; None, "", None if none does."""
    begin, end = words[first].start, words[last - 1].end
    before = text[max(0, begin - 80):begin]
    if BODIES.search(before):
        return None, "bodies", None  # handed over: not how many were killed
    if ASKED.search(text, max(0, begin - 120), begin):
        return "hypothetical", "presence", None
    at, row = fate_of(words, first, last) or find_verb(words, first, last)
    lack, there, being = LACK.search(before), THERE.search(before), BEING.match(text[end:end + 120])
    aimed = kind == "system" and AIMED.search(text[max(0, begin - 120):begin])  # fired missiles at ships: where these are, is no claim
    placed = kind not in ("action", "infrastructure") and not aimed and (there or being or NEAR.match(text, end))
    if PART_OF.search(before) and not lack or not (row or placed):
        return None, "", None
    if not row:
        said = "denied" if lack or there and there[1] or being and being[1] else "deployed"
        before = text[max(words[clause_bounds(words, first, last)[0]].start, begin - 60):begin]
        said = "denied" if "denied" in statuses_in("cue", before) else said
        said = "arriving" if being and "arriving" in statuses_in("before", text[end:end + 60]) else said
        return "hypothetical" if "hypothetical" in statuses_in("before", before) else said, "presence", None
    status, event = ("used", "used") if kind == "system" and row[1] in ("killed", "wounded") else (row[0], row[1] or "presence")  # drones that kill
    said = words[max(clause_bounds(words, at, at + 1)[0], at - 9):at]
    said = said[max((i for i, w in enumerate(said, 1) if w.low in (",", ";", ":")), default=0):]
    status = modify(text[said[0].start:words[at].start], status, event) if said else status
    later = next((verb_row(words, i) for i in range(last, min(last + 4, len(words))) if words[i].tag == "VBN"), None)
    if status == "deployed" and words[at].tag.startswith("NN") and later and later[0] in ("planned", "requested"):
        status = later[0]  # the delivery of tanks is expected
    if status == "planned" and words[at].low in ("seen", "spotted", "sighted", "observed"):
        status = "deployed"  # could be seen
    if (status, event) == ("deployed", "presence"):
        doing = at >= last and not row_of("goal", words[at].low) and words[at + 1:at + 2] and words[at + 1].tag[:2] in ("DT", "CD", "NN", "JJ", "PR")
        going = not (doing or row_of("staying", words[at].low)) and any(w.low == "being" or words[at].tag == "VBG" and row_of("aux", w.low) for w in said[-3:])
        status = "arriving" if going else "planned" if words[at].tag == "VB" and at and words[at - 1].low == "to" else status
    if kind == "personnel" and (status, event) == ("used", "used"):
        status = event = "in action"  # who seized the airport
    return "denied" if lack else status, event, at


def chain_of(attribution, carried):
    """The attributions that carry a mention, outermost first. `carried`: id -> row; a loop in `parent` ends the walk."""
    chain = []
    while attribution in carried and attribution not in [row["attribution"] for row in chain]:
        chain.insert(0, carried[attribution])
        attribution = carried[attribution]["parent"]
    return chain


def status_of(status, tag, chain, text):
    """A status after the cues that carry it: a denial always counts, a wish only where the verb's tag tells of nothing done."""
    cues = [text[row["cue_start"]:row["cue_end"]] for row in reversed(chain) if not pd.isna(row["cue_start"])]
    wish = next((found for cue in cues for found in statuses_in("cue", cue)[:1]), None)
    return wish if wish == "denied" or wish and tag in (None, "VB", "VBG", "NN", "NNS") and status in ("deployed", "arriving", None) else status


def find_rate(mention, text, end, event):
    """(quantity_min, quantity_max, per): by the day for a rate (two a day) or events in a time (20 flights in 10 days)."""
    low, high = (None if pd.isna(mention[c]) else float(mention[c]) for c in ("quantity_min", "quantity_max"))
    rate = RATE.search(mention["quantity_text"] or "") or RATE.match(text[end:end + 30].lstrip())
    days = DAYS[(rate[1] or rate[2]).lower()] if rate else None
    happens = mention["kind"] == "action" or event not in ("presence", "")
    if not rate and happens and (span := WINDOW.search(text, end, end + 160)):
        number = PHRASE.fullmatch((span[1] or span[2] or "one").strip().lower())
        days = number and not number["several"] and bounds(number)[0] and bounds(number)[0] * DAYS[span[3].lower()]
    if not days or low is None and high is None:
        return low, high, None
    return *(None if n is None else round(n / days, 4) for n in (low, high)), "day"


def day_near(text, scope, at, document):
    """The day a claim holds for, ISO: the day named nearest to `at` in `scope`, else in the sentence, else the day of publication
    (first/last where only bounds are known); a bare year is itself."""
    dates = [document[column] for column in ("published", "published_from", "published_to")]
    issue, first, last = (None if pd.isna(date) else str(date)[:10] for date in dates)
    spans = sorted(day_spans(text), key=lambda s: (not scope[0] <= s[0] < scope[1], abs(s[0] - at)))
    days = (resolve_day(text[s:e], issue or last, ahead=ahead) for s, e, ahead in spans)
    year, bounded = YEAR.search(text, *scope), first and last and (first if first == last else f"{first}/{last}")
    return next((str(day) for day in days if day), None) or (year[1] if year else issue or bounded or None)


def find_claims(mentions, attributions, documents, sentences):
    """Every mention with a quantity, a presence or a denial as a claim, with who carries it and how it relates to others.
    Returns the columns of COLUMNS["claims"]. `speakers`: who carries it, outermost first; empty means the newsroom itself.
    Quantities are by the day where `per` is "day". `relation`, `reason` and `group` are those of relate_claims."""
    marked = sentences.merge(mentions[["doc_id", "sentence"]].drop_duplicates())
    carrying = attributions.loc[attributions["doc_id"].isin(set(mentions["doc_id"])), CARRYING]
    parts = [by_document(table) for table in (mentions, carrying, marked)]
    named = {place for text in marked["text"] for _, place, before in find_places(text) if before in ("at", "in", "near")}
    rows = [row for document in records(documents) if document["doc_id"] in parts[0]
            for row in claims_of(document, *(part.get(document["doc_id"], []) for part in parts), named)]
    return make("claims", relate_claims(rows, dict(labels(documents)) if len(documents) else {}))


def claims_of(document, mentions, attributions, sentences, named):
    """The claims of one document, as dicts with the columns of claims and what comparing needs besides. `named`: known places."""
    carried, inside, rows, seen = {row["attribution"]: row for row in attributions}, {}, [], []
    for mention in sorted(mentions, key=lambda m: m["start"]):
        mention = {**mention, "attribution": mention["attribution"] or carried_on(mention, attributions, document["text"])}
        inside.setdefault(None if pd.isna(mention["sentence"]) else int(mention["sentence"]), []).append(mention)
    for sentence in (s for s in sentences if s["sentence"] in inside):
        words, found = tag_sentence(sentence["text"]) if len(sentence["text"]) <= LONG else None, []
        heads = {m["start"] for m in inside[sentence["sentence"]]}
        for mention in inside[sentence["sentence"]]:
            if mention["kind"] == "personnel" and mention["end"] + 1 in heads:
                continue  # "two rebel tanks" are no rebels
            start, end = max(sentence["start"], mention["start"] - LONG // 4), min(sentence["end"], mention["end"] + LONG // 4)
            piece = {"start": start, "end": end, "text": document["text"][start:end]} if words is None else sentence
            claim = claim_of(mention, document, piece, words or tag_sentence(piece["text"]), carried, (seen, named))
            found += [{**claim, "sentence": sentence["sentence"]}] if claim else []
        found += earlier_claims(found, sentence, attributions, carried)
        seen += [(claim["place"], sentence["end"], claim["operator"]) for claim in found if claim["place"]]
        rows += found
    return [{**row, "claim": f"c{i}"} for i, row in enumerate(rows, 1)]


def carried_on(mention, attributions, text):
    """The attribution that goes on in "(Washington said its forces had ...), and that F-16s ...", else None."""
    ends = [(end, row["attribution"]) for row in attributions if row["sentence"] == mention["sentence"] and not row["parent"]
            for _, end in row["content"] if end <= mention["start"] and ON.match(text, end)]
    return max(ends)[1] if ends else None


def claim_of(mention, document, sentence, words, carried, places):
    """The claim that a mention makes, or None. `places`: those of the document's claims so far, and all that are known."""
    text, begin, end = sentence["text"], mention["start"] - sentence["start"], mention["end"] - sentence["start"]
    number = RATE.sub("", mention["quantity_text"] or "").strip()
    begin = max(text.rfind(number, 0, begin), 0) if number and number in text[:begin] else begin
    inside = [i for i, w in enumerate(words) if w.start < end and w.end > begin]
    if not inside:
        return None
    chain = chain_of(mention["attribution"], carried)
    status, event, at = read_clause(text, words, inside[0], inside[-1] + 1, mention["kind"])
    head = chain[-1]["content"][0][0] if at is None and chain and chain[-1]["content"] else mention["start"]
    aside = ASIDE.search(document["text"], min(head, mention["start"]), mention["start"])  # asked for those who left when the frigate ...
    status = status_of(status, None if at is None else words[at].tag, [] if aside else chain, document["text"])
    low, high, per = (None, None, None) if ONE_OF.match(text, begin) else find_rate(mention, text, end, event)
    silent = low is None and high is None and (status is None or row_of("institution", mention["canonical"])
                                               or mention["kind"] == "infrastructure" and event != "presence")
    if silent or status == "hypothetical":
        return None
    event = "presence" if mention["kind"] == "action" and event in ("used", "") else event or "counted"
    scope, (seen, named) = scope_of(mention, chain, sentence, words, inside), places
    place = place_near(text, scope, begin, named) or place_before(text, scope, (document["text"], sentence["start"], mention["operator"]), seen, named)
    as_of = day_near(text, scope, begin, document)
    if is_earlier(text, begin, scope, as_of, document):
        status, as_of = "historical", as_of if as_of and len(as_of) == 4 else None
    return {**{c: mention[c] for c in ("doc_id", "mention", "canonical", "category", "kind", "operator", "attribution")},
            "story": document["story"], "thing": thing_of(mention["canonical"], mention["category"]), "status": status,
            "event": event, "quantity_min": low, "quantity_max": high, "per": per, "as_of": as_of, "at": mention["start"],
            "place": " ".join((place or "").split()) or None, "speakers": [row["speaker"] for row in chain],
            "more": bool(MORE.search(text[max(0, begin - 25):end]))}


def scope_of(mention, chain, sentence, words, inside):
    """(start, end) in the sentence where a claim's place and day are looked for: the content that carries it, else its clause."""
    for start, end in chain[-1]["content"] if chain else ():
        if start <= mention["start"] < end:
            first, stop = max(0, start - sentence["start"]), min(sentence["end"], end) - sentence["start"]
            cuts, at = [first, *(cut.start() for cut in ON.finditer(sentence["text"], first, stop)), stop], mention["start"] - sentence["start"]
            return max(cut for cut in cuts if cut <= at), min(cut for cut in cuts if cut > at)  # of what is said one that-clause
    start, stop = clause_bounds(words, inside[0], inside[-1] + 1)
    return words[start].start, words[stop - 1].end


def is_earlier(text, begin, scope, as_of, document):
    """Whether a number is an earlier one: a previous estimate of 200, years ago, in 1999."""
    issue = document["published_to"] if pd.isna(document["published"]) else document["published"]
    old = as_of and not pd.isna(issue) and int(as_of[:4]) < int(str(issue)[:4]) - (len(as_of) > 4)
    return bool(old or statuses_in("number", text[max(0, begin - 45):begin]) or statuses_in("around", text[scope[0]:scope[1]]))


def earlier_claims(found, sentence, attributions, carried):
    """Claims of earlier numbers without a noun of their own: "500 troops, an increase from a previous estimate of about 200"."""
    rows = []
    for match in EARLIER.finditer(sentence["text"]) if found else ():
        number, at = PHRASE.match(sentence["text"], match.end()), sentence["start"] + match.end()
        near = [r for r in found if r["at"] < at and span_of(r)]
        if near and number and not number["several"] and not any(at < r["at"] < at + 60 for r in found):
            held = [a for a in attributions if any(s <= at < e for s, e in a["content"])]
            inner = min(held, key=lambda a: sum(e - s for s, e in a["content"]), default={"attribution": None})["attribution"]
            (low, high), speakers = bounds(number), [a["speaker"] for a in chain_of(inner, carried)]
            rows.append({**near[-1], "quantity_min": low, "quantity_max": high, "per": None, "status": "historical", "at": at,
                         "as_of": None, "attribution": inner, "speakers": speakers})
    return rows
