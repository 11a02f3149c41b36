"""Notebook 2's numbers by hand: voices, records, chains, links, utterances; findings that speak, and findings that stay
silent."""
from collections import namedtuple

import pandas as pd
import pytest

from helpers.figures import png
from helpers.framing import group_by
from helpers.network import OTHERS, group_colors, plot_network, stat_links
from helpers.sourcing import (find_chains, find_echoes, find_leading_voice, find_record_differences, find_said, find_second_hand,
                              find_side_differences,
                              find_utterances, most_quoted, record_of, say_most, show_chains, stat_crossed, stat_record,
                              stat_unnamed, stat_voices, wilson)
from helpers.tables import empty, make

Tables = namedtuple("Tables", "documents sentences attributions reuse")
KINDS = {"Ann": "named_person", "Bob": "named_person", "Peru": "named_organisation", "anonymous: official": "anonymous_official"}


def tables_of(articles, reuse=()):
    """Tables of {doc_id: [(speaker, words said, parent index or None)]}: each sentence is `They said: w w w.`, its content the
    words."""
    documents, sentences, attributions = [], [], []
    for doc_id, said in articles.items():
        text = ""
        for n, (speaker, words, parent) in enumerate(said):
            start, content = len(text), f"{' '.join(['word'] * words) if isinstance(words, int) else words}"
            text += f"They said: {content}. "
            spans = [[start + 11, start + 11 + len(content)]]
            sentences.append({"doc_id": doc_id, "sentence": n, "block": 0, "start": start, "end": len(text) - 1,
                              "text": text[start:-1]})
            attributions.append({"doc_id": doc_id, "attribution": f"a{n}", "parent": None if parent is None else f"a{parent}",
                                 "sentence": n, "content": spans,
                                 "cue_start": start + 5, "cue_end": start + 9, "type": "indirect", "act": "speech",
                                 "speaker": speaker, "stance": "neutral",
                                 "speaker_kind": KINDS.get(speaker, "unattributed"),
                                 "side": speaker if speaker == "Peru" else "Other", "origin": "machine"})
        documents.append({"doc_id": doc_id, "outlet": f"The {doc_id}", "text": text, "n_words": len(text.split())})
    return Tables(make("documents", documents), make("sentences", sentences), make("attributions", attributions),
                  make("reuse", list(reuse)))


def groups_of(tables):
    return group_by(tables.documents)


# ---- who is heard ----------------------------------------------------------------------------------------------------

def test_voices_are_shares_of_attributed_words():
    tables = tables_of({"x": [("Ann", 6, None), ("Bob", 3, None)], "y": [("Ann", 2, None), ("Peru", 1, None)]})
    voices = stat_voices(find_said(tables), top=2)
    assert voices[["label", "words", "note"]].values.tolist() == [["Ann", 8, "8 words"], ["Bob", 3, "3 words"],
                                                                  ["1 other", 1, "1 word"]]
    assert voices["value"].round(4).to_list() == [0.6667, 0.25, 0.0833]
    assert voices["evidence"][0] == [("x", 0), ("y", 0)]


def test_words_of_a_chain_count_for_its_first_link():
    tables = tables_of({"x": [("Ann", 5, None), ("Bob", 3, None)]})
    inner = tables.attributions.copy()
    inner.loc[1, "parent"], inner.at[1, "content"] = "a0", tables.attributions["content"][0]
    said = find_said(tables._replace(attributions=inner))
    assert said["speaker"].value_counts().to_dict() == {"Ann": 5}


def test_leading_voice_speaks_and_stays_silent():
    clear = tables_of({"x": [("Ann", 9, None)] * 12 + [("Bob", 1, None)] * 6})
    found = find_leading_voice(find_said(clear))
    assert found[0].text.startswith("Ann is heard most: 108 of 114 attributed words (95%); next comes Bob with 6 (5%).")
    assert len(found[0].evidence) == 12
    even = tables_of({"x": [("Ann", 5, None), ("Bob", 5, None)] * 10})
    alone = tables_of({"x": [("Ann", 5, None)] * 20})
    assert find_leading_voice(find_said(even)) == find_leading_voice(find_said(alone)) == []


def test_documents_are_heard_but_never_lead_and_one_label_has_one_spelling():
    polls = tables_of({"x": [("anonymous: exit polls", 40, None)] * 9 + [("anonymous: US official", 4, None), ("Ann", 1, None)],
                       "y": [("anonymous: American official", 4, None)]})
    said = find_said(polls)
    assert stat_voices(said)["label"].to_list() == ["documents and data", "anonymous: U.S. official", "Ann"]
    assert all("polls" not in finding.text and "documents" not in finding.text for finding in find_leading_voice(said))
    assert stat_record(polls.attributions, groups_of(polls))["documents and data"].to_list() == [9, 0]


