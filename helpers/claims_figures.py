"""Notebook 3: who names which weapons, how many, on whose word, and where the claims of a story meet or clash."""
import re
from textwrap import shorten

import numpy as np
import pandas as pd

from helpers import compare
from helpers.figures import outlet_colors, plot_dots, plot_matrix, plot_timeline
from helpers.keyness import places_of
from helpers.names import is_thing, told_as
from helpers.show import Finding
from helpers.stories import tell_same
from helpers.tables import by_document, labels

HEADS = ("told in ways that exclude each other", "told differently", "told more exactly by some", "told alike")  # as RELATIONS


def list_claims(tables):
    """The claims, the weightiest relation first, with outlet, count, voice, word (on whose word), day (2015-09-18/24: one of these), evidence."""
    kinds, rows = dict(zip(tables.attributions["speaker"], tables.attributions["speaker_kind"])), tables.claims
    extra = {"outlet": list(rows["doc_id"].map(labels(tables.documents))), "count": [compare.amount(row) for row in rows.to_dict("records")],
             "voice": [voice_of(s, kinds) for s in rows["speakers"]], "word": [word_of(s) for s in rows["speakers"]],
             "day": [day[:10] + "/" + day[-2:] if len(day) > 10 and day[:7] == day[11:18] else day for day in rows["as_of"].fillna("")],
             "evidence": [[(d, int(s))] for d, s in zip(rows["doc_id"], rows["sentence"])]}
    rows = rows.assign(**{name: pd.Series(values, index=rows.index, dtype=object) for name, values in extra.items()})
    return rows.iloc[rows["relation"].map(compare.RELATIONS.index).argsort(kind="stable")]


def voice_of(speakers, kinds):
    """On whose word a claim rests, by its outermost speaker: own voice, anonymous, documents, on record, media or unattributed."""
    if not len(speakers) or is_thing(speakers[0]):
        return "documents" if len(speakers) else "own voice"
    unnamed = speakers[0].startswith("anonymous: ") or kinds.get(speakers[0]) == "anonymous_official"
    return "anonymous" if unnamed else {"media": "media", "unattributed": "unattributed"}.get(kinds.get(speakers[0]), "on record")


def word_of(speakers):
    """On whose word, in words: `on the word of unnamed U.S. officials, citing Russia`."""
    named = list(dict.fromkeys(told_as(speaker) for speaker in speakers if speaker != "unattributed"))
    lead = "according to " if len(speakers) and is_thing(speakers[0]) else "on the word of "  # documents give no word
    return lead + ", citing ".join(named) if named else "unattributed" if len(speakers) else "in its own voice"


def list_systems(tables):
    """Every system: class, reporting name, origin, operators, outlets that name it, number of mentions, evidence."""
    outlets = tables.documents.set_index("doc_id")["outlet"].fillna(labels(tables.documents))
    rows = tables.mentions[tables.mentions["kind"] == "system"].assign(outlet=lambda m: m["doc_id"].map(outlets))
    rows, columns = rows.rename(columns={"category": "class"}), ["class", "reporting_name", "made_in", "operator", "outlet"]
    found = [{"system": name, **{column: shorten(", ".join(part[column].dropna().unique()), 240, placeholder=" …") for column in columns}, "mentions": len(part),
              "evidence": places_of(part, None)} for name, part in rows.groupby("canonical")]
    table = pd.DataFrame(found, columns=["system", *columns, "mentions", "evidence"])
    return table.sort_values(["class", "system"], ignore_index=True)


