"""What two articles of one story share: passages (wire copy) and utterances (one quotation in several outlets, whole or in part).

No pair of articles is compared unless an index proposes it. Passages: word 5-grams are hashed and sorted, as in document
fingerprinting (Schleimer, Wilkerson & Aiken 2003, "Winnowing"), and a shared one is grown to both sides over small edits. Utterances:
an inverted index of attributed words, each with its neighbour, its speaker and the speaker's side, proposes pairs.
"""
import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict, namedtuple
from difflib import SequenceMatcher

import numpy as np

from helpers.tables import make
from helpers.wording import STOP, align, similarity, words_of

NGRAM = 5           # words that must agree in a row before two articles are compared at all
MIN_WORDS = 10      # shorter common passages are idiom, not reuse
MIN_SHARE = 0.7     # of a passage's words that agree
GAP, RESUME = 6, 4  # an edit may replace up to 6 words when at least 4 agree again after it
NEIGHBOURS = 20     # what stands in a thousand articles links each with 20 others, so that work stays linear
MAX_WORDS = 400     # of one utterance that are compared
MIN_WEIGHT = 8      # what the shared words of an utterance without quotation marks must weigh, in nats

NUMERAL = re.compile(r"[$€£]?\d[\d.,]*|hundred|thousand|million|billion|percent|per|cent")
QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]+)[”\"»“]?|(?<!\w)[‘'](?=\w)([^‘“”\"]{1,300}?)[’'](?!\w)")
# a stretch of attributed words: normal forms, offsets, the telling forms; who is said to have said them, for which sides
Unit = namedtuple("Unit", "doc words spans telling kinds quoted speakers sides institution")


def find_reuse(documents, sentences, attributions):
    """Passages and utterances that two documents of one story share: the reuse table, in text order.

    Where `story` is null, all documents without one are one story. `similarity` is 2 x words in common / words of both (spelling and
    regular endings set aside); `differences` holds the words that differ as [left, right], "" where one side has none.
    """
    story = documents["story"].fillna("").astype(str)
    rows = []
    for name in sorted(story[story.duplicated()].unique()):
        docs = documents[story == name]
        rows += _story_reuse(docs, *(t[t["doc_id"].isin(docs["doc_id"])] for t in (sentences, attributions)))
    return make("reuse", rows)


def _story_reuse(documents, sentences, attributions):
    order = {d: n for n, d in enumerate(documents["doc_id"])}
    texts = dict(zip(documents["doc_id"], documents["text"]))
    words, spans = {d: [] for d in order}, {d: [] for d in order}
    for doc, start, text in zip(sentences["doc_id"], sentences["start"], sentences["text"]):
        keys, places = words_of(text, int(start))
        words[doc] += keys
        spans[doc] += places
    found = [(d, spans[d][i][0], spans[d][i2 - 1][1], e, spans[e][j][0], spans[e][j2 - 1][1], "passage", share)
             for d, e, i, i2, j, j2, share in _passages([*order], words)]
    counts = Counter(k for keys in words.values() for k in keys)
    found += _utterances(_units(texts, attributions), counts, max(100, len(sentences)), order, found)
    found = sorted((f if order[f[0]] < order[f[3]] else (*f[3:6], *f[:3], *f[6:]) for f in found),
                   key=lambda f: (order[f[0]], order[f[3]], f[6], f[1], f[4], f[2], f[5]))
    return [_row(texts[left][s:e], texts[right][s2:e2], share, left_doc_id=left, left_start=s, left_end=e, right_doc_id=right,
                 right_start=s2, right_end=e2, kind=kind) for left, s, e, right, s2, e2, kind, share in found]


def _row(a, b, share, **place):
    return {**place, "similarity": round(similarity(a, b) if share is None else share, 4),
            "differences": [[x, y] for x, y, same in align(a, b) if not same] if a != b else []}


