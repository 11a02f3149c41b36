"""What notebook 0 shows of a corpus: what was loaded, the layout of its pages, what they share, the days they speak of."""
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.corpus import UNREAD
from helpers.dates import find_days
from helpers.framing import is_inside
from helpers.layout import LAYOUT
from helpers.reader import both_ways
from helpers.show import Finding, Html, escape, ref
from helpers.stories import UNNAMED, part_stories, tell_same
from helpers.tables import by_document, labels
from helpers.text import find_tokens
from helpers.wording import together

# Light enough for dark text in any theme; every block also carries its kind in words, so that colour is never alone.
TINTS = dict(zip(LAYOUT, ["#cfe0f5", "#dfeafa", "#f6e3bd", "#f3ead2", "#d5cdec", "#cdeadf", "#e4f3ec", "#ffffff", "#f4d9d9", "#d9d9d9"]))

SKIPPED = "not analysed"  # what is written in another language
SHADES = dict(zip([*LAYOUT, SKIPPED], ["#332288", "#44AA99", "#DDAA33", "#B08A2E", "#882255", "#CC6677", "#E8A0AA", "#5B7FA6", "#88CCEE", "#999999", "#CCCCCC"]))


def stat_documents(tables):
    """A row an article: who published it, when (stated, or the days its weekday names allow), its words and sentences."""
    documents = tables.documents
    said = tables.sentences.groupby("doc_id").size()
    when = [row.published if row.published else " to ".join(dict.fromkeys([row.published_from, row.published_to])) if row.published_from else None
            for row in documents.itertuples()]
    known = documents["published_basis"].where(documents["published"].notna(), "bounds, by its weekdays")
    return pd.DataFrame({"article": labels(documents).to_list(), "agency": documents["agency"], "title": documents["title"], "author": documents["author"],
                         "published": when, "known_as": known.where(pd.Series(when).notna(), None), "words": documents["n_words"],
                         "sentences": documents["doc_id"].map(said).fillna(0).astype(int), "language": documents["language"], "file": documents["path"]})


def stat_layout(tables):
    """Words of each kind of block (columns) by article (rows): what is read as journalism, and what only surrounds it."""
    texts, names = dict(zip(tables.documents["doc_id"], tables.documents["text"])), labels(tables.documents)
    read = set(tables.documents.loc[tables.documents["language"].isin(["en", None]), "doc_id"])
    rows = [(names[row.doc_id], row.kind if row.doc_id in read else SKIPPED, sum(text[s:s + 1].isalnum() for text in [texts[row.doc_id][row.start:row.end]] for s, _ in find_tokens(text)))
            for row in tables.blocks.itertuples()]
    words = pd.DataFrame(rows, columns=["article", "kind", "words"]).pivot_table(index="article", columns="kind", values="words", aggfunc="sum", fill_value=0)
    return words.reindex(index=names.to_list(), columns=[kind for kind in SHADES if kind in words], fill_value=0).astype(int)


def show_layout(doc_id, tables, *, limit=60):
    """An article's page as it was read: every block with its kind in words and a tint; at most `limit` blocks."""
    text = tables.documents.set_index("doc_id")["text"][doc_id]
    blocks = tables.blocks[tables.blocks["doc_id"] == doc_id]
    rows = "".join(f'<tr><th scope="row">{kind.replace("_", " ")}</th><td dir="auto" style="background:{TINTS[kind]};color:#111;text-align:left">'
                   f"{escape(text[start:end].strip())}</td></tr>\n" for kind, start, end in blocks[["kind", "start", "end"]].head(limit).values)
    name = f"{labels(tables.documents)[doc_id]}: the page, block by block" + (f" (the first {limit})" if len(blocks) > limit else "")
    return Html(f'<table class="layout" style="max-width:60em"><caption>{escape(name)}</caption>\n<thead><tr><th scope="col">kind</th>'
                f'<th scope="col" style="text-align:left">text</th></tr></thead>\n<tbody>\n{rows}</tbody></table>', name)


