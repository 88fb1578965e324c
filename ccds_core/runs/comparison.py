"""Runs compared as tables: scores and the report's, the scores of each class, and the training cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ccds_core.config.report import REPORT
from ccds_core.errors import CheckpointError
from ccds_core.results import percent
from ccds_core.runs.records import RunRecord

# task -> the presets whose accuracy it shows, and their labels
TASK_RUNS = {
    1: {"architecture-1": "Architecture 1"},
    2: {"architecture-2": "2, sigmoid", "architecture-3": "3, extra conv", "architecture-4": "4, batch norm"},
    3: {"architecture-4": "Architecture 4"},
    4: {"architecture-5": "Architecture 5", "architecture-5-repaired": "Xavier fixed"},
    5: {"text-embedding": "Learned", "text-word2vec-fine-tuned": "Word2Vec"},
}
REPORTED_AS = {"architecture-5": '"similar"'}  # where the report gives a word and no number
SCORES = {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "f1": "F1"}  # field -> column


@dataclass(frozen=True)
class AccuracyRow:
    """One dot: a run of ours (with a 95 % interval) or a result of the report (without)."""

    architecture: str
    whose: str  # "ours" or "report"
    run: str
    accuracy: float
    low: float | None = None
    high: float | None = None


def score_table(records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per run: our four scores (macro averages) and the report's; empty where there is none."""
    rows = []
    for record in records:
        test = record.metrics.test
        ours = (test.accuracy, test.macro_precision, test.macro_recall, test.macro_f1) if test else (None,) * 4
        report = REPORT.get(record.kind)
        row: dict[str, object] = {"run": record.name}
        for (field, score), our in zip(SCORES.items(), ours, strict=True):
            row[f"{score}, ours"] = our
            row[f"{score}, report"] = getattr(report, field) if report else None
        row |= {"n": test.n if test else None, "measured on": record.metrics.data_source, "status": record.status}
        rows.append(row)
    table = pd.DataFrame(rows)
    scores = [column for column in table.columns if column.endswith((", ours", ", report"))]
    return table.astype(dict.fromkeys(scores, "float64") | {"n": "Int64"}) if rows else table


def cost_table(records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per run: parameters, MACs, training compute and time, epochs."""
    rows = []
    for record in records:
        cost = record.metrics.cost
        rows.append(
            {
                "run": record.name,
                "parameters": cost.parameters if cost else None,
                "MACs per example": cost.multiply_adds if cost else None,
                "training compute, PFLOP": cost.training_flops / 1e15 if cost else None,
                "training time, s": cost.seconds if cost else None,
                "epochs": len(record.metrics.history),
                "best epoch": record.metrics.best_epoch,
                "tensors redrawn by initialization": record.metrics.tensors_initialised,
            }
        )
    return pd.DataFrame(rows)


def class_table(record: RunRecord) -> pd.DataFrame:
    """Precision, recall, F1 and support of each class, then their macro average."""
    test = record.metrics.test
    if test is None:
        return pd.DataFrame(columns=["class", "precision", "recall", "F1", "support"])
    rows = [
        {
            "class": name,
            "precision": scores.precision,
            "recall": scores.recall,
            "F1": scores.f1,
            "support": scores.support,
        }
        for name, scores in test.per_class.items()
    ]
    average = {"precision": test.macro_precision, "recall": test.macro_recall, "F1": test.macro_f1}
    return pd.DataFrame([*rows, {"class": "macro average", **average, "support": test.n}])


def rows_of_cell(record: RunRecord, labels: Sequence[int], label: str, prediction: str) -> list[int]:
    """Rows of the test part with this label and prediction; `labels` are the labels of the whole test part."""
    test = record.metrics.test
    if test is None or test.mistakes is None:
        raise CheckpointError(f"Run '{record.name}' did not keep its prediction for each row. Evaluate it again.")
    wrong = dict(test.mistakes)
    cell = test.classes.index(label), test.classes.index(prediction)
    return [row for row, label_index in enumerate(labels) if (label_index, wrong.get(row, label_index)) == cell]


def data_sets(records: Sequence[RunRecord]) -> dict[str, str]:
    """Run -> the data it was, or will be, tested on, in words; two runs have the same words only for the same rows."""
    names: dict[tuple[object, ...], str] = {}
    sets = {}
    for record in records:
        data, test = record.card.config.data, record.metrics.test
        key = (data.name, data.split, record.card.classes, *((record.metrics.data_digest, test.n) if test else ()))
        name = Path(data.name).name + (f", n = {test.n:,}" if test else "")
        if key not in names:
            names[key] = name if name not in names.values() else f"{name}, {data.split} ({len(names) + 1})"
        sets[record.name] = names[key]
    return sets


def accuracy_rows(records: Sequence[RunRecord]) -> list[AccuracyRow]:
    """Our tested runs and the report's results for the same architectures, as dots of one chart.

    Where the runs were tested on different data, each line names its own.
    """
    rows = []
    tested = [record for record in records if record.metrics.test]
    sets = data_sets(tested)
    for record in tested:
        test, architecture = record.metrics.test, record.kind
        if test:
            interval = (test.accuracy_low, test.accuracy_high)
            line = f"{architecture} ({sets[record.name]})" if len(set(sets.values())) > 1 else architecture
            rows.append(AccuracyRow(line, "ours", record.name, test.accuracy, *interval))
    lines: dict[str, str] = {}  # the report's result stands on the first line of its architecture
    for record, row in zip(tested, rows, strict=True):
        lines.setdefault(record.kind, row.architecture)
    reported = [kind for kind in lines if kind in REPORT]
    return rows + [AccuracyRow(lines[kind], "report", "workshop report", REPORT[kind].accuracy) for kind in reported]


def machines(records: Sequence[RunRecord]) -> list[str]:
    """The machines on which the runs were trained, each once."""
    return list(dict.fromkeys(_machine(record.metrics.environment) for record in records if record.metrics.cost))


def _machine(environment: dict[str, str]) -> str:
    parts = ("device", "cpu", "precision")
    known = [environment[part] for part in parts if part in environment]
    return ", ".join([*known, f"{environment.get('threads', '?')} threads", f"torch {environment.get('torch', '?')}"])


def task_figures(records: Sequence[RunRecord]) -> dict[int, list[str]]:
    """Task number -> a line for each of its tested architectures: our accuracy and the report's."""
    ours: dict[str, list[float]] = {}
    for record in records:
        if record.metrics.test:
            ours.setdefault(record.kind, []).append(record.metrics.test.accuracy)
    lines = {
        task: [f"{label}: {_with_report(name, ours[name])}" for name, label in runs.items() if name in ours]
        for task, runs in TASK_RUNS.items()
    }
    return {task: rows for task, rows in lines.items() if rows}


def _with_report(name: str, accuracies: Sequence[float]) -> str:
    """With several seeds, the lowest and the highest accuracy."""
    ends = dict.fromkeys(percent(accuracy, 1) for accuracy in (min(accuracies), max(accuracies)))
    ours = " to ".join(end.removesuffix(" %") for end in ends) + " %"
    if name in REPORT:
        return f"report {percent(REPORT[name].accuracy)}, ours {ours}"
    return f"report {REPORTED_AS[name]}, ours {ours}" if name in REPORTED_AS else f"ours {ours}"
