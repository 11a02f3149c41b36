"""Words in a normal form, so that spelling and inflection don't hide that two texts say the same, and two texts aligned word by word."""
import re
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache

from helpers.names import words_of as words_listed

MARKS = str.maketrans("’‐‑", "'--")  # a mark printed in another way is no difference
WORD = re.compile(r"\w+(?:[.'’\-‐‑]\w+)*")
SPELLING = [(re.compile(p), r) for p, r in [  # British and American forms fall together; what else does is shown as a difference
    (r"our", "or"), (r"fence", "fense"), (r"(?<=[bt])re(s?)$", r"er\1"), (r"(?<=.[iy])s(e|ed|es|er|ing|ation|ations)$", r"z\1"),
    (r"mme(s?)$", r"m\1"), (r"ll(ed|ing|er|ers)$", r"l\1"), (r"^licence", "license"), (r"^grey", "gray"),
    (r"(?<=\w{4})(?:ing|ed|es|s)$", "")]]
STOP = words_listed("stop")


@lru_cache(maxsize=200_000)
def key(word):
    """A word's normal form: case, marks, British or American spelling and regular endings set aside."""
    form = re.sub(r"(?<!\d)\W|_", "", word.casefold()) or word
    if len(form) > 4 and form.isalpha():
        for pattern, other in SPELLING:
            form = pattern.sub(other, form)
    return form


def words_of(text, offset=0):
    """(normal forms, spans) of a text's words."""
    spans = [match.span() for match in WORD.finditer(text)]
    return [key(text[s:e]) for s, e in spans], [(s + offset, e + offset) for s, e in spans] if offset else spans


def blocks(a, b):
    """What two lists of words have in common, as difflib finds it: (start in a, start in b, length), the longest first and then beside it."""
    if a == b or len(a) > 1000:
        return [(0, 0, len(a))] if a == b else SequenceMatcher(None, a, b).get_matching_blocks()[:-1]
    places, runs, found, left, right = defaultdict(list), [], [], [*a, 0], [*b, 1]
    for j, word in enumerate(b):
        places[word].append(j)
    for i, word in enumerate(a):
        for j in places.get(word, ()):
            if left[i - 1] != right[j - 1]:
                n = 1
                while left[i + n] == right[j + n]:
                    n += 1
                runs.append((-n, i, j))
    boxes = [runs] if runs else []
    while boxes:
        runs = boxes.pop()
        n, i, j = min(runs)
        x, y = i - n, j - n
        found.append((i, j, -n))
        boxes += filter(None, (
            [(-min(-m, i - p, j - q), p, q) for m, p, q in runs if p < i and q < j],
            [(m + skip, p + skip, q + skip) for m, p, q in runs if (skip := max(0, x - p, y - q)) < -m]))
    return sorted(found)


def align(left, right):
    """Two texts word by word: a list of (left words, right words, same); `same` ignores case, quote style and punctuation.
    Words that differ only in spelling or ending ("honor", "honour") stand opposite each other with `same` False."""
    (a, spans), (b, others) = words_of(left), words_of(right)
    return oppose(left, spans, right, others, blocks(a, b))


def oppose(left, spans, right, others, common):
    """The pieces that align has of two texts' words (their spans), of which the blocks `common` agree in their normal forms."""
    pieces, i, j = [], 0, 0
    for x, y, n in [*common, (len(spans), len(others), 0)]:
        if i < x or j < y:
            pieces.append([i, x, j, y, False])
        i, j = x + n, y + n
        if n and _cut(left, spans, x, i) == _cut(right, others, y, j):
            steps = [[x, i, y, j, True]]
        else:
            steps = [[x + k, x + k + 1, y + k, y + k + 1, _plain(left, spans[x + k]) == _plain(right, others[y + k])] for k in range(n)]
        for step in steps:
            if step[4] and pieces and pieces[-1][4]:  # neighbouring words that agree make one piece
                pieces[-1][1], pieces[-1][3] = step[1], step[3]
            else:
                pieces.append(step)
    return [(_cut(left, spans, x, x2), _cut(right, others, y, y2), same) for x, x2, y, y2, same in pieces]


def _cut(text, spans, i, i2):
    return text[spans[i][0]:spans[i2 - 1][1]] if i < i2 else ""


def _plain(text, span):
    return text[slice(*span)].casefold().translate(MARKS)


def together(names):
    """Names as one phrase: A and B; A; B; and C (titles may hold commas)."""
    return " and ".join(names) if len(names) < 3 else "; ".join(names[:-1]) + f"; and {names[-1]}"
