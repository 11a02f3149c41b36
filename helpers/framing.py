"""How a newsroom tells it: whose words are counted, naming choices, frames, sourcing, what is left out, and what stands on top.

Everything inside an attribution's content is `quoted`, direct or indirect: nobody is charged with what they only report. All else is `own`.
To charge paraphrase to the newsroom instead, hand any function here only `attributions[attributions["type"] == "direct"]`.
"""
import json
import re
from collections import Counter
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from helpers.compare import line_of
from helpers.keyness import MIN_WORDS, places_of
from helpers.names import DATA, DEFINITE, told_as
from helpers.show import Finding
from helpers.stories import SUMMED, find_remarks, part_stories, tell_same
from helpers.tables import by_document, empty, from_columns, labels
from helpers.text import load_rows
from helpers.wording import STOP, together, words_of

WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*")


def find_voice(spans, attributions):
    """For each row of `spans` (doc_id, start) "quoted" if it starts inside any attribution's content, else "own"; as a list."""
    contents = {doc: [span for content in rows for span in content] for doc, rows in attributions.groupby("doc_id")["content"]}
    return np.where(starts_inside(spans, contents), "quoted", "own").tolist()


def starts_inside(rows, spans):
    """Boolean for each of `rows` (doc_id, start): does it start inside one of its document's `spans` (doc_id -> [(start, end), ...])?"""
    inside = np.zeros(len(rows), dtype=bool)
    for doc, places in rows.groupby("doc_id", sort=False).indices.items():
        inside[places] = is_inside(rows["start"].to_numpy()[places].astype("int64"), spans.get(doc, []))
    return inside


def is_inside(starts, spans):
    """Boolean for each of `starts`: does it lie in one of `spans` (start, end), which may overlap: have more begun than ended before it?"""
    begun, ended = np.sort(np.array(spans, dtype="int64").reshape(-1, 2), axis=0).T
    return np.searchsorted(begun, starts, side="right") > np.searchsorted(ended, starts, side="right")


def find_words(sentences, attributions, reuse=None):
    """One row a word of journalistic text: doc_id, sentence, start, end, form (as printed), word (lower case, without 's), shouted (a
    sentence in capitals), voice, shared: None, or "first" / "copy" in a passage that two articles share (`reuse` of kind passage; the left
    one is the first). Hyphens part words, so that build-up and anti-ISIL give up their parts."""
    words = pd.DataFrame(columns := _words(sentences), dtype=None if columns["word"] else object)
    shared, passages = np.full(len(words), None, dtype=object), [] if reuse is None else reuse[reuse["kind"] == "passage"]
    for side, mark in (("left", "first"), ("right", "copy")) if len(passages) else ():  # a copy of a copy stays a copy
        spans = {doc: list(zip(rows[f"{side}_start"], rows[f"{side}_end"])) for doc, rows in passages.groupby(f"{side}_doc_id")}
        shared[starts_inside(words, spans)] = mark
    return words.assign(voice=find_voice(words, attributions), shared=None if reuse is None else shared)


def _words(sentences):
    """The columns of find_words that need no other table, as lists."""
    words = {name: [] for name in ("doc_id", "sentence", "start", "end", "form", "word", "shouted")}
    for doc, number, offset, text in zip(*(sentences[column].tolist() for column in ("doc_id", "sentence", "start", "text"))):
        spans, capitals = [found.span() for found in WORD.finditer(text)], text.isupper()
        forms = [text[start:end] for start, end in spans]
        for column, values in zip(words.values(), ([doc] * len(spans), [number] * len(spans), [offset + start for start, _ in spans], [
                offset + end for _, end in spans], forms, [_plain(form, capitals) for form in forms], [capitals] * len(spans))):
            column += values
    return words


@lru_cache(maxsize=100_000)
def _plain(form, capitals):
    """A word as it is counted; US and UK keep apart from the pronoun, unless the whole sentence is in capitals."""
    if form in ("US", "UK") and not capitals:
        return f"{form[0]}.{form[1]}.".lower()
    word = form.lower().replace("’", "'")
    return word[:-2] if word.endswith("'s") else word


