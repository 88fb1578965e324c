"""`make mutants`: every change is Python and changes something; a change that no test notices is reported, once."""

import ast
import json
import subprocess
import sys

import pytest

from scripts.mutants import __main__ as mutants
from scripts.mutants.changes import list_changes

CHANGES = {  # source -> what it may become
    "a < b": {"(a <= b)"},
    "a == b != c": {"(a != b != c)", "(a == b == c)"},
    "x is None": {"(x is not None)"},
    "x not in y": {"(x in y)"},
    "ü + 2": {"(ü - 2)", "ü + (3)"},
    "a and b and c": {"(a or b or c)"},
    "not a": {"(a)"},
    "True": {"(False)"},
    "a if b else c": {"(a if not b else c)"},
    "f(-1)": {"pass", "f(-(2))"},
    "x += 1": {"x -= 1", "x += (2)"},
    "f'{a + 1}'": set(),
    "'text'": set(),
    "x: Literal[1] | None = None": set(),
    "def f(x: int = 3) -> A | B:\n    return x": {
        "def f(x: int = (4)) -> A | B:\n    return x",
        "def f(x: int = 3) -> A | B:\n    return None",
    },
    "while a:\n    break": {"while a:\n    continue"},
    "@dataclass(frozen=True)\nclass A:\n    n: int = 1": {"@dataclass(frozen=True)\nclass A:\n    n: int = (2)"},
}
MODULE = "LIMIT = 3\n\n\ndef small(x):\n    return x < LIMIT\n\n\ndef unused(x):\n    return x\n"
TEST = """
from ccds_core.x.a import small
from tests.core.x.helper import far

def test_small():
    assert small(1)
    assert not small(9)

def test_small_from_afar():
    assert not far(9)
"""
HELPER = "from ccds_core.x import a\n\n\ndef far(x):\n    return a.small(x)\n"


@pytest.mark.parametrize("source", CHANGES)
def test_the_operators(source):
    changes = list_changes("a.py", source.encode())
    assert {change.apply(source.encode()).decode() for change in changes} == CHANGES[source]


@pytest.mark.parametrize("package", mutants.PACKAGES)
def test_every_drawn_change_is_python_that_differs(package):
    changes = mutants.sample(package)
    assert changes == mutants.sample(package)
    assert len(changes) == mutants.SAMPLE
    assert len({change.key for change in changes}) == len(changes)
    for change in changes:
        source = (mutants.ROOT / change.path).read_bytes()
        changed = change.apply(source)
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))
        assert change.before in source.decode().splitlines()[change.line - 1] or "\n" in change.before


def test_an_edit_elsewhere_leaves_the_other_changes_as_they_were():
    before = {change.key for change in list_changes("a.py", MODULE.encode())}
    edited = "import os\n\n" + MODULE.replace("x < LIMIT", "x <= LIMIT")
    after = {change.key for change in list_changes("a.py", edited.encode())}
    assert len(before) == 4
    assert len(before & after) == 2, "but for the two changes of the edited line"


def test_equal_lines_have_changes_of_their_own():
    twice = MODULE + MODULE.replace("small", "large")
    changes = list_changes("a.py", twice.encode())
    assert len({change.key for change in changes}) == len(changes) == 8


@pytest.mark.slow
def test_a_change_that_no_test_notices_is_reported_and_not_tested_twice(tmp_path):
    files = {"ccds_core/x/__init__.py": "", "ccds_core/x/a.py": MODULE, "tests/core/x/test_a.py": TEST,
             "tests/core/x/helper.py": HELPER}  # fmt: skip
    files["pytest.ini"] = "[pytest]\npythonpath = .\nmarkers = slow\n"
    files |= {
        str(path.relative_to(mutants.ROOT)): path.read_text() for path in (mutants.ROOT / "scripts").rglob("*.py")
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "scripts.mutants", "x"]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    assert first == [
        "survived: ccds_core/x/a.py:1: 3 -> (4)",
        "survived: ccds_core/x/a.py:5: x < LIMIT -> (x <= LIMIT)",
        "survived: ccds_core/x/a.py:9: return x -> return None",
        "x: 1 of 4 changes noticed, 0 not tested",
    ]
    results = (tmp_path / "docs/studies/mutants.jsonl").read_text()
    rows = [json.loads(line) for line in results.splitlines()]
    assert [row["by"] for row in rows if row["outcome"] == mutants.KILLED] == ["tests/core/x/test_a.py::test_small"]
    assert (tmp_path / "ccds_core/x/a.py").read_text() == MODULE
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    assert again == first
    assert (tmp_path / "docs/studies/mutants.jsonl").read_text() == results, "not tested twice"


def test_a_survivor_is_tested_again_when_asked(tmp_path, monkeypatch):
    change = mutants.sample("base")[0]
    row = {"key": change.key, "path": change.path, "line": change.line, "before": "", "after": ""}
    (tmp_path / "results.jsonl").write_text(json.dumps(row | {"outcome": mutants.SURVIVED}) + "\n")
    for name, place in {"FOLDER": ".", "COPY": "copy", "RESULTS": "results.jsonl"}.items():
        monkeypatch.setattr(mutants, name, tmp_path / place)
    monkeypatch.setattr(mutants, "sample", lambda package: [change])
    monkeypatch.setattr(mutants, "make_copy", lambda: None)
    monkeypatch.setattr(mutants, "measure", lambda copy, folder: None)
    monkeypatch.setattr(mutants, "try_change", lambda change, unfit, fit: row | {"outcome": mutants.KILLED})
    assert list(mutants.run(["base"], again=False))[-1].startswith("base: 0 of 1")
    assert list(mutants.run(["base"], again=True))[-1].startswith("base: 1 of 1")
    assert list(mutants.run(["base"], again=False))[-1].startswith("base: 1 of 1")
