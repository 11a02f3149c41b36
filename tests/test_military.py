"""Military mentions: made-up war reports, sentences that only look like weapons, designations, operators, the lexicon, speed."""
import csv
import re
import time
from pathlib import Path

import pytest

from helpers import lexicon, tables
from helpers.military import find_in_text, find_mentions

HERE = Path(__file__).parent
MARK = re.compile(r"\[([^\]|]+)\|(\w):([^:|]*):([^|]*)\|([^|]*)\|([^\]]*)\]")
KINDS = {"s": "system", "p": "personnel", "i": "infrastructure", "a": "action"}
CATEGORIES = {"tank": "tank", "av": "armored vehicle", "art": "artillery", "fca": "fixed-wing combat aircraft",
              "fta": "fixed-wing transport aircraft", "ac": "aircraft (unspecified)", "ah": "attack helicopter",
                      "th": "transport helicopter",
              "h": "helicopter (unspecified)", "ad": "air defense", "m": "missile", "nv": "naval vessel", "sa": "small arms",
              "mun": "munition", "chem": "chemical weapon", "ied": "improvised explosive device", "ua": "unmanned aircraft",
              "eq": "equipment (unspecified)"}


def load_report(path):
    """(text, gold mentions) of an annotated report."""
    marked, text, gold, last = path.read_text(encoding="utf-8"), "", [], 0
    for match in MARK.finditer(marked):
        text += marked[last:match.start()]
        gold.append({"start": len(text), "end": len(text) + len(match[1]), "kind": KINDS[match[2].lower()],
                "optional": match[2].isupper(),
                     "category": CATEGORIES.get(match[3]), "canonical": match[4], "quantity": match[5], "operator": match[6],
                             "text": match[1]})
        text, last = text + match[1], match.end()
    return text + marked[last:], gold


def written(row):
    """A mention's quantity as the reports write it."""
    low, high = row["quantity_min"], row["quantity_max"]
    if row["quantity_text"] is None:
        return ""
    if low == high:
        return "*" if low is None else str(low)
    return f"{'' if low is None else low}-{'' if high is None else high}"


def score(kind):
    """Counts over all reports: found, missed, spurious, and of the found how many have category, canonical, quantity, operator
    right."""
    total = dict.fromkeys(("gold", "found", "predicted", "category", "canonical", "quantity", "operator", "asked"), 0)
    errors = []
    for path in sorted((HERE / "war_reports").glob("[0-9]*.txt")):
        text, gold = load_report(path)
        rows = [row for row in find_in_text(text) if row["kind"] == kind]
        free = set(range(len(rows)))
        for g in sorted((g for g in gold if g["kind"] == kind), key=lambda g: g["optional"]):
            hit = next((k for k in sorted(free) if rows[k]["start"] < g["end"] and g["start"] < rows[k]["end"]), None)
            free.discard(hit)
            if g["optional"]:
                continue
            total["gold"] += 1
            if hit is None:
                errors.append((path.stem, "missed", g["text"]))
                continue
            row = rows[hit]
            right = {"category": kind != "system" or row["category"] == g["category"],
                    "canonical": row["canonical"] == g["canonical"] or not g["canonical"],
                     "quantity": written(row) == g["quantity"], "operator": not g["operator"] or row["operator"] == g["operator"]}
            errors += [(path.stem, key, g["text"], row["text"], row.get(key, written(row)), g[key])
                        for key, ok in right.items() if not ok]
            total["found"] += 1
            total["asked"] += bool(g["operator"])
            for key, ok in right.items():
                total[key] += ok if key != "operator" else ok and bool(g["operator"])
        total["predicted"] += sum(not any(g["optional"] and g["kind"] == kind and rows[k]["start"] < g["end"]
                and g["start"] < rows[k]["end"]
                                          for g in gold) for k in range(len(rows)))
        errors += [(path.stem, "spurious", rows[k]["text"]) for k in sorted(free)]
    return total, errors


@pytest.mark.parametrize("kind, least", [("system", 0.97), ("personnel", 0.9), ("infrastructure", 0.9)])
def test_war_reports(kind, least):
    total, errors = score(kind)
    f1 = 2 * total["found"] / (total["gold"] + total["predicted"])
    assert f1 >= least, errors
    assert total["category"] >= 0.97 * total["found"] and total["canonical"] >= 0.95 * total["found"], errors
    assert total["quantity"] >= 0.97 * total["found"] and total["operator"] >= 0.9 * total["asked"], errors


