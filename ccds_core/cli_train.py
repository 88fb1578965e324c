"""The `train` verb: a preset under any option, with progress and time left on the terminal."""

import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from typing import Annotated, Any, get_type_hints

import typer

from ccds_core.config import DataConfig, RunConfig, Split, TrainConfig, describe_fields, splits_of
from ccds_core.errors import InvalidConfigError
from ccds_core.options import OPTIONS
from ccds_core.results import EpochMetrics, StepMetrics

NOT_TYPED = ("rate_changes",)  # fields that a run is given while it trains
INTERRUPTED = 130  # exit code, as a shell gives it after Ctrl-C


def train(
    preset: Annotated[str, typer.Argument(help="A model of the workshop, as 'presets' lists them.")] = "architecture-1",
    **choices: Any,
) -> None:
    """Train a preset under any option. A stopped run goes on with --resume."""
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
        typer.echo(f"Stopped. Go on from the last finished epoch: train --name {name} --resume", err=True)
        sys.exit(INTERRUPTED)
    if is_main_process():
        _report(name, as_json)


def default_name(preset: str, choices: dict[str, Any]) -> str:
    """What a run is called when no name is given."""
    from ccds_core.presets import find_preset

    data = choices.get("data") or find_preset(preset).data.name
    on = {"cifar10": "-cifar10", "digits": "-digits", "emotion": ""}.get(data, "-own")
    return f"{preset}{on}-seed-{choices.get('seed') or 0}"


def build_config(preset: str, name: str, choices: dict[str, Any]) -> RunConfig:
    """The preset's config with every option that was given put over it."""
    from ccds_core.presets import find_preset

    base = find_preset(preset).config(name)
    given = {key: value for key, value in choices.items() if value is not None}
    data_name = given.pop("data", base.data.name)
    split = given.pop("split", base.data.split if data_name == base.data.name else splits_of(data_name)[0])
    data = DataConfig(data_name, split, given.pop("limit", 0), given.pop("eval_limit", 0))
    options = {field.name: given.pop(field.name) for field in fields(base.options) if field.name in given}
    foreign = sorted(given.keys() - {field.name for field in fields(TrainConfig)})
    if foreign:
        said = ", ".join(f"--{key.replace('_', '-')}" for key in foreign)
        raise InvalidConfigError(f"The preset '{preset}' has no {said}: that belongs to other models.")
    return replace(base, options=replace(base.options, **options), data=data, train=replace(base.train, **given))


def check_resumed(name: str, choices: dict[str, Any]) -> None:
    """A resumed run keeps its config: refuse options that say otherwise."""
    from ccds_core.runs import resume_config

    config = resume_config(name)
    kept = asdict(config.options) | asdict(config.train) | asdict(config.data) | {"data": config.data.name}
    other = [key for key, value in choices.items() if value is not None and kept.get(key, "none") != value]
    if other:
        said = ", ".join(f"{key} {kept.get(key, 'none')}" for key in other)
        raise InvalidConfigError(f"Run '{name}' was begun with {said}, and a resumed run keeps its options. Drop them.")


def hand_over(config: RunConfig | None, name: str) -> None:
    """Leave the run to the worker, which goes on when this terminal is closed."""
    from ccds_core import jobs

    if config is None:
        jobs.resume(name)
    else:
        jobs.start(config)
    typer.echo(f"Run '{name}' is in the worker's hands: python -m ccds_core jobs list")


def run_with_progress(config: RunConfig | None, name: str, snapshots: bool, quiet: bool) -> None:
    """Pull the run to its end; one line per epoch and a bar with time left, unless `quiet`."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from ccds_core import runs
    from ccds_core.run_here import begin_here, resume_here

    epochs = (config or runs.resume_config(name)).train.epochs
    stream = begin_here(config, snapshots) if config else resume_here(name)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    console = Console(stderr=True, quiet=quiet or not is_main_process())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None, said="starting")
        for metrics in _timed(stream):
            if isinstance(metrics, EpochMetrics):
                progress.console.print(epoch_line(metrics, epochs))
            else:
                done = (metrics[0].epoch - 1) * metrics[0].n_steps + metrics[0].step
                said = f"epoch {metrics[0].epoch}/{epochs}  loss {metrics[0].loss:.3f}  {metrics[1]:.0f} per second"
                progress.update(task, completed=done, total=epochs * metrics[0].n_steps, said=said)


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
    rate, last = 0.0, time.perf_counter()
    for metrics in stream:
        now = time.perf_counter()
        if isinstance(metrics, EpochMetrics):
            yield metrics
        else:
            current = metrics.examples / max(now - last, 1e-9)
            rate = current if rate == 0 else 0.95 * rate + 0.05 * current
            yield metrics, rate
        last = time.perf_counter()


def _report(name: str, as_json: bool) -> None:
    """The finished run in a sentence or as JSON."""
    from ccds_core.run_folders import find_run

    record = find_run(name)
    test = record.metrics.test
    if as_json:
        accuracy = test.accuracy if test else None
        best = record.metrics.best_epoch
        row = {"name": name, "status": record.status, "test_accuracy": accuracy, "best_epoch": best}
        typer.echo(json.dumps({**row, "config": asdict(record.card.config)}, indent=2))
    elif test:
        typer.echo(
            f"{name}: test accuracy {test.accuracy:.4f} (95 % interval {test.accuracy_low:.4f} to "
            f"{test.accuracy_high:.4f}, n = {test.n:,}, {record.metrics.data_source}), "
            f"best epoch {record.metrics.best_epoch}. In {record.folder}."
        )


def list_options(records: Iterable[type]) -> list[inspect.Parameter]:
    """An option of the command line for each field of the records; a field of several is one option."""
    texts: dict[str, list[str]] = {}
    kinds: dict[str, Any] = {}
    for record in records:
        kinds |= {name: kind for name, kind in get_type_hints(record).items() if name in describe_fields(record)}
        for name, text in describe_fields(record).items():
            if name not in NOT_TYPED:
                texts.setdefault(name, []).append(text)
    return [_option(name, kinds[name], "; or ".join(dict.fromkeys(said))) for name, said in texts.items()]


def add_options(verb: Callable[..., None], options: Iterable[inspect.Parameter], flags: Mapping[str, str]) -> None:
    """Give a verb, besides its preset, these options and these switches with their help."""
    parameters = [inspect.signature(verb).parameters["preset"], *options]
    for flag, text in flags.items():
        name = "as_json" if flag == "json" else flag
        annotation = Annotated[bool, typer.Option(f"--{flag}", help=text)]
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=annotation))
    verb.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    verb.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def _option(name: str, kind: Any, text: str) -> inspect.Parameter:
    annotation = Annotated[kind | None, typer.Option(help=text)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _own_options() -> Iterator[inspect.Parameter]:
    """One for each field of every record, so that the two cannot drift apart."""
    said = describe_fields(DataConfig)
    yield _option("name", str, "Name of the run; its folder's name.")
    yield _option("data", str, said["name"])
    yield _option("split", Split, said["split"])
    yield _option("limit", int, said["limit"])
    yield _option("eval_limit", int, said["eval_limit"])
    yield from list_options((*OPTIONS.values(), TrainConfig))


add_options(
    train,
    _own_options(),
    {
        "resume": "Go on from the last finished epoch.",
        "detach": "Leave the run to the worker, which outlives this terminal.",
        "snapshots": "Keep the state after each epoch, to look back and to fork.",
        "json": "Print JSON.",
    },
)