@cache
def load_terms(name):
    """A dictionary of helpers/data (frames or naming) as {first element: [(elements, frame or set, row)]}. Terms are parted by ";", in lower
    case; a word may end in * (any ending), be _ (any word), or begin with = (exactly so, never in a headline in capitals). A term of the
    column `unless` cancels every term of its frame or set that it covers."""
    index, key = {}, {"frames": "frame", "naming": "set"}[name]
    for row in load_rows(name):
        for column in ("terms", "unless"):
            for term in filter(None, (term.strip() for term in row[column].split(";"))):
                elements = term.split()
                index.setdefault(elements[0], []).append((elements, row[key], None if column == "unless" else row))
    return index


def find_in_dictionary(words, name):
    """Every term of a dictionary in words (lists by column): (position of the first word, number of words, frame or set, row). Of terms of one
    frame or set that overlap the longest stands. Linear: a word is looked up by itself and by its beginnings."""
    index, found = load_terms(name), []
    places, forms = (list(zip(*(words[column] for column in columns))) for columns in (("doc_id", "sentence"), ("word", "form", "shouted")))
    keys = {form: _keys(*form) for form in set(forms)}
    begun = {form: [term for key in keys[form] & index.keys() for term in index[key]] for form in keys}
    for i, terms in enumerate(map(begun.get, forms)):
        for elements, group, row in terms:
            end = i + len(elements)
            if places[end - 1:end] == places[i:i + 1] and all(element in keys[form] for element, form in zip(elements, forms[i:end])):
                found.append((i, len(elements), group, row))
    return _longest(found)


def _keys(word, form, shouted):
    """What a word can be looked up by: itself, any beginning with *, any word, its exact form."""
    beginnings = {word[:k] + "*" for k in range(2, min(len(word), 30) + 1)}
    return frozenset({word, "_"} | beginnings | (set() if shouted else {"=" + form}))


def _longest(found):
    """Without what lies in, or overlaps, a longer or earlier match of its own frame or set, and without what is cancelled."""
    kept, taken = [], set()
    order = sorted(found, key=lambda match: (-match[1], match[0], match[2], match[3] is not None, (match[3] or {}).get("choice", "")))
    for i, length, group, row in order:  # the same whatever order the terms were found in
        if not (places := {(group, i + k) for k in range(length)}) & taken:
            taken |= places
            if row is not None:
                kept.append((i, length, group, row))
    return sorted(kept, key=lambda match: (match[0], match[2]))


def find_frames(documents, sentences, attributions):
    """Frames, one row a trigger: doc_id, sentence, frame, start, end, voice (own, or quoted where it stands in a source's content). Generic
    frames after Semetko & Valkenburg 2000, topical ones as data/frames.csv explains; how far each is to be trusted is in
    data/framing_card.json. `documents` is not read: the sentences carry their text."""
    words = _words(sentences)
    found = find_in_dictionary(words, "frames")
    columns = {column: [words[column][i] for i, *_ in found] for column in ("doc_id", "sentence", "start")}
    columns |= {"frame": [frame for *_, frame, _ in found], "end": [words["end"][i + n - 1] for i, n, *_ in found]}
    return from_columns("frames", columns | {"voice": find_voice(pd.DataFrame(columns), attributions)}, len(found))


def frame_units(frames, words, *, voice="own"):
    """For stat_shares: of the sentences with words in this voice, which hold each frame (y 1 or 0 of n 1; measure: the frame)."""
    spoken = words.loc[words["voice"] == voice, ["doc_id", "sentence"]].drop_duplicates()
    hits = frames.loc[frames["voice"] == voice, ["doc_id", "sentence", "frame"]].drop_duplicates().assign(y=1.0)
    names = pd.DataFrame({"frame": list(dict.fromkeys(row["frame"] for row in load_rows("frames")))})
    units = spoken.merge(names, how="cross").merge(hits, how="left", on=["doc_id", "sentence", "frame"])
    return units.rename(columns={"frame": "measure"}).assign(y=units["y"].fillna(0.0), n=1.0)


