"""Tables in files: parquet, csv, jsonl and xlsx, written from frames that arrive one by one and read back as they were.

In csv and xlsx lists are JSON, and a text that a spreadsheet would run as a formula has an apostrophe before it, which reading takes away."""
import csv
import json
import os
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt
    fcntl = None

from helpers.tables import COLUMNS, FLAGS, FLOATS, INTEGERS, RATES, from_columns, from_record, from_rows, to_record

LISTS = {"sketch": pa.list_(pa.int64()), "content": pa.list_(pa.list_(pa.int64())), "aliases": pa.list_(pa.string()), "speakers": pa.list_(pa.string()),
         "differences": pa.list_(pa.list_(pa.string()))}
NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype(), pa.bool_(): pd.BooleanDtype()}
FORMULA = re.compile(r"'*[=+\-@\t\r]")
PART_BYTES = 32 * 2**20  # of a table in memory, in one parquet file
EXCEL_CELL, EXCEL_ROWS = 32_767, 2**20  # characters, rows; Excel holds no more
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def schema(table, columns):
    """The Arrow types of a table's columns; a user's own columns are text."""
    def kind(column):
        if column in FLOATS or (table, column) in RATES:
            return pa.float64()
        known = column in COLUMNS.get(table, ())
        return pa.int64() if column in INTEGERS and known else pa.bool_() if column in FLAGS else LISTS.get(column, pa.string())
    return pa.schema([(column, kind(column)) for column in columns])


def to_arrow(table, frame, columns=None):
    """A frame as an Arrow table with exactly these columns (default: its own); missing ones are null."""
    types = schema(table, columns or list(frame.columns))
    arrays = [pa.array(frame[f.name], type=f.type, from_pandas=True) if f.name in frame else pa.nulls(len(frame), f.type) for f in types]
    return pa.Table.from_arrays([a.combine_chunks() if isinstance(a, pa.ChunkedArray) else a for a in arrays], schema=types)


def write_part(folder, tables):
    """Write frames as a folder of parquet files that is there whole or not at all."""
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))  # its own: a process of a killed run may still write the same part
    try:
        for table, frame in tables.items():
            pq.write_table(to_arrow(table, frame), new / f"{table}.parquet")
        new.rename(folder)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        if not folder.is_dir():
            raise


def read_part(folder, table):
    """A table of a part; empty where it has none."""
    return from_arrow(table, read_arrow(folder, table))


def read_arrow(folder, table, docs=None, columns=None):
    """A table of a part in Arrow, of some documents and columns only where they are named: to be put together or written again as it is."""
    file = Path(folder) / f"{table}.parquet"
    found = pq.ParquetFile(file).read(columns, use_threads=False) if file.exists() else schema(table, columns or COLUMNS.get(table, ())).empty_table()
    return found if docs is None else found.filter(pc.is_in(found["doc_id"], value_set=pa.array(docs)))


def from_arrow(table, found):
    """An Arrow table as from_rows would make it of its rows."""
    cells = {name: column.to_pylist() if pa.types.is_nested(column.type) else column.to_numpy() if column.type == pa.string()
             else column.to_pandas(types_mapper=NULLABLE.get) for name, column in zip(found.column_names, found.columns)}
    return from_columns(table, cells, len(found))


