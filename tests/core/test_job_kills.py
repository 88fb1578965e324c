"""kill -9 of the worker, of the server and of both: no run lost, no update lost or doubled, the same weights.

`CCDS_KILLS=5` kills each of them five times.
"""

import os
import random
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from ccds_core import jobs, worker_process
from ccds_core.config import RunConfig, TrainConfig, config_to_json
from ccds_core.options import CnnOptions
from tests.conftest import TINY
from tests.core.desks import outcome_of
from tests.core.job_processes import ROOT, kill_worker, start_server, wait_for, write_command

KILLS = int(os.environ.get("CCDS_KILLS", "1"))
CONFIG = RunConfig(
    "whole",
    options=CnnOptions(linear_batch_norm=True, dropout=0.3),
    data=replace(TINY.data, limit=200),
    train=TrainConfig(epochs=6, batch_size=4, precision="float32"),
)
UPDATES = list(range(1, 6 * 50 + 1))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A runs folder for all kills, with a worker of the small network and one run that nobody killed."""
    folder = tmp_path_factory.mktemp("kills")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCDS_RUNS_DIR", str(folder / "runs"))
        patch.setenv("CCDS_CHECKPOINTS_DIR", str(folder / "none"))
        patch.setenv("CCDS_CACHE_DIR", str(folder / "cache"))
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setattr(worker_process, "COMMAND", write_command(folder))
        jobs.start(replace(CONFIG, name="warm-up"))
        wait_for(lambda: jobs.status("warm-up").state == "finished")
        began = time.monotonic()
        jobs.start(CONFIG)
        wait_for(lambda: jobs.status("whole").state == "finished")
        yield folder / "runs", time.monotonic() - began
        kill_worker()


@pytest.mark.parametrize("kill", range(KILLS))
@pytest.mark.parametrize("victims", ["worker", "server", "worker and server"])
def test_nothing_is_lost_or_doubled(place, victims, kill):
    folder, usual = place
    name, chance = f"{victims.replace(' ', '-')}-{kill}", random.Random(f"{victims} {kill}")
    jobs.ensure_worker()
    server = start_server(config_to_json(replace(CONFIG, name=name)), worker_process.COMMAND)
    wait_for((folder / name).is_dir)
    time.sleep(chance.uniform(0.0, usual))
    if "server" in victims:
        server.kill()
    if "worker" in victims:
        kill_worker()
    told = jobs.status(name)
    if "worker" in victims and told.state != "finished":
        assert told.state in ("interrupted", "queued")
    seen = jobs.read_steps(name)
    assert [step.update for step in seen] == UPDATES[: len(seen)]
    if told.state == "interrupted":
        jobs.resume(name)
    else:
        jobs.ensure_worker()
    wait_for(lambda: jobs.status(name).state == "finished")
    server.kill()
    server.wait()
    assert [step.update for step in jobs.read_steps(name)] == UPDATES
    kept = [(step.update, step.loss) for step in jobs.read_steps(name)]
    assert kept == [(step.update, step.loss) for step in jobs.read_steps("whole")]
    assert outcome_of(name) == outcome_of("whole")
    assert jobs.snapshots(name) == list(range(1, 7))


def test_a_worker_ends_by_itself_when_its_spool_is_gone(place):
    folder, _ = place
    jobs.ensure_worker()
    wait_for(worker_process.pid)
    pid = worker_process.pid()
    (folder / ".jobs").rename(folder / "gone")
    with suppress(ProcessLookupError):
        wait_for(lambda: os.kill(pid, 0))