def find_naming(words):
    """What each article calls the same thing, by data/naming.csv: doc_id, sentence, start, end, set, choice, voice, shared."""
    at = [(i, i + length - 1, name, row["choice"]) for i, length, name, row in find_in_dictionary(words.to_dict("list"), "naming")]
    first = words.iloc[[i for i, *_ in at]].reset_index(drop=True)[["doc_id", "sentence", "start", "voice", "shared"]]
    return first.assign(end=words["end"].to_numpy()[[last for _, last, *_ in at]], set=[name for *_, name, _ in at],
                        choice=[choice for *_, choice in at]).astype({"set": object, "choice": object})


def share_units(rows, measure, *, within=None):
    """For stat_shares: of a sentence's rows (words for one thing: `within` their set; or all its quoted words), how many have
    each value of the column `measure`. The measure is named "set: choice" where a set is given."""
    rows = rows.dropna(subset=["stance"]) if measure == "stance" else rows
    value, sets = rows[measure].fillna("none").astype(object), "" if within is None else rows[within].astype(object)
    rows = rows.assign(measure=value if within is None else sets + ": " + value, within=sets)
    n = rows.groupby(["doc_id", "sentence", "within"]).size().rename("n").astype(float).reset_index()
    y = rows.groupby(["doc_id", "sentence", "within", "measure"]).size().rename("y").astype(float).reset_index()
    return n.merge(y[["within", "measure"]].drop_duplicates(), on="within").merge(y, how="left").fillna({"y": 0.0})


def find_quoted_words(words, attributions):
    """The quoted words with the outermost attribution that holds each (whom the newsroom itself cites): words' columns and
    attribution, speaker, speaker_kind, side, stance. A chain (officials said that Shoigu told ...) counts for its first link."""
    outer, held = attributions[attributions["parent"].isna()], np.full(len(words), -1)
    starts = {doc: part.astype("int64") for doc, part in words.groupby("doc_id")["start"]}
    places = words.groupby("doc_id").indices
    for i, (doc, content) in enumerate(zip(outer["doc_id"], outer["content"])):
        for span in content if doc in places else ():
            held[places[doc][slice(*np.searchsorted(starts[doc], span))]] = i
    outer = outer.assign(stance=outer["stance"].where(outer["cue_lemma"].notna(), None))  # a colon grades nobody
    said = outer[["attribution", "speaker", "speaker_kind", "side", "stance"]].iloc[held[held >= 0]].reset_index(drop=True)
    return pd.concat([words[held >= 0].reset_index(drop=True), said], axis=1)


def stat_order(quoted, sentences):
    """Who opens, who closes and how early each side is heard: doc_id, side, words, first, last (share of the article's sentences
    passed, 0 to 1), opens, closes (the first and the last side heard), evidence (its first sentence)."""
    table = quoted.groupby(["doc_id", "side"], sort=False).agg(words=("sentence", "size"), first=("sentence", "min"), last=("sentence", "max"),
                                                               start=("start", "min"), end=("end", "max")).reset_index()
    length, spans = table["doc_id"].map(sentences.groupby("doc_id").size()), table.groupby("doc_id")[["start", "end"]]
    return table.drop(columns=["start", "end"]).assign(
        first=table["first"] / length, last=(table["last"] + 1) / length,
        evidence=[[(doc, int(first))] for doc, first in zip(table["doc_id"], table["first"])],
        opens=table["start"] == spans.transform("min")["start"], closes=table["end"] == spans.transform("max")["end"])


