"""A folder, a file or an archive of articles -> documents, blocks, sentences and problems (their columns: tables.py)."""
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import tables
from helpers.layout import find_blocks, inside
from helpers.text import find_sentences, find_tokens

UNREAD = ("byline", "dateline", "credit", "source_note", "boilerplate")  # blocks that hold no journalistic sentence


class Corpus(NamedTuple):
    """The four tables of a corpus."""
    documents: pd.DataFrame
    blocks: pd.DataFrame
    sentences: pd.DataFrame
    problems: pd.DataFrame


def load_corpus(path, *, repair=False):
    """The articles under a path, as tables."""
    documents, blocks, sentences = [], [], []
    for file in sorted(Path(path).glob("*.txt")):
        text = file.read_bytes().decode("utf-8")
        documents.append({"doc_id": file.stem, "path": file.name, "language": "en", "encoding": "utf-8", "story": "story",
                          "n_words": sum(text[s:e][:1].isalnum() for s, e in find_tokens(text)), "text": text})
        found = find_blocks(text)
        blocks += [{"doc_id": file.stem, "block": i, "kind": k, "start": s, "end": e} for i, (k, s, e) in enumerate(found)]
        for i, (kind, start, end) in enumerate(found):
            if kind in UNREAD:
                continue
            start, end = inside(text, start, end)
            for s, e in find_sentences(text[start:end]):
                sentences.append({"doc_id": file.stem, "sentence": sum(r["doc_id"] == file.stem for r in sentences), "block": i,
                                  "start": start + s, "end": start + e, "text": text[start + s:start + e]})
    return Corpus(tables.make("documents", documents), tables.make("blocks", blocks), tables.make("sentences", sentences),
                  tables.empty("problems"))
