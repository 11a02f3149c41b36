"""A folder, a file, a glob or an archive of articles -> documents, blocks, sentences and problems (their columns: tables.py).

Every row is a span of a text that is never changed. What can't be used is a row in problems with its reason; the rest goes on."""
import csv
import hashlib
import io
import json
import os
import zlib
from array import array
from collections import Counter, defaultdict, namedtuple
from pathlib import Path, PurePosixPath

import pandas as pd

from helpers import tables
from helpers.dates import published_bounds, resolve_day
from helpers.formats import ARCHIVES, COLUMNS, NO_DAY, Article, Problem, Unreadable, csv_rows, decode, list_files, read_articles
from helpers.layout import find_blocks, inside
from helpers.metadata import find_language, find_metadata, outlet_of
from helpers.text import find_sentences, split_tokens

UNREAD = ("byline", "dateline", "credit", "source_note", "boilerplate")  # blocks that hold no journalistic sentence
GIVEN = ["doc_id", "story", "outlet", "agency", "title", "author", "published", "url"]  # the columns describe() offers
Corpus = namedtuple("Corpus", "documents blocks sentences problems")  # DataFrames, as tables.py has them
# What has been reviewed: attributions and mentions (columns of tables.py and `status`), reviewed (doc_id, layer: what is complete).
Annotations = namedtuple("Annotations", "attributions mentions reviewed problems")


def is_metadata(name):
    """Whether a path within a corpus is its documents.csv or review data, and so never a document."""
    return name == "documents.csv" or name.startswith("annotations/")


def read_article(article, given={}):
    """(document, blocks, sentences, problems) of one Article, as dicts: all that needs no other article (so it can be spread out). given: {doc_id:
    {column: value}} of documents.csv."""
    text, doc_id, problems = article.text, article.doc_id, []
    blocks = find_blocks(text)
    words = [token for token in split_tokens(text) if token[0].isalnum()]
    language = find_language(words)
    inner = [(i, *inside(text, *edges)) for i, (kind, *edges) in enumerate(blocks) if kind not in UNREAD]  # no white space, no markup at the edges
    spans = [(i, a + s, a + e) for i, a, b in inner for s, e in find_sentences(text[a:b])]
    if language not in (None, "en"):
        known = f"in another language ({language})" if language != "und" else "in no language that is known here"
        spans, problems = [], [_problem(article.path, doc_id, f"{known}: kept, not analysed as English")]
    document = {"doc_id": doc_id, "path": article.path, "language": language, "encoding": article.encoding, "n_words": len(words), "text": text}
    stated = {k: v for k, v in {**article.fields, **given.get(doc_id, {})}.items() if v}
    return (with_metadata(document | find_metadata(text, blocks), stated), [{"doc_id": doc_id, "block": i, "kind": k, "start": s, "end": e} for i, (k, s, e) in enumerate(blocks)],
            [{"doc_id": doc_id, "sentence": n, "block": i, "start": s, "end": e, "text": text[s:e]} for n, (i, s, e) in enumerate(spans)], problems)


def load_corpus(path, *, repair=False):
    """The articles under a path as a Corpus of tables. path: a folder (all levels), a file, a glob or an archive. documents.csv at its root is
    metadata and wins over what a page says; `repair` mends mojibake and damaged UTF-8, and marks the encoding. Raises FileNotFoundError where there
    is nothing."""
    given, problems = load_metadata(path)
    read = list(read_articles(path, repair=repair, skip=is_metadata))
    articles, unused = with_ids([item for item in read if isinstance(item, Article)])
    problems += [item._asdict() for item in read if isinstance(item, Problem)] + unused
    documents, blocks, sentences = [], [], []
    for article in articles:
        try:
            document, *its = read_article(article, given)
        except Exception as error:  # one article never ends the run
            problems.append(failed(article.path, article.doc_id, error))
            continue
        documents.append(document)
        for table, rows in zip((blocks, sentences, problems), its):
            table += rows
    loaded = {article.doc_id for article in articles}
    problems += [_problem("documents.csv", doc_id, "a row without its file") for doc_id in given if doc_id not in loaded]
    problems += find_copies(sketch_articles(documents, sentences))
    set_bounds(documents, sentences)
    return Corpus(tables.from_rows("documents", documents), tables.make("blocks", blocks), tables.make("sentences", sentences), tables.make("problems", problems))


def _problem(path, doc_id, reason):
    return {"path": path, "doc_id": doc_id, "reason": reason}


def failed(path, doc_id, error):
    """The row that `problems` has for an article that a step could not analyse."""
    return _problem(path, doc_id, f"could not be analysed: {type(error).__name__}: {str(error)[:80]}")


