"""`jobs` and `worker` on the command line: what they list is what is, and what they wish happens."""

import pytest

from ccds_core import jobs, spool
from tests.core.desks import named, outcome_of, work, work_to

LEAN = ("train", "--data", "digits", "--limit", "150", "--batch-size", "50", "--epochs", "2", "--precision", "float32")


def test_the_list_tells_each_run_and_its_state(ccds, desk):
    assert "No run yet" in ccds("jobs", "list").out
    assert ccds("jobs", "list", "--json").json == []
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    jobs.start(named("b"))
    rows = ccds("jobs", "list", "--json").json
    assert [(row["name"], row["state"], row["epoch"]) for row in rows] == [("a", "running", 2), ("b", "queued", 0)]
    assert "next in the queue" in ccds("jobs", "list").out


def test_a_run_is_paused_stopped_and_resumed_by_words(ccds, desk):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    assert ccds("jobs", "pause", "a").code == 0
    work(desk)
    assert jobs.status("a").state == "paused"
    ccds("jobs", "play", "a")
    work_to(desk, "a", 5)
    ccds("jobs", "stop", "a")
    work(desk)
    assert jobs.status("a").state == "stopped"
    ccds("jobs", "resume", "a")
    work(desk)
    assert jobs.status("a").state == "finished"


@pytest.mark.parametrize("verb", ["pause", "play", "stop", "resume"])
def test_a_run_that_is_not_there_is_one_sentence(ccds, desk, verb):
    answer = ccds("jobs", verb, "absent")
    assert (answer.code, answer.err) == (2, "No run 'absent' was made here.\n")


def test_a_detached_run_waits_for_the_worker_and_ends_like_one_that_was_not(ccds, desk):
    assert "in the worker's hands" in ccds(*LEAN, "--name", "away", "--detach").out
    assert [ticket.name for ticket in spool.tickets()] == ["away"]
    work(desk)
    ccds(*LEAN, "--name", "here", "--json")
    assert outcome_of("away") == outcome_of("here")


def test_a_run_that_cannot_begin_leaves_its_name_free(ccds, desk, data_folder):
    answer = ccds("train", "--data", "nowhere", "--name", "a")
    assert answer.code == 2
    assert jobs.list_jobs() == []


def test_a_stopped_run_is_resumed_by_train_as_well(ccds, desk):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    jobs.stop("a")
    work(desk)
    assert ccds("train", "--name", "a", "--resume", "--json").json["status"] == "finished"
    jobs.start(named("b"))
    work(desk)
    assert outcome_of("a") == outcome_of("b")


def test_a_worker_with_nothing_to_do_ends(ccds, desk, monkeypatch):
    monkeypatch.setattr("ccds_core.worker.warm_up", lambda: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    assert ccds("worker", "--minutes", "0").code == 0