def layout_findings(tables):
    """A finding for each page where a tenth of the words or more surround the story; its evidence is where the story begins and ends."""
    words, read, found = stat_layout(tables), by_document(tables.sentences), []
    sums = zip(words[[kind for kind in words if kind in UNREAD]].sum(axis=1), words.sum(axis=1))
    for (doc_id, name), (around, total) in zip(labels(tables.documents).items(), sums):
        numbers = [row["sentence"] for row in read.get(doc_id, [])]
        if len(numbers) > 1 and around >= 0.1 * total:
            found.append(Finding(f"On the page of {name}, {around} of {total} words ({around / total:.0%}) only surround the story (forms, notes, credits, "
                                 "names, dates). What is read begins and ends with the sentences shown.",
                                 [(doc_id, int(numbers[0])), (doc_id, int(numbers[-1]))], round(around / total, 3)))
    return found


def layout_title(words):
    """What the figure of the layout shows, from its numbers: the share of all words that is read as journalism."""
    read, total = words[[kind for kind in words if kind not in (*UNREAD, SKIPPED)]].to_numpy().sum(), words.to_numpy().sum()
    return f"{read / total:.0%} of the words on these pages are read as journalism" if total else "There are no pages"


def stat_sentences(tables):
    """A row a sentence: article, its number as a link, the kind of its block, its text."""
    kinds = dict(zip(zip(tables.blocks["doc_id"], tables.blocks["block"]), tables.blocks["kind"]))
    names = labels(tables.documents)
    rows = [(names[row.doc_id], ref(row.doc_id, row.sentence, f"s{row.sentence}"), kinds[row.doc_id, row.block], row.text)
            for row in tables.sentences.itertuples()]
    return pd.DataFrame(rows, columns=["article", "sentence", "block", "text"])


def _words_within(text, spans):
    """How many words of a text lie in the spans, each counted once."""
    return int(is_inside(_word_starts(text), [(a, b) for a, b, *_ in spans]).sum())


@lru_cache(maxsize=2000)
def _word_starts(text):
    """Where the words of a text begin, as an array."""
    return np.array([s for s, _ in find_tokens(text) if text[s].isalnum()], dtype="int64")


def stat_shared(tables):
    """A row an article: its words in passages that another article has too, their share of it, with whom, and their sentences."""
    names, read, rows = labels(tables.documents), by_document(tables.sentences), []
    shared = both_ways(tables.reuse[tables.reuse["kind"] == "passage"])
    for row in tables.documents.itertuples():
        spans = [(part["start"], part["end"], part["other_doc_id"]) for part in shared.get(row.doc_id, [])]
        words = _words_within(row.text, spans) if spans else 0
        rows.append({"article": names[row.doc_id], "agency": row.agency, "words": row.n_words, "shared_words": words,
                     "share": words / row.n_words if row.n_words else 0.0, "with": ", ".join(sorted({names[other] for *_, other in spans})) or None,
                     "evidence": _sentences_at(read, row.doc_id, spans)})
    return pd.DataFrame(rows, columns=["article", "agency", "words", "shared_words", "share", "with", "evidence"])


def _sentences_at(read, doc_id, spans):
    """[(doc_id, sentence)] of the sentences that the spans touch; `read`: doc_id -> its sentences."""
    return [(doc_id, int(row["sentence"])) for row in read.get(doc_id, []) if any(row["start"] < end and start < row["end"] for start, end, *_ in spans)]


