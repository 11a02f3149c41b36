"""An article as HTML with everything that was found in it: overlapping spans are cut once, here; no script matches text again.

draw_text(doc_id, tables, layers=..., anchors=False) draws blocks, sentences and spans: for show.show_text and for the reader page.
"""
import pandas as pd

from helpers.show import LAYERS, anchor, attribute, escape
from helpers.tables import labels


def draw_text(doc_id, tables, *, layers=tuple(LAYERS), anchors=False):
    """The article's blocks as HTML, each sentence and each found span marked; with `anchors` every sentence has its id."""
    mine = {name: getattr(tables, name) for name in ("documents", "blocks", "sentences")}
    mine = {name: frame[frame["doc_id"] == doc_id] for name, frame in mine.items()}
    text = mine["documents"]["text"].iloc[0]
    spans = sorted(find_layers(doc_id, tables, layers))
    sentences = [(int(s), int(e), int(n)) for s, e, n in zip(*[mine["sentences"][c] for c in ("start", "end", "sentence")])]
    blocks = [(int(s), int(e), kind) for s, e, kind in zip(*[mine["blocks"][c] for c in ("start", "end", "kind")])]
    pieces = cut(text, blocks or [(0, len(text), "body")], sentences, spans)
    return "\n".join(_block(kind, parts, doc_id, anchors) for kind, parts in pieces)


def find_layers(doc_id, tables, layers):
    """Spans to highlight in one document: (start, end, layer, what it is in words)."""
    found = []
    said = tables.attributions[tables.attributions["doc_id"] == doc_id]
    for row in said.to_dict("records"):
        who = f"{row['speaker'] or 'unattributed'} ({row['side'] or 'Other'})"
        found += [(*span, "content", f"content, {row['type']}: {who}") for span in row["content"]]
        found += [(row[f"{part}_start"], row[f"{part}_end"], part, f"{part}: {words}") for part, words in
                  (("source", who), ("cue", row["stance"] or "neutral")) if not pd.isna(row[f"{part}_start"])]
    for row in tables.mentions[tables.mentions["doc_id"] == doc_id].to_dict("records"):
        found.append((row["start"], row["end"], "military", f"{row['kind']}: {row['canonical']}"))
    for row in tables.frames[tables.frames["doc_id"] == doc_id].to_dict("records"):
        found.append((row["start"], row["end"], "frame", f"frame: {row['frame']}"))
    found += _shared(doc_id, tables)
    return [(int(s), int(e), layer, words) for s, e, layer, words in found if layer in layers and int(e) > int(s)]


def _shared(doc_id, tables):
    """The passages that this document shares, from either side of the reuse table."""
    named, found = labels(tables.documents).to_dict(), []
    for here, there in (("left", "right"), ("right", "left")):
        for row in tables.reuse[tables.reuse[f"{here}_doc_id"] == doc_id].to_dict("records"):
            other = row[f"{there}_doc_id"]
            found.append((row[f"{here}_start"], row[f"{here}_end"], "shared", f"shared with {named.get(other, other)}"))
    return found


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
    ordered, at = [], 0
    for start, end, kind in blocks:
        parts = []
        while at < len(out) and out[at][0] < end:
            parts.append(out[at][1:])
            at += 1
        ordered.append((kind, parts))
    return ordered


def _block(kind, parts, doc_id, anchors):
    """A block as a paragraph; a sentence is one element around its pieces; a block of white space only is nothing."""
    if not "".join(text for _, text, _ in parts).strip():
        return ""
    body, open_sentence = [], None
    for sentence, text, spans in parts:
        if sentence != open_sentence:
            body.append("</span>" if open_sentence is not None else "")
            body.append("" if sentence is None else f'<span class="s"{_id(doc_id, sentence) if anchors else ""}>')
            open_sentence = sentence
        body.append(_piece(text, spans))
    body.append("</span>" if open_sentence is not None else "")
    return f'<p class="block {escape(kind).replace("_", "-")}" dir="auto">{"".join(body).strip()}</p>'


def _id(doc_id, sentence):
    return f' id="{anchor(doc_id, sentence)}" tabindex="-1"'


def _piece(text, spans):
    """A stretch of text with all layers that cover it; said within said is marked deeper."""
    if not spans or not text.strip():
        return escape(text)
    classes = sorted({layer for _, _, layer, _ in spans}, key=list(LAYERS).index)
    depth = sum(layer == "content" for _, _, layer, _ in spans)
    if depth > 1:
        classes.append("deeper")
    words = "; ".join(dict.fromkeys(words for *_, words in spans))
    return f'<span class="hl {" ".join(classes)}" title="{attribute(words)}">{escape(text)}</span>'
