"""The verbs of runs in another process: `worker`, and those under `jobs`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

RunName = Annotated[str, typer.Argument(help="A run made here, as 'jobs list' shows them.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

jobs_app = typer.Typer(help="Runs in another process: list, steer, resume.", no_args_is_help=True)


def worker(
    minutes: Annotated[float, typer.Option(help="End after so long without work.")] = 30.0,
    lock: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Train the runs that wait in the queue, one at a time; the app starts one by itself."""
    from ccds_core.worker import work

    work(minutes * 60, lock)


@jobs_app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """Every run made here and how it stands."""
    from ccds_core import jobs

    rows = [asdict(status) for status in jobs.list_jobs()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['name']:32s} {row['state']:12s} epoch {row['epoch']} of {row['epochs']}  {row['said']}")
    if not rows:
        typer.echo("No run yet. Start one: python -m ccds_core train architecture-1 --data digits --detach")


@jobs_app.command("resume")
def resume(run_name: RunName) -> None:
    """Queue a run that is stopped, interrupted or failed."""
    from ccds_core import jobs

    jobs.resume(run_name)


@jobs_app.command("pause")
def pause(run_name: RunName) -> None:
    """Stop after the update under way and stay ready."""
    from ccds_core import jobs

    jobs.pause(run_name)


@jobs_app.command("play")
def play(run_name: RunName) -> None:
    """Go on."""
    from ccds_core import jobs

    jobs.play(run_name)


@jobs_app.command("stop")
def stop(run_name: RunName) -> None:
    """End at once; 'resume' goes on from the last finished epoch."""
    from ccds_core import jobs

    jobs.stop(run_name)


@jobs_app.command("run", hidden=True)
def run(run_name: RunName) -> None:
    """Train a run that was handed over, in this process: what a Ray job does."""
    from ccds_core.run_here import follow

    for _ in follow(run_name):
        pass
