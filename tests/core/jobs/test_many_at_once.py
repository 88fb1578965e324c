"""Many visitors at once: names, first starts on an empty folder, the queue, and workers in other containers."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from ccds_core.jobs import control, launcher, queue
from ccds_core.jobs import process as jobs_process
from ccds_core.jobs.protocol import JobCard
from tests.support.job_helpers import named, work, work_to

VISITORS = 12
ROUNDS = 20


def test_first_starts_at_once_on_an_empty_folder_all_succeed(tmp_path, monkeypatch):
    for number in range(ROUNDS):
        monkeypatch.setenv("CCDS_RUNS_DIR", str(tmp_path / str(number)))
        ready = threading.Barrier(VISITORS)

        def start(place, ready=ready):
            ready.wait()
            folder = queue.take_name(JobCard(named(f"run-{place}"), "worker"))
            queue.put_in_queue(folder.name)

        with ThreadPoolExecutor(VISITORS) as pool:
            list(pool.map(start, range(VISITORS)))  # raises what any of them raised
        assert sorted(entry.name for entry in queue.entries()) == sorted(f"run-{place}" for place in range(VISITORS))
        assert not list((tmp_path / str(number)).glob(".new-*"))


def test_endings_of_names_differ_within_one_second():
    assert len({queue.new_ending() for _ in range(10_000)}) == 10_000


def test_two_workers_never_take_the_same_entry(scheduler):
    control.start(named("a"))
    (entry,) = queue.entries()
    assert [queue.claim(entry), queue.claim(entry)] == [True, False]


def test_the_queue_is_cleared_and_what_trains_goes_on(scheduler):
    for name in ("a", "b", "c"):
        control.start(named(name))
    work_to(scheduler, "a", 2)
    assert control.clear_queue() == ["b", "c"]
    assert [status.state for status in control.list_jobs()] == ["running", "stopped", "stopped"]
    assert control.clear_queue() == []
    work(scheduler)
    assert [status.state for status in control.list_jobs()] == ["finished", "stopped", "stopped"]
    control.resume("b")
    work(scheduler)
    assert control.status("b").state == "finished"


def test_a_worker_in_another_container_is_left_alone_and_makes_nobody_wait(runs_folder, monkeypatch):
    monkeypatch.setattr(launcher, "COMMAND", ("false",))
    lock = jobs_process.try_lock(queue.queue_dir() / queue.WORKER_LOCK)
    (queue.queue_dir() / queue.WORKER_LOCK).write_text("4194303 1.0 elsewhere:pid:[1]\n")
    started = time.monotonic()
    launcher.ensure()
    assert time.monotonic() - started < 0.5
    assert launcher.pid() is None, "its number means nothing here"
    assert lock is not None


def test_a_redraw_never_waits_for_a_killed_worker(runs_folder):
    lock = jobs_process.try_lock(queue.queue_dir() / queue.WORKER_LOCK)
    (queue.queue_dir() / queue.WORKER_LOCK).write_text(f"4194303 1.0 {jobs_process.process_space()}\n")
    started = time.monotonic()
    control.ensure_worker()
    assert time.monotonic() - started < 0.5
    assert lock is not None
