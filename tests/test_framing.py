"""Naming, frames, agency, sourcing, omissions: planted differences come out as planted, and nothing else does."""
import json
from pathlib import Path

import pandas as pd
import pytest

from helpers import agency as ag
from helpers import framing as fr
from helpers import keyness as ky
from helpers.pipeline import load_tables
from helpers.stories import number_remarks, tell_same, telling
from helpers.tables import empty, make
from helpers.training import framing as training

HERE = Path(__file__).parent
NONE = empty("attributions")


def corpus(texts, **columns):
    """doc_id -> list of sentences: (documents, sentences, groups); the group is the doc_id up to a digit."""
    rows, docs = [], []
    for doc, lines in texts.items():
        at = 0
        for i, line in enumerate(lines):
            rows.append({"doc_id": doc, "sentence": i, "block": 0, "start": at, "end": at + len(line), "text": line})
            at += len(line) + 1
        docs.append({"doc_id": doc, "outlet": doc.rstrip("0123456789"), "text": "\n".join(lines), "n_words": 9, **columns})
    documents = make("documents", docs)
    return documents, make("sentences", rows), fr.group_by(documents)


def said(sentences, **columns):
    """Each sentence as one source's content."""
    return make("attributions", [{"doc_id": row.doc_id, "attribution": f"a{row.Index}", "sentence": row.sentence, "type": "direct",
                                  "content": [[row.start, row.end]], **columns} for row in sentences.itertuples()])


def names(text, voices=NONE):
    _, sentences, _ = corpus({"A": [text]})
    return [(row.set, row.choice) for row in fr.find_naming(fr.find_words(sentences, voices)).itertuples()]


# ---------------------------------------------------------------- naming

@pytest.mark.parametrize("text, choice", [
    ("The fight against IS goes on.", "IS"), ("Anti-ISIL jets took off.", "ISIL"), ("He joined Da'esh.", "Daesh"),
    ("Islamic State's men fled.", "Islamic State"), ("ISIS lost the town.", "ISIS")])
def test_names_of_one_group(text, choice):
    assert ("the Islamic State group", choice) in names(text)


@pytest.mark.parametrize("text", ["It is late.", "Is it late?", "WAR IS OVER", "WHAT IS NEXT FOR SYRIA", "This is it."])
def test_is_is_a_verb(text):
    assert not names(text) or all(name != "the Islamic State group" for name, _ in names(text))


def test_other_referents_do_not_count():
    assert names("The Obama administration and the U.S. government spoke of regime change.") == []
    assert ("who rules abroad", "administration") in names("The Assad administration spoke.")
    assert ("force from the air and ground", "strike") not in names("A hunger strike began.")


def test_a_planted_word_is_charged_to_the_voice_that_uses_it():
    texts = {"A": ["The regime met again."] * 40 + ["The government met again."] * 20,
             "B": ["The regime met again."] * 20 + ["The government met again."] * 40}
    _, sentences, groups = corpus(texts)
    for voices, voice, other in ((NONE, "own", "quoted"), (said(sentences), "quoted", "own")):
        naming = fr.find_naming(fr.find_words(sentences, voices))
        shares = ky.stat_shares(fr.share_units(ky.choose(naming, voice=voice), "choice", within="set"), groups)
        found = fr.find_differences(shares, "{group} says {choice}")
        found = sorted(found)
        assert [finding.text.split(":")[0] for finding in found] == ["A says regime", "B says government"]
        assert "67% (40 of 60) against 33% (of 60)" in found[0].text and len(found[0].evidence) > 1
        silent = ky.stat_shares(fr.share_units(ky.choose(naming, voice=other), "choice", within="set"), groups)
        assert fr.find_differences(silent, "{group}") == []


def test_equal_shares_and_few_words_find_nothing():
    even = ["The regime met.", "The government met."]
    for texts in ({"A": even * 20, "B": even * 20}, {"A": ["The regime met."] * 3, "B": ["The government met."] * 3}):
        _, sentences, groups = corpus(texts)
        shares = ky.stat_shares(fr.share_units(fr.find_naming(fr.find_words(sentences, NONE)), "choice", within="set"), groups)
        assert fr.find_differences(shares, "{group}") == []


# ---------------------------------------------------------------- frames

