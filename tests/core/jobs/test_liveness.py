"""Who holds a run: a process counts by its number and its beginning, and a lock is free when its holder is dead."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import psutil
import pytest

from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.jobs import control, launcher, queue, ray_backend
from ccds_core.jobs import process as jobs_process
from ccds_core.jobs.foreground import begin_here
from ccds_core.jobs.protocol import RUN_LOCK, STATUS, send_command
from ccds_core.jobs.runner import Runner
from ccds_core.jobs.status_file import StatusFile
from ccds_core.jobs.worker import Scheduler
from ccds_core.jobs.worker import work as work_for
from ccds_core.paths import runs_dir
from ccds_core.runs.records import RESUME, find_run, read_resume_metadata
from ccds_core.runs.weights import load_tensors, save_tensors
from tests.support.job_helpers import named, outcome_of, work, work_to
from tests.support.job_processes import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from ccds_core.jobs.process import try_lock
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


def left_after(scheduler, steps):
    """The folder of a run that nobody trains any more after so many steps."""
    control.start(named("a"))
    work_to(scheduler, "a", steps)
    scheduler.clear()
    return find_run("a").folder


def test_a_process_is_alive_until_it_ended_also_before_it_is_waited_for(sleeper):
    began = jobs_process.start_time(sleeper.pid)
    assert abs(psutil.boot_time() + began - time.time()) < 30
    assert jobs_process.is_alive(sleeper.pid, began)
    sleeper.kill()
    deadline = time.monotonic() + 10
    while jobs_process.is_alive(sleeper.pid, began) and time.monotonic() < deadline:
        time.sleep(0.01)  # a zombie now, which still has its number
    os.kill(sleeper.pid, 0)
    assert not jobs_process.is_alive(sleeper.pid, began)
    sleeper.wait()
    assert not jobs_process.is_alive(sleeper.pid, began)


def test_a_number_that_another_process_took_over_is_not_the_same_process(sleeper):
    assert not jobs_process.is_alive(sleeper.pid, jobs_process.start_time(sleeper.pid) - 100)
    assert not jobs_process.is_alive(0, 0.0)


@pytest.fixture
def held_elsewhere(scheduler):
    """A run whose status says that it trains, and the process that holds its lock, as in another container."""
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    on_disk = (find_run("a").folder / STATUS).read_text()
    scheduler.clear()
    (find_run("a").folder / STATUS).write_text(on_disk)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, find_run("a").folder / RUN_LOCK],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as holder:
        holder.stdout.readline()
        yield holder
        holder.kill()


def test_who_holds_the_lock_trains_the_run_whatever_its_process_is_called(held_elsewhere):
    for other in ({}, {"pid": 1}, {"pid": 4_194_303}, {"host": "elsewhere", "heartbeat": 0.0}):
        tell("a", **other)
        assert control.status("a").state == "running", other
    with pytest.raises(InvalidConfigError, match="already running"):
        control.resume("a")


def test_nobody_trains_a_run_whose_lock_is_free_though_its_process_lives(held_elsewhere):
    held_elsewhere.kill()
    held_elsewhere.wait()
    tell("a", pid=os.getpid(), process_started=jobs_process.start_time(os.getpid()))
    assert (control.status("a").state, control.status("a").message) == (
        "interrupted",
        "interrupted; can be resumed from epoch 2",
    )


def test_a_run_that_was_stopped_here_is_stopped_whatever_a_cluster_says(scheduler, monkeypatch):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    control.stop("a")
    work(scheduler)
    monkeypatch.setattr(ray_backend, "ask", lambda _: ("running", "on the cluster"))
    assert control.status("a").state == "stopped"
    tell("a", state="interrupted")
    assert (control.status("a").state, control.status("a").message) == ("running", "on the cluster")


def test_the_last_status_of_a_run_that_goes_on_elsewhere_is_not_written(scheduler):
    folder = left_after(scheduler, 4)
    ours = StatusFile(folder)
    ours.write(state="running")
    before = (folder / STATUS).read_text()
    ours.is_recorded = False  # as after a full disk
    lock = jobs_process.try_lock(folder / RUN_LOCK)
    assert ours.retry(), "who holds the lock says what the run is: there is nothing left to do"
    assert (folder / STATUS).read_text() == before
    os.close(lock)


def test_a_run_that_was_killed_after_its_last_epoch_has_none_to_resume_from(scheduler):
    folder = left_after(scheduler, 7)
    kept = read_resume_metadata(folder)
    first, second = json.loads(kept["history"])
    assert control.status("a").message == "interrupted; can be resumed from epoch 3"
    history = json.dumps([first, second, second | {"epoch": 3}])
    save_tensors(folder / RESUME, load_tensors(folder / RESUME), kept | {"history": history})
    assert control.status("a").message == "interrupted after its last epoch; can be resumed to be tested and saved"


def test_a_run_that_another_process_holds_is_not_deleted(held_elsewhere, monkeypatch):
    monkeypatch.setattr(control, "PATIENCE", 0.3)
    with pytest.raises(CheckpointError, match="has not stopped yet"):
        control.delete("a")
    assert (find_run("a").folder / STATUS).is_file()


def test_a_delete_waits_until_the_process_has_let_the_run_go(held_elsewhere):
    tell("a", state="stopped")  # written an instant before the process lets go
    deleting = threading.Thread(target=control.delete, args=("a",))
    deleting.start()
    time.sleep(0.3)
    assert find_run("a").folder.is_dir()
    held_elsewhere.kill()
    deleting.join(5.0)
    assert not (runs_dir() / "a").exists()


@pytest.mark.parametrize(("seconds", "state"), [(10, "running"), (60, "interrupted")])
def test_where_machines_share_no_locks_another_ones_last_heartbeat_counts(scheduler, seconds, state):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    on_disk = (find_run("a").folder / STATUS).read_text()
    scheduler.clear()
    (find_run("a").folder / STATUS).write_text(on_disk)
    tell("a", host="elsewhere", heartbeat=time.time() - seconds)
    assert control.status("a").state == state


def test_a_link_in_the_runs_folder_is_deleted_without_what_it_links_to(scheduler, tmp_path):
    control.start(named("a", epochs=1))
    work(scheduler)
    folder = find_run("a").folder
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    control.delete("a")
    assert not folder.exists()
    assert (tmp_path / "elsewhere" / STATUS).is_file()


def test_a_lock_is_held_once_and_free_when_its_holder_is_killed(tmp_path):
    path = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as holder:
        holder.stdout.readline()
        assert jobs_process.try_lock(path) is None
        holder.kill()
        holder.wait()
    lock = jobs_process.try_lock(path, seconds=5.0)
    assert lock is not None
    os.close(lock)


def test_a_run_is_trained_by_one_process_only(scheduler):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    with pytest.raises(InvalidConfigError, match="Run 'a' is trained by another process already"):
        Runner("a")
    other = Scheduler()
    queue.put_in_queue("a")
    assert not other.step()
    assert queue.entries() == [], "a entry of a run under way is thrown away"
    work(scheduler)
    assert control.status("a").state == "finished"


def test_a_second_worker_ends_at_once_and_a_dead_ones_lock_is_no_hindrance(scheduler, monkeypatch):
    lock = jobs_process.try_lock(queue.queue_dir() / queue.WORKER_LOCK)
    work_for(life=60.0)
    os.close(lock)
    assert launcher.pid() is None
    monkeypatch.setattr("ccds_core.jobs.worker.warm_up", lambda: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    control.start(named("a", epochs=1))
    work_for(life=0.3)
    assert control.status("a").state == "finished"


def test_what_a_dead_worker_had_taken_or_not_is_found_again(scheduler):
    control.start(named("a"))
    control.start(named("b"))
    work_to(scheduler, "a", 4)
    scheduler.clear()
    assert [status.state for status in control.list_jobs()] == ["interrupted", "queued"]
    another = Scheduler()
    work(another)
    control.resume("a")
    work(another)
    assert outcome_of("a") == outcome_of("b")


def test_a_run_of_the_command_line_is_seen_and_steered_like_any_other(scheduler):
    stream = begin_here(named("a"), snapshots=False)
    for _ in range(4):
        next(stream)
    assert (control.status("a").state, control.status("a").backend) == ("running", "command line")
    send_command(find_run("a").folder, "stop")
    assert list(stream) == []
    assert control.status("a").message == "stopped; can be resumed from epoch 2"
    control.resume("a")
    control.start(named("b"))
    work(scheduler)
    assert outcome_of("a") == outcome_of("b")


def test_a_run_without_any_job_file_is_listed_too(scheduler, small_run):
    status = control.status("small")
    assert (status.state, status.epoch, status.steps_done, status.backend) == ("finished", 2, 12, "command line")
    (small_run / "manifest.json").unlink()
    assert replace(control.status("small"), message="").state == "interrupted"
    assert control.status("small").message == "interrupted; can be resumed from epoch 1"


def test_a_ticket_left_while_the_worker_was_ending_is_taken_still(scheduler, monkeypatch):
    monkeypatch.setattr("ccds_core.jobs.worker.warm_up", lambda: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    begun = []

    def late(_):
        if not begun:
            begun.append("a")
            control.start(named("a", epochs=1))

    monkeypatch.setattr(Scheduler, "clear", late)
    work_for(life=0.2)
    assert control.status("a").state == "finished"