def test_no_side_is_no_side_to_tell_of():
    apart = tables_of({"x": [("Ann", 20, None)] * 12, "y": [("Peru", 20, None)] * 12})
    assert [finding.text.split(":")[0] for finding in find_side_differences(find_said(apart), groups_of(apart))] == [
        "The y gives more of its attributed words to Peru"]


def echoes(*rows):
    """Findings of utterance rows: remark, left words, right words, speaker, differs, articles."""
    words = [[type("Words", (), {"text": text}) for text in row[1:3]] for row in rows]
    return [finding.text for finding in find_echoes(pd.DataFrame([
        {"remark": row[0], "left_words": left, "right_words": right, "speaker": row[3], "differs": row[4], "left": row[5], "right": row[6],
         "similarity": 1.0, "evidence": [(row[5], row[0]), (row[6], row[0])]} for row, (left, right) in zip(rows, words)]))]


def test_a_remark_is_told_once_with_all_who_have_it():
    whole, part = "“The bridge stays closed, they must wait”", "closed, they must wait"
    assert echoes((0, whole, whole, "Ann", ["that / ∅"], "x", "y"), (0, part, "Closed, they must wait", "Ann", [], "y", "z"),
                  (3, "a costly mistake", "a costly mistake", None, [], "x", "z")) == [
        "x (“The bridge stays closed, they must wait”); y (“The bridge stays closed, they must wait”); and z (“Closed, they must wait”) all have it from Ann; "
        "what they share is (nearly) the same.",
        "x and z both have “a costly mistake” from a source without a name; the words are the same."]
    assert echoes((0, whole, whole, "Ann", [], "x", "y"), (0, "the bridge stays shut", "The bridge stays closed", "Ann", ["shut / closed"], "z", "x")) == [
        "x (“The bridge stays closed, they must wait”); y (“The bridge stays closed, they must wait”); and z (“the bridge stays shut”) all have it from Ann; "
        "the words differ: “shut” / “closed”."]


def test_who_is_said_to_have_said_it_is_told_where_the_articles_disagree():
    assert echoes((0, "a fairy tale", "a fairy tale", "Peru / Chile", [], "x", "y")) == [
        "x and y both have “a fairy tale”, x from Peru, y from Chile; the words are the same."]


@pytest.mark.parametrize("left, right, differs, ending", [
    ("We know who sent them", "know who sent them", "We / ∅", "x (“We know who sent them”) and y (“know who sent them”) both have it from Ann; what they share is (nearly) the same."),
    ("No, they broke the law", "They broke the law", "No / ∅", "from Ann; what they share is (nearly) the same."),
    ("a military buildup there", "a military build-up there", "buildup / build-up", "from Ann; the words are the same."),
    ("the bridge will close today", "the bridge would close today", "will / would", "from Ann; what they share is (nearly) the same."),
    ("that the bridge was shut", "The bridge was shut", "that / ∅", "x and y both have “the bridge was shut” from Ann; the words are the same."),
    ("the bridge will close today", "the bridge will not close today", "∅ / not", "have it from Ann; the words differ: “not” in one only."),
    ("they agreed, and no branch will close", "no branch would close", "will / would", "have it from Ann; what they share is (nearly) the same.")])
def test_only_words_that_change_the_sense_are_a_difference(left, right, differs, ending):
    (text,) = echoes((0, left, right, "Ann", [differs], "x", "y"))
    assert text.endswith(ending)


def test_names_and_single_words_are_no_remark():
    assert echoes((0, "the government of President Bashar", "the government of Syrian President Bashar", "Ann", ["∅ / Syrian"], "x", "y"),
                  (1, "constructive", "constructive", "Ann", [], "x", "y"), (2, "a fairy tale", "a fairy tale", "Ann", [], "x", "x")) == []


def test_side_differences_speak_and_stay_silent():
    apart = tables_of({"x": [("Peru", 5, None)] * 20, "y": [("Ann", 5, None)] * 20})
    found = find_side_differences(find_said(apart), groups_of(apart))
    assert any(finding.text.startswith("The x gives more of its attributed words to Peru: 100% (100 of 100) against 0%")
               for finding in found)
    alike = tables_of({"x": [("Peru", 5, None), ("Ann", 5, None)] * 10, "y": [("Peru", 5, None), ("Ann", 5, None)] * 10})
    assert find_side_differences(find_said(alike), groups_of(alike)) == []


def test_titles_come_from_the_data():
    counts = pd.Series({"9 others": 90, "anonymous: official": 8, "Bob": 2})
    assert say_most(counts, "{name} {n} {share:.0%}", "none") == "An unnamed official 8 8%"
    assert say_most(counts.iloc[:0], "{name}", "none") == say_most(counts.iloc[:1], "{name}", "none") == "none"


