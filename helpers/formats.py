"""Files, folders, globs and archives of many formats -> articles, one at a time; what can't be read -> a Problem with its reason.

Text files are decoded as they stand, line ends too. HTML, Word and PDF need an optional reader: pip install ".[formats]"."""
import csv
import glob
import io
import json
import logging
import os
import re
import tarfile
import unicodedata
import zipfile
from collections import Counter, namedtuple
from datetime import date
from pathlib import Path, PurePosixPath

import charset_normalizer

from helpers.dates import resolve_day
from helpers.text import load_rows

MAX_BYTES, MAX_MEMBERS, MAX_TOTAL, MAX_RATIO = 64 * 2**20, 200_000, 4 * 2**30, 100  # of a file, an archive, all in it, its squeeze
SWELLS = f"swells more than {MAX_RATIO}:1 or beyond {MAX_BYTES >> 20} MB when unpacked: not read"
COLUMNS = {row["name"]: row["column"] for row in load_rows("columns")}  # what tables call the columns of documents, and their text
TEXTS = [name for name, column in COLUMNS.items() if column == "text"]
NO_TEXT = f"no text in a column named {', '.join(TEXTS)}: rename the one that holds it"
NO_DAY = "published is no day, or could be two (03/04/2015), and is not used: write it as 2015-04-03"
MAGIC = (b"%PDF", b"\x89PNG", b"PK\x03\x04", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PAR1", b"\xd0\xcf\x11\xe0")
CONTROLS = [code for code in range(32) if code not in (9, 10, 11, 12, 13, 27)] + [127]
UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
GARBLED = re.compile(r"â€[™œ\x9d˜“”¦¢]|Ã[©¨¡¶¼¤±§³\xad]|Â[\xa0«»©°]|Ð[°-¿]Ñ|ï»¿")  # UTF-8 once read as Windows-1252
HIGH = re.compile(r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]+")
UNSEEN = re.compile("(?<=[A-Za-zÀ-ɏ])[\u00ad\u200c\u200d\u2060]+(?=[A-Za-zÀ-ɏ])")  # soft hyphens, joiners
APART = re.compile(f"[A-Za-z][\u0300-\u030c\u0327\u0328]|{UNSEEN.pattern}")
READERS = {".html": "trafilatura lxml_html_clean", ".htm": "trafilatura lxml_html_clean", ".docx": "python-docx", ".pdf": "pypdf"}
TABLES, PLAIN = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".xlsx", ".parquet"), (".txt", ".md", ".markdown", ".text", "")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
# One article as read: its path within the corpus, an id if its row gave one, its text, its metadata ({column: value}) and encoding.
Article = namedtuple("Article", "path doc_id text fields encoding")
Problem = namedtuple("Problem", "path doc_id reason")  # an input, or a part of one, that could not be used, or only with a remark


class Unreadable(Exception):
    """The reason why bytes are no text."""


def decode(data, *, repair=False):
    """(text, encoding) of a text file's bytes, exactly as they stand; raises Unreadable with the reason."""
    sample, wide = data[:100_000], "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        wide = "utf-32" if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) else "utf-16"
    elif len(data) > 8 and 0.2 < sample.count(0) / len(sample) < 0.6:  # every other byte is null
        wide = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    if wide == "utf-8" and b"\0" in data:
        raise Unreadable("null bytes: binary, not text")
    if wide == "utf-8" and (data.startswith(MAGIC) or sum(sample.count(code) for code in CONTROLS) > 0.02 * len(sample)):
        raise Unreadable("binary, not text")
    try:
        return data.decode(wide), wide
    except UnicodeDecodeError as error:
        return _old_encoding(data, wide, error.start, repair)


