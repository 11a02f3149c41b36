"""Counts over every article of a corpus, however many: from columns without text, added up part by part.

Of a large extracted folder the notebooks read closely only as many articles as their time allows (pipeline.read_tables); here nothing
is left out. A part is one Parquet file of the folder. What is counted in it is a small table, and small tables are added up: a map and a
reduction, in the memory of one part. Of a corpus that was read whole, its tables are the only part.
"""
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.evaluate import wilson
from helpers.files import read_table, to_arrow
from helpers.framing import load_rows
from helpers.keyness import linked
from helpers.pipeline import sample_of
from helpers.sourcing import THINGS, record_of, voice_name
from helpers.tables import labels

UNNAMED = ["unnamed official", "unnamed people", "nobody named"]  # as record_of has them
NOT_KNOWN = "not known"  # the group of articles for which the column is empty, where articles are too many to stand by themselves


def stat_totals(path, tables, theme, *, by="outlet"):
    """A row a group (a documents column), the one with most words first, counted over every article: group, articles, the counts of the
    theme (corpus, framing, quotes or weapons), and evidence: where the first of what is counted stand in the articles read closely.

    path: what `tables` were loaded from."""
    documents = load_documents(path, tables, by)
    groups = pa.table({"doc_id": pa.array(documents["doc_id"], pa.string()), "group": pa.array(documents["group"], pa.string())})
    sizes = documents.groupby("group").agg(articles=("doc_id", "size"), words=("n_words", "sum")).astype(int)
    found = THEMES[theme](lambda table, *keys, **how: count_by(path, tables, table, ["group", *keys], groups, **how), documents)
    rows = sizes.join(found).sort_values("words", ascending=False, kind="stable").reset_index()
    rows = rows if theme == "corpus" else rows.drop(columns="words")
    shown = SHOWN[theme](tables)
    return linked(rows, shown.assign(group=shown["doc_id"].map(documents.set_index("doc_id")["group"])), ["group"])


def say_totals(path, tables):
    """What a table of totals counts, for its caption: every article, and how many of them the rest of the notebook reads closely."""
    closely = f" ({len(tables.documents):,} are read closely)" if sample_of(tables) else ""
    return f"all {len(load_documents(path, tables)):,} articles{closely}"


def load_documents(path, tables, by="outlet"):
    """Every document without its text: doc_id, group (its value in the column `by`, else its label), n_words, published."""
    columns = list(dict.fromkeys(["doc_id", "outlet", by, "n_words", "published"]))
    if not sample_of(tables):
        return tables.documents[columns].assign(group=tables.documents[by].fillna(pd.Series(labels(tables.documents).to_list(), tables.documents.index)).astype(str))
    documents = pd.concat([part.to_pandas() for part in read_parts(path, tables, "documents", columns)], ignore_index=True)
    return documents.assign(group=documents[by].fillna(NOT_KNOWN).astype(str))


def read_parts(path, tables, table, columns):
    """The columns of a table as Arrow tables, one after the other: the Parquet files of the folder, else all at once."""
    format = json.loads((Path(path) / "manifest.json").read_text(encoding="utf-8"))["format"] if sample_of(tables) else None
    if format == "parquet":
        file = Path(path) / f"{table}.parquet"
        yield from (pq.read_table(part, columns=columns) for part in (sorted(file.glob("*.parquet")) if file.is_dir() else [file]))
    else:
        frame = read_table(path, table, format=format, columns=columns) if format else getattr(tables, table)
        yield to_arrow(table, frame[columns])


def count_by(path, tables, table, keys, groups, *, only=None, once=None):
    """How many rows of a table have each combination of `keys` ("group" stands for the document's): the keys and n, as a DataFrame.

    only: function Arrow table -> Boolean array, the rows that count; once: columns of which each combination counts once."""
    wanted, counted = [key for key in keys if key != "group"], []
    extra = ["parent"] if table == "attributions" else ["voice", "sentence"] if table == "frames" else []
    for part in read_parts(path, tables, table, list(dict.fromkeys(["doc_id", *wanted, *extra]))):
        part = part if only is None else part.filter(only(part))
        part = part if once is None else part.group_by(once).aggregate([])
        part = part.join(groups, "doc_id", join_type="inner")
        counted.append(part.group_by(keys).aggregate([([], "count_all")]))
    whole = pa.concat_tables(counted).group_by(keys).aggregate([("count_all", "sum")])
    return whole.rename_columns([*keys, "n"] if whole.column_names[:-1] == keys else ["n", *keys]).to_pandas()