def test_sources_as_large_as_each_other_are_all_told_to_lead():
    counts = pd.Series({"2 others": 90, "Bob": 2, "Ann": 2, "Peru": 1})
    assert say_most(counts, "Most: {name}, {n} times", "none") == "Most: Bob and Ann, each 2 times"
    assert say_most(pd.Series(1, index=list("abcd")), "Most: {name}", "none") == "Most: 4 of them, each"


def test_most_quoted_and_crossed():
    tables = tables_of({"x": [("Ann", 1, None)], "y": [("Peru", 3, None), ("Ann", 1, None)]})
    assert most_quoted(tables) == "y"
    crossed = stat_crossed(find_said(tables), groups_of(tables), "side")
    assert crossed.loc["The y"].to_dict() == {"Peru": 3, "Other": 1} and list(crossed.columns) == ["Peru", "Other"]


# ---- on the record ---------------------------------------------------------------------------------------------------

def test_record_by_how_the_source_is_named():
    tables = tables_of({"x": [("Ann", 1, None), ("Peru", 1, None), ("anonymous: official", 1, None), ("Ann", 1, 0),
                              ("unattributed", 1, None)]})
    tables.attributions.loc[1, ["speaker", "speaker_kind"]] = ["Ann and Bob", "group"]
    assert record_of(tables.attributions).to_list() == ["named person", "several named", "unnamed official", "named person",
                                                        "nobody named"]
    table = stat_record(tables.attributions, groups_of(tables))
    assert table.loc["The x"].to_dict() == {"named person": 1, "several named": 1, "unnamed official": 1, "nobody named": 1}
    unnamed = stat_unnamed(tables.attributions, groups_of(tables)).iloc[0]
    assert (unnamed["unnamed"], unnamed["n"], unnamed["share"]) == (2, 4, 0.5) and unnamed["evidence"] == [("x", 2), ("x", 4)]


def test_wilson_interval_by_hand():
    low, high = wilson(5, 10)
    assert (round(low, 3), round(high, 3)) == (0.237, 0.763)  # 0.5 -+ 1.96 sqrt(0.025 + 0.0096) / 1.384
    assert wilson(0, 10)[0] == 0 and all(pd.isna(end) for end in wilson(0, 0))


def test_record_differences_speak_and_stay_silent():
    apart = tables_of({"x": [("anonymous: official", 2, None)] * 20, "y": [("Ann", 2, None)] * 20})
    assert any("The x rests more" in finding.text and "unnamed official" in finding.text
               for finding in find_record_differences(apart.attributions, groups_of(apart)))
    few = tables_of({"x": [("anonymous: official", 2, None)] * 3, "y": [("Ann", 2, None)] * 3})
    assert find_record_differences(few.attributions, groups_of(few)) == []


# ---- chains ----------------------------------------------------------------------------------------------------------

def test_chains_from_outermost_to_innermost():
    tables = tables_of({"x": [("Ann", 3, None), ("Ann", 1, 0), ("Bob", 1, 1), ("Peru", 1, 2), ("Ann", 1, 0)]})
    chains = find_chains(tables.attributions)
    assert chains[["attribution", "speakers", "depth", "evidence"]].values.tolist() == [["a3", ["Ann", "Bob", "Peru"], 3,
                                                                                         [("x", 3)]]]


def test_a_circle_of_parents_ends():
    tables = tables_of({"x": [("Ann", 3, 1), ("Bob", 1, 0)]})
    assert len(find_chains(tables.attributions)) <= 2


def test_chains_are_drawn_and_escaped():
    tables = tables_of({"x": [("Ann <b>", 3, None), ("Bob", "<script>x</script>", 0)]})
    drawn = show_chains(find_chains(tables.attributions), tables).markup
    assert "Ann &lt;b&gt;" in drawn and "<script>" not in drawn and 'data-sentence="1"' in drawn and "↳" in drawn
    assert "No source reports another" in show_chains(find_chains(empty("attributions")), tables).markup


def test_second_hand_speaks_and_stays_silent():
    chain = [("Ann", 3, None), ("Bob", 1, 0)]
    apart = tables_of({"x": [("Ann", 3, None)] + [("Bob", 1, 0)] * 19, "y": [("Ann", 3, None)] * 20})
    assert any(finding.text.startswith("The x tells more at second hand")
               for finding in find_second_hand(apart.attributions, groups_of(apart)))
    alike = tables_of({"x": chain, "y": chain})
    assert find_second_hand(alike.attributions, groups_of(alike)) == []


# ---- network ---------------------------------------------------------------------------------------------------------

def test_links_of_two_levels_and_the_rest_summed():
    tables = tables_of({"x": [("Ann", 3, None), ("Ann", 1, None), ("Bob", 1, 0), ("Peru", 1, None)]})
    links = stat_links(tables.attributions, groups_of(tables), top=1)
    assert links[["level", "source", "target", "n"]].values.tolist() == [[1, "The x", "Ann", 2], [1, "The x", OTHERS, 1],
                                                                         [2, "Ann", "Bob", 1]]
    assert links["evidence"][0] == [("x", 0), ("x", 1)]


