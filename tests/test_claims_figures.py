"""Notebook 3's findings, tables and figures: on the seeds what must come out, on small stories when each must stay silent."""
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.claims import find_claims
from helpers.claims_figures import (find_contrasts, find_keyword, find_own_numbers, find_type_namers, list_claims, list_systems, headed, log_room, word_of,
                                    plot_ranges, plot_status, plot_systems)
from helpers.figures import png
from helpers.pipeline import load_tables

from test_claims import corpus

SEEDS = Path(__file__).parent.parent / "seeds"
TANK = "tanks|system|tank|tank|Russia|{0}|{0}|{0}"


def tables_of(*articles):
    """What the findings read, of articles as the stories write them; a canonical with a digit is a type."""
    mentions, attributions, documents, sentences = corpus(articles)
    mentions["specific"] = mentions["canonical"].str.contains(r"\d", na=False).astype("boolean")
    claims = find_claims(mentions, attributions, documents, sentences)
    return SimpleNamespace(documents=documents, sentences=sentences, attributions=attributions, mentions=mentions, claims=claims)


def article(outlet, text, *mentions, said=()):
    return {"outlet": outlet, "text": text, "mentions": list(mentions), "attributions": list(said), "published": "2020-03-11"}


@cache
def seeds():
    return load_tables(SEEDS)


def texts(findings):
    assert all(len(finding.evidence) > 1 for finding in findings)
    return [finding.text for finding in findings]


# ---------------------------------------------------------------- what must come out on the seeds, with their reviewed annotations

def test_one_outlet_alone_names_types_and_the_finding_says_on_whose_word():
    text, = texts(find_type_namers(seeds()))
    aircraft, own = text.split("; ")
    assert text.startswith("Only The New York Times")
    assert all(name in aircraft for name in ("4 Su-27", "4 Mi-8/17", "4 Mi-24/35", "An-124", "an unnamed senior U.S. official"))
    assert own == "T-90 in its own voice, on nobody's word."


def test_the_marines_are_on_nobodys_word():
    text, = texts(find_own_numbers(seeds()))
    assert text.startswith("The New York Times gives 200 marines in its own voice, on nobody's word; ")


def test_troops_differ_and_one_outlet_has_the_lower_number_as_an_earlier_one():
    text, = (t for t in texts(find_contrasts(seeds())) if t.startswith("Russia: troops, told in ways that exclude each other and in different numbers"))
    for part in ("200 marines, deployed (The New York Times", "200 naval infantry, deployed (Reuters", "up to 500 troops, deployed (The Moscow Times",
                 "up to 500 naval infantry, deployed (TRT World", "The Moscow Times itself gives 200 as an earlier figure."):
        assert part in text


def test_the_fighters_are_there_in_one_telling_and_to_come_in_another():
    text, = (t for t in texts(find_contrasts(seeds())) if t.startswith("Russia: combat aircraft, told in ways that exclude each other"))
    assert "4 Su-27, deployed (The New York Times" in text and "4 fighter jets, planned (TRT World" in text


def test_the_flights_agree_once_brought_to_a_rate():
    text, = (t for t in texts(find_contrasts(seeds())) if t.startswith("Russia: transport flight, told alike"))
    assert "at least 2 a day" in text and "cargo flights, 2 a day" in text


def test_tanks_are_counted_by_one_outlet_only():
    text, = (t for t in texts(find_contrasts(seeds())) if t.startswith("Russia: tank, told more exactly"))
    assert "6 tanks, deployed (Reuters" in text and "tanks, deployed (The Moscow Times" in text and "T-90, deployed (The New York Times" in text


def test_a_denial_stands_against_the_presence_and_comes_first():
    first = texts(find_contrasts(seeds()))[0]
    assert first.startswith("Russia: troops, told in ways that exclude each other") and "denied or not acknowledged (TRT World" in first


# ---------------------------------------------------------------- silence

