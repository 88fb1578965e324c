"""`jobs` and `worker` on the command line: the list of runs, and the commands that control them."""

import pytest

from ccds_core.jobs import control, queue
from tests.support.job_helpers import named, outcome_of, work, work_to

LEAN = ("train", "--data", "digits", "--limit", "150", "--batch-size", "50", "--epochs", "2", "--precision", "float32")


def test_list_shows_each_run_and_its_state(ccds, scheduler):
    assert "No run yet" in ccds("jobs", "list").out
    assert ccds("jobs", "list", "--json").json == []
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    control.start(named("b"))
    rows = ccds("jobs", "list", "--json").json
    assert [(row["name"], row["state"], row["epoch"]) for row in rows] == [("a", "running", 2), ("b", "queued", 0)]
    assert "number 1 in the queue" in ccds("jobs", "list").out


def test_pause_play_stop_and_resume(ccds, scheduler):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    assert ccds("jobs", "pause", "a").code == 0
    work(scheduler)
    assert control.status("a").state == "paused"
    ccds("jobs", "play", "a")
    work_to(scheduler, "a", 5)
    ccds("jobs", "stop", "a")
    work(scheduler)
    assert control.status("a").state == "stopped"
    ccds("jobs", "resume", "a")
    work(scheduler)
    assert control.status("a").state == "finished"


@pytest.mark.parametrize("verb", ["pause", "play", "stop", "resume"])
def test_an_unknown_run_is_one_sentence(ccds, scheduler, verb):
    answer = ccds("jobs", verb, "absent")
    assert (answer.code, answer.err) == (2, "No run 'absent' was made here.\n")


def test_a_detached_run_is_queued_and_ends_like_a_run_in_the_foreground(ccds, scheduler):
    assert "queued for the worker" in ccds(*LEAN, "--name", "away", "--detach").out
    assert [entry.name for entry in queue.entries()] == ["away"]
    work(scheduler)
    ccds(*LEAN, "--name", "here", "--json")
    assert outcome_of("away") == outcome_of("here")


def test_a_run_that_cannot_start_leaves_its_name_free(ccds, scheduler, data_folder):
    answer = ccds("train", "--data", "nowhere", "--name", "a")
    assert answer.code == 2
    assert control.list_jobs() == []


def test_train_resumes_a_stopped_run(ccds, scheduler):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    control.stop("a")
    work(scheduler)
    assert ccds("train", "--name", "a", "--resume", "--json").json["status"] == "finished"
    control.start(named("b"))
    work(scheduler)
    assert outcome_of("a") == outcome_of("b")


def test_a_worker_without_runs_ends(ccds, scheduler, monkeypatch):
    monkeypatch.setattr("ccds_core.jobs.worker.warm_up", lambda: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    assert ccds("worker", "--minutes", "0").code == 0
