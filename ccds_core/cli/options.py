"""Options that several verbs share, and those that follow from the fields of a run's config."""

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, get_type_hints

import typer

from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig, describe_fields, splits_of
from ccds_core.errors import InvalidConfigError

RunName = Annotated[str, typer.Argument(help="A run, as 'runs' lists them.")]
PartName = Annotated[str, typer.Option(help="Part of the run's data: train, val or test.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PARTS = ("train", "val", "test")
NOT_OPTIONS = ("rate_changes",)  # fields that change while a run trains


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    typer.echo(json.dumps(value, indent=2))


def default_name(preset: str, choices: Mapping[str, Any]) -> str:
    """The name of a run where none is given."""
    from ccds_core.config.presets import find_preset

    data = choices.get("data") or find_preset(preset).data.name
    suffix = {"cifar10": "-cifar10", "digits": "-digits", "emotion": ""}.get(data, "-own")
    return f"{preset}{suffix}-seed-{choices.get('seed') or 0}"


def build_config(preset: str, name: str, choices: Mapping[str, Any]) -> RunConfig:
    """A preset's config with options of the command line in place of its own.

    Args:
        preset: a name of `config.presets.PRESETS`.
        name: the name of the run.
        choices: option -> value, None where the option was not given. The options are `data` (a data set's name),
            `split`, `limit`, `eval_limit`, and the fields of the preset's model options and of `TrainConfig`.

    Returns:
        The config of the run.

    Raises:
        InvalidConfigError: an option belongs to another model family, or a value is out of range.

    Example:
        >>> build_config("architecture-1", "mine", {"epochs": 2, "dropout": None}).train.epochs
        2
    """
    from ccds_core.config.presets import find_preset, with_preset

    base = find_preset(preset).config(name)
    given = {key: value for key, value in choices.items() if value is not None}
    data_name = given.pop("data", base.data.name)
    split = given.pop("split", base.data.split if data_name == base.data.name else splits_of(data_name)[0])
    data = DataConfig(data_name, split, given.pop("limit", 0), given.pop("eval_limit", 0))
    options = {field.name: given.pop(field.name) for field in fields(base.options) if field.name in given}
    foreign = sorted(given.keys() - {field.name for field in fields(TrainConfig)})
    if foreign:
        flags = ", ".join(f"--{key.replace('_', '-')}" for key in foreign)
        raise InvalidConfigError(f"The preset '{preset}' does not take {flags}; other models do.")
    chosen = replace(base.options, **options)
    return with_preset(replace(base, options=chosen, data=data, train=replace(base.train, **given)))


def list_options(records: Iterable[type]) -> list[inspect.Parameter]:
    """An option of the command line for each field of the records; a field of several is one option."""
    texts: dict[str, list[str]] = {}
    kinds: dict[str, Any] = {}
    for record in records:
        described = {name: text for name, text in describe_fields(record).items() if name not in NOT_OPTIONS}
        kinds |= {name: kind for name, kind in get_type_hints(record).items() if name in described}
        for name, text in described.items():
            texts.setdefault(name, []).append(text)
    return [build_option(name, kinds[name], "; or ".join(dict.fromkeys(parts))) for name, parts in texts.items()]


def build_option(name: str, kind: Any, text: str) -> inspect.Parameter:
    """An option that is None where it is not given."""
    annotation = Annotated[kind | None, typer.Option(help=text)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def add_options(verb: Callable[..., None], options: Iterable[inspect.Parameter], flags: Mapping[str, str]) -> None:
    """Give a verb, besides its preset, these options and these switches with their help."""
    parameters = [inspect.signature(verb).parameters["preset"], *options]
    for flag, text in flags.items():
        name = "as_json" if flag == "json" else flag
        annotation = Annotated[bool, typer.Option(f"--{flag}", help=text)]
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=annotation))
    verb.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    verb.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def take_options_of(verb: Callable[..., None], record: type) -> None:
    """Give a verb the arguments and options that a record's fields describe; typer reads them from its signature."""
    verb.__signature__ = inspect.signature(record)  # type: ignore[attr-defined]
    verb.__annotations__ = get_type_hints(record, include_extras=True)
