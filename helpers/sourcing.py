"""Notebook 2: who is heard, on the record or not, on whose word, and in the same words elsewhere."""
import re
from itertools import groupby
from textwrap import shorten

import numpy as np
import pandas as pd

from helpers.evaluate import wilson
from helpers.framing import find_differences, find_quoted_words, find_words, share_units
from helpers.keyness import interval, places_of, stat_shares
from helpers.names import is_thing, one_spelling, told_as
from helpers.show import NO_MATH, Finding, Html, escape, ref
from helpers.stories import number_remarks, telling
from helpers.tables import by_document, labels
from helpers.wording import STOP, align, together, words_of

RECORD = {"named_person": "named person", "named_organisation": "named organisation", "anonymous_official": "unnamed official",
          "media": "media", "unattributed": "nobody named"}
TRIVIAL = STOP - set("no not against all only more most few must can could should if until before after under over off".split())  # these tell
UNQUOTED = dict.fromkeys(map(ord, "“”\"«»"))
THINGS = "documents and data"  # polls, satellite images, signs: they tell something, but nobody speaks
UNNAMED = ["unnamed official", "unnamed people", "nobody named"]


def find_said(tables):
    """The attributed words: columns of find_words and of the outermost attribution; speaker as voice_name has it."""
    said = find_quoted_words(find_words(tables.sentences, tables.attributions), tables.attributions)
    return said.assign(speaker=said["speaker"].map(voice_name).astype(object))


def voice_name(speaker):
    """Whom words are counted for: unnamed sources in one spelling, what is no people as THINGS."""
    return THINGS if is_thing(speaker) else one_spelling(speaker)


def stat_voices(said, *, by="speaker", top=12):
    """Share of all attributed words by speaker (or `by` side, speaker_kind), those beyond the `top` summed: label, words, value (share),
    low, high (95 % percentile bootstrap over sentences: over articles there are too few), note, evidence."""
    rest = said[by].nunique() - top
    names = said[by].where(said[by].isin(counted(said[by]).index[:top]), f"{rest} others, together" if rest > 1 else "1 other")
    sizes, rows = said.groupby(["doc_id", "sentence"]).size(), []
    for name in sorted(counted(names).index, key=lambda name: name not in set(said[by])):
        mine = said[names == name]
        sums = np.column_stack([mine.groupby(["doc_id", "sentence"]).size().reindex(sizes.index).fillna(0), sizes]).astype(float)
        low, high = interval(sums, sums, lambda one, _: one[:, 0] / one[:, 1])
        low, high = (low, high) if low == low else (len(mine) / len(said),) * 2  # too few sentences for an interval
        rows.append((name, len(mine), len(mine) / len(said), low, high, f"{len(mine):,} word{'s' * (len(mine) > 1)}", places_of(mine)))
    return pd.DataFrame(rows, columns=["label", "words", "value", "low", "high", "note", "evidence"])


def say_most(counts, sentence, otherwise):
    """A figure's title: `sentence` with {name}, {n} and {share} of the largest of `counts` ("A and B, each"), or `otherwise` of none."""
    named = counts[[not re.search(rf"^\d+ others?\b|^other speakers$|^{THINGS}$", str(name)) for name in counts.index]] if len(counts) else counts
    named = named.drop("Other", errors="ignore") if len(named) > 1 else named  # no side in particular
    first = [told_as(name) if name.startswith("anonymous: ") else name for name in map(str, named.index[named == named.max()])]
    name = f"{len(first)} of them, each" if len(first) > 3 else together(first) + ", each" * (len(first) > 1)
    if not first:
        return otherwise
    said = sentence.format(name=name, n=int(named.max()), share=named.max() / counts.sum()).replace("each,", "each")
    return said[:1].upper() + said[1:]


def counted(names):
    """How often each value stands, the most frequent first, equal ones in alphabetical order."""
    return names.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")


def most_quoted(tables):
    """doc_id of the article with most attributions, else of the first one."""
    return next(iter(counted(tables.attributions["doc_id"]).index), tables.documents["doc_id"].iloc[0])


def stat_crossed(said, groups, by, *, columns=None):
    """Attributed words of each group by side (or kind, stance): a row a group, the largest column first, or `columns` in their order."""
    rows = [group for group in dict.fromkeys(groups) if (said["doc_id"].map(groups) == group).any()]
    table = pd.crosstab(said["doc_id"].map(groups).to_numpy(), said[by].to_numpy())
    return table.reindex(index=rows, columns=columns or counted(said[by]).index).rename_axis(index="group", columns=None)