def find_keyword(tables, words, *, sort="right", width=60):
    """Keyword in context, like NLTK's concordance but within the sentence: each mention that is, or is a kind of, `words`, else each place where
    they stand; `speaker`: in whose content. `sort`: right (by what follows), left (by what precedes, the nearest word first), outlet or speaker."""
    names, sentences = labels(tables.documents), {(r["doc_id"], r["sentence"]): r for r in tables.sentences.to_dict("records")}
    told = tables.mentions.dropna(subset="sentence").to_dict("records")
    hits = [(m["doc_id"], m["sentence"], m["start"], m["end"]) for m in told
            if words in (*compare.line_of(m["canonical"], m["category"]), m["category"], m["kind"])]
    hits = hits or [(*key, r["start"] + m.start(), r["start"] + m.end()) for key, r in sentences.items()
                    for m in re.finditer(rf"(?<!\w){re.escape(words)}s?(?!\w)", r["text"], re.I)]
    said, rows = by_document(tables.attributions[["doc_id", "content", "speaker"]]), []
    for doc_id, number, *span in hits:
        around = [(e - s, row["speaker"]) for row in said.get(doc_id, []) for s, e in row["content"] if s <= span[0] and span[1] <= e]
        text, (start, end) = sentences[doc_id, number]["text"], (at - sentences[doc_id, number]["start"] for at in span)
        left, right = (shorten(side, width, placeholder=" …", break_on_hyphens=False) for side in (
            text[max(0, start - 5 * width):start][::-1], text[end:end + 5 * width]))  # whole words; the left side is cut from its beginning
        rows.append({"outlet": names[doc_id], "left": left[::-1], "keyword": text[start:end], "right": right,
                     "speaker": min(around, default=(0, "own voice"))[1], "evidence": [(doc_id, int(number))]})
    rows.sort(key=lambda row: re.findall(r"\w+", row[sort].lower())[::-1 if sort == "left" else 1])
    return pd.DataFrame(rows, columns=["outlet", "left", "keyword", "right", "speaker", "evidence"])


def find_type_namers(tables):
    """Who alone in a story names two or more types of weapons, and on whose word: a finding an article; what is counted is told so only."""
    near, rows = tell_same(tables.documents, tables.sentences), tables.mentions.merge(tables.documents[["doc_id", "story"]])
    rows = rows[rows["specific"].fillna(False).astype(bool) & (rows["kind"] == "system") & (rows["doc_id"].map(near).map(len) > 1)]
    alone = rows[rows.groupby(["story", "canonical"], dropna=False)["doc_id"].transform("nunique") == 1]
    told, names, found = list_claims(tables), labels(tables.documents), []
    for doc_id, part in alone.groupby("doc_id", sort=False):
        claims = told.merge(part[["doc_id", "mention"]])
        claims = claims[(claims["count"] != "") | ~claims["canonical"].isin(claims.loc[claims["count"] != "", "canonical"])]
        words = [f"{', '.join(dict.fromkeys((some['count'] + ' ' + some['canonical']).str.strip()))} {word}"
                 for word, some in claims.groupby("word", sort=False)]
        if len(places_of(part, None)) > 1 and claims["canonical"].nunique() > 1:
            listed = "; ".join(words).replace("in its own voice", "in its own voice, on nobody's word")
            found.append(Finding(f"Only {names[doc_id]} names these types: {listed}.", places_of(part, None), len(part)))
    return found


def find_own_numbers(tables):
    """Numbers that an article gives in its own voice where others of its story rest theirs on somebody's word."""
    told, near, found = list_claims(tables), tell_same(tables.documents, tables.sentences), []
    numbers = told[(told["count"] != "") & (told["relation"] != "alone") & ~told["status"].isin(["historical", "planned"])]
    said = tables.attributions[tables.attributions["origin"] != "reviewed"].dropna(subset=["sentence"])
    said = set(zip(said["doc_id"], said["sentence"]))  # where a source speaks in the sentence, the number may be its own
    own, sourced = (numbers[(numbers["voice"] == "own voice") == side] for side in (True, False))
    own = own[np.array([place not in said for place in zip(own["doc_id"], own["sentence"])], dtype=bool)]
    for doc_id, part in own.groupby("doc_id", sort=False):
        others = sourced[sourced["group"].isin(part["group"]) & sourced["doc_id"].isin(near[doc_id] - {doc_id})]
        if len(others):
            own = ", ".join(map(compare.what, part.to_dict("records")))
            rest = "; ".join(f"{row['outlet']} has {compare.what(row)} {row['word']}" for row in others.to_dict("records"))
            found.append(Finding(f"{part['outlet'].iloc[0]} gives {own} in its own voice, on nobody's word; {rest}.",
                                 places_of(pd.concat([part, others]), None), len(others)))
    return [finding for finding in found if len(finding.evidence) > 1]