@pytest.mark.parametrize("part", ["tuning", "held out"])
def test_what_only_looks_like_a_weapon(part):
    """At most 4 in 45 sentences of ordinary words are false alarms, and at least 95 % of true weapons under the same words are
    found."""
    with open(HERE / "not_weapons.csv", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["part"] == part]
    found = {True: [], False: []}
    for row in rows:
        mentions = find_in_text(row["sentence"])
        hit = any(m["kind"] == "system" or row["word"].lower() in m["text"].lower() for m in mentions)
        found[row["weapon"] == "1"].append((hit, row["sentence"]))
    false = [sentence for hit, sentence in found[False] if hit]
    missed = [sentence for hit, sentence in found[True] if not hit]
    assert len(found[False]) >= 100 and len(false) <= 0.089 * len(found[False]), false
    assert len(missed) <= 0.05 * len(found[True]), missed


def first(text):
    """The first system of a text: (words, canonical, category, specific)."""
    row = next(row for row in find_in_text(text) if row["kind"] == "system")
    return row["text"], row["canonical"], row["category"], row["specific"]


@pytest.mark.parametrize("text, canonical, category", [
    ("An F-16C Block 52 landed.", "F-16", "fixed-wing combat aircraft"), ("Two Su-30SMs landed.", "Su-30",
            "fixed-wing combat aircraft"),
    ("A MiG-29M2 landed.", "MiG-29", "fixed-wing combat aircraft"), ("Two Tu-22M3s landed.", "Tu-22M",
            "fixed-wing combat aircraft"),
    ("A T-72B3M burned.", "T-72", "tank"), ("A BTR-82A burned.", "BTR-82", "armored vehicle"), ("A Kh-101 fell.", "Kh-101",
            "missile"),
    ("The 9K720 is new.", "9K720 Iskander", "missile"), ("The USS Nowhere sailed.", "USS Nowhere", "naval vessel"),
    ("The Su–27 landed.", "Su-27", "fixed-wing combat aircraft"), ("The Su 27 landed.", "Su-27", "fixed-wing combat aircraft"),
    ("The SU27 landed.", "Su-27", "fixed-wing combat aircraft"), ("A Sukhoi-27 landed.", "Su-27", "fixed-wing combat aircraft"),
    ("A Su\u00a027 landed.", "Su-27", "fixed-wing combat aircraft"), ("An AGM-187 fell.", "AGM-187", "missile"),
            # 187: read, not listed
    ("An MQ-21 was lost.", "MQ-21", "unmanned aircraft"), ("A Mi-17V-5 landed.", "Mi-8/17", "transport helicopter"),
    ("A Nowhere-class destroyer sailed.", "Nowhere class", "naval vessel")])
def test_designations(text, canonical, category):
    _, found, kind, specific = first(text)
    assert (found, kind, specific) == (canonical, category, True)


@pytest.mark.parametrize("text", ["Sukhoi Su-27 Flanker fighter jets", "Hip troop-transport helicopters",
        "Condor transport planes", "T-90 tanks",
                                  "Hind helicopter gunships", "armoured personnel carriers", "man-portable air-defense systems"])
def test_apposition_is_one_mention(text):
    rows = [row["text"] for row in find_in_text(f"Four {text} were seen.")]
    assert rows == [text]


def test_weapon_before_an_action():
    rows = find_in_text("Missile strikes hit the town.")
    assert [(row["text"], row["kind"]) for row in rows] == [("Missile", "system"), ("Missile strikes", "action")]
    assert [row["text"] for row in find_in_text("An airstrike hit the town.")] == ["airstrike"]


@pytest.mark.parametrize("text, operator", [
    ("Russian T-90s were seen.", "Russia"), ("U.S. and Russian warplanes met.", "unknown"), ("Syria's army has T-55 tanks.",
            "Syria"),
    ("T-55 tanks sent by Iran were seen.", "Iran"), ("Ukraine's Soviet-era T-72s were lost.", "Ukraine"),
    ("Moscow has deployed T-90s.", "Russia"), ("The T-90s were seen.",
     "unknown"), ("Artillery and 20 French howitzers fired.", "France"),
    ("Azerbaijan used Israeli-made Harop loitering munitions.", "Azerbaijan"), ("Iran said it had lost two F-14s.", "Iran"),
    ("USS Nowhere left port.", "United States")])
def test_operator(text, operator):
    row = next(row for row in find_in_text(text) if row["kind"] == "system")
    assert row["operator"] == operator


def test_a_ships_prefix_tells_whose_it_is_not_who_built_it():
    (row,) = find_in_text("The BRP Nowhere left port.")
    assert (row["operator"], row["made_in"]) == ("Philippines", None)


