"""What two articles of one story share: passages (wire copy) and utterances (one quotation in several outlets, whole or in part).

No pair of articles is compared unless an index proposes it. Passages: word 5-grams are hashed and sorted, as in document
fingerprinting (Schleimer, Wilkerson & Aiken 2003, "Winnowing"), and a shared one is grown to both sides over small edits. Utterances:
an inverted index of attributed words, each with its neighbour, its speaker and the speaker's side, proposes pairs.
"""
import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict, namedtuple

import numpy as np

from helpers.tables import make
from helpers.wording import STOP, WORD, blocks, oppose, words_of

NGRAM = 5           # words that must agree in a row before two articles are compared at all
MIN_WORDS = 10      # shorter common passages are idiom, not reuse
MIN_SHARE = 0.7     # of a passage's words that agree
GAP, RESUME = 6, 4  # an edit may replace up to 6 words when at least 4 agree again after it
NEIGHBOURS = 20     # what stands in a thousand articles links each with 20 others, so that work stays linear
MAX_WORDS = 400     # of one utterance that are compared
MIN_WEIGHT = 8      # what the shared words of an utterance without quotation marks must weigh, in nats

NUMERAL = re.compile(r"[$€£]?\d[\d.,]*|hundred|thousand|million|billion|percent|per|cent")
QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]+)[”\"»“]?|(?<!\w)[‘'](?=\w)([^‘“”\"]{1,300}?)[’'](?!\w)")
# an article: its words as its sentences have them, their spans and starts, and what unbroken stretch of sentences each is of
Read = namedtuple("Read", "text words spans starts stretches")
# a stretch of attributed words: normal forms, offsets, the telling forms and what they weigh; who is said to have said them, for which sides
Unit = namedtuple("Unit", "doc words spans telling kinds total mass quoted speakers sides institution")


def find_reuse(documents, sentences, attributions):
    """Passages and utterances that two documents of one story share: the reuse table, in text order.
    Where `story` is null, all documents without one are one story. `similarity` is 2 x words in common / words of both (spelling and
    regular endings set aside); `differences` holds the words that differ as [left, right], "" where one side has none."""
    stories, lines, said, rows = defaultdict(dict), defaultdict(list), defaultdict(list), []
    for doc, story, text in zip(documents["doc_id"], documents["story"].fillna("").astype(str), documents["text"]):
        stories[story][doc] = text
    for line in sentences[["doc_id", "start", "text"]].itertuples(index=False):
        lines[line.doc_id].append(line[1:])
    for a in attributions[["doc_id", "content", "type", "speaker", "speaker_kind", "side"]].itertuples(index=False):
        said[a.doc_id].append(a)
    for name in sorted(name for name, texts in stories.items() if len(texts) > 1):
        rows += _story_reuse({doc: _read(text, lines[doc]) for doc, text in stories[name].items()}, said, sum(len(lines[doc]) for doc in stories[name]))
    return make("reuse", rows)


def _read(text, lines):
    words, spans, stretches, stretch, end = [], [], [], 0, 0
    for start, line in lines:
        stretch += not text[end:start].isspace()  # else words could run on, or stand between
        keys, places = words_of(line, int(start))
        words += keys
        spans += places
        stretches += [stretch] * len(keys)
        end = start + len(line)
    return Read(text, words, spans, [start for start, _ in spans], stretches)


def _words_in(read, start, end):
    """(normal forms, spans) of the words between two offsets, without parting the text once more where its sentences have been."""
    x, x2 = bisect_left(read.starts, start), bisect_left(read.starts, end)
    if x < x2 and read.stretches[x] == read.stretches[x2 - 1] and (last := read.spans[x2 - 1][1]) <= end and not (
            WORD.search(read.text, start, read.starts[x]) or WORD.search(read.text, last, end)):
        return read.words[x:x2], read.spans[x:x2]
    return words_of(read.text[start:end], start)


