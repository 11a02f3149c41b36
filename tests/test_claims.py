"""Claims: read from made-up stories whose groups were worked out by hand (tests/stories), and from single sentences."""
import re
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


CLAUSES = [line.rsplit("|", 1) for line in (STORIES[0].parent / "clauses.txt").read_text(encoding="utf-8").splitlines()]
COUNTS = {"two": 2, "three": 3, "four": 4, "ten": 10, "twelve": 12, "thirty": 30}


@pytest.mark.parametrize("marked, status", CLAUSES, ids=[text for text, _ in CLAUSES])
def test_a_status_is_read_from_clauses_of_many_wars(marked, status):
    """The mention stands between stars; "-": no claim."""
    before, word, after = marked.split("*")
    count = re.search(r"(\d[\d,]*|[Tt]wo|[Tt]hree|[Ff]our|[Tt]en|Twelve|Thirty) $", before)
    value = count and (COUNTS.get(count[1].lower()) or int(count[1].replace(",", "")))
    kind = "personnel" if word in ("soldiers", "troops") else "system"
    found = list(one(before + word + after, word, kind, canonical=word, quantity=f"{count[1]}|{value}|{value}" if count else "-|-|-")["status"])
    assert found == ([] if status == "-" else [status])


@pytest.mark.parametrize("sentence, status", [
    ("Russia has deployed tanks to Alba.", "deployed"), ("Tanks were seen at the base.", "deployed"),
    ("There are tanks in the town.", "deployed"), ("The tanks are now in Alba.", "deployed"),
    ("Russia is moving tanks to Alba.", "arriving"), ("Tanks were being moved to Alba.", "arriving"),
    ("Russia continued to send tanks to Alba.", "arriving"), ("Russia will send tanks.", "planned"),
    ("Russia would consider sending tanks.", "planned"), ("Russia has not ruled out sending tanks.", "planned"),
    ("Russia is preparing to deploy tanks.", "planned"), ("The rebels asked for tanks.", "requested"),
    ("Russia has not acknowledged sending tanks.", "denied"), ("Russia denied reports of sending tanks to Alba.", "denied"),
    ("Russia never deployed tanks there.", "denied"), ("No tanks were deployed in Alba.", "denied"),
    ("Russia has withdrawn tanks from Alba.", "withdrawn"), ("Gunners destroyed tanks near Alba.", "destroyed"),
    ("Officials confirmed the delivery of guns, tanks and shells.", "deployed")])
def test_a_status_is_read_from_the_clause(sentence, status):
    assert list(one(sentence, "tanks" if "tanks" in sentence else "Tanks")["status"]) == [status]


@pytest.mark.parametrize("sentence", [
    "If tanks were sent, talks would end.", "Russia makes tanks.", "He spoke of tanks.", "Experts doubt whether tanks were sent.",
    "The museum praised tanks."])
def test_what_claims_nothing_is_no_claim(sentence):
    assert one(sentence, "tanks").empty


def test_a_number_without_a_verb_is_a_claim_without_a_status():
    claim, = one("Analysts counted on 30 tanks.", "tanks", quantity="30|30|30").to_dict("records")
    assert (claim["status"], claim["quantity_min"]) == (None, 30.0)


@pytest.mark.parametrize("sentence, place", [
    ("Russia sent tanks to Syria.", "Syria"), ("Russia sent tanks to an air base at Latmar, a stronghold.", "Latmar"),
    ("Russia sent tanks to the port of Latmar.", "Latmar"), ("Tanks were moved near Latmar in Syria.", "Latmar"),
    ("Russia sent tanks in support of the Hamid regime.", None), ("Russia sent tanks to Carter.", None),
    ("Tanks were seen on Friday.", None), ("Tanks were seen at Syria's Latmar airbase.", "Latmar")])
def test_a_place_is_found_near(sentence, place):
    assert list(one(sentence, "tanks" if "tanks" in sentence else "Tanks")["place"]) == [place]


@pytest.mark.parametrize("sentence, day", [
    ("Russia sent tanks on Monday.", "2020-03-09"), ("Russia sent tanks on 2 March.", "2020-03-02"), ("Russia sent tanks.", "2020-03-11"),
    ("Russia sent tanks in 1999.", "1999")])
def test_a_day_is_resolved_against_the_articles_day(sentence, day):
    assert list(one(sentence, "tanks")["as_of"]) == [day]


def test_an_article_of_an_unknown_day_gives_the_bounds_it_has():
    for bounds, day in (({}, None), ({"from": "2020-03-10", "to": "2020-03-12"}, "2020-03-10/2020-03-12"),
                        ({"from": "2020-03-10", "to": "2020-03-10"}, "2020-03-10")):
        article = {"outlet": "A", "text": "Russia sent tanks.", "mentions": ["tanks|system|tank|tank|Russia|-|-|-"], **bounds}
        assert list(find_claims(*corpus([article]))["as_of"]) == [day]


