"""The machine against what a reader has reviewed: attributions, speakers, chains and mentions, with counts and intervals.

An attribution is found (content) when machine and reader agree on at least half of the content's words (intersection over union, one to
one, best first); triple: source and cue overlap too; strict: all three hold the same words. A mention is found when spans of one kind
overlap. Rows that the reader marked optional are neither asked for nor counted against the machine. Intervals are Wilson's (1927) at
95 %; that of an F1 takes the right ones as a share of the mean of found and asked."""
import math
import re
from bisect import bisect_left
from collections import defaultdict, namedtuple
from itertools import product, zip_longest
from pathlib import Path

import pandas as pd

from helpers.show import Finding
from helpers.tables import by_document, empty, labels

TOKEN = re.compile(r"\w+|[^\w\s]")
QUOTE = re.compile(r"[“\"]([^“”\"]*)[”\"]")
ROLES = ("source", "cue", "content")
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SCORES = ["layer", "measure", "share", "low", "high", "right", "of", "precision", "recall"]
ERRORS = ["error", "doc_id", "sentence", "start", "end", "form", "reviewed", "machine", "confidence", "evidence"]
# reviewed and machine rows of the documents that a reader has completed
Both = namedtuple("Both", "documents sentences attributions mentions machine_attributions machine_mentions")
# a document's rows, reviewed and machine, with sets of word numbers; what was matched, by measure: reviewed -> machine row number
Match = namedtuple("Match", "doc_id text reviewed machine content triple strict")


def evaluate(path):
    """The machine's scores on the reviewed documents of a corpus: a row a measure, shares 0 to 1; no row without annotations."""
    return stat_scores(load_both(path)).round(4)


def load_both(path):
    """Reviewed rows and, for the same documents, what the machine alone finds; all empty for a folder that extract wrote. Raises what load_corpus
    raises."""
    from helpers.corpus import load_annotations, load_corpus
    from helpers.pipeline import make_attributions, make_mentions
    if (Path(path) / "manifest.json").is_file():
        return Both(*map(empty, ("documents", "sentences", *("attributions", "mentions") * 2)))
    documents, blocks, sentences, _ = load_corpus(path)
    notes = load_annotations(path, documents, keep_optional=True)
    done = {layer: set(notes.reviewed.loc[notes.reviewed["layer"] == layer, "doc_id"]) for layer in ("attributions", "mentions")}
    documents, blocks, sentences = (t[t["doc_id"].isin(done["attributions"] | done["mentions"])].reset_index(drop=True)
                                    for t in (documents, blocks, sentences))
    found = make_attributions(documents, blocks, sentences)
    mentions = make_mentions(documents, sentences, found)
    rows = [(notes.attributions, "attributions"), (notes.mentions, "mentions"), (found, "attributions"), (mentions, "mentions")]
    return Both(documents, sentences, *(t[t["doc_id"].isin(done[layer])].reset_index(drop=True) for t, layer in rows))


def stat_scores(both):
    """Every measure: columns layer, measure, share (F1 where precision and recall are given), low, high, right, of, precision, recall. recall
    direct / mixed / indirect go by how much of the reviewed content stands inside quotation marks."""
    matches = match_attributions(both)
    rows = [*_attributions(matches), *_matched(matches), *_chains(matches), *_mentions(*match_mentions(both))]
    return pd.DataFrame([row for row in rows if row[6]], columns=SCORES)


def wilson(right, of):
    """Wilson's 95 % interval of a share, (None, None) where there is nothing to count."""
    if not of:
        return None, None
    z, p = 1.96, min(1.0, right / of)
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return max(0.0, (middle - half) / (1 + z * z / of)), min(1.0, (middle + half) / (1 + z * z / of))


def _share(layer, measure, hits):
    hits = list(hits)
    return layer, measure, sum(hits) / len(hits) if hits else None, *wilson(sum(hits), len(hits)), sum(hits), len(hits), None, None


def _f1(layer, measure, right, found, asked):
    of = (found + asked) / 2
    share, precision, recall = (right / n if n else None for n in (of, found, asked))
    return layer, measure, share, *wilson(right, of), right, of, precision, recall