def _story_reuse(reads, said, n_sentences):
    docs, order, counts = [*reads], {d: n for n, d in enumerate(reads)}, Counter()
    for read in reads.values():
        counts.update(read.words)
    found = []
    for d, e, i, i2, j, j2, share in _passages([read.words for read in reads.values()], {w: n for n, w in enumerate(counts, 1)}):
        spans, others = reads[docs[d]].spans, reads[docs[e]].spans
        found.append((docs[d], spans[i][0], spans[i2 - 1][1], docs[e], others[j][0], others[j2 - 1][1], "passage", share))
    weight = defaultdict(lambda: 1.0, {w: math.log(1 + max(100, n_sentences) / n) for w, n in counts.items()})
    units = [unit for doc, read in reads.items() for unit in _units(doc, read, said[doc], weight)]
    found += _utterances(units, counts, weight, order, found)
    found = sorted((f if order[f[0]] < order[f[3]] else (*f[3:6], *f[:3], *f[6:]) for f in found),
                   key=lambda f: (order[f[0]], order[f[3]], f[6], f[1], f[4], f[2], f[5]))
    return [_row(reads, *f) for f in found]


def _row(reads, doc, start, end, other, start2, end2, kind, share):
    left, right = reads[doc].text, reads[other].text
    (a, spans), (b, others) = _words_in(reads[doc], start, end), _words_in(reads[other], start2, end2)
    common = blocks(a, b)
    alike = share or 2 * sum(n for *_, n in common) / (len(a) + len(b))
    return {"left_doc_id": doc, "left_start": start, "left_end": end, "right_doc_id": other, "right_start": start2, "right_end": end2, "kind": kind,
            "similarity": round(alike, 4), "differences": [[x, y] for x, y, same in oppose(left, spans, right, others, common) if not same]}


def _passages(words, numbers):
    """(left document's number, right one's, i, i2, j, j2, share that agrees), in words, for every maximal passage that two documents share."""
    ids = [np.array([*map(numbers.get, said)], np.uint64) for said in words]
    ways = [(said, _grams(row, RESUME).tolist()) for said, row in zip(words, ids)]
    turned = [(said[::-1], grams[::-1]) for said, grams in ways]
    pair, taken = None, []
    for left, right, i, j in _seeds([_grams(row, NGRAM) for row in ids]):
        if pair != (left, right):
            pair, taken, box = (left, right), [], (0, 0, 0, 0)
        if box[0] <= i < box[1] and box[2] <= j < box[3] or any(x <= i < x2 and y <= j < y2 for x, x2, y, y2 in taken):
            continue  # most seeds lie in the passage found last
        a, b = words[left], words[right]
        (i2, j2), n = _grow(ways[left], ways[right], i, j)
        (i, j), more = _grow(turned[left], turned[right], len(a) - i, len(b) - j)
        box = (len(a) - i, i2, len(b) - j, j2)
        taken.append(box)
        share = 2 * (n + more) / (box[1] - box[0] + box[3] - box[2])
        if n + more >= MIN_WORDS and share >= MIN_SHARE and sum(w not in STOP for w in a[box[0]:box[1]]) >= 4:
            yield left, right, *box, share


def _grams(ids, n):
    """A number for each n words in a row, the same for the same words."""
    size = max(0, len(ids) - n + 1)
    return sum((ids[k:size + k] * np.uint64(0x9E3779B97F4A7C15 ** (k + 1) % 2 ** 64) for k in range(n)), np.zeros(size, np.uint64))


def _seeds(grams):
    """(left, right, i, j) of the n-grams that two documents have, in order; each n-gram at its first place in a document."""
    doc, place = np.repeat(np.arange(len(grams)), [*map(len, grams)]), np.concatenate([np.arange(len(g)) for g in grams])
    gram = np.concatenate(grams)
    by = np.argsort(gram, kind="stable")
    by = by[np.append(True, (np.diff(gram[by]) != 0) | (np.diff(doc[by]) != 0))[:len(by)]]
    left, right = (by[np.concatenate(places)] for places in zip(*_near(gram[by])))
    pair = doc[left] * len(grams) + doc[right]
    _, number, counts = np.unique(pair, return_inverse=True, return_counts=True)
    seeds = np.array([doc[left], doc[right], place[left], place[right]])[:, counts[number] > 1]
    return zip(*seeds[:, np.lexsort(seeds[::-1])].tolist())


def _near(keys):
    """Where a sorted array holds the same twice, at most NEIGHBOURS places apart: pairs of arrays of places."""
    return [(places, places + k) for k in range(1, NEIGHBOURS + 1) for places in [np.flatnonzero(keys[k:] == keys[:-k])]]