@pytest.mark.parametrize("sentence, canonical, quantity, low, per", [
    ("More than 20 flights landed in the past 10 days.", "flight", "More than 20|20|-", 2.0, "day"),
    ("It sent about two flights a day.", "flight", "about two a day|2|2", 2.0, "day"),
    ("It launched 14 flights in a week.", "flight", "14|14|14", 2.0, "day"),
    ("Twelve flights landed.", "flight", "Twelve|12|12", 12.0, None)])
def test_rates_are_brought_to_a_day(sentence, canonical, quantity, low, per):
    claim, = one(sentence, "flights", "action", canonical, quantity).to_dict("records")
    assert claim["quantity_min"] == low and claim["per"] == per


def test_a_stock_counted_over_days_is_no_rate():
    claim, = one("Russia deployed 40 tanks in the past 10 days.", "tanks", quantity="40|40|40").to_dict("records")
    assert claim["quantity_min"] == 40 and claim["per"] is None


def test_a_loop_of_parents_ends():
    mentions, attributions, documents, sentences = corpus([{"outlet": "A", "text": "He said they said tanks were sent.", "attributions": [
        "they said tanks were sent|He said|X|named_person", "tanks were sent|they said|Y|named_person"],
        "mentions": ["tanks|system|tank|tank|Russia|-|-|-"]}])
    attributions["parent"] = ["a2", "a1"]
    assert list(find_claims(mentions, attributions, documents, sentences)["speakers"].iloc[0]) == ["X", "Y"]


def test_the_tree_is_climbed_to_one_thing_and_no_further():
    assert [compare.thing_of(*pair) for pair in (("marine", "personnel"), ("naval infantry", "personnel"), ("Mi-8/17", "transport helicopter"),
            ("cargo flight", "action"), ("Su-27", "fixed-wing combat aircraft"), ("contract soldier", "personnel"),
            ("Xq-9", "helicopter (unspecified)"))] == ["troops", "troops", "helicopter", "transport flight", "combat aircraft", "troops", "helicopter"]


def test_empty_tables_and_odd_text_give_claims_or_none():
    none = [empty(t) for t in ("mentions", "attributions", "documents", "sentences")]
    assert find_claims(*none).empty and list(find_claims(*none).columns) == list(empty("claims").columns)
    assert len(one("\u202eRussia \ud800 sent tanks \U0001f680 to (((Syria)))", "tanks")) == 1


def test_a_megabyte_of_one_sentence_takes_linear_time():
    text = "Russia sent 20 tanks to Latmar and " * 30_000
    lines = ["tanks|system|tank|tank|Russia|20|20|20"] * 200
    mentions, attributions, documents, sentences = corpus([{"outlet": "A", "published": "2020-03-11", "text": text, "mentions": lines}])
    sentences = make("sentences", [{"doc_id": "A", "sentence": 0, "block": 0, "start": 0, "end": len(text), "text": text}])
    assert len(find_claims(mentions.assign(sentence=0), attributions, documents, sentences)) == 200


def test_the_inputs_stay_as_they_are():
    tables = corpus(tomllib.loads(STORIES[0].read_text(encoding="utf-8"))["article"])
    before = [table.copy(deep=True) for table in tables]
    find_claims(*tables)
    for table, copy in zip(tables, before):
        pd.testing.assert_frame_equal(table, copy)


def test_who_shot_down_drones_is_not_what_was_shot_down():
    text = "HMS Diamond has shot down at least nine drones."
    claims = find_claims(*corpus([{"outlet": "A", "text": text, "mentions": ["HMS Diamond|system|HMS Diamond|naval vessel|UK|-|-|-",
                                                                           "drones|system|drone|unmanned aircraft|unknown|at least nine|9|-"]}]))
    told = dict(zip(claims["canonical"], claims["status"]))
    assert told.get("HMS Diamond") != "destroyed" and told["drone"] == "destroyed"


def test_where_a_thing_was_bought_is_not_where_it_is():
    (claim,) = one("The army has deployed tanks bought from Turkey.", "tanks").to_dict("records")
    assert claim["place"] is None
    (claim,) = one("The army has deployed tanks in Turkey.", "tanks").to_dict("records")
    assert claim["place"] == "Turkey"


@pytest.mark.parametrize("sentence, said", [
    ("The rebels launched missiles at ships in the Red Sea.", []), ("The rebels fired six rockets at ships off the coast.", []),
    ("Five drones were burned before they reached ships.", []), ("Ships in the Red Sea turned back.", ["deployed"])])
