"""Measures the attribution engine on PolNeAR dev and writes the model card's figures.

    python -m helpers.training.evaluate_polnear POLNEAR_FOLDER [--weights FOLDER] [--calibrate] [--card FILE]

--weights takes another folder with attribution.onnx, .json and .tokenizer.json; --calibrate fits the confidence and the threshold anew and writes them into
that folder's attribution.json. PolNeAR marks no nested attributions: those without a parent are scored against it, those with one against nested.jsonl.
"""
import argparse
import json
import re
import time
from pathlib import Path

import numpy as np

import helpers.attribution as engine
from helpers.quotations import find_quotations, mend, quoted_share
from helpers.training.attribution_data import load_nested, load_polnear
from helpers.training.stories import held_out, load_stories

TOKEN, ROLES = re.compile(r"\w+|[^\w\s]"), ("source", "cue", "content")
MARKED = re.compile(r"[“\"][^“”\"]*[”\"]")
TESTS = {"content": lambda g, p: True, "triple": lambda g, p: all(g[r] & p[r] or not (g[r] or p[r]) for r in ("source", "cue")),
         "strict": lambda g, p: all(g[r] == p[r] for r in ROLES)}


def use_weights(folder):
    """Makes helpers.attribution read its weights, settings and tokenizer from a folder."""
    engine.DATA = Path(folder)
    engine.load_tagger.cache_clear()
    engine.load_tokenizer.cache_clear()


def encode(attributions, text):
    """Attributions (lists of spans by role) with sets of token numbers in their place."""
    starts = np.array([m.start() for m in TOKEN.finditer(text)])
    numbers = lambda spans: frozenset(np.concatenate([np.nonzero((starts >= s) & (starts < e))[0] for s, e in spans]).tolist()) if spans else frozenset()
    return [{**a, **{r: numbers(a[r]) for r in ROLES}} for a in attributions]


def match(gold, found, test):
    """{gold number: found number}, one to one, the best overlap of contents (at least half, any when all must be equal) first."""
    least, pairs = (0 if test is TESTS["strict"] else 0.5), []
    for i, g in enumerate(gold):
        for k, p in enumerate(found):
            share = len(g["content"] & p["content"]) / (len(g["content"] | p["content"]) or 1)
            pairs += [(share, i, k)] if share >= least and test(g, p) else []
    out = {}
    for _, i, k in sorted(pairs, reverse=True):
        if i not in out and k not in out.values():
            out[i] = k
    return out


def as_spans(row):
    """A row of find_in_texts with lists of spans by role."""
    pair = lambda role: [[row[f"{role}_start"], row[f"{role}_end"]]] if row[f"{role}_start"] is not None else []
    return {"source": pair("source"), "cue": pair("cue"), "content": row["content"], "confidence": row["confidence"]}


def score(documents, predicted):
    """Precision, recall and F1 in percent of content, triple and strict, and recall of contents by kind."""
    counts, kinds = {name: np.zeros(3) for name in TESTS}, {}
    for d in documents:
        gold, found = encode(d["attributions"], d["text"]), encode(predicted[d["doc"]], d["text"])
        marks = [m.span() for m in MARKED.finditer(d["text"])]
        for name, test in TESTS.items():
            pairs = match(gold, found, test)
            counts[name] += (len(pairs), len(found), len(gold))
            if name == "content":
                for i, a in enumerate(d["attributions"]):
                    share = quoted_share(d["text"], a["content"], marks)
                    hits = kinds.setdefault("direct" if share >= 0.9 else "mixed" if share > 0.1 else "indirect", [0, 0])
                    hits[0] += i in pairs
                    hits[1] += 1
    rows = [{"measure": n, "precision": _percent(r, f), "recall": _percent(r, g), "F1": _percent(2 * r, f + g)} for n, (r, f, g) in counts.items()]
    return rows, {k: _percent(*hits) for k, hits in sorted(kinds.items())}


def _percent(right, of):
    return round(100 * float(right) / float(of), 1) if of else 0.0


