"""One run in this process, told of and steered through its folder as the worker's are: what the command line does."""

import os
import shutil
import time
from collections.abc import Iterator

from ccds_core import job_files, runs, spool
from ccds_core.config import RunConfig
from ccds_core.job_files import HELD, JobCard
from ccds_core.live_run import LiveRun
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.run_folders import CONFIG

PAUSE = 0.05  # seconds between two looks at what is wished


def begin_here(config: RunConfig, snapshots: bool) -> Iterator[StepMetrics | EpochMetrics]:
    """Train a new run; one that cannot begin leaves its name free."""
    if _one_of_several():
        yield from runs.run(config)
        return
    folder = spool.take_name(JobCard(config, "command line", snapshots))
    try:
        yield from follow(config.name)
    finally:
        if not (folder / CONFIG).is_file():
            shutil.rmtree(folder, ignore_errors=True)


def resume_here(name: str) -> Iterator[StepMetrics | EpochMetrics]:
    """Go on after the run's last finished epoch."""
    if _one_of_several():
        yield from runs.run(runs.resume_config(name), resume=True)
        return
    folder = job_files.find_folder(name)
    job_files.write_wish(folder, "play")
    job_files.name_backend(folder, "command line")
    yield from follow(name)


def follow(name: str) -> Iterator[StepMetrics | EpochMetrics]:
    """Each update and epoch of the run as it happens, to its end or until it is stopped. Raises what ended it."""
    run = LiveRun(name)
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
    """Under `torchrun` none may wait for a wish that the others do not hear."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1