def test_a_frame_shows_its_trigger_and_voice():
    documents, sentences, _ = corpus({"A": ["The envoy said talks would go on.", "Refugees fled."]})
    voices = make("attributions", [{"doc_id": "A", "attribution": "a1", "content": [[15, 32]]}])
    frames = fr.find_frames(documents, sentences, voices)
    text = documents["text"][0]
    got = {(row.frame, text[row.start:row.end], row.voice) for row in frames.itertuples()}
    assert {("diplomacy and deconfliction", "talks", "quoted"), ("diplomacy and deconfliction", "envoy", "own"),
            ("humanitarian cost", "Refugees", "own")} <= got


@pytest.mark.parametrize("text, frame", [
    ("The company got debt relief.", "humanitarian cost"), ("A talk show host spoke.", "diplomacy and deconfliction"),
    ("The Justice Department spoke.", "morality"), ("They won three in a row.", "conflict")])
def test_phrases_that_only_look_like_a_frame(text, frame):
    documents, sentences, _ = corpus({"A": [text]})
    assert frame not in set(fr.find_frames(documents, sentences, NONE)["frame"])


def test_a_planted_frame_is_found_and_an_even_one_is_not():
    texts = {"A": ["The two sides held talks."] * 25 + ["The roads are dry."] * 15, "B": ["The two sides held talks."] * 5 + ["The roads are dry."] * 35}
    documents, sentences, groups = corpus(texts)
    frames = fr.find_frames(documents, sentences, NONE)
    units = fr.frame_units(frames, fr.find_words(sentences, NONE))
    assert [f.text[:3] for f in fr.find_differences(ky.stat_shares(units, groups), "{group} {measure}")] == ["A d"]
    assert ky.stat_shares(units, groups).query("measure == 'morality'")["holds"].sum() == 0


def test_odd_text_neither_crashes_nor_slows():
    texts = {"A": ["", "\ud800 talks \u202e war", "سلام محادثات", "x " * 20000 + "talks", "a" * 100000, "talks " * 50000]}
    documents, sentences, groups = corpus(texts)
    words = fr.find_words(sentences, NONE)
    assert len(fr.find_frames(documents, sentences, NONE)) >= 50000
    assert len(ag.find_clauses(sentences, NONE)) >= 0 and len(fr.find_naming(words)) >= 50000


def test_an_empty_corpus_gives_empty_tables():
    documents, sentences, groups = corpus({})
    words = fr.find_words(sentences, NONE)
    assert fr.find_frames(documents, sentences, NONE).empty and fr.find_naming(words).empty
    assert ky.stat_terms(words, groups).empty and ag.find_initiatives(ag.find_clauses(sentences, NONE)).empty
    assert fr.find_omissions(documents, sentences, empty("claims"), empty("reuse"), groups).empty
    assert fr.find_quoted_words(words, NONE).empty


# ---------------------------------------------------------------- agency and contact

def starters(text):
    _, sentences, _ = corpus({"A": [text]})
    return ag.find_initiatives(ag.find_clauses(sentences, NONE))["subject"].to_list()


def test_active_passive_and_possessive():
    assert starters("Iran proposed talks with Oman.") == ["Iran"]
    assert starters("Talks with Oman were proposed by Iran.") == ["Iran"]
    assert starters("An Iranian proposal for talks arrived.") == ["Iranian"]


def test_what_starts_no_contact():
    for text in ("Iran did not propose talks.", "Iran could propose talks.", "Iran proposed a bridge.", "The talks ended."):
        assert starters(text) == []


def test_precision_on_other_news_allows_the_ranking():
    rows = pd.read_csv(HERE / "framing_coding" / "contact.csv", keep_default_na=False).to_dict("records")
    assert len(rows) == 50
    assert training.stat_contact(rows)["precision"] >= 0.8


def test_tellings_differ_or_stay_silent():
    def tell(a, b):
        _, sentences, groups = corpus({"A": [a], "B": [b]})
        return ag.find_tellings(ag.find_initiatives(ag.find_clauses(sentences, NONE)), groups)

    assert tell("Iran proposed talks.", "Iran sought talks.") == []
    assert tell("Iran proposed talks.", "The roads are dry.") == []
    assert tell("Iran proposed talks with Oman.", "France proposed talks with Spain.") == []  # perhaps two contacts
    (finding,) = tell("Iran proposed talks with France.", "France proposed talks.")
    assert "A: Iran (1 own)" in finding.text and "B: France (1 own)" in finding.text and len(finding.evidence) == 2