def find_contrasts(tables):
    """What a story's articles tell of one thing, a finding a thing: what excludes each other and numbers that differ, else refinements, else
    agreements. The weightiest first. Only articles that demonstrably tell one story (tell_same) are compared."""
    told, near, found = list_claims(tables), tell_same(tables.documents, tables.sentences), []
    earlier = dict(list(told[(told["status"] == "historical") & (told["count"] != "")].groupby("group")))
    for group, part in told[told["relation"] != "alone"].groupby("group", sort=False):
        rows, kinds = part.to_dict("records"), {}
        for i, j, (relation, why, weight) in compare.pairs_of(rows, range(len(rows))):
            if rows[j]["doc_id"] in near[rows[i]["doc_id"]]:
                kinds.setdefault(compare.RELATIONS.index(relation), []).append((weight, why, i, j))
        numbers = [pair for pair in kinds.get(1, []) if all(compare.span_of(rows[k]) for k in pair[2:])]
        kind = min(kinds, default=None)
        pairs = kinds.get(kind, []) + numbers if kind != 1 else numbers or kinds[1]
        involved = part.iloc[sorted({k for pair in pairs for k in pair[2:]})]
        if len(places_of(involved, None)) > 1:
            old = earlier.get(group, told.head(0)).drop_duplicates(["outlet", "count"])
            itself = "".join(f" {row['outlet']} itself gives {row['count']} as an earlier figure."
                             for row in old[old["doc_id"].isin(involved["doc_id"])].to_dict("records"))
            head = "told in nearly the same numbers" if kind == 3 and any("much the same" in why for _, why, *_ in pairs) else HEADS[kind]
            head += " and in different numbers" * bool(kind == 0 and numbers)
            score = 4 - kind + involved["doc_id"].nunique() / 50 + max(pairs)[0] / 20
            text = f"{headed(group)}, {head}: {listed(involved)}.{caution(pairs)}{itself}"
            found.append(Finding(text[0].upper() + text[1:], places_of(involved, None), round(score, 3)))
    return sorted(found, key=lambda finding: -finding.score)


def headed(group):
    """A group of claims as a heading: `drone, used (operator not told)` where nobody is said to have them."""
    return f"{group.removeprefix('unknown: ')} (operator not told)" if group.startswith("unknown: ") else group


def listed(rows):
    """Claims side by side, by number, each with its status and who says so, those that say the same together; the first 12."""
    said = {}
    for row in sorted(rows.to_dict("records"), key=lambda r: (r["status"] == "denied", (compare.span_of(r) or (0, 0, -1))[2])):
        said.setdefault(compare.told(row), []).append(f"{row['outlet']} {row['word']}")
    parts = [f"{told} ({', '.join(list(dict.fromkeys(outlets))[:12])})" for told, outlets in said.items()]
    return "; ".join(parts[:12]) + (f"; and {len(parts) - 12} more" if len(parts) > 12 else "")


def caution(pairs):
    """What to keep in mind of the pairs compared: open bounds, parts of a whole, no numbers, other days."""
    notes = {"open bound": "An open bound (up to, at least) does not rule the other number out.",
             "much the same": "Numbers less than a tenth apart may be one, rounded.", "some of the": "Some may count a part only.",
             "without numbers": "Without numbers these may be different ones.", "both may be true": "Where days differ, both may be true."}
    return "".join(f" {note}" for sign, note in notes.items() if any(sign in why for _, why, *_ in pairs))


