"""A runs folder of its own for each test of the Train page, and the worker's scheduler in the test's process."""

import pytest

from ccds_core.jobs import control, worker
from ccds_core.jobs.worker import Scheduler
from ccds_core.models import cnn_layers
from pages.ui.train import loaders
from tests.pages.train.reading import RUNS
from tests.support.job_helpers import named, work


@pytest.fixture(autouse=True)
def lab(tmp_path, monkeypatch):
    """Small networks, a runs folder of this test's own, no data set but the digits."""
    monkeypatch.setattr(cnn_layers, "STAGES", ((4, 8), (8, 8), (8, 8)))
    monkeypatch.setattr(cnn_layers, "HIDDEN", (32, 16))
    monkeypatch.setattr(worker, "LISTEN", 0.0)
    monkeypatch.setattr(loaders, "FRESH", 1e-9)
    for name in ("RUNS", "CHECKPOINTS", "DATA", "CACHE"):
        monkeypatch.setenv(f"CCDS_{name}_DIR", str(tmp_path / name.lower()))


@pytest.fixture
def scheduler():
    scheduler = Scheduler()
    yield scheduler
    scheduler.clear()


@pytest.fixture
def two_finished(scheduler):
    """Two runs of three epochs, shown as those of one lesson."""
    for name in RUNS:
        control.start(named(name))
    work(scheduler)
