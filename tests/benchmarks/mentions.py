"""Words a second of processor time, for the mentions alone, on one core: python tests/benchmarks/mentions.py [FOLDER]  (default: the seeds and the war reports)."""
import sys
import time
from pathlib import Path

from helpers import lexicon
from helpers.military import find_in_text

ROOT = Path(__file__).parents[2]
SENTENCE = r"[^.!?\n]+[.!?]?"


def main(folder=None):
    """Print the speed on ordinary news-like text: every document of the folder, repeated to about 400,000 words."""
    import re
    paths = sorted(Path(folder).glob("*.txt")) if folder else [*(ROOT / "seeds").glob("*.txt"), *(ROOT / "tests" / "war_reports").glob("[0-9]*.txt")]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    texts = [re.sub(r"\[([^\]|]+)\|[^\]]*\]", r"\1", text) for text in texts]
    spans = [[match.span() for match in re.finditer(SENTENCE, text)] for text in texts]
    words = sum(len(text.split()) for text in texts)
    lexicon.word_tree()
    rounds, started = max(1, 400_000 // max(words, 1)), time.process_time()
    n = sum(len(find_in_text(text, sentences=sentences)) for _ in range(rounds) for text, sentences in zip(texts, spans))
    seconds = time.process_time() - started
    print(f"{words * rounds / seconds:,.0f} words/s ({words * rounds:,} words, {n:,} mentions, {seconds:.1f} s)")


if __name__ == "__main__":
    main(*sys.argv[1:2])
