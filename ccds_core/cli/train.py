"""The verb `train`: a preset under any option, with progress and remaining time on the terminal."""

import inspect
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ccds_core.cli.options import add_options, build_config, build_option, default_name, list_options, print_json
from ccds_core.config.options import OPTIONS
from ccds_core.config.run_config import DataConfig, RunConfig, Split, TrainConfig, describe_fields
from ccds_core.errors import InvalidConfigError
from ccds_core.results import EpochMetrics, StepMetrics

INTERRUPTED = 130  # exit code, as a shell gives it after Ctrl-C


def train(
    preset: Annotated[str, typer.Argument(help="A model of the workshop, as 'presets' lists them.")] = "architecture-1",
    **choices: Any,
) -> None:
    """Train a preset under any option; --resume continues a run that was stopped."""
    name = choices.pop("name") or default_name(preset, choices)
    as_json, resume, detach, snapshots = (choices.pop(flag) for flag in ("as_json", "resume", "detach", "snapshots"))
    config = None if resume else build_config(preset, name, choices)
    if resume:
        check_resumed(name, choices)
    if detach:
        hand_over(config, name)
        return
    try:
        run_with_progress(config, name, snapshots, quiet=as_json)
    except KeyboardInterrupt:
        typer.echo(f"Stopped. Continue from the last finished epoch: train --name {name} --resume", err=True)
        sys.exit(INTERRUPTED)
    if is_main_process():
        _report(name, as_json)


def check_resumed(name: str, choices: Mapping[str, Any]) -> None:
    """A resumed run keeps its config: refuse options that differ from it."""
    from ccds_core.runs.execute import resume_config

    config = resume_config(name)
    kept = asdict(config.options) | asdict(config.train) | asdict(config.data) | {"data": config.data.name}
    changed = [key for key, value in choices.items() if value is not None and kept.get(key, "none") != value]
    if changed:
        values = ", ".join(f"{key} {kept.get(key, 'none')}" for key in changed)
        raise InvalidConfigError(f"Run '{name}' was started with {values}; a resumed run keeps its options. Drop them.")


def hand_over(config: RunConfig | None, name: str) -> None:
    """Leave the run to the worker, which continues when this terminal is closed."""
    from ccds_core.jobs import control

    if config is None:
        control.resume(name)
    else:
        control.start(config)
    typer.echo(f"Run '{name}' is queued for the worker. See its state: python -m ccds_core jobs list")


def run_with_progress(config: RunConfig | None, name: str, snapshots: bool, quiet: bool) -> None:
    """Train the run to its end; one line per epoch and a bar with the remaining time, unless `quiet`."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from ccds_core.jobs.foreground import begin_here, resume_here
    from ccds_core.runs import execute

    epochs = (config or execute.resume_config(name)).train.epochs
    stream = begin_here(config, snapshots) if config else resume_here(name)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[message]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, quiet=quiet or not is_main_process())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None, message="starting")
        for metrics in _timed(stream):
            if isinstance(metrics, EpochMetrics):
                progress.console.print(epoch_line(metrics, epochs))
            else:
                step, speed = metrics
                done = (step.epoch - 1) * step.n_steps + step.step
                shown = f"epoch {step.epoch}/{epochs}  loss {step.loss:.3f}  {speed:.0f} examples/s"
                progress.update(task, completed=done, total=epochs * step.n_steps, message=shown)


def epoch_line(metrics: EpochMetrics, epochs: int) -> str:
    """One epoch in one line."""
    return (
        f"epoch {metrics.epoch}/{epochs}: loss {metrics.train_loss:.4f} train, {metrics.val_loss:.4f} val; "
        f"val accuracy {metrics.val_accuracy:.4f}; {metrics.seconds:.0f} s"
    )


def is_main_process() -> bool:
    """Whether this is the first of the processes that `accelerate launch` or `torchrun` started; both set RANK."""
    return os.environ.get("RANK", "0") == "0"


def _timed(
    stream: Iterator[StepMetrics | EpochMetrics],
) -> Iterator[tuple[StepMetrics, float] | EpochMetrics]:
    """Each step with examples per second, smoothed over about twenty steps."""
    speed, last = 0.0, time.perf_counter()
    for metrics in stream:
        now = time.perf_counter()
        if isinstance(metrics, EpochMetrics):
            yield metrics
        else:
            current = metrics.examples / max(now - last, 1e-9)
            speed = current if speed == 0 else 0.95 * speed + 0.05 * current
            yield metrics, speed
        last = time.perf_counter()


def _report(name: str, as_json: bool) -> None:
    """The finished run in a sentence or as JSON."""
    from ccds_core.runs.records import find_run

    record = find_run(name)
    test = record.metrics.test
    if as_json:
        accuracy = test.accuracy if test else None
        best = record.metrics.best_epoch
        row = {"name": name, "status": record.status, "test_accuracy": accuracy, "best_epoch": best}
        print_json({**row, "config": asdict(record.card.config)})
    elif test:
        typer.echo(
            f"{name}: test accuracy {test.accuracy:.4f} (95 % interval {test.accuracy_low:.4f} to "
            f"{test.accuracy_high:.4f}, n = {test.n:,}, {record.metrics.data_source}), "
            f"best epoch {record.metrics.best_epoch}. Saved in {record.folder}."
        )


def _all_options() -> Iterator[inspect.Parameter]:
    """One for each field of every record of the config."""
    texts = describe_fields(DataConfig)
    yield build_option("name", str, "Name of the run and of its folder.")
    yield build_option("data", str, texts["name"])
    yield build_option("split", Split, texts["split"])
    yield build_option("limit", int, texts["limit"])
    yield build_option("eval_limit", int, texts["eval_limit"])
    yield from list_options((*OPTIONS.values(), TrainConfig))


add_options(
    train,
    _all_options(),
    {
        "resume": "Continue from the last finished epoch.",
        "detach": "Queue the run for the worker, which outlives this terminal.",
        "snapshots": "Save the state after each epoch, to rewind and to branch.",
        "json": "Print JSON.",
    },
)