def _old_encoding(data, wide, at, repair):
    """Bytes that aren't UTF-8: damaged UTF-8; Windows-1252, first for texts that are nearly English, however short; or a guess."""
    high, reason = sum(data.count(code) for code in range(128, 256)), f"wrong encoding: not valid {wide}"
    if wide == "utf-8" and 4 * len(UTF8.findall(data)) > high:
        if repair:
            return data.decode("utf-8", errors="replace"), "utf-8 (repaired)"
        reason = f"wrong encoding: broken UTF-8 at byte {at}; extract --repair reads it with replacement characters"
    elif wide == "utf-8":
        if re.search(rb"[a-z]\xd5(?:s|t|d|m|re|ve|ll)\b", data):  # the apostrophe of old Macs; a capital Õ stands in no such word
            return data.decode("mac_roman"), "mac_roman"
        if high < 0.2 * len(data) and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", data):
            return data.decode("cp1252"), "cp1252"
        best = charset_normalizer.from_bytes(data[:200_000]).best() if len(data) >= 64 else None
        if best and best.percent_chaos <= 20:
            return data.decode(best.encoding), best.encoding
        reason = "wrong encoding: none that was tried gives text"
    raise Unreadable(reason)


def mend(text):
    """Text with mojibake undone, run by run, wherever that gives valid UTF-8."""
    def undo(match):
        try:
            return b"".join(c.encode("latin-1" if c in "\x81\x8d\x8f\x90\x9d" else "cp1252") for c in match.group()).decode("utf-8")
        except UnicodeError:
            return match.group()
    return HIGH.sub(undo, text)


def joined(text):
    """Text with accents on their letters (NFC), without soft hyphens and other unseen marks inside Latin words."""
    return UNSEEN.sub("", unicodedata.normalize("NFC", text))


def read_page(suffix, data):
    """(main text, metadata) of a web page, Word document or PDF; raises Unreadable where its reader isn't installed."""
    try:
        if suffix == ".docx":
            import docx
            _check_squeeze(data)
            return "\n".join(_word_paragraphs(docx.Document(io.BytesIO(data)).part, docx.oxml)), {}
        if suffix == ".pdf":
            import pypdf
            logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends on its way is no news; what it can't is a problem
            return "\n\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages), {}
        import trafilatura
    except ImportError:
        raise Unreadable(f'needs {READERS[suffix].replace(" ", " and ")}: pip install {READERS[suffix]} (or ".[formats]") makes it readable') from None
    page = trafilatura.bare_extraction(data, include_comments=False, with_metadata=True)
    page = page.as_dict() if hasattr(page, "as_dict") else page or {}
    fields = {"title": "title", "author": "author", "sitename": "outlet", "date": "published", "url": "url"}
    return page.get("text") or "", {column: page[key] for key, column in fields.items() if page.get(key)}


def count_articles(data):
    """How many <article> elements of a web page, none in another, have 150 words or more; teasers have fewer."""
    import trafilatura
    page = trafilatura.load_html(data)
    outer = () if page is None else page.xpath("//article[not(ancestor::article)]")
    return sum(len(" ".join(part.itertext()).split()) >= 150 for part in outer)


def _word_paragraphs(part, oxml):
    """The text of every paragraph of a Word document: those in tables, boxes and controls too, then its notes."""
    notes = [rel.target_part for rel in part.rels.values() if rel.reltype.endswith(("/footnotes", "/endnotes"))]
    for root in [part.element, *(oxml.parse_xml(note.blob) for note in notes)]:
        for paragraph in root.xpath(".//*[local-name()='p'][not(ancestor::*[local-name()='Fallback'])]"):  # for programs that know no boxes
            said = (e for e in paragraph.xpath(".//*[local-name()='r']/*") if next(e.iterancestors(paragraph.tag)) is paragraph)
            yield "".join({"t": e.text or "", "tab": "\t", "br": "\n", "noBreakHyphen": "-"}.get(e.tag.rpartition("}")[2], "") for e in said)