def test_who_acts_and_who_is_acted_upon():
    _, sentences, _ = corpus({"A": ["Russia bombed Syria.", "Syria was bombed by Russia."]})
    acts = ag.find_agency(ag.find_clauses(sentences, NONE), NONE)
    assert sorted(zip(acts["sentence"], acts["side"], acts["part"])) == [
        (0, "Russia", "acts"), (0, "Syria", "acted upon"), (1, "Russia", "acts"), (1, "Syria", "acted upon")]


# ---------------------------------------------------------------- sourcing, omissions, front

def test_an_outlet_that_quotes_one_side_only():
    texts = {"A": ["We will win this war soon."] * 30, "B": ["We will win this war soon."] * 30}
    _, sentences, groups = corpus(texts)
    one_sided = pd.concat([said(sentences[sentences["doc_id"] == "A"], side="Russia"),
                           said(sentences[sentences["doc_id"] == "B"].iloc[::2], side="Russia"),
                           said(sentences[sentences["doc_id"] == "B"].iloc[1::2], side="Ukraine")])
    words = fr.find_words(sentences, one_sided)
    quoted = fr.find_quoted_words(words, one_sided)
    found = fr.find_differences(ky.stat_shares(fr.share_units(quoted, "side"), groups), "{group} quotes {measure}")
    assert sorted(finding.text.split(":")[0] for finding in found) == ["A quotes Russia", "B quotes Ukraine"]
    order = fr.stat_order(quoted, sentences).set_index(["doc_id", "side"])
    assert order.loc[("B", "Russia"), "opens"] and not order.loc[("B", "Ukraine"), "opens"] and order.loc[("B", "Ukraine"), "closes"]


def test_a_chain_counts_for_its_first_link():
    _, sentences, _ = corpus({"A": ["Officials said that Ivanov promised help."]})
    chain = make("attributions", [
        {"doc_id": "A", "attribution": "a1", "content": [[15, 40]], "side": "United States"},
        {"doc_id": "A", "attribution": "a2", "parent": "a1", "content": [[36, 40]], "side": "Russia"}])
    quoted = fr.find_quoted_words(fr.find_words(sentences, chain), chain)
    assert quoted["word"].to_list() == ["that", "ivanov", "promised", "help"] and set(quoted["side"]) == {"United States"}


def shared(*pairs, end=40):
    return make("reuse", [{"left_doc_id": left, "left_start": 0, "left_end": end, "right_doc_id": right, "right_start": 0, "right_end": end,
                           "kind": "utterance"} for left, right in pairs])


def test_what_is_left_out_and_only_within_a_story():
    line = "The bridge will stay closed for a month, the mayor said."
    documents, sentences, groups = corpus({"A": [line], "B": [line], "E": [line], "C": ["The roads are dry."], "D": ["Another story."]})
    documents["story"] = ["s", "s", "s", "s", "t"]
    left = fr.find_omissions(documents, sentences, empty("claims"), shared("AB", "BE"), groups)
    (row,) = left.itertuples()
    assert (row.carried_by, row.not_found_in, row.evidence) == (["A", "B", "E"], ["C"], [("A", 0), ("B", 0), ("E", 0)])
    (finding,) = fr.find_gaps(left)
    assert finding.text == "Not found in C: the utterance “The bridge will stay closed for a month,”, told by A; B; and E."
    everywhere = fr.find_omissions(documents[:3], sentences[:3], empty("claims"), shared("AB", "BE"), groups[:3])
    assert everywhere.empty and fr.find_gaps(everywhere) == []
    two = fr.find_omissions(documents, sentences, empty("claims"), shared("AB"), groups)  # E has the sentence, though nothing aligned it
    assert two["not_found_in"].to_list() == [["C"]] and fr.find_gaps(two) == []  # an utterance of two is notebook 2's
    names = fr.find_omissions(documents, sentences, empty("claims"), shared("AB", "BE", end=10), groups)  # "The bridge": one word
    assert names.empty


