"""What is read, in which encoding, and that every hostile or broken input ends as a problem with its reason while the rest goes on."""
import io
import json
import os
import shutil
import tarfile
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import formats
from helpers.corpus import load_corpus
from helpers.formats import Unreadable, decode, mend, read_articles

TEXT = "The minister said on Tuesday that two ships would sail. Nobody else in the town had heard of it.\n"


def reasons(path, **options):
    """(path, reason) of each problem, and the ids that were loaded all the same."""
    corpus = load_corpus(path, **options)
    return dict(zip(corpus.problems["path"], corpus.problems["reason"])), set(corpus.documents["doc_id"])


HOSTILE = {
    "empty.txt": (b"", "empty file"), "white.txt": (b" \n\t\r\n  ", "only white space"), "nowords.txt": (b"... --- ***\n", "no words"),
    "nulls.txt": (b"The minister\0said so\0" * 9, "null bytes"), "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)) * 9, "binary"),
    "controls.txt": (bytes(range(1, 32)) * 40, "binary"), "broken.txt": ("é “quoted” ".encode() * 30 + b"\xe2\x80 cut", "broken UTF-8 at byte"),
    "odd16.txt": (b"\xff\xfe" + "The minister".encode("utf-16-le") + b"x", "not valid utf-16"),
    "noise.txt": (bytes(range(128, 256)) * 2, "wrong encoding"), "photo.jpg": (b"\xff\xd8\xff\xe0", "not a format"),
    "bad.zip": (b"PK\x03\x04 but no more", "cannot be read"), "bad.tar.gz": (b"\x1f\x8b\x08\x00 no", "cannot be read"),
    "bad.xlsx": (b"PK\x03\x04 but no more", "cannot be read"), "bad.parquet": (b"PAR1 no", "cannot be read"),
    "notext.csv": (b"a,b\r\n1,2\r\n", "no text in a column"), "bad.jsonl": (b'{"text": "cut', "no JSON"), "pretty.json": (b'[\n {\n  "text": "The minister",\n }\n]', "no JSON"),
    "report.2015": (TEXT.encode(), "(.2015): if it holds plain text, give it a name that ends in .txt"), "old.doc": (b"\xd0\xcf\x11\xe0 old", "not a format that is read (.doc)"),
    "list.jsonl": (b"[1, 2]\n", "no JSON object"), "surrogate.jsonl": (b'{"text": "The minister \\ud800 said"}\n', "surrogates"),
    "inner.jsonl": (b'{"text": "The minister \\u0000 said"}\n', "null bytes"), "deep.jsonl": (b"[" * 100_000, "no JSON"),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    for name, (data, _) in HOSTILE.items():
        (folder / name).write_bytes(data)
    (folder / "good.txt").write_text(TEXT, encoding="utf-8")
    return reasons(folder)


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_file_has_its_reason(hostile, name):
    assert HOSTILE[name][1] in hostile[0][name]


def test_the_rest_goes_on(hostile):
    assert hostile[1] == {"good"}


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_zip_with_paths_that_lead_out_and_a_bomb(tmp_path):
    make_zip(tmp_path / "a.zip", {"../evil.txt": TEXT, "/etc/evil.txt": TEXT, "C:\\evil.txt": TEXT, "bomb.txt": "A" * 20_000_000, "in/good.txt": TEXT})
    found, loaded = reasons(tmp_path)
    assert loaded == {"good"} and not (tmp_path.parent / "evil.txt").exists()
    assert all("leads out" in found[f"a.zip/{name}"] for name in ("../evil.txt", "/etc/evil.txt", "C:\\evil.txt"))
    assert "swells" in found["a.zip/bomb.txt"]


def test_many_members_that_swell_together(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MAX_TOTAL", 5000)
    make_zip(tmp_path / "a.zip", {f"{i}.txt": TEXT * 10 for i in range(20)})
    found, loaded = reasons(tmp_path / "a.zip")
    assert "what follows" in found["5.txt"] and len(loaded) == 5


def test_tar_with_links_and_paths_that_lead_out(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for name in ("good.txt", "../evil.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = len(TEXT)
            archive.addfile(entry, io.BytesIO(TEXT.encode()))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    found, loaded = reasons(tmp_path / "a.tar.gz")
    assert loaded == {"good"} and "leads out" in found["../evil.txt"] and "link" in found["link.txt"]


def test_an_archive_is_a_corpus_with_its_metadata(tmp_path):
    make_zip(tmp_path / "a.zip", {"documents.csv": "doc_id,outlet\none,The Norland Post\n", "one.txt": TEXT, "__MACOSX/._one.txt": "x", ".hidden.txt": TEXT})
    corpus = load_corpus(tmp_path / "a.zip")
    assert corpus.documents[["doc_id", "outlet"]].values.tolist() == [["one", "The Norland Post"]] and corpus.problems.empty


@pytest.mark.parametrize("kind", ["zip", "gztar"])
def test_a_packed_folder_is_that_folder(tmp_path, kind):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text(TEXT)
    (tmp_path / "articles" / "documents.csv").write_text("doc_id,outlet\none,The Norland Post\n")
    corpus = load_corpus(shutil.make_archive(str(tmp_path / "packed"), kind, tmp_path, "articles"))
    assert corpus.documents[["doc_id", "outlet", "path"]].values.tolist() == [["one", "The Norland Post", "one.txt"]] and corpus.problems.empty


def test_an_archive_inside_an_archive(tmp_path):
    inner = io.BytesIO()
    make_zip(inner, {"one.txt": TEXT})
    make_zip(tmp_path / "outer.zip", {"inner.zip": inner.getvalue(), "two.txt": TEXT})
    found, loaded = reasons(tmp_path / "outer.zip")
    assert "archive inside" in found["inner.zip"] and loaded == {"two"}


def test_links_permissions_and_what_vanishes(tmp_path, monkeypatch):
    (tmp_path / "good.txt").write_text(TEXT)
    (tmp_path / "gone.txt").write_text(TEXT)
    (tmp_path / "shut.txt").write_text(TEXT)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "missing")
    os.mkfifo(tmp_path / "pipe.txt")
    read = type(tmp_path).read_bytes

    def refuse(file):
        if file.name in ("gone.txt", "shut.txt"):
            raise FileNotFoundError if file.name == "gone.txt" else PermissionError
        return read(file)
    monkeypatch.setattr(type(tmp_path), "read_bytes", refuse)
    found, loaded = reasons(tmp_path)
    assert loaded == {"good"} and "not followed" in found["loop"] and "not followed" in found["nowhere.txt"]
    assert "vanished" in found["gone.txt"] and "no permission" in found["shut.txt"] and "not a regular file" in found["pipe.txt"]


def test_a_path_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="no such folder or file"):
        load_corpus("no/such/folder")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_encodings(encoding):
    text = "The “minister” said – on Tuesday – that the café’s naïve owner had sailed. " * 3
    found, name = decode(text.encode(encoding))
    assert found.removeprefix("\ufeff") == text and name.replace("-", "") in encoding.replace("-sig", "").replace("-", "")


def test_a_short_cp1252_text_is_no_east_asian_one():
    assert decode(b"The caf\xe9 said \x93no\x94.") == ("The café said “no”.", "cp1252")


def test_the_apostrophe_of_old_macs_tells_their_encoding():
    said = "“We don’t know,” Renée Jones said.\n"
    assert decode(said.encode("mac_roman")) == (said, "mac_roman")
    assert decode("Tõnis Õun and JOÕS said".encode("cp1252")) == ("Tõnis Õun and JOÕS said", "cp1252")


def test_cyrillic_in_its_old_encoding():
    text = "Министр сказал во вторник, что два корабля выйдут в море, но никто в городе об этом не слышал. " * 4
    assert decode(text.encode("cp1251"))[0] == text


def test_line_ends_and_bom_stay_so_that_offsets_are_those_of_the_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(("\ufeff" + TEXT + "\r\n" + TEXT).encode())
    corpus = load_corpus(tmp_path)
    with open(tmp_path / "a.txt", encoding="utf-8", newline="") as file:
        assert corpus.documents["text"][0] == file.read()
    assert corpus.sentences["text"][0].startswith("The minister")


def test_mojibake_is_mended_only_where_asked(tmp_path):
    garbled = "The ministerâ€™s cafÃ© said â€œnoâ€\x9d. " + TEXT
    (tmp_path / "a.txt").write_text(garbled, encoding="utf-8")
    plain, mended = load_corpus(tmp_path), load_corpus(tmp_path, repair=True)
    assert plain.documents["text"][0] == garbled and "mojibake" in plain.problems["reason"][0]
    assert mended.documents["text"][0].startswith("The minister’s café said “no”.") and mended.documents["encoding"][0] == "utf-8 (repaired)"


@pytest.mark.parametrize("text", ["Šibenik café naïve – “so”", "Ünal İnce", "Русский текст", "日本語", "A – B ’ C"])
def test_mending_leaves_sound_text_alone(text):
    assert mend(text) == text


def test_damaged_utf8_is_read_where_asked(tmp_path):
    (tmp_path / "a.txt").write_bytes("The “minister” said “no” on “Tuesday”. ".encode() + b"\xe2\x80 " + TEXT.encode())
    assert load_corpus(tmp_path).documents.empty
    assert load_corpus(tmp_path, repair=True).documents["encoding"][0] == "utf-8 (repaired)"


ROWS = [{"doc": "a", "Content": TEXT, "publisher": "The Norland Post", "date": "2015-09-18"}, {"doc": "b", "Content": TEXT.upper(), "publisher": None, "date": None}]


def write_rows(folder, kind):
    frame, path = pd.DataFrame(ROWS), folder / f"rows.{kind}"
    if kind == "jsonl":
        path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    else:
        {"csv": frame.to_csv, "xlsx": frame.to_excel, "parquet": frame.to_parquet, "tsv": lambda p, index: frame.to_csv(p, sep="\t", index=index)}[kind](
            path, index=False)
    return path


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "xlsx", "parquet"])
def test_tables_of_articles(tmp_path, kind):
    documents = load_corpus(write_rows(tmp_path, kind)).documents
    assert documents["doc_id"].to_list() == ["a", "b"] and documents["text"].to_list() == [TEXT, TEXT.upper()]
    assert documents["outlet"].to_list() == ["The Norland Post", None]
    assert documents.loc[0, ["published", "published_basis", "published_from"]].to_list() == ["2015-09-18", "given", "2015-09-18"]