def csv_rows(text):
    """The rows of a CSV text as dicts, parted by what its first line has most of (, ; tab |); an Unreadable in place of a malformed one, and at
    the end where two columns have one name."""
    csv.field_size_limit(MAX_BYTES)
    text, names, twice = text.lstrip("\ufeff\r\n"), [], []
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=head.count), strict=True)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield Unreadable(f"malformed up to line {rows.line_num}: {error}")
            continue
        if names and any(row[len(names):]):
            yield Unreadable(f"malformed at line {rows.line_num}: {len(row)} cells under {len(names)} names")
        elif names and row:
            yield dict(zip(names, row))
        elif row:
            names, twice = _heads(row)
    yield from twice


def _heads(row):
    """(the names of a table's columns, [] or [the Unreadable that tells of one name twice]): the second `text` is `text (2)`, and no cell is lost."""
    names, seen = [], Counter()
    for name, key in ((name, str(name or "").strip().lower()) for name in row):
        seen[key] += 1
        names.append(f"{name} ({seen[key]})" if key and seen[key] > 1 else name)
    more = ", ".join(new for new, old in zip(names, row) if new != old)
    return names, [Unreadable(f"columns of one name: the first keeps it, the next is read as {more[:300]}")] if more else []


def json_rows(text):
    """The records of JSON Lines, or of one JSON value over any number of lines: a list of records or a single one. An Unreadable in place of what is none."""
    whole, lines = _json(text), list(filter(str.strip, text.split("\n")))
    if isinstance(whole, Unreadable) and any(isinstance(_json(line), dict) for line in lines):
        return map(_json, lines)
    return whole if isinstance(whole, list) else [whole] if lines else []


def _json(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"no JSON (a list of records, or a record a line, is read): {str(error)[:80]}")


def _rows(suffix, data, repair):
    """The rows of a table as dicts, one at a time; an Unreadable in place of a broken one."""
    if suffix in (".csv", ".tsv"):
        yield from csv_rows(decode(data, repair=repair)[0])
    elif suffix == ".xlsx":
        import openpyxl
        _check_squeeze(data)
        for sheet in openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets:
            rows = sheet.iter_rows(values_only=True)
            names, twice = _heads(next(rows, []))
            yield from (dict(zip(names, row)) for row in rows if any(cell is not None for cell in row))
            yield from twice
    elif suffix == ".parquet":
        import pyarrow.parquet as pq
        yield from (row for batch in pq.ParquetFile(io.BytesIO(data)).iter_batches(1000) for row in batch.to_pylist())
    else:
        for row in json_rows(decode(data, repair=repair)[0].removeprefix("\ufeff")):
            yield row if isinstance(row, (dict, Unreadable)) else Unreadable("a line or entry that is no JSON object")


def _check_squeeze(data):
    """Raises Unreadable where a zipped document (docx, xlsx) would swell beyond the limits."""
    members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    if sum(member.file_size for member in members) > min(16 * MAX_BYTES, MAX_RATIO * len(data) + 2**20) or len(members) > MAX_MEMBERS:
        raise Unreadable(SWELLS)


def _members(file):
    """(path, bytes or Unreadable) of an archive's files, in memory: nothing is written, so no path in it can do harm."""
    room, total, zipped = MAX_RATIO * file.stat().st_size + 2**20, 0, file.name.lower().endswith(".zip")
    with (zipfile.ZipFile(file) if zipped else tarfile.open(file)) as archive:
        for count, member in enumerate(archive.infolist() if zipped else archive):
            path, size = (member.filename, member.file_size) if zipped else (member.name, member.size)
            swells = size > MAX_BYTES or zipped and size > MAX_RATIO * member.compress_size + 2**16
            if count >= MAX_MEMBERS or not swells and total + size > min(MAX_TOTAL, room) or swells and not zipped:
                yield path, Unreadable(f"{SWELLS}, nor is what follows in the archive")
                return
            if (member.is_dir() if zipped else member.isdir()) or is_hidden(path):
                continue
            if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or path[1:2] == ":":
                yield path, Unreadable("its path leads out of the archive")
            elif swells or (member.flag_bits & 1 or member.external_attr >> 28 == 10 if zipped else not member.isfile()):  # 10: a link
                yield path, Unreadable(SWELLS if swells else "encrypted, or a link and no file")
            else:
                total += size
                try:
                    with (archive.open(member) if zipped else archive.extractfile(member)) as opened:
                        data = opened.read()
                except Exception as error:  # of a zip the other members can be read
                    data = Unreadable(_failed(error))
                yield path, data


