"""The layout of a news page, told apart as spans: headline, standfirst, byline, dateline, subheading, caption, credit, body,
source note and boilerplate. Blocks tile the text; nothing is deleted. The phrases are in data/layout.toml, for a reader to edit.

A page is read in three zones: above the first paragraph of prose (the lede), between it and the last one, and below."""
import re
import tomllib
from collections import namedtuple
from functools import cache, lru_cache
from pathlib import Path

from helpers.metadata import find_outlet, is_byline
from helpers.text import PLAIN, find_sentences, lemma, split_tokens, tag_tokens

DATA = Path(__file__).parent / "data"
LAYOUT = ("headline", "standfirst", "byline", "dateline", "subheading", "caption", "credit", "body", "source_note", "boilerplate")
MARKS = re.compile(r"(?:#{1,6}\s+|>\s+|[-*+•▪●◦‣]\s+|\*{1,3}(?=\S)|_{1,2}(?=\S)|\s+|\ufeff)+")
AFTER = " \t\r\n\v\f\u00a0\u2028\u2029\ufeff*_#"  # white space and markup at the end of a block
BOLD = re.compile(r"(\*{1,2}|__?)[A-Z][^*_\n]{1,40}\1\s?[–—-]{1,2}\s+(?=[\"'A-Z0-9])")  # a dateline in bold: "**Lima** – The"
FINITE = ("VBZ", "VBP", "VBD", "MD")
ENDS = re.compile(r"[.!?…:;,][\"')\]*_]*$")
# A paragraph: its span with the white space after it, its words without markup, the markup before it, how many words.
Unit = namedtuple("Unit", "start end words marked n")


@cache
def load_layout():
    """({kind: {where: one expression}}, {list of words: set}, {pattern: expression}) of data/layout.toml."""
    stored = tomllib.loads((DATA / "layout.toml").read_text(encoding="utf-8"))
    words = {name: frozenset(listed.split()) for name, listed in stored.pop("words").items()}
    parts, patterns = stored.pop("parts"), stored.pop("patterns")

    def filled(pattern):
        return re.sub(r"\{([A-Z]+)\}", lambda match: filled(parts[match[1]]), pattern)
    kinds = {kind: {where: re.compile("|".join(f"(?:{p})" for p in listed), re.I) for where, listed in places.items()} for kind, places in stored.items()}
    return kinds, words, {name: re.compile("|".join(f"(?:{filled(p)})" for p in listed)) for name, listed in patterns.items()}


def _pattern(name):
    return load_layout()[2][name]


def is_wrapped(lines):
    """Whether a text's lines are broken at a fixed width (mail, old wires), so that a line is no paragraph."""
    pairs = [(a, b) for a, b in zip(lines, lines[1:]) if a.strip() and b.strip()]
    full = [(a, b) for a, b in pairs if 45 <= len(a.rstrip()) <= 100]
    flowing = sum(not ENDS.search(a.rstrip()) or b.lstrip()[:1].islower() for a, b in full)
    return len(full) >= 3 and len(full) >= 0.5 * len(pairs) and flowing >= 0.6 * len(full) and max(map(len, lines)) <= 110


def find_units(text):
    """Paragraphs as Units that tile the text: a line each, or the lines up to a blank one where lines are wrapped."""
    lines, plain = text.splitlines(keepends=True), text.translate(PLAIN)
    wrapped, units, start, at, filled = is_wrapped(lines), [], 0, 0, False
    width = max(map(len, lines[:200]), default=0)
    for line, after in zip(lines, lines[1:] + [""]):
        at, filled = at + len(line), filled or bool(line.strip())
        item = re.match(r"\s*(?:[-*+•]|\d{1,2}[.)]|#+)\s", after)
        room = len(line.strip() + after.strip().split(" ")[0]) < 0.8 * width  # the next word would have stood here too
        head = wrapped and at < 400 and (room or _is_stamp(line) or _is_stamp(after) or re.match(r"\s*By [A-Z]", after))  # masthead, date, byline
        flows = wrapped and not head or after[:1].islower() and not ENDS.search(line.rstrip()) or re.search(r"[;,]\s*$", line[-9:])
        if filled and (at == len(text) or after.strip() and (item or not flows or not line.strip())):
            units.append(_unit(plain, start, at))
            start, filled = at, False
    return units or [_unit(plain, 0, len(text))]


def _is_stamp(line):
    """Whether a short line is a date and nothing else."""
    return len(line) < 60 and bool(re.search(r"\d|day\b", line) and _pattern("stamp").fullmatch(line.strip()))


def _unit(plain, start, end):
    raw = " ".join(plain[start:end].split())
    mark = MARKS.match(raw)
    words = raw[mark.end() if mark else 0:].rstrip(AFTER)
    words = re.sub(r"\[([^\]\[]{0,100})\]\([^()\s]{0,200}\)|</?[a-zA-Z][\w-]*(?:\s[^<>]{0,200})?/?>", r"\1", words)
    return Unit(start, end, words, mark.group().strip() if mark else "", len(words.split()))


