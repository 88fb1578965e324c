"""`python -m scripts.mutants [PACKAGE ...]`: a fixed sample of changes of each package, each one tested in a copy.

Packages are those of `ccds_core/`, `base` for its single files, and `pages`. All tests but those of the browser and the
slow ones run once, to see which of them run which line; a change is tested by those that run its line. Results are
appended to `docs/studies/mutants.jsonl`, and a change that stands there is not tested again; `--survivors` tests
those again that survived. The score is the share of changes that made a test fail or run without end.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import pytest

from scripts.mutants.changes import Change, list_changes
from scripts.mutants.tests_of import NOTES, Clock, list_tests, measure, read_seconds

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".cache" / "mutants"
COPY, RESULTS = FOLDER / "copy", ROOT / "docs" / "studies" / "mutants.jsonl"
FOLDERS = sorted(path.parent.name for path in (ROOT / "ccds_core").glob("*/__init__.py"))
PACKAGES = (*FOLDERS, "base", "pages")
SAMPLE, SEED = 40, 0  # changes of a package
KILLED, SURVIVED, ENDLESS, UNTESTED = "killed", "survived", "endless", "untested"
OPEN = (SURVIVED, UNTESTED)
PATIENCE, MARGIN = 4.0, 60.0  # times as long as the tests take without a change, and seconds more
HEAVY = ("torch", "pandas", "altair", "sklearn", "transformers", "streamlit.testing.v1")  # imported once for all
IMPORTED = "ignore::pytest.PytestAssertRewriteWarning"  # of a plugin that is here already
AS_TESTS = {"OMP_NUM_THREADS": "1", "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full"}  # set by them before that


def sample(package: str) -> list[Change]:
    """The same changes for the same source; an edit puts others in place of those whose lines it changes, no more."""
    folder = ROOT / ("pages" if package == "pages" else "ccds_core" if package == "base" else f"ccds_core/{package}")
    paths = sorted(folder.glob("*.py") if package == "base" else folder.rglob("*.py"))
    names = [str(path.relative_to(ROOT)) for path in paths]
    changes = [change for name in names for change in list_changes(name, (ROOT / name).read_bytes())]
    drawn = sorted(changes, key=lambda change: sha256(f"{SEED} {change.key}".encode()).digest())[:SAMPLE]
    return [change for change in changes if change in drawn]


def make_copy() -> None:
    """What git knows, in FOLDER; the weights are linked, since nobody changes them."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            (os.link if name.startswith("checkpoints/") else shutil.copyfile)(ROOT / name, COPY / name)


def run_tests(tests: list[str]) -> tuple[str, str]:
    """Whether one of the tests fails in the copy, and which; in a process that has the large libraries already."""
    notes = FOLDER / "failed.json"
    notes.unlink(missing_ok=True)
    limit = sum(read_seconds(FOLDER)[test] for test in tests) * PATIENCE + MARGIN
    child = os.fork()
    if child == 0:
        _be_pytest(tests, notes)
    deadline = time.monotonic() + limit
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > deadline:
            os.killpg(child, 9)  # with what it started
            os.waitpid(child, 0)
            return ENDLESS, ""
        time.sleep(0.05)
    failed = json.loads(notes.read_text())["failed"] if notes.is_file() else ""
    if os.waitstatus_to_exitcode(ended[1]) == 0:
        return SURVIVED, ""
    return (KILLED, failed) if failed else (UNTESTED, "")


def _be_pytest(tests: list[str], notes: Path) -> NoReturn:
    """The child's work. Bytecode is not kept: its times are in whole seconds."""
    code = 1
    try:
        os.setsid()
        os.chdir(COPY)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        for name, folder in (("CCDS_DATA_DIR", "data"), ("CCDS_MODELS_DIR", "models")):
            os.environ.setdefault(name, str(ROOT / folder))
        os.environ[NOTES] = str(notes)
        sys.path[:] = [str(COPY), *(path for path in sys.path if path not in ("", str(ROOT)))]
        sys.dont_write_bytecode = True
        code = pytest.main(["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "-W", IMPORTED, *tests], [Clock()])
    finally:
        os._exit(code)


def try_change(change: Change, unfit: set[str], fit: set[str]) -> dict[str, Any]:
    """A row of the results. `unfit`: tests that fail alone without a change; `fit`: those that are known to pass."""
    started, outcome, failed = time.monotonic(), UNTESTED, ""
    source = (ROOT / change.path).read_bytes()
    while tests := [test for test in list_tests(COPY, FOLDER, change.path, change.line) if test not in unfit]:
        (COPY / change.path).write_bytes(change.apply(source))
        try:
            outcome, failed = run_tests(tests)
        finally:
            (COPY / change.path).write_bytes(source)
        if outcome == UNTESTED and run_tests(tests[:1])[0] == SURVIVED:  # with the change pytest did not get to a test
            outcome = KILLED
        if outcome != KILLED or not failed or failed in fit or run_tests([failed])[0] == SURVIVED:
            fit.add(failed)
            break
        unfit.add(failed)
        outcome = UNTESTED
    what = {"key": change.key, "path": change.path, "line": change.line, "before": change.before, "after": change.after}
    seconds = round(time.monotonic() - started, 1)
    return what | {"outcome": outcome, "tests": len(tests), "by": failed, "seconds": seconds}


def run(packages: list[str], again: bool) -> Iterator[str]:
    """Test what is not in the results yet; yields a line for each change and, at the end, a score for each package."""
    for folder in (FOLDER, RESULTS.parent):
        folder.mkdir(parents=True, exist_ok=True)
    rows = [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.is_file() else []
    known = {row["key"]: row for row in rows}
    wanted = [change for package in packages for change in sample(package)]
    if any(change.key not in known or (again and known[change.key]["outcome"] in OPEN) for change in wanted):
        make_copy()
        measure(COPY, FOLDER)
        os.environ |= AS_TESTS
        for name in HEAVY:
            import_module(name)
    unfit, fit = set[str](), set[str]()
    for package in packages:
        for change in sample(package):
            row = known.get(change.key)
            if row is None or (again and row["outcome"] in OPEN):
                known[change.key] = row = try_change(change, unfit, fit)
                with RESULTS.open("a") as results:
                    results.write(json.dumps(row) + "\n")
            if row["outcome"] in OPEN:
                yield f"{row['outcome']}: {change.path}:{change.line}: {change.before} -> {change.after}"
        counts = Counter(known[change.key]["outcome"] for change in sample(package))
        tested = counts.total() - counts[UNTESTED]
        yield f"{package}: {tested - counts[SURVIVED]} of {tested} changes noticed, {counts[UNTESTED]} not tested"


def main() -> None:
    """Print each line of `run`."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=sys.modules[__name__].__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", choices=[*PACKAGES, []])
    parser.add_argument("--survivors", action="store_true", help="test those again that survived or were not tested")
    asked = parser.parse_args()
    for line in run(asked.packages or [*PACKAGES], asked.survivors):
        print(line, flush=True)  # noqa: T201 - a script that is run by hand


if __name__ == "__main__":
    main()
