"""Files, folders, globs and archives of many formats -> articles, one at a time; what can't be read -> a Problem with its reason.

Text files are decoded as they stand (line ends too). HTML, Word and PDF need an optional reader: pip install ".[formats]".
"""
import csv
import glob
import io
import json
import os
import re
import tarfile
import zipfile
from datetime import date
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import charset_normalizer

MAX_BYTES, MAX_MEMBERS, MAX_TOTAL, MAX_RATIO = 64 * 2**20, 200_000, 4 * 2**30, 100  # of one file, an archive, all of it, its squeeze
TEXT_COLUMNS = ("text", "content", "body", "article", "article_text", "full_text", "fulltext", "maintext", "article_body", "story_text", "transcript")
SYNONYMS = {"publisher": "outlet", "source": "outlet", "publication": "outlet", "newspaper": "outlet", "site": "outlet", "headline": "title",
            "byline": "author", "authors": "author", "date": "published", "pubdate": "published", "publish_date": "published",
            "published_at": "published", "date_published": "published", "link": "url", "uri": "url"}
MAGIC = (b"%PDF", b"\x89PNG", b"PK\x03\x04", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PAR1", b"\xd0\xcf\x11\xe0")
GARBLED = re.compile(r"â€[™œ\x9d˜“”¦¢]|Ã[©¨¡¶¼¤±§³\xad]|Â[\xa0«»©°]|Ð[°-¿]Ñ|ï»¿")
HIGH = re.compile(r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]+")


class Article(NamedTuple):
    """One article as it was read: its path within the corpus, an id if its row gave one, its text, metadata and encoding."""
    path: str
    doc_id: str | None
    text: str
    fields: dict
    encoding: str


class Problem(NamedTuple):
    """An input, or a part of one, that could not be used (or only with a remark), and why."""
    path: str
    doc_id: str | None
    reason: str


class Unreadable(Exception):
    """Raised with the reason by whatever reads bytes."""


def decode(data, *, repair=False):
    """(text, encoding) of a text file's bytes, exactly as they stand; raises Unreadable with the reason."""
    if not data:
        raise Unreadable("empty file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-32" if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff") else "utf-16")
    sample = data[:100_000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(data) > 8 and zeros.count(0) > 0.4 * len(zeros) and sample.count(0) < 0.6 * len(sample):
            return _strict(data, encoding)
    if b"\0" in data:
        raise Unreadable("null bytes: binary, not text")
    if data.startswith(MAGIC) or sum(byte < 9 or 13 < byte < 27 or byte in (28, 29, 30, 31, 127) for byte in sample) > 0.02 * len(sample):
        raise Unreadable("binary, not text")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        return _other(data, error, repair)


def _strict(data, encoding):
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        raise Unreadable(f"wrong encoding: not valid {encoding}") from None


def _other(data, error, repair):
    """Bytes that aren't UTF-8: damaged UTF-8, Windows-1252 (most often, so first for short or nearly English texts), or a guess."""
    good = len(re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", data))
    high = len(re.findall(rb"[\x80-\xff]", data))
    if 4 * good > high:
        if repair:
            return data.decode("utf-8", errors="replace"), "utf-8 (repaired)"
        raise Unreadable(f"wrong encoding: broken UTF-8 at byte {error.start}; --repair reads it with replacement characters")
    if high < 0.1 * len(data) and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", data):
        return data.decode("cp1252"), "cp1252"
    best = charset_normalizer.from_bytes(data[:200_000]).best()
    if best is None or best.percent_chaos > 20 or len(data) < 64:
        raise Unreadable("wrong encoding: none that was tried gives text")
    return _strict(data, best.encoding)


def mend(text):
    """Text with mojibake undone (UTF-8 once read as Windows-1252), run by run, where that gives valid UTF-8."""
    def undo(match):
        try:
            return b"".join(c.encode("cp1252") if c not in "\x81\x8d\x8f\x90\x9d" else c.encode("latin-1") for c in match.group()).decode("utf-8")
        except UnicodeError:
            return match.group()
    return HIGH.sub(undo, text)


def _needs(package):
    raise Unreadable(f'needs {package}: pip install "{package}" (or ".[formats]") makes it readable')


def read_html(data):
    """(main text, fields) of a web page, by trafilatura."""
    try:
        import trafilatura
    except ImportError:
        _needs("trafilatura")
    found = trafilatura.bare_extraction(data, include_comments=False, with_metadata=True)
    found = found.as_dict() if hasattr(found, "as_dict") else found or {}
    fields = {"title": found.get("title"), "author": found.get("author"), "outlet": found.get("sitename"), "published": found.get("date"),
              "url": found.get("url")}
    return found.get("text") or "", {key: value for key, value in fields.items() if value}


def read_docx(data):
    """(text, {}) of a Word document, a paragraph a line, by python-docx."""
    try:
        import docx
    except ImportError:
        _needs("python-docx")
    _check_squeeze(data)
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs), {}


def read_pdf(data):
    """(text, {}) of a PDF with text in it, by pypdf."""
    try:
        import pypdf
    except ImportError:
        _needs("pypdf")
    return "\n\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages), {}


def _rows_csv(data):
    text, _ = decode(data)
    csv.field_size_limit(MAX_BYTES)
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    dialect = "excel-tab" if "\t" in text[:2000].split("\n")[0] else "excel"
    yield from csv.DictReader(lines, dialect=dialect)


def _rows_jsonl(data):
    for line in decode(data)[0].removeprefix("\ufeff").split("\n"):
        if line.strip():
            try:
                row = json.loads(line)
                yield row if isinstance(row, dict) else Unreadable("a line that is no JSON object")
            except (ValueError, RecursionError) as error:
                yield Unreadable(f"a line that is no JSON: {str(error)[:80]}")


def _rows_xlsx(data):
    import openpyxl
    _check_squeeze(data)
    rows = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).active.iter_rows(values_only=True)
    names = [str(name) if name is not None else "" for name in next(rows, [])]
    yield from (dict(zip(names, row)) for row in rows)


def _rows_parquet(data):
    import pyarrow.parquet as pq
    for batch in pq.ParquetFile(io.BytesIO(data)).iter_batches(1000):
        yield from batch.to_pylist()


TABLES = {".csv": _rows_csv, ".tsv": _rows_csv, ".jsonl": _rows_jsonl, ".ndjson": _rows_jsonl, ".xlsx": _rows_xlsx, ".parquet": _rows_parquet}
PAGES = {".html": read_html, ".htm": read_html, ".docx": read_docx, ".pdf": read_pdf}
PLAIN = (".txt", ".md", ".markdown", ".text", "")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def _check_squeeze(data):
    """Raises Unreadable where a zip (docx, xlsx too) would swell more than a hundredfold, or beyond the limit."""
    members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    size = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or size > 16 * MAX_BYTES or size > MAX_RATIO * len(data) + 2**20:
        raise Unreadable(f"swells more than {MAX_RATIO}:1 or beyond the limit when unpacked: not read")


def _members(file):
    """(path, bytes or Unreadable) of an archive's files; nothing is written to disk, so no path in it can do harm."""
    room = MAX_RATIO * file.stat().st_size + 2**20
    if file.name.lower().endswith(".zip"):
        archive = zipfile.ZipFile(file)
        entries = ((m.filename, m.file_size, m.compress_size, m.is_dir(), m.flag_bits & 1, m) for m in archive.infolist())
    else:
        archive = tarfile.open(file)
        entries = ((m.name, m.size, room, m.isdir(), not m.isfile(), m) for m in archive)
    total = 0
    with archive:
        for count, (path, size, squeezed, folder, odd, member) in enumerate(entries):
            if count >= MAX_MEMBERS or total + size > min(MAX_TOTAL, room):
                yield path, Unreadable(f"the archive swells beyond {MAX_RATIO}:1 or has too much in it: the rest is not read")
                return
            if folder or is_hidden(path):
                continue
            total += size
            yield path, _member(archive, path, size, squeezed, odd, member)


def _member(archive, path, size, squeezed, odd, member):
    if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or path[1:2] == ":":
        return Unreadable("its path leads out of the archive")
    if size > MAX_RATIO * squeezed + 2**16 or size > MAX_BYTES:
        return Unreadable(f"swells more than {MAX_RATIO}:1 or beyond {MAX_BYTES >> 20} MB when unpacked: not read")
    if odd:
        return Unreadable("encrypted, or a link and no file")
    with (archive.open(member) if isinstance(archive, zipfile.ZipFile) else archive.extractfile(member)) as opened:
        return opened.read()


def is_hidden(path):
    """Whether a path is that of a hidden file or folder, or of what systems leave behind; they are no articles."""
    return any(part.startswith((".", "~$", "__MACOSX")) and part not in (".", "..") or part in ("Thumbs.db", "desktop.ini")
               for part in PurePosixPath(path).parts)


def list_files(path):
    """(path within the corpus, bytes or Unreadable) of a folder (all levels), a file, a glob or an archive, in a fixed order."""
    root = Path(path)
    if root.is_dir():
        found = sorted((Path(folder, name).relative_to(root).as_posix(), Path(folder, name)) for folder, folders, names in os.walk(root)
                       for name in names + [name for name in folders if Path(folder, name).is_symlink()])
    elif root.exists():
        found = [(root.name, root)]
    else:
        found = [(Path(name).as_posix(), Path(name)) for name in sorted(glob.glob(str(path), recursive=True)) if Path(name).is_file()]
        if not found:
            raise FileNotFoundError(f"{path}: no such folder or file, and no file matches it as a pattern")
    for name, file in found:
        if not is_hidden(name if root.is_dir() else file.name):
            yield from _load(name, file, alone=root.is_file())


def _load(name, file, *, alone):
    """A file's (path, bytes), or an archive's, each reason told; `alone`: the archive is itself the corpus, so paths start in it."""
    inside = name
    try:
        if file.is_symlink() and not file.is_file():
            yield name, Unreadable("a link to a folder or to nothing: not followed")
        elif not file.is_file():
            yield name, Unreadable("vanished, or not a regular file")
        elif file.name.lower().endswith(ARCHIVES):
            for inside, data in _members(file):
                yield inside if alone else f"{name}/{inside}", data
        elif file.stat().st_size > MAX_BYTES:
            yield name, Unreadable(f"larger than {MAX_BYTES >> 20} MB: split it, or use one file per article")
        else:
            yield name, file.read_bytes()
    except FileNotFoundError:
        yield name, Unreadable("vanished while it was read")
    except PermissionError:
        yield name, Unreadable("unreadable: no permission")
    except Exception as error:  # a damaged archive fails in as many ways as there are bytes
        yield name, Unreadable(f"cannot be read: {type(error).__name__}: {str(error)[:80]}")


def read_articles(path, *, repair=False, skip=lambda name: False):
    """Every Article under a path, and a Problem for what could not be used, one at a time (constant memory), in a fixed order."""
    for name, data in list_files(path):
        if skip(name):
            continue
        try:
            if isinstance(data, Unreadable):
                raise data
            yield from _articles(name, data, repair)
        except Unreadable as reason:
            yield Problem(name, None, str(reason))
        except Exception as error:  # readers of rich formats fail on damaged files in ways of their own
            yield Problem(name, None, f"cannot be read as {PurePosixPath(name).suffix}: {type(error).__name__}: {str(error)[:80]}")


def _articles(name, data, repair):
    suffix = PurePosixPath(name).suffix.lower()
    if name.lower().endswith(ARCHIVES):
        raise Unreadable("an archive inside an archive: unpack it first")
    if not data:
        raise Unreadable("empty file")
    if suffix in TABLES:
        yield from _table(name, TABLES[suffix](data), repair)
    elif suffix in PAGES:
        text, fields = PAGES[suffix](data)
        yield from checked(Article(name, None, text, fields, suffix[1:]), repair)
    elif suffix in PLAIN:
        text, encoding = decode(data, repair=repair)
        yield from checked(Article(name, None, text, {}, encoding), repair)
    else:
        raise Unreadable(f"not a format that is read ({suffix})")


def _table(name, rows, repair):
    """The articles of a table's rows: text, id and metadata by the names of their columns."""
    stem = PurePosixPath(name).stem
    for number, row in enumerate(rows, 1):
        if isinstance(row, Unreadable):
            yield Problem(name, f"{stem}-{number}", str(row))
            continue
        row = {str(key).strip().lower(): value for key, value in row.items() if value is not None and value == value and value != ""}
        doc_id = next((str(row[key]) for key in ("doc_id", "doc", "id") if key in row), f"{stem}-{number}")
        column = next((key for key in TEXT_COLUMNS if isinstance(row.get(key), str)), None)
        if column is None:
            yield Problem(name, doc_id, f"no text in a column named {', '.join(TEXT_COLUMNS[:4])}, ...")
            continue
        fields = {SYNONYMS.get(key, key): str(value) for key, value in row.items() if key != column and isinstance(value, (str, int, float, date))}
        yield from checked(Article(name, doc_id, row[column], fields, "utf-8"), repair)


def checked(article, repair):
    """The article, if its text is one, else a Problem; mojibake is mended only where asked, and marked then."""
    text, path, doc_id = article.text, article.path, article.doc_id
    if re.search("[\ud800-\udfff]", text):
        if not repair:
            yield Problem(path, doc_id, "lone surrogates: not valid text; --repair replaces them")
            return
        article = article._replace(text=re.sub("[\ud800-\udfff]", "\ufffd", text), encoding=f"{article.encoding} (repaired)")
    if "\0" in text:
        yield Problem(path, doc_id, "null bytes: binary, not text")
    elif not text.strip().strip("\ufeff"):
        yield Problem(path, doc_id, "only white space" if text else "no text in it")
    elif not re.search(r"\w", text):
        yield Problem(path, doc_id, "no words in it")
    elif not GARBLED.search(text):
        yield article
    elif repair:
        yield article._replace(text=mend(text), encoding=f"{article.encoding} (repaired)")
    else:
        yield article
        yield Problem(path, doc_id, "looks garbled (mojibake: \u00e2\u20ac\u2122 for \u2019); used as it is, --repair mends it")
