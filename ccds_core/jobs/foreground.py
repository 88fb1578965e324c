"""One run in this process, as the command line trains it; watched and steered through its folder like any other."""

import os
import shutil
import time
from collections.abc import Iterator

from ccds_core.config.run_config import RunConfig
from ccds_core.jobs import protocol, queue
from ccds_core.jobs.protocol import HELD, JobCard
from ccds_core.jobs.runner import Runner
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.runs import execute
from ccds_core.runs.records import CONFIG

PAUSE = 0.05  # seconds between two checks for commands while paused


def begin_here(config: RunConfig, snapshots: bool) -> Iterator[StepMetrics | EpochMetrics]:
    """Train a new run; if it cannot start, its folder is removed."""
    if _one_of_several():
        yield from execute.run(config)
        return
    folder = queue.take_name(JobCard(config, "command line", snapshots))
    try:
        yield from follow(config.name)
    finally:
        if not (folder / CONFIG).is_file():
            shutil.rmtree(folder, ignore_errors=True)


def resume_here(name: str) -> Iterator[StepMetrics | EpochMetrics]:
    """Continue after the run's last finished epoch."""
    if _one_of_several():
        yield from execute.run(execute.resume_config(name), resume=True)
        return
    folder = protocol.find_folder(name)
    protocol.send_command(folder, "play")
    protocol.name_backend(folder, "command line")
    yield from follow(name)


def follow(name: str) -> Iterator[StepMetrics | EpochMetrics]:
    """Yield each step and epoch of the run until it ends or is stopped. Raises the error that ended it."""
    run = Runner(name)
    try:
        while run.status.state in HELD:
            before = run.metrics
            if run.advance() == "paused":
                time.sleep(PAUSE)
            if run.metrics is not None and run.metrics is not before:
                yield run.metrics
    finally:
        run.interrupt()
    if run.error:
        raise run.error


def _one_of_several() -> bool:
    """Whether `torchrun` started several processes; then none may wait for a command that the others do not read."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1
