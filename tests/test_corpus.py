"""The corpus layer: the five seeds by hand, metadata, bounds, problems, copies, annotations, and properties that hold for any text."""
import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import tables
from helpers.corpus import UNREAD, describe, load_annotations, load_corpus
from helpers.dates import find_days, published_bounds, resolve_day
from helpers.layout import find_blocks, inside
from helpers.metadata import find_language, find_metadata

SEEDS = Path(__file__).parents[1] / "seeds"
TEXT = "The minister said on Tuesday that two ships would sail. Nobody else in the town had heard of it.\n"

# What each page's paragraphs are, read by eye: H headline, S standfirst, B byline, D dateline, s subheading, c caption, r credit,
# b body, n source note, x boilerplate.
KINDS = dict(zip("HSBDscrbnx", ["headline", "standfirst", "byline", "dateline", "subheading", "caption", "credit", "body", "source_note", "boilerplate"]))
PAGES = {"000_14a0ebcee9f258ea": "HBDxc" + 6 * "b" + "s" + 10 * "b" + "nn", "001_a2d0381e335529cf": "Hcrx" + 10 * "b" + "xn" + 11 * "x",
         "002_39d7797df16146ba": 16 * "b" + "n", "003_b85199756b734e5d": "HB" + 8 * "b",
         "004_b17d257d6203724e": "HSrxc" + 5 * "b" + "c" + 7 * "b" + "s" + 5 * "b" + "cs" + 9 * "b" + "n"}
STARTS = {("000_14a0ebcee9f258ea", 3): "**The  Moscow Times**", ("000_14a0ebcee9f258ea", 4): "Residents inspect", ("001_a2d0381e335529cf", 2): "(PHOTO CREDIT",
          ("001_a2d0381e335529cf", 3): "Secretary of State", ("001_a2d0381e335529cf", 14): "Click here", ("001_a2d0381e335529cf", 15): "SOURCE: NY Times",
          ("004_b17d257d6203724e", 10): "US Defence Secretary Ash Carter and", ("004_b17d257d6203724e", 18): "War gone on",
          ("004_b17d257d6203724e", 24): "Secretary of State John Kerry and", ("004_b17d257d6203724e", 25): "Russian military build-up"}
N_SENTENCES = {"000_14a0ebcee9f258ea": 26, "001_a2d0381e335529cf": 19, "002_39d7797df16146ba": 19, "003_b85199756b734e5d": 13, "004_b17d257d6203724e": 36}


@pytest.fixture(scope="module")
def seeds():
    return load_corpus(SEEDS)


@pytest.mark.parametrize("doc_id", PAGES)
def test_layout_of_the_seeds(seeds, doc_id):
    blocks = seeds.blocks[seeds.blocks["doc_id"] == doc_id]
    assert blocks["kind"].to_list() == [KINDS[letter] for letter in PAGES[doc_id]]


@pytest.mark.parametrize("doc_id, block", STARTS)
def test_blocks_of_the_seeds_begin_where_they_should(seeds, doc_id, block):
    row = seeds.blocks.query("doc_id == @doc_id and block == @block").iloc[0]
    assert seeds.documents.set_index("doc_id")["text"][doc_id][row["start"]:row["end"]].startswith(STARTS[doc_id, block])


def test_sentences_of_the_seeds(seeds):
    assert seeds.sentences.groupby("doc_id").size().to_dict() == N_SENTENCES
    texts = set(seeds.sentences["text"])
    assert {"U.S. Open to Possible Military Talks With Russia on Syria", "Islamic State Fight", "War gone on ‘too long’",
            "Last week Russia called for military cooperation with the United States to avert “unintended incidents.”",
            "Kerry also reiterated his view in an interview with Channel 4 News that the Syrian Civil War has gone on “too long.”"} <= texts


