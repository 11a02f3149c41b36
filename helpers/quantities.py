"""How many: number phrases before a noun ("as many as 500 Russian troops"), and rates after it ("about two flights a day").

A quantity is its words and its bounds; an open bound is None, both bounds of "several" are. "About 200" is 200 to 200, "more than
20" is 20 upwards, "as many as 500" and "up to 500" are at most 500."""
import re
from typing import NamedTuple

from helpers.lexicon import load_words

ONES = dict(zip("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
                "eighteen nineteen".split(), range(1, 20)))
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10)))
MOST = 10 ** 12  # nobody counts troops or shells beyond it, and tables hold whole numbers of 64 bits
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10 ** 6, "billion": 10 ** 9}
VAGUE = load_words()["unbounded"]
STARTS = set(ONES) | set(TENS) | set(SCALES) | VAGUE | {"pair", "couple", "half", "trio", "score"}

AT_MOST, AT_LEAST, ABOUT = ("|".join(sorted(re.escape(words).replace(r"\ ", r"\s+") for words in load_words()[name]))
                            for name in ("at most", "at least", "about"))
WORD = "|".join([*ONES, *TENS])
DIGITS = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
SIMPLE = rf"(?:(?:{DIGITS})|a\s+half|half|(?:a|{WORD})\b(?:[\s-](?:{WORD})\b)?)"
SCALE = r"[\s-]+(?:an?\s+)?(?:dozen|hundred|thousand|million|billion)\b"
NUMBER = rf"(?:{SIMPLE}(?:{SCALE}(?:\s+(?:and\s+)?(?:{WORD})\b(?:[\s-](?:{WORD})\b)?)?)*)"
PHRASE = re.compile(rf"""
    (?P<several>\b(?:(?:many|several|a\ few|few|some)\s+)?(?:dozens|scores|hundreds|thousands|tens\s+of\s+thousands)\b
        |\b(?:several|many|numerous|countless|a\ few|a\ handful|few)(?:\s+(?:dozen|hundred|thousand))?\b)
  | (?:\b(?P<sign>{AT_MOST}|{AT_LEAST})\s+)?(?:\b(?P<about>{ABOUT})\s+)?
    (?:\b(?P<between>between)\s+)?
    (?:(?P<pair>\ba\s+(?:pair|couple|trio))\b
      |(?P<low>(?<![\w.,$€£])(?:{NUMBER}))(?![\w%°])
       (?:\s*(?P<to>to|and|or|-|–|—)\s*(?P<high>{NUMBER})(?![\w%°]))?)(?P<plus>\+|-plus)?
    """, re.X | re.I)
RATE = re.compile(r"\s*(?:(?:a|an|per|each|every)\s+(?:day|night|week|month|year|hour)|daily|weekly|nightly)\b", re.I)

