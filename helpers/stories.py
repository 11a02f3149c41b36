"""Which articles demonstrably tell one story, and which remarks they share: only these can leave something out, or contradict each other."""
import math
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from textwrap import shorten

import numpy as np

from helpers.wording import STOP, words_of

NAME = re.compile(r"(?<=[\w,;:’'\"”] )[A-Z]\w+|\d[\d.,]*\d")  # a capital within a sentence, or a number
MIN_NAMES, FEW, ALIKE = 4, 50, 0.25
UNNAMED = "all"  # the story of a corpus for which nobody names one (corpus.py)
SUMMED = re.compile(r"\d+ others?")  # what many small groups are called together: nobody in particular


def tell_same(documents, sentences):
    """doc_id -> the doc_ids that tell its story, itself among them: those of the same `story` where it is given, else those whose words
    show it. They have MIN_NAMES names or numbers in common that no more than FEW articles have, and ALIKE words (cosine of 1 + log of the
    counts): of PolNeAR's articles, all on one campaign, 5 % of the pairs are so much alike, of articles on one event all."""
    near, named = {doc: {doc} for doc in documents["doc_id"]}, documents["story"].where(documents["story"] != UNNAMED)
    for _, docs in documents.groupby(named)["doc_id"]:
        near |= dict.fromkeys(docs, set(docs))
    free = sentences[sentences["doc_id"].isin(documents.loc[named.isna(), "doc_id"])]
    texts = {doc: " ".join(lines) for doc, lines in free.groupby("doc_id")["text"]}
    having = defaultdict(list)
    for doc, text in texts.items():
        for name in set(NAME.findall(text)):
            having[name].append(doc)
    common = Counter(pair for docs in having.values() if len(docs) <= FEW for pair in combinations(docs, 2))
    weights = cache(lambda doc: _weights(texts[doc]))
    for left, right in (pair for pair, n in common.items() if n >= MIN_NAMES):
        if sum(weights(left)[word] * weights(right)[word] for word in weights(left).keys() & weights(right)) >= ALIKE:
            near[left].add(right)
            near[right].add(left)
    return near


def _weights(text):
    """word -> its weight in a text, 1 + log of how often it stands there, all of length 1 together; function words have none."""
    weights = {word: 1 + math.log(n) for word, n in Counter(words_of(text)[0]).items() if word not in STOP}
    length = math.hypot(*weights.values())
    return {word: weight / length for word, weight in weights.items()}


def part_stories(docs, near):
    """Documents (or what else `near` links) parted into those that tell one story, directly or over others: sorted lists."""
    rest, parts = set(docs), []
    while rest:
        part = [min(rest)]
        rest.discard(part[0])
        for doc in part:  # it grows while it is read
            found = near[doc] & rest
            part += sorted(found)
            rest -= found
        parts.append(sorted(part))
    return parts


def number_remarks(reuse):
    """The utterances of `reuse` with the column `remark`: those whose words overlap by half in an article are one remark."""
    rows = reuse[reuse["kind"] == "utterance"].reset_index(drop=True)
    spans = [span for side in ("left", "right") for span in zip(rows[f"{side}_doc_id"], rows[f"{side}_start"], -rows[f"{side}_end"], rows.index)]
    near, last = {i: {i} for i in rows.index}, ("", 0, 0, 0)
    for doc, start, end, i in sorted(spans):  # of those that start together the longest first; `last`: the one that reaches furthest
        if doc == last[0] and 2 * (min(-end, -last[2]) - start) > min(-end - start, -last[2] - last[1]):
            near[i].add(last[3])
            near[last[3]].add(i)
        last = (doc, start, end, i) if doc != last[0] or end < last[2] else last
    number = {i: part[0] for part in part_stories(near, near) for i in part}
    return rows.assign(remark=[number[i] for i in rows.index])


def telling(left, right):
    """How many words two utterances share that say something: no function words, and no names (capitals in both, but at the start)."""
    one, two = ({word: i and text[start].isupper() for i, (word, (start, _)) in enumerate(zip(*words_of(text))) if word not in STOP} for text in (left, right))
    return sum(not (one[word] and two[word]) for word in one.keys() & two)


def find_remarks(documents, sentences, reuse):
    """Remarks that articles share as facts: (utterance, its longest wording, [(doc_id, sentence), ...]); none of mere names or one word."""
    texts, order, facts = dict(zip(documents["doc_id"], documents["text"])), dict(list(sentences.groupby("doc_id"))), []
    for _, part in number_remarks(reuse).groupby("remark", sort=True):
        spans = {span for side in ("left", "right") for span in zip(part[f"{side}_doc_id"], part[f"{side}_start"], part[f"{side}_end"])}
        words = sorted({texts[doc][start:end] for doc, start, end in spans}, key=lambda text: (-len(text), text))
        if telling(words[0], words[-1]) > 1:
            spans = [span for span in spans if span[0] in order]  # an article that is not English has no sentences
            at = [(doc, max(np.searchsorted(order[doc]["start"].to_numpy(dtype="int64"), start, side="right") - 1, 0)) for doc, start, _ in spans]
            facts.append(("utterance", shorten(words[0], 140, placeholder=" …"), [(doc, int(order[doc]["sentence"].iloc[i])) for doc, i in at]))
    return facts
