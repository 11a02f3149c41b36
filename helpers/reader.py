"""An article as HTML with everything that was found in it: overlapping spans are cut once, here; no script matches text again."""
import re
from bisect import bisect_left
from itertools import groupby
from operator import itemgetter

import pandas as pd

from helpers.show import LAYERS, anchor, attribute, escape
from helpers.tables import by_document, labels


def draw_text(doc_id, tables, *, layers=tuple(LAYERS), anchors=False, named=None):
    """The article's blocks as HTML, each sentence and each found span marked; with `anchors` every sentence has its id.

    `named`: what to call the articles (default: their labels)."""
    document, blocks, sentences = (frame[frame["doc_id"] == doc_id] for frame in (tables.documents, tables.blocks, tables.sentences))
    text = document["text"].iloc[0]
    spans = sorted(find_layers(doc_id, tables, layers, labels(tables.documents) if named is None else named))
    sentences = sentences[["start", "end", "sentence"]].astype(int).values.tolist()
    blocks = blocks[["start", "end", "kind"]].values.tolist()
    pieces = cut(text, blocks or [(0, len(text), "body")], sentences, spans)
    return "\n".join(_block(kind, parts, doc_id, anchors) for kind, parts in pieces)


def find_layers(doc_id, tables, layers, named):
    """Spans to highlight in one document: (start, end, layer, what it is in words)."""
    found = []
    said = tables.attributions[tables.attributions["doc_id"] == doc_id]
    for row in said.to_dict("records"):
        who = f"{row['speaker'] or 'unattributed'} ({row['side'] or 'Other'})"
        found += [(*span, "content", f"content, {row['type']}: {who}") for span in row["content"]]
        found += [(row[f"{part}_start"], row[f"{part}_end"], part, f"{part}: {words}") for part, words in
                  (("source", who), ("cue", row["stance"] or "neutral")) if not pd.isna(row[f"{part}_start"])]
    for row in tables.mentions[tables.mentions["doc_id"] == doc_id].itertuples():
        found.append((row.start, row.end, "military", f"{row.kind}: {row.canonical}"))
    found += [(row.start, row.end, "frame", f"frame: {row.frame}") for row in tables.frames[tables.frames["doc_id"] == doc_id].itertuples()]
    for row in both_ways(tables.reuse).get(doc_id, []):
        found.append((row["start"], row["end"], "shared", f"shared with {named.get(row['other_doc_id'], row['other_doc_id'])}"))
    return [(int(s), int(e), layer, words) for s, e, layer, words in found if layer in layers and int(e) > int(s)]


def both_ways(reuse):
    """doc_id -> the rows of the reuse table of which it is one side, as dicts: its start and end, and other_doc_id, other_start, other_end."""
    sides = (("left_", "right_"), ("right_", "left_"))
    return by_document(pd.concat(reuse.rename(columns=lambda name: name.replace(here, "").replace(there, "other_")) for here, there in sides))


def cut(text, blocks, sentences, spans):
    """Overlapping spans as pieces that don't overlap: [(block kind, [(sentence or None, text, [span, ...]), ...]), ...].

    One sweep over all boundaries, so linear in the pieces however the spans nest; a piece carries every span that covers it."""
    edges = sorted({p for s, e, *_ in [*blocks, *sentences, *spans] for p in (s, e) if 0 <= p <= len(text)})
    starts = iter(sorted(spans, key=lambda span: span[0]))
    waiting, active, at_sentence, out = next(starts, None), [], 0, []
    for start, end in zip(edges, edges[1:]):
        while waiting and waiting[0] <= start:
            active.append(waiting)
            waiting = next(starts, None)
        active = [span for span in active if span[1] > start]
        while at_sentence < len(sentences) and sentences[at_sentence][1] <= start:
            at_sentence += 1
        inside = at_sentence < len(sentences) and sentences[at_sentence][0] <= start
        out.append((start, sentences[at_sentence][2] if inside else None, text[start:end], list(active)))
    at = [start for start, *_ in out]
    return [(kind, [piece[1:] for piece in out[bisect_left(at, start):bisect_left(at, end)]]) for start, end, kind in blocks]


def _block(kind, parts, doc_id, anchors):
    """A block as a paragraph; a sentence is one element around its pieces; a block of white space only is nothing."""
    if not "".join(text for _, text, _ in parts).strip():
        return ""
    body = []
    for sentence, pieces in groupby(parts, key=itemgetter(0)):
        inner, name = "".join(_piece(text, spans) for _, text, spans in pieces), ""
        if anchors and sentence is not None:
            name = f' id="{anchor(doc_id, sentence)}" tabindex="-1"'
        body.append(inner if sentence is None else f'<span class="s"{name}>{inner}</span>')
    return f'<p class="block {escape(kind).replace("_", "-")}" dir="auto">{"".join(body).strip()}</p>'


def _piece(text, spans):
    """A stretch of text with all layers that cover it; said within said is marked deeper."""
    if not spans or not text.strip():
        return escape(text)
    layers = [layer for _, _, layer, _ in spans]
    classes = sorted(set(layers), key=list(LAYERS).index) + ["deeper"] * (layers.count("content") > 1)
    words = "; ".join(dict.fromkeys(words for *_, words in spans))
    return f'<span class="hl {" ".join(classes)}" title="{attribute(words)}">{escape(text)}</span>'


