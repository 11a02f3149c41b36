"""Pages of many layouts, nobody's real page: each is written as its expected blocks, so that the page is what they make together."""
import pytest

from helpers.layout import find_blocks

LEDE = "The government said on Tuesday that it would send two more frigates to the strait after a tanker was attacked near the port.\n"
NEXT = "Officials in the capital said the ships, which left harbour at dawn, would arrive within four days and stay for a month.\n"
THIRD = '"We will protect our sailors," the defence minister, Anna Berg, told reporters. She did not say what the mission would cost.\n'
FOURTH = "Two of the tankers that passed the strait last week were escorted by the navy, the owners said in a letter to their insurers.\n"

STORY = [("body", LEDE + "\n"), ("body", NEXT + "\n"), ("body", THIRD + "\n")]
TIGHT = [("body", LEDE), ("body", NEXT), ("body", THIRD)]

PAGES = {
    "reuters wire": [("headline", "Norland sends frigates to strait\n\n"), ("dateline", "OSLO (Reuters) - "), *STORY,
                     ("source_note", "(Reporting by Jane Doe; Editing by John Roe)\n")],
    "ap wire, no headline": [("dateline", "LONDON, Sept 18 (AP) — "), *STORY],
    "wire dateline with state": [("headline", "Frigates leave for strait\n\n"), ("dateline", "NORFOLK, Va. — "), *STORY],
    "agency alone": [("dateline", "(Reuters) - "), *STORY],
    "mixed case city with agency": [("headline", "Frigates leave for strait\n\n"), ("dateline", "Washington (CNN) — "), *STORY],
    "tass": [("headline", "Frigates leave for strait\n\n"), ("dateline", "MOSCOW, September 18. /TASS/. "), *STORY],
    "two cities": [("dateline", "PARIS/BEIRUT (Reuters) - "), *TIGHT],
    "staff writer": [("headline", "NORLAND SENDS FRIGATES TO STRAIT\n\n"), ("byline", "By JOHN SMITH | Staff Writer\n\n"),
                     ("dateline", "Published: Sept. 18, 2015 7:30 p.m. ET\n"), ("dateline", "Updated: September 19, 2015\n\n"), *STORY],
    "share bar": [("headline", "Norland sends frigates to strait\n"), ("byline", "By Jane Doe and John Roe\n"), ("dateline", "18 September 2015\n"),
                  ("boilerplate", "Share this article\n"), ("boilerplate", "Facebook Twitter Email\n"), *TIGHT],
    "no headline": STORY,
    "one paragraph": [("body", LEDE)],
    "one paragraph with dateline": [("dateline", "CAIRO — "), ("body", LEDE)],
    "kicker and standfirst": [("boilerplate", "World\n\n"), ("headline", "Norland sends frigates to strait\n\n"),
                              ("standfirst", "Two more ships to protect tankers after attack near the port, minister says\n\n"),
                              ("byline", "Jane Doe\n\n"), *STORY],
    "breadcrumb": [("boilerplate", "Home > World > Middle East\n"), ("headline", "Norland sends frigates to strait\n"), *TIGHT],
    "markdown": [("headline", "# Norland sends frigates to strait\n\n"), ("byline", "*By Jane Doe*\n\n"), *STORY,
                 ("subheading", "## A narrow sea\n\n"), ("body", FOURTH)],
    "bold subheading": [("headline", "Norland sends frigates to strait\n\n"), *STORY, ("subheading", "**A narrow sea**\n\n"), ("body", FOURTH)],
    "caption and agency credit": [("headline", "Norland sends frigates to strait\n\n"),
                                  ("caption", "Sailors wave as the frigate leaves harbour on Tuesday. "), ("credit", "(AP Photo/Jane Doe)\n\n"), *STORY],
    "image caption label": [("headline", "Norland sends frigates to strait\n\n"), ("credit", "Image copyright Reuters\n"),
                            ("caption", "Image caption The frigate left harbour at dawn\n\n"), *STORY],
    "credit line below": [("headline", "Norland sends frigates to strait\n\n"), ("caption", "Sailors wave as the frigate leaves harbour\n"),
                          ("credit", "Getty Images\n\n"), *STORY],
    "file photo": [("headline", "Norland sends frigates to strait\n\n"),
                   ("caption", "FILE PHOTO: A frigate is seen in the harbour of Oslo, Norland, June 2, 2015. "), ("credit", "REUTERS/Jane Doe\n\n"), *STORY],
    "caption amid the story": [("headline", "Norland sends frigates to strait\n\n"), ("body", LEDE + "\n"),
                               ("caption", "Defence Minister Anna Berg and Prime Minister Jon Dahl\n\n"), ("body", NEXT + "\n"), ("body", THIRD)],
    "related stories amid": [("headline", "Norland sends frigates to strait\n\n"), ("body", LEDE + "\n"), ("boilerplate", "Related stories\n\n"),
                             ("boilerplate", "Tanker attacked near port\n"), ("boilerplate", "Oil price rises\n\n"), ("body", NEXT + "\n"), ("body", THIRD)],
    "read more amid": [("headline", "Norland sends frigates to strait\n\n"), ("body", LEDE + "\n"),
                       ("boilerplate", "READ MORE: Tanker attacked near port\n\n"), ("body", NEXT + "\n"), ("body", THIRD)],
    "newsletter": [("headline", "Norland sends frigates to strait\n\n"), *STORY,
                   ("boilerplate", "Sign up for our morning newsletter to get the best stories delivered to your inbox.\n")],
    "cookies": [("boilerplate", "We use cookies to improve your experience. By continuing you accept our privacy policy.\n\n"),
                ("headline", "Norland sends frigates to strait\n\n"), *STORY],
    "copyright": [("headline", "Norland sends frigates to strait\n\n"), *STORY, ("boilerplate", "© 2015 The Norland Post. All rights reserved.\n")],
    "ap copyright": [("dateline", "OSLO (AP) — "), *STORY, ("boilerplate", "Copyright 2015 The Associated Press. All rights reserved. This material "
                     "may not be published, broadcast, rewritten or redistributed.\n")],
    "comment form": [("headline", "Norland sends frigates to strait\n\n"), *STORY, ("boilerplate", "Leave a Reply\n\n"),
                     ("boilerplate", "Your email address will not be published. Required fields are marked *\n\n"), ("boilerplate", "Name\n"),
                     ("boilerplate", "Thank you for this very good article, I have learned much from it and shall come back.\n")],
    "comment count on top": [("headline", "Norland sends frigates to strait\n\n"), ("boilerplate", "12 Comments\n\n"), *STORY],
    "tags": [("headline", "Norland sends frigates to strait\n\n"), *STORY, ("boilerplate", "Tags: Norland, navy, strait\n")],
    "contributed": [("headline", "Norland sends frigates to strait\n\n"), *STORY,
                    ("source_note", "Associated Press writer John Roe in Cairo contributed to this report.\n")],
    "originally published": [("headline", "Norland sends frigates to strait\n\n"), *STORY,
                             ("source_note", "This article was originally published by The Norland Post.\n")],
    "source line": [*TIGHT, ("source_note", "Source: Reuters\n")],
    "agencies line": [("headline", "Norland sends frigates to strait\n\n"), *STORY, ("source_note", "Al Jazeera and agencies\n")],
    "question and answer": [("headline", "Five questions about the strait\n\n"), ("body", LEDE + "\n"), ("subheading", "Why is the strait narrow?\n\n"),
                            ("body", NEXT + "\n"), ("subheading", "Who guards it?\n\n"), ("body", THIRD)],
    "transcript": [("headline", "Interview with the minister\n\n"), ("body", LEDE + "\n"), ("body", "BERG: We sent two ships. They are on their way.\n\n"),
                   ("body", "ROE: When will they arrive, and what will they do there once they have?\n\n"), ("body", THIRD)],
    "live blog": [("headline", "Strait crisis: live updates\n\n"), ("dateline", "14:32 GMT\n\n"), ("body", LEDE + "\n"), ("dateline", "12:05 GMT\n\n"),
                  ("body", NEXT)],
    "list": [("headline", "Norland sends frigates to strait\n\n"), ("body", LEDE + "\n"), ("body", "- Two frigates left at dawn.\n"),
             ("body", "- A tanker was hit by a mine.\n\n"), ("body", NEXT)],
    "all caps byline": [("headline", "Norland sends frigates to strait\n\n"), ("byline", "JANE DOE, Associated Press\n\n"), ("dateline", "OSLO (AP) — "), *STORY],
    "iso date, email": [("headline", "Norland sends frigates to strait\n\n"), ("byline", "Jane Doe, Staff Writer\n\n"), ("dateline", "2015-09-18 14:32\n\n"), *STORY],
    "windows line ends": [("headline", "Norland sends frigates to strait\r\n\r\n"), ("body", LEDE.replace("\n", "\r\n\r\n")), ("body", NEXT.replace("\n", "\r\n"))],
    "headline twice": [("headline", "Norland sends frigates to the strait\n\n"), ("boilerplate", "Norland sends frigates to the strait\n\n"), *STORY],
    "separators": [("headline", "Norland sends frigates to strait\n\n"), *STORY, ("boilerplate", "* * *\n\n"), ("body", FOURTH)],
    "video and advertisement": [("headline", "Norland sends frigates to strait\n\n"), ("body", LEDE + "\n"), ("boilerplate", "Advertisement\n\n"), ("body", NEXT + "\n"),
                                ("boilerplate", "Story continues below\n\n"), ("body", THIRD)],
    "hard-wrapped": [("headline", "Norland sends frigates to strait\n\n"),
                     ("body", "The government said on Tuesday that it would send two more frigates to\nthe strait after a tanker was attacked near the port by men\n"
                      "in small boats who escaped towards the eastern shore.\n\n"),
                     ("body", "Officials in the capital said the ships, which left harbour at dawn,\nwould arrive within four days and stay for a month or more if\nthey are needed.\n")],
    "short lede with dateline": [("dateline", "WASHINGTON (AP) — "), ("body", "Norland has sent two frigates to the strait, two officials said Monday.\n\n"),
                                 ("caption", "FILE - In this Sept. 9, 2015 photo, Anna Berg speaks in Oslo. "), ("credit", "(Jane Doe/Pool Photo via AP, File)\n\n"),
                                 ("body", NEXT)],
    "slogan and section": [("boilerplate", "The Washington Post\n"), ("boilerplate", "The Sea Never Sleeps\n"), ("boilerplate", "National Security\n\n"),
                           ("headline", "Government sends frigates after attack on tanker\n\n"), ("byline", "By Jane Doe and John Roe\n\n"),
                           ("dateline", "September 18, 2015 at 5:47 p.m. EDT\n\n"), ("body", LEDE + "\n"), ("boilerplate", "[Read: Tanker attacked near port]\n\n"),
                           ("body", NEXT + "\n"), ("source_note", "Jane Doe writes about the navy and the sea for The Washington Post.\n")],
    "agencies and date above": [("dateline", "CBS/AP September 18, 2015, 12:21 PM\n"), ("headline", "Government sends frigates to strait\n\n"), *STORY],
    "key points": [("boilerplate", "Key points:\n"), ("standfirst", "- Two frigates have left\n"), ("standfirst", "- A tanker was attacked\n\n"), *STORY],
    "standfirst in prose": [("headline", "Norland sends frigates to strait\n\n"),
                            ("standfirst", "Two more ships are to protect tankers. The attack near the port has raised concern.\n\n"),
                            ("byline", "jd/jr (AP, AFP, Reuters)\n\n"), *STORY],
    "caption with a credit amid": [("headline", "Norland sends frigates to strait\n"), ("byline", "By Reuters Staff\n"), ("boilerplate", "4 MIN READ\n\n"),
                                   ("dateline", "OSLO/LONDON (Reuters) - "), ("body", LEDE + "\n"), ("caption", "Defence Minister Anna Berg speaks in Oslo September 18, 2015. "),
                                   ("credit", "REUTERS/Jane Doe/Pool\n\n"), ("body", NEXT + "\n"), ("body", THIRD + "\n"),
                                   ("source_note", "Reporting by Jane Doe in Oslo and John Roe in London; Editing by Ann Poe\n\n"),
                                   ("boilerplate", "Our Standards: The Thomson Reuters Trust Principles.\n")],
    "image lines of a broadcaster": [("headline", "Norland 'sends frigates'\n"), ("byline", "By Jane Doe\n"), ("byline", "BBC News, Oslo\n"), ("boilerplate", "Published\n"),
                                     ("dateline", "18 September 2015\n"), ("credit", "Image source, Getty Images\n"),
                                     ("caption", "Image caption,\nNorland has had frigates for decades\n"), *TIGHT, ("boilerplate", "More on this story\n"),
                                     ("boilerplate", "Why the strait is narrow\n"), ("boilerplate", "19 September 2015\n"), ("boilerplate", "Related Topics\n"),
                                     ("boilerplate", "Norland\n")],
    "url below": [("headline", "Norland sends frigates to strait\n\n"), *STORY, ("source_note", "https://www.norlandpost.example/2015/09/18/frigates\n")],
    "body speaks of sources and photos": [("body", LEDE), ("body", "Sources close to the minister said the report was published too early, and that the photo was old.\n"),
                                          ("body", "The report was released on Monday, and this story is not over, said one of the editors who read it.\n"),
                                          ("body", "Follow the money, he said. Related: the price of oil rose by a tenth on Wednesday, said the bank's economists.\n")],
}