def test_a_fact_whose_words_stand_in_an_article_is_not_missing_there_and_others_are_nobody():
    documents, sentences, groups = corpus({"A": ["Tanks came."], "B": ["Tanks left."], "C": ["No tank was seen."], "D": ["Rain fell."]}, story="s")
    claims = make("claims", [{"doc_id": doc, "sentence": 0, "group": "Peru: tank"} for doc in "AB"])
    (row,) = fr.find_omissions(documents, sentences, claims, empty("reuse"), groups).itertuples()
    assert row.not_found_in == ["D"]
    summed = groups.replace({"B": "2 others", "D": "2 others"})
    assert fr.find_omissions(documents, sentences, claims, empty("reuse"), summed).empty


def test_the_dead_are_told_of_where_their_bodies_are():
    documents, sentences, groups = corpus({"A": ["x"], "B": ["x"], "C": ["y"]}, story="s")
    def lacking(name, status):
        rows = [{"doc_id": doc, "sentence": 0, "group": "Peru: troops, killed", "status": "killed", "operator": "Peru", "category": "personnel"} for doc in "AB"]
        rows.append({"doc_id": "C", "sentence": 0, "group": f"Peru: troops, {name}", "status": status, "operator": "Peru", "category": "personnel"})
        return len(fr.find_omissions(documents, sentences, make("claims", rows), empty("reuse"), groups))
    assert lacking("bodies", None) == 0 and lacking("wounded", "wounded") == 1


def test_a_thing_that_an_article_only_mentions_is_found_in_it():
    documents, sentences, groups = corpus({"A": ["x"], "B": ["x"], "C": ["y"]}, story="s")
    claims = make("claims", [{"doc_id": doc, "sentence": 0, "group": "Peru: scout plane", "operator": "Peru", "category": "scout"} for doc in "AB"])
    def lacking(**mention):
        return len(fr.find_omissions(documents, sentences, claims, empty("reuse"), groups, mentions=make("mentions", [{"doc_id": "C", **mention}])))
    assert lacking(canonical="Albatross", category="scout", operator="Peru") == lacking(canonical="Albatross", category="scout", operator="unknown") == 0
    assert lacking(canonical="Albatross", category="scout", operator="Chile") == lacking(canonical="tank", category="tank", operator="Peru") == 1
    claims["group"] += ", destroyed"  # no mention says that
    assert lacking(canonical="Albatross", category="scout", operator="Peru") == 1


def test_three_gaps_an_article():
    documents, sentences, groups = corpus({"A": ["x"], "B": ["x"], "C": ["y"]}, story="s")
    claims = make("claims", [{"doc_id": doc, "sentence": 0, "group": f"Peru: thing{k}"} for doc in "AB" for k in range(5)])
    (told,) = fr.find_gaps(fr.find_omissions(documents, sentences, claims, empty("reuse"), groups))
    assert told.text.count("as Peru’s") == 3 and told.text.endswith("told by A and B.") and told.evidence == [("A", 0), ("B", 0)]


QUAKE = ["A strong quake hit the Varga valley on Monday and killed 41 people, Governor Lena Marsh said.", "Rescue teams from Port Sorel searched the ruins.",
         "The quake of magnitude 6.2 cut the road to Dunmore."]
AGAIN = ["Rescue teams searched ruins in the Varga valley after a quake of magnitude 6.2, which killed 38 people.", "Governor Lena Marsh asked Port Sorel for help.",
         "In the valley the road to Dunmore stayed cut."]
MERGER = ["Nordbank said it would buy rival Helvia for 3.4 billion crowns.", "Governor Tom Hale of the central bank in Port Sorel must approve.",
          "On Monday shares of Helvia rose by 12 percent in Dunmore."]


def test_only_articles_that_demonstrably_tell_one_story_are_compared():
    documents, sentences, _ = corpus({"A": QUAKE, "B": AGAIN, "C": MERGER})
    assert tell_same(documents, sentences) == {"A": {"A", "B"}, "B": {"A", "B"}, "C": {"C"}}
    given = documents.assign(story=["s", "t", "s"])
    assert tell_same(given, sentences) == {"A": {"A", "C"}, "B": {"B"}, "C": {"A", "C"}}
    claims = make("claims", [{"doc_id": doc, "sentence": 0, "group": "Peru: tank"} for doc in "AB"])
    assert fr.find_omissions(documents, sentences, claims, empty("reuse"), fr.group_by(documents)).empty
    three, lines, groups = corpus({"A": QUAKE, "B": AGAIN, "C": [*AGAIN[1:], QUAKE[0]], "D": MERGER})
    assert fr.find_omissions(three, lines, claims, empty("reuse"), groups)["not_found_in"].to_list() == [["C"]]


