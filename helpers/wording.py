"""Words in a normal form, so that spelling and inflection don't hide that two texts say the same, and two texts aligned word by word."""
import re
from difflib import SequenceMatcher
from functools import lru_cache

WORD = re.compile(r"\w+(?:[.'’\-‐‑]\w+)*")
SPELLING = [(re.compile(p), r) for p, r in [  # British and American forms fall together; what else does is shown as a difference
    (r"our", "or"), (r"fence", "fense"), (r"(?<=[bt])re(s?)$", r"er\1"), (r"(?<=.[iy])s(e|ed|es|er|ing|ation|ations)$", r"z\1"),
    (r"mme(s?)$", r"m\1"), (r"ll(ed|ing|er|ers)$", r"l\1"), (r"^licence", "license"), (r"^grey", "gray"),
    (r"(?<=\w{4})(?:ing|ed|es|s)$", "")]]
STOP = frozenset("""a about after again against all also am an and any are as at be because been before being but by can could did do
does doing done down during each few for from further get got had has have having he her here him his how i if in into is it its just
me more most must my no nor not now of off on once one only or other our out over own said same say says she should so some such than
that the their them then there these they this those through to told too under until up us very was we were what when where which
while who whom why will with would you your s t d ll ve re m""".split())


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


@lru_cache(maxsize=100)
def _matched(left, right):
    """(the words of two texts, matched; where they stand in the left text, in the right one)."""
    (a, a_spans), (b, b_spans) = words_of(left), words_of(right)
    return SequenceMatcher(None, a, b, autojunk=len(a) > 1000), a_spans, b_spans


def align(left, right):
    """Two texts word by word: a list of (left words, right words, same); `same` ignores case, quote style and punctuation.

    Words that differ only in spelling or ending ("honor", "honour") stand opposite each other with `same` False.
    """
    (matcher, a_spans, b_spans), pieces = _matched(left, right), []
    words, others = [left[s:e] for s, e in a_spans], [right[s:e] for s, e in b_spans]
    for tag, i, i2, j, j2 in matcher.get_opcodes() if matcher.a != matcher.b else [("equal", 0, len(words), 0, len(words))]:
        for x, x2, y, y2 in [(i + n, i + n + 1, j + n, j + n + 1) for n in range(i2 - i)] if tag == "equal" else [(i, i2, j, j2)]:
            same = tag == "equal" and (words[x] == others[y] or _plain(words[x]) == _plain(others[y]))
            if same and pieces and pieces[-1][4]:  # neighbouring words that agree make one piece
                pieces[-1][1], pieces[-1][3] = x2, y2
            else:
                pieces.append([x, x2, y, y2, same])
    return [(left[a_spans[x][0]:a_spans[x2 - 1][1]] if x < x2 else "", right[b_spans[y][0]:b_spans[y2 - 1][1]] if y < y2 else "", same)
            for x, x2, y, y2, same in pieces]


def _plain(word):
    return word.casefold().replace("’", "'").replace("‐", "-").replace("‑", "-")


def similarity(left, right):
    """2 x words in common / words of both texts, by their normal forms and in order: 0 to 1."""
    return _matched(left, right)[0].ratio()


def together(names):
    """Names as one phrase: A and B; A; B; and C (titles may hold commas)."""
    return " and ".join(names) if len(names) < 3 else "; ".join(names[:-1]) + f"; and {names[-1]}"