def _passages(docs, words):
    """(left doc, right doc, i, i2, j, j2, share that agrees), in words, for every maximal passage that two documents share."""
    turned = {d: said[::-1] for d, said in words.items()}
    for (left, right), seeds in sorted(_seeds(docs, words).items()):
        a, b = words[docs[left]], words[docs[right]]
        taken = []
        for i, j in seeds:
            if not any(x <= i < x2 and y <= j < y2 for x, x2, y, y2 in taken):
                (i2, j2), n = _grow(a, b, i, j)
                (i, j), more = _grow(turned[docs[left]], turned[docs[right]], len(a) - i, len(b) - j)
                box = (len(a) - i, i2, len(b) - j, j2)
                taken.append(box)
                telling = sum(w not in STOP for w in a[box[0]:box[1]])
                share = 2 * (n + more) / (box[1] - box[0] + box[3] - box[2])
                if n + more >= MIN_WORDS and telling >= 4 and share >= MIN_SHARE:
                    yield docs[left], docs[right], *box, share


def _seeds(docs, words):
    """(left, right) document numbers -> positions of the word n-grams that both have; each n-gram at its first place in a document."""
    vocabulary, grams = {}, [np.zeros(0, np.uint64)]
    for d in docs:
        ids = np.fromiter((vocabulary.setdefault(w, len(vocabulary) + 1) for w in words[d]), np.uint64, len(words[d]))
        parts = [ids[k:max(0, len(ids) - NGRAM + 1) + k] * np.uint64(0x9E3779B97F4A7C15 ** (k + 1) % 2 ** 64) for k in range(NGRAM)]
        grams.append(np.sum(parts, axis=0, dtype=np.uint64))
    sizes = [len(g) for g in grams[1:]]
    gram, doc = np.concatenate(grams), np.repeat(np.arange(len(docs)), sizes)
    place = np.arange(len(gram)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    by = np.argsort(gram, kind="stable")
    first = np.ones(len(by), bool)
    first[1:] = (gram[by][1:] != gram[by][:-1]) | (doc[by][1:] != doc[by][:-1])
    gram, doc, place = gram[by][first], doc[by][first], place[by][first]
    seeds = defaultdict(list)
    for k in range(1, NEIGHBOURS + 1):
        for n in np.flatnonzero(gram[k:] == gram[:-k]):
            seeds[int(doc[n]), int(doc[n + k])].append((int(place[n]), int(place[n + k])))
    return {pair: sorted(found) for pair, found in seeds.items() if len(found) > 1}


def _grow(a, b, i, j):
    """Walk on from a[i], b[j] while words agree, over small edits; ((i, j) just past the last agreeing words, how many agreed)."""
    n, past, tries = 0, (i, j), [(0, 0)]
    while tries:
        i, j = i + min(tries)[1], j + min(tries)[0] - min(tries)[1]
        while i < len(a) and j < len(b) and a[i] == b[j]:
            i, j, n, past = i + 1, j + 1, n + 1, (i + 1, j + 1)
        p, q = a[i:i + GAP + RESUME], b[j:j + GAP + RESUME]
        tries = [(x + y, x) for x in range(len(p) - RESUME + 1) for y in range(len(q) - RESUME + 1)
                 if p[x] == q[y] and p[x:x + RESUME] == q[y:y + RESUME]]
    return past, n


def _units(texts, attributions):
    """What is quoted inside attributed content, and attributed content without quotation marks, each once, with its speakers."""
    by_doc, out = defaultdict(list), []
    for a in attributions.itertuples():
        by_doc[a.doc_id].append((a, [(int(s), int(e)) for s, e in a.content or ()]))
    for doc, found in by_doc.items():
        near = defaultdict(list)  # a thousand attributions in one document are not each compared with each other
        for a, spans in found:
            for s, e in spans:
                for place in range(s // 1000, e // 1000 + 1):
                    near[place].append((s, e, a))
        spans = {span for _, spans in found for span in spans}
        quotes = {m.span(m.lastindex) for s, e in spans for m in QUOTED.finditer(texts[doc], s, e)}
        ends = dict(sorted(quotes))
        plain = {(s, e) for s, e in spans if max(ends.get(s, 0), ends.get(s + 1, 0)) < e - 3}
        direct = {span for a, spans in found if a.type == "direct" for span in spans}
        for s, e in sorted(quotes | plain):
            who = [a for x, y, a in near[s // 1000] if x <= s and e <= y]
            named = [a for a in who if a.speaker_kind not in ("unattributed", "anonymous_official") and a.speaker[:9] != "anonymous"]
            words, places = (x[:MAX_WORDS] for x in words_of(texts[doc][s:min(e, s + MAX_WORDS * 12)], s))
            telling = [w for w in words if w not in STOP]
            out += [Unit(doc, words, places, telling, frozenset(telling), (s, e) in quotes | direct, frozenset(a.speaker for a in named),
                         frozenset(a.side for a in who) - {"Other", "Media"},
                         any(a.speaker_kind == "named_organisation" for a in named))] if telling else []
    return out


def _utterances(units, counts, n_sentences, order, passages):
    """Utterances in two documents: quoted ones and the heaviest first, and none that mostly lies within one found before."""
    weight = defaultdict(lambda: 1.0, {w: math.log(1 + n_sentences / n) for w, n in counts.items()})
    mass = [math.fsum(weight[w] for w in u.kinds) for u in units]  # fsum: a set has no order that a sum could depend on
    pairs = ((units[n], units[m]) for n, m in _candidates(units, counts)
             if math.fsum(map(weight.__getitem__, units[n].kinds & units[m].kinds)) >= 0.6 * min(mass[n], mass[m]))
    pairs = (sorted(pair, key=lambda u: (len(u.kinds), order[u.doc])) for pair in pairs)
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


def _candidates(units, counts):
    """Numbers of units from two documents that share a word with its neighbour, its speaker or its side, as pairs."""
    index, pairs = defaultdict(list), set()
    for n, u in enumerate(units):
        for key in {*zip(u.telling, u.telling[1:]), *((w, "by", x) for w in u.telling for x in (*u.speakers, *u.sides))}:
            index[key].append(n)
    docs = [u.doc for u in units]
    for n, u in enumerate(units):
        rarest, close = sorted(u.kinds, key=lambda w: (counts[w], w))[:6], set()  # those of the shorter unit lead to the longer one
        for key in [*zip(u.telling, u.telling[1:])][:40] + [(w, "by", x) for w in rarest for x in (*u.speakers, *u.sides)]:
            at = bisect_left(index[key], n)
            close.update(index[key][max(0, at - NEIGHBOURS):at + NEIGHBOURS + 1])
        pairs.update([(n, m) if n < m else (m, n) for m in close if docs[m] != u.doc])
    return sorted(pairs)


def _match(short, long, weight):
    """((unquoted, -weight), doc, start, end, doc, start, end) when the shorter unit's words are found again in the longer one."""
    wanted, width = short.kinds, max(len(short.words) + 4, int(1.6 * len(short.words)))
    if not _accept(short, long, [w for w in short.telling if w in long.kinds], weight):
        return None
    starts = [n for n, w in enumerate(long.words) if w in wanted]
    x = max(starts, key=lambda n: (math.fsum(map(weight.__getitem__, wanted & {*long.words[n:n + width]})), -n), default=0)
    x = max(0, x - 2)  # function words before the first telling one
    blocks = [b for b in SequenceMatcher(None, short.words, long.words[x:x + width], False).get_matching_blocks()
              if not STOP.issuperset(short.words[b.a:b.a + b.size])]
    same = [w for b in blocks for w in short.words[b.a:b.a + b.size] if w in wanted]
    if not _accept(short, long, same, weight):
        return None
    i, i2 = (0, len(short.words)) if short.quoted else (blocks[0].a, blocks[-1].a + blocks[-1].size)
    y, y2 = x + blocks[0].b, x + blocks[-1].b + blocks[-1].size
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
    heavy = sum(map(weight.__getitem__, same))
    cover = heavy / sum(map(weight.__getitem__, short.telling))
    together = bool(short.speakers & long.speakers)
    near = together or bool(short.sides & long.sides and (short.institution or long.institution))
    n, quoted = len(short.kinds), short.quoted + long.quoted
    if n == 1:
        return quoted == 2 and cover == 1 and (together if len(long.kinds) > 3 else near)
    if n < 5 and quoted:
        return cover > 0.99 and (near or (quoted == 2 and heavy >= MIN_WEIGHT))
    if quoted == 2:
        return cover >= (0.6 if near else 0.75) and heavy >= MIN_WEIGHT
    return together and cover >= 0.6 and len(set(same)) >= 3 and heavy >= MIN_WEIGHT