@pytest.mark.parametrize("n", [1, 3, 30])
def test_network_of_few_and_many_newsrooms(n):
    tables = tables_of({f"paper{i}": [(f"Speaker {i}", 3, None), ("Ann", 1, 0)] for i in range(n)})
    groups = groups_of(tables)
    figure = plot_network(stat_links(tables.attributions, groups), title="Who $reports$ whom",
                          colors=group_colors(tables.documents, groups))
    width, height = figure.get_size_inches()
    assert height < 12 and len(png(figure)) > 3000
    assert figure.alt.startswith("Network: Who $reports$ whom.") and len(figure.alt) < 1500


# ---- the same words elsewhere ----------------------------------------------------------------------------------------

def test_utterances_aligned_with_what_differs_marked():
    reuse = [{"left_doc_id": "x", "left_start": 11, "left_end": 28, "right_doc_id": "y", "right_start": 11, "right_end": 29,
              "kind": "utterance", "similarity": 0.9,
              "differences": [["honor", "honour"]]}]
    tables = tables_of({"x": [("Ann", "honor commitments", None)], "y": [("Ann", "honour commitments", None)]}, reuse)
    row = find_utterances(tables).iloc[0]
    assert (row["speaker"], row["left_words"].markup, row["right_words"].markup) == ("Ann", "<mark>honor</mark> commitments",
                                                                                     "<mark>honour</mark> commitments")
    assert row["evidence"] == [("x", 0), ("y", 0)]
    found = find_echoes(find_utterances(tables))
    assert found[0].text == ("The x (“honor commitments”) and The y (“honour commitments”) both have it from Ann; the words "
                             "differ: “honor” / “honour”.")


def test_an_utterance_is_told_with_its_cue_and_with_all_that_both_articles_have_of_it():
    pair = lambda left, right: {"left_doc_id": "x", "left_start": left[0], "left_end": left[1], "right_doc_id": "y", "right_start": right[0],
                                "right_end": right[1], "kind": "utterance", "similarity": 0.9, "differences": []}
    tables = tables_of({"x": [("Ann", "Peru of taking boats", None)], "y": [("Bob", "that Peru was taking boats", None), ("Ann", "Peru", 0)]},
                       [pair((11, 31), (21, 37))])
    said = tables.attributions.assign(stance=["emotive", "neutral", "neutral"], cue_end=[10, 9, 9])
    said.at[2, "content"] = [[16, 37]]
    row = find_utterances(tables._replace(attributions=said)).iloc[0]
    assert (row["left_words"].text, row["right_words"].text) == ("said: Peru of taking boats", "was taking boats")
    assert row["speaker"] == "Ann"  # the one of the chain whom both name
    assert find_utterances(tables).iloc[0]["left_words"].text == "Peru of taking boats"  # a neutral cue tells nothing more
    tables = tables_of({"x": [("Ann", "we know who sent them", None)], "y": [("Ann", "We know who sent them", None)]}, [pair((11, 32), (14, 32))])
    assert find_utterances(tables).iloc[0]["right_words"].text == "We know who sent them"


def test_an_utterance_of_one_sentence_is_no_finding():
    same = pd.DataFrame([{"left": "The x", "right": "The y", "evidence": [("x", 0)], "differs": [], "similarity": 1.0}])
    assert find_echoes(same) == []


# ---- nothing ---------------------------------------------------------------------------------------------------------

def test_no_attributions_and_one_document():
    tables = tables_of({"x": [("Ann", 3, None)]})._replace(attributions=empty("attributions"))
    groups, said = groups_of(tables), find_said(tables)
    assert said.empty and stat_voices(said).empty and stat_crossed(said, groups, "side").empty and most_quoted(tables) == "x"
    assert stat_record(tables.attributions, groups).empty and stat_links(tables.attributions,
                                                                         groups).empty and find_utterances(tables).empty
    assert len(stat_unnamed(tables.attributions, groups)) == 1
    for finding in (find_leading_voice(said), find_side_differences(said, groups),
                    find_record_differences(tables.attributions, groups),
                    find_second_hand(tables.attributions, groups), find_echoes(find_utterances(tables))):
        assert finding == []
    assert "Nothing to show" in plot_network(stat_links(tables.attributions, groups), title="None").alt


def test_no_side_in_particular_is_never_the_one_that_leads():
    counts = pd.Series({"Other": 66, "Peru": 20, "Chile": 14})
    assert say_most(counts, "{name} {share:.0%}", "none") == "Peru 20%"
    assert say_most(counts.iloc[:1], "{name}", "none") == "Other"