def find_omissions(documents, sentences, claims, reuse, groups, *, events=None, mentions=None):
    """Facts that two or more groups carry and others of the same story (tell_same) don't: story, kind (claim, event, utterance), fact,
    carried_by, not_found_in, evidence; the most widely told first. Searched: claims and `events` (find_events) of one `group`, utterances
    that `reuse` aligns, a sentence with the fact's words and, for claims, `mentions`; other words may escape all. Several small groups are nobody."""
    near, rows, story = tell_same(documents, sentences), [], dict(zip(documents["doc_id"], documents["story"].fillna("")))
    groups = dict(groups)  # twenty times as fast to look up
    small = {doc for doc, name in groups.items() if SUMMED.fullmatch(name)}
    held, seen = by_document(claims), by_document(empty("mentions") if mentions is None else mentions)
    lines = dict(list(sentences.groupby("doc_id")["text"]))
    read = cache(lambda doc: [set(words_of(text)[0]) for text in lines.get(doc, ())])
    facts = [(kind, name, list(zip(part["doc_id"], part["sentence"]))) for kind, table in (("claim", claims), ("event", claims.head(0) if events is None else events))
             for name, part in table.dropna(subset=["group"]).groupby("group") if not name.rpartition(": ")[0].endswith("unknown")]  # of somebody known
    for kind, fact, places in [*facts, *find_remarks(documents, sentences, reuse)]:
        told = sorted({(doc, int(n)) for doc, n in places if pd.notna(n) and doc in near})
        for docs in part_stories({doc for doc, _ in told}, near):
            counts = Counter(other for doc in docs[:12] for other in near[doc])
            about = {doc for doc, n in counts.items() if 2 * n >= len(docs[:12])} - small
            if len(have := sorted({groups[doc] for doc in docs if doc in about})) > 1:
                categories = {row["category"] for doc in docs for row in held.get(doc, ()) if row["group"] == fact}
                escaped = {groups[doc] for doc in about if groups[doc] not in have and (
                    _says(kind, fact, read(doc)) or kind == "claim" and _alike(fact, [*held.get(doc, ()), *seen.get(doc, ())], categories))}
                missing = sorted({groups[doc] for doc in about} - escaped - set(have))
                shown = [(doc, n) for doc, n in told if doc in about and groups[doc] in have]
                rows += [(story[docs[0]], kind, fact, have, missing, shown)] * bool(missing)
    rows.sort(key=lambda row: -len(row[3]))
    return pd.DataFrame(rows, columns=["story", "kind", "fact", "carried_by", "not_found_in", "evidence"])


def _says(kind, fact, lines):
    """Whether one of the lines (sets of words) holds the words of a fact: all, or most of an utterance's; then it may be told there after all."""
    words, _ = words_of(fact if kind != "claim" else fact.rpartition(": ")[2].split(",")[0])
    forms = [{word, *words_of(f"{word}s")[0]} for word in set(words) - STOP]
    return any(sum(not line.isdisjoint(either) for either in forms) >= (0.75 if kind == "utterance" else 1) * len(forms) for line in lines)


def _alike(fact, rows, categories):
    """Whether one of an article's claims or mentions may be a fact in other words: a thing of one of the `categories` or of its kind (and of its
    status, where the fact has one, which no mention has), of the same operator or of nobody known."""
    owner, _, thing = fact.rpartition(": ")
    thing, _, status = thing.partition(", ")
    other = {"killed": ", bodies", "bodies": ", killed"}.get(status, "\0")  # the dead are told of, too, where their bodies are
    return any(row["operator"] in (owner.rpartition(": ")[2], "unknown", None) and (status in ("", row.get("status")) or row.get("group", "").endswith(other))
               and (row["category"] in categories or thing in line_of(row["canonical"] or "", row["category"])) for row in rows)


def stat_front(documents, blocks, sentences):
    """What stands on top and at the end: label, headline, lead (the first sentence of the body), captions, close, evidence."""
    read, rows = by_document(sentences.merge(blocks[["doc_id", "block", "kind"]], on=["doc_id", "block"])), []
    for doc, name in labels(documents).items():
        said = {kind: [(" ".join(row["text"].split()), (doc, int(row["sentence"]))) for row in read.get(doc, []) if row["kind"] == kind]
                for kind in ("headline", "standfirst", "caption", "body")}
        head, stand, captions = (" / ".join(text for text, _ in said[kind]) or None for kind in ("headline", "standfirst", "caption"))
        (lead, first), (close, last) = (said["body"][0], said["body"][-1]) if said["body"] else ((None, None), (None, None))
        rows.append((name, head, stand, lead, captions, close, list(dict.fromkeys(filter(None, (first, last))))))
    return pd.DataFrame(rows, columns=["label", "headline", "standfirst", "lead", "captions", "close", "evidence"])