BLOCK = load_words()["block"]  # words that may not stand between a number and its noun: the number is of something else
MONTHS = re.compile(r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s+$")
NAMED = re.compile(
    r"(?:\b(?:No|Nos|number|article|resolution|chapter|section|channel|block|unit|age|aged|day|page|phase|part|group)\.?\s+|[$€£#]\s?|\w-)$", re.I)


class Quantity(NamedTuple):
    """The words of a quantity and its bounds (None: open)."""
    text: str
    min: int | None
    max: int | None


def number_of(words):
    """The value of a number phrase: "2,500", "two hundred and fifty", "half a dozen", "1.5 million"; None if there is none, or none that counts."""
    words = re.sub(r"(?<=\d),(?=\d)", "", words.lower())
    total, current, seen = 0, 0, False
    for piece in re.findall(r"\d+(?:\.\d+)?|[a-z]+", words):
        if piece in SCALES:
            value = (current or (0 if total else 1)) * SCALES[piece]
            total, current = (total, value) if SCALES[piece] <= 100 else (total + value, 0)
        elif piece == "half":
            current += 0.5
        elif piece[0].isdigit() or piece in ONES or piece in TENS:
            current += float(piece[:20]) if piece[0].isdigit() else ONES.get(piece) or TENS[piece]
        elif piece == "a" and not seen:
            current = 1
        elif piece not in ("and", "a", "an"):
            return None
        seen = seen or piece != "and"
    return int(total + current) if seen and total + current < MOST else None


def bounds(match):
    """(min, max) of a matched phrase."""
    if match["several"]:
        return None, None
    if match["pair"]:
        low = high = 3 if match["pair"].lower().endswith("trio") else 2
    else:
        low = high = number_of(match["low"])
        if match["high"]:
            high = number_of(match["high"])
            scale = re.search(r"(dozen|hundred|thousand|million|billion)\s*$", match["high"], re.I)
            if scale and low < high and not re.search(r"[a-z]{3}\s*$|,", re.sub(WORD, "", match["low"], flags=re.I)):
                low *= SCALES[scale[1].lower()]
    sign = re.sub(r"\s+", " ", (match["sign"] or "").lower())
    if match["plus"] or (sign and re.fullmatch(AT_LEAST, sign)):
        return low, None
    return (None, high) if sign else (low, high)


def fits(match, text, noun):
    """Whether a matched number counts the noun at offset `noun`, and is not a year, a day, a sum, an age or a part of a name."""
    before, after = text[max(0, match.start() - 14):match.start()], text[match.end():noun]
    if match["several"] or match["pair"]:
        return True
    if number_of(match["low"]) is None or match["high"] and number_of(match["high"]) is None:
        return False
    bare = match["low"].isdigit() and not (match["sign"] or match["about"] or match["high"])
    if bare and (1900 <= int(match["low"]) <= 2099 or (int(match["low"]) < 32 and MONTHS.search(before))):
        return False
    return not (match["low"].lower() in ("a", "half", "a half") or NAMED.search(before) or re.match(r"[-–]\w|[’'/:]\s?\w|\s?%", after))


def find_quantity(text, spans, words, i, *, start=0, reach=6):
    """The Quantity that counts the noun whose first piece is `i`, or None; `spans`, `words`: a sentence's pieces and their lower case;
    `start`: where it begins. Looks back at most `reach` pieces, past adjectives and nationalities only."""
    if not any(word in STARTS or word.isdigit() for word in words[max(0, i - reach):i]):
        return None
    for j in range(i - 1, max(-1, i - 1 - reach), -1):
        gap, counts = text[spans[j][1]:spans[j + 1][0]], words[j] in STARTS or words[j].isdigit()
        if len(gap) > 3 or any(mark in gap for mark in ",;:()—?!") and not words[j][-1].isdigit():
            return None
        if counts:
            of = j > 1 and words[j - 1] == "of" and words[j] not in VAGUE  # four of six drones; two of the six
            of = j - 2 if of else j - 3 if j > 2 and words[j - 2:j] == ["of", "the"] else j
            j = of if words[of] in STARTS or words[of].isdigit() else j
            return quantity_at(text, spans, j, spans[i][0], start)
        partitive = j and words[j] in ("the", "its", "their", "these", "those", "his") and words[j - 1] == "of"
        if words[j] in BLOCK and not partitive and not (words[j] == "of" and j and (words[j - 1] in STARTS or words[j - 1].isdigit())):
            return None
    return None


def quantity_at(text, spans, j, noun, start):
    """The Quantity whose phrase covers piece j, if it counts the noun at offset `noun`."""
    for k in range(max(0, j - 7), j + 1):
        match = PHRASE.match(text, spans[k][0], noun) if spans[k][0] >= start else None
        if match and spans[j][1] <= match.end():
            return Quantity(match[0].strip(), *bounds(match)) if fits(match, text, noun) else None
    return None


def with_rate(quantity, text, end):
    """The quantity with the rate that follows its noun ("about two" + "a day"), else as it is."""
    rate = RATE.match(text, end, end + 20)
    return quantity._replace(text=f"{quantity.text} {rate[0].strip()}") if rate else quantity