def test_overlapping_utterances_are_one_remark():
    rows = [("A", 0, 40, "B", 5, 45), ("B", 10, 44, "C", 0, 30), ("A", 60, 80, "B", 70, 90), ("A", 35, 60, "C", 40, 60)]
    columns = ["left_doc_id", "left_start", "left_end", "right_doc_id", "right_start", "right_end"]
    reuse = make("reuse", [dict(zip(columns, row), kind="utterance") for row in rows])
    assert number_remarks(reuse)["remark"].to_list() == [0, 0, 2, 3]


@pytest.mark.parametrize("left, right, n", [
    ("the government of President Bashar", "the government of Syrian President Bashar", 1), ("a fairy tale", "“a fairy tale”", 2),
    ("honor Moscow’s commitments", "honour commitments", 2), ("founded ISIS", "founding of ISIS", 1), ("we will not do that", "we will not do that", 0),
    ("Most Valuable Player", "most valuable player", 2)])
def test_words_that_tell_something(left, right, n):
    assert telling(left, right) == n


def test_what_is_told_of_nobody_known_may_be_the_same():
    documents, sentences, groups = corpus({name: ["Rain came."] for name in "ABC"})
    documents["story"] = "s"
    claims = [{"doc_id": doc, "sentence": 0, "group": f"{owner}: drone"} for doc, owner in zip("ABC", ("Houthis", "Houthis", "unknown"))]
    assert fr.find_omissions(documents, sentences, make("claims", claims), empty("reuse"), groups).empty
    (finding,) = fr.find_gaps(fr.find_omissions(documents, sentences, make("claims", claims[:2]), empty("reuse"), groups))
    assert finding.text == "Not found in C: “drone” as the Houthis’, told by A and B."
    documents, sentences, groups = corpus({"A": ["Rain came."], "B": ["Rain came."], "C": ["Drones came."]}, story="s")
    assert fr.find_omissions(documents, sentences, make("claims", claims[:2]), empty("reuse"), groups).empty


def test_a_thing_of_the_same_kind_or_category_is_not_missing():
    documents, sentences, groups = corpus({name: ["Rain came."] for name in "ABC"}, story="s")
    rows = [{"doc_id": doc, "sentence": 0, "group": f"Norland: {thing}", "operator": "Norland", "canonical": thing.split(",")[0], "category": category, "status": status}
            for doc, thing, category, status in (("A", "drone", "unmanned aircraft", "used"), ("B", "drone", "unmanned aircraft", "used"),
                                                 ("C", "Bayraktar TB2", "unmanned aircraft", "used"))]
    assert fr.find_omissions(documents, sentences, make("claims", rows), empty("reuse"), groups).empty
    rows[2] |= {"operator": "Sorland"}  # another's drone is another drone
    assert fr.find_omissions(documents, sentences, make("claims", rows), empty("reuse"), groups)["not_found_in"].tolist() == [["C"]]


def test_an_event_that_two_tell_and_one_does_not():
    documents, sentences, groups = corpus({"A": ["Russia bombed Syria."], "B": ["Syria was bombed by Russia."], "C": ["The roads are dry."]}, story="s")
    events = ag.find_events(ag.find_clauses(sentences, NONE))
    (row,) = fr.find_omissions(documents, sentences, empty("claims"), empty("reuse"), groups, events=events).itertuples()
    assert (row.kind, row.fact, row.not_found_in) == ("event", "Russia / bomb / Syria", ["C"])


def test_a_verb_joined_by_and_has_the_subject_of_the_one_before():
    _, sentences, _ = corpus({"A": ["Russia accused Turkey of aggression and proposed talks in Vienna."]})
    assert ag.find_initiatives(ag.find_clauses(sentences, NONE))["subject"].to_list() == ["Russia"]


def test_what_two_do_together_each_of_them_does():
    _, sentences, _ = corpus({"A": ["Russia and Turkey bombed Syria."]})
    assert set(ag.find_events(ag.find_clauses(sentences, NONE))["group"]) == {"Russia / bomb / Syria", "Turkey / bomb / Syria"}


def test_many_outlets_are_the_largest_and_the_rest():
    documents = make("documents", [{"doc_id": f"d{k}", "outlet": f"o{k:02}", "n_words": 100 - k} for k in range(30)])
    groups = fr.group_by(documents, most=8)
    assert groups.nunique() == 9 and (groups == "22 others").sum() == 22 and groups["d0"] == "o00"