def load_metadata(path):
    """({doc_id: {column: value}}, problems) of the documents.csv at the root of a folder or archive, if there is one."""
    given, problems = {}, []
    file, archive = Path(path) / "documents.csv", str(path).lower().endswith(ARCHIVES) and Path(path).is_file()
    data = next((data for name, data in (list_files(file) if file.exists() else list_files(path) if archive else ()) if name == "documents.csv"), b"")
    try:
        if isinstance(data, Unreadable):
            raise data
        for number, row in enumerate(csv_rows(decode(data)[0]), 1):
            if isinstance(row, Unreadable):
                problems.append(_problem("documents.csv", None, str(row)))
                continue
            row = {COLUMNS.get(k, k): v.strip() for k, v in ((str(k).strip().lower(), v) for k, v in row.items()) if isinstance(v, str)}
            doc_id = row.get("doc_id")
            if not doc_id or doc_id in given:
                reason = "a doc_id twice; the first row is used" if doc_id else f"row {number}: no doc_id"
                problems.append(_problem("documents.csv", doc_id or None, reason))
            else:
                given[doc_id] = row
                problems += [_problem("documents.csv", doc_id, NO_DAY)] if row.get("published") and not resolve_day(row["published"]) else []
    except Unreadable as error:
        problems.append(_problem("documents.csv", None, f"malformed: {error}"))
    return given, problems


def with_ids(articles):
    """(articles with their doc_ids, problems): the file name without its last suffix; the whole path where two would be equal."""
    stems = [article.doc_id or PurePosixPath(article.path).stem for article in articles]
    often, kept, problems = Counter(stems), {}, []
    for article, stem in zip(articles, stems):
        doc_id = article.path if often[stem] > 1 and article.doc_id is None else stem
        if doc_id in kept:
            problems.append(_problem(article.path, doc_id, "a doc_id twice; the first is used"))
        kept.setdefault(doc_id, article._replace(doc_id=doc_id))
    return list(kept.values()), problems


def with_metadata(document, given):
    """The document with what the user (or its row, or its page's head) states; that wins over what was inferred from the page."""
    row = {"story": "all", **document, **{k: v for k, v in given.items() if k not in ("doc_id", "text", "path", "n_words", "encoding", "language", "published")}}
    if owner := outlet_of(given.get("outlet")) or (None if row.get("outlet") else outlet_of(row.get("url"))):  # www.reuters.com -> Reuters
        row |= {"outlet": owner[0], "agency": row.get("agency") or (owner[0] if owner[1] else None)}
    if day := resolve_day(given.get("published")):
        stated = document.get("published_basis") == "stated" and document["published"] == day.isoformat()
        row |= {"published": day.isoformat(), "published_basis": "stated" if stated else "given"}
    return row


def set_bounds(documents, sentences):
    """Fills published_from and published_to: the day itself, or what weekday names and the story's dated articles allow."""
    texts, dated = defaultdict(list), defaultdict(set)
    for row in sentences:
        texts[row["doc_id"]].append(row["text"])
    for document in documents:
        dated[document["story"]].add(document.get("published"))
    for document in documents:
        day = document.get("published")
        known = day or not any(dated[document["story"]])
        low, high = (day, day) if known else published_bounds(texts[document["doc_id"]], dated[document["story"]])
        document["published_from"], document["published_to"] = document.get("published_from") or low, document.get("published_to") or high


def sketch_articles(documents, sentences):
    """doc_id, path, digest and sketch (the 64 smallest hashes of five-word shingles) of each article of 20 words or more, as dicts."""
    words, rows = defaultdict(list), []
    for row in sentences:
        words[row["doc_id"]] += row["text"].lower().split()
    for document in documents:
        said = words[document["doc_id"]]
        if len(said) >= 20:
            hashes = {zlib.crc32(" ".join(said[i:i + 5]).encode("utf-8", "replace")) for i in range(len(said) - 4)}
            digest = hashlib.sha256(" ".join(said).encode("utf-8", "replace")).hexdigest()[:32]
            rows.append({"doc_id": document["doc_id"], "path": document["path"], "digest": digest, "sketch": sorted(hashes)[:64]})
    return rows


def find_copies(sketched):
    """Rows for problems: articles that repeat an earlier one, whole or nearly (Jaccard of five-word shingles >= 0.8). Sketches (Broder 1997; from
    sketch_articles, in the order of the articles) are compared with the first article that shares one of the 6 smallest hashes: linear time, about
    a kilobyte an article. They are marked only; nothing is dropped."""
    first, exact, sketches, rows = {}, {}, {}, []
    for doc_id, path, digest, sketch in (row.values() for row in sketched):
        twin = exact.setdefault(digest, doc_id)
        near = {first.setdefault(shingle, doc_id) for shingle in sketch[:6]} - {doc_id}
        sketches[doc_id] = array("L", sketch)
        score, other = max([(_jaccard(set(sketch), set(sketches[other])), other) for other in sorted(near)], default=(0, None))
        if twin != doc_id or score >= 0.8:
            rows.append(_problem(path, doc_id, f"duplicate of {twin}" if twin != doc_id else f"near-duplicate of {other}"))
    return rows


def _jaccard(sketch, other):
    """The Jaccard similarity of two sets, estimated from the smallest hashes of their union."""
    union = sorted(sketch | other)[:64]
    return len(sketch & other & set(union)) / len(union)


