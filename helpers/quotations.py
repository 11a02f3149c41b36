"""Quotation marks of every kind, paired: what stands between them, and which words do.

One pass a paragraph, a mark at a time, so in linear time whatever their order. A mark opens where a space (or an opening bracket, a dash)
precedes it and a word follows; an unpaired one quotes nothing, unless the next paragraph opens with a mark again, as quotations over several
paragraphs do. Apostrophes (it's, soldiers', '90s) and inches (5'10") are no marks.
"""
import re
from bisect import bisect_left, bisect_right, insort

from helpers.layout import is_wrapped

NAME = r"(?:(?:[A-Z][\w.'’-]*|of|the|de|la|van|von|bin|al|el)[ \u00a0]){0,6}[A-Z][\w.'’-]*"
SCRIPT = re.compile(rf"[^\S\n]*(?P<name>{NAME})(?:, [^:“\"\n]{{1,50}}| \([^)\n]{{1,40}}\))?(?P<cue>:)[^\S\n]+(?P<speech>\S(?:[^\n]*\S)?)")
SIGNED = re.compile(rf"[^\S\n]*\n?[^\S\n]*(?P<cue>[–—―~]|--?)[^\S\n]*(?P<name>(?:[Tt]he |[Aa]n? )?{NAME}(?:, [^\n.;“\"]{{1,60}})?)(?=[^\S\n]*(?:[\n.;]|$))")
SUBJECT = re.compile(rf"(?:^|(?<=[.!?”\"] )|(?<=\n)|\b(?:[Ff]rom|[Bb]y|[Tt]o) )(?P<name>(?:[Tt]he |[Aa]n? )?{NAME}|The [a-z]+(?: [a-z]+)?|He|She|They)\b",
                     re.M)
NO_SPEAKERS = frozenset("photo photos picture image video watch read update updated note correction source sources related more breaking opinion analysis live "
                        "exclusive editor caption credit graphic map chart file advertisement tags topics q a p.s ps step part chapter figure table".split())
RULE_CONFIDENCE = 0.5  # about what share of these is right
MARK = re.compile(r"[“”„‟\"«»‹›]|``|''|(?<![^\s(\[—–“\"«-])[‘'](?=\w)|(?<=[\w.,!?…])[’'](?!\w)")
FAMILY = {**dict.fromkeys(["“", "”", "„", "‟", '"', "``", "''"], "double"), **dict.fromkeys("«»", "angle"), **dict.fromkeys("‹›", "guillemet"),
          **dict.fromkeys("‘’'", "single")}
ONLY_OPENS, ONLY_CLOSES = {"„", "``", "‘", "‟"}, {"”", "''", "’"}
PARAGRAPH = re.compile(r"[^\n]+")
WRAPPED = re.compile(r"[^\n]+(?:\n[^\S\n]*\S[^\n]*)*")  # where lines are broken at a fixed width
LONGEST_SINGLE = 600
PAUSE = 400  # characters that may stand between a quotation and the one that goes on with it


def find_quotations(text):
    """[(start, end), ...] of the quotations of a text, marks included, in order; none within another."""
    found, unclosed = [], None
    for line in (WRAPPED if is_wrapped(text.split("\n")) else PARAGRAPH).finditer(text):
        if not line.group().strip():
            continue
        quotes, opened = _pair(text, line.start(), line.end())
        if unclosed and text[line.start():line.end()].lstrip()[:1] == text[unclosed[0]]:
            found.append(unclosed)
        found += quotes
        unclosed = (opened, len(text[:line.end()].rstrip()) if line.end() - opened < 2 else line.end()) if opened is not None else None
    return sorted(found)


def _pair(text, start, end):
    """(the closed quotations of a paragraph, where one that never closes begins or None)."""
    found, opened, family = [], None, None
    for match in MARK.finditer(text, start, end):
        i, j, mark = match.start(), match.end(), match.group()
        kind = FAMILY[mark]
        before, after = text[i - 1] if i > start else " ", text[j] if j < end else " "
        fresh = (before.isspace() or before in "([—–-‘'“\"«/:") and not after.isspace()
        if opened is None:
            if mark not in ONLY_CLOSES and (fresh or mark in "“„«") and not (mark == "”"):
                opened, family = i, kind
        elif kind == family:
            if family == "single" and i - opened > LONGEST_SINGLE:
                opened = i if fresh else None
            elif mark in ONLY_OPENS or mark in "“«" and fresh or fresh and after.isalnum() and mark == '"':
                opened = i
            elif mark != '"' or not _is_inch(text, start, i, opened):
                found.append((opened, j))
                opened = None
        elif family == "single" and fresh:
            opened, family = i, kind
    return found, opened if family == "double" else None


def _is_inch(text, start, i, opened):
    """Whether the straight mark at i ends a height such as 5'10"."""
    return bool(re.search(r"\d['’]\s?\d{1,2}$", text[max(start, i - 6):i]))


def quoted_share(text, spans, quotations):
    """The share of the words' characters in the spans that stand inside quotation marks, 0 to 1."""
    total, quoted = 0, 0
    for s, e in spans:
        total += _letters(text, s, e)
        for q, r in quotations[max(0, bisect_right(quotations, (s, s)) - 1):bisect_left(quotations, (e, e))]:
            quoted += _letters(text, max(s, q), min(e, r))
    return quoted / total if total else 0.0


def _letters(text, start, end):
    return sum(map(str.isalnum, text[start:end]))