@pytest.mark.parametrize("name", PAGES)
def test_blocks_of_a_page(name):
    expected = PAGES[name]
    text = "".join(piece for _, piece in expected)
    assert [(kind, text[s:e]) for kind, s, e in find_blocks(text)] == expected


def test_a_page_without_prose():
    text = "Frigates sail for strait\n\nSailors wave flags here"  # the fuzzer's find: a caption as the last line of all
    assert [(kind, text[s:e]) for kind, s, e in find_blocks(text)] == [("headline", "Frigates sail for strait\n\n"), ("standfirst", "Sailors wave flags here")]


def test_a_quotation_runs_over_the_lines_of_a_wrapped_text():
    from helpers.quotations import find_quotations
    lines = ["The river rose again on Sunday and the people of", "the lower town said that \"nobody had told them to", "leave before the water came\" into their houses on",
             "the left bank, where the old bridge had stood for", "a hundred years or more."]
    text = "\n".join(lines)
    assert [text[s:e] for s, e in find_quotations(text)] == ['"nobody had told them to\nleave before the water came"']
    assert find_quotations('It was 5" long.\nHe said "no.\nThen he left.') == []


def test_a_masthead_and_its_date_are_no_headline_of_a_wrapped_text():
    text = ("THE HILL COURIER\nFriday, March 15, 2024\n\nFloods close three bridges in the valley\n\nThree bridges over the river were closed on\n"
            "Thursday after two days of rain that raised the\nwater to the height of the old mill, the council\nsaid in a note to residents.\n")
    assert [kind for kind, *_ in find_blocks(text)][:3] == ["boilerplate", "dateline", "headline"]