def _says(kind, unit):
    """Whether a paragraph's words are those of a kind, by the phrases of data/layout.toml; long prose never is."""
    places, words = load_layout()[0][kind], unit.words.strip("\"'[]")
    return bool(unit.n <= 25 and "whole" in places and places["whole"].fullmatch(words)
                or unit.n <= 70 and "start" in places and places["start"].match(words)
                or unit.n <= 60 and "contains" in places and places["contains"].search(words))


@lru_cache(maxsize=1000)
def _certain(unit):
    """The kind that a paragraph's own words give away wherever it stands, else None."""
    if _says("credit", unit):
        return "credit"
    if not re.search(r"\w", unit.words) or _says("boilerplate", unit):
        return "boilerplate"
    if re.fullmatch(r"<?(?:https?://|www\.)\S+", unit.words) or _says("source_note", unit):
        return "source_note"
    if "|" in unit.words and unit.n <= 12 and any(_is_stamp(part) for part in unit.words.split("|")):  # The Hill Courier | 5 March 2024
        return "dateline"
    if unit.n <= 20 and (_pattern("stamp").fullmatch(re.sub("^[A-Z/]{2,12} ", "", unit.words)) and re.search(r"\d|day\b", unit.words) or _says("dateline", unit)):
        return "dateline"
    if unit.n <= 20 and _says("byline", unit) and not re.search(r"[.!?]\W*$", unit.words.removesuffix("Jr.")):
        return "byline"
    return "caption" if _says("caption", unit) or unit.n <= 90 and _pattern("credit_tail").search(unit.words) else None


def _shows(unit):
    """Whether a paragraph reads as a caption: one sentence about what can be seen, in the present tense or without a verb."""
    if not 4 <= unit.n <= 60 or re.search(r"[\"?!:]", unit.words) or re.search(r"\w{3}\. [A-Z]", unit.words):
        return False
    tokens, lexicon = split_tokens(unit.words), load_layout()[1]
    tags = tag_tokens(tokens)
    finite = next((i for i, tag in enumerate(tags) if tag in FINITE), None)
    if finite is None:  # names and their offices only
        named = sum(word[:1].isupper() for word in tokens) >= 0.6 * len([word for word in tokens if word[:1].isalpha()])
        return named and not ENDS.search(unit.words) and any(word.lower() in lexicon["roles"] for word in tokens)
    seen = [i for i in range(1, min(finite + 1, 12)) if lemma(tokens[i], "VBZ") in lexicon["seen"]]  # taggers misread some of these verbs
    return any(tags[i - 1] == "NNS" and tags[i] != "NNS" or tags[i] in ("VBZ", "VBP") for i in seen)


def _is_prose(unit):
    return unit.n >= 10 and bool(re.search(r"[.!?…:][\"')\]]*$", unit.words)) or unit.n >= 30


def _is_headline(unit, after):
    """Whether a first paragraph with a full stop is a headline all the same: Title Case, or its words come back in the lede."""
    words = re.findall(r"[\w'-]+", unit.words)
    content = [word for word in words[1:] if len(word) > 3]
    if not content or len(words) > 22 or not after or len(find_sentences(unit.words)) > 2 or _pattern("dateline").match(unit.words):
        return False
    titled, again = sum(word[:1].isupper() for word in content) / len(content), _comes_back(unit, after[:3]) / len(content)
    return titled >= 0.75 or bool(_pattern("dateline").match(after[0].words)) or len(words) <= 16 and again >= (
        0.35 if next((tag for tag in tag_tokens(split_tokens(unit.words)) if tag in FINITE), "VBZ") in ("VBZ", "VBP") else 0.6)  # headlines tell in the present


def _comes_back(unit, after):
    """How many of a paragraph's longer words come back in those after it: a headline's do."""
    later = set(re.findall(r"[\w'-]+", " ".join(other.words for other in after).lower()))
    return sum(len(word) > 3 and word.lower() in later for word in re.findall(r"[\w'-]+", unit.words)[1:])


def find_blocks(text):
    """[(kind, start, end), ...]: the page's layout, in order, without gap or overlap. A page of one paragraph is body."""
    units, plain = find_units(text), text.translate(PLAIN)
    if len(units) == 1:
        return _split("body", units[0], plain, first=True)
    kinds = [_certain(unit) for unit in units]
    _mark_copies(units, kinds)
    prose = [i for i, unit in enumerate(units) if kinds[i] is None and _is_prose(unit)]
    lede = next((i for i in prose if not (i and i + 1 < len(units) and _shows(units[i]))), len(units))
    if lede == 0 and _is_headline(units[0], units[1:]):
        kinds[0], lede = "headline", next((i for i in prose[1:] if not _shows(units[i])), len(units))
    stamps = [i for i, unit in enumerate(units[:lede + 4]) if i > lede > 0 and (kinds[i] == "byline" or kinds[i] == "dateline" and
              re.search(r"(?:19|20)\d\d", unit.words))]
    if stamps and units[lede].n <= 40:  # a standfirst in prose: the date or byline comes after it
        lede = next((i for i in prose if i > stamps[-1]), lede)
    last = max([i for i in prose if i >= lede], default=len(units))
    _mark_top(units, kinds, lede)
    _mark_ends(units, kinds, lede, last)
    for i, unit in enumerate(units):
        if kinds[i] is None:
            kinds[i] = _middle(unit, kinds[i - 1] if i else None, units[i + 1:i + 2]) if i <= last else _tail(unit)
    first = kinds.index("body") if "body" in kinds else -1
    return [block for i, (kind, unit) in enumerate(zip(kinds, units)) for block in _split(kind, unit, plain, first=i == first)]


