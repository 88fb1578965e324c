"""Ray Jobs as the second backend: a run on a local cluster ends and shows like any other."""

import importlib.util
import secrets
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from ccds_core.errors import InvalidConfigError
from ccds_core.jobs import control, ray_backend
from ccds_core.runs.records import find_run
from tests.support.job_helpers import named, outcome_of, work
from tests.support.job_processes import wait_for, write_command

CLUSTER = """
import ray, sys
context = ray.init(include_dashboard=True, dashboard_host="127.0.0.1", num_cpus=1, log_to_driver=False)
print(context.dashboard_url, flush=True)
sys.stdin.read()  # until the test is done
"""
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install -r requirements-ray.txt"
)


@pytest.fixture(scope="module")
def cluster():
    """A local Ray cluster of one core; its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
        words = [sys.executable, "-W", "ignore", "-c", CLUSTER]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            yield f"http://{process.stdout.readline().strip()}"
            process.stdin.close()


@pytest.fixture
def on_ray(scheduler, cluster, monkeypatch, tmp_path):
    monkeypatch.setenv(ray_backend.ADDRESS, cluster)
    monkeypatch.setattr(ray_backend, "COMMAND", write_command(tmp_path))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as on the cluster: sums are rounded alike only if they are cut alike
    yield scheduler
    torch.set_num_threads(threads)


def state_of(name):
    return control.status(name).state


@needs_ray
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_run_on_ray_ends_and_shows_like_any_other(on_ray, monkeypatch):
    control.start(named("far"))
    control.start(named("next"), paused=True)
    assert (state_of("next"), control.status("next").backend) == ("queued", "ray")
    wait_for(lambda: state_of("far") == "finished")
    status = control.status("far")
    assert (status.backend, status.epoch, status.steps_done, status.epochs) == ("ray", 3, 9, 3)
    assert [step.global_step for step in control.read_steps("far")] == list(range(1, 10))
    assert control.snapshots("far") == [1, 2, 3]
    wait_for(lambda: state_of("next") == "paused")
    control.step("next", "epoch")
    wait_for(lambda: control.status("next").steps_done == 3)
    wait_for(lambda: state_of("next") == "paused")
    control.stop("next")
    wait_for(lambda: state_of("next") == "stopped")
    monkeypatch.delenv(ray_backend.ADDRESS)
    control.resume("next")
    assert control.status("next").backend == "worker"
    work(on_ray)
    assert outcome_of("far") == outcome_of("next")


@needs_ray
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_run_that_waits_for_the_cluster_can_be_stopped_and_one_that_fails_says_why(on_ray):
    control.start(replace(named("bad"), data=replace(named("bad").data, name="nowhere")))
    control.start(named("late"))
    assert (state_of("late"), control.status("late").message) == ("queued", "waiting for resources on the Ray cluster")
    control.stop("late")
    assert state_of("late") == "stopped"
    wait_for(lambda: state_of("bad") == "failed")
    assert "nowhere" in control.status("bad").message


def test_a_cluster_that_does_not_answer_is_one_sentence_and_leaves_the_name_free(scheduler, runs_folder, monkeypatch):
    monkeypatch.setenv(ray_backend.ADDRESS, "http://127.0.0.1:9")
    with pytest.raises(InvalidConfigError, match=r"There is no Ray cluster|Ray is not installed"):
        control.start(named("far"))
    assert list(runs_folder.iterdir()) == []
    monkeypatch.delenv(ray_backend.ADDRESS)
    control.start(named("far"))
    work(scheduler)
    assert find_run("far").status == "finished"