def test_masthead_headline_and_byline_stand_in_lines_of_their_own_where_the_story_is_wrapped():
    text = ("The Hill Courier\nFloods close three bridges in the valley, the council\nsays in a note\nBy Ann Smith\n15 March 2024\n\nThree bridges over the river were closed on Thursday\n"
            "after two days of rain that raised the water to the\nheight of the old mill, the council said in a note to\nall residents of the town.\n")
    assert [(kind, text[s:e].split("\n")[0]) for kind, s, e in find_blocks(text)] == [
        ("boilerplate", "The Hill Courier"), ("headline", "Floods close three bridges in the valley, the council"), ("byline", "By Ann Smith"),
        ("dateline", "15 March 2024"), ("body", "Three bridges over the river were closed on Thursday")]


def test_a_line_of_name_and_date_is_a_dateline():
    text = "Floods close bridges\n\nThe Hill Courier | 5 March 2024\n\nThree bridges over the river were closed on Thursday after two days of rain.\n"
    assert [kind for kind, *_ in find_blocks(text)] == ["headline", "dateline", "body"]


def test_a_dateline_may_be_bold():
    text = "# Floods close bridges\n\n**Lima** – Three bridges over the river were closed on Thursday after two days of rain.\n"
    assert [text[s:e] for kind, s, e in find_blocks(text) if kind == "dateline"] == ["**Lima** – "]