def stat_words(words, groups, *, enough=MIN_WORDS):
    """Words to compare: group, own, quoted, shared (with another article), and whether both voices have `enough` words to tell anything."""
    size = pd.crosstab(words["doc_id"].map(groups), words["voice"]).reindex(columns=["own", "quoted"], fill_value=0)
    size["shared"] = words["shared"].notna().groupby(words["doc_id"].map(groups)).sum()
    return size.assign(enough=(size[["own", "quoted"]] >= enough).all(axis=1)).rename_axis("group").reset_index()


def find_gaps(omissions, *, most=3):
    """Findings of find_omissions: what more groups carry than lack, for each group that lacks it the `most` widely told; what the same
    groups tell and lack is one finding. An utterance of two is left to notebook 2. The table has all the others."""
    rows = [row for row in omissions.itertuples() if len(row.evidence) > 1 and len(row.carried_by) > (len(row.not_found_in), 2)[row.kind == "utterance"]]
    shown, told = Counter(), {}
    for row in rows:
        key = tuple(row.not_found_in), tuple(row.carried_by)
        if key in told or min(shown[name] for name in row.not_found_in) < most:
            shown.update(row.not_found_in if key not in told else ())
            told.setdefault(key, []).append(row)
    found = [Finding(f"Not found in {together(missing)}: {together([_told(row.kind, row.fact) for row in part[:most]])}, told by {together(have)}.",
                     list(dict.fromkeys(place for row in part[:most] for place in row.evidence)), len(have)) for (missing, have), part in told.items()]
    return found


def _told(kind, fact):
    """A fact as a phrase: “helicopter” as Russia’s; the event “Russia starts a contact”; the utterance “...”."""
    if kind == "claim":
        operator, _, thing = fact.partition(": ")
        return f"“{thing}” as {told_as(operator)}’{'s' * (operator[-1:] != 's')}"
    fact = re.sub(r"(?<= / )\w*[^s\W](?= / )", lambda verb: verb[0] + "es" if verb[0][-2:] in ("ch", "sh") else verb[0] + "s", fact)
    return f"the {kind} “{fact.replace(' / ', ' ').translate({0x201c: '‘', 0x201d: '’'})}”"


def tell_matrix(omissions, groups, *, most=12):
    """For plot_matrix: the `most` widest facts by group, in how many sentences each group tells them."""
    rows = {row.fact: Counter(groups[doc] for doc, _ in row.evidence) for row in omissions.head(most).itertuples()}
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=list(dict.fromkeys(groups))).astype(float)


def tally(rows, groups, *, by):
    """Rows counted by group, the columns `by` and voice, with their sentences: group, ..., voice, n, evidence."""
    keys = ["group", *by, "voice"]
    parts = rows.assign(group=rows["doc_id"].map(groups)).groupby(keys)
    table = pd.DataFrame([(*key, len(part), places_of(part)) for key, part in parts], columns=[*keys, "n", "evidence"])
    return table.sort_values("n", ascending=False, kind="stable").reset_index(drop=True)


def with_text(rows, documents):
    """Rows with the words of their span as the column `words`."""
    texts = dict(zip(documents["doc_id"], documents["text"]))
    return rows.assign(words=[texts[doc][start:end].lower() for doc, start, end in zip(rows["doc_id"], rows["start"], rows["end"])])


def group_by(documents, column="outlet", *, most=8):
    """doc_id -> group: a documents column (where empty: the article's label); beyond the `most` with most words, "N others". Its attrs hold
    under `apart` the groups that don't tell what the others tell (find_apart)."""
    names = documents[column].fillna(pd.Series(labels(documents).to_numpy(), index=documents.index)).astype(str)
    size = pd.to_numeric(documents["n_words"]).fillna(0).groupby(names.to_numpy()).sum().sort_values(ascending=False, kind="stable")
    groups = names.where(names.isin(size.index[:most]), f"{len(size) - most} others").to_list()
    groups = pd.Series(groups, index=documents["doc_id"].to_list(), dtype=object)
    groups.attrs["apart"] = find_apart(groups, tell_same(documents, documents.dropna(subset=["text"])))
    return groups


def find_apart(groups, near):
    """The groups of which, or of the rest against which, most articles tell no story that the other side tells, too (`near`: tell_same)."""
    names = dict(groups)
    parts, size = [Counter(names[doc] for doc in part) for part in part_stories(names, near)], Counter(names.values())
    return [name for name in size if 2 * sum(part[name] for part in parts if len(part) == 1) >= size[name]
            or 2 * sum(part.total() for part in parts if not part[name]) >= max(1, len(names) - size[name])]