def test_no_finding_where_all_say_the_same_of_nothing_or_there_is_one_article():
    one = tables_of(article("A", "Russia sent 5 tanks.\nIt sent 3 tanks.", TANK.format(5), TANK.format(3)))
    none = tables_of(article("A", "Talks went on."), article("B", "Talks ended."))
    for tables in (one, none):
        assert [find_type_namers(tables), find_own_numbers(tables), find_contrasts(tables)] == [[], [], []]


def test_no_type_namer_where_others_name_the_type_or_it_is_only_one():
    t90, t72 = "T-90 tanks|system|T-90|tank|Russia|-|-|-", "T-72 tanks|system|T-72|tank|Russia|-|-|-"
    text = "Russia sent T-90 tanks.\nIt also sent T-72 tanks."
    assert find_type_namers(tables_of(article("A", text, t90, t72), article("B", text, t90, t72))) == []
    assert find_type_namers(tables_of(article("A", text, t90), article("B", "Russia sent tanks."))) == []
    found, = find_type_namers(tables_of(article("A", text, t90, t72), article("B", "Talks ended.")))
    assert found.text == "Only A names these types: T-90, T-72 in its own voice, on nobody's word."
    counted = article("A", text + "\nRussia sent 7 T-90 tanks.", t90, t72, "T-90 tanks|system|T-90|tank|Russia|7|7|7")
    found, = find_type_namers(tables_of(counted, article("B", "Talks ended.")))
    assert found.text.count("T-90") == 1 and "7 T-90" in found.text
    unclaimed = article("A", "Russia sent T-90 tanks.\nThe T-72 tanks of old films.", t90, t72)
    assert find_type_namers(tables_of(unclaimed, article("B", "Talks ended."))) == []


def test_no_own_number_where_nobody_rests_it_on_a_source_or_all_do():
    said = ["Russia sent 5 tanks|said|Ivanov|named_person"]
    own, sourced = article("A", "Russia sent 5 tanks.", TANK.format(5)), article("B", "Russia sent 5 tanks, he said.", TANK.format(5), said=said)
    assert find_own_numbers(tables_of(own, {**own, "outlet": "B"})) == []
    assert find_own_numbers(tables_of(sourced, {**sourced, "outlet": "A"})) == []
    found, = find_own_numbers(tables_of(own, sourced))
    assert found.text == "A gives 5 tanks in its own voice, on nobody's word; B has 5 tanks on the word of Ivanov."


def test_no_contrast_across_operators_places_or_branches():
    tanks = article("A", "Russia sent 5 tanks to Syria.", TANK.format(5))
    others = [article("B", "Iran sent 9 tanks to Syria.", "tanks|system|tank|tank|Iran|9|9|9"),
              article("C", "Russia sent 9 tanks to Iraq.", TANK.format(9)),
              article("D", "Russia sent 9 howitzers to Syria.", "howitzers|system|howitzer|artillery|Russia|9|9|9")]
    assert find_contrasts(tables_of(tanks, *others)) == []
    assert len(find_contrasts(tables_of(tanks, article("B", "Russia sent 9 tanks to Syria.", TANK.format(9))))) == 1


def test_numbers_that_are_only_close_are_not_told_alike():
    def head(n):
        found, = find_contrasts(tables_of(article("A", "Russia sent 40 tanks to Syria.", TANK.format(40)),
                                          article("B", f"Russia sent {n} tanks to Syria.", TANK.format(n))))
        return found.text
    assert head(40).startswith("Russia: tank, told alike: ") and head(38).startswith("Russia: tank, told in nearly the same numbers: ")
    assert head(38).endswith("Numbers less than a tenth apart may be one, rounded.") and "told differently" in head(20)


def test_things_of_nobody_known_exclude_each_other_only_where_they_are_the_same():
    troops, denied = "troops|personnel|troops|personnel|unknown|-|-|-", "marines|personnel|marine|personnel|unknown|-|-|-"
    there = article("A", "Troops are in Syria.", troops.replace("troops|", "Troops|", 1))
    assert find_contrasts(tables_of(there, article("B", "No marines are in Syria.", denied))) == []
    found, = find_contrasts(tables_of(there, article("B", "No troops are in Syria.", troops)))
    assert "exclude each other" in found.text


