"""The clock is set by an hour, forward or back: a live run stays alive, a dead one dead, and both go on telling."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from ccds_core.jobs import control, process
from ccds_core.jobs.protocol import STATUS, read_live
from tests.support.job_helpers import named, outcome_of, updates_of, work, work_to
from tests.support.job_processes import ROOT

HOUR = 3600.0
SLEEPER = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]


@pytest.fixture(params=[HOUR, -HOUR], ids=["forward", "back"])
def set_clock(request, monkeypatch):
    """Set the clock: what Linux says of the time now and, derived from it, of the time at which the machine started."""
    real_time, real_boot = time.time, psutil._psplatform.boot_time

    def set_it():
        monkeypatch.setattr(time, "time", lambda: real_time() + request.param)
        monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: real_boot() + request.param)

    return set_it


def test_the_injected_clock_moves_what_the_system_says_of_a_processs_beginning(set_clock):
    before = psutil.Process().create_time()
    set_clock()
    assert abs(abs(psutil.Process().create_time() - before) - HOUR) < 1


def test_a_live_process_stays_alive_and_a_dead_one_dead(set_clock):
    with subprocess.Popen(SLEEPER, stdout=subprocess.PIPE, cwd=ROOT) as sleeper:
        sleeper.stdout.readline()
        began = process.start_time(sleeper.pid)
        set_clock()
        assert process.is_alive(sleeper.pid, began)
        assert not process.is_alive(sleeper.pid, began - 10), "another process that took over its number"
        sleeper.kill()
        sleeper.wait()
        assert not process.is_alive(sleeper.pid, began)


def test_a_run_under_way_is_still_running_tells_how_far_it_is_and_ends_the_same(scheduler, set_clock):
    control.start(named("a", epochs=1))
    work(scheduler)
    control.start(named("b", epochs=1))
    work_to(scheduler, "b", 2)
    set_clock()
    told = read_live(control.protocol.find_folder("b"))
    assert (told.pid, control.status("b").state) == (os.getpid(), "running")
    scheduler.active[0].status_file._written_at -= 1.0  # as if the step had taken a second: the next write is due
    work_to(scheduler, "b", 3)
    assert control.status("b").steps_done == 3
    work(scheduler)
    assert updates_of("b") == [1, 2, 3]
    assert outcome_of("b")[0] == outcome_of("a")[0]


def test_a_run_whose_process_died_is_interrupted_whatever_the_clock_says(scheduler, set_clock):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    path = control.protocol.find_folder("a") / STATUS
    on_disk = path.read_text()
    scheduler.clear()
    path.write_text(on_disk)  # as it stays behind when a process is killed
    set_clock()
    assert control.status("a").state == "interrupted"
