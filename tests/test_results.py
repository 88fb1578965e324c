"""The tables of results in the README and in docs/ say what the shipped runs say, to the last digit shown."""

import json
import re
from pathlib import Path

import pytest

from ccds_core.config.lessons import LESSONS
from ccds_core.jobs import lesson_answers
from ccds_core.paths import PROJECT
from ccds_core.runs.claims import check_claims
from ccds_core.runs.records import RunRecord, list_runs, read_run

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINTS = PROJECT / "checkpoints"
SCORES = "test accuracy"  # the column that makes a table one of scores
GAIN = re.compile(r"[+−]?\d\.\d\d ± \d\.\d\d / [+−]?\d\.\d\d ± \d\.\d\d")


def tables_of(file):
    """Every table of a Markdown file: its rows as dictionaries from column to cell."""
    for block in re.findall(r"(?:^\|.*\|\n)+", (ROOT / file).read_text(), flags=re.M):
        head, _, *rows = [[cell.strip() for cell in line.strip("|\n ").split(" | ")] for line in block.splitlines()]
        yield [dict(zip(head, row, strict=True)) for row in rows]


def percent(value):
    """A fraction as the documents write it, with three digits."""
    return f"{value:.1%}".replace("%", " %")


def signed(value):
    """A gain: with its sign, unless it rounds to zero."""
    return "0.00" if f"{abs(value):.2f}" == "0.00" else f"{value:+.2f}".replace("-", "−")


def gain(mean, low, high, n):
    """A mean gain and half of its interval."""
    return f"{signed(mean)} ± {(high - low) / 2:.2f}"


def scores_of(record: RunRecord) -> dict[str, str]:
    """What a row of scores says of a run, by column."""
    metrics = record.metrics
    test, cost = metrics.test, metrics.cost
    assert test is not None
    assert cost is not None
    interval = f"{100 * test.accuracy_low:.1f} to {100 * test.accuracy_high:.1f}"
    return {
        SCORES: f"{percent(test.accuracy)} ({interval})",
        "macro-F1": f"{test.macro_f1:.3f}",
        "best epoch": str(metrics.best_epoch),
        "tensors the initializer changed": str(metrics.tensors_initialised),
        "parameters": f"{cost.parameters:,}",
        "n": f"{test.n:,}",
    }


def further_seeds_of(name: str) -> str:
    """The accuracies of the same preset with other seeds."""
    records = [read_run(folder) for folder in sorted(CHECKPOINTS.glob(f"{name}-seed-*"))]
    return ", ".join(percent(record.metrics.test.accuracy) for record in records if record.metrics.test) or "–"


SCORE_ROWS = [
    (file, row)
    for file in ("README.md", "docs/results.md")
    for table in tables_of(file)
    if SCORES in table[0]
    for row in table
]
GAINS = [
    (column, row["method"], cell)
    for table in tables_of("docs/results.md")
    for row in table
    for column, cell in row.items()
    if GAIN.fullmatch(cell)
]


def test_every_shipped_run_with_weights_has_its_row():
    shipped = {path.parent.name for path in CHECKPOINTS.glob("*/weights.safetensors")} | {"one-word-rule"}
    assert {row["run"] for file, row in SCORE_ROWS if file == "docs/results.md"} == shipped
    assert sum(file == "README.md" for file, _ in SCORE_ROWS) == 6


@pytest.mark.parametrize(("file", "row"), SCORE_ROWS, ids=lambda part: part["run"] if isinstance(part, dict) else part)
def test_a_row_of_scores_says_what_the_run_says(file, row):
    measured = scores_of(read_run(CHECKPOINTS / row["run"]))
    shared = set(row) & set(measured)
    assert {SCORES, "macro-F1"} <= shared
    assert {column: row[column] for column in shared} == {column: measured[column] for column in shared}
    if "further seeds" in row:
        assert row["further seeds"] == further_seeds_of(row["run"])


def test_every_measured_gain_stands_in_a_table():
    measured = {}
    for path in CHECKPOINTS.glob("*.faithfulness.json"):
        results = json.loads(path.read_text())
        assert results["n"] == 500
        for measure in results["measures"].values():
            gains = f"{gain(**measure['comprehensiveness'])} / {gain(**measure['sufficiency'])}"
            measured[results["model"], measure["label"]] = gains
    assert {(run, method): cell for run, method, cell in GAINS} == measured


def test_the_warnings_are_the_shipped_figures():
    trust = json.loads((CHECKPOINTS / "sentence_trust.json").read_text())
    (table,) = (table for table in tables_of("docs/results.md") if "warning" in table[0])
    assert [row["warning"] for row in table] == [score["kind"] for score in trust["scores"]]
    for row, score in zip(table, trust["scores"], strict=True):
        assert row["precision"].startswith(f"{score['right']} of {score['given']} (")
        assert row["recall"].startswith(f"{score['right']} of {score['true']} (")
        assert row["misclassified with it"] == f"{score['misclassified']} of {score['given']}"
        assert row["validation texts that get it"].startswith(f"{score['val_given']} (")
        assert row["misclassified of these"] == str(score["val_misclassified"])


def test_the_verdicts_are_those_of_the_home_page():
    (table,) = (table for table in tables_of("docs/results.md") if "verdict" in table[0])
    claims = check_claims([record for record in list_runs() if record.shipped])
    assert [tuple(row.values()) for row in table] == [(claim.report, claim.holds, claim.ours) for claim in claims]


def test_the_guided_experiments_are_the_shipped_shares():
    (table,) = (table for table in tables_of("docs/results.md") if "experiment" in table[0])
    rows = {row["experiment"]: (row["what its runs show"].partition(": ")[2], row["sets of seeds"]) for row in table}
    shares = {name: lesson_answers.read_share(name) for name in LESSONS}
    assert rows == {
        LESSONS[name].title: (LESSONS[name].shows, f"{share.held} of {share.n}") for name, share in shares.items()
    }
