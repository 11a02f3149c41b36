"""A folder, a file, a glob or an archive of articles -> documents, blocks, sentences and problems (their columns: tables.py).

Every row is a span of a text that is never changed. What can't be used is a row in problems with its reason; the rest goes on.
"""
import csv
import hashlib
import io
import json
import os
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from helpers import tables
from helpers.dates import published_bounds, resolve_day
from helpers.formats import SYNONYMS, Article, Problem, Unreadable, decode, list_files, read_articles
from helpers.layout import find_blocks, inside
from helpers.metadata import find_language, find_metadata
from helpers.text import find_sentences, find_tokens

UNREAD = ("byline", "dateline", "credit", "source_note", "boilerplate")  # blocks that hold no journalistic sentence
GIVEN = ["doc_id", "story", "outlet", "agency", "title", "author", "published", "url"]  # the columns describe() offers


class Corpus(NamedTuple):
    """The tables of a corpus: documents, blocks, sentences, problems."""
    documents: pd.DataFrame
    blocks: pd.DataFrame
    sentences: pd.DataFrame
    problems: pd.DataFrame


class Annotations(NamedTuple):
    """What has been reviewed: attributions and mentions (columns of tables.py and `status`), reviewed (doc_id, layer), problems."""
    attributions: pd.DataFrame
    mentions: pd.DataFrame
    reviewed: pd.DataFrame
    problems: pd.DataFrame


def is_metadata(name):
    """Whether a path within a corpus is its documents.csv or review data, and so never a document."""
    parts = PurePosixPath(name).parts
    return name == "documents.csv" or parts[0] == "annotations"


def read_article(article):
    """(document, blocks, sentences, problems) of one Article, as dicts: all that needs no other article (so it can be spread out)."""
    text, doc_id = article.text, article.doc_id
    blocks = find_blocks(text)
    words = [text[s:e] for s, e in find_tokens(text) if text[s].isalnum()]
    language = find_language(words)
    document = {"doc_id": doc_id, "path": article.path, "language": language, "encoding": article.encoding, "n_words": len(words), "text": text}
    problems, sentences = [], []
    if language in (None, "en"):
        spans = [(i, s, e) for i, (kind, s, e) in enumerate(blocks) if kind not in UNREAD for s, e in block_sentences(text, s, e)]
        sentences = [{"doc_id": doc_id, "sentence": n, "block": i, "start": s, "end": e, "text": text[s:e]} for n, (i, s, e) in enumerate(spans)]
    else:
        known = f"in another language ({language})" if language != "und" else "in no language that is known here"
        problems.append({"path": article.path, "doc_id": doc_id, "reason": f"{known}: kept, not analysed as English"})
    rows = [{"doc_id": doc_id, "block": i, "kind": kind, "start": s, "end": e} for i, (kind, s, e) in enumerate(blocks)]
    return document | find_metadata(text, blocks), rows, sentences, problems


def block_sentences(text, start, end):
    """Spans of a block's sentences in the whole text; white space and markup at its edges belong to none."""
    start, end = inside(text, start, end)
    return [(start + s, start + e) for s, e in find_sentences(text[start:end])]


def load_corpus(path, *, repair=False):
    """The articles under a path as a Corpus of tables.

    path: a folder (all levels), a file, a glob or an archive. documents.csv at its root is metadata and wins over what a page
    says; `repair` mends mojibake and damaged UTF-8, and marks the encoding. Raises FileNotFoundError where there is nothing."""
    given, problems = load_metadata(path)
    read = list(read_articles(path, repair=repair, skip=is_metadata))
    articles, unused = _with_ids([item for item in read if isinstance(item, Article)])
    problems += [item._asdict() for item in read if isinstance(item, Problem)] + unused
    documents, blocks, sentences = [], [], []
    for article in articles:
        document, its_blocks, its_sentences, its_problems = read_article(article)
        stated = {key: value for key, value in {**article.fields, **given.get(article.doc_id, {})}.items() if value}
        documents.append(_described(document, stated))
        blocks += its_blocks
        sentences += its_sentences
        problems += its_problems
    missing = [doc_id for doc_id in given if doc_id not in {article.doc_id for article in articles}]
    problems += [{"path": "documents.csv", "doc_id": doc_id, "reason": "a row without its file"} for doc_id in missing]
    problems += find_copies(documents, sentences)
    _set_bounds(documents, sentences)
    made = tables.make("documents", documents)
    for column in {key: None for document in documents for key in document if key not in made}:  # a user's own columns, to group by
        made[column] = [document.get(column) for document in documents]
    return Corpus(made, tables.make("blocks", blocks), tables.make("sentences", sentences), tables.make("problems", problems))