def test_the_seeds_describe_themselves_as_documents_csv_does(seeds, tmp_path):
    for file in SEEDS.glob("*.txt"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    inferred, given_ = load_corpus(tmp_path).documents, seeds.documents
    for column in ("outlet", "agency", "title", "author", "published", "published_basis", "published_from", "published_to", "url"):
        assert inferred[column].to_list() == given_[column].to_list(), column
    assert inferred["story"].to_list() == ["all"] * 5 and given_["story"].nunique() == 1
    assert given_["outlet"].to_list() == ["The Moscow Times", "The New York Times", "Reuters", "Associated Press", "TRT World"]
    assert given_["agency"].to_list() == [None, None, "Reuters", "Associated Press", None]
    assert given_["author"].to_list() == [None, "Michael R. Gordon; Eric Schmitt", None, None, None]
    assert given_["published"].to_list() == ["2015-09-18", None, None, None, None]
    assert given_["published_from"].to_list() == ["2015-09-18", "2015-09-18", "2015-09-16", "2015-09-18", "2015-09-18"]
    assert seeds.problems.empty


def check(corpus):
    """The invariants of every corpus: blocks tile, spans slice, sentences lie in their block, in order, and in no unread one."""
    texts = dict(zip(corpus.documents["doc_id"], corpus.documents["text"]))
    kinds = {}
    for doc_id, text in texts.items():
        blocks = corpus.blocks[corpus.blocks["doc_id"] == doc_id]
        assert [0, *blocks["end"]] == [*blocks["start"], len(text)] and (blocks["start"] < blocks["end"]).all()
        kinds |= {(doc_id, row.block): row for row in blocks.itertuples()}
    edge = {}
    for row in corpus.sentences.itertuples():
        block = kinds[row.doc_id, row.block]
        assert texts[row.doc_id][row.start:row.end] == row.text and row.text.strip() == row.text != ""
        assert block.start <= row.start < row.end <= block.end and block.kind not in UNREAD and row.start >= edge.get(row.doc_id, 0)
        edge[row.doc_id] = row.end
    for table in ("documents", "blocks", "sentences", "problems"):
        assert list(getattr(corpus, table).columns)[:len(tables.COLUMNS[table])] == tables.COLUMNS[table]


def test_invariants_of_the_seeds(seeds):
    check(seeds)


PIECES = st.sampled_from(["The minister said so. ", "By Jane Doe\n", "# ", "**", "\n", "\n\n", "\r\n", "WASHINGTON (AP) — ", "(AP Photo/Jane Doe)", "Share\n", "“", "”",
                          "- ", "Related:\n", "Leave a Reply\n", "September 18, 2015\n", "| a | b |\n", "\u00a0", "\u2028", "\ufeff", "...", "> ", "_", "Source: Reuters"])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_tiled_by_its_blocks(text):
    blocks = find_blocks(text)
    assert [0, *(end for *_, end in blocks)] == [*(start for _, start, _ in blocks), len(text)]
    for kind, start, end in blocks:
        assert kind in KINDS.values() and start <= inside(text, start, end)[0] <= inside(text, start, end)[1] <= end
    find_metadata(text, blocks)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES | st.text(st.characters(codec="utf-8"), max_size=30), max_size=12).map("".join), min_size=1, max_size=4))
