"""The command line's verbs. Each imports what it needs when it runs, so that `--help` answers at once."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from ccds_core.cli_train import INTERRUPTED, train
from ccds_core.errors import CcdsError, InvalidInputError

BAD_INPUT = 2  # exit code

app = typer.Typer(
    name="python -m ccds_core",
    help="CCDS Explorer without a screen: train, evaluate and ask the workshop's networks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
data_app = typer.Typer(help="Data sets: what is here, and the download.", no_args_is_help=True)
bench_app = typer.Typer(help="Measurements, as ratios within one run.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.add_typer(bench_app, name="bench")
app.command("train")(train)

RunName = Annotated[str, typer.Argument(help="A run, as 'runs' lists them.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line; an error of the core or of the words typed is one sentence on stderr and exit code 2."""
    try:
        sys.exit(app(standalone_mode=False))
    except CcdsError as error:
        typer.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    except TyperException as error:
        typer.echo(usage_sentence(error), err=True)
        sys.exit(BAD_INPUT)
    except typer.Abort:
        sys.exit(INTERRUPTED)


def usage_sentence(error: TyperException) -> str:
    """What is wrong with the words typed, in one line; the help where there were none."""
    said = error.format_message()
    if said.startswith("Usage:"):  # no words at all are answered with the help
        return said
    return " ".join(said.split()).rstrip(".") + "."


@data_app.command("status")
def data_status(as_json: AsJson = False) -> None:
    """Which data sets are on this machine, and where they were found."""
    from ccds_core.data import cifar10

    found = cifar10.find()
    arrays = cifar10.load() if found else None
    status: dict[str, Any] = {
        "cifar10": {
            "found": found is not None,
            "form": found.form if found else None,
            "path": str(found.path) if found else None,
            "pictures": len(arrays.labels) if arrays else 0,
            "source": arrays.source if arrays else None,
            "digest": arrays.digest if arrays else None,
        },
        "digits": {"found": True, "form": "bundled with scikit-learn"},
    }
    if as_json:
        _print_json(status)
    elif found and arrays:
        typer.echo(f"cifar10  {len(arrays.labels):,} pictures, {arrays.source}, {found.form} at {found.path}")
        typer.echo("digits   bundled with scikit-learn")
    else:
        typer.echo(f"cifar10  {cifar10.missing_text()}")
        typer.echo("digits   bundled with scikit-learn")


@data_app.command("fetch")
def data_fetch() -> None:
    """Download CIFAR-10 (163 MB) into the data folder, with a progress bar."""
    from ccds_core.data import cifar10

    typer.echo(f"CIFAR-10 is in {cifar10.fetch()}.")


@app.command()
def evaluate(
    run_name: RunName,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    as_json: AsJson = False,
) -> None:
    """Measure a run again on one part of its own split."""
    from ccds_core.evaluation import evaluate_run

    evaluation = evaluate_run(run_name, split)
    if not as_json:
        low, high = evaluation.accuracy_low, evaluation.accuracy_high
        typer.echo(f"{run_name} on {split} (n = {evaluation.n:,}): accuracy {evaluation.accuracy:.4f} "
                   f"(95 % interval {low:.4f} to {high:.4f}), macro-F1 {evaluation.macro_f1:.4f}")  # fmt: skip
        return
    _print_json(
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


@app.command()
def predict(
    file: Annotated[Path, typer.Argument(help="A picture: JPEG, PNG, WebP, GIF or BMP.")],
    model: Annotated[str, typer.Option(help="A run, as 'runs' lists them.")] = "architecture-4",
    as_json: AsJson = False,
) -> None:
    """Classify a picture."""
    from ccds_core.checkpoints import load_classifier
    from ccds_core.data.uploads import MAX_BYTES, read_image

    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(f"'{file}' cannot be read: {error.strerror}.") from None
    image = read_image(content)
    classifier = load_classifier(model)
    prediction = classifier.predict(classifier.encode(image))
    probabilities = dict(zip(prediction.classes, prediction.probabilities.tolist(), strict=True))
    if as_json:
        _print_json({"model": model, "prediction": prediction.prediction, "probabilities": probabilities})
        return
    for name, probability in sorted(probabilities.items(), key=lambda item: -item[1]):
        typer.echo(f"{name:12s} {probability:6.1%}")


@app.command()
def runs(as_json: AsJson = False) -> None:
    """Every run, shipped or made here."""
    from ccds_core.run_folders import list_damaged, list_runs

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
        _print_json(rows)
        return
    for row in rows:
        accuracy = "-" if row["test_accuracy"] is None else f"{row['test_accuracy']:.4f}"
        typer.echo(f"{row['name']:32s} {row['status']:12s} {accuracy}")
    if not rows:
        typer.echo("No run yet. Train one: python -m ccds_core train architecture-1 --data digits --epochs 2")


@app.command("checkpoints")
def make_checkpoints() -> None:
    """Train and ship all checkpoints of the workshop; finished runs are not trained again."""
    from ccds_core import shipping

    for line in shipping.make_checkpoints():
        typer.echo(line)


@app.command()
def ship(
    run_name: Annotated[str, typer.Argument(help="A finished run made here.")],
    as_name: Annotated[str, typer.Option("--as", help="Its name among the shipped ones.")] = "",
    weights: Annotated[bool, typer.Option(help="Ship the weights, not only the figures.")] = True,
) -> None:
    """Copy a finished run into checkpoints/, in half precision where that costs no accuracy."""
    from ccds_core.evaluation import ship_run

    typer.echo(ship_run(run_name, as_name or run_name, weights))


@app.command()
def delete(run_name: Annotated[str, typer.Argument(help="A run made here.")]) -> None:
    """Remove a run made here, folder and all; shipped ones stay."""
    from ccds_core.runs import delete_run

    delete_run(run_name)
    typer.echo(f"Run '{run_name}' is gone.")


@bench_app.command("train")
def bench_train(as_json: AsJson = False) -> None:
    """Our training loop against the workshop notebook's, and against this machine's own matmul peak."""
    from ccds_core.bench import bench_training

    result = bench_training()
    if as_json:
        _print_json(asdict(result))
        return
    typer.echo(result.sentence())


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2))