def load_metadata(path):
    """({doc_id: {column: value}}, problems) of the documents.csv at a corpus's root, if there is one."""
    data = next((data for name, data in list_files(path) if name == "documents.csv"), None) if not Path(path).is_file() or \
        PurePosixPath(path).suffix in (".zip", ".gz", ".tgz", ".tar") else None
    given, problems = {}, []

    def refuse(reason, doc_id=None):
        problems.append({"path": "documents.csv", "doc_id": doc_id, "reason": reason})
    if data is None:
        return given, problems
    try:
        if isinstance(data, Unreadable):
            raise data
        rows = csv.DictReader(io.StringIO(decode(data)[0].removeprefix("\ufeff"), newline=""), strict=True)
        for row in rows:
            row = {SYNONYMS.get(key, key): value.strip() for key, value in ((str(k).strip().lower(), v) for k, v in row.items()) if isinstance(value, str)}
            if not row.get("doc_id"):
                refuse(f"line {rows.line_num}: no doc_id")
            elif row["doc_id"] in given:
                refuse("a doc_id twice; the first row is used", row["doc_id"])
            else:
                given[row["doc_id"]] = row
    except (Unreadable, csv.Error) as error:
        refuse(f"malformed: {error}")
    return given, problems


def _with_ids(articles):
    """(articles with their doc_ids, problems): the file name without its last suffix; the whole path where two would be equal."""
    stems = [article.doc_id or PurePosixPath(article.path).stem for article in articles]
    often = pd.Series(stems, dtype=object).value_counts()
    kept, seen, problems = [], set(), []
    for article, stem in zip(articles, stems):
        doc_id = article.path if often[stem] > 1 and article.doc_id is None else stem
        if doc_id in seen:
            problems.append({"path": article.path, "doc_id": doc_id, "reason": "a doc_id twice; the first is used"})
        else:
            kept.append(article._replace(doc_id=doc_id))
        seen.add(doc_id)
    return kept, problems


def _described(document, given):
    """The document with what the user (or its row, or its page's head) states; that wins over what was inferred from the page."""
    row = {"story": "all", **document, **{key: value for key, value in given.items() if key not in ("doc_id", "text", "path", "n_words")}}
    if day := resolve_day(given.get("published")):
        row["published"] = day.isoformat()
        row["published_basis"] = "stated" if document.get("published_basis") == "stated" and row["published"] == document["published"] else "given"
    return row


def _set_bounds(documents, sentences):
    """Fills published_from and published_to: the day itself, or what weekday names and the story's dated articles allow."""
    texts, dated = {}, {}
    for row in sentences:
        texts.setdefault(row["doc_id"], []).append(row["text"])
    for document in documents:
        if document.get("published"):
            dated.setdefault(document["story"], []).append(document["published"])
    for document in documents:
        day = document.get("published")
        bounds = (day, day) if day else published_bounds(texts.get(document["doc_id"], []), dated.get(document["story"], []))
        document["published_from"], document["published_to"] = [document.get(key) or bound for key, bound in
                                                                zip(("published_from", "published_to"), bounds)]


def find_copies(documents, sentences):
    """Rows for problems: articles that repeat an earlier one, whole or nearly (Jaccard of five-word shingles >= 0.8).

    Sketches of the 64 smallest hashes (Broder 1997) are compared with the first article that shares one of the 6 smallest:
    linear time. They are marked only; nothing is dropped."""
    words, first, exact, sketches, rows = {}, {}, {}, {}, []
    for row in sentences:
        words.setdefault(row["doc_id"], []).extend(row["text"].lower().split())
    for document in documents:
        doc_id, said = document["doc_id"], words.get(document["doc_id"], [])
        if len(said) < 20:
            continue
        twin = exact.setdefault(hashlib.sha256(" ".join(said).encode("utf-8", "replace")).digest(), doc_id)
        sketch = sorted({zlib.crc32(" ".join(said[i:i + 5]).encode("utf-8", "replace")) for i in range(len(said) - 4)})[:64]
        near = {first.setdefault(shingle, doc_id) for shingle in sketch[:6]} - {doc_id}
        sketches[doc_id] = set(sketch)
        score = {other: _jaccard(sketch, sketches[other]) for other in near}
        best = max(sorted(score), key=score.get, default=None)
        if twin != doc_id or best and score[best] >= 0.8:
            reason = f"duplicate of {twin}" if twin != doc_id else f"near-duplicate of {best}"
            rows.append({"path": document["path"], "doc_id": doc_id, "reason": reason})
    return rows


def _jaccard(sketch, other):
    """The Jaccard similarity of two sets, estimated from the smallest hashes of their union."""
    union = sorted({*sketch, *other})[:64]
    return sum(shingle in other and shingle in set(sketch) for shingle in union) / len(union)