def test_stories_are_not_compared_with_each_other():
    first, second = (corpus([article(name, f"Russia sent {n} tanks.", TANK.format(n))], story=name) for name, n in (("A", 5), ("B", 9)))
    claims = find_claims(*(pd.concat(pair, ignore_index=True) for pair in zip(first, second)))
    assert list(claims["relation"]) == ["alone", "alone"] and list(claims["group"]) == ["A: Russia: tank", "B: Russia: tank"]


# ---------------------------------------------------------------- tables and figures

def test_keyword_in_context_stays_in_the_sentence_and_is_sorted():
    tables = tables_of(article("A", "Old tanks crossed.\nNew T-72 tanks arrived <b>first</b>.", "tanks|system|tank|tank|Russia|-|-|-",
                               "T-72 tanks|system|T-72|tank|Russia|-|-|-"))
    assert find_keyword(tables, "tank")[["left", "keyword", "right"]].values.tolist() == [
        ["New", "T-72 tanks", "arrived <b>first</b>."], ["Old", "tanks", "crossed."]]
    assert list(find_keyword(tables, "tank", sort="left")["left"]) == ["New", "Old"]
    assert list(find_keyword(tables, "crossed")["keyword"]) == ["crossed"]
    assert find_keyword(tables, "submarine").empty


def test_keyword_in_context_is_cut_at_the_edges_of_words():
    tables = tables_of(article("A", "Several anti-aircraft batteries near the harbour hit five tanks before the others withdrew."))
    row = find_keyword(tables, "tanks", width=22).iloc[0]
    assert (row["left"], row["keyword"], row["right"]) == ("… the harbour hit five", "tanks", "before the others …")
    assert find_keyword(tables, "batteries", width=60).iloc[0]["left"] == "Several anti-aircraft"
    assert find_keyword(tables, "batteries", width=13).iloc[0]["left"] == "…"


def test_a_claim_stands_in_one_finding_of_its_thing():
    one, two = article("A", "Russia sent 5 tanks to Syria.", TANK.format(5)), article("B", "Russia sent 9 tanks to Syria.", TANK.format(9))
    none = article("C", "No Russian tanks are in Syria.", TANK.format("-"))
    text, = texts(find_contrasts(tables_of(one, two, none)))
    assert text.startswith("Russia: tank, told in ways that exclude each other and in different numbers: 5 tanks, deployed (A in its own voice); 9 tanks")
    assert [text.count(part) for part in ("5 tanks", "9 tanks", "denied")] == [1, 1, 1]
    assert " and in different" not in texts(find_contrasts(tables_of(one, none)))[0]


def test_articles_on_different_stories_are_not_held_against_each_other():
    tables = tables_of(article("A", "Russia sent 5 T-72 tanks.\nIt sent T-90 tanks.", "T-72 tanks|system|T-72|tank|Russia|5|5|5", "T-90 tanks|system|T-90|tank|Russia|-|-|-"),
                       article("B", "Russia sent 9 tanks, he said.", TANK.format(9), said=["Russia sent 9 tanks|said|Ivanov|named_person"]))
    assert [len(find(tables)) for find in (find_contrasts, find_own_numbers, find_type_namers)] == [1, 1, 1]
    tables.documents["story"] = "all"  # nobody names it, and the words do not show it
    assert [len(find(tables)) for find in (find_contrasts, find_own_numbers, find_type_namers)] == [0, 0, 0]


def test_the_inventory_gathers_operators_and_outlets():
    row, = list_systems(tables_of(article("A", "Russia sent 5 tanks.", TANK.format(5)),
                                  article("B", "Iran sent tanks.", "tanks|system|tank|tank|Iran|-|-|-"))).to_dict("records")
    assert (row["system"], row["operator"], row["outlet"], row["mentions"]) == ("tank", "Russia, Iran", "A, B", 2)
    assert row["evidence"] == [("A", 0), ("B", 0)]


