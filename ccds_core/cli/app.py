"""The verb `app`, which starts the app in the browser, and the option `--version`."""

import os
import sys
import tomllib
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import typer

from ccds_core.paths import INSTALLED, PROJECT

DISTRIBUTION = "ccds-explorer"
REST = {"allow_extra_args": True, "ignore_unknown_options": True}  # options for Streamlit


def start_app(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port: the app opens on http://localhost:PORT.")] = 8501,
) -> None:
    """Start the app in the browser; further options go to 'streamlit run'."""
    command = app_command(port, context.args)
    os.execv(command[0], command)  # so that a signal to this process ends the app


def app_command(port: int, rest: Sequence[str]) -> list[str]:
    """The command that starts the app; Streamlit reads `.streamlit/config.toml` beside the script, from any folder."""
    script = str(PROJECT / "streamlit_app.py")
    return [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *rest]


def version() -> str:
    """The installed version, or that of the checkout."""
    if INSTALLED:
        return metadata.version(DISTRIBUTION)
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def program(
    show_version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version.")] = False,
) -> None:
    """The options before the verb."""
    if show_version:
        typer.echo(f"ccds {version()}")
        raise typer.Exit
