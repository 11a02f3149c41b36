"""The training text: marked stories and nested annotations are well formed, and dressing a text otherwise moves no offset. Making a layer narrower."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.training.attribution_data import QUOTES, load_nested, requoted, rewrapped
from helpers.training.stories import load_stories, parse
from helpers.training.surgeon import remove_neurons

ROLES = ("source", "cue", "content")
STORIES = load_stories()


def test_a_marked_sentence_by_hand():
    text, found = parse('<s1+2>Ruiz</s1+2> <c1>said</c1> <t1>that <s3>Oslo</s3> <c3>wants</c3> <t3>peace</t3></t1> and <c2>left</c2>, <t2>"so</t2> he <t2>did"</t2>.')
    assert text == 'Ruiz said that Oslo wants peace and left, "so he did".'
    words = [{role: [text[s:e] for s, e in a[role]] for role in ROLES} for a in found]
    assert words == [{"source": ["Ruiz"], "cue": ["said"], "content": ["that Oslo wants peace"]},
                     {"source": ["Ruiz"], "cue": ["left"], "content": ['"so', 'did"']},
                     {"source": ["Oslo"], "cue": ["wants"], "content": ["peace"]}]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["doc"])
def test_every_span_of_a_story_holds_words(story):
    assert "<" not in story["text"]
    for a in story["attributions"] + story["nested"]:
        assert a["content"] and len(a["source"]) < 2
        for s, e in (span for role in ROLES for span in a[role]):
            assert 0 <= s < e <= len(story["text"]) and story["text"][s:e] == story["text"][s:e].strip()


def test_what_is_nested_lies_in_another_content():
    nested = [(a, story) for story in STORIES for a in story["nested"]]
    assert len(nested) > 300
    for a, story in nested:
        around = [b for b in story["attributions"] + story["nested"] if b is not a]
        assert any(all(any(s <= x and y <= e for s, e in b["content"]) for x, y in a["content"] + a["cue"]) for b in around)


def test_nested_annotations_have_spans_and_no_text():
    for rows in load_nested().values():
        for a in rows:
            assert set(a) == set(ROLES) and a["content"] and a["cue"] and all(s < e for role in ROLES for s, e in a[role])


@given(st.text(alphabet="ab \n\"“”.’'", max_size=300), st.sampled_from(sorted(QUOTES)), st.integers(20, 60))
def test_dressing_keeps_every_offset(text, style, width):
    for other in (requoted(text, style), rewrapped(text, width)):
        assert len(other) == len(text)
        assert all(a == b for a, b in zip(text, other) if a.isalpha())


def test_a_neuron_that_is_the_sum_of_two_goes_and_they_take_over():
    a, b = np.array([1.0, 0, 2, 1]), np.array([0, 3.0, 1, 1])
    active, weights = np.stack([a, a + b, b], 1), np.array([[1.0, 0], [0.1, 0.2], [0, 1]])
    kept, corrected = remove_neurons(active.T @ active, weights, 2)
    assert kept.tolist() == [0, 2]
    np.testing.assert_allclose(corrected, [[1.1, 0.2], [0.1, 1.2]], atol=0.01)  # a and b each with what a + b gave
    np.testing.assert_allclose(active[:, kept] @ corrected, active @ weights, atol=0.02)


def test_where_none_can_stand_in_the_weakest_goes():
    kept, corrected = remove_neurons(np.eye(3), np.array([[3.0], [1], [2]]), 2)
    assert kept.tolist() == [0, 2] and corrected.tolist() == [[3], [2]]