def test_origin_is_not_operator():
    row = find_in_text("Iraq's T-72s were lost.")[0]
    assert (row["operator"], row["made_in"]) == ("Iraq", "Russia")


def test_lexicon():
    systems = lexicon.load_systems()
    assert len(systems) >= 1500 and systems["canonical"].is_unique
    assert set(systems["category"]) == set(CATEGORIES.values()) - {"improvised explosive device"}  # no two of those bear one name
    assert (systems["source"] != "").all() and systems["made_in"].ne("").mean() > 0.95
    assert lexicon.ancestors("Mi-8/17")[:3] == ["Mi-8/17", "transport helicopter", "helicopter"]
    assert "troops" in lexicon.ancestors("naval infantry") and "bomb" not in lexicon.ancestors("Su-27")
    assert lexicon.parent("Su-27SM9") == "Su-27" and lexicon.parent("no such thing") is None
    known = set(lexicon.things())
    assert {parent for parent in lexicon.things().values() if parent} <= known | {"personnel"}


def test_find_mentions_keeps_to_sentences_and_finds_the_innermost_attribution():
    text = "T-90 tanks came.\nPhoto: a T-72 tank.\nHe said she said T-80 tanks came."
    documents = tables.make("documents", [{"doc_id": "d", "text": text}])
    sentences = tables.make("sentences", [{"doc_id": "d", "sentence": 0, "start": 0, "end": 16}, {
                            "doc_id": "d", "sentence": 1, "start": 37, "end": 70}])
    attributions = tables.make("attributions", [{"doc_id": "d", "attribution": "a1", "content": [[45, 69]]},
                                                {"doc_id": "d", "attribution": "a2", "content": [[54, 69]]}])
    mentions = find_mentions(documents, sentences, attributions)
    assert mentions[["mention", "sentence", "canonical", "attribution"]
        ].values.tolist() == [["m1", 0, "T-90", None], ["m2", 1, "T-80", "a2"]]
    assert list(mentions.columns) == tables.COLUMNS["mentions"] and (mentions["origin"] == "machine").all()
    assert len(find_mentions(tables.empty("documents"), tables.empty("sentences"), tables.empty("attributions"))) == 0


@pytest.mark.parametrize("text", ["", " ", "\ud800 tank", "دبابة T-90", "T-" * 500, "İstanbul İ T-90 tanks", "M" * 5000,
        "1 2 3 " * 500])
def test_odd_text(text):
    for row in find_in_text(text):
        assert text[row["start"]:row["end"]] == row["text"]


def test_one_paragraph_of_a_megabyte_takes_linear_time():
    text = "Russia sent four T-90 tanks and 20 Grad rockets to the base, officials said, and the talks went on. "

    def seconds(n):
        started = time.process_time()
        find_in_text(text * n)
        return time.process_time() - started
    seconds(10)
    assert seconds(2000) < 20 * max(seconds(200), 0.01)


def test_a_number_counts_its_own_noun_only():
    rows = {row["canonical"]: row["quantity_min"] for row in find_in_text("Six drones hit an airfield, three army officers said.")}
    assert rows["drone"] == 6 and rows["airfield"] is None and rows.get("army") is None


@pytest.mark.parametrize("text, thing, operator", [
    ("Peru will send a warship after two tankers were struck by drones.", "drone", "unknown"),
    ("Peru said five drones were destroyed by F-16 fighters.", "F-16", "unknown"),
    ("Peru launched six missiles at ships in the gulf.", "ship", "unknown"),
    ("Peru launched six missiles at ships in the gulf.", "missile", "Peru"),
    ("Peru's army accused Chile of breaking a truce, saying six drones had struck an airfield.", "drone", "Chile"),
    ("Yemeni armed forces loyal to the Houthi authorities fired four missiles.", "missile", "Houthis"),
    ("The Rapid Support Forces have moved 40 armoured vehicles.", "armoured", "Rapid Support Forces")])
def test_what_strikes_or_is_aimed_at_is_not_the_subjects(text, thing, operator):
    assert [row["operator"] for row in find_in_text(text) if row["text"].lower().startswith(thing.lower())] == [operator]