def find_leading_voice(said):
    """A finding when one speaker is heard more than the next, by an interval of the difference above 0."""
    named = said[(said["speaker_kind"] != "unattributed") & (said["speaker"] != THINGS)]
    if len(counts := counted(named["speaker"])) < 2:
        return []
    first, second = counts.index[:2]
    marks = said.assign(a=said["speaker"] == first, b=said["speaker"] == second, n=1.0)
    sums = marks.groupby(["doc_id", "sentence"])[["a", "b", "n"]].sum().to_numpy(float)
    low, high = interval(sums, sums, lambda one, _: (one[:, 0] - one[:, 1]) / one[:, 2])
    evidence = places_of(said[said["speaker"] == first])
    if not low > 0 or len(evidence) < 2:
        return []
    n, m, total = counts[first], counts[second], len(said)
    first, second = map(told_as, (first, second))
    text = (f"{first[0].upper() + first[1:]} is heard most: {n:,} of {total:,} attributed words ({n / total:.0%}); next comes {second} with {m:,} "
            f"({m / total:.0%}). The difference is {100 * (n - m) / total:.0f} points [{100 * low:.0f} to {100 * high:.0f}].")
    return [Finding(text, evidence, float(low / max(high - low, 1e-9)))]


def find_side_differences(said, groups):
    """Findings: a group gives a country or organisation of states a larger share of its attributed words than the rest do."""
    units = share_units(said, "side")
    units = units[~units["measure"].isin(["Other", "Media", "none"])]  # Other is no side, and of media the sort of source tells
    return find_differences(stat_shares(units, groups), "{group} gives more of its attributed words to {measure}", groups)


def record_of(attributions):
    """How the source of each attribution is named, as a Series: a person, an organisation, an unnamed official, ..., nobody."""
    speaker = attributions["speaker"].astype(str)
    unlisted = speaker.str.startswith("anonymous: ").map({True: "unnamed people", False: "several named"})
    return attributions["speaker_kind"].map(RECORD).fillna(unlisted).mask(speaker.map(is_thing).astype(bool), THINGS).astype(object)


def stat_record(attributions, groups):
    """How many attributions of each group rest on what sort of source: a row a group, a column a sort, nested ones left out."""
    outer = attributions[attributions["parent"].isna()].assign(record=record_of)
    order = [*RECORD.values()][:2] + ["several named", "media", THINGS, *UNNAMED]
    return stat_crossed(outer, groups, "record", columns=[name for name in order if name in set(outer["record"])])


def stat_unnamed(attributions, groups):
    """Share of each group's outer attributions without a name: group, unnamed, n, share, low, high (Wilson), evidence."""
    outer, rows = attributions[attributions["parent"].isna()], []
    hidden = outer[record_of(outer).isin(UNNAMED)]
    for group in dict.fromkeys(groups):
        mine, n = hidden[hidden["doc_id"].map(groups) == group], int((outer["doc_id"].map(groups) == group).sum())
        figures = (len(mine) / n, *wilson(len(mine), n)) if n else (np.nan, np.nan, np.nan)
        rows.append((group, len(mine), n, *figures, places_of(mine)))
    return pd.DataFrame(rows, columns=["group", "unnamed", "n", "share", "low", "high", "evidence"])


def find_record_differences(attributions, groups):
    """Findings: a group rests a larger share of its attributions on a sort of source than the rest do."""
    outer = attributions[attributions["parent"].isna()].dropna(subset=["sentence"]).assign(record=record_of)[["doc_id", "sentence", "record"]]
    units = outer.merge(pd.DataFrame({"measure": sorted(outer["record"].unique())}, dtype=object), how="cross")
    units = units.assign(y=(units["record"] == units["measure"]).astype(float), n=1.0)
    return find_differences(stat_shares(units, groups), "{group} rests more of what it reports on a source of the sort “{measure}”", groups)


