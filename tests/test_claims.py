"""Claims: read from made-up stories whose groups were worked out by hand (tests/stories), and from single sentences."""
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from helpers import compare
from helpers.claims import find_claims
from helpers.tables import empty, make
from helpers.text import find_sentences

STORIES = sorted((Path(__file__).parent / "stories").glob("*.toml"))


def corpus(articles, story="s"):
    """(mentions, attributions, documents, sentences) of articles as the stories' files write them."""
    documents, sentences, mentions, attributions = [], [], [], []
    for article in articles:
        doc_id, text = article["outlet"], article["text"]
        documents.append({"doc_id": doc_id, "outlet": doc_id, "story": story, "published": article.get("published"), "text": text,
                          "published_from": article.get("from"), "published_to": article.get("to")})
        spans = find_sentences(text)
        sentences += [{"doc_id": doc_id, "sentence": i, "block": 0, "start": s, "end": e, "text": text[s:e]} for i, (s, e) in enumerate(spans)]
        held = []
        for i, line in enumerate(article.get("attributions", ()), 1):
            content, cue, speaker, kind = line.split("|")
            start = text.index(content)
            at = min((k for k in range(len(text)) if text.startswith(cue, k)), key=lambda k: min(abs(k - start), abs(k - start - len(content))))
            held.append({"doc_id": doc_id, "attribution": f"a{i}", "content": [[start, start + len(content)]], "cue_start": at,
                         "cue_end": at + len(cue), "speaker": speaker, "speaker_kind": kind, "sentence": number(spans, start)})
        for row in held:
            (start, end), = row["content"]
            outer = [o for o in held if o is not row and o["content"][0][0] <= start and end <= o["content"][0][1]]
            row["parent"] = min(outer, key=lambda o: o["content"][0][1] - o["content"][0][0])["attribution"] if outer else None
        attributions += held
        mentions += marked(article, text, spans, held)
    return make("mentions", mentions), make("attributions", attributions), make("documents", documents), make("sentences", sentences)


def marked(article, text, spans, held):
    """The mentions of one article, in text order."""
    rows, edge = [], 0
    for i, line in enumerate(article["mentions"], 1):
        words, kind, canonical, category, operator, quantity, low, high = (None if part == "-" else part for part in line.split("|"))
        start = text.index(words, edge)
        edge = start + len(words)
        inner = [a for a in held if a["content"][0][0] <= start < a["content"][0][1]]
        rows.append({"doc_id": article["outlet"], "mention": f"m{i}", "sentence": number(spans, start), "start": start, "end": edge, "text": words,
                     "kind": kind, "canonical": canonical, "category": category, "operator": operator, "quantity_text": quantity,
                     "quantity_min": low and int(low), "quantity_max": high and int(high),
                     "attribution": min(inner, key=lambda a: a["content"][0][1] - a["content"][0][0])["attribution"] if inner else None})
    return rows


def number(spans, at):
    return next((i for i, (s, e) in enumerate(spans) if s <= at < e), None)


def load_story(path):
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    return story, find_claims(*corpus(story["article"]))


def one(sentence, words, kind="system", canonical="tank", quantity="-|-|-", **more):
    """The claims of one sentence with one mention."""
    line = f"{words}|{kind}|{canonical}|-|Russia|{quantity}"
    return find_claims(*corpus([{"outlet": "A", "published": "2020-03-11", "text": sentence, "mentions": [line], **more}]))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_gives_the_claims_worked_out_by_hand(path):
    story, claims = load_story(path)
    for wanted in story["claim"]:
        rows = claims[(claims["doc_id"] == wanted["outlet"]) & (claims["canonical"] == wanted["canonical"])]
        fields = {"min": "quantity_min", "max": "quantity_max"}
        assert any(all((row[fields.get(k, k)] == v) is True or row[fields.get(k, k)] == v for k, v in wanted.items()
                       if k not in ("outlet", "canonical")) for row in rows.astype(object).where(rows.notna(), None).to_dict("records")), \
            (wanted, rows.drop(columns=["reason", "category"]).to_dict("records"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_gives_the_groups_worked_out_by_hand(path):
    story, claims = load_story(path)
    for wanted in story["group"]:
        group = claims[claims["group"] == wanted["name"]]
        assert sorted(set(group["doc_id"])) == wanted["outlets"], wanted["name"]
        assert min(group["relation"], key=compare.RELATIONS.index) == wanted["relation"], (wanted["name"], list(group["reason"]))
        assert group["reason"].notna().all()


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_compares_the_pairs_worked_out_by_hand(path):
    story, claims = load_story(path)
    rows = {}
    for row in claims.to_dict("records"):
        rows.setdefault(f"{row['doc_id']} {row['canonical']}", row)
    for wanted in story["group"]:
        for left, right, relation in wanted.get("pairs", ()):
            found = compare.compare_claims(rows[left], rows[right])
            assert (found[0] if found else "none") == relation, (left, right, found)
