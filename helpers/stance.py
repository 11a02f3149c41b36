"""How a cue presents what it reports: its lemma and its stance, from an editable lexicon of reporting words.

`data/reporting_words.csv` has the word or phrase (lemmas), its part of speech, stance, act and the literature that motivates its
class: factives Kiparsky & Kiparsky 1970; assertives, weak ones as thought, Hooper 1975; commissives, directives Searle 1976;
judgement, conjecture, manner Levin 1993; the reporter's own stance Thompson & Ye 1991; nouns Bergler 1992. Which word is in which
class is this project's own reading of them.
"""
import re
from functools import cache

from helpers.names import read_csv, words_of

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# Words that carry tense, negation, degree or phase, not the report itself: "has long been said", "seemed to acknowledge".
LIGHT = words_of("light")


@cache
def load_reporting_words():
    """The lexicon: word -> (stance, act); a word that is verb and noun keeps the verb's class."""
    rows = sorted(read_csv("reporting_words.csv"), key=lambda row: row["pos"] in ("verb", "phrase"))
    return {row["word"]: (row["stance"], row["act"]) for row in rows}


@cache
def load_irregular():
    """Irregular verb form -> lemma."""
    rows = [row for row in read_csv("irregular.csv") if row["pos"] == "V"]
    return {form: row["lemma"] for row in rows for form in row["forms"].split()} | {"lying": "lie", "foretold": "foretell"}


@cache
def parts_of_phrases():
    """Every word of the lexicon's entries, phrases taken apart."""
    return {part for word in load_reporting_words() for part in word.split()} | LIGHT


def lemmas_of(word):
    """What an inflected word may be a form of, likeliest first; the word itself is always among them."""
    word = word.lower().replace("’", "'")
    if word in load_irregular():
        return [load_irregular()[word], word]
    forms = [word]
    if word.endswith("ies") or word.endswith("ied"):
        forms += [word[:-3] + "y", word[:-1]]
    for ending in ("ing", "ed", "es", "s"):
        stem = word[:-len(ending)]
        if word.endswith(ending) and len(stem) > 2 and not word.endswith("ss"):
            doubled = [stem[:-1]] if stem[-1] == stem[-2] and ending in ("ing", "ed") else []
            forms += [stem + "e"] * (ending in ("ing", "ed", "es")) + [stem] + doubled
    return forms


def lemma_of(word):
    """The lemma of one word: the first of its candidates that the lexicon knows, else the word shorn of its ending."""
    forms = lemmas_of(word)
    known = [form for part in (load_reporting_words(), parts_of_phrases()) for form in forms if form in part]
    return forms[0] if word.lower() in load_irregular() else (known or forms[::-1])[0]


def find_reporting_word(cue_text):
    """(lemma, stance, act) of a cue: of the longest phrase in the lexicon, else its first reporting word, else its first."""
    known = load_reporting_words()
    words = [lemma_of(word) for word in WORD.findall(cue_text or "")[:60]]
    phrases = (" ".join(words[i:i + size]) for size in range(5, 1, -1) for i in range(len(words) - size + 1))
    phrase = next((phrase for phrase in phrases if phrase in known), None)
    full = [word for word in words if word not in LIGHT] or words[:1]
    head = phrase or next((word for word in full if word in known), full[0] if full else None)
    return head, *known.get(head, ("neutral", "speech"))


def stance_of(cue_text):
    """(lemma, stance) of a cue, inflected or not: "has long warned" -> ("warn", "emotive"); (None, "neutral") without words."""
    return find_reporting_word(cue_text)[:2]