def find_chains(attributions):
    """Who says that who says: doc_id, attribution (the innermost), line (ids, outermost first), speakers, depth, evidence."""
    rows = []
    for doc_id, part in by_document(attributions).items():
        by_id, lines = {row["attribution"]: row for row in part}, {}
        for name, row in by_id.items():
            line = [name]
            while (above := by_id[line[0]]["parent"]) in by_id and above not in line:
                line.insert(0, above)
            if len(line) > 1 and row["speaker"] != by_id[line[-2]]["speaker"]:  # "he hoped" in what he says is no link
                lines[name] = line
        inner = {name for line in lines.values() for name in line[:-1]}
        for name, line in lines.items():
            if name not in inner:
                speakers = [speaker for speaker, _ in groupby(by_id[each]["speaker"] for each in line)]
                evidence = [] if pd.isna(by_id[name]["sentence"]) else [(doc_id, int(by_id[name]["sentence"]))]
                rows.append((doc_id, name, line, speakers, len(speakers), evidence))
    return pd.DataFrame(rows, columns=["doc_id", "attribution", "line", "speakers", "depth", "evidence"])


def show_chains(chains, tables, *, limit=24):
    """Chains drawn as steps, each source beneath the one that reports it, its words at the end; the longest first."""
    rows = {(r["doc_id"], r["attribution"]): r for r in tables.attributions.to_dict("records")}
    texts, named, drawn = tables.documents.set_index("doc_id")["text"], labels(tables.documents), []
    for chain in chains.sort_values("depth", ascending=False, kind="stable").head(limit).itertuples():
        steps = [rows[chain.doc_id, name] for name in chain.line]
        words = " … ".join(texts[chain.doc_id][s:e] for s, e in steps[-1]["content"])
        cues = [texts[chain.doc_id][int(r["cue_start"]):int(r["cue_end"])] if pd.notna(r["cue_start"]) else "" for r in steps]
        lines = [f"<strong>{escape(r['speaker'])}</strong> <em>{escape(cue)}</em>" for r, cue in zip(steps, cues)]
        link = ref(*chain.evidence[0], named[chain.doc_id]) if chain.evidence else escape(named[chain.doc_id])
        lines = "".join(f'<div style="margin-left:{1.6 * depth:.1f}em">{"↳ " if depth else ""}{line}</div>'
                        for depth, line in enumerate([*lines, f"<bdi>{escape(shorten(words, 240))}</bdi> ({link})"]))
        drawn.append(f'<li style="margin:.6em 0">{lines}</li>')
    note = f"<p>{len(chains) - limit} more are in the table.</p>" if len(chains) > limit else ""
    listed = f"""<ul style="list-style:none;padding-left:0">{''.join(drawn)}</ul>{note}"""
    body = listed if drawn else "<p>No source reports another one here.</p>"
    return Html(f'<div class="chains {NO_MATH}">{body}</div>', f"{len(chains)} chains")


def find_second_hand(attributions, groups):
    """Findings: a group tells a larger share of its attributions at second hand (in another source's words) than the rest do."""
    placed = attributions.dropna(subset=["sentence"])
    inner = set(find_chains(attributions)[["doc_id", "attribution"]].itertuples(index=False, name=None))
    y = [float(pair in inner) for pair in zip(placed["doc_id"], placed["attribution"])]
    return find_differences(stat_shares(placed[["doc_id", "sentence"]].assign(measure="second hand", y=y, n=1.0), groups),
                            "{group} tells more at {measure}", groups)


def find_utterances(tables):
    """Utterances in two articles: remark (its number: what overlaps is one), speaker (two where the articles name two), left, left_words,
    right, right_words, similarity, differs, evidence (of both)."""
    texts, named = tables.documents.set_index("doc_id")["text"], labels(tables.documents)
    read, said, rows = by_document(tables.sentences), by_document(tables.attributions), []
    for r in number_remarks(tables.reuse).itertuples():
        ends = [(r.left_doc_id, int(r.left_start), int(r.left_end)), (r.right_doc_id, int(r.right_start), int(r.right_end))]
        held = [[row for _, _, row in sorted((e - s, i, row) for i, row in enumerate(said.get(doc, [])) for s, e in row["content"] if s <= start < e)]
                for doc, start, end in ends]  # the attributions around, the innermost first
        ends = [(doc, _headed(texts[doc], rows[0], start) if rows else start, end) for (doc, start, end), rows in zip(ends, held)]
        ends = [_widened(texts[doc], doc, start, end, texts[other][first:last]) for (doc, start, end), (other, first, last) in zip(ends, ends[::-1])]
        words = [texts[doc][start:end] for doc, start, end in ends]
        pieces = align(*words)  # what the other one lacks or words differently is marked in each
        marked = [Html(" ".join(escape(p[side]) if p[2] else f"<mark>{escape(p[side])}</mark>" for p in pieces if p[side]), words[side]) for side in (0, 1)]
        places = [(doc, int(row["sentence"])) for doc, start, _ in ends for row in read.get(doc, []) if row["start"] <= start < row["end"]]
        speakers = [[row["speaker"] for row in rows] for rows in held]
        both = [name for name in speakers[0] if name in speakers[1]]  # in a chain whoever both name, else the innermost of each
        differs = [f"{a or '∅'} / {b or '∅'}" for a, b in r.differences]
        rows.append((r.remark, " / ".join(dict.fromkeys(both[:1] or [name for names in speakers for name in names[:1]])) or None, named[r.left_doc_id], marked[0], named[r.right_doc_id],
                     marked[1], r.similarity, differs, places))
    return pd.DataFrame(rows, columns=["remark", "speaker", "left", "left_words", "right", "right_words", "similarity", "differs", "evidence"])


