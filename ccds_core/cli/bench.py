"""The verb `bench`, which runs the benchmarks of a checkout. It stands alone: `scripts/` is not part of the core."""

import sys
from importlib import import_module

import typer

from ccds_core.errors import InvalidInputError
from ccds_core.paths import INSTALLED, PROJECT


def bench(context: typer.Context) -> None:
    """Run the benchmarks, each a ratio of two things measured in one run; only in a checkout of the project."""
    if INSTALLED:
        raise InvalidInputError("The benchmarks are in a checkout of the project: run 'python -m scripts.bench' there.")
    sys.path.insert(0, str(PROJECT))
    import_module("scripts.bench.verbs").bench_app(context.args, standalone_mode=False)