def _mark_copies(units, kinds):
    """The second copy of a caption, credit or other paragraph is boilerplate: it counts once."""
    seen = set()
    for i, unit in enumerate(units):
        key = " ".join(re.findall(r"\w+", unit.words.lower()))
        if key in seen and (unit.n >= 6 or kinds[i] in ("caption", "credit", "byline", "dateline")):
            kinds[i] = "boilerplate"
        seen.add(key)


def _mark_top(units, kinds, lede):
    """Above the lede: kicker, headline, standfirst, names, captions."""
    top = [i for i in range(lede if lede < len(units) else min(lede, 3)) if kinds[i] is None]
    lines = [i for i in top if not re.match("[-+•▪●◦‣]", units[i].marked)]
    titles = [i for i in lines if units[i].marked.startswith("#")] or [i for i in lines if units[i].n > 3] or lines
    back = [i for i in titles if _comes_back(units[i], units[lede:lede + 3]) > 1]  # not a slogan or a section's name
    head, seen = kinds.index("headline") if "headline" in kinds else back[0] if back and back[0] in titles[:3] else titles[0] if titles else -1, set()
    for i, unit in enumerate(units[:lede]):
        words = re.sub("^by ", "", " ".join(re.findall(r"\w+", unit.words.lower())))
        if i in top:
            shows = _shows(unit) and (kinds[i - 1] != "headline" or kinds[i + 1:i + 2] == ["credit"])
            kinds[i] = ("boilerplate" if i < head or words in seen else "headline" if i == head else "byline" if is_byline(unit.words) else
                        "caption" if shows else "standfirst" if unit.n > 3 else "boilerplate")
        seen.add(words)


def _mark_ends(units, kinds, lede, last):
    """After a comment form's head everything is boilerplate; after `Related stories` every short line until prose comes again."""
    related = False
    for i, unit in enumerate(units):
        if i > lede and _says("zone", unit) and (i > last - 3 or re.match("(?i)(?:leave|post|write|add) a", unit.words)):
            kinds[i:] = ["boilerplate"] * (len(units) - i)
            return
        if i != 0 and _says("related", unit):
            kinds[i], related = "boilerplate", True
        elif related and (kinds[i] is None or i > lede and kinds[i] != "source_note") and not _is_prose(unit):
            kinds[i] = "boilerplate"
        else:
            related = related and kinds[i] == "boilerplate"


def _middle(unit, before, after):
    """Between lede and last paragraph of prose: subheading, caption or body."""
    if unit.marked.startswith("#"):
        return "subheading"
    if re.search(r"\|.+\|.|\t|https?:|pic\.twitter|[@#]\w", unit.words):  # a row of a table, a post
        return "body"
    ends = ENDS.search(unit.words)
    beside = before == "credit" or after and _certain(after[0]) == "credit"
    if (not ends or beside) and _shows(unit):
        return "caption"
    short = unit.n <= 12 and (not ends or unit.words.endswith("?") and unit.n <= 9)
    return "subheading" if short and after and not unit.words.startswith(('"', "(")) and not unit.marked.startswith(("-", "+", "•")) else "body"


def _tail(unit):
    """Below the last paragraph of prose: who supplied the story, or what a page hangs below it."""
    if unit.n <= 8 and (find_outlet(unit.words) or re.search(r"\bagencies\b", unit.words)):
        return "source_note"
    return "byline" if is_byline(unit.words) else "body" if ENDS.search(unit.words) else "boilerplate"


def _split(kind, unit, plain, *, first=False):
    """A paragraph as blocks: a wire's dateline before its body, a credit after its caption, a sign-off after the story."""
    start, end = unit.start, unit.end
    inner = plain[start:end]
    lead = len(inner) - len(inner.lstrip())
    line = (BOLD.match(inner, lead) or _pattern("dateline").match(inner, lead, lead + 100)) if first else None
    stop = line.end() if line else 0
    if 0 < stop < len(inner.rstrip()):
        return [("dateline", start, start + stop)] + _split("body", unit._replace(start=start + stop), plain)
    name, after = {"body": ("sign_off", "source_note"), "caption": ("credit_tail", "credit")}.get(kind, (None, None))
    tail = _pattern(name).search(inner.rstrip()) if name and len(inner) < 20_000 else None
    if not tail or not inner[:tail.start()].strip():
        return [(kind, start, end)]
    return [(kind, start, start + tail.start() + 1), (after, start + tail.start() + 1, end)]


def inside(text, start, end):
    """A block's span without the white space and markup (#, **, >) at its edges: where its sentences are."""
    lead = MARKS.match(text, start, end)
    start = lead.end() if lead else start
    return start, start + len(text[start:end].rstrip(AFTER))
