"""The verbs `runs`, `evaluate`, `ship` and `delete`: what is done with trained runs."""

from dataclasses import asdict
from typing import Annotated

import typer

from ccds_core.cli.options import AsJson, PartName, RunName, print_json


def runs(as_json: AsJson = False) -> None:
    """List every run, shipped or trained here."""
    from ccds_core.runs.records import list_damaged, list_runs

    rows = [
        {
            "name": record.name,
            "task": record.task,
            "status": record.status,
            "test_accuracy": record.metrics.test.accuracy if record.metrics.test else None,
            "parameters": record.metrics.cost.parameters if record.metrics.cost else None,
        }
        for record in list_runs()
    ]
    for fault in list_damaged():
        typer.echo(fault, err=True)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        accuracy = "-" if row["test_accuracy"] is None else f"{row['test_accuracy']:.4f}"
        typer.echo(f"{row['name']:32s} {row['status']:12s} {accuracy}")
    if not rows:
        typer.echo("No run yet. Train one: python -m ccds_core train architecture-1 --data digits --epochs 2")


def evaluate(run_name: RunName, split: PartName = "test", as_json: AsJson = False) -> None:
    """Measure the accuracy and macro-F1 of a run on one part of its data."""
    from ccds_core.runs.evaluate import evaluate_run
    from ccds_core.runs.records import find_run

    evaluation = evaluate_run(find_run(run_name), split)
    if not as_json:
        low, high = evaluation.accuracy_low, evaluation.accuracy_high
        typer.echo(f"{run_name} on {split} (n = {evaluation.n:,}): accuracy {evaluation.accuracy:.4f} "
                   f"(95 % interval {low:.4f} to {high:.4f}), macro-F1 {evaluation.macro_f1:.4f}")  # fmt: skip
        return
    print_json(
        {
            "model": run_name,
            "split": split,
            "n": evaluation.n,
            "accuracy": evaluation.accuracy,
            "macro_f1": evaluation.macro_f1,
            "classes": evaluation.classes,
            "confusion": evaluation.confusion,
            "per_class": {name: asdict(scores) for name, scores in evaluation.per_class.items()},
        }
    )


def ship(
    run_name: Annotated[str, typer.Argument(help="A finished run that was trained here.")],
    as_name: Annotated[str, typer.Option("--as", help="Name of the copy; default: the run's own.")] = "",
    weights: Annotated[bool, typer.Option(help="Copy the weights, not only the figures.")] = True,
) -> None:
    """Copy a finished run into checkpoints/, in half precision where that costs no accuracy."""
    from ccds_core.runs.evaluate import ship_run
    from ccds_core.runs.records import find_run

    typer.echo(ship_run(find_run(run_name), as_name or run_name, weights))


def delete(run_name: Annotated[str, typer.Argument(help="A run that was trained here.")]) -> None:
    """Delete a run that was trained here, with its folder; shipped runs stay."""
    from ccds_core.runs.execute import delete_run

    delete_run(run_name)
    typer.echo(f"Run '{run_name}' was deleted.")
