"""Sentences, words, part-of-speech tags and lemmas of English news text, by NLTK with parameters that ship here.

Everything is a span (start, end) of str offsets into the text that came in. How the parameters were made: training/text.py.
"""
import csv
import json
import lzma
import re
from functools import cache
from pathlib import Path

from nltk.tag.perceptron import PerceptronTagger
from nltk.tokenize import RegexpTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

DATA, CHUNK = Path(__file__).parent / "data", 50_000
# One character for one character, so that offsets stay: typographic quotes and odd spaces as Punkt's training saw them.
PLAIN = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‛′", "'"),
                       **dict.fromkeys("\u00a0\u1680\u2007\u202f\u205f\u3000\u2028\u2029\ufeff\u200b\x1c\x1d\x1e\x1f\x85", " ")})
HARD_BREAK = re.compile(r"\n[^\S\n]*(?:\n\s*|(?=(?:[-*+•▪●◦‣–—]|\d{1,2}[.)]|[A-Z]\.)[^\S\n]))")  # a blank line, a list's next item
SAID = (r"(?:said|says|asked|asks|added|adds|told|wrote|writes|replied|shouted|wondered|demanded|tweeted|continued|explained|"
        r"declared|exclaimed|insisted|quipped|joked|recalled)")
SPEAKER_NEXT = re.compile(rf"(?!(?:He|She|They|It|We|I|You)\s)(?:[A-Z][\w.'-]*\s+){{1,4}}{SAID}\b")
ASKED = re.compile(r"[?!][\"')\]]+$")
LAST_WORD = re.compile(r"(\S{1,12})$")
TOKEN = r"""
    https?://[^\s<>"“”]*[\w/]|www\.[^\s<>"“”]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+   # addresses
  | [@\#]\w+
  | (?:[^\W\d_]\.){2,}(?:-[\w-]+)?                                           # U.S., a.m., U.S.-led
  | (?:\w+-)?(?:ABBREVIATIONS)\.(?=\W|$)
  | [A-Z]\.(?=\s+[A-Z“"])                                                   # an initial
  | \d+(?:[.,:/]\d+)*(?:(?:st|nd|rd|th|s|m|bn|am|pm|k)\b)?(?:[-–]\w+)*         # 1,500; 9/11; 50-minute
  | [Cc]an(?=not\b)|(?<=[Cc]an)not\b
  | \w+?(?=n['’]t\b)|n['’]t\b
  | ['’](?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M)\b
  | \w+(?:(?:[-&.·](?=\w)|['’](?!(?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M|t)\b)(?=\w)|/(?=[A-Za-z]))\w+)*
  | <\w[^<>\s]{0,30}/?>|''|``|\.{2,}|-{2,}|_{2,}|[^\s\x1c-\x1f\x85]
"""


@cache
def load_abbreviations():
    """word -> kind, of data/abbreviations.csv (a file to edit)."""
    with open(DATA / "abbreviations.csv", encoding="utf-8", newline="") as rows:
        return {row["word"]: row["kind"] for row in csv.DictReader(rows)}


@cache
def _punkt():
    """NLTK's sentence tokenizer (Kiss & Strunk 2006) with the parameters of data/punkt.json."""
    stored, parameters = json.loads((DATA / "punkt.json").read_text(encoding="utf-8")), PunktParameters()
    parameters.abbrev_types = set(stored["abbreviations"]) | set(load_abbreviations()) - {"no"}
    parameters.sent_starters = set(stored["starters"])
    parameters.collocations = set(map(tuple, stored["collocations"]))
    parameters.ortho_context.update(stored["ortho"])
    return PunktSentenceTokenizer(parameters)


def _goes_on(before, after):
    """Whether a sentence that Punkt ended goes on: a title, an initial, `No. 5`, `"Why?" he asked`, `"Why?" Kerry asked`."""
    word = LAST_WORD.search(before)
    word, kinds = word.group(1) if word else "", load_abbreviations()
    key = word.strip("\"'([").rstrip(".").lower()
    if word.endswith("."):
        if kinds.get(key) == "title" and after[:1].isupper():
            return True
        if kinds.get(key) in ("number", "month") and after[:1].isdigit():
            return True
        if len(key) == 1 and key.isalpha() and key != "i" and after[:1].isupper():
            return after.split(None, 1)[0].rstrip(",.").lower() not in _punkt()._params.sent_starters
        return (kinds.get(key) is not None or "." in key) and after.lstrip("\"'(")[:1].islower()
    first = after.lstrip("\"'([ ")[:1]
    return first.islower() or bool(ASKED.search(before) and SPEAKER_NEXT.match(after))


def _mend(text, spans):
    """Spans with those joined that _goes_on says are one sentence; only the edges are looked at, so time stays linear."""
    mended = []
    for start, end in spans:
        if mended and _goes_on(text[max(mended[-1][1] - 40, mended[-1][0]):mended[-1][1]], text[start:start + 120]):
            mended[-1] = (mended[-1][0], end)
        else:
            mended.append((start, end))
    return mended