def is_mine(lock):
    """Whether this process could lock an open file that is still in its place (a run that ends takes its own away)."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB) if fcntl else msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks
        return True
    return Path(lock.name).exists() and os.path.samestat(os.fstat(lock.fileno()), os.stat(lock.name))


def write_table(folder, table, frames, columns, format):
    """Write one table from an iterable of frames; returns (its files, its rows). Raises ValueError for an unknown format."""
    if format == "parquet":
        return _write_parquet(folder, table, frames, columns)
    name = f"{table}.{format}"
    writers = {"jsonl": _write_jsonl, "csv": _write_csv, "xlsx": _write_xlsx}
    if format not in writers:
        raise ValueError(f"no format {format!r}: choose from parquet, {', '.join(writers)}")
    return [name], writers[format](folder / name, table, (frame.reindex(columns=columns) for frame in frames))


def _write_parquet(folder, table, frames, columns):
    """One file, or, of more than PART_BYTES, a folder of them; every dataset reader takes both."""
    files, rows, held, size = [], 0, [], 0

    def flush():
        files.append(f"{table}.parquet/part-{len(files):06}.parquet")
        (folder / files[-1]).parent.mkdir(exist_ok=True)
        whole = pa.concat_tables([schema(table, columns).empty_table(), *held], promote_options="default")
        pq.write_table(whole.combine_chunks(), folder / files[-1])
        held.clear()
    for frame in frames:
        held.append(frame if isinstance(frame, pa.Table) else to_arrow(table, frame, columns))
        rows, size = rows + len(frame), size + held[-1].nbytes
        if size > PART_BYTES:
            size = flush() or 0
    if held:
        flush()
    if len(files) == 1:
        (folder / files[0]).rename(folder / "part")
        (folder / f"{table}.parquet").rmdir()
        (folder / "part").rename(folder / f"{table}.parquet")
        files = [f"{table}.parquet"]
    return files, rows


def _write_jsonl(file, table, frames):
    with open(file, "w", encoding="utf-8", newline="\n") as out:
        lines = (json.dumps(to_record(table, row), ensure_ascii=False) + "\n" for frame in frames for row in frame.to_dict("records"))
        return sum(out.write(line) > 0 for line in lines)


def flat(frame):
    """A frame for a spreadsheet: lists as JSON, formulas inert, and in each cell only what Excel can hold."""
    rows = [[NOT_IN_XML.sub("\ufffd", v)[:EXCEL_CELL] if isinstance(v, str) else v for v in row] for row in _cells(frame)]
    return pd.DataFrame(rows, columns=frame.columns, index=frame.index, dtype=object)


def _cells(frame):
    """Rows of cells: lists as JSON, "" for null, formulas inert."""
    columns = [[json.dumps(v, ensure_ascii=False) if isinstance(v, (list, tuple)) else "" if pd.isna(v) else v for v in frame[c]] for c in frame]
    for row in zip(*columns):
        yield ["'" + v if isinstance(v, str) and FORMULA.match(v) else v.item() if hasattr(v, "item") else v for v in row]


def _write_csv(file, table, frames):
    rows = 0
    with open(file, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)  # its line ends are \r\n, so that a lone one in a text is quoted
        for frame in frames:
            writer.writerows(([list(frame.columns)] if not out.tell() else []) + list(_cells(frame)))
            rows += len(frame)
    return rows


def _write_xlsx(file, table, frames):
    """A workbook of fixed bytes; a text beyond Excel's limit is cut, and characters that XML can't hold are replaced one by one."""
    import openpyxl
    book, rows = openpyxl.Workbook(write_only=True), 0
    sheet = book.create_sheet(table)
    for n, frame in enumerate(frames):
        if n == 0:
            sheet.append(list(frame.columns))
        for row in flat(frame).itertuples(index=False):
            sheet.append(list(row))
        rows += len(frame)
        if rows >= EXCEL_ROWS:
            raise ValueError(f"{table}: more rows than a sheet of Excel holds; what was read is kept: run it again with --format parquet, csv or jsonl")
    book.save(file)
    with zipfile.ZipFile(file) as made:
        members = [(name, made.read(name)) for name in made.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as fixed:  # without the time of writing
        for name, data in members:
            fixed.writestr(zipfile.ZipInfo(name), re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", data)
                           if name.startswith("docProps") else data, zipfile.ZIP_DEFLATED)
    return rows


def read_table(folder, table, *, format="parquet", docs=None, columns=None):
    """A table that `extract` wrote into a folder, as it was in memory; only the rows of the documents `docs` where they are named, and
    only some `columns` filled. Raises FileNotFoundError where it isn't there."""
    file, keys = Path(folder) / f"{table}.{format}", [key for key in ("doc_id", "left_doc_id", "right_doc_id") if key in COLUMNS[table]]
    if format == "parquet":
        only = [(key, "in", docs) for key in keys] if docs is not None and keys and table != "problems" else None
        return from_arrow(table, pq.read_table(file, columns=columns, filters=only))
    rows = (row if columns is None else {column: row.get(column) for column in columns} for row in _rows(file, table, format))
    return from_rows(table, [row for row in rows if docs is None or table == "problems" or all(row[key] in docs for key in keys)])


def _rows(file, table, format):
    """The rows of a jsonl, csv or xlsx file, one at a time."""
    if format == "jsonl":
        with open(file, encoding="utf-8", newline="\n") as lines:
            yield from (from_record(table, json.loads(line)) for line in lines)
    elif format == "csv":
        csv.field_size_limit(2**31 - 1)
        with open(file, encoding="utf-8", newline="") as lines:
            yield from (_parsed(table, row) for row in csv.DictReader(lines))
    else:
        import openpyxl
        rows = openpyxl.load_workbook(file, read_only=True).active.iter_rows(values_only=True)
        names = next(rows)
        yield from (_parsed(table, dict(zip(names, row))) for row in rows)


def _parsed(table, row):
    """The cells of a spreadsheet row as values of their columns' types."""
    kinds, out = schema(table, row), {}
    for column, value in row.items():
        kind = kinds.field(column).type
        if value is None or value == "":
            out[column] = None
        elif pa.types.is_list(kind):
            out[column] = json.loads(value)
        elif pa.types.is_string(kind):
            out[column] = value[1:] if value[0] == "'" and FORMULA.match(value) else str(value)
        else:
            out[column] = str(value) == "True" if pa.types.is_boolean(kind) else float(value) if pa.types.is_floating(kind) else int(value)
    return out
