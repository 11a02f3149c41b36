"""How helpers/data/punkt.json, verbs.txt and pos.json.xz were made: `python -m helpers.training.text DATA [--punkt] [--pos]`.

DATA holds train.jsonl.gz (articles: `text`) and train.tokens.jsonl.gz (CoreNLP's tokens of the same texts: start, end, tag,
entity, sentence) of PolNeAR (Newell, Margolin & Ruths 2018). Only statistics are kept: abbreviations, counts of how words are
capitalised, weights. The tags are silver (a machine's), so the tagger learns CoreNLP's habits, its mistakes included.
"""
import argparse
import gzip
import json
import lzma
import random
from collections import Counter
from pathlib import Path

from nltk.tag.perceptron import PerceptronTagger
from nltk.tokenize.punkt import PunktTrainer

from helpers.text import PLAIN

DATA = Path(__file__).parents[1] / "data"
MIN_WEIGHT = 0.05  # smaller weights never decide; leaving them out halves the file
SEEN_TWICE = ("i-1 tag+i word", "i word", "i-1 word", "i+1 word", "i-2 word", "i+2 word")


def load_lines(path):
    """The records of a gzipped jsonl file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def train_punkt(texts):
    """Punkt's parameters (Kiss & Strunk 2006) from plain texts, as a dict that json can hold."""
    trainer = PunktTrainer()
    for text in texts:  # as find_sentences reads it
        trainer.train(text.translate(PLAIN), finalize=False)
    trainer.finalize_training()
    found = trainer.get_params()
    frequent = Counter(word.strip(".,;:\"'()\u201c\u201d").lower() for text in texts for word in text.split())
    ortho = {word: flags for word, flags in found.ortho_context.items() if frequent[word.strip(".")] > 1}
    lower = Counter(word for text in texts for word in text.split() if word.islower())  # one year's names are no starters
    return {"abbreviations": sorted(word for word in found.abbrev_types if word.isascii() and word[:1].isalpha()),
            "starters": sorted(word for word in found.sent_starters if word in lower or word == "i"),
            "collocations": sorted(map(list, found.collocations)), "ortho": dict(sorted(ortho.items()))}


def tagged_sentences(articles, tokens):
    """[[(word, tag), ...], ...]: CoreNLP's tokens as they stand in the text."""
    texts = {article["doc"]: article["text"] for article in articles}
    sentences = {}
    for record in tokens:
        for start, end, tag, _, number in record["tokens"]:
            word = texts[record["doc"]][start:end]
            sentences.setdefault((record["doc"], number), []).append((word, tag))
    return list(sentences.values())


def train_tagger(sentences, *, rounds=6, seed=1):
    """An averaged perceptron (Collins 2002, NLTK's) trained on tagged sentences; its order of sentences is seeded."""
    random.seed(seed)
    tagger = PerceptronTagger(load=False)
    tagger.train(sentences, nr_iter=rounds)
    return tagger


def base_verbs(sentences):
    """Verbs in their base form, seen as such at least twice, or once beside an inflected form: what lemma() looks stems up in."""
    base = Counter(word for sentence in sentences for word, tag in sentence if tag in ("VB", "VBP") and word.isalpha())
    other = {word for sentence in sentences for word, tag in sentence if tag in ("VBD", "VBN", "VBG", "VBZ")}
    inflected = {verb for verb in base if {verb + "ed", verb + "d", verb + "ing", verb + "s"} & other}
    return sorted(verb for verb, n in base.items() if verb.islower() and len(verb) > 2 and n + (verb in inflected) > 1)


def compact(tagger, seen):
    """The tagger as a small dict: its features (rare or weak ones left out), how many weights each has, and, one feature after the other,
    their classes by number and themselves in hundredths."""
    classes = sorted(tagger.classes)
    number, stored = {name: i for i, name in enumerate(classes)}, {"features": [], "sizes": [], "numbers": [], "hundredths": []}
    for feature, values in sorted(tagger.model.weights.items()):
        kind, _, word = feature.rpartition(" ")
        kept = {number[c]: round(w * 100) for c, w in sorted(values.items()) if abs(w) >= MIN_WEIGHT}
        if kept and not (kind.startswith(SEEN_TWICE) and seen[word] < 2):
            for part, told in zip(stored.values(), ([feature], [len(kept)], kept, kept.values())):
                part += told
    return {"classes": classes, "tagdict": dict(sorted(tagger.tagdict.items())), **stored}


def main():
    """Writes punkt.json and pos.json.xz into helpers/data."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("data", type=Path)
    options.add_argument("--punkt", action="store_true")
    options.add_argument("--pos", action="store_true")
    asked = options.parse_args()
    articles = load_lines(asked.data / "train.jsonl.gz")
    if asked.punkt or not asked.pos:
        parameters = train_punkt([article["text"] for article in articles])
        (DATA / "punkt.json").write_text(json.dumps(parameters, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    if asked.pos or not asked.punkt:
        sentences = tagged_sentences(articles, load_lines(asked.data / "train.tokens.jsonl.gz"))
        (DATA / "verbs.txt").write_text("\n".join(base_verbs(sentences)) + "\n", encoding="utf-8")
        tagger = train_tagger(sentences)
        seen = Counter(tagger.normalize(word) for sentence in sentences for word, _ in sentence)
        text = json.dumps(compact(tagger, seen), ensure_ascii=False, separators=(",", ":"))
        (DATA / "pos.json.xz").write_bytes(lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