def _most(counts, name):
    """group -> the value of the column `name` with most rows, and how many: "Russia (14)"."""
    summed = counts.dropna(subset=[name]).groupby(["group", name])["n"].sum().reset_index()
    first = summed.sort_values(["n", name], ascending=[False, True], kind="stable").drop_duplicates("group").set_index("group")
    return pd.Series([f"{value} ({n:,})" for value, n in zip(first[name], first["n"])], index=first.index, dtype=object)


def _corpus(count, documents):
    """The days of publication, and sentences, attributions, mentions and claims found."""
    days = documents.dropna(subset=["published"]).groupby("group")["published"].agg(lambda dated: " to ".join(dict.fromkeys([dated.min(), dated.max()])))
    found = {name: count(name).set_index("group")["n"] for name in ("sentences", "attributions", "mentions", "claims")}
    return pd.DataFrame({"published": days, **found}).fillna(dict.fromkeys(found, 0)).astype(dict.fromkeys(found, int))


def _framing(count, documents):
    """Sentences, and in how many of a hundred the newsroom's own voice has words of each frame."""
    sentences = count("sentences").set_index("group")["n"]
    hits = count("frames", "frame", only=lambda part: pc.equal(part["voice"], "own"), once=["doc_id", "sentence", "frame"])
    shares = hits.pivot(index="group", columns="frame", values="n").mul(100).div(sentences, axis=0).fillna(0).round(1)
    names = [name for name in dict.fromkeys(row["frame"] for row in load_rows("frames")) if name in shares]
    return pd.DataFrame({"sentences": sentences}).join(shares[names]).fillna(0)


def _quotes(count, documents):
    """Attributions that stand in no other, how many rest on nobody by name (in percent, with Wilson's interval), and who is reported most."""
    said = count("attributions", "speaker", "speaker_kind", "side", only=lambda part: pc.is_null(part["parent"]))
    unnamed = said[record_of(said).isin(UNNAMED)]
    rows = pd.DataFrame({"attributions": said.groupby("group")["n"].sum(), "unnamed": unnamed.groupby("group")["n"].sum()}).fillna(0).astype(int)
    bounds = [wilson(*pair) for pair in rows[["unnamed", "attributions"]].itertuples(index=False)]
    named = said.assign(speaker=said["speaker"].map(voice_name))
    named = named[~record_of(said).isin([*UNNAMED, THINGS]).to_numpy()]
    return rows.assign(percent=(100 * rows["unnamed"] / rows["attributions"]).round(), interval=[f"{100 * low:.0f} to {100 * high:.0f}" for low, high in bounds],
                       heard_most=_most(named, "speaker"), side_most=_most(said[~said["side"].isin(["Other", "Media"])], "side"))


def _weapons(count, documents):
    """Military mentions, the systems among them, claims, and how many of these rest on no source."""
    mentions = count("mentions", "kind", "canonical")
    systems = mentions[mentions["kind"] == "system"]
    claims = count("claims", "attribution", only=lambda part: pc.is_null(part["attribution"])).groupby("group")["n"].sum()
    rows = {"mentions": mentions.groupby("group")["n"].sum(), "systems": systems.groupby("group")["canonical"].nunique(),
            "claims": count("claims").set_index("group")["n"], "in_own_voice": claims}
    return pd.DataFrame(rows).fillna(0).astype(int).assign(named_most=_most(systems, "canonical"))


THEMES = {"corpus": _corpus, "framing": _framing, "quotes": _quotes, "weapons": _weapons}
SHOWN = {"corpus": lambda tables: tables.sentences, "framing": lambda tables: tables.frames[tables.frames["voice"] == "own"],
         "quotes": lambda tables: tables.attributions[tables.attributions["parent"].isna()], "weapons": lambda tables: tables.mentions}