def match_attributions(both):
    """A Match for every document with reviewed or machine attributions."""
    sides = [by_document(table) for table in (both.attributions, both.machine_attributions)]
    out = []
    for doc, text in zip(both.documents["doc_id"], both.documents["text"]):
        tokens, quotes = [m.start() for m in TOKEN.finditer(text)], [m.span() for m in QUOTE.finditer(text)]
        g, p = ([_encode(row, text, tokens, quotes) for row in side.get(doc, [])] for side in sides)
        tests = (lambda a, b: True, lambda a, b: all(a[r] & b[r] or not (a[r] or b[r]) for r in ("source", "cue")),
                 lambda a, b: all(a[r] == b[r] for r in ROLES))
        out += [Match(doc, text, g, p, *(_one_to_one(g, p, test, least) for test, least in zip(tests, (0.5, 0.5, 0))))] if g or p else []
    return out


def _encode(row, text, tokens, quotes):
    """A row with sets of word numbers as source, cue and content, and the type that the quotation marks show."""
    spans = {r: [] if pd.isna(row[f"{r}_start"]) else [(row[f"{r}_start"], row[f"{r}_end"])] for r in ("source", "cue")}
    spans["content"] = row["content"] or []
    sets = {r: frozenset(i for a, b in spans[r] for i in range(bisect_left(tokens, a), bisect_left(tokens, b))) for r in ROLES}
    ends = [int(n) for span in spans["content"] or spans["cue"] or [(0, 0)] for n in span]
    words = [tokens[i] for i in sets["content"] if text[tokens[i]].isalnum()]
    share = sum(any(a <= w < b for a, b in quotes) for w in words) / len(words) if words else 0.0
    return {**row, **sets, "spans": spans["content"], "at": (min(ends[::2]), max(ends[1::2])), "optional": row.get("optional") in (True, 1),
            "by_marks": "direct" if share >= 0.9 else "mixed" if share > 0.1 else "indirect"}


def _one_to_one(reviewed, machine, test, least):
    """Pairs of row numbers whose contents overlap by at least `least` and pass the test, the best overlap first."""
    pairs = [(len(g["content"] & p["content"]) / (len(g["content"] | p["content"]) or 1), i, k)
             for (i, g), (k, p) in product(enumerate(reviewed), enumerate(machine)) if test(g, p)]
    return _best_first(pair for pair in pairs if pair[0] >= least)


def _best_first(pairs):
    """Of pairs (how good, reviewed, machine), one to one, the best: reviewed -> machine row number."""
    out, taken = {}, set()
    for *_, i, k in sorted(pairs, reverse=True):
        if i not in out and k not in taken:
            out[i] = k
            taken.add(k)
    return out


def _attributions(matches):
    asked = [(m, i, g) for m in matches for i, g in enumerate(m.reviewed) if not g["optional"]]
    for name in ("content", "triple", "strict"):
        right = sum(i in getattr(m, name) for m, i, _ in asked)
        free = sum(len(getattr(m, name)) for m in matches) - right
        yield _f1("attributions", name, right, sum(len(m.machine) for m in matches) - free, len(asked))
    for kind in ("direct", "mixed", "indirect"):
        yield _share("attributions", f"recall {kind}", (i in m.content for m, i, g in asked if g["by_marks"] == kind))


def _matched(matches):
    """Of the matched attributions, how many have the reader's type, act, speaker, ... or an accepted other."""
    pairs = [(m.reviewed[i], m.machine[k]) for m in matches for i, k in m.content.items() if not m.reviewed[i]["optional"]]
    for column in ("type", "act", "speaker", "speaker_kind", "side"):
        yield _share("of matched attributions", column, (_agree(g, p, column) for g, p in pairs))


def _agree(g, p, column):
    others = g.get(f"{column}_alternatives")
    return p[column] == g[column] or (isinstance(others, (list, tuple)) and p[column] in others)


