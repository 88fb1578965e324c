"""The worker's scheduler in the process of the tests, and the outcome of its runs."""

from collections.abc import Callable
from dataclasses import replace

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig, TrainConfig
from ccds_core.jobs import control
from ccds_core.jobs.worker import Scheduler
from ccds_core.results import EpochMetrics
from ccds_core.runs.records import WEIGHTS, find_run
from tests.conftest import TINY

TRAIN = TrainConfig(epochs=3, batch_size=50, warmup_steps=2, precision="float32")  # three steps per epoch
BASE = RunConfig("a", options=CnnOptions(linear_batch_norm=True, dropout=0.4), data=TINY.data, train=TRAIN)


def named(name: str, **train: object) -> RunConfig:
    """The tests' run under another name, trained a little differently."""
    return replace(BASE, name=name, train=replace(TRAIN, **train))


def work(scheduler: Scheduler, until: Callable[[], bool] = lambda: False) -> None:
    """Step until there is nothing to do, or until a condition holds."""
    while not until() and scheduler.step():
        pass


def work_to(scheduler: Scheduler, name: str, n_steps: int) -> None:
    """Step until the run has so many steps."""
    work(scheduler, lambda: len(control.read_steps(name)) >= n_steps)


def outcome_of(name: str) -> tuple[bytes, list[EpochMetrics]]:
    """The bytes of a finished run's weights, and every loss on the way there: all but the time it took."""
    record = find_run(name)
    return (record.folder / WEIGHTS).read_bytes(), [replace(epoch, seconds=0.0) for epoch in record.metrics.history]


def updates_of(name: str) -> list[int]:
    """The numbers of the recorded steps."""
    return [step.global_step for step in control.read_steps(name)]
