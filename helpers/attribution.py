"""Sentences -> attributions: who says what, by the plainest rules (a stand-in until the trained tagger takes their place)."""
import re

from helpers.tables import make

VERBS = (r"said|says|told|asked|added|warned|claimed|denied|announced|stated|noted|wrote|argued|insisted|acknowledged|confirmed|"
         r"reported|explained|stressed|suggested|believes|believed|thinks|hopes|urged|replied|tweeted|declared|accused")
SAID = re.compile(rf"(?P<source>[A-Z][^,;:.“”\"\n]{{0,60}}?) (?P<cue>{VERBS}) (?P<content>(?:that )?[^\n]+)")
LATE = re.compile(rf"(?P<content>[^\n]{{8,}}?[,.?!][”\"]?) (?P<source>[^,;:.“”\"\n]{{1,60}}?) (?P<cue>{VERBS})(?=[ .,\n]|$)")
EARLY = re.compile(rf"(?P<content>[^\n]{{8,}}?[,.?!][”\"]?) (?P<cue>{VERBS}) (?P<source>[^,;:.“”\"\n]{{1,60}})")
ACCORDING = re.compile(r"(?P<content>[^\n]{8,}?),? (?P<cue>according to) (?P<source>[^,.\n]{1,80})")
QUOTED = re.compile(r"[“\"]([^“”\"]*)[”\"]")


def find_attributions(documents, blocks, sentences, *, threshold=0.5):
    """The attributions table (origin machine) of the documents' sentences; rows under the confidence threshold are left out."""
    texts = dict(zip(documents["doc_id"], documents["text"]))
    found = []
    for doc_id, group in sentences.groupby("doc_id", sort=False):
        text, number = texts[doc_id], 0
        for s, e, sentence in zip(group["start"], group["end"], group["sentence"]):
            row = find_in_sentence(text, int(s), int(e))
            if row and row["confidence"] >= threshold:
                number += 1
                found.append({"doc_id": doc_id, "attribution": f"a{number}", "sentence": sentence, **row})
    return make("attributions", found)


def find_in_sentence(text, start, end):
    """The first attribution that a pattern sees in text[start:end], as a dict of columns, or None."""
    from helpers.stance import stance_of
    for pattern in (LATE, EARLY, ACCORDING, SAID):
        match = pattern.search(text, start, end)
        if match:
            content = list(match.span("content"))
            while content[1] > content[0] and text[content[1] - 1] in " ,.\n":
                content[1] -= 1
            lemma, stance = stance_of(match["cue"])
            return {"source_start": match.start("source"), "source_end": match.end("source"), "cue_start": match.start("cue"),
                    "cue_end": match.end("cue"), "content": [content], "type": type_of(text, [content]), "cue_lemma": lemma,
                    "stance": stance, "act": "thought" if stance == "thought" else "speech", "source_text": match["source"],
                    "speaker": "unattributed", "speaker_kind": "unattributed", "side": "Other", "confidence": 0.6, "origin": "machine"}
    return None


def type_of(text, content):
    """direct, mixed or indirect by the share of the content's letters that stand inside quotation marks."""
    inside = [m.span() for s, e in content for m in QUOTED.finditer(text, s, e)]
    letters = sum(c.isalnum() for s, e in content for c in text[s:e])
    quoted = sum(c.isalnum() for s, e in inside for c in text[s:e])
    share = quoted / letters if letters else 0.0
    return "direct" if share >= 0.9 else "mixed" if share > 0.1 else "indirect"
