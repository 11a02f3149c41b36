"""Sentences -> attributions: who says, thinks or writes what, each with its source, cue and content, and chains of them.

A small transformer (training/attribution.py; figures in data/attribution_card.json) reads a document in windows of whole paragraphs. It scores
every word piece as a cue, and for every likely cue each piece as part of its source or its content. The best sequence of labels for each cue
is found by Viterbi's algorithm (Viterbi 1967) over learned transitions: at most one source, contents as unbroken spans (as in Newell,
Margolin & Ruths 2018). A second cue tagger finds attributions inside the content of another. Rules then mend what
punctuation says for certain. Every window runs alone, so a document's rows never depend on what shares its batch.
"""
import json
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from helpers.quotations import RULE_CONFIDENCE, add_layouts, find_quotations, mend, quoted_share, within
from helpers.stance import find_reporting_word
from helpers.tables import make

DATA = Path(__file__).parent / "data"
UNREAD = {"byline", "dateline", "credit", "source_note", "boilerplate"}
WINDOW = 192
EMITTED = [0, 3, 4, 1, 2, 0, 3, 4]  # the score (none, source B I, content B I) of each state: none, content B I; source B I; the first three after the source
FIRST = np.array([0, 0, -1e4, 0, -1e4, -1e4, -1e4, -1e4], np.float32)  # no sequence begins inside a span or after the source
CONTENT, SOURCE = re.compile(rb"[\1\2\6\7][\2\7]*"), re.compile(rb"[\3\4][\4]*")  # an unbroken run of states, one byte each
MADE = re.compile(r"(estimates|figures|records|reports|polls|surveys|results|accounts|notes)\s+((?:suggest|show|indicate|reveal|say|state)[ds]?)\s+")
EDGES, EDGE, OPENERS = ",;:—–-", 0.6, '“"«‘'


@cache
def load_tagger():
    """(onnxruntime session, settings) of the trained tagger; the file holds weights and sums, no code."""
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    slower = ["SkipLayerNormFusion"]  # than the operators that it puts into one
    session = onnxruntime.InferenceSession(str(DATA / "attribution.onnx"), options, providers=["CPUExecutionProvider"], disabled_optimizers=slower)
    settings = json.loads((DATA / "attribution.json").read_text(encoding="utf-8"))
    return session, settings | {"transitions": np.array(settings["transitions"], np.float32)}


@cache
def load_tokenizer():
    """MiniLM's word pieces, without those of other scripts."""
    from tokenizers import Tokenizer
    return Tokenizer.from_file(str(DATA / "attribution.tokenizer.json"))


def find_attributions(documents, blocks, sentences, *, threshold=None):
    """The attributions table (origin machine); speakers are still unattributed. threshold: rows whose calibrated confidence is lower are left out;
    None takes the value that gave the best F1 on PolNeAR dev."""
    parts = {doc_id: list(zip(b["start"], b["end"])) for doc_id, b in blocks[~blocks["kind"].isin(UNREAD)].groupby("doc_id")} if blocks is not None else {}
    spans = {doc_id: list(zip(s["start"], s["end"], s["sentence"])) for doc_id, s in sentences.groupby("doc_id")}
    texts, ids, rows = list(documents["text"]), list(documents["doc_id"]), []
    read = find_in_texts(texts, [parts.get(doc_id, [] if blocks is not None else None) for doc_id in ids], threshold=threshold)
    for doc_id, found in zip(ids, read):
        own = spans.get(doc_id, [])
        for row in found:
            k = bisect_right(own, row["content"][0][0], key=lambda sentence: sentence[0]) - 1
            inside = k >= 0 and row["content"][0][0] < own[k][1]
            rows.append({"doc_id": doc_id, "sentence": own[k][2] if inside else None, **row})
    return make("attributions", rows)


def find_in_texts(texts, parts=None, *, threshold=None):
    """For each text its rows (dicts of attribution columns, in text order). parts: for each the (start, end) stretches to read, or None for all."""
    settings = load_tagger()[1]
    parts = [[(0, len(text))] if own is None else [(int(s), int(e)) for s, e in own] for text, own in zip(texts, parts or [None] * len(texts))]
    found = decode(((text, (tag(*window, text) for window in find_windows(text, own))) for text, own in zip(texts, parts)), settings)
    lowest = settings["threshold"] if threshold is None else threshold
    return [_finished([a for a in found[i] if a["confidence"] >= lowest], text, own) for i, (text, own) in enumerate(zip(texts, parts))]