def test_what_is_fired_at_is_not_deployed(sentence, said):
    assert list(one(sentence, "ships" if "ships" in sentence else "Ships", canonical="vessel")["status"]) == said


def test_a_sources_word_carries_on_to_the_next_that_clause():
    words = "its forces sank two boats"
    said = [f"{words}|said|Peru|named_organisation"]
    claims = one(f"Peru said {words}, and that four tanks were destroyed.", "tanks", quantity="four|4|4", attributions=said)
    assert list(claims["speakers"]) == [["Peru"]]
    claims = one(f"Peru said {words}, and four tanks were destroyed.", "tanks", quantity="four|4|4", attributions=said)
    assert list(claims["speakers"]) == [[]]


def test_numbers_of_nobody_known_are_compared_only_at_one_place_or_when_equal():
    a = {"doc_id": "a", "operator": "unknown", "canonical": "missile", "category": "missile", "kind": "system", "status": "used", "place": None,
         "as_of": None, "per": None, "speakers": [], "quantity_min": 2, "quantity_max": 2}
    b = a | {"doc_id": "b", "quantity_min": 4, "quantity_max": 4}
    assert compare.compare_claims(a, b) is None and compare.compare_claims(a, a | {"doc_id": "b"})[0] == "agreeing"
    many, more = a | {"quantity_min": 38, "quantity_max": 38}, b | {"quantity_min": 40, "quantity_max": 40}
    assert "the same number" in compare.compare_claims(many, many | {"doc_id": "b"})[1] and "much the same" in compare.compare_claims(many, more)[1]
    assert compare.compare_claims(a | {"place": "Alba"}, b | {"place": "Alba"})[0] == "differing"
    assert compare.compare_claims(a | {"operator": "Peru"}, b | {"operator": "Peru"})[0] == "differing"


@pytest.mark.parametrize("sentence, status, event", [
    ("Fighting left at least eight soldiers dead.", "killed", ", killed"), ("Peru said eight soldiers were missing.", "missing", ", missing"),
    ("Peru said eight of its soldiers were dead.", "killed", ", killed"), ("Russia left eight soldiers in Alba.", "withdrawn", ""),
    ("Peru returned the bodies of eight soldiers.", None, ", bodies"),
    ("It said six of its marines had been killed and that eight soldiers were dead.", "killed", ", killed"),
    ("Russian soldiers attacked first.", "in action", ", in action"), ("Russian soldiers were attacked first.", "attacked", ", attacked"),
    ("Russian soldiers have been patrolling the coast.", "deployed", ""), ("Russian soldiers have been arriving.", "arriving", ""),
    ("Eight Russian soldiers are building walls of sand.", "deployed", ""), ("Russian soldiers seize airport as Peru falls.", "in action", ", in action"),
    ("Rain grew as Russian soldiers withdraw.", "withdrawn", ""), ("Peru raised the number of Russian soldiers killed to eight.", "killed", ", killed")])
def test_what_becomes_of_people_is_read_from_the_clause(sentence, status, event):
    (claim,) = one(sentence, "soldiers", "personnel", "soldier", "eight|8|8").to_dict("records")
    assert (claim["status"], claim["group"]) == (status, f"Russia: troops{event}")


@pytest.mark.parametrize("sentence, words, status", [
    ("Gunners shot down two drones with a missile.", "missile", "used"), ("Peru attacked Chile with drones and tanks.", "tanks", "used"),
    ("Peru sent a truck with missiles.", "missiles", "deployed"), ("Peru attacked Chile with drones, killing five men.", "drones", "used"),
    ("Peru said that four howitzers and a launcher of the Chilean army had been destroyed.", "howitzers", "destroyed")])
def test_a_weapon_is_used_where_it_destroys_and_destroyed_where_it_shares_the_subject(sentence, words, status):
    assert list(one(sentence, words)["status"]) == [status]


def test_a_place_is_carried_on_only_where_no_other_place_or_side_stands_between():
    def place(between, side="Peru"):
        text = f"Peru sent tanks to Alba in Syria.{between} It sent jets to the base."
        lines = ["tanks|system|tank|tank|Peru|-|-|-", f"jets|system|jet|jet|{side}|-|-|-"]
        return find_claims(*corpus([{"outlet": "A", "text": text, "mentions": lines}]))["place"].iloc[1]
    assert place("") == place(" Talks went on.") == "Syria"
    assert place(" Fighting went on in Yemen.") is None and place("", "Chile") is None


