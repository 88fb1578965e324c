"""The verb `worker`, and those under `jobs`: runs that are trained in another process."""

from dataclasses import asdict
from typing import Annotated

import typer

from ccds_core.cli.options import AsJson, print_json

JobName = Annotated[str, typer.Argument(help="A run that was trained here, as 'jobs list' shows them.")]

jobs_app = typer.Typer(help="Runs in another process: list, pause, stop, resume.", no_args_is_help=True)


def worker(
    minutes: Annotated[float, typer.Option(help="End after so many minutes without a run.")] = 30.0,
    lock: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Train the queued runs, one at a time; the app starts a worker by itself."""
    from ccds_core.jobs.worker import work

    work(minutes * 60, lock)


@jobs_app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """List the runs that were trained here, with their state."""
    from ccds_core.jobs import control

    rows = [asdict(status) for status in control.list_jobs()]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['name']:32s} {row['state']:12s} epoch {row['epoch']} of {row['epochs']}  {row['message']}")
    if not rows:
        typer.echo("No run yet. Start one: python -m ccds_core train architecture-1 --data digits --detach")


@jobs_app.command("resume")
def resume(run_name: JobName) -> None:
    """Queue a run that is stopped, interrupted or failed."""
    from ccds_core.jobs import control

    control.resume(run_name)


@jobs_app.command("pause")
def pause(run_name: JobName) -> None:
    """Pause a run after its current step."""
    from ccds_core.jobs import control

    control.pause(run_name)


@jobs_app.command("play")
def play(run_name: JobName) -> None:
    """Continue a paused run."""
    from ccds_core.jobs import control

    control.play(run_name)


@jobs_app.command("stop")
def stop(run_name: JobName) -> None:
    """Stop a run; 'resume' continues it from the last finished epoch."""
    from ccds_core.jobs import control

    control.stop(run_name)


@jobs_app.command("run", hidden=True)
def run(run_name: JobName) -> None:
    """Train a queued run in this process, as a Ray job does."""
    from ccds_core.jobs.foreground import follow

    for _ in follow(run_name):
        pass