def _chains(matches):
    """Chains (an attribution inside another's content, up to the outermost) found whole: every member, each in its parent."""
    found = []
    for m in matches:
        rows = {g["attribution"]: i for i, g in enumerate(m.reviewed) if not g["optional"]}
        inner = [i for a, i in rows.items() if m.reviewed[i]["parent"] in rows]
        parents = {m.reviewed[i]["parent"] for i in inner}
        found += [_whole(m, rows, i) for i in inner if m.reviewed[i]["attribution"] not in parents]
    yield _share("chains", "whole", found)


def _whole(m, rows, i):
    """Whether a reviewed attribution and all that enclose it were found, each as the machine's parent of the next."""
    while i in m.content:
        above = rows.get(m.reviewed[i]["parent"])
        if above is None:
            return True
        if above not in m.content or m.machine[m.content[i]]["parent"] != m.machine[m.content[above]]["attribution"]:
            return False
        i = above
    return False


def match_mentions(both):
    """(pairs of reviewed and machine rows, missed reviewed rows, spurious machine rows) over all documents, without optional ones."""
    reviewed, machine = both.mentions.to_dict("records"), both.machine_mentions.to_dict("records")
    at, asked = defaultdict(list), [g.get("optional") not in (True, 1) for g in reviewed]
    for k, p in enumerate(machine):
        at[p["doc_id"], p["kind"]].append(k)
    pairs = [(asked[i], min(g["end"], machine[k]["end"]) - max(g["start"], machine[k]["start"]), i, k)
             for i, g in enumerate(reviewed) for k in at[g["doc_id"], g["kind"]]]
    found = _best_first(pair for pair in pairs if pair[1] > 0)
    taken = set(found.values())
    return ([(reviewed[i], machine[k]) for i, k in found.items() if asked[i]],
            [g for i, g in enumerate(reviewed) if asked[i] and i not in found], [p for k, p in enumerate(machine) if k not in taken])


def _mentions(pairs, missed, spurious):
    for kind in ("system", "personnel", "infrastructure", "action"):
        right, lost, extra = (sum(row["kind"] == kind for row in part) for part in ([g for g, _ in pairs], missed, spurious))
        yield _f1("mentions", kind, right, right + extra, right + lost)
    pairs = [(g, p) for g, p in pairs if g["kind"] == "system"]
    for column in ("canonical", "category", "operator"):
        yield _share("of matched systems", column, (_agree(g, p, column) for g, p in pairs if g[column]))
    sizes = [[None if pd.isna(row["quantity_text"]) and pd.isna(row["quantity_min"]) and pd.isna(row["quantity_max"]) else
              [None if pd.isna(row[c]) else row[c] for c in ("quantity_min", "quantity_max")] for row in pair] for pair in pairs]
    yield _share("of matched systems", "quantity", (g == p for g, p in sizes if g is not None))
    yield _share("of matched systems", "no quantity", (p is None for g, p in sizes if g is None))


def stat_reviewed(both):
    """How much a reader has reviewed: a document a row, with its attributions and mentions (those marked optional left out)."""
    layers = {"attributions": both.attributions, "mentions": both.mentions}
    counts = {name: t.loc[~t["optional"].isin([True, 1]) if "optional" in t else slice(None), "doc_id"].value_counts() for name, t in layers.items()}
    rows = [{"article": label, **{name: int(n.get(d, 0)) for name, n in counts.items()}} for d, label in labels(both.documents).items()]
    return pd.DataFrame(rows, columns=["article", *layers])


def in_percent(scores):
    """Scores for display: whole percent with interval and counts; label, value, low, high and note are what plot_dots takes."""
    rows = [{"layer": s.layer, "label": s.measure.replace("_", " "), "value": round(100 * s.share), "low": round(100 * s.low), "high": round(100 * s.high),
             "note": f"{s.right:.0f} of {s.of:g}", **{k: None if pd.isna(v) else round(100 * v) for k, v in (("precision", s.precision), ("recall", s.recall))}}
            for s in scores.itertuples()]
    return pd.DataFrame(rows, columns=["layer", "label", "value", "low", "high", "note", "precision", "recall"])