def describe(folder, *, replace=False):
    """Writes FOLDER/documents.csv, what could be inferred filled in, for a reader to complete; returns its path. Raises ValueError where no article
    can be read and FileExistsError where there is one already; `replace` writes it anew, and what it stated is kept."""
    target = Path(folder) / "documents.csv"
    if target.exists() and not replace:
        raise FileExistsError(f"{target} is there already; nothing was written. describe(folder, replace=True) writes it anew and keeps what it states.")
    documents = load_corpus(folder).documents
    if documents.empty:
        raise ValueError(f"{folder} holds no article that can be read, so nothing was written; extract lists the reasons in its table of problems.")
    extra = [column for column in documents if column not in tables.COLUMNS["documents"]]
    replace_file(target, documents[GIVEN + extra].to_csv(index=False, lineterminator="\n"))
    return target


def replace_file(path, text):
    """Writes a text as UTF-8 into a hidden file beside `path`, then moves it there: it is replaced whole or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(exist_ok=True)
    try:
        new.write_text(text, encoding="utf-8", newline="\n")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def load_annotations(path, documents, *, keep_optional=False):
    """The reviewed attributions and mentions of a corpus as Annotations; empty tables where its folder has none. Reads
    annotations/attributions.jsonl, mentions.jsonl (rows as `extract --format jsonl` writes them, with `status` and `optional`) and reviewed.csv
    (doc_id, layer, sha256 of the text as UTF-8: what is complete). A text that has changed leaves its rows unused, with a row in problems.
    `keep_optional` keeps rows marked optional and their alternatives: for evaluation, not for reports."""
    folder, problems, made = Path(path) / "annotations", [], {}
    texts = dict(zip(documents["doc_id"], documents["text"]))
    reviewed, stale = _load_reviewed(folder / "reviewed.csv", texts, problems)
    for layer in ("attributions", "mentions"):
        rows = [_annotated(row, texts[row["doc_id"]]) for row in _load_lines(folder / f"{layer}.jsonl", texts, problems)
                if (row["doc_id"], layer) not in stale and (keep_optional or not row.get("optional"))]
        made[layer] = tables.make(layer, rows)
        more = {key for row in rows for key in row if key == "optional" or key.endswith("_alternatives")} if keep_optional else ()
        for column in ["status", *sorted(more)]:
            made[layer][column] = pd.Series([row.get(column) for row in rows], dtype=object)
    return Annotations(**made, reviewed=pd.DataFrame(reviewed, columns=["doc_id", "layer"]), problems=tables.make("problems", problems))


def _load_reviewed(file, texts, problems):
    """([complete (doc_id, layer)], {stale (doc_id, layer)}) of reviewed.csv."""
    reviewed, stale, rows = [], [], []
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))) if file.exists() else []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(_problem("annotations/reviewed.csv", None, f"malformed: {error}"))
    for row in rows:
        key, text = (row.get("doc_id"), row.get("layer")), texts.get(row.get("doc_id"))
        reason = ("annotations of a text that is not in the corpus" if text is None else "no such layer" if key[1] not in Annotations._fields[:2] else
                  None if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == (row.get("sha256") or "").strip() else
                  "the text has changed since it was reviewed (another sha256): its annotations are not used")
        if reason:
            problems.append(_problem("annotations/reviewed.csv", key[0], reason))
        (stale if reason else reviewed).append(key)
    return reviewed, set(stale)


def _load_lines(file, texts, problems):
    """The usable rows of an annotation file; a broken line, an unknown doc_id or a span outside its text is a row in problems."""
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n") if file.is_file() else []
    for number, line in [(n, line) for n, line in enumerate(lines, 1) if line.strip()]:
        row = {}
        try:
            row = json.loads(line)
            text = texts.get(row["doc_id"], "")
            spans = [row[part] for part in ("source", "cue") if row.get(part)] + (row["content"] if "content" in row else [[row["start"], row["end"]]])
            reason = ("annotations of a text that is not in the corpus" if row["doc_id"] not in texts else
                      "a span outside its text" if not all(0 <= s < e <= len(text) for s, e in spans) else
                      "a number too large" if any(abs(row["quantity"][bound] or 0) > 2 ** 53 for bound in ("min", "max") if row.get("quantity")) else None)
        except (ValueError, KeyError, TypeError, RecursionError):
            reason = "a broken line"
        if reason:
            problems.append(_problem(f"annotations/{file.name}", row.get("doc_id") if isinstance(row, dict) else None, f"line {number}: {reason}"))
        else:
            yield row


def _annotated(row, text):
    """A jsonl row in the table's columns, with the words of its span."""
    if "content" not in row:
        return {"origin": "reviewed", **tables.from_record("mentions", row), "text": text[row["start"]:row["end"]]}
    said = text[slice(*row["source"])] if row.get("source") else None
    return {"origin": "reviewed", "source_text": said, **tables.from_record("attributions", row)}
