"""Who holds a run: a process counts by its number and its beginning, and a lock is free when its holder is dead."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from ccds_core import job_status, jobs, processes, spool, worker_process
from ccds_core.errors import InvalidConfigError
from ccds_core.job_files import STATUS, write_wish
from ccds_core.live_run import LiveRun
from ccds_core.run_folders import find_run
from ccds_core.run_here import begin_here
from ccds_core.worker import Desk
from ccds_core.worker import work as work_for
from tests.core.desks import named, outcome_of, work, work_to
from tests.core.job_processes import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from ccds_core.processes import try_lock
lock = try_lock(Path(sys.argv[1]))
print(flush=True)
time.sleep(60)
"""
SLEEPER = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]


@pytest.fixture
def sleeper():
    """A process that does nothing."""
    with subprocess.Popen(SLEEPER, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process
        process.kill()


def tell(name, **changes):
    """Write another status.json, as if another process had."""
    path = find_run(name).folder / STATUS
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_process_is_alive_until_it_ended_also_before_it_is_waited_for(sleeper):
    began = processes.start_time(sleeper.pid)
    assert abs(psutil.boot_time() + began - time.time()) < 30
    assert processes.is_alive(sleeper.pid, began)
    sleeper.kill()
    deadline = time.monotonic() + 10
    while processes.is_alive(sleeper.pid, began) and time.monotonic() < deadline:
        time.sleep(0.01)  # a zombie now, which still has its number
    os.kill(sleeper.pid, 0)
    assert not processes.is_alive(sleeper.pid, began)
    sleeper.wait()
    assert not processes.is_alive(sleeper.pid, began)


def test_a_number_that_another_process_took_over_is_not_the_same_process(sleeper):
    assert not processes.is_alive(sleeper.pid, processes.start_time(sleeper.pid) - 100)
    assert not processes.is_alive(0, 0.0)


def test_a_run_whose_process_is_gone_or_whose_number_was_taken_over_is_interrupted(desk, sleeper):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    assert jobs.status("a").state == "running"
    tell("a", pid=sleeper.pid)
    assert (jobs.status("a").state, jobs.status("a").said) == ("interrupted", "interrupted, resume from epoch 2")
    tell("a", pid=sleeper.pid, process_started=processes.start_time(sleeper.pid))
    assert jobs.status("a").state == "running"
    sleeper.kill()
    sleeper.wait()
    assert jobs.status("a").state == "interrupted"


def test_a_process_on_another_machine_counts_by_its_beat(desk):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    tell("a", host="elsewhere", pid=1)
    assert jobs.status("a").state == "running"
    tell("a", host="elsewhere", pid=1, beat=time.time() - job_status.SILENCE - 1)
    assert jobs.status("a").state == "interrupted"


def test_a_lock_is_held_once_and_free_when_its_holder_is_killed(tmp_path):
    path = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as holder:
        holder.stdout.readline()
        assert processes.try_lock(path) is None
        holder.kill()
        holder.wait()
    lock = processes.try_lock(path, seconds=5.0)
    assert lock is not None
    os.close(lock)


def test_a_run_is_trained_by_one_process_only(desk):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    with pytest.raises(InvalidConfigError, match="Run 'a' is trained by another process already"):
        LiveRun("a")
    other = Desk()
    spool.put_in_queue("a")
    assert not other.turn()
    assert spool.tickets() == [], "a ticket of a run under way is thrown away"
    work(desk)
    assert jobs.status("a").state == "finished"


def test_a_second_worker_ends_at_once_and_a_dead_ones_lock_is_no_hindrance(desk, monkeypatch):
    lock = processes.try_lock(spool.spool_dir() / spool.WORKER_LOCK)
    work_for(life=60.0)
    os.close(lock)
    assert worker_process.pid() is None
    monkeypatch.setattr("ccds_core.worker.warm_up", lambda: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    jobs.start(named("a", epochs=1))
    work_for(life=0.3)
    assert jobs.status("a").state == "finished"


def test_what_a_dead_worker_had_taken_or_not_is_found_again(desk):
    jobs.start(named("a"))
    jobs.start(named("b"))
    work_to(desk, "a", 4)
    desk.clear()
    assert [status.state for status in jobs.list_jobs()] == ["interrupted", "queued"]
    another = Desk()
    work(another)
    jobs.resume("a")
    work(another)
    assert outcome_of("a") == outcome_of("b")


def test_a_run_of_the_command_line_is_seen_and_steered_like_any_other(desk):
    stream = begin_here(named("a"), snapshots=False)
    for _ in range(4):
        next(stream)
    assert (jobs.status("a").state, jobs.status("a").backend) == ("running", "command line")
    write_wish(find_run("a").folder, "stop")
    assert list(stream) == []
    assert jobs.status("a").said == "stopped, resume from epoch 2"
    jobs.resume("a")
    jobs.start(named("b"))
    work(desk)
    assert outcome_of("a") == outcome_of("b")


def test_a_run_without_any_job_file_is_listed_too(desk, small_run):
    status = jobs.status("small")
    assert (status.state, status.epoch, status.updates_done, status.backend) == ("finished", 2, 12, "command line")
    (small_run / "manifest.json").unlink()
    assert replace(jobs.status("small"), said="").state == "interrupted"
    assert jobs.status("small").said == "interrupted, resume from epoch 1"


def test_a_ticket_left_while_the_worker_was_ending_is_taken_still(desk, monkeypatch):
    monkeypatch.setattr("ccds_core.worker.warm_up", lambda: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    begun = []

    def late(_):
        if not begun:
            begun.append("a")
            jobs.start(named("a", epochs=1))

    monkeypatch.setattr(Desk, "clear", late)
    work_for(life=0.2)
    assert jobs.status("a").state == "finished"