def _finished(found, text, parts):
    """Rows of what was decoded in a text: mended by its punctuation, what its layout marks added, nested."""
    quotations = find_quotations(text)
    found = [b for a in found if (b := within(mend(a, text, quotations), parts, quotations))]
    return [as_row(a, text, quotations) for a in nest(add_layouts(found, text, parts, quotations))]


# ---- text -> windows -> scores ------------------------------------------------------------------------------------

def find_windows(text, parts, *, size=WINDOW):
    """(ids, offsets) of windows: whole paragraphs packed up to `size` pieces; a longer one than WINDOW is cut where a sentence ends."""
    ids, offsets = [], []
    for some_ids, some_offsets in _paragraphs(text, parts):
        if ids and len(ids) + len(some_ids) > size:
            yield ids, offsets
            ids, offsets = [], []
        ids, offsets = ids + some_ids, offsets + some_offsets
    if ids:
        yield ids, offsets


def _paragraphs(text, parts):
    tokenizer = load_tokenizer()
    safe = text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text  # a lone surrogate becomes "?"
    for start, end in parts:
        for line in re.finditer(r"[^\n]*\S[^\n]*", safe[start:end]):
            shift, pieces = start + line.start(), tokenizer.encode(line.group(), add_special_tokens=False)
            ids, offsets, first = pieces.ids, [(a + shift, b + shift) for a, b in pieces.offsets], 0
            while len(ids) - first > WINDOW:
                ends = [i + 1 for i in range(first + WINDOW // 2, first + WINDOW) if safe[slice(*offsets[i])] in ".!?"]
                cut = max(ends, default=first + WINDOW)
                yield ids[first:cut], offsets[first:cut]
                first = cut
            yield ids[first:], offsets[first:]


def tag(ids, offsets, text):
    """The model's scores of a window: (offsets, cue probabilities (n, 3), nested ones, positions (m,), role scores (m, n, 5))."""
    tokenizer = load_tokenizer()
    case = [case_of(text[a:b]) + 3 * opens for (a, b), opens in zip(offsets, find_openings(text, offsets))]
    cue, nested, at, roles = load_tagger()[0].run(None, {"ids": np.array([tokenizer.token_to_id("[CLS]"), *ids, tokenizer.token_to_id("[SEP]")]), "case": np.array([0, *case, 0])})
    real = (at > 0) & (at <= len(ids))
    return offsets, cue[1:-1], nested[1:-1], at[real] - 1, roles[real][:, 1:-1]


@lru_cache(maxsize=50_000)
def case_of(word):
    """0 in lower case, 1 with a capital, 2 all in capitals."""
    return 2 if len(word) > 1 and word.isupper() else int(word[:1].isupper())


def find_openings(text, offsets):
    """Whether a paragraph begins at each piece: after a blank line, or after a line that ends like a sentence or a heading."""
    ends = [None, *(b for _, b in offsets)]
    return [end is None or "\n" in text[end:a] and (text.count("\n", end, a) > 1 or not (text[end - 1].isalnum() or text[end - 1] == ","))
            for (a, _), end in zip(offsets, ends)]


# ---- scores -> spans ----------------------------------------------------------------------------------------------

def decode(tagged, settings):
    """number of the text -> its attributions as dicts: nested (bool), cue, source, content (spans), confidence. tagged: (text, its windows' scores)
    in turn; cues of several texts are decoded together, in which each stands alone."""
    jobs, found = ((i, text, *job) for i, (text, windows) in enumerate(tagged) for window in windows for job in _jobs(*window, settings)), defaultdict(list)
    while some := list(islice(jobs, 256)):
        for (i, *job), states in zip(some, best_states([job[-1] for job in some], [job[4] for job in some], settings)):
            if a := _attribution(*job, states, settings):
                found[i].append(a)
    return found


def _jobs(offsets, cue, nested, at, roles, settings):
    """(offsets, nested, first piece, last piece, certainty, role scores) of each cue of a window."""
    row = {int(position): k for k, position in enumerate(at)}
    return [(offsets, deep, first, last, 1 - _mean(p[first:last + 1, 0]), roles[row[first]])
            for deep, p in ((False, cue), (True, nested)) for first, last in find_cues(p, settings["cue"]) if first in row]


def find_cues(p, lowest):
    """[first, last] of each run of pieces that are cues with a probability of `lowest` or more; a B after it starts another. Pieces at an edge that
    are much less certain than the run's best one are left out."""
    mass, out = 1 - p[:, 0], []
    for i in np.nonzero(mass >= lowest)[0].tolist():
        if out and out[-1][1] == i - 1 and p[i, 1] < 0.5:
            out[-1][1] = i
        else:
            out.append([i, i])
    for run in out:
        least = EDGE * mass[run[0]:run[1] + 1].max()
        while mass[run[1]] < least:
            run[1] -= 1
        while mass[run[0]] < least:
            run[0] += 1
    return out


def best_states(scores, positions, settings):
    """The best state sequence for each cue, as bytes: `scores` (pieces, 5) arrays, `positions` of the cues."""
    order = sorted(range(len(scores)), key=lambda k: -len(scores[k]))  # the longest first, so that those that go on stand together
    lengths, position, change = [len(scores[k]) for k in order], np.array(positions)[order], settings["transitions"]
    emitted = np.zeros((lengths[0], 8, len(order)), np.float32)
    for column, k in enumerate(order):
        emitted[:lengths[column], :, column] = scores[k][:, EMITTED]
    going = [bisect_left(lengths, -j, key=lambda n: -n) for j in range(lengths[0] + 1)]  # how many have a piece j
    best = [emitted[0] + FIRST[:, None]]
    for j in range(1, lengths[0]):
        steps = np.where(position[:going[j]] < j, change[1][..., None], change[0][..., None])
        best.append((best[-1][:, None, :going[j]] + steps).max(0) + emitted[j][:, :going[j]])
    states = np.zeros((lengths[0] + 1, len(order)), np.int8)
    for j in range(lengths[0] - 1, -1, -1):
        on = going[j + 1]
        states[j, on:going[j]] = best[j][:, on:].argmax(0)
        states[j, :on] = (best[j][:, :on].T + change[(position[:on] <= j).astype(int), :, states[j + 1, :on]]).argmax(1)
    found = {k: row[:len(scores[k])].tobytes() for k, row in zip(order, states.T)}
    return [found[k] for k in range(len(scores))]


def _attribution(text, offsets, deep, first, last, certainty, scores, states, settings):
    """One cue's attribution, or None where it has no content."""
    states = states[:first] + bytes(last + 1 - first) + states[last + 1:]
    place = lambda run: _whole_words(text, offsets[run[0]][0], offsets[run[1]][1])
    contents, sources = ([(run.start(), run.end() - 1) for run in of.finditer(states)] for of in (CONTENT, SOURCE))
    kept = [span for run in contents if (span := _trimmed(text, *place(run)))]
    if not kept:
        return None
    p = np.exp(scores - scores.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    in_source, in_content = p[:, 1] + p[:, 2], p[:, 3] + p[:, 4]
    of_source = _mean(in_source[sources[0][0]:sources[0][1] + 1]) if sources else 1 - in_source.max()
    of_content = _mean([_mean(in_content[a:b + 1]) for a, b in contents])
    of_edges = _mean([min(in_content[a], in_content[b]) for a, b in contents])
    features = [*map(_log_odds, (certainty, of_source, of_content, of_edges)), not sources, any(text[s] in OPENERS for s, _ in kept),
                np.log(sum(e - s for s, e in kept) + 1)]
    a = {"nested": deep, "cue": place((first, last)), "source": place(sources[0]) if sources else None, "content": kept, "features": features}
    return _with_noun(text, a | {"confidence": calibrated(features, settings, nested=deep)})


def _with_noun(text, a):
    """The attribution with a noun at the head of its source that was read as its cue ("US [estimates] suggest")."""
    noun = MADE.match(text, a["cue"][0])
    if not noun or not a["source"] or text[a["source"][1]:noun.end(1)].split() != [noun[1]] or any(noun.start() < e <= noun.end() for _, e in a["content"]):
        return a
    content = [(noun.end() if s < noun.end() < e else s, e) for s, e in a["content"]]
    return a | {"source": (a["source"][0], noun.end(1)), "cue": noun.span(2), "content": content, "confidence": max(a["confidence"], RULE_CONFIDENCE)}


def _mean(numbers):
    return np.add.reduce(numbers) / len(numbers)


def _log_odds(p):
    p = min(max(float(p), 1e-4), 1 - 1e-4)
    return np.log(p / (1 - p))


def calibrated(features, settings, *, nested=False):
    """The share of attributions like this one that are right (logistic regression on PolNeAR dev)."""
    return float(1 / (1 + np.exp(-np.dot(features, settings["weights"]) - settings["intercept"] - nested * settings["nested"])))


def _whole_words(text, start, end):
    """The span, stretched to the edges of the words it cuts."""
    low, high = start - 40, end + 40
    while low < start and start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while high > end and end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _trimmed(text, start, end):
    """The span without separators and spaces at its edges; None if nothing else is left."""
    while start < end and (text[end - 1].isspace() or text[end - 1] in EDGES):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in EDGES + "."):
        start += 1
    return (start, end) if start < end else None


# ---- chains and rows ----------------------------------------------------------------------------------------------

def nest(found):
    """The attributions in text order with id and parent: the smallest content that encloses them; a nested one without is dropped."""
    order = sorted(_once(found), key=_place)
    ids, out = {}, []
    parents = [enclosing(a, order[max(0, i - 40):i + 10]) for i, a in enumerate(order)]
    for a, parent in zip(order, parents):
        if parent is not None or not a["nested"]:
            ids[id(a)] = f"a{len(ids) + 1}"
    for a, parent in zip(order, parents):
        if id(a) in ids:
            out.append({**a, "attribution": ids[id(a)], "parent": ids.get(id(parent)) if parent is not None else None})
    return out


def _once(found):
    """What was found twice stands once, in the more certain reading: at one cue, or one content of no known source ("It" and "was reported")."""
    cues, contents = {}, {}
    for a in sorted(found, key=lambda a: -a["confidence"]):
        first = cues.setdefault(a["cue"][0] if a["cue"] else (a["content"][0], "no cue"), a)
        contents.setdefault(tuple(map(tuple, a["content"])), []).append(first)
    return [a for a in cues.values() if a["source"] or a is contents[tuple(map(tuple, a["content"]))][0]]


def _place(a):
    """Where an attribution begins, its source aside, and the longer one first."""
    spans = [*a["content"], *([a["cue"]] if a["cue"] else [])]
    return min(s for s, _ in spans), -max(e for _, e in spans)


def enclosing(a, others):
    """The one of the others with the smallest content that holds a's cue and content, or None."""
    inner = [*a["content"], *([a["cue"]] if a["cue"] else [])]
    around = [b for b in others if b is not a and all(any(s <= x and y <= e for s, e in b["content"]) for x, y in inner)]
    return min(around, key=lambda b: sum(e - s for s, e in b["content"]), default=None)


def as_row(a, text, quotations=()):
    """An attribution as a dict of the table's columns."""
    source, cue = a["source"] or (None, None), a["cue"] or (None, None)
    lemma, stance, act = find_reporting_word(text[slice(*cue)]) if a["cue"] else (None, "neutral", "speech")
    share = quoted_share(text, a["content"], quotations)
    return {"attribution": a["attribution"], "parent": a["parent"], "source_start": source[0], "source_end": source[1], "cue_start": cue[0],
            "cue_end": cue[1], "content": [list(span) for span in a["content"]], "type": "direct" if share >= 0.9 else "mixed" if share > 0.1 else "indirect",
            "act": act, "cue_lemma": lemma, "stance": stance, "source_text": text[slice(*source)] if a["source"] else None,
            "speaker": "unattributed", "speaker_kind": "unattributed", "side": "Other", "confidence": a["confidence"], "origin": "machine"}