def test_servicemen_and_soldiers_who_were_killed_are_compared_and_bodies_are_not():
    articles = [{"outlet": "A", "text": "Seven servicemen were killed.", "mentions": ["servicemen|personnel|military personnel|personnel|Peru|Seven|7|7"]},
                {"outlet": "B", "text": "Seven soldiers were killed.", "mentions": ["soldiers|personnel|soldier|personnel|Peru|Seven|7|7"]},
                {"outlet": "C", "text": "Chile returned the bodies of two soldiers.", "mentions": ["soldiers|personnel|soldier|personnel|Peru|two|2|2"]}]
    claims = find_claims(*corpus(articles))
    assert list(claims["relation"]) == ["agreeing", "agreeing", "alone"]
    assert list(claims["group"]) == ["Peru: troops, killed"] * 2 + ["Peru: troops, bodies"]


@pytest.mark.parametrize("low, high, words", [(1, 1, "1 soldier"), (1, None, "at least 1 soldier"), (None, 1, "up to 1 soldier"), (2, None, "at least 2 soldiers"),
                                              (11, 11, "11 soldiers"), (None, None, "soldiers")])
def test_one_is_singular_however_it_is_bounded(low, high, words):
    assert compare.what({"canonical": "soldier", "quantity_min": low, "quantity_max": high, "per": None}) == words


def test_an_aircrafts_type_is_no_place():
    from helpers.compare import find_places
    assert [place for _, place, _ in find_places("They flew to Gao in two Mi-8 helicopters from Camp Alba.")] == ["Gao", "Camp Alba"]


@pytest.mark.parametrize("sentence, mention, status, event", [
    ("LIMA, May 30 (Post) - Peru fired two missiles on Monday.", "missiles", "used", ", used"),
    ("She accused them of firing at least two missiles at the wall.", "missiles", "used", ", used"),
    ("Two missiles had hit “a post of marines” there.", "missiles", "used", ", used"), ("Chile bought two missiles from Peru.", "missiles", None, ""),
    ("The army had found parts of two missiles.", "missiles", None, ""), ("A frigate was escorting two boats.", "frigate", "deployed", "")])
def test_what_a_weapon_did_is_read_from_its_own_verb(sentence, mention, status, event):
    (claim,) = one(sentence, mention, quantity="two|2|2", canonical=mention.rstrip("s")).to_dict("records")
    assert (claim["status"], claim["group"].endswith(event), claim["place"]) == (status, True, None)


def test_what_somebody_asks_about_is_no_claim():
    assert one("She asked the minister why the tanks had not been sent.", "tanks").empty and one("He asked whether tanks had been sent.", "tanks").empty
    assert len(one("She asked for help, and tanks had been sent.", "tanks")) == 1
    said = ["two men who left when the tanks came|asked for|kin|group"]  # the men are wanted, not the tanks
    assert one("The kin asked for two men who left when the tanks came.", "tanks", attributions=said).empty


def test_a_place_is_of_the_clause_that_names_it_and_not_where_something_was_fired_from():
    said = ["that eight tanks were destroyed and that it had sent ships to the town of Alba|said|Peru|named_organisation"]
    claims = one("Peru said that eight tanks were destroyed and that it had sent ships to the town of Alba.", "tanks", quantity="eight|8|8", attributions=said)
    assert claims["place"].to_list() == [None]
    assert one("Peru shot down eight drones launched overnight from Chile.", "drones", quantity="eight|8|8")["place"].to_list() == [None]
    assert one("Peru shot down eight drones in Chile.", "drones", quantity="eight|8|8")["place"].to_list() == ["Chile"]


def test_numbers_that_only_do_not_exclude_each_other_are_not_called_the_same():
    a = {"doc_id": "a", "operator": "Peru", "canonical": "tank", "category": "tank", "kind": "system", "status": "deployed", "place": None,
         "as_of": None, "per": None, "speakers": [], "quantity_min": 40, "quantity_max": None}
    assert "do not exclude" in compare.compare_claims(a, a | {"doc_id": "b", "quantity_min": 50, "quantity_max": 50})[1]
    assert "much the same" in compare.compare_claims(a, a | {"doc_id": "b", "quantity_min": 42, "quantity_max": 42})[1]


def test_who_only_tells_whose_a_thing_is_makes_no_claim():
    mentions = ["rebel|personnel|rebel|-|rebels|two|2|2", "tanks|system|tank|tank|rebels|two|2|2"]
    claims = find_claims(*corpus([{"outlet": "A", "published": "2020-03-11", "text": "Peru destroyed two rebel tanks.", "mentions": mentions}]))
    assert claims["canonical"].to_list() == ["tank"]


def test_one_of_them_counts_nothing():
    assert one("Peru hit one of its tanks.", "tanks", quantity="one|1|1")["quantity_min"].isna().all()
    assert one("Peru hit one tank.", "tank", quantity="one|1|1")["quantity_min"].to_list() == [1]
