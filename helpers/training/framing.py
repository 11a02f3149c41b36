"""How far the frames and the rule for who starts a contact can be trusted: python -m helpers.training.framing rewrites the card.

Codes: data/framing_coding.csv, the seeds' sentences coded twice for each frame by a language model, in two runs that saw neither each
other nor the dictionary, only the codebook beside this file; no person coded anything. The runs differ on 14 of 113 sentences: two
runs of one model agree more than two people would. The dictionary was written before these codings and was not tuned on them.
"""
import csv
import json
from pathlib import Path

import pandas as pd
from nltk.metrics.agreement import AnnotationTask

from helpers.agency import find_clauses, find_initiatives
from helpers.corpus import load_corpus
from helpers.framing import find_frames, load_rows
from helpers.tables import empty, make

ROOT = Path(__file__).parents[2]
DATA = ROOT / "helpers" / "data"
CARD = DATA / "framing_card.json"
DATE = "2026-11-22"
# Every hit in PolNeAR's training and development articles, judged by one language model; the rule was mended on many of them.
POLNEAR = {"articles": 924, "found": 29, "right": 25, "precision": 25 / 29}
ALPHA, PRECISION, RECALL, FEWEST = 0.667, 0.6, 0.6, 5  # 0.667: Krippendorff 2004, the least for tentative conclusions


def load_coding():
    """doc_id, sentence, start, reading_1, reading_2 (each a set of frames)."""
    table = pd.read_csv(DATA / "framing_coding.csv", keep_default_na=False)
    for reading in ("reading_1", "reading_2"):
        table[reading] = [set(filter(None, codes.split("; "))) for codes in table[reading]]
    return table


def stat_frames_against(coding, frames):
    """Per frame: Krippendorff's alpha of the readings, and the dictionary's precision and recall (any voice) on the sentences
    where both readings agree; `coded` is how many of these hold the frame. `verdict`: holds, unreliable, or too few to tell."""
    found = {key: set(part) for key, part in frames.groupby(["doc_id", "sentence"])["frame"]}
    rows = []
    for frame in dict.fromkeys(row["frame"] for row in load_rows("frames")):
        one, two = ([frame in codes for codes in coding[reading]] for reading in ("reading_1", "reading_2"))
        task = AnnotationTask([(coder, i, code) for coder, codes in (("1", one), ("2", two)) for i, code in enumerate(codes)])
        alpha = task.alpha() if any(one + two) and not all(one + two) else None
        keys = zip(coding["doc_id"], coding["sentence"])
        pairs = [(a, frame in found.get(key, ())) for a, b, key in zip(one, two, keys) if a == b]
        hits, coded, said = sum(a and f for a, f in pairs), sum(a for a, _ in pairs), sum(f for _, f in pairs)
        precision, recall = (hits / said if said else None), (hits / coded if coded else None)
        verdict = "too few to tell" if coded < FEWEST else "holds" if (
            alpha >= ALPHA and (precision or 0) >= PRECISION and recall >= RECALL) else "unreliable"
        rows.append({"frame": frame, "alpha": alpha, "coded": coded, "found": said, "precision": precision, "recall": recall,
                     "verdict": verdict})
    return pd.DataFrame(rows)


def stat_contact(rows):
    """Precision and recall of find_initiatives on sentences with their expected initiators ("" none): dict."""
    sentences = make("sentences", [{"doc_id": f"{i:02}", "sentence": 0, "block": 0, "start": 0, "end": len(row["sentence"]),
                                    "text": row["sentence"]} for i, row in enumerate(rows)])
    found = find_initiatives(find_clauses(sentences, empty("attributions")))
    right = sum(bool(row["starts"]) and any(row["starts"] in subject for subject in found.loc[found["doc_id"] == f"{i:02}", "subject"])
                for i, row in enumerate(rows))
    expected = sum(bool(row["starts"]) for row in rows)
    return {"sentences": len(rows), "expected": expected, "found": len(found), "right": right,
            "precision": right / len(found) if len(found) else None, "recall": right / expected if expected else None}


def main():
    """Compute the card from the codings and the fifty sentences, and write it."""
    documents, _, sentences, _ = load_corpus(ROOT / "seeds")
    frames = stat_frames_against(load_coding(), find_frames(documents, sentences, empty("attributions")))
    with open(ROOT / "tests" / "framing_coding" / "contact.csv", encoding="utf-8", newline="") as file:
        contact = stat_contact(list(csv.DictReader(file)))
    card = {"date": DATE, "coded_by": "one language model, in two runs; no person", "sentences": len(load_coding()),
            "frames": json.loads(frames.to_json(orient="records", double_precision=6)), "contact": contact,
            "contact_polnear": POLNEAR}
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
