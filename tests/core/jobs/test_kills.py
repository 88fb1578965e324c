"""kill -9 of the worker, of the server and of both: no run lost, no step lost or repeated, the same weights.

`CCDS_KILLS=5` kills each of them five times.
"""

import os
import random
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig, TrainConfig, config_to_json
from ccds_core.jobs import control, launcher
from tests.conftest import TINY
from tests.support.job_helpers import outcome_of
from tests.support.job_processes import ROOT, kill_worker, start_server, wait_for, write_command

KILLS = int(os.environ.get("CCDS_KILLS", "1"))
CONFIG = RunConfig(
    "whole",
    options=CnnOptions(linear_batch_norm=True, dropout=0.3),
    data=replace(TINY.data, limit=200),
    train=TrainConfig(epochs=6, batch_size=4, precision="float32"),
)
STEPS = list(range(1, 6 * 50 + 1))

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
        patch.setattr(launcher, "COMMAND", write_command(folder))
        control.start(replace(CONFIG, name="warm-up"))
        wait_for(lambda: control.status("warm-up").state == "finished")
        began = time.monotonic()
        control.start(CONFIG)
        wait_for(lambda: control.status("whole").state == "finished")
        yield folder / "runs", time.monotonic() - began
        kill_worker()


@pytest.mark.parametrize("kill", range(KILLS))
@pytest.mark.parametrize("victims", ["worker", "server", "worker and server"])
def test_nothing_is_lost_or_doubled(place, victims, kill):
    folder, usual = place
    name, chance = f"{victims.replace(' ', '-')}-{kill}", random.Random(f"{victims} {kill}")
    control.ensure_worker()
    server = start_server(config_to_json(replace(CONFIG, name=name)), launcher.COMMAND)
    wait_for((folder / name).is_dir)
    time.sleep(chance.uniform(0.0, usual))
    if "server" in victims:
        server.kill()
    if "worker" in victims:
        kill_worker()
    if "worker" in victims:  # the system releases a killed process's lock a moment later
        wait_for(lambda: control.status(name).state in ("interrupted", "queued", "finished"), 5.0)
    told = control.status(name)
    seen = control.read_steps(name)
    assert [step.global_step for step in seen] == STEPS[: len(seen)]
    if told.state == "interrupted":
        control.resume(name)
    else:
        wait_for(lambda: control.ensure_worker() or launcher.pid())  # as a page does with every redraw
    wait_for(lambda: control.status(name).state == "finished")
    server.kill()
    server.wait()
    assert [step.global_step for step in control.read_steps(name)] == STEPS
    kept = [(step.global_step, step.loss) for step in control.read_steps(name)]
    assert kept == [(step.global_step, step.loss) for step in control.read_steps("whole")]
    assert outcome_of(name) == outcome_of("whole")
    assert control.snapshots(name) == list(range(1, 7))


def test_a_worker_ends_by_itself_when_its_spool_is_gone(place):
    folder, _ = place
    control.ensure_worker()
    wait_for(launcher.pid)
    pid = launcher.pid()
    (folder / ".jobs").rename(folder / "gone")
    with suppress(ProcessLookupError):
        wait_for(lambda: os.kill(pid, 0))
