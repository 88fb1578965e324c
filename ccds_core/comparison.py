"""Runs side by side as tables: scores beside the report's, costs, and the options in which they differ."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from ccds_core.errors import CheckpointError
from ccds_core.figures.accuracy_dots import AccuracyRow
from ccds_core.presets import architecture_of
from ccds_core.run_folders import RunRecord
from ccds_core.workshop import REPORT

# what each task's figures are of, and what they are called there; Task 5 compares these two tables
TASK_RUNS = {
    1: {"architecture-1": "Architecture 1"},
    2: {"architecture-2": "2, sigmoid", "architecture-3": "3, extra conv", "architecture-4": "4, batch norm"},
    3: {"architecture-4": "Architecture 4"},
    4: {"architecture-5": "Architecture 5", "architecture-5-repaired": "Repaired"},
    5: {"text-embedding": "Learned table", "text-word2vec-fine-tuned": "Word2Vec"},
}
REPORTED_AS = {"architecture-5": '"similar"'}  # where the report gives a word and no figure
SCORES = {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "f1": "F1"}  # field -> column


def score_table(records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per run: our four scores (macro averages) beside the report's; empty where one has none."""
    rows = []
    for record in records:
        test = record.metrics.test
        ours = (test.accuracy, test.macro_precision, test.macro_recall, test.macro_f1) if test else (None,) * 4
        report = REPORT.get(architecture_of(record.name))
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
    """One row per run: parameters, multiply-adds, training compute and time, best epoch."""
    rows = []
    for record in records:
        cost = record.metrics.cost
        rows.append(
            {
                "run": record.name,
                "parameters": cost.parameters if cost else None,
                "multiply-adds per example": cost.multiply_adds if cost else None,
                "training compute, PFLOP": cost.training_flops / 1e15 if cost else None,
                "training time, s": cost.seconds if cost else None,
                "epochs": len(record.metrics.history),
                "best epoch": record.metrics.best_epoch,
                "tensors the initialiser touched": record.metrics.tensors_initialised,
            }
        )
    return pd.DataFrame(rows)


def difference_table(records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per option in which at least two of the runs differ, one column per run."""
    flat = {record.name: _flatten(record) for record in records}
    keys = list(dict.fromkeys(key for options in flat.values() for key in options))
    rows = []
    for key in keys:
        values = {name: options.get(key, "") for name, options in flat.items()}
        if len(set(values.values())) > 1:
            rows.append({"option": key} | values)
    return pd.DataFrame(rows, columns=["option", *flat])


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
    """Places in the test part whose label is the one and whose answer the other; `labels` are the part's own."""
    test = record.metrics.test
    if test is None or test.mistakes is None:
        raise CheckpointError(f"Run '{record.name}' did not keep its answers row by row: evaluate it again.")
    wrong = dict(test.mistakes)
    wanted = test.classes.index(label), test.classes.index(prediction)
    return [place for place, own in enumerate(labels) if (own, wrong.get(place, own)) == wanted]


def accuracy_rows(records: Sequence[RunRecord]) -> list[AccuracyRow]:
    """Our tested runs and the report's figures for the same architectures, as dots of one chart."""
    rows = []
    for record in records:
        test, architecture = record.metrics.test, architecture_of(record.name)
        if test:
            interval = (test.accuracy_low, test.accuracy_high)
            rows.append(AccuracyRow(architecture, "ours", record.name, test.accuracy, *interval))
    for architecture in dict.fromkeys(row.architecture for row in rows):
        if architecture in REPORT:
            rows.append(AccuracyRow(architecture, "report", "workshop report", REPORT[architecture].accuracy))
    return rows


def machines(records: Sequence[RunRecord]) -> list[str]:
    """What the runs were trained on, each machine once."""
    return list(dict.fromkeys(_machine(record.metrics.environment) for record in records if record.metrics.cost))


def _machine(environment: dict[str, str]) -> str:
    parts = ("device", "cpu", "precision")
    said = [environment[part] for part in parts if part in environment]
    return ", ".join([*said, f"{environment.get('threads', '?')} threads", f"torch {environment.get('torch', '?')}"])


def task_figures(records: Sequence[RunRecord]) -> dict[int, list[str]]:
    """Task number -> a line for each of its architectures that was tested here: our accuracy beside the report's."""
    ours: dict[str, list[float]] = {}
    for record in records:
        if record.metrics.test:
            ours.setdefault(architecture_of(record.name), []).append(record.metrics.test.accuracy)
    lines = {
        task: [f"{said}: {_beside_report(name, ours[name])}" for name, said in runs.items() if name in ours]
        for task, runs in TASK_RUNS.items()
    }
    return {task: found for task, found in lines.items() if found}


def _beside_report(name: str, accuracies: Sequence[float]) -> str:
    """Of several seeds, the lowest and the highest."""
    ends = dict.fromkeys(f"{100 * share:.1f}" for share in (min(accuracies), max(accuracies)))
    ours = f"{' to '.join(ends)} %"
    if name in REPORT:
        return f"report {100 * REPORT[name].accuracy:.0f} %, ours {ours}"
    return f"report {REPORTED_AS[name]}, ours {ours}" if name in REPORTED_AS else f"ours {ours}"


def _flatten(record: RunRecord) -> dict[str, str]:
    config = asdict(record.card.config)
    groups = [
        ("", {"model": config["model"]}),
        ("", config["options"]),
        ("data: ", config["data"]),
        ("", config["train"]),
    ]
    return {f"{prefix}{key}": str(value) for prefix, group in groups for key, value in group.items()}
