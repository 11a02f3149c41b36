"""Extraction of any size: the same bytes however it is run, nothing lost, nothing of others' touched."""
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import files, pipeline, scale
from helpers.__main__ import main
from helpers.pipeline import Tables, load_tables
from helpers.files import read_table
from helpers.scale import extract, local_spread
from helpers.tables import COLUMNS, make

NAMES = ["Ada Brook", "Tom Reed", "Lena Ortiz", "Jo Hall", "Max Vale", "Ida Moor", "Sam Pike"]


@pytest.fixture
def corpus(tmp_path):
    """Seven articles of two stories, of which two share a passage."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    shared = "Ferry services to the northern islands were halted on Tuesday after a fuel barge ran aground near the harbour mouth."
    for n, name in enumerate(NAMES):
        text = f"Barge {n} aground\n\n{shared if n in (0, 4) else f'Day {n} was calm.'}\n\nThe army sent {n + 2} tanks to the port, " \
               f"General {name} said on Monday. “We will keep the port open,” {name.split()[1]} said.\r\n=1+1 is a sum.\n"
        (folder / f"a{n}.txt").write_bytes(text.encode())
    lines = ["doc_id,story,outlet,desk"] + [f"a{n},{'ferry' if n % 2 == 0 else 'port'},Paper {n},+{n}" for n in range(len(NAMES))]
    (folder / "documents.csv").write_text("\n".join([*lines, "a99,ferry,,"]), encoding="utf-8")
    return folder


@pytest.fixture
def small(monkeypatch):
    """Chunks of two articles and batches of three, so that a few articles are many parts."""
    monkeypatch.setattr(scale, "CHUNK", 2)
    monkeypatch.setattr(scale, "BATCH", 3)
    monkeypatch.setattr(scale, "PACK", 3)
    monkeypatch.setattr(files, "PART_BYTES", 300)


def content(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(Path(folder).rglob("*")) if p.is_file()}


def ordered(frame):
    return frame.sort_values([c for c in ("doc_id", "left_doc_id", "path", "start", "left_start", "attribution", "claim", "frame", "speaker") if c in frame],
                             kind="stable").reset_index(drop=True)


@pytest.mark.parametrize("format", ["parquet", "csv", "jsonl", "xlsx"])
def test_every_table_is_read_back_as_it_was_in_memory(corpus, tmp_path, format):
    extract(corpus, tmp_path / "out", format=format)
    tables, manifest = load_tables(corpus), json.loads((tmp_path / "out" / "manifest.json").read_text())
    for name in Tables._fields:
        read, held = read_table(tmp_path / "out", name, format=format), getattr(tables, name)
        if format == "xlsx" and name == "documents":  # XML holds no carriage return
            held = held.assign(text=held["text"].str.replace("\r", "\ufffd"))
        held = held.astype({"desk": object}) if "desk" in held else held
        pd.testing.assert_frame_equal(ordered(read), ordered(held), check_index_type=False)
        assert manifest["tables"][name] == len(held)
    assert len(tables.attributions) and len(tables.mentions) and len(tables.reuse)


def test_reviewed_rows_stand_as_they_do_in_memory(tmp_path):
    seeds = Path(__file__).parents[1] / "seeds"
    extract(seeds, tmp_path / "out")
    tables = load_tables(seeds)
    for name in ("attributions", "mentions", "frames", "claims", "reuse", "speakers", "problems"):
        pd.testing.assert_frame_equal(read_table(tmp_path / "out", name), getattr(tables, name).reset_index(drop=True))
    assert set(tables.attributions["origin"]) == {"reviewed"}


def test_any_number_of_workers_gives_the_same_bytes(corpus, tmp_path, small):
    for workers in (1, 3):
        extract(corpus, tmp_path / f"out{workers}", workers=workers)
    one, three = content(tmp_path / "out1"), content(tmp_path / "out3")
    assert one == three and len(one) > len(COLUMNS)


def test_a_dask_cluster_gives_the_same_bytes(corpus, tmp_path, small):
    distributed = pytest.importorskip("distributed")
    extract(corpus, tmp_path / "here")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        extract(corpus, tmp_path / "cluster", scheduler=cluster.scheduler_address)
    assert content(tmp_path / "here") == content(tmp_path / "cluster")


def test_many_parts_hold_the_same_rows_as_one(corpus, tmp_path, monkeypatch):
    extract(corpus, tmp_path / "whole")
    monkeypatch.setattr(scale, "CHUNK", 2)
    extract(corpus, tmp_path / "parts")
    assert content(tmp_path / "whole") == content(tmp_path / "parts")


def test_speakers_of_several_batches_are_added_up(corpus, tmp_path, small):
    for n in range(7):
        path = corpus / f"a{n}.txt"
        path.write_text(path.read_text().replace(NAMES[n], "Ada Brook").replace(NAMES[n].split()[1], "Brook"), encoding="utf-8")
    extract(corpus, tmp_path / "out")
    speakers, said = (read_table(tmp_path / "out", t) for t in ("speakers", "attributions"))
    assert speakers["speaker"].is_unique and speakers["n_attributions"].sum() == len(said)
    assert speakers["n_words"].is_monotonic_decreasing


def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(corpus, tmp_path, small, monkeypatch):
    extract(corpus, tmp_path / "out", format="jsonl")
    whole, steps = content(tmp_path / "out"), ["analyse", "write_table"]
    for name in steps:
        real, calls = getattr(scale, name), []

        def stop(*args, **kwargs):
            calls.append(name)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return real(*args, **kwargs)
        monkeypatch.setattr(scale, name, stop)
        with pytest.raises(KeyboardInterrupt):
            extract(corpus, tmp_path / name, format="jsonl")
        assert not (tmp_path / name).exists()
        extract(corpus, tmp_path / name, format="jsonl")
        if name == "analyse":
            assert len(calls) == 2 + 3  # the chunk that was done is not done again: four in all
        monkeypatch.setattr(scale, name, real)
        assert content(tmp_path / name) == whole
        assert not list(tmp_path.glob(".*"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX signals")
def test_killed_at_any_moment(corpus, tmp_path):
    extract(corpus, tmp_path / "whole")
    command = [sys.executable, "-m", "helpers", "extract", str(corpus), "--out", str(tmp_path / "out")]
    for seconds in (0.8, 1.6):
        run = subprocess.Popen(command, cwd=Path(__file__).parents[1])
        time.sleep(seconds)
        run.kill()
        run.wait()
    extract(corpus, tmp_path / "out")
    assert content(tmp_path / "whole") == content(tmp_path / "out")
    for seconds in (2.5, 3.5):  # its workers end with it, and what they still write is in nobody's way
        run = subprocess.Popen([*command[:-1], str(tmp_path / "four"), "--workers", "4"], cwd=Path(__file__).parents[1])
        time.sleep(seconds)
        run.kill()
        run.wait()
    assert main(["extract", str(corpus), "--out", str(tmp_path / "four"), "--workers", "2"]) == 0
    assert content(tmp_path / "whole") == content(tmp_path / "four") and not list(tmp_path.glob(".four*"))


def test_a_part_that_another_process_has_written_stays(tmp_path):
    for _ in range(2):
        files.write_part(tmp_path / "part", {"speakers": make("speakers", [])})
    assert [p.name for p in tmp_path.iterdir()] == ["part"] and len(files.read_part(tmp_path / "part", "speakers")) == 0


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX signals")
def test_a_second_run_into_one_folder_is_told_and_a_killed_one_does_not_block(corpus, tmp_path, capsys):
    code = (f"import time; from helpers import scale; scale.spool = lambda *_: [print('in', flush=True), time.sleep(60)]; "
            f"scale.extract({str(corpus)!r}, {str(tmp_path / 'out')!r})")
    with subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True) as first:
        try:
            assert first.stdout.readline() == "in\n"
            command = [sys.executable, "-m", "helpers", "extract", str(corpus), "--out", str(tmp_path / "out")]
            second = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
        finally:
            first.kill()
    assert second.returncode == 2 and re.fullmatch(r".*out: another run is writing there, since \d+ s: let it end.*\n", second.stderr)
    assert not (tmp_path / "out").exists() and (tmp_path / ".out.work" / "lock").exists()
    assert main(command[3:]) == 0 and not capsys.readouterr().err and not list(tmp_path.glob(".*"))


def test_an_older_output_is_replaced_whole_even_after_a_kill_between_two_renames(corpus, tmp_path):
    extract(corpus, tmp_path / "out", format="csv")
    (tmp_path / "out").rename(tmp_path / ".out.old")
    extract(corpus, tmp_path / "out", format="jsonl")
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".jsonl", ".json"} and not (tmp_path / ".out.old").exists()


@pytest.mark.parametrize("step", ["find_attributions", "find_mentions", "resolve_speakers", "find_claims"])
def test_a_poisoned_document_is_a_problem_and_the_rest_goes_on(corpus, tmp_path, small, monkeypatch, step):
    (corpus / "a3.txt").write_text("POISON The mayor said the port was open.", encoding="utf-8")
    real = getattr(pipeline, step)

    def burst(*tables, **options):
        if any("text" in t and t["text"].str.contains("POISON").any() for t in tables):
            raise RuntimeError("burst")
        return real(*tables, **options)
    monkeypatch.setattr(pipeline, step, burst)
    assert extract(corpus, tmp_path / "out") == 0
    problems = read_table(tmp_path / "out", "problems").set_index("doc_id")["reason"]
    assert "RuntimeError: burst" in problems["a3"] and set(problems.index) == {"a3", "a99"}
    assert set(read_table(tmp_path / "out", "documents")["doc_id"]) == {"a0", "a1", "a2", "a4", "a5", "a6"}
    assert "Ada Brook" in set(read_table(tmp_path / "out", "attributions")["speaker"])


def stumble(task):
    """What a worker is asked to do below: die, hang, or fail as a full disk does."""
    if task["do"] == "die":
        os._exit(3)
    if task["do"] == "hang":
        time.sleep(60)
    if task["do"] == "fail":
        raise OSError("no space left")


def test_a_worker_that_dies_or_hangs_is_told_and_the_others_go_on():
    tasks = [{"do": do, "seconds": 1 if do == "hang" else 30, "size": 1} for do in ("work", "die", "work", "hang", "work")]
    with local_spread(2) as spread:
        reasons = [(task["do"], reason) for task, reason in spread(stumble, tasks)]
    assert sorted(reasons, key=str) == [("die", "ended its process (3)"), ("hang", "took longer than 1 s"), *[("work", None)] * 3]
    with local_spread(2) as spread, pytest.raises(OSError, match="no space"):
        list(spread(stumble, [{"do": "fail", "seconds": 60, "size": 1}] * 2))


def test_a_chunk_that_ends_its_process_is_tried_article_by_article(tmp_path):
    def spread(function, tasks):
        for task in tasks:
            files.write_part(task["part"], {}) if 1 not in task["ids"] else None
            yield task, "ended its process (9)" if 1 in task["ids"] else None
    task = {"number": (1,), "ids": {0: "a", 1: "b", 2: "c"}, "part": str(tmp_path / "chunk-x"), "size": 3, "seconds": 1}
    parts = scale.analyse_all([task], spread)
    assert [len(files.read_part(p, "problems")) for p in parts] == [0, 1, 0]
    assert files.read_part(parts[1], "problems")["doc_id"].tolist() == ["b"]


def test_what_extract_did_not_write_is_never_touched(corpus, tmp_path):
    out = tmp_path / "out"
    extract(corpus, out)
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="thesis.txt"):
        extract(corpus, out)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.json").write_text("{}")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.json").write_text("[]")
    for place in (tmp_path / "other", tmp_path / "odd", corpus / "a0.txt", corpus / "tables", corpus):
        with pytest.raises(ValueError, match="choose"):
            extract(corpus, place)
    assert (out / "thesis.txt").read_text() == "years of work" and (corpus / "a0.txt").is_file()


def test_a_corpus_that_is_not_there_leaves_nothing_behind(tmp_path):
    with pytest.raises(FileNotFoundError):
        extract(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_corpus_without_articles_gives_empty_tables(tmp_path):
    (tmp_path / "corpus").mkdir()
    with pytest.raises(ValueError, match="no article that can be read$"):
        extract(tmp_path / "corpus", tmp_path / "out", format="csv")
    assert all(read_table(tmp_path / "out", t, format="csv").empty for t in COLUMNS)


@pytest.mark.parametrize("place", ["/", "a.txt", "a.txt/tables", ""])
def test_a_place_that_cannot_be_replaced_is_one_line_that_says_what_to_do(tmp_path, capsys, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("The army sent 5 tanks.\n")
    assert main(["extract", "a.txt", "--out", place]) == 2
    told = capsys.readouterr().err
    assert "choose" in told and told.count("\n") == 1 and "PosixPath" not in told and [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("manifest", ["{", "[]", "{}", '{"format": "doc"}', '{"format": []}', "[" * 100_000])
def test_a_manifest_that_says_no_format_is_named(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ValueError, match="manifest.json is broken, .* new folder"):
        pipeline.load_tables(tmp_path)


def test_another_input_is_not_answered_from_old_parts(corpus, tmp_path, small, monkeypatch):
    real = scale.write_whole
    monkeypatch.setattr(scale, "write_whole", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        extract(corpus, tmp_path / "out")
    monkeypatch.setattr(scale, "write_whole", real)
    path = corpus / "a0.txt"
    path.write_text(path.read_text().replace("2 tanks", "77 tanks"), encoding="utf-8")
    extract(corpus, tmp_path / "out")
    assert 77 in read_table(tmp_path / "out", "mentions")["quantity_min"].dropna().tolist()


def test_formulas_are_inert_in_spreadsheets_and_offsets_survive(corpus, tmp_path):
    extract(corpus, tmp_path / "out", format="csv")
    raw = (tmp_path / "out" / "sentences.csv").read_text(encoding="utf-8")
    assert ",'=1+1 is a sum." in raw and ",=1+1" not in raw
    text = dict(read_table(tmp_path / "out", "documents", format="csv")[["doc_id", "text"]].itertuples(index=False))
    rows = read_table(tmp_path / "out", "sentences", format="csv").itertuples()
    assert all(text[r.doc_id][r.start:r.end] == r.text for r in rows)
    assert read_table(tmp_path / "out", "documents", format="csv")["desk"].tolist() == [f"+{n}" for n in range(7)]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_any_text_survives_csv_jsonl_and_parquet(tmp_path_factory, texts):
    frame = make("sentences", [{"doc_id": "d", "sentence": n, "start": 0, "end": len(t), "text": t} for n, t in enumerate(texts)])
    folder = tmp_path_factory.mktemp("t")
    for format in ("csv", "jsonl", "parquet"):
        files.write_table(folder, "sentences", [frame], list(frame), format)
        pd.testing.assert_frame_equal(read_table(folder, "sentences", format=format), frame)


def test_nothing_is_printed_where_there_is_no_terminal(corpus, tmp_path, capsys):
    extract(corpus, tmp_path / "out")
    assert capsys.readouterr() == ("", "")


def test_progress_tells_rate_and_time_left_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    list(scale.progress(iter([({"size": 3}, None)]), [{"size": 3}, {"size": 9}], "read"))
    assert "read 3 of 12 articles" in (told := capsys.readouterr().err) and "left" in told


def test_an_unknown_format_and_a_missing_dask_say_what_to_do(corpus, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="parquet"):
        extract(corpus, tmp_path / "out", format="doc")
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    with pytest.raises(ImportError, match="workers"):
        extract(corpus, tmp_path / "out", scheduler="tcp://nowhere:1")


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
def test_of_a_large_folder_whole_stories_are_read_and_the_sample_is_told(corpus, tmp_path, format):
    extract(corpus, tmp_path / "out", format=format)
    whole, drawn = pipeline.read_tables(tmp_path / "out"), pipeline.read_tables(tmp_path / "out", most=5)
    assert not whole.problems["reason"].str.startswith("a sample").any() and len(whole.documents) == 7
    assert drawn.documents["story"].nunique() == 1 and "of 7 articles" in drawn.problems["reason"][0]
    kept = set(drawn.documents["doc_id"])
    for name in ("blocks", "sentences", "attributions", "mentions", "frames", "claims"):
        mine = getattr(whole, name)
        pd.testing.assert_frame_equal(getattr(drawn, name), mine[mine["doc_id"].isin(kept)].reset_index(drop=True))
    assert drawn.speakers["n_attributions"].sum() == len(drawn.attributions)
    assert len(pipeline.read_tables(tmp_path / "out", most=2).documents) == 2


def test_copies_are_found_across_chunks_and_batches_as_in_memory(corpus, tmp_path, small):
    (corpus / "b9.txt").write_bytes((corpus / "a0.txt").read_bytes())
    (corpus / "b8.txt").write_text("".join(f"{n} {n * 7} ferries left harbour {n * 3} for island {n * 5}. " for n in range(30)))
    (corpus / "c8.txt").write_text((corpus / "b8.txt").read_text().replace("harbour 30", "port 30"))
    extract(corpus, tmp_path / "out")
    told = read_table(tmp_path / "out", "problems").set_index("doc_id")["reason"]
    assert told["b9"] == "duplicate of a0" and told["c8"] == "near-duplicate of b8"
    pd.testing.assert_frame_equal(ordered(read_table(tmp_path / "out", "problems")), ordered(load_tables(corpus).problems))


def test_a_text_that_no_cell_of_excel_holds_is_told(corpus, tmp_path, monkeypatch):
    (corpus / "a0.txt").write_text("The army sent two tanks. " * 2000)
    extract(corpus, tmp_path / "out", format="xlsx")
    problems = read_table(tmp_path / "out", "problems", format="xlsx").set_index("doc_id")["reason"]
    assert "cut after 32,767" in problems["a0"] and "a1" not in problems
    extract(corpus, tmp_path / "whole", format="csv")
    assert "a0" not in set(read_table(tmp_path / "whole", "problems", format="csv")["doc_id"])
    monkeypatch.setattr(files, "EXCEL_ROWS", 5)
    with pytest.raises(ValueError, match="--format parquet"):
        extract(corpus, tmp_path / "other", format="xlsx")


def run_limited(corpus, out, *, bytes):
    """extract in a process whose files can't grow beyond `bytes`, as on a disk that is full."""
    code = (f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes})); "
            f"from helpers.__main__ import main; sys.exit(main(['extract', {str(corpus)!r}, '--out', {str(out)!r}]))")
    return subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_full_disk_is_one_line_and_the_next_run_goes_on(corpus, tmp_path):
    for room in (1000, 5000):
        run = run_limited(corpus, tmp_path / "out", bytes=room)
        assert run.returncode == 2 and len(run.stderr.strip().splitlines()) == 1 and "too large" in run.stderr, run.stderr
        assert not (tmp_path / "out").exists()
    extract(corpus, tmp_path / "whole")
    extract(corpus, tmp_path / "out")
    assert content(tmp_path / "out") == content(tmp_path / "whole")


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="a folder where not even root may write")
@pytest.mark.parametrize("command", ["extract", "report", "describe"])
def test_a_folder_that_cannot_be_written_is_one_line(corpus, capsys, command, monkeypatch):
    from helpers.__main__ import main
    began = time.monotonic()
    if command == "describe":
        (corpus / "documents.csv").unlink()
        monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    assert main([command, str(corpus), *([] if command == "describe" else ["--out", "/sys/kernel/tables"])]) == 2
    told = capsys.readouterr().err.strip()
    assert "ermi" in told and "\n" not in told and time.monotonic() - began < 20