def find_sentences(text):
    """[(start, end), ...] of the sentences of a block, in order, without the white space between them.

    A closing quotation mark belongs to its sentence; a blank line or a new list item ends one; a single line break doesn't."""
    plain, found, edge = text.translate(PLAIN), [], 0
    for stop, begin in [m.span() for m in HARD_BREAK.finditer(plain)] + [(len(plain), len(plain))]:
        found += _mend(plain, [_trim(plain, s, e) for s, e in _punkt_spans(plain, edge, stop) if plain[s:e].strip()])
        edge = begin
    return found


def _punkt_spans(plain, start, stop):
    """Punkt's spans of a stretch of text, CHUNK characters at a time (NLTK gives up on a text that takes it five seconds)."""
    while start < stop:
        spans = [(start + s, start + e) for s, e in _punkt().span_tokenize(plain[start:min(stop, start + CHUNK)])]
        cut = start + CHUNK < stop and len(spans) > 1
        yield from spans[:-1] if cut else spans
        start = spans[-1][0] if cut else start + CHUNK


def _trim(text, start, end):
    """The span without white space at its edges."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


@cache
def _words():
    """NLTK's tokenizer by one regular expression, after the conventions of the Penn Treebank (do|n't, Russia|'s, U.S.)."""
    words = sorted((re.escape(w) for w, kind in load_abbreviations().items() if kind != "number" and "." not in w), key=len)
    return RegexpTokenizer(f"(?x:{TOKEN})".replace("ABBREVIATIONS", f"(?i:{'|'.join(words[::-1])})"))


def find_tokens(text):
    """[(start, end), ...] of the words and punctuation marks of a text, in order."""
    found, start = [], 0
    while start < len(text):
        stop = len(text) if len(text) - start <= CHUNK else max(text.rfind(" ", start, start + CHUNK), text.rfind("\n", start, start + CHUNK)) + 1
        stop = stop if stop > start else start + CHUNK
        found += [(start + s, start + e) for s, e in _words().span_tokenize(text[start:stop])]
        start = stop
    return found


@cache
def _tagger():
    """NLTK's averaged perceptron (Collins 2002) with the weights of data/pos.json.xz, in memory once asked for."""
    stored = json.loads(lzma.decompress((DATA / "pos.json.xz").read_bytes()))
    classes, tagger = stored["classes"], PerceptronTagger(load=False)
    weights = {feature: {classes[int(c)]: w / 100 for c, w in values.items()} for feature, values in stored["weights"].items()}
    tagger.decode_json_params((weights, stored["tagdict"], classes))
    return tagger


def tag_tokens(tokens):
    """The Penn Treebank tag of each word of one sentence (a list of str)."""
    return [tag for _, tag in _tagger().tag(tokens)]


@cache
def _forms():
    """(irregular forms: (word, first letter of its tag) -> lemma; known verbs), of data/irregular.csv and data/verbs.txt."""
    with open(DATA / "irregular.csv", encoding="utf-8", newline="") as rows:
        forms = {(form, row["pos"]): row["lemma"] for row in csv.DictReader(rows) for form in row["forms"].split()}
    return forms, frozenset((DATA / "verbs.txt").read_text(encoding="utf-8").split())


def lemma(word, pos):
    """The dictionary form of a word with a Penn tag, lower case: `said`, VBD -> `say`; `talks`, NNS -> `talk`."""
    low, (irregular, verbs) = word.lower().replace("’", "'"), _forms()
    if (low, pos[:1]) in irregular:
        return irregular[low, pos[:1]]
    ending = {"VBG": "ing", "VBD": "ed", "VBN": "ed"}.get(pos, "s" if pos in ("NNS", "NNPS", "VBZ") else None)
    if not ending or not low.endswith(ending) or len(low) < len(ending) + 2 or low.endswith(("ss", "us", "is", "ics")):
        return low
    stem = low[:-len(ending)]
    if stem.endswith("i") and ending == "ed" or stem.endswith("ie") and ending == "s" and len(stem) > 3:
        return stem.removesuffix("e")[:-1] + "y"  # denied, studies
    if ending == "s":
        return stem[:-1] if stem.endswith(("sse", "she", "che", "xe", "zze", "oe")) else stem
    guesses = [stem, stem + "e"] + ([stem[:-1]] if stem[-1:] == stem[-2:-1] else [])
    known = [guess for guess in guesses if guess in verbs]
    return known[0] if known else _unknown_stem(stem) if re.search("[aeiouy]", stem) else low


def _unknown_stem(stem):
    """A verb's base from the stem of an -ed or -ing form nobody listed: stag|ger|ed, tog|g|ing, priv|atiz|ing."""
    if stem[-1] == stem[-2:-1] and stem[-1] not in "lsfz":
        return stem[:-1]
    return stem + "e" if re.search(r"(?:[iauo][zvs]|[iy]z|at|[^aeiou]l|[rn]c|dg|rg|[^aeiou]iv|ur|uc|u|^[^aeiou]+[aeiou]k)$", stem) else stem
