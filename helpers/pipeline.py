"""All tables of a corpus in one call: read, find, then put the reader's decisions in place of the machine's.

The machine proposes, the reader decides. Where `annotations/reviewed.csv` says that a document's layer is complete, its annotated
rows stand instead of the machine's; elsewhere an annotated row overrides the machine row it was made from."""
import hashlib
import json
import os
from collections import namedtuple
from contextlib import suppress
from pathlib import Path

import pandas as pd

from helpers.attribution import find_attributions
from helpers.claims import find_claims
from helpers.corpus import load_annotations, load_corpus
from helpers.files import read_table
from helpers.framing import find_frames
from helpers.lexicon import load_systems
from helpers.military import find_mentions
from helpers.reuse import find_reuse
from helpers.speakers import resolve_speakers, stat_speakers
from helpers.stance import stance_of
from helpers.tables import COLUMNS, make

MOST_READ, MOST_WORDS = 10_000, 1_200_000  # articles of an extracted folder, and their words, that notebooks and report read closely
SAMPLE = "a sample"  # how problems tells it
IDS = {"attributions": "attribution", "mentions": "mention"}
Tables = namedtuple("Tables", COLUMNS)  # every table of a corpus: DataFrames, as tables.py has them


def load_tables(path, *, machine=False, repair=False):
    """Every table of the corpus at `path`: a folder, file or archive of articles, or a folder that `extract` wrote. machine=True leaves reviewed
    annotations aside; repair=True mends mojibake (see load_corpus). Raises what load_corpus raises."""
    if (Path(path) / "manifest.json").is_file():
        return read_tables(path)
    corpus = load_corpus(path, repair=repair)
    notes = None if machine else load_annotations(path, corpus.documents)
    return make_tables(corpus, notes)


def make_tables(corpus, annotations=None, *, attributions=None, mentions=None, frames=None):
    """Every table of a loaded corpus. `annotations` as load_annotations returns them, or None for the machine alone. What the machine has found
    already can be given: attributions (their speakers are resolved here), mentions and frames."""
    documents, blocks, sentences, problems = corpus
    said = noted = None
    done = {"attributions": set(), "mentions": set()}
    if annotations is not None:
        said, noted, reviewed, more = annotations
        done |= {layer: set(part["doc_id"]) for layer, part in reviewed.groupby("layer")}
        problems = pd.concat([problems, more], ignore_index=True)
    attributions = make_attributions(documents, blocks, sentences, said, done["attributions"], attributions)
    mentions = make_mentions(documents, sentences, attributions, noted, done["mentions"]) if mentions is None else mentions
    claims = find_claims(mentions, attributions, documents, sentences)
    reuse = find_reuse(documents, sentences, attributions)
    frames = find_frames(documents, sentences, attributions) if frames is None else frames
    return Tables(documents, blocks, sentences, attributions, stat_speakers(attributions, documents), mentions, claims, reuse, frames, problems)


