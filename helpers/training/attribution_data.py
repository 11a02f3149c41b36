"""PolNeAR documents as labelled windows of word pieces, in batches of tensors."""
import gzip
import json
import random
import re
from pathlib import Path

import numpy as np

from helpers.attribution import WINDOW, case_of, find_openings, find_windows

QUOTES = {"straight": '""', "curly": "“”", "single": "‘’", "apostrophe": "''", "angle": "«»"}


def load_polnear(folder, part):
    """The documents of train or dev: dicts with doc, text, attributions (source, cue, content: lists of [start, end])."""
    path = next(p for p in (Path(folder) / f"{part}.jsonl.gz", Path(folder) / f"{part}.jsonl") if p.exists())
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as lines:
        return [json.loads(line) for line in lines]


def requoted(text, style):
    """The text with its double quotation marks in another style, character for character, so that every offset stays."""
    left, right = QUOTES[style]
    out = list(text)
    for match in re.finditer(r'["“”]', text):
        i = match.start()
        opens = text[i] == "“" or text[i] == '"' and (i == 0 or text[i - 1] in " \n\t(—-[")
        out[i] = left if opens else right
    return "".join(out)


def rewrapped(text, width):
    """The text with its lines broken after about `width` characters, character for character, so that every offset stays."""
    return re.sub(rf"([^\n]{{{width - 12},{width}}}) (?=[^\n])", r"\1\n", text)


def load_nested():
    """doc -> the attributions annotated inside the contents of PolNeAR's, for the documents that were read for them (nested.jsonl)."""
    with open(Path(__file__).parent / "nested.jsonl", encoding="utf-8") as lines:
        return {row["doc"]: row["nested"] for row in map(json.loads, lines)}


def make_windows(document, text=None, *, size=WINDOW):
    """Labelled windows of a document: ids, offsets, case, cue tags of both levels, relations (position, role labels, level).

    A document without `nested` was not read for nested attributions: its second level stays unlabelled (-100).
    """
    text = document["text"] if text is None else text
    return [_labelled(text, ids, offsets, document) for ids, offsets in find_windows(text, [(0, len(text))], size=size)]


def _labelled(text, ids, offsets, document):
    starts, n = np.array([start for start, _ in offsets]), len(ids)
    tags, relations = np.zeros((2, n), np.int64), []
    tags[1] = 0 if "nested" in document else -100
    for level, name in enumerate(("attributions", "nested")):
        for a in document.get(name, ()):
            cue = [hit for hit in _places(starts, a["cue"]) if len(hit)]
            for hit in cue:
                tags[level, hit], tags[level, hit[0]] = 2, 1
            roles = _roles(starts, a)
            if cue and (roles >= 3).any():
                relations.append((int(cue[0][0]), roles, level))
    case = np.array([case_of(text[a:b]) + 3 * opens for (a, b), opens in zip(offsets, find_openings(text, offsets))])
    return {"ids": ids, "offsets": offsets, "case": case, "tags": tags, "relations": relations}


def _places(starts, spans):
    return [np.nonzero((starts >= s) & (starts < e))[0] for s, e in spans]


def _roles(starts, a):
    """0 none, 1 and 2 begin and inside of the source, 3 and 4 of a content."""
    roles = np.zeros(len(starts), np.int64)
    for spans, begin in ((a["source"][:1], 1), (a["content"], 3)):
        for hit in _places(starts, spans):
            roles[hit], roles[hit[:1]] = begin + 1, begin
    return roles


def states_of(roles):
    """Roles as states of the chain: 0 none, 1 2 content, 3 4 source; 5 6 7 as 0 1 2 once the source has passed."""
    out, passed = np.zeros(len(roles), np.int64), 0
    for i, role in enumerate(roles):
        passed = 5 if role in (1, 2) else passed
        out[i] = role + 2 if role in (1, 2) else {0: 0, 3: 1, 4: 2}[role] + passed
    return out


def make_batches(windows, *, pieces, shuffle=False):
    """Lists of windows of like length, each list with up to `pieces` word pieces, padding included."""
    order = list(range(len(windows)))
    if shuffle:
        random.shuffle(order)
    out = []
    for i in range(0, len(order), 256):
        batch = []
        for k in sorted(order[i:i + 256], key=lambda k: len(windows[k]["ids"])):
            if batch and (len(batch) + 1) * (len(windows[k]["ids"]) + 2) > pieces:
                out.append(batch)
                batch = []
            batch.append(k)
        out.append(batch)
    if shuffle:
        random.shuffle(out)
    return [[windows[k] for k in batch] for batch in out if batch]


def as_tensors(batch, cls, sep):
    """A batch as a dict of tensors: (windows, pieces) for the text, (relations, pieces) for the roles; -100 and -1 outside the text."""
    import torch  # not needed to read or score, only to train
    n, size = max(len(w["ids"]) for w in batch) + 2, len(batch)
    relations = [(i, k, *relation) for i, w in enumerate(batch) for k, relation in enumerate(w["relations"])]
    t = {name: torch.zeros(size, n, dtype=torch.long) for name in ("ids", "mask", "case")}
    t |= {"tags": torch.full((2, size, n), -100), "soft": torch.zeros(size, n, 3), "roles": torch.full((len(relations), n), -100),
          "states": torch.full((len(relations), n), -1), "soft_roles": torch.zeros(len(relations), n, 5)}
    for name, column in (("rows", 0), ("positions", 2), ("levels", 4)):
        t[name] = torch.tensor([r[column] for r in relations], dtype=torch.long)
    t["positions"] += 1
    for i, w in enumerate(batch):
        m = len(w["ids"])
        t["ids"][i, :m + 2], t["mask"][i, :m + 2] = torch.tensor([cls, *w["ids"], sep]), 1
        t["case"][i, 1:m + 1], t["tags"][:, i, 1:m + 1] = torch.from_numpy(w["case"]), torch.from_numpy(w["tags"])
        if "soft" in w:
            t["soft"][i, 1:m + 1] = torch.from_numpy(w["soft"].astype(np.float32))
    for x, (i, k, _, roles, _) in enumerate(relations):
        m = len(roles)
        t["roles"][x, 1:m + 1], t["states"][x, 1:m + 1] = torch.from_numpy(roles), torch.from_numpy(states_of(roles))
        if batch[i].get("soft_roles", [None] * (k + 1))[k] is not None:
            t["soft_roles"][x, 1:m + 1] = torch.from_numpy(batch[i]["soft_roles"][k].astype(np.float32))
    return t