def _top(file):
    """The one folder that holds all of an archive, with its slash, or nothing: a zipped folder is that folder."""
    if not file.name.lower().endswith(".zip"):
        with tarfile.open(file) as archive:
            first = archive.next()
            return f"{first.name}/" if first and first.isdir() else ""
    with zipfile.ZipFile(file) as archive:
        tops = {name.partition("/")[0] if "/" in name else "" for name in archive.namelist() if not is_hidden(name)}
        return f"{tops.pop()}/" if len(tops) == 1 and tops.isdisjoint({"", ".", ".."}) else ""


def is_hidden(path):
    """Whether a path is that of a hidden file or folder, or of what systems leave behind; they are no articles."""
    return any(p.startswith((".", "~$", "__MACOSX")) and p not in (".", "..") or p in ("Thumbs.db", "desktop.ini") for p in PurePosixPath(path).parts)


def list_files(path):
    """(path within the corpus, bytes or Unreadable) of a folder (all levels), a file, a glob or an archive, in a fixed order."""
    root, closed = Path(path), []
    if root.is_dir():  # links to folders are named, not followed: they could loop
        found = sorted((Path(folder, name).relative_to(root).as_posix(), Path(folder, name)) for folder, folders, names in os.walk(root, onerror=closed.append)
                       for name in names + [name for name in folders if Path(folder, name).is_symlink()])
        found += [(Path(error.filename).relative_to(root).as_posix(), Path(error.filename)) for error in closed]
    else:
        found = [root] if root.exists() else [Path(name) for name in sorted(glob.glob(str(path), recursive=True)) if Path(name).is_file()]
        found = [(root.name if file == root else file.as_posix(), file) for file in found]
        if not found:
            raise FileNotFoundError(f"{path}: no such folder or file, and no file matches it as a pattern")
    for name, file in found:
        try:
            if is_hidden(name if root.is_dir() else file.name):
                continue
            if not file.is_file():
                yield name, Unreadable("a link to a folder or to nothing: not followed" if file.is_symlink() else
                                       "a folder that may not be read: no permission" if file.is_dir() else "vanished, or not a regular file")
            elif name.lower().endswith(ARCHIVES):  # an archive given by its own name is the corpus: its paths start in it, or in its one folder
                top = _top(file) if root.is_file() else ""
                yield from ((inside.removeprefix(top) if root.is_file() else f"{name}/{inside}", data) for inside, data in _members(file))
            else:
                yield name, file.read_bytes() if file.stat().st_size <= MAX_BYTES else Unreadable(f"larger than {MAX_BYTES >> 20} MB: split it")
        except Exception as error:  # a damaged archive fails in as many ways as it has bytes
            yield name, Unreadable(_failed(error))


def _failed(error):
    told = {FileNotFoundError: "vanished while it was read", PermissionError: "unreadable: no permission"}
    return told.get(type(error), f"cannot be read: {type(error).__name__}: {sayable(error)[:80]}")


def sayable(name):
    """A name as a text that any table can hold: bytes of a file name that are no UTF-8, and lone surrogates, are spelt out."""
    return str(name).encode("utf-8", "backslashreplace").decode("utf-8")


def read_articles(path, *, repair=False, skip=lambda name: False):
    """Every Article under a path, and a Problem for what could not be used, one at a time (constant memory), in a fixed order."""
    for name, data in ((sayable(name), data) for name, data in list_files(path)):
        try:
            if not skip(name):
                yield from _articles(name, data, repair)
            elif name.startswith("annotations/") and Path(path).is_file():
                yield Problem(name, None, "annotations inside an archive are not used: unpack it and name the folder")
        except Unreadable as reason:
            yield Problem(name, None, str(reason))
        except Exception as error:  # so do the readers of rich formats
            yield Problem(name, None, f"cannot be read as {PurePosixPath(name).suffix}: {type(error).__name__}: {sayable(error)[:80]}")


