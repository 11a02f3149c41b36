"""Notebook 0's tables and findings: numbers counted by hand on made-up articles, and silence where there is nothing to say."""
import datetime

import pandas as pd
import pytest

from helpers import overview
from helpers.corpus import load_corpus
from helpers.pipeline import make_tables

PASSAGE = "The government said on Tuesday that it would send two more frigates to the strait after a tanker was attacked near the port by armed men."
OWN = "Nobody in the harbour town of Aldem had heard of it on Monday."
OTHER = "Fishermen in the south were told nothing by the authorities, a trawler's captain complained."


def tables_of(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return make_tables(load_corpus(folder))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return tables_of(tmp_path_factory.mktemp("two"), {
        "a.txt": f"Frigates sail\n\nSeptember 18, 2015\n\n{PASSAGE}\n\n{OWN}\n\nLeave a Reply\n\nYour email address will not be published.\n",
        "b.txt": f"{PASSAGE}\n\n{OTHER}\n\nSource: Reuters\n", "c.txt": "It rained on Wednesday. It did not stop, not even at night."})


def test_documents(tables):
    found = overview.stat_documents(tables)
    assert found["published"].to_list() == ["2015-09-18", "2015-09-15 to 2015-09-21", "2015-09-16 to 2015-09-22"]
    assert found["article"].to_list() == ["Frigates sail", "Reuters", "c"] and found["sentences"].to_list() == [3, 2, 2]


def test_layout_words(tables):
    words = overview.stat_layout(tables)
    assert words.loc["Frigates sail"].to_dict() == {"headline": 2, "dateline": 3, "body": 39, "source_note": 0, "boilerplate": 10}
    assert words.to_numpy().sum() == tables.documents["n_words"].sum()
    assert overview.layout_title(words) == "86% of the words on these pages are read as journalism"  # 2+39+26+14+12 of 108


def test_layout_finding_and_its_silence(tables):
    found = overview.layout_findings(tables)
    assert [finding.text.split(" (")[0] for finding in found] == ["On the page of Frigates sail, 13 of 54 words"]
    assert found[0].evidence == [("a", 0), ("a", 2)]


def test_page_is_inert(tmp_path):
    tables = tables_of(tmp_path, {"a.txt": "<script>alert(1)</script> said the minister on Tuesday, and nobody laughed at all."})
    assert "<script>" not in overview.show_layout("a", tables).markup and "&lt;script&gt;" in overview.show_layout("a", tables).markup


def test_shared(tables):
    found = overview.stat_shared(tables).set_index("article")
    assert found["shared_words"].to_dict() == {"Frigates sail": 26, "Reuters": 26, "c": 0} and found.loc["c", "evidence"] == []
    texts = [finding.text for finding in overview.shared_findings(tables)]
    assert texts == ["Frigates sail and Reuters share 1 passage, 26 words, (nearly) word for word."]


def test_a_passage_that_both_quote_is_left_to_the_utterances(tables):
    said = tables.reuse.assign(kind="utterance")
    part = said.assign(left_end=said["left_start"] + (said["left_end"] - said["left_start"]) // 2)
    for spoken, n in ((said, 0), (part, 1)):
        assert len(overview.shared_findings(tables._replace(reuse=pd.concat([tables.reuse, spoken])))) == n


def test_days(tables):
    days = overview.stat_days(tables)
    assert list(zip(days["label"], days["start"], days["mentions"])) == [
        ("Frigates sail", datetime.date(2015, 9, 14), 1), ("Frigates sail", datetime.date(2015, 9, 15), 1), ("Reuters", datetime.date(2015, 9, 15), 1),
        ("c", datetime.date(2015, 9, 16), 1)]
    assert overview.day_findings(days) == []  # two of three is no common day, and c, with no day of the others, may tell another story
    also = days.iloc[[2]].assign(label="c")
    said = [finding.text for finding in overview.day_findings(pd.concat([days, also]))]
    assert said[0] == "All 3 articles that name days speak of Tuesday 15 September 2015: Frigates sail, Reuters, c."
    rest = days.iloc[[3, 3]].assign(label=["d", "e"])
    said = [finding.text for finding in overview.day_findings(pd.concat([days, also, rest]))]
    assert said[0] == "3 of the 5 articles that name days speak of Wednesday 16 September 2015: c, d, e."
    said = [finding.text for finding in overview.day_findings(pd.concat([days, also]))]
    assert "The latest day any of them names is Wednesday 16 September 2015; Frigates sail ends on Tuesday 15 September; Reuters ends" in said[1]


@pytest.mark.parametrize("files", [{}, {"a.txt": "It rained on Monday, and then it rained again."}, {"a.txt": OWN, "b.txt": OTHER}])
def test_silence_on_little(tmp_path, files):
    tables = tables_of(tmp_path, files)
    days = overview.stat_days(tables)
    assert overview.day_findings(days) == overview.shared_findings(tables) == overview.layout_findings(tables) == []
    assert len(overview.stat_documents(tables)) == len(overview.stat_layout(tables)) == len(overview.stat_shared(tables)) == len(files)
    overview.layout_title(overview.stat_layout(tables))
    overview.stat_sentences(tables)


def test_a_day_that_all_speak_of_is_said_in_words():
    days = pd.DataFrame({"label": ["A", "B"], "start": pd.to_datetime(["2024-03-04"] * 2), "text": "1×", "mentions": 1, "words": "Monday",
                         "evidence": [[("a", 0)], [("b", 0)]]})
    assert overview.day_findings(days)[0].text == "Both articles that name days speak of Monday 4 March 2024: A, B."


def test_a_folder_of_different_stories_says_so_and_one_story_does_not(tmp_path):
    quake = ["A strong quake hit the Varga valley on Monday and killed 41 people, Governor Lena Marsh said. Rescue teams from Port Sorel came to Dunmore. ",
             "Rescue teams of Port Sorel searched ruins in the Varga valley after a quake that killed 41 people. Governor Lena Marsh came to Dunmore. "]
    bank = "Nordbank said it would buy rival Helvia for 3.4 billion crowns in cash, creating a larger lender. Shares of Helvia rose by 12 percent. "
    said = lambda *texts: [finding for finding in overview.shared_findings(make_tables(load_corpus(write(tmp_path, texts)))) if "one story" in finding.text]
    assert said(*(text * 3 for text in quake)) == said(*quake, bank) == []  # one story; too few words to tell
    (finding,) = said(*(text * 3 for text in (*quake, bank)))
    assert "these 3 articles do not all tell one story. One is told by a and b. 1 shares a story with no other. What" in finding.text
    assert finding.evidence == [("a", 0), ("c", 0)]


def write(folder, texts):
    for name, text in zip("abc", texts):
        (folder / f"{name}.txt").write_text(text)
    return folder