def shared_findings(tables):
    """A finding for each pair of articles with a passage in common: how many words (without what both quote, notebook 2's), and on which
    agency's word; and one where the articles, whose story nobody names, do not tell one (tell_same)."""
    names, texts = labels(tables.documents), dict(zip(tables.documents["doc_id"], tables.documents["text"]))
    agency, read, found = dict(zip(tables.documents["doc_id"], tables.documents["agency"])), by_document(tables.sentences), []
    passages, said = (tables.reuse[tables.reuse["kind"] == kind].reset_index() for kind in ("passage", "utterance"))
    both = passages.merge(said, on=["left_doc_id", "right_doc_id"], suffixes=("", "_said"))
    held = both[["left_end", "left_end_said"]].min(axis=1) - both[["left_start", "left_start_said"]].max(axis=1)
    passages = passages[~passages["index"].isin(both.loc[held > 0.6 * (both["left_end"] - both["left_start"]), "index"])]  # one source's words: notebook 2
    for (left, right), rows in passages.groupby(["left_doc_id", "right_doc_id"], sort=True):
        spans = {doc: list(zip(rows[f"{side}_start"], rows[f"{side}_end"])) for doc, side in ((left, "left"), (right, "right"))}
        words = _words_within(texts[left], spans[left])
        wire = next((f"; {names[doc]} is {agency[doc]} copy" for doc in (left, right) if agency[doc] and agency[doc] != names[doc]), "")
        evidence = [pair for doc in (left, right) for pair in _sentences_at(read, doc, spans[doc])]
        if len(evidence) > 1:
            found.append(Finding(f"{names[left]} and {names[right]} share {len(rows)} passage{'s' * (len(rows) > 1)}, {words} words, (nearly) word for "
                                 f"word{wire}.", evidence, words))
    unnamed = tables.documents[(tables.documents["story"] == UNNAMED) & (tables.documents["n_words"] >= 50)]  # fewer words cannot show it
    parts = sorted(part_stories(unnamed["doc_id"], tell_same(unnamed, tables.sentences)), key=len, reverse=True)
    told = [f"One is told by {together([names[doc] for doc in part[:6]])}{f' and {len(part) - 6} others' * (len(part) > 6)}." for part in parts if len(part) > 1][:3]
    alone = sum(len(part) == 1 for part in parts)
    told += [f"{alone} share{'s' * (alone == 1)} a story with no other."] * (alone > 0)
    evidence = [(part[0], int(read[part[0]][0]["sentence"])) for part in parts if part[0] in read]
    if len(evidence) > 1:
        found.append(Finding(f"By the names and words they have in common, these {len(unnamed)} articles do not all tell one story. {' '.join(told)} What sets "
                             "them apart may be what they are about. The column story of documents.csv can say which belong together.", evidence, 1e6))
    return found


def stat_days(tables):
    """A row for each day that an article speaks of: label, start (the day), text (how often), evidence; the earliest first."""
    days = find_days(tables.sentences, tables.documents).dropna(subset=["day"])
    names = labels(tables.documents)
    days["label"] = pd.Categorical(days["doc_id"].map(names), names.unique(), ordered=True)
    rows = [{"label": label, "start": day, "text": f"{len(part)}\u00d7", "mentions": len(part), "words": ", ".join(dict.fromkeys(part["text"])),
             "evidence": list(zip(part["doc_id"], part["sentence"]))} for (label, day), part in days.groupby(["label", "day"], observed=True)]
    return pd.DataFrame(rows, columns=["label", "start", "text", "mentions", "words", "evidence"])


def day_findings(days):
    """Which day all or more than half of the articles (three at least) speak of, and which end on an earlier day than the latest article, if they have a day in common with it: else the
    story may be another. Nothing where all agree or one speaks."""
    if days["label"].nunique() < 2:
        return []
    by_day = days.groupby("start")["label"].nunique()
    top = max(by_day[by_day == by_day.max()].index)
    rows = days[days["start"] == top]
    known = days["label"].nunique()
    say = f"{len(rows)} of the {known}" if len(rows) < known else "Both" if known == 2 else f"All {known}"
    last = days.groupby("label", sort=False)["start"].max()
    shared = days["start"].isin(days.loc[days["label"].map(last) == last.max(), "start"])
    early = last[(last < last.max()) & last.index.isin(days.loc[shared, "label"])]
    found = [Finding(f"{say} articles that name days speak of {top:%A} {top.day} {top:%B %Y}: {', '.join(rows['label'])}.",
                     [pair for pairs in rows["evidence"] for pair in pairs], len(rows))] if known == len(rows) > 1 or max(2, known / 2) < len(rows) else []
    ends = days[[row.start == last[row.label] and (row.label in early or row.start == last.max()) for row in days.itertuples()]]
    if len(early):
        told = "; ".join(f"{label} ends on {day:%A} {day.day} {day:%B}" for label, day in early.items())
        found.append(Finding(f"The articles do not stand at the same point of the story. The latest day any of them names is {last.max():%A} {last.max().day} {last.max():%B %Y}; {told}. "
                             "Numbers that differ may do so because time passed.", [pair for pairs in ends["evidence"] for pair in pairs], len(early)))
    return found