@pytest.mark.parametrize("text, thing, operator", [
    ("The Houthis said they had shot down a drone.", "drone", "unknown"),
    ("Houthi fighters brought down a drone near Marib.", "drone", "unknown"),
    ("The Houthis' downing of a drone angered Peru.", "drone", "unknown"),
    ("Ukraine's air force destroyed 40 drones overnight.", "drone", "unknown"),
    ("The Houthis shot down an American drone.", "drone", "United States"),
    ("The Iranian drone, a Shahed-136, was shot down over Kyiv.", "Shahed", "Iran"),
    ("Peru brought down a Chilean drone with a missile.", "missile", "Peru"),
    ("Norway's frigate, carrying two helicopters, left port.", "helicopter", "Norway"),
    ("Peru rejected a U.N. report that it had sent tanks.", "tank", "Peru"),
    ("Yemen made its own tanks, the United Nations said.", "tank", "Yemen"),
    ("Soviet-made tanks were seen.", "tank", "unknown"),
    ("Chad's government said three of its tanks were burned.", "tank", "Chad"),
    ("Peru said it had found 40 rifles and two drones aboard the ship.", "drone", "unknown"),
    ("Six of the drones were found in Peru.", "drone", "unknown"),
    ("The crew, most of them Peruvians, were watching as the frigate left.", "frigate", "unknown"),
    ("The Peruvian navy discovered four Chilean mines.", "mine", "Chile"),
    ("Peru said it had found that its tanks were old.", "tank", "Peru"),
    ("Zambia has bought six tanks.", "tank", "Zambia")])
def test_what_is_struck_is_not_the_strikers(text, thing, operator):
    assert [row["operator"] for row in find_in_text(text) if row["text"].lower().startswith(thing.lower())] == [operator]


@pytest.mark.parametrize("lines, thing, operator", [
    (["Peru's navy moved.", "The navy has sent a frigate."], "frigate", "Peru"),
    (["Peru's army moved.", "Chile attacked.", "Army helicopters fired rockets."], "rocket", "Peru"),
    (["Sudan's army is weak.", "The Rapid Support Forces said army jets had bombed it."], "jets", "Sudan"),
    (["Russia sent ships.", "Norway's navy is small.", "The frigate has been patrolling, the navy said."], "frigate", "Norway"),
    (["Norway's navy is small.", "A missile struck a tanker, the navy said."], "missile", "unknown"),
    (["Chilean Condor transport plane flights landed."], "condor transport plane flights", "Chile"),
    (["Peru fired shells.", "Both sides fired mortars."], "mortar", "unknown"),
    (["Russia has ships.", "The Arakan Army has mortars."], "mortar", "Arakan Army")])
def test_the_army_is_the_one_the_text_told_of(lines, thing, operator):
    assert [row["operator"] for row in find_in_text("\n".join(lines)) if row["text"].lower().startswith(thing)] == [operator]


def test_a_sum_is_no_designation():
    assert find_in_text("The navy contract was padded by P2 billion.") == [] and find_in_text("A P-2 of the navy landed.")[0]["canonical"] == "P-2"


def test_what_a_ship_carries_is_there_but_not_used():
    from helpers.claims import row_of
    assert {row_of("verb", verb) for verb in ("carrying", "armed", "represented", "escorted")} == {("deployed", "presence")}
    assert {row_of("verb", verb) for verb in ("fired", "launched", "dropped", "flew", "carried out")} == {("used", "used")}


@pytest.mark.parametrize("text, people, operator", [
    ("Peru attacked Chile on Monday with drones, killing at least one soldier, the Chilean ministry said.", "soldier", "Chile"),
    ("Peruvian jets bombed Chilean positions, leaving six soldiers dead.", "soldiers", "Chile"),
    ("Peru attacked Chile, and Bolivia killed two soldiers.", "soldiers", "unknown"),
    ("Peruvian shelling wounded five soldiers.", "soldiers", "unknown"), ("Peru captured five soldiers.", "soldiers", "unknown"),
    ("Fighting between Peru and Chile left nine soldiers dead.", "soldiers", "unknown"),
    ("In an attack on Chile, militants killed 20 soldiers.", "militants", "unknown"),
    ("Peru killed ten Chilean soldiers.", "soldiers", "Chile"), ("Peru lost five soldiers.", "soldiers", "Peru"),
    ("Peru left 200 soldiers in Chile.", "soldiers", "Peru"), ("Peru said it had killed two of its soldiers.", "soldiers", "unknown"),
    ("The Peruvian army said Chile had killed two of its soldiers.", "soldiers", "Peru")])
def test_victims_are_not_of_the_side_that_attacks(text, people, operator):
    assert [row["operator"] for row in find_in_text(text) if row["text"] == people] == [operator]


