"""The verb `code`: a CNN of the workshop, under any option, as a PyTorch script or notebook."""

from typing import Annotated, Any

import typer

from ccds_core.cli_train import add_options, build_config, list_options
from ccds_core.config import TrainConfig
from ccds_core.options import CnnOptions


def code(
    preset: Annotated[str, typer.Argument(help="A CNN of the workshop, as 'presets' lists them.")] = "architecture-1",
    **choices: Any,
) -> None:
    """Print a CNN's model and training as code that needs torch and torchvision alone."""
    from ccds_core.errors import InvalidConfigError
    from ccds_core.network_code import diff_scripts, write_script
    from ccds_core.notebook_code import write_notebook

    notebook, diff = choices.pop("notebook"), choices.pop("diff")
    if notebook and diff:
        raise InvalidConfigError("Ask for a notebook or for the difference, not for both.")
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