def test_text_of_every_plane_and_direction_goes_through_every_step(tmp_path):
    texts = {f"plane{plane}": "".join(chr(plane * 0x10000 + at) for at in range(0x10, 0xfff0, 0x3ff) if not 0xd800 <= plane * 0x10000 + at < 0xe000)
             for plane in range(17)}
    texts |= {"right": "\u202b\u0642\u0627\u0644 \u05d0\u05de\u05e8\u202c", "joined": "\u200d\U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301\u0327"}
    for name, odd in texts.items():
        (tmp_path / f"{name}.txt").write_text(f"{odd}\n\nThe army sent 5 tanks {odd} to the port, “We {odd} will stay,” General Ada {odd} Brook said on Monday.\n", encoding="utf-8")
    extract(tmp_path, tmp_path.with_name("planes"))
    tables = pipeline.read_tables(tmp_path.with_name("planes"))
    assert set(tables.documents["doc_id"]) == set(texts) and not tables.problems["reason"].str.contains("could not").any()
    text = dict(zip(tables.documents["doc_id"], tables.documents["text"]))
    assert all(text[row.doc_id][row.start:row.end] == row.text for row in tables.sentences.itertuples()) and len(tables.mentions) >= len(texts) - 1


def test_what_is_mended_only_where_asked_can_be_asked_for(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("The minister said: â€œNo.â€\x9d", encoding="utf-8")
    for more, text in ([], "The minister said: â€œNo.â€\x9d"), (["--repair"], "The minister said: “No.”"):
        assert main(["extract", str(tmp_path / "in"), "--out", str(tmp_path / "out"), *more]) == 0
        assert read_table(tmp_path / "out", "documents")["text"].to_list() == [text]