def mend(a, text, quotations):
    """The attribution with every quotation whole that its content covers by half or more, marks included."""
    starts = [s for s, _ in quotations]
    taken = [span for span in (a["cue"], a["source"]) if span]
    content = []
    for s, e in a["content"]:
        for k in {bisect_right(starts, s + 1) - 1, bisect_right(starts, e - 1) - 1} - {-1}:
            q, r = quotations[k]
            common = min(e, r) - max(s, q)
            if common > 0.5 * (r - q) and not any(x < r and y > q for x, y in taken):
                s, e = min(s, q), max(e, r)
        content.append((s, e))
    return {**a, "content": _joined(content)}


def _joined(spans):
    out = []
    for s, e in sorted(spans):
        if out and s <= out[-1][1]:
            out[-1] = (out[-1][0], max(e, out[-1][1]))
        else:
            out.append((s, e))
    return out


def within(a, parts, quotations):
    """The attribution with what its source and content hold of other parts (blocks) of the page left out, unless that is quoted; None
    where no content is left."""
    at = a["cue"] or a["content"][0]
    k = bisect_right(parts, (at[0], float("inf"))) - 1
    spans = [*a["content"], *([a["source"]] if a["source"] else [])]
    if k < 0 or all(parts[k][0] <= s and e <= parts[k][1] for s, e in spans):
        return a
    kept = [(max(s, x), min(e, y)) for s, e in a["content"] for j in range(max(0, bisect_right(parts, (s, float("inf"))) - 1), bisect_right(parts, (e, 0)))
            for x, y in [parts[j]] if max(s, x) < min(e, y) and (j == k or _is_quoted(max(s, x), min(e, y), quotations))]
    source = a["source"] and (max(a["source"][0], parts[k][0]), min(a["source"][1], parts[k][1]))
    return {**a, "content": kept, "source": source if source and source[0] < source[1] else a["source"]} if kept else None


def _is_quoted(s, e, quotations):
    k = bisect_right(quotations, (e, 0)) - 1
    return k >= 0 and min(e, quotations[k][1]) - max(s, quotations[k][0]) > 0.5 * (e - s)


def add_layouts(found, text, parts, quotations):
    """Adds what layout says without a word for it: `NAME: speech`, `"quotation" - Name`, a bare quotation after its speaker or a quotation."""
    found, contents = list(found), sorted(span for a in found for span in a["content"])
    covered, starts = [False] * len(quotations), [s for s, _ in quotations]
    for s, e in (span for a in found for span in (*a["content"], a["cue"])):
        for k in range(max(0, bisect_right(starts, s) - 1), bisect_right(starts, e - 1)):
            covered[k] = covered[k] or quotations[k][1] > s
    for start, end in parts:
        for line in PARAGRAPH.finditer(text, start, end):
            found += _script(contents, text, line.start(), line.end())
    spoken = sorted((a["content"][-1][1], i) for i, a in enumerate(found) if not a["nested"] and text[a["content"][-1][1] - 1] in "”\"»’'")
    begins = [s for s, _ in parts]
    for k, (s, e) in enumerate(quotations):
        part = bisect_right(begins, s) - 1
        if not covered[k] and text[e - 2] in ".!?…," and part >= 0 and e <= parts[part][1]:
            _give(found, spoken, contents, text, s, e)
    return found


def _near(spans, s, e):
    """Those of the sorted spans that may touch (s, e)."""
    return spans[max(0, bisect_right(spans, (s, s)) - 20):bisect_right(spans, (e, e))]


def _script(contents, text, start, end):
    """`NAME: speech` as an attribution, in a list, unless the model saw most of it; its cue is the colon, as PolNeAR has it."""
    match = SCRIPT.match(text, start, end)
    if not match or match["name"].split()[0].lower() in NO_SPEAKERS:
        return []
    s, e = match.start("speech"), match.end("speech") - (match["speech"][-1] == "." and len(match["speech"]) > 1)
    seen = any(min(e, y) - max(s, x) > 0.5 * (e - s) for x, y in _near(contents, s, e))
    return [] if seen else [_by_rule(match.span("name"), (s, e), match.span("cue"))]


def _give(found, spoken, contents, text, s, e):
    """Gives the quotation (s, e), which no cue took, to whoever the text around it names: adds to `found`, or to an attribution in it."""
    signed = SIGNED.match(text, e)
    if signed:
        found.append(_by_rule(signed.span("name"), (s, e), signed.span("cue")))
        return
    top, k = text.rfind("\n", 0, s) + 1, bisect_right(spoken, (s, len(found))) - 1
    i = spoken[k][1] if k >= 0 and found[spoken[k][1]]["content"][-1][0] >= top else None
    near = i is not None and any(0 <= s - span[1] <= 3 for span in (found[i]["source"], found[i]["cue"], found[i]["content"][-1]) if span)
    if not near and text.count(" ", s, e) < 3:
        return
    if i is not None:
        found[i] = {**found[i], "content": [*found[i]["content"], (s, e)]}
        insort(spoken, (e, i))
        return
    subject = next(reversed(list(SUBJECT.finditer(text, max(top, s - 300), s))), None)
    if subject and not any(x <= subject.start() < y for x, y in _near(contents, *subject.span())):
        found.append(_by_rule(subject.span("name"), (s, e)))
    elif k >= 0 and s - spoken[k][0] < PAUSE and not text[top:s].strip() and text[e:e + 1] in ("", "\n", "\r"):
        found.append(_by_rule(None, (s, e)))  # a paragraph that is all quotation, soon after another: whoever spoke goes on
        insort(spoken, (e, len(found) - 1))


def _by_rule(source, content, cue=None):
    return {"nested": False, "cue": cue, "source": source, "content": [content], "confidence": RULE_CONFIDENCE}