def describe(folder, *, replace=False):
    """Writes FOLDER/documents.csv, what could be inferred filled in, for a reader to complete; returns its path.

    Raises FileExistsError where there is one already; `replace` writes it anew, and what it stated is kept."""
    target = Path(folder) / "documents.csv"
    if target.exists() and not replace:
        raise FileExistsError(f"{target} is there already; nothing was written. With --replace it is written anew and keeps what it states.")
    documents = load_corpus(folder).documents
    extra = [column for column in documents if column not in tables.COLUMNS["documents"]]
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".documents", suffix=".csv", delete=False, encoding="utf-8", newline="") as file:
        documents[GIVEN + extra].to_csv(file, index=False)
    os.chmod(file.name, 0o644)
    os.replace(file.name, target)
    return target


def load_annotations(path, documents, *, keep_optional=False):
    """The reviewed attributions and mentions of a corpus as Annotations; empty tables where its folder has none.

    Reads annotations/attributions.jsonl, mentions.jsonl (rows as `extract --format jsonl` writes them, with `status` and `optional`)
    and reviewed.csv (doc_id, layer, sha256 of the text as UTF-8: what is complete). A text that has changed leaves its rows unused,
    with a row in problems. `keep_optional` keeps rows marked optional and every further column: for evaluation, not for reports."""
    folder, problems = Path(path) / "annotations", []
    texts = dict(zip(documents["doc_id"], documents["text"]))
    reviewed, stale = _load_reviewed(folder / "reviewed.csv", texts, problems)
    made = {}
    for layer, shape in (("attributions", _attribution_row), ("mentions", _mention_row)):
        rows = [shape(row, texts[row["doc_id"]]) | {"origin": "reviewed"} for row in _annotated(folder / f"{layer}.jsonl", texts, problems)
                if (row["doc_id"], layer) not in stale and (keep_optional or not row.get("optional"))]
        made[layer] = tables.make(layer, rows)
        extra = ["status"] + sorted({key for row in rows for key in row if key == "optional" or key.endswith("_alternatives")} if keep_optional else [])
        for column in extra:
            made[layer][column] = pd.Series([row.get(column) for row in rows], dtype=object)
    return Annotations(made["attributions"], made["mentions"], pd.DataFrame(reviewed, columns=["doc_id", "layer"]), tables.make("problems", problems))


def _load_reviewed(file, texts, problems):
    """([complete (doc_id, layer)], {stale (doc_id, layer)}) of reviewed.csv."""
    reviewed, stale = [], set()
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))) if file.exists() else []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        rows = problems.append({"path": f"annotations/{file.name}", "doc_id": None, "reason": f"malformed: {error}"}) or []
    for row in rows:
        key, text = (row.get("doc_id"), row.get("layer")), texts.get(row.get("doc_id"))
        reason = ("annotations of a text that is not in the corpus" if text is None else "no such layer" if key[1] not in tables.COLUMNS else
                  "the text has changed since it was reviewed (another sha256): its annotations are not used"
                  if hashlib.sha256(text.encode("utf-8")).hexdigest() != (row.get("sha256") or "").strip() else None)
        if reason:
            stale.add(key)
            problems.append({"path": "annotations/reviewed.csv", "doc_id": key[0], "reason": reason})
        else:
            reviewed.append(key)
    return reviewed, stale


def _annotated(file, texts, problems):
    """The usable rows of an annotation file; a broken line, an unknown doc_id or a span outside its text is a row in problems."""
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n") if file.is_file() else []
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line) if line.strip() else None
            text = texts.get(row["doc_id"]) if line.strip() else None
            spans = [row[key] for key in ("source", "cue") if row.get(key)] + (row["content"] if "content" in row else []) if row else []
            spans += [[row["start"], row["end"]]] if row and "content" not in row else []
            if row and text is None:
                reason = "annotations of a text that is not in the corpus"
            else:
                reason = None if all(0 <= s < e <= len(text) for s, e in spans) else "a span outside its text"
        except (ValueError, KeyError, TypeError, RecursionError):
            row, reason = {}, "a broken line"
        if reason:
            problems.append({"path": f"annotations/{file.name}", "doc_id": row.get("doc_id"), "reason": f"line {number}: {reason}"})
        elif row:
            rows.append(row)
    return rows


def _attribution_row(row, text):
    """A jsonl row of attributions in the table's columns: source_start ... for source, the words of the source as they stand."""
    source, cue = row.get("source") or [None, None], row.get("cue") or [None, None]
    words = text[source[0]:source[1]] if row.get("source") else None
    return {"source_text": words, **row, "source_start": source[0], "source_end": source[1], "cue_start": cue[0], "cue_end": cue[1]}


def _mention_row(row, text):
    """A jsonl row of mentions in the table's columns: quantity {text, min, max} as three."""
    quantity = row.get("quantity") or {}
    return {**row, "text": text[row["start"]:row["end"]], **{f"quantity_{key}": quantity.get(key) for key in ("text", "min", "max")}}
