"""`python -m scripts.mutants [PACKAGE ...]`: a fixed sample of changes of each package, each one tested in a copy.

Packages are those of `ccds_core/`, `base` for its single files, and `pages`. Results are appended to
`.cache/mutants/results.jsonl`, and a change that stands there is not tested again; `--survivors` tests those again that
survived, with more tests. The score is the share of changes that made a test fail or run without end.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.mutants.changes import Change, list_changes
from scripts.mutants.tests_of import MOST, NEAR, list_tests

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".cache" / "mutants"
COPY, RESULTS = FOLDER / "copy", FOLDER / "results.jsonl"
FOLDERS = sorted(path.parent.name for path in (ROOT / "ccds_core").glob("*/__init__.py"))
PACKAGES = (*FOLDERS, "base", "pages")
SAMPLE, SEED = 40, 0  # changes of a package
KILLED, SURVIVED, ENDLESS, UNTESTED = "killed", "survived", "endless", "untested"
PATIENCE = 3.0  # times as long as the tests take without a change, and MARGIN seconds more
MARGIN = 30.0
LONGEST = 300.0  # seconds for the tests of one module; those that take longer are not waited for


def sample(package: str) -> list[Change]:
    """The same changes for the same source."""
    folder = ROOT / ("pages" if package == "pages" else "ccds_core" if package == "base" else f"ccds_core/{package}")
    paths = sorted(folder.glob("*.py") if package == "base" else folder.rglob("*.py"))
    names = [str(path.relative_to(ROOT)) for path in paths]
    changes = [change for name in names for change in list_changes(name, (ROOT / name).read_bytes())]
    drawn = random.Random(f"{SEED} {package}").sample(range(len(changes)), min(SAMPLE, len(changes)))
    return [changes[place] for place in sorted(drawn)]


def make_copy() -> None:
    """What git knows, in FOLDER; the weights are linked, since nobody changes them."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            (os.link if name.startswith("checkpoints/") else shutil.copyfile)(ROOT / name, COPY / name)


def run_tests(tests: list[str], limit: float) -> str:
    """Whether one of the tests fails in the copy. Bytecode is not kept: its times are in whole seconds."""
    places = {name: os.environ.get(name, str(ROOT / folder)) for name, folder in
              (("CCDS_DATA_DIR", "data"), ("CCDS_MODELS_DIR", "models"))}  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", *tests]
    process = subprocess.Popen(
        command, cwd=COPY, env=os.environ | places | {"PYTHONDONTWRITEBYTECODE": "1"}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return SURVIVED if process.wait(limit) == 0 else KILLED
    except subprocess.TimeoutExpired:
        return ENDLESS
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)  # with what it started
            process.wait()


def try_change(change: Change, most: int, limits: dict[tuple[str, ...], float]) -> dict[str, Any]:
    """A row of the results, by at most so many test files; `limits` is filled."""
    tests, started, outcome = list_tests(ROOT, change.path)[:most], time.monotonic(), UNTESTED
    if tests and (limit := find_limit(tuple(tests), limits)):
        source = (ROOT / change.path).read_bytes()
        (COPY / change.path).write_bytes(change.apply(source))
        try:
            outcome = run_tests(tests, limit)
        finally:
            (COPY / change.path).write_bytes(source)
    what = {"key": change.key, "path": change.path, "line": change.line, "before": change.before, "after": change.after}
    return what | {"outcome": outcome, "tests": len(tests), "seconds": round(time.monotonic() - started, 1)}


def find_limit(tests: tuple[str, ...], limits: dict[tuple[str, ...], float]) -> float:
    """How many seconds these tests may run, measured once without a change; 0 if they fail then or take too long."""
    if tests not in limits:
        started = time.monotonic()
        passed = run_tests(list(tests), LONGEST) == SURVIVED
        limits[tests] = (time.monotonic() - started) * PATIENCE + MARGIN if passed else 0.0
    return limits[tests]


def run(packages: list[str], again: bool) -> Iterator[str]:
    """Test what is not in the results yet; yields a line for each change and, at the end, a score for each package."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.is_file() else []
    known = {row["key"]: row for row in rows}
    make_copy()
    limits: dict[tuple[str, ...], float] = {}
    for package in packages:
        for change in sample(package):
            row = known.get(change.key)
            if row is None or (again and row["outcome"] == SURVIVED):
                known[change.key] = row = try_change(change, MOST if again else NEAR, limits)
                with RESULTS.open("a") as results:
                    results.write(json.dumps(row) + "\n")
            if row["outcome"] in (SURVIVED, UNTESTED):
                yield f"{row['outcome']}: {change.path}:{change.line}: {change.before} -> {change.after}"
        counts = Counter(known[change.key]["outcome"] for change in sample(package))
        tested = counts.total() - counts[UNTESTED]
        yield f"{package}: {tested - counts[SURVIVED]} of {tested} changes noticed, {counts[UNTESTED]} not tested"


def main() -> None:
    """Print each line of `run`."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=sys.modules[__name__].__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", choices=[*PACKAGES, []])
    parser.add_argument("--survivors", action="store_true", help="test those again that survived")
    asked = parser.parse_args()
    for line in run(asked.packages or [*PACKAGES], asked.survivors):
        print(line, flush=True)  # noqa: T201 - a script that is run by hand


if __name__ == "__main__":
    main()