# ---------------------------------------------------------------- the reader page

def draw_reader(tables, *, limit, first=()):
    """(HTML of the reader page, its sections): every article with all its layers, switches for them, two side by side.

    Of a corpus whose articles would make more than `limit` bytes, those that fit are shown, the doc_ids `first` before others, and the
    page says so."""
    names, drawn, size, read = labels(tables.documents).to_dict(), {}, 0, by_document(tables.sentences)
    for doc_id, mine in _apart(tables, dict.fromkeys([*(d for d in first if d in names), *names])):
        article = _article(doc_id, names, mine, read)
        size += len(article.encode("utf-8", "replace"))
        if size > limit * 0.9 and drawn:
            break
        drawn[doc_id] = article
    drawn = [(doc_id, drawn[doc_id]) for doc_id in names if doc_id in drawn]
    shown = [(anchor(d), names[d]) for d, _ in drawn]
    told = (f"<p>{len(drawn):,} of {len(names):,} articles are here, as many as a page can carry, those that findings rest on before others; "
            "all are in the tables beside the report, and in JupyterLab.</p>") * (len(drawn) < len(names))
    body = (f"<h1>Reader</h1><p>Every article as it was loaded, with what was found in it. Hover over a mark, or read its title, for what it says; "
            f"choose two articles to read them side by side.</p>{told}{_controls(shown)}"
            f'<div class="articles">{"".join(article for _, article in drawn)}</div>')
    if told:  # a passage that an article shares with one that is not here
        there = set(re.findall(r' id="([^"]+)"', body))
        body = re.sub(r' href="#([^"]+)"', lambda m: m[0] if m[1] in there else "", body)
    return body, shown


def _apart(tables, doc_ids):
    """(doc_id, the tables of this document only) one after the other; reuse holds the rows of either side."""
    sides = [tables.reuse.groupby(f"{side}_doc_id").indices for side in ("left", "right")]
    places = {name: getattr(tables, name).groupby("doc_id").indices for name in ("documents", "blocks", "sentences", "attributions", "mentions", "frames")}
    for doc_id in doc_ids:
        rows = {name: getattr(tables, name).iloc[where.get(doc_id, [])] for name, where in places.items()}
        yield doc_id, tables._replace(**rows, reuse=tables.reuse.iloc[sorted({at for side in sides for at in side.get(doc_id, [])})])


def _controls(shown):
    """Switches for the layers and menus for one or two articles."""
    switches = "".join(f'<label><input type="checkbox" data-layer="{layer}"{"" if layer in ("frame", "shared") else " checked"}> '
                       f'<span class="text on-{layer}"><span class="hl {layer}">{words.split(":")[0]}</span></span></label>'
                       for layer, words in LAYERS.items())
    menu = "".join(f'<option value="{a}">{escape(name)}</option>' for a, name in shown)
    return (f'<div class="controls"><fieldset><legend>Show</legend>{switches}</fieldset>'
            f'<label>Article <select id="left"><option value="">all</option>{menu}</select></label>'
            f'<label>beside <select id="right"><option value="">none</option>{menu}</select></label></div>')


def _article(doc_id, names, tables, read):
    """One article: what is known of it, its text, and where its shared passages stand in the others (doc_id -> sentences in `read`)."""
    row = tables.documents.iloc[0]
    about = [row[c] for c in ("title", "author", "agency", "published") if not pd.isna(row[c])] + [f"{row['n_words']:,} words"]
    on = " ".join(f"on-{layer}" for layer in LAYERS if layer not in ("frame", "shared"))
    return (f'<article id="{anchor(doc_id)}" tabindex="-1"><h2>{escape(names[doc_id])}</h2><p class="about">{escape(" · ".join(map(str, about)))}</p>'
            f'<div class="text {on}">{draw_text(doc_id, tables, anchors=True, named=names)}</div>{_parallels(doc_id, names, tables, read)}</article>')


def _parallels(doc_id, names, tables, read):
    """The passages and utterances that an article shares, each linked here and in the other article."""
    text, items = tables.documents["text"].iloc[0], []
    for row in both_ways(tables.reuse).get(doc_id, []):
        words = " ".join(text[row["start"]:row["end"]].split())
        links = [(_sentence_link(read.get(doc, []), start), label)
                 for doc, start, label in ((doc_id, row["start"], "here"), (row["other_doc_id"], row["other_start"], names[row["other_doc_id"]]))]
        shown = escape(words if len(words) < 160 else words[:150] + " …")
        items.append(f"<li><q><bdi>{shown}</bdi></q> — " + ", ".join(f'<a href="#{a}">{escape(label)}</a>' for a, label in links if a) + "</li>")
    s = "s" * (len(items) != 1)
    count = f"{len(items)} passage{s} or utterance{s} shared with other articles"
    return f'<details class="evidence"><summary>{count}</summary><ul>{"".join(items)}</ul></details>' if items else ""


def _sentence_link(sentences, position):
    """The anchor of the sentence of a document at a position, or None."""
    return next((anchor(row["doc_id"], row["sentence"]) for row in sentences if row["start"] <= position < row["end"]), None)
