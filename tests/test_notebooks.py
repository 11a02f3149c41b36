"""Every notebook is stored executed, small, clean and of one shape. (nbval compares the outputs themselves.)"""
import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
NAMES = ["0-corpus", "1-source-framing", "2-quote-attribution", "3-weapon-systems", "4-accuracy"]


def cells(path, kind):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [c for c in found if c["cell_type"] == kind and "".join(c["source"]).strip()]


def test_the_notebooks_of_the_design_are_there():
    assert [p.stem for p in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestNotebook:
    def test_every_code_cell_was_executed(self, path):
        """Strict nbval compares nothing in a cell without execution count and outputs."""
        assert [i for i, c in enumerate(cells(path, "code")) if c["execution_count"] is None] == []

    def test_cells_ran_in_order(self, path):
        counts = [c["execution_count"] for c in cells(path, "code")]
        assert counts == list(range(1, len(counts) + 1))

    def test_no_error_and_no_stderr_is_stored(self, path):
        outputs = [o for c in cells(path, "code") for o in c["outputs"]]
        assert [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"] == []

    def test_at_most_two_cells_are_not_compared(self, path):
        marks = [c for c in cells(path, "code") if "NBVAL_IGNORE_OUTPUT" in "".join(c["source"])
                 or {"nbval-ignore-output", "nbval-skip"} & set(c["metadata"].get("tags", []))]
        assert len(marks) <= 2

    def test_a_cell_holds_one_call_or_one_chain(self, path):
        assert [i for i, c in enumerate(cells(path, "code")) if len("".join(c["source"]).splitlines()) > 12] == []

    def test_parameters_are_the_first_code_cell(self, path):
        first = cells(path, "code")[0]
        assert "parameters" in first["metadata"]["tags"] and 'CORPUS = "../seeds"' in "".join(first["source"])

    def test_one_title_no_skipped_heading_and_an_explore_section_at_the_end(self, path):
        text = "\n".join("".join(c["source"]) for c in cells(path, "markdown"))
        levels = [len(m) for m in re.findall(r"^(#+) ", text, flags=re.M)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:]))
        assert re.findall(r"^## (.*)", text, flags=re.M)[-1] == "Explore"

    def test_it_is_small_and_holds_no_path_or_time_of_the_machine(self, path):
        text = path.read_text(encoding="utf-8")
        assert len(text) < 1_000_000
        assert not re.search(r"/(?:home|Users|root|tmp)/|C:\\\\Users|iopub\.", text)
