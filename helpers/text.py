"""Sentences, words, part-of-speech tags and lemmas of English news text, by NLTK with parameters that ship here.

Everything is a span (start, end) of str offsets into the text that came in. How the parameters were made: training/text.py."""
import csv
import json
import lzma
import re
from functools import cache
from pathlib import Path

import numpy as np
from nltk import redos
from nltk.tag.perceptron import PerceptronTagger
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

DATA, CHUNK = Path(__file__).parent / "data", 50_000  # NLTK gives up on a text that takes it five seconds, so long ones go in stretches
# One character for one character, so that offsets stay: typographic quotes and odd spaces as Punkt's training saw them.
PLAIN = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‛′", "'"),
                       **dict.fromkeys("\u00a0\u1680\u2007\u202f\u205f\u3000\u2028\u2029\ufeff\u200b\x1c\x1d\x1e\x1f\x85", " ")})
HARD_BREAK = re.compile(r"\n[^\S\n]*(?:\n\s*|(?=(?:[-*+•▪●◦‣–—]|\d{1,2}[.)]|[A-Z]\.)[^\S\n]))")  # a blank line, a list's next item
SPEAKER_NEXT = re.compile(r"(?!(?:He|She|They|It|We|I|You)\s)(?:[A-Z][\w.'-]*\s+){1,4}(?:said|says|asked|asks|added|adds|told|wrote|writes|replied|"
                          r"shouted|wondered|demanded|tweeted|continued|explained|declared|exclaimed|insisted|quipped|joked|recalled)\b")
TOKEN = r"""
    (?![Cc]annot\b)[A-Za-z]+(?=[\s,])                                                                      # most words, at once
  | https?://[^\s<>"“”]*[\w/]|www\.[^\s<>"“”]*[\w/]|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|[@\#]\w+                   # addresses, handles
  | (?:[^\W\d_]\.){2,}(?:-[\w-]+)?|(?:\w+-)?(?:ABBREVIATIONS)\.(?=\W|$)|[A-Z]\.(?=\s+[A-Z“"])              # U.S., a.m., Gen., initials
  | \d+(?:[.,:/]\d+)*(?:(?:st|nd|rd|th|s|m|bn|am|pm|k)\b)?(?:[-–]\w+)*                                     # 1,500; 9/11; 50-minute
  | [Cc]an(?=not\b)|(?<=[Cc]an)not\b|\w+?(?=n['’]t\b)|n['’]t\b|['’](?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M)\b      # do|n't, Russia|'s
  | \w+(?:(?:[-&.·](?=\w)|['’](?!(?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M|t)\b)(?=\w)|/(?=[A-Za-z]))\w+)*
  | <\w[^<>\s]{0,30}/?>|''|``|\.{2,}|-{2,}|_{2,}|[^\s\x1c-\x1f\x85]
"""


@cache
def load_rows(name):
    """The rows of a lexicon, data/NAME.csv (a file to edit), as dicts."""
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


@cache
def _abbreviations():
    return {row["word"]: row["kind"] for row in load_rows("abbreviations")}


@cache
def _punkt():
    """NLTK's sentence tokenizer (Kiss & Strunk 2006) with the parameters of data/punkt.json."""
    stored, parameters = json.loads((DATA / "punkt.json").read_text(encoding="utf-8")), PunktParameters()
    parameters.abbrev_types = {*stored["abbreviations"], *_abbreviations()} - {"no"}
    parameters.sent_starters = {*stored["starters"], *"and or a an his her its their my our that those what who why how also".split()}
    parameters.collocations = set(map(tuple, stored["collocations"]))
    parameters.ortho_context.update(stored["ortho"])
    return PunktSentenceTokenizer(parameters)


def _goes_on(before, after):
    """Whether a sentence that Punkt ended goes on: a title, an initial, `No. 5`, `"Why?" he asked`, `"Why?" Kerry asked`."""
    word = re.search(r"\S{0,12}$", before).group().strip("\"'([")
    key, first = word.rstrip(".").lower(), after.lstrip("\"'([ ")[:1] or " "
    if not word.endswith("."):
        return first.islower() or bool(re.search(r"[?!][\"')\]]+$", before) and SPEAKER_NEXT.match(after))
    if word.lower() == "vs." or first in ",;:":
        return True
    kind, next_word = _abbreviations().get(key), after.split(None, 1)[0].rstrip(",.").lower()
    return (kind == "title" and after[0].isupper() or kind in ("number", "month") and after[0].isdigit() or
            len(key) == 1 and key.isalpha() and key != "i" and after[0].isupper() and next_word not in _punkt()._params.sent_starters or
            (kind is not None or "." in key) and first.islower())


def find_sentences(text):
    """[(start, end), ...] of the sentences of a block, in order, without the white space between them.

    A closing quotation mark belongs to its sentence; a blank line or a new list item ends one; a single line break doesn't."""
    plain, found, edge = text.translate(PLAIN), [], 0
    for stop, begin in [m.span() for m in HARD_BREAK.finditer(plain)] + [(len(plain), len(plain))]:
        mine = []
        for start, end in _punkt_spans(plain, edge, stop):
            while mine and text[start] in "”»" and mine[-1][1] == start:  # a closing quotation mark with no space after it
                mine[-1], start = (mine[-1][0], start + 1), start + 1
            start += len(plain[start:end]) - len(plain[start:end].lstrip())
            end -= len(plain[start:end]) - len(plain[start:end].rstrip())
            if mine and start < end and _goes_on(plain[max(mine[-1][1] - 40, mine[-1][0]):mine[-1][1]], plain[start:start + 120]):
                mine[-1] = (mine[-1][0], end)
            elif start < end:
                mine.append((start, end))
        found.extend(mine)
        edge = begin
    return found