def test_any_folder_makes_a_corpus(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("any")
    for i, text in enumerate(texts):
        (folder / f"{i}.txt").write_bytes(text.encode("utf-8"))
    corpus = load_corpus(folder)
    check(corpus)
    assert set(corpus.documents["doc_id"]) | set(corpus.problems["path"].str.removesuffix(".txt")) == {str(i) for i in range(len(texts))}


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def test_doc_ids(tmp_path):
    write(tmp_path, {"a.txt": TEXT, "x/b.txt": TEXT, "y/b.txt": TEXT, "U.S. talks.txt": TEXT, "rows.jsonl": '{"doc": "a2", "text": "So it is."}\n' * 2})
    corpus = load_corpus(tmp_path)
    assert corpus.documents["doc_id"].to_list() == ["U.S. talks", "a", "a2", "x/b.txt", "y/b.txt"]
    assert "a doc_id twice; the first is used" in corpus.problems["reason"].to_list()


def test_documents_csv_wins_and_own_columns_stay(tmp_path):
    write(tmp_path, {"a.txt": "By Jane Doe\n\n" + TEXT * 2, "annotations/notes.txt": TEXT, "documents.csv": "doc_id,author,outlet,leaning,published\r\na,John Roe,,left,18 September 2015\r\n"})
    corpus = load_corpus(tmp_path)
    row = corpus.documents.loc[0]
    assert (row["author"], row["outlet"], row["leaning"], row["published"], row["published_basis"]) == ("John Roe", None, "left", "2015-09-18", "given")
    assert len(corpus.documents) == 1 and corpus.problems.empty


@pytest.mark.parametrize("csv, reason", [("doc_id,outlet\na,x\nb,y\n", "a row without its file"), ("doc_id,outlet\na,x\na,y\n", "a doc_id twice"),
                                         ("doc_id,outlet\n,x\n", "no doc_id"), ('doc_id,outlet\na,"x', "malformed"), ("\0\0", "malformed")])
def test_a_faulty_documents_csv(tmp_path, csv, reason):
    corpus = load_corpus(write(tmp_path, {"a.txt": TEXT, "documents.csv": csv}))
    assert len(corpus.documents) == 1 and reason in corpus.problems["reason"][0] and corpus.problems["path"][0] == "documents.csv"


def test_other_languages_are_kept_and_marked_but_not_read(tmp_path):
    german = "Der Minister sagte am Dienstag, dass zwei weitere Schiffe in die Meerenge fahren werden, und dass sie dort nicht lange bleiben sollen. " * 4
    russian = "Министр сказал во вторник, что два корабля выйдут в море, но никто в городе об этом не слышал. " * 5
    corpus = load_corpus(write(tmp_path, {"de.txt": german, "ru.txt": russian, "en.txt": TEXT * 4, "short.txt": "Der Minister sagte nichts.", "num.txt": "zik zok zuk " * 40}))
    assert dict(zip(corpus.documents["doc_id"], corpus.documents["language"])) == {"de": "de", "ru": "ru", "en": "en", "short": None, "num": "und"}
    assert set(corpus.sentences["doc_id"]) == {"en", "short"} and len(corpus.problems) == 3
    assert "in another language (de)" in corpus.problems.set_index("doc_id")["reason"]["de"]


@pytest.mark.parametrize("language, words", [
    ("fr", "le ministre a dit mardi que les deux navires ne sont pas dans le port et qu'il va les envoyer avec une autre mission"),
    ("es", "el ministro dijo el martes que los dos barcos no están en el puerto y que se van a enviar con una nueva misión para la costa"),
    ("it", "il ministro ha detto che le due navi non sono nel porto e che sono state inviate con una nuova missione per la costa della regione"),
    ("nl", "de minister zei dat de twee schepen niet in de haven zijn en dat ze met een nieuwe missie naar het zuiden worden gestuurd"),
    ("tr", "bakan iki geminin limanda olmadığını ve yeni bir görev için güneye gönderildiğini söyledi ancak bu konuda daha fazla bilgi vermedi"),
    ("ar", "قال الوزير إن السفينتين ليستا في الميناء وأن ذلك كان في إطار مهمة جديدة على الساحل من أجل حماية الملاحة"),
    ("el", "ο υπουργός είπε ότι τα δύο πλοία δεν είναι στο λιμάνι και ότι θα τα στείλει με μια νέα αποστολή στη θάλασσα")])
def test_languages(language, words):
    assert find_language((words + " ").split() * 4) == find_language(words.split()) == language


def test_few_words_are_of_another_language_only_where_that_is_plain():
    assert find_language("The minister said troops had arrived at the base in Latakia and that the planes were there.".split()) is None
    assert find_language("El Nino hits La Paz and de la Cruz wins.".split()) is None and find_language(["2015", "—"]) is None


def test_copies_are_marked_not_dropped(tmp_path):
    story = " ".join(f"On day {i} the ship number {i * 7} left the harbour of town {i * 13} with a crew of {i * 3}." for i in range(40))
    other = story.replace("crew of 30.", "crew of thirty men and women.")
    corpus = load_corpus(write(tmp_path, {"a.txt": story, "b.txt": story + "\n", "c.txt": other, "d.txt": TEXT * 12}))
    assert dict(zip(corpus.problems["doc_id"], corpus.problems["reason"])) == {"b": "duplicate of a", "c": "near-duplicate of a"}
    assert len(corpus.documents) == 4


@pytest.mark.parametrize("words, published, day", [
    ("Friday", "2015-09-18", "2015-09-18"), ("on Thursday", "2015-09-18", "2015-09-17"), ("last Friday", "2015-09-18", "2015-09-11"),
    ("next Monday", "2015-09-18", "2015-09-21"), ("Sept. 16", "2015-09-18", "2015-09-16"), ("16 September", "2015-09-18", "2015-09-16"),
    ("Dec. 30", "2016-01-02", "2015-12-30"), ("September 18, 2015", None, "2015-09-18"), ("2015-09-18T12:00Z", None, "2015-09-18"), ("18/09/2015", None, "2015-09-18"),
    ("03/04/2015", None, None), ("Feb. 30", "2015-02-20", None), ("yesterday", "2015-03-01", "2015-02-28"), ("10 days ago", "2015-09-18", "2015-09-08"),
    ("Friday", None, None), ("in May", "2015-09-18", None), ("May 5.5", "2015-09-18", None)])
def test_days(words, published, day):
    found = resolve_day(words, published)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize("text, day", [  # told on Wednesday 16 October 2024
    ("She said that they would lodge a complaint on Wednesday.", "2024-10-16"), ("The court will meet on Friday.", "2024-10-18"),
    ("She called on her supporters to gather on Thursday evening.", "2024-10-17"), ("They met on Tuesday.", "2024-10-15"),
    ("They were asked to leave, he said on Monday.", "2024-10-14")])
def test_a_weekday_to_come_is_the_day_itself_or_the_first_one_after_it(text, day):
    sentences = tables.make("sentences", [{"doc_id": "d", "sentence": 0, "start": 0, "end": len(text), "text": text}])
    assert [str(found) for found in find_days(sentences, tables.make("documents", [{"doc_id": "d", "published": "2024-10-16"}]))["day"]] == [day]


@pytest.mark.parametrize("texts, dated, bounds", [
    (["He said Friday."], ["2015-09-18"], ("2015-09-18", "2015-09-24")), (["He said Wednesday."], ["2015-09-18"], ("2015-09-16", "2015-09-22")),
    (["He said Monday.", "On Friday he left."], ["2015-09-18"], ("2015-09-18", "2015-09-20")), (["He will meet them on Friday."], ["2015-09-18"], (None, None)),
    (["He said Friday."], ["2015-09-01", "2015-09-18"], (None, None)), (["He said so."], ["2015-09-18"], (None, None)), (["He said Friday."], [], (None, None))])
def test_bounds_of_publication(texts, dated, bounds):
    assert published_bounds(texts, dated) == bounds


def test_days_an_article_speaks_of(seeds):
    days = find_days(seeds.sentences, seeds.documents)
    assert days.groupby("doc_id").size().to_dict() == {"000_14a0ebcee9f258ea": 4, "001_a2d0381e335529cf": 3, "002_39d7797df16146ba": 2, "003_b85199756b734e5d": 2,
                                                      "004_b17d257d6203724e": 6}
    assert sorted(days["day"].map(str).unique()) == ["2015-09-16", "2015-09-17", "2015-09-18"]


@pytest.mark.parametrize("page, expected", [
    ("Ships sail\n\nBy JANE DOE and John Roe | Staff Writers\n\nPublished: Sept. 18, 2015\nUpdated: Sept. 20, 2015\n\n" + TEXT * 2,
     {"title": "Ships sail", "author": "Jane Doe; John Roe", "published": "2015-09-18", "published_basis": "stated", "outlet": None}),
    ("OSLO (Reuters) - " + TEXT * 2, {"agency": "Reuters", "outlet": "Reuters", "author": None}),
    (TEXT * 2 + "\nhttps://www.dawn.com/2015/09/18/ships\n", {"outlet": "Dawn", "published": "2015-09-18", "published_basis": "inferred"}),
    ("Ships sail\n\njd/jr (AP, AFP)\n\n" + TEXT * 2, {"agency": None, "outlet": None}),
    (TEXT * 2 + "\n" + TEXT + "\nThe Associated Press and John Roe contributed to this report.\n", {"author": None, "agency": None}),
    (TEXT * 2 + "An official told Reuters so.\n", {"agency": None, "outlet": None, "url": None})])
def test_what_a_page_says_about_itself(page, expected):
    found = find_metadata(page, find_blocks(page))
    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize("line, outlet", [
    ("Coast Herald", "Coast Herald"), ("*The Gulf Post* | 5 March 2024", "The Gulf Post"), ("NORLAND GAZETTE - 12 May 2024", "Norland Gazette"),
    ("© 2024 Northern Sentinel. All rights reserved.", "Northern Sentinel"), ("Radio Norland", "Radio Norland"), ("The Business Daily", "The Business Daily"), ("The Daily", None), ("The World News", None), ("Le Monde", "Le Monde"),
    ("By Emily Post", None), ("Emily Post", None), ("Breaking News", None), ("World News", None), ("Jane Doe", None), ("Guest Post", None),
    ("Our herald", None), ("Old ships sail away - Coast Herald", "Coast Herald"),
    ("Ships leave the harbour at dawn today", None), ("Get the Coast Herald in your inbox every single day of it", None)])
def test_an_outlet_is_read_from_a_line_that_stands_alone(line, outlet):
    for page in (line + "\n\nShips sail at noon\n\n" + TEXT * 2, "Ships sail at noon\n\n" + TEXT * 2 + "\n\n" + line):
        assert find_metadata(page, find_blocks(page))["outlet"] == outlet


def test_a_wire_opens_its_story_and_two_names_below_are_links():
    for page, outlet in (("Ships sail at noon\n\nOSLO (Northern Wire) - " + TEXT * 2, "Northern Wire"), ("Ships sail\n\nOSLO (a town) - " + TEXT * 2, None),
                         ("Ships sail at noon\n\n" + TEXT * 2 + "\n\nCoast Herald\n\nHarbour Times", None)):
        assert find_metadata(page, find_blocks(page))["outlet"] == outlet


def test_describe_writes_nothing_about_nothing(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(ValueError, match="no article"):
        describe(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_describe_never_overwrites_unasked(tmp_path):
    write(tmp_path, {"a.txt": "Ships sail\n\nBy Jane Doe\n\n" + TEXT * 2})
    target = describe(tmp_path)
    assert pd.read_csv(target).loc[0, ["doc_id", "title", "author"]].to_list() == ["a", "Ships sail", "Jane Doe"]
    target.write_text("doc_id,outlet,leaning\na,The Norland Post,left\n")
    with pytest.raises(FileExistsError, match="nothing was written"):
        describe(tmp_path)
    assert pd.read_csv(describe(tmp_path, replace=True)).loc[0, ["outlet", "title", "leaning"]].to_list() == ["The Norland Post", "Ships sail", "left"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.txt", "documents.csv"]


def annotate(folder, attributions=(), mentions=(), sha=None):
    write(folder, {"a.txt": TEXT})
    sha = sha or hashlib.sha256(TEXT.encode()).hexdigest()
    write(folder, {"annotations/attributions.jsonl": "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in attributions),
                   "annotations/mentions.jsonl": "".join(json.dumps(row) + "\n" for row in mentions),
                   "annotations/reviewed.csv": f"doc_id,layer,sha256\na,attributions,{sha}\n"})
    return load_annotations(folder, load_corpus(folder).documents)


SAID = {"doc_id": "a", "attribution": "a1", "source": [0, 12], "cue": [13, 17], "content": [[29, 54]], "type": "indirect", "speaker": "minister", "parent": None}


def test_annotations(tmp_path):
    ships = {"doc_id": "a", "mention": "m1", "start": 38, "end": 43, "kind": "system", "canonical": "ship", "quantity": {"text": "two", "min": 2, "max": 2}, "status": "added"}
    notes = annotate(tmp_path, [SAID, SAID | {"attribution": "a2", "optional": True}], [ships])
    row = notes.attributions.loc[0]
    assert len(notes.attributions) == 1 and (row["source_text"], row["cue_start"], row["content"], row["origin"]) == ("The minister", 13, [[29, 54]], "reviewed")
    assert notes.mentions.loc[0, ["text", "quantity_text", "quantity_min", "status"]].to_list() == ["ships", "two", 2, "added"]
    assert notes.reviewed.values.tolist() == [["a", "attributions"]] and notes.problems.empty
    kept = load_annotations(tmp_path, load_corpus(tmp_path).documents, keep_optional=True).attributions
    assert kept["optional"].to_list() == [None, True]


def test_annotations_of_another_text_are_not_used(tmp_path):
    notes = annotate(tmp_path, [SAID], sha="0" * 64)
    assert notes.attributions.empty and notes.reviewed.empty and "another sha256" in notes.problems["reason"][0]


@pytest.mark.parametrize("row, reason", [("{broken\n", "broken line"), ("[]\n", "broken line"), (SAID | {"doc_id": "z"}, "not in the corpus"),
                                         (SAID | {"cue": [90, 9999]}, "outside its text"), (SAID | {"cue": "no"}, "broken line"), ({"doc_id": "a"}, "broken line")])
def test_broken_annotations(tmp_path, row, reason):
    notes = annotate(tmp_path, [SAID, row])
    assert len(notes.attributions) == 1 and reason in notes.problems["reason"][0]


def test_no_annotations(tmp_path):
    notes = load_annotations(write(tmp_path, {"a.txt": TEXT}), load_corpus(tmp_path).documents)
    assert notes.attributions.empty and list(notes.mentions.columns)[:2] == ["doc_id", "mention"] and notes.reviewed.empty


def test_ten_megabytes_on_one_line(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT.strip() + (" " + "thousand" * 20) * 63_000)
    corpus = load_corpus(tmp_path)
    assert len(corpus.documents) == 1 and corpus.blocks["kind"].to_list() == ["body"]


def test_a_document_without_a_sentence_and_an_empty_folder(tmp_path):
    assert load_corpus(tmp_path).documents.empty
    corpus = load_corpus(write(tmp_path, {"a.txt": "Share\n\nhttps://example.org\n"}))
    assert len(corpus.documents) == 1 and corpus.sentences.empty


def test_an_annotation_that_no_table_can_hold_is_a_problem(tmp_path):
    (tmp_path / "a.txt").write_text("Russia sent 12 tanks. He said so.", encoding="utf-8")
    (tmp_path / "annotations").mkdir()
    row = {"doc_id": "a", "mention": "m1", "start": 15, "end": 20, "text": "tanks", "kind": "system", "canonical": "tank", "category": "tank"}
    rows = [row | {"quantity": {"text": "x", "min": 10 ** 40, "max": None}}, row | {"quantity": "many"}, row | {"quantity": {"text": "12", "min": 12, "max": 12}}]
    (tmp_path / "annotations" / "mentions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    notes = load_annotations(tmp_path, load_corpus(tmp_path).documents)
    assert notes.problems["reason"].to_list() == ["line 1: a number too large", "line 2: a broken line"] and len(notes.mentions) == 1
