"""The verbs `presets` and `code`: the workshop's models by name, and each of its CNNs as a PyTorch script."""

from typing import Annotated, Any

import typer

from ccds_core.cli.options import add_options, build_config, list_options
from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import TrainConfig
from ccds_core.errors import InvalidConfigError


def presets() -> None:
    """List the models that can be trained by name."""
    from ccds_core.config.presets import PRESETS

    for preset in PRESETS.values():
        typer.echo(f"{preset.name:26s} {preset.summary}")


def code(
    preset: Annotated[str, typer.Argument(help="A CNN of the workshop, as 'presets' lists them.")] = "architecture-1",
    **choices: Any,
) -> None:
    """Print a CNN's model and training as code that needs only torch and torchvision."""
    from ccds_core.models.cnn_notebook import write_notebook
    from ccds_core.models.cnn_script import diff_scripts, write_script

    notebook, diff = choices.pop("notebook"), choices.pop("diff")
    if notebook and diff:
        raise InvalidConfigError("Choose --notebook or --diff, not both.")
    changed = any(value is not None for value in choices.values())
    config = build_config(preset, f"{preset}-changed" if changed else preset, choices)
    if diff:
        typer.echo(diff_scripts(config, build_config("architecture-1", "architecture-1", {})), nl=False)
    else:
        typer.echo(write_notebook(config) if notebook else write_script(config), nl=False)


add_options(
    code,
    (option for option in list_options((CnnOptions, TrainConfig)) if option.name != "precision"),  # always float32
    {"notebook": "Print a Jupyter notebook.", "diff": "Print the difference to architecture 1's script."},
)