@pytest.mark.parametrize("text, people, operator", [
    ("Fifteen soldiers were missing, the Chilean ministry said.", "soldiers", "Chile"),
    ("Fifteen soldiers were killed by Peruvian fire, the Chilean ministry said.", "soldiers", "Chile"),
    ("Fifteen soldiers were killed by its forces, the Chilean ministry said.", "soldiers", "unknown"),
    ("Forty enemy soldiers were killed, the Chilean army said.", "soldiers", "unknown"),
    ("Chile said that in an attack by Peru seven of its soldiers had been killed.", "soldiers", "Chile"),
    ("Chilean analysts said that ten soldiers were killed.", "soldiers", "unknown"),
    ("Peru attacked Chile, killing a marine.\nFifteen soldiers were missing.", "soldiers", "Chile"),
    ("Chile's army said it had hit a Peruvian column.\nForty soldiers were killed.", "soldiers", "unknown"),
    ("Peruvian forces attacked first, Chile's ministry said.\nIt said six of its soldiers had died.", "soldiers", "Chile"),
    ("Chile's ministry said Peruvian forces had fired mortars.\nTwo soldiers were wounded, it said.", "soldiers", "Chile")])
def test_losses_that_a_country_tells_of_are_its_own(text, people, operator):
    assert [row["operator"] for row in find_in_text(text) if row["text"] == people] == [operator]


@pytest.mark.parametrize("text, thing, operator", [
    ("Peru's army moved.\nThe United Nations urged both sides to withdraw their troops.", "troops", "unknown"),
    ("The United Nations urged Peru to withdraw its troops.", "troops", "Peru"), ("Peru asked to withdraw its troops.", "troops", "Peru"),
    ("Peru has howitzers.\nResidents of the village said that missiles had damaged four houses.", "missiles", "unknown"),
    ("Peru used guns to shoot down two drones.", "drones", "unknown")])
def test_what_is_asked_of_others_and_what_falls_on_ones_own_is_not_ones_own(text, thing, operator):
    assert [row["operator"] for row in find_in_text(text) if row["text"] == thing] == [operator]


@pytest.mark.parametrize("text, thing, operator", [
    ("Insurgents win as government troops leave.", "government troops", "unknown"), ("Peruvian government troops left.", "government troops", "Peru"),
    ("Rebels took the hill.\nThe mission has 900 peacekeepers there.", "peacekeepers", "unknown"),
    ("Rebels took the hill.\nThe army kept 300 soldiers there.", "soldiers", "unknown"),
    ("Peru's navy said that nine Chilean ships, among them two navy frigates, had turned.", "frigates", "Chile"),
    ("Peru's navy said that nine Chilean ships, including a Bolivian frigate, had turned.", "frigate", "Bolivia"),
    ("Chile accused Peru of ramming one of its warships.", "warships", "Chile"), ("Chile says a Peruvian tug rammed its frigate.", "frigate", "Chile"),
    ("Peru rammed its frigate.", "frigate", "unknown"), ("Peru had hit its own frigate.", "frigate", "Peru"),
    ("Their frigate and a Chilean ship collided.", "frigate", "unknown"), ("Artillery and 500 Chilean soldiers came.", "Artillery", "Chile"),
    ("Peru denied sending troops there.", "troops", "Peru"), ("Chilean gunners had fired at least eight shells.", "shells", "Chile"),
    ("Chile's ministry said it had detected six missiles.", "missiles", "unknown"), ("Three boats stood against 11 Chilean warships.", "warships", "Chile"),
    ("Peru has three boats against 11 warships.", "warships", "unknown"), ("Peru denied that Chilean soldiers were among his fighters.", "fighters", "unknown"),
    ("Peruvian drones came.\nAir defenses had shot down nine of 12 drones.", "Air defenses", "unknown"),
    ("Peruvian warships met Chilean warships.\nFour frigates searched the area.", "frigates", "unknown"),
    ("Peruvian soldiers met Chilean soldiers.\nThe families of the soldiers wept.", "soldiers", "unknown")])
def test_an_operator_is_not_whoever_was_named_last(text, thing, operator):
    assert [row["operator"] for row in find_in_text(text) if row["text"].endswith(thing)][-1:] == [operator]


@pytest.mark.parametrize("text, canonical", [("Two unmanned boats burned.", "naval drone"), ("An uncrewed vessel burned.", "naval drone"),
                                             ("Drone boats burned.", "naval drone"), ("Fast attack craft burned.", "patrol boat")])
def test_boats_without_crews_are_naval_drones(text, canonical):
    assert [(row["canonical"], row["category"]) for row in find_in_text(text)] == [(canonical, "naval vessel")]
