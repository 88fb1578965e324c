"""The clock is set by an hour, forward or back: a live run stays alive, a dead one dead, and both go on telling."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from ccds_core import jobs, processes
from ccds_core.job_files import STATUS, read_live
from tests.core.desks import named, outcome_of, updates_of, work, work_to
from tests.core.job_processes import ROOT

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
        began = processes.start_time(sleeper.pid)
        set_clock()
        assert processes.is_alive(sleeper.pid, began)
        assert not processes.is_alive(sleeper.pid, began - 10), "another process that took over its number"
        sleeper.kill()
        sleeper.wait()
        assert not processes.is_alive(sleeper.pid, began)


def test_a_run_under_way_is_still_running_tells_how_far_it_is_and_ends_the_same(desk, set_clock):
    jobs.start(named("a", epochs=1))
    work(desk)
    jobs.start(named("b", epochs=1))
    work_to(desk, "b", 2)
    set_clock()
    told = read_live(jobs.job_files.find_folder("b"))
    assert (told.pid, jobs.status("b").state) == (os.getpid(), "running")
    desk.current._told_at -= 1.0  # as if the update had taken a second: the next telling is due
    work_to(desk, "b", 3)
    assert jobs.status("b").updates_done == 3
    work(desk)
    assert updates_of("b") == [1, 2, 3]
    assert outcome_of("b")[0] == outcome_of("a")[0]


def test_a_run_whose_process_died_is_interrupted_whatever_the_clock_says(desk, set_clock):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    with subprocess.Popen(SLEEPER, stdout=subprocess.PIPE, cwd=ROOT) as sleeper:
        sleeper.stdout.readline()
        path = jobs.job_files.find_folder("a") / STATUS
        text = path.read_text().replace(f'"pid": {os.getpid()}', f'"pid": {sleeper.pid}')
        path.write_text(text)  # its own beginning, and the number of another
        set_clock()
        assert jobs.status("a").state == "interrupted"
        sleeper.kill()
