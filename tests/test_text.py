"""Sentences, words, tags and lemmas: hard cases written out by hand, and properties that hold for any text."""
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.text import find_sentences, find_tokens, lemma, tag_tokens

# Each text is written as its sentences; what joins them is a space unless a case says otherwise.
SENTENCES = {
    "titles": ["Gen. Lloyd J. Austin III met Lt. Col. John Roe and Mr. Young.", "They spoke at 5 p.m. on Sept. 16."],
    "country ends": ["He returned to the U.S. in May.", "She stayed in the U.S.", "The talks went on."],
    "country goes on": ["The U.S. Army and U.S. Secretary of State John Kerry agreed.", "The U.N. Security Council did not."],
    "initials": ["Ashton B. Carter phoned Sergei K. Shoigu.", "George W. Bush did not."],
    "numbers": ["It was No. 5 on the list, at $1.5 million.", "No. The minister refused.".split(". ")[0] + ".", "The minister refused."],
    "curly quotes": ["“We will go.", "We will stay,” he said.", "“Why?” she asked.", "“No!” Berg said.", "He left.”"],
    "straight quotes": ['"We will go.', 'We will stay," he said.', '"Why?" she asked.', 'It was "over."', "He left."],
    "quote then speaker": ["He called it “constructive.”", "Mr. Shoigu told him so."],
    "brackets": ["(The ship sailed at dawn.)", "Nobody saw it."],
    "ellipsis": ["“The Russians proposed … that we have talks … to discuss it,” he said.", "He waited...", "Then he left."],
    "companies": ["Lockheed Martin Corp. and Boeing Co. bid.", "Smith & Sons Ltd. did not."],
    "ages, states": ["Sen. Jack Reed (D-R.I.) spoke in Providence, R.I., on Monday.", "Rep. Mac Thornberry, R-Texas, replied."],
    "lower case names": ["al-Assad agreed.", "He said so."],
    "no-break spaces": ["The war has gone on “too long.”", "He left."],
    "versus, places": ["It is Norland vs. Sudland in Eau Claire, Wis.", "And nobody in Kansas City, Mo.; or in D.C., cares."],
    "abbreviated months": ["The strike of Jan. 3 killed two.", "That of Feb. 4 killed none."],
}


@pytest.mark.parametrize("name", SENTENCES)
@pytest.mark.parametrize("space", [" ", "\u00a0", "\n", "  "])
def test_sentences(name, space):
    text = space.join(SENTENCES[name])
    assert [text[s:e] for s, e in find_sentences(text)] == SENTENCES[name]


def test_a_blank_line_or_a_list_item_ends_a_sentence_a_single_line_break_does_not():
    text = "The ship\nsailed at dawn\n\nIt came back\n- one tank\n- two guns\n1. a list"
    assert [text[s:e] for s, e in find_sentences(text)] == ["The ship\nsailed at dawn", "It came back", "- one tank", "- two guns", "1. a list"]


@pytest.mark.parametrize("text, words", [
    ("Russia’s T-90 tanks don't move.", "Russia ’s T-90 tanks do n't move ."),
    ("The U.S.-led coalition (50-minute call) cost $1,500.", "The U.S.-led coalition ( 50-minute call ) cost $ 1,500 ."),
    ("“We cannot,” Mr. O'Neill said—twice…", "“ We can not , ” Mr. O'Neill said — twice …"),
    ("See https://example.org/a?b=1, or mail a.b@example.org.", "See https://example.org/a?b=1 , or mail a.b@example.org ."),
    ("Gen. Austin left at 5 p.m. yesterday", "Gen. Austin left at 5 p.m. yesterday"),
    ("'They're here', he'd said...", "' They 're here ' , he 'd said ..."),
])
def test_words(text, words):
    assert [text[s:e] for s, e in find_tokens(text)] == words.split()


def test_tags():
    words = "Kerry told reporters on Friday he saw Russian tanks in Latakia .".split()
    assert tag_tokens(words) == ["NNP", "VBD", "NNS", "IN", "NNP", "PRP", "VBD", "JJ", "NNS", "IN", "NNP", "."]
    assert tag_tokens([]) == []


@pytest.mark.parametrize("word, tag, base", [
    ("said", "VBD", "say"), ("denied", "VBD", "deny"), ("planned", "VBN", "plan"), ("acknowledging", "VBG", "acknowledge"), ("told", "VBD", "tell"),
    ("talks", "NNS", "talk"), ("Studies", "NNS", "study"), ("aircraft", "NNS", "aircraft"), ("bases", "NNS", "base"), ("strategies", "NNS", "strategy"),
    ("warns", "VBZ", "warn"), ("watches", "VBZ", "watch"), ("seized", "VBN", "seize"), ("called", "VBD", "call"), ("agreed", "VBD", "agree"),
    ("lives", "NNS", "life"), ("lives", "VBZ", "live"), ("troops", "NNS", "troop"), ("was", "VBD", "be"), ("airstrikes", "NNS", "airstrike"),
    ("politics", "NNS", "politics"), ("crisis", "NN", "crisis"), ("deconflicted", "VBD", "deconflict"), ("better", "JJR", "good"), ("is", "VBZ", "be"),
])
def test_lemmas(word, tag, base):
    assert lemma(word, tag) == base


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.lists(st.sampled_from(["U.S.", "Mr.", "“", "”", '"', "'", ".", "?", "\n", "\n\n", " ", "said", "He", "5", "…", "(", "-", "\u00a0"]),
                                        max_size=60).map("".join))
def test_spans_are_in_order_without_overlap_and_miss_no_word(text):
    for find in (find_sentences, find_tokens):
        spans, edge = find(text), 0
        for start, end in spans:
            assert edge <= start < end <= len(text) and text[start:end].strip()
            edge = end
        if find is find_sentences:
            rest = "".join(text[a:b] for a, b in zip([0] + [e for _, e in spans], [s for s, _ in spans] + [len(text)]))
            assert not any(c.isalnum() for c in rest)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), max_size=20))
def test_tags_and_lemmas_take_any_words(words):
    tags = tag_tokens(words)
    assert len(tags) == len(words) and all(isinstance(lemma(word, tag), str) for word, tag in zip(words, tags))


@pytest.mark.parametrize("piece", ["The minister said that no ship had left. ", "a", ".", '"', "? ", "U.S. ", "\u201c", "' ", "1,", "-", "\n", "A.", "said. he "])
def test_linear_time_on_one_long_paragraph(piece):
    def seconds(size):
        text, began = piece * (size // len(piece)), time.perf_counter()
        find_sentences(text)
        find_tokens(text)
        return time.perf_counter() - began
    small, large = min(seconds(10_000), seconds(10_000)), seconds(100_000)
    assert large < 40 * small + 0.5  # ten times the text; quadratic time would be a hundred times