@pytest.mark.parametrize("outlets", [0, 1, 30])
def test_figures_and_tables_work_for_none_one_and_thirty_outlets(outlets):
    tables = tables_of(*(article(f"Paper {n}", f"Russia sent {n + 1} tanks to Syria.", TANK.format(n + 1)) for n in range(outlets)),
                       *[article("Quiet", "Talks went on.")] * (not outlets))
    for plot in (plot_ranges, plot_status, plot_systems):
        figure = plot(tables)
        assert figure.alt and png(figure)[:4] == b"\x89PNG"
    assert len(list_claims(tables)) == outlets and len(find_contrasts(tables)) == (outlets > 1)


def test_titles_say_what_the_columns_are_and_why_nothing_is_drawn():
    tables = tables_of(*(article(f"Paper {n}", f"Russia sent {n} tanks to Syria.", TANK.format(n)) for n in (20, 30)))
    tables.documents["outlet"] = "Paper"
    assert plot_systems(tables).alt.startswith("Matrix: Named by one article only: 0 of 1 systems")
    assert plot_status(tables).alt.startswith("Timeline: Where claims clash")
    undated = SimpleNamespace(**{**vars(tables), "claims": tables.claims.assign(as_of=None)})
    assert "Nothing says on which day the clashing claims hold" in plot_status(undated).alt
    assert "No claims clash" in plot_status(tables_of(article("Paper", "Russia sent 20 tanks to Syria.", TANK.format(20)))).alt


def test_an_unnamed_source_is_told_with_its_article():
    assert word_of(["anonymous: European official"]) == "on the word of an unnamed European official"
    assert word_of(["anonymous: U.S. officials", "Russia"]) == "on the word of unnamed U.S. officials, citing Russia"
    assert word_of(["Ann Lee", "Ann Lee"]) == "on the word of Ann Lee"


def test_notes_of_numbers_stay_within_the_figure():
    rows = {"label": ["a: B", "c: D"], "group": ["g", "h"], "value": [2.0, 3000.0], "low": [2.0, 3000.0], "high": [2.0, 3000.0],
            "note": ["2 · used", "3,000 · denied or not acknowledged · own voice · 2024-03-04/09"]}
    frame = pd.DataFrame(rows)
    room = log_room(frame, 1.0)
    taken = len(frame["note"][1]) * 5.4 / 310
    assert room >= 3.47 + min(taken, 0.8) * room * 0.99


def test_names_stand_in_a_sentence_as_a_person_would_write_them():
    told = {"anonymous: unnamed US officials": "unnamed U.S. officials", "Walid al-Moallem": "Walid al-Moallem",
            "anonymous: American official": "an unnamed U.S. official", "anonymous: exit polls": "according to exit polls", "anonymous: voters": "voters", "United States": "the United States", "Ann Lee": "Ann Lee",
            "Obama administration": "the Obama administration", "Russian online newspaper": "a Russian online newspaper",
            "Russia": "Russia", "Ministry of Defence": "the Ministry of Defence", "Philippines": "the Philippines",
            "Philippine Coast Guard": "the Philippine Coast Guard", "North Korea's military": "North Korea's military", "Ann Lee's office": "Ann Lee's office",
            "People's Liberation Army": "the People's Liberation Army", "World Health Organization": "the World Health Organization"}
    assert {name: word_of([name]).removeprefix("on the word of ") for name in told} == told


def test_a_group_of_nobodys_things_says_so():
    assert headed("unknown: drone, used") == "drone, used (operator not told)" and headed("Russia: tank") == "Russia: tank"


def test_a_finding_begins_with_a_capital():
    rows = [article(name, f"Rebels sent {n} tanks to Syria.", TANK.format(n).replace("Russia", "rebels")) for name, n in (("A", 20), ("B", 40))]
    assert texts(find_contrasts(tables_of(*rows)))[0].startswith("Rebels: tank, told differently")
