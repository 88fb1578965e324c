"""Runs in another process, with its desk in this one: what is wished happens, and the weights do not notice."""

from contextlib import suppress
from dataclasses import replace

import pytest

from ccds_core import jobs, runs, spool
from ccds_core.config import RunConfig
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.job_files import CONTROL, JOB, RATE, STATUS
from ccds_core.options import CnnOptions
from ccds_core.run_folders import CONFIG, find_run, list_damaged, list_runs, read_run
from tests.conftest import TINY
from tests.core.desks import TRAIN, named, outcome_of, updates_of, work, work_to


@pytest.fixture
def plain(desk):
    """The weights of the same run, trained without a job."""
    list(runs.run(named("plain")))
    return outcome_of("plain")


def test_a_job_ends_with_the_outcome_of_the_same_run_without_one(desk, plain):
    jobs.start(named("a"))
    assert jobs.status("a").state == "queued"
    work(desk)
    status = jobs.status("a")
    assert (status.state, status.epoch, status.step, status.updates_done) == ("finished", 3, 3, 9)
    assert status.epochs == 3
    assert outcome_of("a") == plain
    assert updates_of("a") == list(range(1, 10))


def test_pausing_and_stepping_change_nothing_in_the_weights(desk, plain):
    jobs.start(named("a"), paused=True)
    work(desk)
    assert jobs.status("a").state == "paused"
    assert updates_of("a") == []
    for done in (1, 2):
        jobs.step("a", "batch")
        work(desk)
        assert (jobs.status("a").state, jobs.status("a").updates_done) == ("paused", done)
    jobs.step("a", "epoch")
    work(desk)
    assert (jobs.status("a").updates_done, jobs.snapshots("a")) == (3, [1])
    jobs.play("a")
    work_to(desk, "a", 5)
    jobs.pause("a")
    work(desk)
    assert (jobs.status("a").state, updates_of("a")) == ("paused", [1, 2, 3, 4, 5])
    jobs.play("a")
    work(desk)
    assert outcome_of("a") == plain
    assert updates_of("a") == list(range(1, 10))


def test_a_paused_run_lets_others_pass_and_neither_notices(desk, plain):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    jobs.pause("a")
    jobs.start(named("b"))
    work_to(desk, "b", 5)
    assert jobs.status("a").state == "paused"
    jobs.play("a")
    desk.turn()
    assert jobs.status("a").state == "running", "what a person asks for goes first"
    assert (jobs.status("b").state, jobs.status("b").said) == ("queued", "goes on after a")
    work(desk)
    assert outcome_of("a") == outcome_of("b") == plain


@pytest.mark.parametrize("until", ["batch", "epoch"])
def test_a_step_is_taken_at_once_while_another_run_trains_and_neither_notices(desk, plain, until):
    jobs.start(named("a"))
    work_to(desk, "a", 1)
    jobs.pause("a")
    jobs.start(named("b"))
    work_to(desk, "b", 5)
    jobs.step("a", until)
    steps = {"batch": 2, "epoch": 3}[until]
    work(desk, lambda: jobs.status("a").state == "paused" and len(updates_of("a")) == steps)
    assert len(updates_of("b")) < 9
    desk.turn()
    assert jobs.status("b").state == "running"
    jobs.play("a")
    work(desk)
    assert outcome_of("a") == outcome_of("b") == plain


def test_runs_wait_in_the_order_in_which_they_were_started(desk):
    for name in ("c", "a", "b"):
        jobs.start(named(name, epochs=1))
    assert [status.name for status in jobs.list_jobs()] == ["c", "a", "b"]
    assert [status.said for status in jobs.list_jobs()] == ["next in the queue", "2 in the queue", "3 in the queue"]
    ended = []
    while desk.turn():
        ended += [s.name for s in jobs.list_jobs() if s.state == "finished" and s.name not in ended]
    assert ended == ["c", "a", "b"]


def test_a_stopped_run_goes_on_from_its_last_epoch_to_the_same_weights(desk, plain):
    jobs.start(named("a"))
    work_to(desk, "a", 5)
    jobs.stop("a")
    work(desk)
    assert (jobs.status("a").state, jobs.status("a").said) == ("stopped", "stopped, resume from epoch 2")
    assert updates_of("a") == [1, 2, 3, 4, 5]
    jobs.resume("a")
    work_to(desk, "a", 4)
    work(desk)
    assert outcome_of("a") == plain
    assert updates_of("a") == list(range(1, 10)), "the updates that were not kept are replaced, not doubled"


def test_a_run_stopped_in_the_queue_leaves_it(desk):
    jobs.start(named("a"))
    jobs.stop("a")
    assert jobs.status("a").state == "stopped"
    assert not desk.turn()
    jobs.resume("a")
    work(desk)
    assert jobs.status("a").state == "finished"


def test_a_name_is_taken_once(desk):
    jobs.start(named("a"))
    with pytest.raises(InvalidConfigError, match=r"^There is a run 'a' already\. Resume it, or choose another name\.$"):
        jobs.start(named("a"))
    assert len(spool.tickets()) == 1
    work(desk)
    with pytest.raises(InvalidConfigError, match="There is a run 'a' already"):
        jobs.start(named("a"))
    assert not list(spool.spool_dir().glob("new-*")), "a refused start leaves nothing"


def test_a_run_that_is_under_way_or_finished_is_not_resumed(desk):
    jobs.start(named("a"))
    with pytest.raises(InvalidConfigError, match="queued already"):
        jobs.resume("a")
    work(desk)
    with pytest.raises(CheckpointError, match="finished; there is nothing to resume"):
        jobs.resume("a")
    with pytest.raises(InvalidConfigError, match="Run 'a' is finished"):
        jobs.pause("a")