def headline(findings, otherwise):
    """A figure's title: the strongest finding up to its figures, else `otherwise` and that nothing differs."""
    from helpers.figures import NO_DIFFERENCE  # here, so that frames are found without matplotlib
    best = max(findings, key=lambda finding: finding.score, default=None)
    return best.text.split(":")[0].rstrip(".") if best else otherwise + NO_DIFFERENCE


def find_differences(shares, sentence, groups=None):
    """Findings of a stat_shares table: where a group's share holds and is above the rest's. `sentence` is a template of {group},
    {measure} and, of a "set: choice", {set} and {choice}; figures and interval are added, and, if `groups` (group_by) are given, that the subject may
    be why where these don't tell one story."""
    found, summed = [], shares["group"].astype(str).str.fullmatch(SUMMED.pattern)
    for row in shares[shares["holds"].astype(bool) & (shares["difference"] > 0) & ~summed].itertuples():
        thing, _, choice = row.measure.replace("_", " ").partition(": ")
        measure = f"the {row.measure}" if not choice and DEFINITE.search(row.measure) else row.measure
        said = sentence.format(group=row.group, measure=measure, set=thing, choice=choice)
        figures = (f"{row.share:.0%} ({row.y:.0f} of {row.n:.0f}) against {row.others_share:.0%} (of {row.others_n:.0f}) in the rest; "
                   f"difference {100 * row.difference:.0f} points [{100 * row.low:.0f} to {100 * row.high:.0f}]")
        other = " The articles compared do not tell one story, so this may mark the subject." if row.group in getattr(groups, "attrs", {}).get("apart", ()) else ""
        found.append(Finding(f"{said}: {figures}.{other}", row.evidence, row.difference / max(1e-9, row.high - row.low)))
    return found


def count_choices(rows, groups, *, panel="set", choice="choice", most=6):
    """For plot_choices: panel, group, choice, voice, n, of the `most` panels with the most groups and at least two choices."""
    counts = rows.rename(columns={panel: "panel", choice: "choice"}).assign(group=rows["doc_id"].map(groups))
    counts = counts.groupby(["panel", "group", "choice", "voice"]).size().rename("n").reset_index()
    size = counts.groupby("panel").agg(choices=("choice", "nunique"), groups=("group", "nunique"), n=("n", "sum"))
    kept = size.query("choices > 1").sort_values(["groups", "n"], ascending=False, kind="stable").index[:most]
    rank = {name: i for i, name in enumerate([*kept, *dict.fromkeys(groups)])}
    return counts[counts["panel"].isin(kept)].sort_values(["panel", "group"], key=lambda names: names.map(rank), kind="stable")


def frame_shares(frames, words, groups, *, voice):
    """Share of sentences with each frame in one voice: a row a frame, a column a group."""
    units = frame_units(frames, words, voice=voice)
    table = units.assign(group=units["doc_id"].map(groups)).pivot_table(index="measure", columns="group", values="y", sort=False)
    return table.reindex(index=list(dict.fromkeys(row["frame"] for row in load_rows("frames"))), columns=list(dict.fromkeys(groups)))


def count_parts(agency, groups, *, part, most=7):
    """How often each of the `most` present sides acts or is acted upon: a row a side, a column a group."""
    top = agency["side"].value_counts().index[:most]
    mine = agency[(agency["part"] == part) & agency["side"].isin(top)]
    table = pd.crosstab(mine["side"], mine["doc_id"].map(groups))
    return table.reindex(index=top, columns=list(dict.fromkeys(groups)), fill_value=0)


@cache
def load_card():
    """What is known of how far frames and the contact rule can be trusted (made by helpers/training/framing.py): a dict."""
    return json.loads((DATA / "framing_card.json").read_text(encoding="utf-8"))


def unsure_frames():
    """Frames that the validation does not bear out, or that it could not test."""
    return [row["frame"] for row in load_card()["frames"] if row["verdict"] != "holds"]