def _articles(name, data, repair):
    suffix = PurePosixPath(name).suffix.lower()
    if isinstance(data, Unreadable):
        raise data
    if not data or name.lower().endswith(ARCHIVES):
        raise Unreadable("an archive inside an archive: unpack it first" if data else "empty file")
    if suffix in TABLES:
        yield from _table(name, _rows(suffix, data, repair), repair)
    elif suffix in READERS:
        text, fields = read_page(suffix, data)
        yield from checked(Article(name, None, joined(text), fields, suffix[1:]), repair)
        if suffix in (".html", ".htm") and (several := count_articles(data)) > 1:
            raise Unreadable(f"a page of {several} articles, of which some may be lost: save each as a file of its own")
    elif suffix in PLAIN:
        text, encoding = decode(data, repair=repair)
        yield from checked(Article(name, None, text, {}, encoding), repair)
    else:
        more = "" if data.startswith(MAGIC) or b"\0" in data[:100_000] else ": if it holds plain text, give it a name that ends in .txt"
        raise Unreadable(f"not a format that is read ({suffix}){more}")


def _table(name, rows, repair):
    """The articles of a table's rows: text, id and metadata by the names of their columns."""
    number, names, told = 0, {key: n for n, key in enumerate(COLUMNS)}, set()
    for number, row in enumerate(rows, 1):
        fields = {"doc_id": f"{PurePosixPath(name).stem}-{number}"}
        if isinstance(row, Unreadable):
            yield Problem(name, fields["doc_id"], str(row))
            continue
        row = {sayable(key).strip().lower(): "; ".join(map(str, value)) if isinstance(value, list) else value for key, value in row.items()}
        heads, named = ", ".join(row)[:300], [key for key in TEXTS if key in row]
        row = {key: value for key, value in row.items() if isinstance(value, (str, int, float, date)) and value == value and value != ""}
        text = next((row.pop(key) for key in named if isinstance(row.get(key), str)), None)
        fields |= {COLUMNS.get(key, key): sayable(row[key]) for key in sorted(row, key=lambda key: (key in COLUMNS.values(), -names.get(key, 0)))}  # the very name wins
        if "published" in fields and not resolve_day(fields["published"]):
            yield Problem(name, fields["doc_id"], NO_DAY)
        if text is not None:
            yield from checked(Article(name, fields.pop("doc_id"), text, fields, "utf-8"), repair)
        elif named or heads not in told:  # a column that is missing is told once, not in every row
            yield Problem(name, *(fields["doc_id"], f"no text in its column {named[0]}") if named else (None, f"{NO_TEXT}; its columns are: {heads}"))
            told.add(heads)
    if not number:
        yield Problem(name, None, "a table without rows: its first line is read as the names of its columns")


def checked(article, repair):
    """The article, if its text is one, else a Problem; mojibake is mended only where asked, and marked then."""
    text, lone = article.text, re.search("[\ud800-\udfff]", article.text)
    doubt = ("looks garbled (mojibake: â€™ for ’); used as it is, extract --repair mends it" if GARBLED.search(text) else
             "accents apart from their letters, or soft hyphens in words: names are cut there; extract --repair joins them" if APART.search(text) else None)
    if repair and (lone or doubt):
        text = joined(mend(re.sub("[\ud800-\udfff]", "\ufffd", text)))
        article, lone, doubt = article._replace(text=text, encoding=f"{article.encoding} (repaired)"), None, None
    reason = ("lone surrogates: not valid text; extract --repair replaces them" if lone else "null bytes: binary, not text" if "\0" in text else
              "no text in it (a scan, pictures, or no article found)" if not text else "only white space" if not text.strip("\ufeff").strip() else
              "no words in it" if not re.search(r"\w", text) else None)
    if not reason:
        yield article
    if reason or doubt:
        yield Problem(article.path, article.doc_id, reason or doubt)
