"""The worker's desk in the tests' own process, and what is asked about the runs that go over it."""

from collections.abc import Callable
from dataclasses import replace

from ccds_core import jobs
from ccds_core.config import RunConfig, TrainConfig
from ccds_core.options import CnnOptions
from ccds_core.results import EpochMetrics
from ccds_core.run_folders import WEIGHTS, find_run
from ccds_core.worker import Desk
from tests.conftest import TINY

TRAIN = TrainConfig(epochs=3, batch_size=50, warmup_steps=2, precision="float32")  # three updates in an epoch
BASE = RunConfig("a", options=CnnOptions(linear_batch_norm=True, dropout=0.4), data=TINY.data, train=TRAIN)


def named(name: str, **train: object) -> RunConfig:
    """The tests' run under another name, trained a little differently."""
    return replace(BASE, name=name, train=replace(TRAIN, **train))


def work(desk: Desk, until: Callable[[], bool] = lambda: False) -> None:
    """Turn until there is nothing to do, or until something is so."""
    while not until() and desk.turn():
        pass


def work_to(desk: Desk, name: str, updates: int) -> None:
    """Turn until the run has so many updates."""
    work(desk, lambda: len(jobs.read_steps(name)) >= updates)


def outcome_of(name: str) -> tuple[bytes, list[EpochMetrics]]:
    """The bytes of a finished run's weights, and every loss on the way there: all but the time it took."""
    record = find_run(name)
    return (record.folder / WEIGHTS).read_bytes(), [replace(epoch, seconds=0.0) for epoch in record.metrics.history]


def updates_of(name: str) -> list[int]:
    """The numbers of the updates that are written down."""
    return [step.update for step in jobs.read_steps(name)]