def make_attributions(documents, blocks, sentences, notes=None, done=frozenset(), found=None):
    """The attributions of all documents with their speakers: `found` by the machine, then overridden by `notes` (annotated rows). `done`: doc_ids
    whose annotations are complete, so that the machine need not read them."""
    if found is None:
        rest = [part[~part["doc_id"].isin(done)] for part in (documents, blocks, sentences)]
        size = max(5, len(rest[0]) // 50 + 1)
        portions = [rest[0]["doc_id"].iloc[i:i + size] for i in range(0, len(rest[0]), size)]
        found = [find_attributions(*(part[part["doc_id"].isin(ids)] for part in rest)) for ids in watched(portions)]
        found = pd.concat(found, ignore_index=True) if found else make("attributions", [])
    found = resolve_speakers(found, documents, sentences)
    return found if notes is None or notes.empty else completed(overridden("attributions", found, notes, done), documents, sentences)


def watched(portions):
    """The portions one by one; where somebody waits in JupyterLab a line says how far it is, and goes away at the end."""
    if "JPY_SESSION_NAME" not in os.environ:  # set by Jupyter's server, not where notebooks are run for the report or in tests
        yield from portions
        return
    from IPython.display import clear_output, display
    done, line = 0, display({"text/plain": "Reading the articles ..."}, raw=True, display_id=True)
    for portion in portions:
        yield portion
        done += len(portion)
        if line:  # None in a plain script
            line.update({"text/plain": f"{done:,} of {sum(map(len, portions)):,} articles read ..."}, raw=True)
    clear_output()


def make_mentions(documents, sentences, attributions, notes=None, done=frozenset()):
    """The military mentions of all documents: found by the machine, then overridden by `notes` (annotated rows)."""
    rest = [part[~part["doc_id"].isin(done)] for part in (documents, sentences)]
    found = find_mentions(*rest, attributions)
    if notes is None or notes.empty:
        return found
    return _with_lexicon(_with_sentences(overridden("mentions", found, notes, done), sentences), attributions)


def overridden(table, found, notes, done):
    """Machine rows with the reader's decisions applied: rejected ones gone, changed and accepted ones replaced, added ones in. An annotated row stands
    for the machine row that has its id or its place. In `done` documents only annotated rows count. Optional rows (one annotator's) are left out."""
    notes = notes[~notes["optional"].fillna(False).astype(bool)] if "optional" in notes else notes
    status = notes["status"] if "status" in notes else pd.Series(None, index=notes.index, dtype=object)
    touched = set(zip(notes["doc_id"], notes[IDS[table]])) | set(zip(notes["doc_id"], map(_place, notes.to_dict("records"))))
    places = pd.Series([(d, i) in touched or (d, _place(r)) in touched for d, i, r in
                        zip(found["doc_id"], found[IDS[table]], found.to_dict("records"))], index=found.index, dtype=bool)
    machine = found[~places & ~found["doc_id"].isin(done)]
    decided = notes[status.ne("rejected")].assign(origin="reviewed")
    both = make(table, [*machine.to_dict("records"), *decided[COLUMNS[table]].to_dict("records")])
    order = both.assign(_place=[_place(r) for r in both.to_dict("records")]).sort_values(["doc_id", "_place"], kind="stable")
    return order.drop(columns="_place").reset_index(drop=True)


def read_tables(folder, *, most=MOST_READ, words=MOST_WORDS):
    """The tables that `extract` wrote into `folder` (parquet, csv, jsonl or xlsx, as its manifest says). Of more than `most` articles, or more than
    `words`, a sample of whole stories is read, the same one each time; a row in problems says so, and helpers/totals.py counts the rest too."""
    format = read_format(folder)
    light = read_table(folder, "documents", format=format, columns=["doc_id", "story", "n_words"])
    docs = draw_stories(light, most, words) if len(light) > most or light["n_words"].sum() > words else None
    tables = Tables(*(read_table(folder, table, format=format, docs=docs) for table in Tables._fields))
    if docs is None:
        return tables
    said = {"path": "manifest.json", "reason": f"{SAMPLE}: {len(docs):,} of {len(light):,} articles are read closely, whole stories drawn by lot; the tables of totals count them all"}
    problems = make("problems", [said, *tables.problems.to_dict("records")])
    return tables._replace(speakers=stat_speakers(tables.attributions, tables.documents), problems=problems)


def read_format(folder):
    """The format of the tables that `extract` wrote into `folder`, as its manifest.json says. Raises ValueError where that does not say it."""
    file = Path(folder) / "manifest.json"
    with suppress(ValueError, LookupError, TypeError, RecursionError):
        if (format := json.loads(file.read_text(encoding="utf-8"))["format"]) in ("parquet", "csv", "jsonl", "xlsx"):
            return format
    raise ValueError(f"{file} is broken, or none that extract writes: extract into a new folder and name that; or move it out of a folder of articles")


def sample_of(tables):
    """What a row of problems says of the sample that was read, or None where all articles were."""
    return next((reason for reason in tables.problems["reason"] if str(reason).startswith(SAMPLE)), None)


def draw_stories(documents, most, words):
    """The doc_ids of at most `most` articles with at most `words`: whole stories in the order of a hash of their names; where none fits, articles."""
    def lot(name):
        return hashlib.sha256(str(name).encode("utf-8", "surrogatepass")).digest()
    stories, sizes = {}, dict(zip(documents["doc_id"], documents["n_words"].fillna(0).astype(int)))
    for doc_id, story in zip(documents["doc_id"], documents["story"]):
        stories.setdefault(str(story), []).append(doc_id)
    for pieces in (stories, {doc_id: [doc_id] for doc_id in sizes}):
        chosen, left = [], words
        for name in sorted(pieces, key=lot):
            size = sum(sizes[doc_id] for doc_id in pieces[name])
            if len(chosen) + len(pieces[name]) <= most and size <= left:
                chosen, left = chosen + pieces[name], left - size
        if chosen:
            return set(chosen)
    return set(sorted(sizes, key=lot)[:1])


def _place(row):
    """Where a row stands in its document: the extent of its content or mention, sortable."""
    if "content" not in row:
        return row["start"], row["end"]
    spans = row["content"] or [[row["cue_start"], row["cue_end"]]]
    return min(s for s, _ in spans), max(e for _, e in spans)


def _with_sentences(rows, sentences):
    """Rows with the number of the sentence in which each starts."""
    starts = {d: (part["start"].to_numpy(), part["end"].to_numpy(), part["sentence"].to_numpy()) for d, part in sentences.groupby("doc_id")}
    return rows.assign(sentence=pd.array([_sentence_at(starts.get(r["doc_id"]), _place(r)[0]) for r in rows.to_dict("records")], dtype="Int64"))


def _sentence_at(spans, position):
    i = -1 if spans is None else spans[0].searchsorted(position, side="right") - 1  # spans: arrays of starts, ends and numbers
    return int(spans[2][i]) if i >= 0 and position < spans[1][i] else None


def completed(rows, documents, sentences):
    """Attributions, some of them annotated, with what follows from spans: sentence, source text, lemma and stance of the cue; and,
    as annotators named speakers but no roles, the role that the resolver reads in the text."""
    texts, records = dict(zip(documents["doc_id"], documents["text"])), _with_sentences(rows, sentences).to_dict("records")
    for row in records:
        spans = ([row[f"{role}_start"], row[f"{role}_end"]] for role in ("source", "cue"))
        row["source_text"], cue = (None if pd.isna(start) else texts[row["doc_id"]][start:end] for start, end in spans)
        row["cue_lemma"], row["stance"] = stance_of(cue) if cue else (None, "neutral")
    rows = make("attributions", records)
    return rows.assign(role=rows["role"].where(rows["role"].notna(), resolve_speakers(rows, documents, sentences)["role"]))


def _with_lexicon(rows, attributions):
    """Annotated mentions completed by what follows from them: reporting name and origin of a named system, the attribution around it."""
    systems = load_systems().drop_duplicates("canonical").set_index("canonical").replace("", None)
    contents = {doc: [(e - s, s, e, name) for name, spans in zip(part["attribution"], part["content"]) for s, e in spans]
                for doc, part in attributions.groupby("doc_id")}
    around = [min((c for c in contents.get(doc, []) if c[1] <= start and end <= c[2]), default=(None,))[-1]
              for doc, start, end in zip(rows["doc_id"], rows["start"], rows["end"])]
    known = {column: rows["canonical"].map(systems[column]) for column in ("reporting_name", "made_in")}
    return make("mentions", rows.assign(attribution=around, **{
        column: rows[column].where(rows[column].notna(), found) for column, found in known.items()}).to_dict("records"))
