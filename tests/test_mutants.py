"""`make mutants`: every change is Python and changes something; a change that no test notices is reported, once."""

import ast
import json
import subprocess

import pytest

from scripts.mutants import __main__ as mutants
from scripts.mutants.changes import list_changes
from scripts.mutants.tests_of import list_tests

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
MODULE = "LIMIT = 3\n\n\ndef small(x):\n    return x < LIMIT\n"
TEST = "from ccds_core.x.a import small\n\n\ndef test_small():\n    assert small(1)\n    assert not small(9)\n"


@pytest.mark.parametrize("source", CHANGES)
def test_the_operators(source):
    changes = list_changes("a.py", source.encode())
    assert {change.apply(source.encode()).decode() for change in changes} == CHANGES[source]


@pytest.mark.parametrize("package", mutants.PACKAGES)
def test_every_drawn_change_is_python_that_differs_and_most_have_tests(package):
    changes = mutants.sample(package)
    assert changes == mutants.sample(package)
    assert len(changes) == mutants.SAMPLE
    assert len({change.key for change in changes}) == len(changes)
    for change in changes:
        source = (mutants.ROOT / change.path).read_bytes()
        changed = change.apply(source)
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))
        assert change.before in source.decode().splitlines()[change.line - 1] or "\n" in change.before
    tests = [list_tests(mutants.ROOT, change.path) for change in changes]
    assert all((mutants.ROOT / test).is_file() for found in tests for test in found)
    assert sum(map(bool, tests)) > 0.8 * len(tests)  # some are seen in the browser alone


def test_a_change_that_no_test_notices_is_reported_and_not_tested_twice(tmp_path, monkeypatch):
    files = {"ccds_core/x/__init__.py": "", "ccds_core/x/a.py": MODULE, "tests/core/x/test_a.py": TEST}
    files["pytest.ini"] = "[pytest]\npythonpath = .\nmarkers = slow\n"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    for name, place in {"ROOT": ".", "COPY": "work/copy", "RESULTS": "work/results.jsonl", "FOLDER": "work"}.items():
        monkeypatch.setattr(mutants, name, tmp_path / place)
    first = list(mutants.run(["x"], again=False))
    assert first == [
        "survived: ccds_core/x/a.py:1: 3 -> (4)",
        "survived: ccds_core/x/a.py:5: x < LIMIT -> (x <= LIMIT)",
        "x: 1 of 3 changes noticed, 0 not tested",
    ]
    assert (tmp_path / "ccds_core/x/a.py").read_text() == MODULE
    monkeypatch.setattr(mutants, "run_tests", lambda tests, limit: pytest.fail("tested twice"))
    assert list(mutants.run(["x"], again=False)) == first
    assert len((tmp_path / "work/results.jsonl").read_text().splitlines()) == 3
    monkeypatch.undo()


def test_a_survivor_is_tested_again_when_asked(tmp_path, monkeypatch):
    change = mutants.sample("base")[0]
    row = {"key": change.key, "path": change.path, "line": change.line, "before": "", "after": ""}
    (tmp_path / "results.jsonl").write_text(json.dumps(row | {"outcome": mutants.SURVIVED}) + "\n")
    for name, place in {"FOLDER": ".", "COPY": "copy", "RESULTS": "results.jsonl"}.items():
        monkeypatch.setattr(mutants, name, tmp_path / place)
    monkeypatch.setattr(mutants, "sample", lambda package: [change])
    monkeypatch.setattr(mutants, "make_copy", lambda: None)
    monkeypatch.setattr(mutants, "try_change", lambda change, most, limits: row | {"outcome": mutants.KILLED})
    assert list(mutants.run(["base"], again=False))[-1].startswith("base: 0 of 1")
    assert list(mutants.run(["base"], again=True))[-1].startswith("base: 1 of 1")
    assert list(mutants.run(["base"], again=False))[-1].startswith("base: 1 of 1")
