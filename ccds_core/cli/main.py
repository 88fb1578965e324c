"""The command line: all verbs in one app, and `main`, which turns errors into one sentence and an exit code."""

import inspect
import sys

import typer
from typer.exceptions import TyperException

from ccds_core.cli.app import REST, program, start_app
from ccds_core.cli.attend import attend
from ccds_core.cli.bench import bench
from ccds_core.cli.data import data_app
from ccds_core.cli.explain import explain
from ccds_core.cli.faithfulness import faithfulness
from ccds_core.cli.jobs import jobs_app, worker
from ccds_core.cli.predict import predict
from ccds_core.cli.presets import code, presets
from ccds_core.cli.runs import delete, evaluate, runs, ship
from ccds_core.cli.signal import signal
from ccds_core.cli.tokens import tokens
from ccds_core.cli.train import INTERRUPTED, train
from ccds_core.cli.trust import trust
from ccds_core.errors import CcdsError

BAD_INPUT = 2  # exit code
VERBS = (
    train,
    predict,
    explain,
    attend,
    tokens,
    faithfulness,
    trust,
    signal,
    evaluate,
    runs,
    presets,
    code,
    ship,
    delete,
)

app = typer.Typer(
    help="CCDS Explorer: train, evaluate and explain image and text classifiers from the command line.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.callback(invoke_without_command=True)(program)
app.command("app", context_settings=REST)(start_app)
for verb in (*VERBS, worker):
    app.command(verb.__name__, help=inspect.cleandoc(verb.__doc__ or "").split("\n\n")[0])(verb)
app.command("bench", context_settings=REST | {"help_option_names": []})(bench)
for name, group in {"data": data_app, "jobs": jobs_app}.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line."""
    run(app)


def run(verbs: typer.Typer) -> None:
    """Run verbs and exit; an error of the core or of the arguments is one sentence on stderr and exit code 2."""
    try:
        sys.exit(verbs(standalone_mode=False))
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
    """What is wrong with the arguments, in one line; the help where there were none."""
    message = error.format_message()
    if message.startswith("Usage:"):  # without arguments the message is the help
        return message
    return " ".join(message.split()).rstrip(".") + "."
