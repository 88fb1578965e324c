"""Which tests run a line: all of them are run once under coverage.py, which notes for each line the tests that did."""

import ast
import json
import os
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from coverage import CoverageData

LEFT_OUT = ("tests/browser", "tests/load", "tests/js")  # they start servers, and would take minutes for each change
LONGEST = 40.0  # seconds of tests for one change; of those that run its line the ones beside it come first
SETTINGS = "[run]\nrelative_files = true\nsource =\n    ccds_core\n    pages\n"
NOTES = "CCDS_MUTANTS_NOTES"  # where `Clock` writes


class Clock:
    """A plugin of pytest: the seconds of each test that passed, and the first test that failed."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test's set-up, call or end."""
        if report.failed:
            self.failed = self.failed or report.nodeid
            self.seconds.pop(report.nodeid, None)
        elif report.nodeid != self.failed and not report.skipped:
            self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of tests that cannot be imported."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write it, but for the workers, whose reports reach the process that started them."""
        if not hasattr(session.config, "workerinput"):
            Path(os.environ[NOTES]).write_text(json.dumps({"seconds": self.seconds, "failed": self.failed}))


def pytest_configure(config: pytest.Config) -> None:
    """`-p scripts.mutants.tests_of` registers the clock."""
    config.pluginmanager.register(Clock())


def measure(copy: Path, folder: Path) -> None:
    """Run all tests of the copy once, two at a time; leaves `coverage` and `seconds.json` in the folder.

    Not again for the same code and tests.
    """
    paths = sorted(path for part in ("ccds_core", "pages", "tests") for path in (copy / part).rglob("*.py"))
    digest = sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    if (folder / "measured").is_file() and (folder / "measured").read_text() == digest:
        return
    (folder / "settings.ini").write_text(SETTINGS)
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-n", "2", "--dist", "loadfile",
               "-p", "no:cacheprovider", "-p", "scripts.mutants.tests_of", "--cov", "--cov-context=test",
               "--cov-report=", f"--cov-config={folder / 'settings.ini'}",
               *(f"--ignore={name}" for name in LEFT_OUT)]  # fmt: skip
    notes = {NOTES: str(folder / "seconds.json"), "COVERAGE_FILE": str(folder / "coverage")}
    subprocess.run(command, cwd=copy, env=os.environ | notes, stdout=subprocess.DEVNULL, check=False)
    (folder / "measured").write_text(digest)


@cache
def read_seconds(folder: Path) -> dict[str, float]:
    """Seconds of each test that passed, by its name."""
    seconds: dict[str, float] = json.loads((folder / "seconds.json").read_text())["seconds"]
    return seconds


def list_tests(copy: Path, folder: Path, path: str, line: int) -> list[str]:
    """The tests that ran this line, then others that ran its module, as far as `LONGEST` goes; paths are relative."""
    lines = _lines_of(folder, path)
    anywhere = set().union(*lines.values())
    at = max((number for number in lines if number <= line), default=0)
    here = lines.get(at, set()) if _is_in_function(copy / path, line) else anywhere
    seconds, mirror = read_seconds(folder), str(_mirror(path).parent)

    def order(test: str) -> tuple[bool, bool, float]:
        return test not in here, not test.startswith(mirror), seconds[test]

    chosen, total = list[str](), 0.0
    for test in sorted((test for test in anywhere if test in seconds), key=order):
        if chosen and total + seconds[test] > LONGEST:
            break
        chosen.append(test)
        total += seconds[test]
    return chosen


def _mirror(path: str) -> Path:
    """ccds_core/data/splits.py -> tests/core/data/splits.py, pages/ui/images/views.py -> tests/pages/images/views.py"""
    return Path("tests") / path.replace("ccds_core/", "core/").replace("pages/ui/", "pages/")


@cache
def _lines_of(folder: Path, path: str) -> dict[int, set[str]]:
    """Each line that was run, with the tests that did; what ran while the tests were collected has none."""
    data = CoverageData(str(folder / "coverage"))
    data.read()
    contexts = data.contexts_by_lineno(path)
    return {line: {name.rpartition("|")[0] for name in names if name} for line, names in contexts.items()}


@cache
def _lines_in_functions(module: Path) -> set[int]:
    functions = (node for node in ast.walk(ast.parse(module.read_bytes())) if isinstance(node, ast.FunctionDef))
    return {line for node in functions for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)}


def _is_in_function(module: Path, line: int) -> bool:
    """Otherwise it ran when its module was imported, for all tests at once."""
    return line in _lines_in_functions(module)