def test_a_run_whose_loss_runs_away_fails_with_a_sentence_and_keeps_its_updates(desk):
    config = RunConfig("wild", data=TINY.data, train=replace(TRAIN, optimizer="sgd", learning_rate=100.0))
    jobs.start(config)
    jobs.start(named("next", epochs=1))
    work(desk)
    assert jobs.status("wild").state == "failed"
    assert "The loss is no longer a number" in jobs.status("wild").said
    assert jobs.read_steps("wild")
    assert jobs.status("next").state == "finished", "the worker goes on"


def test_batch_norm_learns_from_batches_of_two(desk):
    data = replace(TINY.data, limit=10)
    options = CnnOptions(linear_batch_norm=True, conv_batch_norm=True)
    jobs.start(replace(named("two", batch_size=2, epochs=1), data=data, options=options))
    work(desk)
    assert jobs.status("two").state == "finished"
    assert len(updates_of("two")) == 5


def test_a_run_without_its_data_fails_and_says_what_is_missing(desk, data_folder):
    jobs.start(replace(named("a"), data=replace(TINY.data, name="nowhere")))
    work(desk)
    assert jobs.status("a").state == "failed"
    assert "nowhere" in jobs.status("a").said


def test_a_changed_rate_is_written_into_the_config_and_replayed_by_it(desk):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    jobs.set_rate("a", 0.5)
    work_to(desk, "a", 7)
    jobs.set_rate("a", 2.0)
    work(desk)
    config = read_run(find_run("a").folder).card.config
    assert config.train.rate_changes == ((4, 0.5), (7, 2.0))
    rates = [step.learning_rate for step in jobs.read_steps("a")]
    assert rates == [0.0005, *[0.001] * 3, *[0.0005] * 3, *[0.002] * 2]
    list(runs.run(replace(config, name="again")))
    assert outcome_of("again") == outcome_of("a")


def test_a_stopped_run_forgets_the_rates_that_were_planned_after_it_goes_on(desk):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    jobs.set_rate("a", 0.5)
    work_to(desk, "a", 5)
    jobs.stop("a")
    work(desk)
    jobs.set_rate("a", 3.0)
    jobs.resume("a")
    work(desk)
    assert read_run(find_run("a").folder).card.config.train.rate_changes == ((3, 3.0),)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), 1e9])
def test_a_rate_that_makes_no_sense_is_refused(desk, factor):
    jobs.start(named("a"))
    with pytest.raises(InvalidConfigError, match="factor is above 0"):
        jobs.set_rate("a", factor)


@pytest.mark.parametrize("file", [CONTROL, RATE])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"wish": "dance"}', '{"factor": -2.0}'])
def test_a_wish_that_cannot_be_read_is_told_and_the_run_goes_on(desk, plain, file, content):
    jobs.start(named("a"))
    work_to(desk, "a", 2)
    (find_run("a").folder / file).write_text(content)
    desk.turn()
    assert file in jobs.status("a").said or "factor of rate_changes" in jobs.status("a").said
    work(desk)
    assert outcome_of("a") == plain


def test_a_status_that_cannot_be_read_is_no_status(desk):
    jobs.start(named("a"))
    work_to(desk, "a", 4)
    desk.clear()
    (find_run("a").folder / STATUS).write_text('{"state": 7')
    assert (jobs.status("a").state, jobs.status("a").said) == ("interrupted", "interrupted, resume from epoch 2")


@pytest.mark.parametrize("file", [JOB, CONFIG])
def test_a_damaged_card_is_told_and_hides_no_other_run(desk, file):
    jobs.start(named("a"))
    jobs.start(named("b", epochs=1))
    work_to(desk, "a", 4)
    jobs.stop("a")
    work(desk)
    (find_run("a").folder / file).write_text("{")
    assert {status.name for status in jobs.list_jobs()} == {"a", "b"}
    with suppress(CheckpointError):
        jobs.resume("a")
    jobs.start(named("c", epochs=1))
    work(desk)
    assert [jobs.status(name).state for name in "bc"] == ["finished", "finished"]
    assert jobs.status("a").state in ("stopped", "failed")
    assert spool.tickets() == []


@pytest.mark.parametrize("name", ["nonsense", "00000000000000000001-absent", "1-..", "2-a-b"])
def test_a_ticket_of_no_run_is_thrown_away_and_the_next_one_taken(desk, name):
    jobs.start(named("a", epochs=1))
    (spool.spool_dir() / "queue" / name).write_text("?")
    work(desk)
    assert jobs.status("a").state == "finished"
    assert spool.tickets() == []
    assert [record.name for record in list_runs()] == ["a"]
    assert list_damaged() == []


def test_a_deleted_run_is_gone_also_while_it_waits_or_is_paused(desk, runs_folder):
    for name in ("a", "b"):
        jobs.start(named(name))
    work(desk, (runs_folder / "a" / CONFIG).is_file)
    jobs.delete("b")
    jobs.stop("a")
    work(desk)
    jobs.delete("a")
    assert [path.name for path in runs_folder.iterdir()] == [".jobs"]
    assert not desk.turn()
    with pytest.raises(CheckpointError, match="No run 'a' was made here"):
        jobs.status("a")


def test_a_run_that_waits_is_in_no_list_of_runs_yet(desk):
    jobs.start(named("a"))
    assert list_runs() == []
    assert list_damaged() == []


@pytest.mark.parametrize("name", ["..", ".jobs", "a/b", ""])
def test_no_name_leads_out_of_the_runs_folder(desk, name):
    for action in (jobs.status, jobs.stop, jobs.resume, jobs.delete, jobs.read_steps):
        with pytest.raises((InvalidConfigError, CheckpointError)):
            action(name)