def _headed(text, row, start):
    """Where an utterance begins with its cue, if that stands right before it and tells more than that it was said: "denied that ..."."""
    told = row["stance"] in ("emotive", "doubting", "directive", "commissive") and pd.notna(row["cue_end"])
    return int(row["cue_start"]) if told and row["cue_end"] <= start and not text[int(row["cue_end"]):start].strip() else start


def _widened(text, doc, start, end, other):
    """(doc, start, end) of an utterance with all that the other article has of it, where that stands around it here, too."""
    room = max(0, len(other) - (end - start))
    whole = re.compile(re.escape(other), re.I).search(text, max(0, start - room), end + room) if room else None
    return (doc, *whole.span()) if whole and whole.start() <= start and end <= whole.end() else (doc, start, end)


def find_echoes(utterances):
    """Findings: a remark (more than names or a word) that articles share, whose it is, the words in which they differ; the less alike first."""
    rows, found = [row for row in utterances.itertuples() if len(set(row.evidence)) > 1 and row.left != row.right
                   and telling(row.left_words.text, row.right_words.text) > 1], {}
    for row in sorted(rows, key=lambda row: -len(row.left_words.text)):
        found.setdefault(row.remark, []).append(row)
    return sorted(map(_echo, found.values()), key=lambda finding: -finding.score)


def _differs(row):
    """The words in which two utterances differ, in words; none where only the sense's small change, a hyphen or the edge of the quotation differs."""
    texts, found = [" ".join(words_of(words.text)[0]) for words in (row.left_words, row.right_words)], []
    for sides in (pair.split(" / ") for pair in row.differs):
        words = {word for side in sides for word in words_of(side)[0]}
        edge = any(text.startswith(said) or text.endswith(said) for text, side in zip(texts, sides) if (said := " ".join(words_of(side)[0])))
        if not (words <= TRIVIAL or words <= STOP and edge or len({re.sub(r"\W", "", side).casefold() for side in sides}) == 1):
            found.append(f"“{sides[sides[0] == '∅']}” in one only" if "∅" in sides else f"“{sides[0]}” / “{sides[1]}”")
    return found


def _echo(rows):
    """The finding of one remark's rows: each article with its wording and its source, once where they are alike."""
    words, whose = {}, {}
    for row in rows:
        speakers = [told_as(name) for name in (row.speaker if isinstance(row.speaker, str) else "anonymous: source without a name").split(" / ")]
        for name, said, speaker in ((row.left, row.left_words, speakers[0]), (row.right, row.right_words, speakers[-1])):
            words.setdefault(name, re.sub(r"^that ", "", said.text))  # the longest wording of each
            whose.setdefault(name, speaker)
    differs = list(dict.fromkeys(pair for row in rows for pair in _differs(row)))
    alike = not differs and len({" ".join(words_of(text)[0]) for text in words.values()}) == 1
    quotes = {name: f"“{shorten(words[name].translate(UNQUOTED), 90, placeholder=' …')}”" for name in list(words)[:6]}
    told = together([name if alike else f"{name} ({quote})" for name, quote in quotes.items()]) + f" and {len(words) - 6} others" * (len(words) > 6)
    source = f"from {whose[rows[0].left]}" if len(set(whose.values())) == 1 else ", ".join(f"{name} from {whose[name]}" for name in quotes)
    text = f"{told} {'both' if len(words) == 2 else 'all'} have {quotes[rows[0].left] if alike else 'it'}{',' * (source[:5] != 'from ')} {source}"
    how = f"the words differ: {', '.join(differs[:4])}" if differs else "the words are the same" if alike else "what they share is (nearly) the same"
    return Finding(f"{text}; {how}.", list(dict.fromkeys(place for row in rows for place in row.evidence)), 1 - min(row.similarity for row in rows))