def _punkt_spans(plain, start, stop):
    """Punkt's spans of a stretch of text, CHUNK characters at a time; the last sentence of each is begun again in the next."""
    while start < stop:
        spans = [(start + s, start + e) for s, e in _punkt().span_tokenize(plain[start:min(stop, start + CHUNK)])]
        cut = start + CHUNK < stop and len(spans) > 1
        yield from spans[:-1] if cut else spans
        start = spans[-1][0] if cut else start + CHUNK


@cache
def _words():
    """One regular expression for words, after the conventions of the Penn Treebank (do|n't, Russia|'s, U.S.), by NLTK's engine for them."""
    words = sorted((re.escape(w) for w, kind in _abbreviations().items() if kind != "number" and "." not in w), key=len, reverse=True)
    return redos.compile(f"(?x:{TOKEN})".replace("ABBREVIATIONS", f"(?i:{'|'.join(words)})"), timeout=None)  # it takes linear time


def split_tokens(text):
    """The words and punctuation marks of a text, in order."""
    return _words().findall(text)


def find_tokens(text):
    """[(start, end), ...] of the words and punctuation marks of a text, in order."""
    found, end = [], 0
    for token in split_tokens(text):  # between them is white space only
        start = text.index(token, end)
        found.append((start, end := start + len(token)))
    return found


@cache
def _tagger():
    """NLTK's averaged perceptron (Collins 2002) of data/pos.json.xz, in memory once asked for: (the tagger with its dictionary of words that
    have one tag, the tags, feature -> its row of the weights, the weights in hundredths: a column for each tag)."""
    stored, tagger = json.loads(lzma.decompress((DATA / "pos.json.xz").read_bytes())), PerceptronTagger(load=False)
    tagger.tagdict, tags, features = stored["tagdict"], stored["classes"][::-1], stored["features"]  # of equal sums the first wins, in NLTK the last tag
    weights = np.zeros((len(features), len(tags)), np.int16)
    weights[np.repeat(np.arange(len(features)), stored["sizes"]), -1 - np.array(stored["numbers"])] = stored["hundredths"]
    return tagger, tags, dict(zip(features, range(len(features)))), weights


def tag_tokens(tokens):
    """The Penn Treebank tag of each word of one sentence (a list of str), as NLTK finds it, but with numpy to add up the weights."""
    (tagger, tags, row_of, weights), found = _tagger(), []
    words, (last, before) = [*tagger.START, *map(tagger.normalize, tokens), *tagger.END], tagger.START
    for word, two_back, one_back, here, one_on, two_on in zip(tokens, words, words[1:], words[2:], words[3:], words[4:]):
        tag = tagger.tagdict.get(word)
        if not tag:
            features = ("bias", f"i suffix {word[-3:]}", f"i pref1 {word[:1]}", f"i-1 tag {last}", f"i-2 tag {before}", f"i tag+i-2 tag {last} {before}",
                        f"i word {here}", f"i-1 tag+i word {last} {here}", f"i-1 word {one_back}", f"i-1 suffix {one_back[-3:]}", f"i-2 word {two_back}",
                        f"i+1 word {one_on}", f"i+1 suffix {one_on[-3:]}", f"i+2 word {two_on}")
            tag = tags[np.add.reduce(weights.take([row_of[f] for f in features if f in row_of], axis=0)).argmax()]
        found.append(tag)
        last, before = tag, last
    return found


@cache
def _forms():
    """((irregular word, first letter of its tag) -> lemma; known verbs), of data/irregular.csv and data/verbs.txt."""
    return ({(form, row["pos"]): row["lemma"] for row in load_rows("irregular") for form in row["forms"].split()},
            frozenset((DATA / "verbs.txt").read_text(encoding="utf-8").split()))


def lemma(word, pos):
    """The dictionary form of a word with a Penn tag, lower case: `said`, VBD -> `say`; `talks`, NNS -> `talk`."""
    low, (irregular, verbs) = word.lower().replace("’", "'"), _forms()
    ending = {"VBG": "ing", "VBD": "ed", "VBN": "ed"}.get(pos, "s" if pos in ("NNS", "NNPS", "VBZ") else None)
    if (low, pos[:1]) in irregular:
        return irregular[low, pos[:1]]
    if not ending or not low.endswith(ending) or len(low) < len(ending) + 2 or low.endswith(("ss", "us", "is", "ics")):
        return low
    stem = low[:-len(ending)]
    if stem.endswith("i") and ending == "ed" and len(stem) > 2 or stem.endswith("ie") and ending == "s" and len(stem) > 3:
        return stem.removesuffix("e")[:-1] + "y"  # denied, studies
    if ending == "s":
        return stem[:-1] if stem.endswith(("sse", "she", "che", "xe", "zze", "oe")) else stem
    if re.fullmatch("[^aeiou]*[aeiou][bdgklmnprtvz]", stem):  # hoped, wiped: one short syllable would have doubled its last letter
        return stem + "e"
    known = [base for base in (stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else "") if base in verbs]
    if known or not re.search("[aeiouy]", stem):
        return known[0] if known else low
    if stem[-1] == stem[-2] and stem[-1] not in "lsfz":  # a verb nobody listed: tog|g|ing, privatiz|ing
        return stem[:-1]
    return stem + "e" if re.search(r"(?:[iauo][zvs]|[iy]z|at|[^aeiou]l|[rn]c|dg|rg|[^aeiou]iv|ur|uc|u|^[^aeiou]+[aeiou]k)$", stem) else stem