# ---------------------------------------------------------------- validation and the seeds

def test_the_card_is_what_the_codings_give(monkeypatch, tmp_path):
    monkeypatch.setattr(training, "CARD", tmp_path / "card.json")
    training.main()
    assert json.loads((tmp_path / "card.json").read_text()) == fr.load_card()


@pytest.fixture(scope="module")
def seeds():
    tables = load_tables(HERE.parent / "seeds")
    return tables, fr.find_words(tables.sentences, tables.attributions, tables.reuse), fr.group_by(tables.documents)


def test_what_the_five_call_the_group(seeds):
    _, words, groups = seeds
    naming = fr.find_naming(words)
    group = naming[naming["set"] == "the Islamic State group"]
    called = group.groupby(group["doc_id"].map(groups))["choice"].agg(set).to_dict()
    assert called == {"The Moscow Times": {"Islamic State", "ISIL"}, "Reuters": {"Islamic State", "ISIL"},
                      "Associated Press": {"Islamic State", "IS"}, "TRT World": {"ISIS"}}


def test_who_starts_the_contact_in_the_five(seeds):
    tables, _, groups = seeds
    starts = ag.find_initiatives(ag.find_clauses(tables.sentences, tables.attributions))
    told = {(groups[row.doc_id], row.verb, row.subject_side) for row in starts.itertuples()}
    assert {("The New York Times", "reach", "United States"), ("Reuters", "proposal", "Russia"), ("Associated Press", "broach", "Russia"),
            ("Associated Press", "initiate", "Russia"), ("TRT World", "announce", "United States"),
            ("The Moscow Times", "seek", "Russia")} <= told


def test_only_the_fifth_says_regime_in_its_own_voice(seeds):
    _, words, groups = seeds
    naming = fr.find_naming(words)
    regime = naming[(naming["choice"] == "regime") & (naming["voice"] == "own")]
    assert set(regime["doc_id"].map(groups)) == {"TRT World"}


def test_what_may_mark_the_subject_is_said_to():
    near = {"a": {"a", "b", "d"}, "b": {"a", "b"}, "c": {"c"}, "d": {"a", "d"}}
    assert fr.find_apart(pd.Series({"a": "A", "b": "B", "d": "D"}), near) == []
    assert fr.find_apart(pd.Series({"a": "A", "b": "B", "c": "C"}), near) == ["A", "B", "C"]  # half of what A is compared with tells another story
    assert fr.find_apart(pd.Series({"a": "A", "b": "B", "d": "A", "c": "C", "e": "B"}), near | {"b": {"a", "b", "e"}, "e": {"b", "e"}}) == ["C"]
    assert fr.find_apart(pd.Series({"a": "A"}), near) == ["A"]
    documents, sentences, groups = corpus({"A": QUAKE, "B": AGAIN, "C": MERGER})
    assert fr.group_by(documents).attrs["apart"] == ["A", "B", "C"] and fr.group_by(documents.assign(story="s")).attrs["apart"] == []
    shares = pd.DataFrame([{"measure": "m", "group": "A", "share": 1.0, "y": 5, "n": 5, "others_share": 0.0, "others_n": 5, "difference": 1.0, "low": 0.5,
                            "high": 1.0, "holds": True, "evidence": [("A", 0), ("A", 1)]}])
    told = [fr.find_differences(shares, "{group} has {measure}", given)[0].text.endswith("may mark the subject.") for given in (
        None, fr.group_by(documents), fr.group_by(documents.assign(story="s")))]
    assert told == [False, True, False]


def test_a_colon_grades_nobody():
    documents, sentences, groups = corpus({"A": ["Ann: it rained."], "B": ["Ann said it rained."]})
    attributions = make("attributions", [
        {"doc_id": "A", "attribution": "a", "parent": None, "content": [[5, 14]], "speaker": "Ann", "stance": "neutral", "cue_lemma": None},
        {"doc_id": "B", "attribution": "a", "parent": None, "content": [[9, 18]], "speaker": "Ann", "stance": "neutral", "cue_lemma": "say"}])
    said = fr.find_quoted_words(fr.find_words(sentences, attributions), attributions)
    assert list(fr.share_units(said, "stance")["doc_id"]) == ["B"] and set(said["doc_id"]) == {"A", "B"}
