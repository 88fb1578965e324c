"""The command line's verbs. Each imports what it needs when it runs, so that `--help` answers at once."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from typer.exceptions import TyperException

from ccds_core.cli_attend import attend
from ccds_core.cli_bench import bench_app
from ccds_core.cli_code import code
from ccds_core.cli_data import data_app
from ccds_core.cli_explain import explain
from ccds_core.cli_faithfulness import faithfulness
from ccds_core.cli_jobs import jobs_app, worker
from ccds_core.cli_signal import signal
from ccds_core.cli_tokens import tokens
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
app.add_typer(data_app, name="data")
app.add_typer(bench_app, name="bench")
app.add_typer(jobs_app, name="jobs")
app.command("worker")(worker)
app.command("train")(train)
app.command("code")(code)
app.command("attend")(attend)
app.command("tokens")(tokens)
app.command("explain")(explain)
app.command("faithfulness")(faithfulness)
app.command("signal")(signal)

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
    except OSError as error:  # a full disk, a folder that may not be written
        where = f"'{error.filename}'" if error.filename else "A file"
        typer.echo(f"{where} cannot be read or written: {error.strerror or error}.", err=True)
        sys.exit(BAD_INPUT)
    except typer.Abort:
        sys.exit(INTERRUPTED)


def usage_sentence(error: TyperException) -> str:
    """What is wrong with the words typed, in one line; the help where there were none."""
    said = error.format_message()
    if said.startswith("Usage:"):  # no words at all are answered with the help
        return said
    return " ".join(said.split()).rstrip(".") + "."


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
    file: Annotated[Path | None, typer.Argument(help="A picture: JPEG, PNG, WebP, GIF or BMP.")] = None,
    text: Annotated[str | None, typer.Option(help="A sentence, instead of a picture.")] = None,
    model: Annotated[str, typer.Option(help="A run; usual: architecture-4, and bert-emotion for a text.")] = "",
    as_json: AsJson = False,
) -> None:
    """Classify a picture or a sentence."""
    from ccds_core.answers import classify_file, classify_text

    if (file is None) == (text is None):
        raise InvalidInputError("Give a picture's file, or a sentence with --text; one of the two.")
    if text is not None:
        prediction, notices = classify_text(model or "bert-emotion", text)
    else:
        prediction, notices = classify_file(model or "architecture-4", cast(Path, file)), []
    probabilities = dict(zip(prediction.classes, prediction.probabilities.tolist(), strict=True))
    if as_json:
        said = {"model": model or ("bert-emotion" if text is not None else "architecture-4")}
        said |= {"prediction": prediction.prediction}
        _print_json({**said, "probabilities": probabilities, **({"notices": notices} if notices else {})})
        return
    for name, probability in sorted(probabilities.items(), key=lambda item: -item[1]):
        typer.echo(f"{name:12s} {probability:6.1%}")
    for notice in notices:
        typer.echo(notice, err=True)


@app.command()
def presets() -> None:
    """The workshop's models that can be trained by name."""
    from ccds_core.presets import PRESETS

    for preset in PRESETS.values():
        typer.echo(f"{preset.name:26s} {preset.summary}")


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


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2))