def plot_ranges(tables, *, most=40):
    """The numbers claimed, on a logarithmic axis, by group, with number, status, voice and day; an open bound is a line of fixed length."""
    told = list_claims(tables)
    rows = told[told["count"] != ""].sort_values("group", kind="stable").head(most)
    spans = [compare.span_of(row) for row in rows.to_dict("records")]
    notes = [" · ".join(filter(None, cells)) for cells in rows[["count", "status", "voice", "day"]].to_numpy(dtype=object)]
    frame = pd.DataFrame({"label": rows["canonical"] + ": " + rows["outlet"], "group": rows["group"].map(headed), "note": notes,
                          "value": [max(s[2], 0.1) for s in spans], "low": [max(s[0], s[2] / 2, 0.1) for s in spans],
                          "high": [max(min(s[1], s[2] * 2), 0.1) for s in spans]})
    unnamed, own = ((rows["voice"] == voice).sum() for voice in ("anonymous", "own voice"))
    title = f"Of {len(rows)} numbers, {unnamed} rest on unnamed sources, {own} on the newsroom's own word"
    fig = plot_dots(frame, title=title, xlabel="number claimed, logarithmic", group="group", colors=dict.fromkeys(frame["group"], "#334455"))
    for ax in fig.axes[:len(rows)]:
        low, high = frame["low"].min(), max(frame["high"].max(), 10)
        ax.set(xscale="log", xlim=(low / 2, low / 2 * 10 ** log_room(frame, low / 2)))
        ax.set_xticks([10 ** n for n in range(-1, 10) if low <= 10 ** n <= high])
        ax.minorticks_off()
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:,g}")
    return fig


def log_room(frame, low, *, width=310, letter=5.4):
    """How many powers of ten from `low` the axis must span for the widest note (a letter's and the axis' width in points)."""
    taken = (frame["note"].str.len() * letter + 12) / width
    return max((np.log10(frame["high"] / low) / (1 - taken.clip(upper=0.8))).max(), 1.5)


def plot_status(tables, *, most=25):
    """The status of contradicting and differing claims, on the day (or between the days) that each holds for."""
    clashing = list_claims(tables)
    clashing = clashing[clashing["relation"].isin(compare.RELATIONS[:2])]
    rows = clashing.dropna(subset=["as_of"]).sort_values(["group", "as_of"], kind="stable").head(most)
    frame = pd.DataFrame({"label": [f"{compare.what(r)} ({r['outlet']})" for r in rows.to_dict("records")],
                          "start": rows["as_of"].str[:10], "end": rows["as_of"].str[-10:],
                          "text": rows["status"].fillna("told").replace("denied", "denied or not acknowledged")})
    title = f"Where claims clash, things are told as {', '.join(frame['text'].unique())}" if len(frame) else (
        "Nothing says on which day the clashing claims hold" if len(clashing) else "No claims clash")
    colors = dict(zip(frame["label"], rows["outlet"].map(outlet_colors(tables.documents))))
    return plot_timeline(frame, title=title, colors=colors)


def plot_systems(tables, *, group="outlet", most=30):
    """Mentions of each system (the `most` frequent) by the values of a documents column; for `outlet` by article, unless there are
    more than `most`. Columns stand in the documents' order, or, where they are many, those with most mentions first."""
    own = labels(tables.documents)
    names = tables.documents.set_index("doc_id")[group].fillna(own if group == "outlet" else "not known")
    names = own if group == "outlet" and len(own) <= most else names
    rows, columns = tables.mentions[tables.mentions["kind"] == "system"], list(dict.fromkeys(names))
    counts = pd.crosstab(rows["canonical"], rows["doc_id"].map(names)).reindex(columns=columns, fill_value=0)
    counts = counts[counts.sum().sort_values(ascending=False, kind="stable").index] if len(columns) > most else counts
    single = int(((counts > 0).sum(axis=1) == 1).sum())
    one = "article" if names is own and set(own) - set(tables.documents["outlet"]) else group  # two articles of one outlet are columns of their own
    title = f"Named by one {one} only: {single} of {len(counts)} systems" if counts.shape[1] > 1 and len(counts) else "The systems named"
    order = sorted(counts.index, key=lambda name: (-counts.loc[name].sum(), name))
    return plot_matrix(counts.loc[order[:most]], title=title, unit="mentions")