def test_a_folder_and_a_glob_are_read_in_order_hidden_files_left_out(tmp_path):
    for name in ("b.txt", "a.md", "deep/c.txt", ".git/d.txt", ".e.txt", "~$f.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    assert [article.path for article in read_articles(tmp_path)] == ["a.md", "b.txt", "deep/c.txt"]
    assert len(list(read_articles(str(tmp_path / "**/*.txt")))) == 2


def test_accents_apart_and_soft_hyphens_are_told_and_joined_only_where_asked(tmp_path):
    text = "Jose\u0301 Mun\u0303oz said the govern\u00adment, or \u0645\u06cc\u200c\u062e, would pay. " + TEXT
    (tmp_path / "a.txt").write_text(text, encoding="utf-8", newline="")
    (article, problem), (mended,) = read_articles(tmp_path), read_articles(tmp_path, repair=True)
    assert article.text == text and "--repair joins them" in problem.reason
    assert mended.text == "José Muñoz said the government, or \u0645\u06cc\u200c\u062e, would pay. " + TEXT  # Persian needs its joiner
    assert mended.encoding == "utf-8 (repaired)" and load_corpus(tmp_path, repair=True).problems.empty
    (tmp_path / "a.txt").write_text(mended.text, encoding="utf-8", newline="")
    assert load_corpus(tmp_path).problems.empty


@pytest.mark.parametrize("name, package", [("a.html", "trafilatura lxml_html_clean"), ("a.docx", "python-docx"), ("a.pdf", "pypdf")])
def test_a_missing_reader_says_what_to_install(tmp_path, monkeypatch, name, package):
    for module in ("trafilatura", "docx", "pypdf"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    (tmp_path / name).write_bytes(b"anything")
    assert f"pip install {package} (or" in reasons(tmp_path)[0][name]


def test_html_where_its_reader_is_installed(tmp_path):
    pytest.importorskip("trafilatura")
    page = ("<html><head><title>Ships sail</title><meta name='author' content='Jane Doe'><meta property='og:site_name' content='The Norland Post'></head>"
            f"<body><nav>Home</nav><article><h1>Ships sail</h1><p>{TEXT * 3}</p><p>{TEXT.upper() * 3}</p></article></body></html>")
    (tmp_path / "a.html").write_text(page)
    document = load_corpus(tmp_path).documents.loc[0]
    assert "two ships would sail" in document["text"] and document["author"] == "Jane Doe" and document["encoding"] == "html"


def test_a_page_of_several_whole_articles_is_told_and_one_with_teasers_is_not(tmp_path):
    pytest.importorskip("trafilatura")
    def article(words):
        return "<article><h2>Ships sail</h2>" + "".join(f"<p>The minister of port {n} said on day {n} that {n} ships would sail to town {n}.</p>" for n in range(words // 16)) + "</article>"
    (tmp_path / "one.html").write_text(f"<html><body>{article(640)}{article(32) * 9}</body></html>")
    assert "one.html" not in reasons(tmp_path)[0]
    (tmp_path / "two.html").write_text(f"<html><body>{article(640)}{article(320)}</body></html>")
    told, read = reasons(tmp_path / "two.html")
    assert "2 articles" in told["two.html"] and read == {"two"}


def test_word_where_its_reader_is_installed(tmp_path):
    docx = pytest.importorskip("docx")
    page = docx.Document()
    page.add_heading("Ships sail")
    page.add_paragraph(TEXT)
    page.save(tmp_path / "a.docx")
    assert load_corpus(tmp_path).documents["text"][0].startswith("Ships sail\nThe minister")


def test_pdf_where_its_reader_is_installed(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    page = pypdf.PdfWriter()
    page.add_blank_page(100, 100)
    page.write(tmp_path / "a.pdf")
    assert "no text" in reasons(tmp_path)[0]["a.pdf"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_crash(data):
    try:
        text, _ = decode(data)
        assert isinstance(text, str)
    except Unreadable as reason:
        assert str(reason)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".txt", ".csv", ".jsonl", ".xlsx", ".parquet", ".zip", ".tar.gz", ".md", ".html", ".docx", ".pdf"]))
def test_random_files_never_crash(tmp_path_factory, data, suffix):
    path = tmp_path_factory.mktemp("random") / f"a{suffix}"
    path.write_bytes(data)
    assert all(item.path for item in read_articles(path))


def test_annotations_inside_an_archive_are_told_not_to_be_used(tmp_path):
    make_zip(tmp_path / "a.zip", {"one.txt": TEXT, "annotations/reviewed.csv": "doc_id,layer,sha256\n"})
    found, loaded = reasons(tmp_path / "a.zip")
    assert "unpack" in found["annotations/reviewed.csv"] and loaded == {"one"}


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_a_csv_is_parted_by_what_its_first_line_has_most_of(tmp_path, sep):
    (tmp_path / "a.csv").write_text(sep.join(["id", "text", "outlet"]) + "\n" + sep.join(["x", f'"{TEXT}, and;\t| so on"', "Post"]) + "\n")
    document = load_corpus(tmp_path).documents.loc[0]
    assert (document["doc_id"], document["outlet"]) == ("x", "Post") and document["text"].endswith("so on")


@pytest.mark.parametrize("row, reason", [("x,The minister, who left, said so.", "4 cells under 2 names"), ('x,"He said "no, never" today."', "malformed"),
                                         ('x,"He left.\ny,She stayed.', "unexpected end"), ("", "without rows")])
def test_a_row_that_would_lose_words_is_a_problem(tmp_path, row, reason):
    (tmp_path / "a.csv").write_text(f"id,text\n{row}\n")
    assert reason in reasons(tmp_path)[0]["a.csv"] and not list(load_corpus(tmp_path).documents["text"])


def test_damaged_utf8_in_a_table_is_read_where_asked(tmp_path):
    (tmp_path / "a.csv").write_bytes(f"id,text\nx,“{TEXT.strip()}”".encode() + b"\xe2\n")
    assert load_corpus(tmp_path).documents.empty and load_corpus(tmp_path, repair=True).documents["text"][0].startswith("“")


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize("indent", [None, 1])
def test_json_is_a_list_of_records_or_one_over_any_number_of_lines(tmp_path, name, indent):
    (tmp_path / name).write_text(json.dumps([*ROWS, 7], indent=indent), encoding="utf-8-sig")
    corpus = load_corpus(tmp_path)
    assert corpus.documents[["doc_id", "text", "outlet"]].values.tolist() == [["a", TEXT, "The Norland Post"], ["b", TEXT.upper(), None]]
    assert corpus.problems[["doc_id", "reason"]].values.tolist() == [["a-3", "a line or entry that is no JSON object"]]
    (tmp_path / name).write_text(json.dumps(ROWS[0], indent=indent), encoding="utf-8")
    assert load_corpus(tmp_path).documents["doc_id"].tolist() == ["a"] and reasons(tmp_path)[0] == {}


def test_broken_json_over_many_lines_is_one_problem_and_a_broken_line_among_others_its_own(tmp_path):
    (tmp_path / "a.json").write_text('[\n {\n  "text": "The minister"\n  "doc": "x"\n }\n]')
    problems = load_corpus(tmp_path).problems
    assert len(problems) == 1 and "line 4" in problems["reason"][0] and "a record a line" in problems["reason"][0]
    (tmp_path / "a.json").write_text("\n".join(["cut", json.dumps(ROWS[0]), "{"]))
    corpus = load_corpus(tmp_path)
    assert corpus.documents["doc_id"].tolist() == ["a"] and corpus.problems["doc_id"].tolist() == ["a-1", "a-3"]


def test_columns_without_a_known_name_are_listed_once_with_the_names_to_choose_from(tmp_path):
    (tmp_path / "a.csv").write_text("kop,Tekst\n" + f'x,"{TEXT}"\n' * 3)
    (tmp_path / "b.csv").write_text(f'doc,Full Text\nb,"{TEXT}"\nc,\n')
    corpus = load_corpus(tmp_path)
    (first, second) = corpus.problems[["path", "doc_id", "reason"]].values.tolist()
    assert first[:2] == ["a.csv", None] and "kop, tekst" in first[2] and "text, content, body" in first[2] and "rename" in first[2]
    assert second == ["b.csv", "c", "no text in its column full text"]
    assert corpus.documents[["doc_id", "text"]].values.tolist() == [["b", TEXT]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_of_two_columns_of_one_name_none_is_lost_and_it_is_told(tmp_path, kind):
    rows = pd.DataFrame([["a", TEXT, "x", "y"], ["b", TEXT.upper(), "z", ""]], columns=["doc_id", "text", "", " Text"])
    (rows.to_csv if kind == "csv" else rows.to_excel)(tmp_path / f"a.{kind}", index=False)
    corpus = load_corpus(tmp_path)
    assert corpus.documents[["doc_id", "text", "text (2)"]].fillna("").values.tolist() == [["a", TEXT, "y"], ["b", TEXT.upper(), ""]]
    assert corpus.problems["doc_id"].tolist() == ["a-3"] and corpus.problems["reason"].str.endswith("is read as  Text (2)").all()


def test_every_sheet_of_a_workbook_is_read(tmp_path):
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        for name in ("first", "second"):
            pd.DataFrame({"id": [name], "text": [TEXT]}).to_excel(book, sheet_name=name, index=False)
    assert list(load_corpus(tmp_path).documents["doc_id"]) == ["first", "second"]


def test_a_broken_member_of_a_zip_leaves_the_others_and_a_link_is_no_article(tmp_path):
    link = zipfile.ZipInfo("d.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in "abc":
            archive.writestr(f"{name}.txt", TEXT + name)
        archive.writestr(link, "a.txt")
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes().replace(TEXT.encode() + b"b", TEXT.encode() + b"x"))
    found = reasons(tmp_path)[0]
    assert [a.path for a in read_articles(tmp_path) if isinstance(a, formats.Article)] == ["a.zip/a.txt", "a.zip/c.txt"]
    assert "CRC" in found["a.zip/b.txt"] and "link" in found["a.zip/d.txt"]


def test_names_that_are_no_utf8_are_spelt_out(tmp_path):
    with open(bytes(tmp_path) + b"/caf\xe9.txt", "w") as file:
        file.write(TEXT)
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "x\ud800", "text": TEXT, "outlet": "\udfff"}))
    documents = load_corpus(tmp_path).documents
    assert list(documents["path"]) == ["a.jsonl", "caf\\udce9.txt"] and documents["doc_id"][0] == "x\\ud800"
    documents.to_csv(tmp_path / "out.csv")  # any table holds them


def test_a_folder_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()

    def walk(root, onerror):
        onerror(PermissionError(13, "Permission denied", str(tmp_path / "closed")))
        yield root, ["closed"], []
    monkeypatch.setattr("os.walk", walk)
    assert "no permission" in reasons(tmp_path)[0]["closed"]


def test_news_please_columns_and_a_day_that_is_none(tmp_path):
    row = {"maintext": TEXT, "source_domain": "www.reuters.com", "authors": ["Jane Doe", "John Roe"], "date_publish": "2018-05-04 10:00:00"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({**row, "date_publish": "03/04/2015"}))
    corpus = load_corpus(tmp_path)
    assert corpus.documents[["outlet", "author", "published"]].values.tolist() == [["Reuters", "Jane Doe; John Roe", "2018-05-04"],
                                                                                ["Reuters", "Jane Doe; John Roe", None]]
    assert "could be two" in corpus.problems["reason"][0]


def test_tables_boxes_and_notes_of_a_word_document_are_read(tmp_path):
    docx = pytest.importorskip("docx")
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    page = docx.Document()
    page.add_paragraph(TEXT)
    page.add_table(1, 2).cell(0, 1).text = "nine sailors in a cell"
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    page.element.body.insert(0, docx.oxml.parse_xml(f"<w:p {space}><w:r><w:t>Before.</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p>"
                                                    "</w:txbxContent></w:pict></w:r><w:ins><w:r><w:t> Put in.</w:t></w:r></w:ins></w:p>"))
    note = f"<w:footnotes {space}><w:footnote><w:p><w:r><w:t>A note says more.</w:t></w:r></w:p></w:footnote></w:footnotes>".encode()
    page.part.relate_to(Part(PackURI("/word/footnotes.xml"), "application/xml", note, page.part.package), RELATIONSHIP_TYPE.FOOTNOTES)
    page.save(tmp_path / "a.docx")
    lines = load_corpus(tmp_path).documents["text"][0].split("\n")
    assert [line for line in lines if line] == ["Before. Put in.", "In a box.", TEXT.strip(), "nine sailors in a cell", "A note says more."]