def _grow(left, right, i, j):
    """Walk on from word i of one text and j of the other while words agree, over small edits; a text is its words, and its RESUME words in a
    row as numbers. ((i, j) just past the last agreeing words, how many agreed)."""
    (a, a_grams), (b, b_grams), n = left, right, 0
    while True:
        while i < len(a) and j < len(b) and a[i] == b[j]:
            i, j, n = i + 1, j + 1, n + 1
        where = dict(zip(b_grams[j:j + GAP + 1][::-1], range(min(GAP, len(b_grams) - j - 1), -1, -1)))
        if not (tries := [(x + where[gram], x) for x, gram in enumerate(a_grams[i:i + GAP + 1]) if x + where.get(gram, -x) > 0]):
            return (i, j), n
        steps, x = min(tries)
        i, j = i + x, j + steps - x


def _units(doc, read, said, weight):
    """What is quoted inside a document's attributed content, and attributed content without quotation marks, each once, with its speakers."""
    out, near = [], defaultdict(list)  # a thousand attributions in one document are not each compared with each other
    contents = [(int(s), int(e), a) for a in said for s, e in a.content or ()]
    for s, e, a in contents:
        for place in range(s // 1000, e // 1000 + 1):
            near[place].append((s, e, a))
    spans = {(s, e) for s, e, _ in contents}
    quotes = {m.span(m.lastindex) for s, e in spans for m in QUOTED.finditer(read.text, s, e)}
    ends = dict(sorted(quotes))
    plain = {(s, e) for s, e in spans if max(ends.get(s, 0), ends.get(s + 1, 0)) < e - 3}
    direct = {(s, e) for s, e, a in contents if a.type == "direct"}
    for s, e in sorted(quotes | plain):
        words, places = (x[:MAX_WORDS] for x in _words_in(read, s, min(e, s + MAX_WORDS * 12)))
        if telling := [w for w in words if w not in STOP]:
            who = [a for x, y, a in near[s // 1000] if x <= s and e <= y]
            named = [a for a in who if a.speaker_kind not in ("unattributed", "anonymous_official") and a.speaker[:9] != "anonymous"]
            kinds = frozenset(telling)  # fsum: a set has no order that a sum could depend on
            out.append(Unit(doc, words, places, telling, kinds, sum(map(weight.__getitem__, telling)), math.fsum(map(weight.__getitem__, kinds)),
                            (s, e) in quotes | direct, frozenset(a.speaker for a in named), frozenset(a.side for a in who) - {"Other", "Media"},
                            any(a.speaker_kind == "named_organisation" for a in named)))
    return out


def _utterances(units, counts, weight, order, passages):
    """Utterances in two documents: quoted ones and the heaviest first, and none that mostly lies within one found before."""
    pairs = (sorted(pair, key=lambda u: (len(u.kinds), order[u.doc])) for pair in _candidates(units, counts, weight)) if units else ()
    found = sorted(filter(None, (_match(short, long, weight) for short, long in pairs)))
    taken, out = defaultdict(list), []
    for d, s, e, d2, s2, e2, *_ in passages:
        taken[d, d2, False] += [(s, e, s2, e2)]
        taken[d2, d, False] += [(s2, e2, s, e)]
    for (unquoted, _), d, s, e, d2, s2, e2 in found:
        boxes = taken[d, d2, True] + taken[d, d2, False] * unquoted
        if not any(2 * (min(e, y) - max(s, x)) > e - s and 2 * (min(e2, y2) - max(s2, x2)) > e2 - s2 for x, y, x2, y2 in boxes):
            taken[d, d2, True] += [(s, e, s2, e2)]
            taken[d2, d, True] += [(s2, e2, s, e)]
            out.append((d, s, e, d2, s2, e2, "utterance", None))
    return out


def _candidates(units, counts, weight):
    """Pairs of units from two documents that share a word with its neighbour, its speaker or its side, and whose common words weigh enough."""
    words = {w: n for n, w in enumerate(sorted({w for u in units for w in u.kinds}, key=lambda w: (counts[w], w)))}
    names, entries, kinds, docs = {}, [], [sorted(map(words.get, u.kinds)) for u in units], {}
    for n, (u, rarest) in enumerate(zip(units, kinds)):  # a key, the unit, and whether to look others up by it, as one number
        told = [*map(words.get, u.telling)]
        entries += [((w * len(words) + x) * len(units) + n) * 2 + (place >= 40) for place, (w, x) in enumerate(zip(told, told[1:]))]
        for name in u.speakers | u.sides:  # the rarest words of the shorter unit lead to the longer one
            key = (len(words) + names.setdefault(name, len(names))) * len(words)
            entries += [((key + w) * len(units) + n) * 2 + (place >= 6) for place, w in enumerate(rarest)]
    entries = np.unique(np.array(entries, np.int64))
    entries = entries[np.append(True, np.diff(entries >> 1) > 0)[:len(entries)]]
    (key, unit), asked = np.divmod(entries >> 1, len(units)), entries % 2 == 0
    doc, pairs = np.array([docs.setdefault(u.doc, len(docs)) for u in units]), [np.zeros(0, np.int64)]
    for p, q in _near(key):
        some = (asked[p] | asked[q]) & (doc[unit[p]] != doc[unit[q]])
        pairs.append(unit[p][some] * len(units) + unit[q][some])
    pairs = np.divmod(np.unique(np.concatenate(pairs)), len(units))
    return [(u, v) for u, v in ((units[n], units[m]) for n, m in zip(*(part.tolist() for part in pairs)))
            if math.fsum(map(weight.__getitem__, u.kinds & v.kinds)) >= 0.6 * min(u.mass, v.mass)]


def _match(short, long, weight):
    """((unquoted, -weight), doc, start, end, doc, start, end) when the shorter unit's words are found again in the longer one."""
    wanted, width = short.kinds, max(len(short.words) + 4, int(1.6 * len(short.words)))
    if not _accept(short, long, filter(long.kinds.__contains__, short.telling), weight):
        return None
    starts = [n for n, w in enumerate(long.words) if w in wanted] or [0]
    if starts[-1] >= starts[0] + width:  # else the first stretch holds all
        starts = [max(starts, key=lambda n: (math.fsum(map(weight.__getitem__, wanted & {*long.words[n:n + width]})), -n))]
    x = max(0, starts[0] - 2)  # function words before the first telling one
    common = [b for b in blocks(short.words, long.words[x:x + width]) if not STOP.issuperset(short.words[b[0]:b[0] + b[2]])]
    same = [w for i, _, n in common for w in short.words[i:i + n] if w in wanted]
    if not _accept(short, long, same, weight):
        return None
    (i, y, _), (i2, y2, n) = common[0], common[-1]
    i, i2, y, y2 = (0, len(short.words), x + y, x + y2 + n) if short.quoted else (i, i2 + n, x + y, x + y2 + n)
    i, i2, y, y2 = *_rounded(short.words, i, i2), *_rounded(long.words, y, y2)
    return ((not (short.quoted or long.quoted), -round(sum(weight[w] for w in same), 6)), short.doc, short.spans[i][0], short.spans[i2 - 1][1],
            long.doc, long.spans[y][0], long.spans[y2 - 1][1])


def _rounded(words, start, end):
    """A stretch of words with the numbers it begins behind ("45 million"), and without the function words it breaks off at."""
    while start and NUMERAL.fullmatch(words[start - 1]):
        start -= 1
    while end < len(words) and words[end - 1] in STOP and end > start + 1:
        end -= 1
    return start, end


def _accept(short, long, same, weight):
    """Whether shared words are one utterance: the fewer they are, the surer must be that one speaker said both."""
    together, n, quoted = bool(short.speakers & long.speakers), len(short.kinds), short.quoted + long.quoted
    near = together or bool(short.sides & long.sides and (short.institution or long.institution))
    if quoted < 2 and not (together or near and n < 5):
        return False  # whatever they share
    same = [*same]
    heavy = sum(map(weight.__getitem__, same))
    cover = heavy / short.total
    if n == 1:
        return quoted == 2 and cover == 1 and (together if len(long.kinds) > 3 else near)
    if n < 5 and quoted:
        return cover > 0.99 and (near or (quoted == 2 and heavy >= MIN_WEIGHT))
    if quoted == 2:
        return cover >= (0.6 if near else 0.75) and heavy >= MIN_WEIGHT
    return together and cover >= 0.6 and len(set(same)) >= 3 and heavy >= MIN_WEIGHT