def stat_reliability(both):
    """Confidence against truth: for each bin, the mean predicted and the observed share of right triples, with counts and interval."""
    out, rows = [], []
    for m in match_attributions(both):
        free = {k: m.reviewed[i]["optional"] for i, k in m.triple.items()}
        rows += [(float(p["confidence"]), k in free) for k, p in enumerate(m.machine) if not free.get(k) and not pd.isna(p["confidence"])]
    for low, high in zip(BINS, BINS[1:]):
        part = [row for row in rows if low <= row[0] < high or row[0] == high == 1]
        right, of = sum(r for _, r in part), len(part)
        out += [(low, high, sum(c for c, _ in part) / of, right / of, *wilson(right, of), right, of)] if part else []
    return pd.DataFrame(out, columns=["from", "to", "predicted", "observed", "low", "high", "right", "of"])


def find_errors(both, *, limit=10):
    """Typical errors, a kind after another in turn: missed, spurious, wrong edges, wrong speaker; with the sentence as evidence."""
    rows = [row for m in match_attributions(both) for row in _errors(m)]
    kinds = [[r for r in rows if r[0] == kind] for kind in ("missed", "spurious", "wrong edges", "wrong speaker")]
    turns = [row for turn in zip_longest(*kinds) for row in turn if row][:limit]
    table = pd.DataFrame(turns, columns=["error", "doc_id", "start", "end", "form", "reviewed", "machine", "confidence"])
    spots = {d: (p["start"].tolist(), p["sentence"].tolist()) for d, p in both.sentences.groupby("doc_id")}
    at = [bisect_left(spots[d][0], start + 1) - 1 if d in spots else -1 for d, start in zip(table["doc_id"], table["start"])]
    at = [int(spots[d][1][n]) if n >= 0 else None for d, n in zip(table["doc_id"], at)]
    table["sentence"], table["evidence"] = pd.array(at, dtype="Int64"), [[] if n is None else [(d, n)] for d, n in zip(table["doc_id"], at)]
    return table[ERRORS]


def _shown(m, row, column):
    said = " … ".join(m.text[s:e] for s, e in row["spans"])
    return f"{row['speaker']}: {said}" if column == "speaker" else said


def _errors(m):
    for i, g in enumerate(m.reviewed):
        p = m.machine[m.content[i]] if i in m.content else None
        if not g["optional"] and p is None:
            yield "missed", m.doc_id, *g["at"], g["by_marks"], _shown(m, g, "speaker"), "", None
        elif not g["optional"] and g["content"] != p["content"]:
            yield "wrong edges", m.doc_id, *g["at"], g["by_marks"], _shown(m, g, ""), _shown(m, p, ""), p["confidence"]
        elif not g["optional"] and not _agree(g, p, "speaker"):
            yield "wrong speaker", m.doc_id, *g["at"], g["by_marks"], _shown(m, g, "speaker"), _shown(m, p, "speaker"), p["confidence"]
    for k in sorted({*range(len(m.machine))} - {*m.content.values()}):
        p = m.machine[k]
        yield "spurious", m.doc_id, *p["at"], p["by_marks"], "", _shown(m, p, "speaker"), p["confidence"]


def find_accuracy(both):
    """Findings: where the machine misses clearly more (intervals apart) of one kind of attribution than of direct ones, with the missed."""
    scores = {s.measure: s for s in stat_scores(both).itertuples() if s.measure.startswith("recall ")}
    missed, best, out = [e for e in find_errors(both, limit=10**9).itertuples() if e.error == "missed"], scores.get("recall direct"), []
    for kind in ("mixed", "indirect"):
        other = scores.get(f"recall {kind}")
        evidence = list(dict.fromkeys(pair for e in missed if e.form == kind for pair in e.evidence))
        if best and other and other.high < best.low and len(evidence) > 1:
            out.append(Finding(f"The machine misses {kind} attributions more often than direct quotations: it finds {other.share:.0%} of {other.of:.0f}, "
                               f"against {best.share:.0%} of {best.of:.0f}.", evidence, best.share - other.share))
    return out