def candidates(documents, *, nested=False):
    """(features, right or not, document number) of every attribution that the tagger sees on one level, whatever its confidence."""
    settings, features, right, fold = engine.load_tagger()[1], [], [], []
    for k, d in enumerate(documents):
        text, quotations, gold = d["text"], find_quotations(d["text"]), d["nested" if nested else "attributions"]
        tagged = [engine.tag(ids, offsets, text) for ids, offsets in engine.find_windows(text, [(0, len(text))])]
        found = [mend(a, text, quotations) for a in engine.decode([(text, tagged)], settings)[0] if a["nested"] == nested]
        found = [a for a in found if not nested or engine.enclosing(a, d["attributions"])]
        spans = [{"source": [a["source"]] if a["source"] else [], "cue": [a["cue"]], "content": a["content"]} for a in found]
        hit = set(match(encode(gold, text), encode(spans, text), TESTS["triple"]).values())
        features += [[*map(float, a["features"]), 1.0] for a in found]
        right += [i in hit for i in range(len(found))]
        fold += [k % 5] * len(found)
    return np.array(features), np.array(right, float), np.array(fold)


def calibrate(documents):
    """The settings fitted on the documents: weights, intercept, threshold (of the best triple F1), nested (shift of the nested ones' intercept)."""
    x, y, _ = candidates(documents)
    w = fit(x, y).round(4)
    p, n = 1 / (1 + np.exp(-x @ w)), sum(len(d["attributions"]) for d in documents)
    best = max(np.arange(0.25, 0.6, 0.01), key=lambda t: 2 * y[p >= t].sum() / ((p >= t).sum() + n))
    x, y, _ = candidates(documents, nested=True)
    shifts = np.arange(-3, 3, 0.01)
    shift = min(shifts, key=lambda b: abs((1 / (1 + np.exp(-x @ w - b))).sum() - y.sum()))
    return {"weights": w.tolist()[:-1], "intercept": w.tolist()[-1], "threshold": round(float(best), 2), "nested": round(float(shift), 2)}


def fit(x, y, *, ridge=0.1):
    """Weights of a logistic regression (Platt 1999 on several features), by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(w)), x.T @ (p - y) + ridge * w)
    return w


def reliability(x, y, fold):
    """Rows of a reliability table; each fifth of the documents is judged by a fit on the other four."""
    p = np.concatenate([1 / (1 + np.exp(-x[fold == k] @ fit(x[fold != k], y[fold != k]))) for k in range(5)])
    y = np.concatenate([y[fold == k] for k in range(5)])
    bins = np.minimum((p * 10).astype(int), 9)
    return [{"from": k / 10, "to": (k + 1) / 10, "mean_confidence": round(float(p[bins == k].mean()), 3), "share_right": round(float(y[bins == k].mean()), 3),
             "n": int((bins == k).sum())} for k in range(10) if (bins == k).any()]


def measure(documents):
    """What this command can measure: scores, recall by kind, reliability and speed on one core."""
    start = time.perf_counter()
    found = dict(zip([d["doc"] for d in documents], engine.find_in_texts([d["text"] for d in documents])))
    seconds, words = time.perf_counter() - start, sum(len(d["text"].split()) for d in documents)
    rows, kinds = score(documents, {doc: [as_spans(r) for r in rows if r["parent"] is None] for doc, rows in found.items()})
    inner, _ = score([d | {"attributions": d["nested"]} for d in documents],
                     {doc: [as_spans(r) for r in rows if r["parent"] is not None] for doc, rows in found.items()})
    return {"polnear_dev": rows, "recall_by_kind": kinds, "nested": inner, "reliability": reliability(*candidates(documents)),
            "words_per_second": round(words / seconds)}


def measure_stories():
    """Scores on the invented stories that were kept apart: all attributions, nested ones too."""
    stories = [s | {"attributions": s["attributions"] + s["nested"]} for s in load_stories() if held_out(s)]
    found = zip(stories, engine.find_in_texts([s["text"] for s in stories]))
    return score(stories, {s["doc"]: [as_spans(row) for row in rows] for s, rows in found})[0]


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("polnear", type=Path)
    parser.add_argument("--weights", type=Path, default=engine.DATA)
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--card", type=Path, help="a model card (JSON) whose figures are replaced")
    args = parser.parse_args()
    use_weights(args.weights)
    nested = load_nested()
    documents = [d | {"nested": nested[d["doc"]]} for d in load_polnear(args.polnear, "dev")]
    if args.calibrate:
        file = args.weights / "attribution.json"
        file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | calibrate(documents)), encoding="utf-8")
        use_weights(args.weights)
    figures = measure(documents) | {"stories": measure_stories()}
    print(json.dumps(figures, indent=1))
    if args.card:
        card = json.loads(args.card.read_text(encoding="utf-8")) | figures
        args.card.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
