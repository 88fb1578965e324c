"""Runs in another process, with its scheduler in this one: what is wished happens, and the weights do not notice."""

from contextlib import suppress
from dataclasses import replace

import pytest

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.jobs import control, queue
from ccds_core.jobs.protocol import CONTROL, JOB, RATE, STATUS
from ccds_core.paths import runs_dir
from ccds_core.runs import execute
from ccds_core.runs.records import CONFIG, find_run, list_damaged, list_runs, read_run
from tests.conftest import TINY
from tests.support.job_helpers import TRAIN, named, outcome_of, updates_of, work, work_to


@pytest.fixture
def plain(scheduler):
    """The weights of the same run, trained without a job."""
    list(execute.run(named("plain")))
    return outcome_of("plain")


def test_a_job_ends_with_the_outcome_of_the_same_run_without_one(scheduler, plain):
    control.start(named("a"))
    assert control.status("a").state == "queued"
    work(scheduler)
    status = control.status("a")
    assert (status.state, status.epoch, status.step, status.steps_done) == ("finished", 3, 3, 9)
    assert status.epochs == 3
    assert outcome_of("a") == plain
    assert updates_of("a") == list(range(1, 10))


def test_pausing_and_stepping_change_nothing_in_the_weights(scheduler, plain):
    control.start(named("a"), paused=True)
    work(scheduler)
    assert control.status("a").state == "paused"
    assert updates_of("a") == []
    for done in (1, 2):
        control.step("a", "batch")
        work(scheduler)
        assert (control.status("a").state, control.status("a").steps_done) == ("paused", done)
    control.step("a", "epoch")
    work(scheduler)
    assert (control.status("a").steps_done, control.snapshots("a")) == (3, [1])
    control.play("a")
    work_to(scheduler, "a", 5)
    control.pause("a")
    work(scheduler)
    assert (control.status("a").state, updates_of("a")) == ("paused", [1, 2, 3, 4, 5])
    control.play("a")
    work(scheduler)
    assert outcome_of("a") == plain
    assert updates_of("a") == list(range(1, 10))


def test_a_paused_run_lets_others_pass_and_neither_notices(scheduler, plain):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    control.pause("a")
    control.start(named("b"))
    work_to(scheduler, "b", 5)
    assert control.status("a").state == "paused"
    control.play("a")
    scheduler.step()
    assert control.status("a").state == "running", "what a person asks for goes first"
    assert (control.status("b").state, control.status("b").message) == ("queued", "continues after a")
    work(scheduler)
    assert outcome_of("a") == outcome_of("b") == plain


@pytest.mark.parametrize("until", ["batch", "epoch"])
def test_a_step_is_taken_at_once_while_another_run_trains_and_neither_notices(scheduler, plain, until):
    control.start(named("a"))
    work_to(scheduler, "a", 1)
    control.pause("a")
    control.start(named("b"))
    work_to(scheduler, "b", 5)
    control.step("a", until)
    steps = {"batch": 2, "epoch": 3}[until]
    work(scheduler, lambda: control.status("a").state == "paused" and len(updates_of("a")) == steps)
    assert len(updates_of("b")) < 9
    scheduler.step()
    assert control.status("b").state == "running"
    control.play("a")
    work(scheduler)
    assert outcome_of("a") == outcome_of("b") == plain


def test_runs_wait_in_the_order_in_which_they_were_started(scheduler):
    for name in ("c", "a", "b"):
        control.start(named(name, epochs=1))
    assert [status.name for status in control.list_jobs()] == ["c", "a", "b"]
    assert [status.message for status in control.list_jobs()] == [f"number {n} in the queue" for n in (1, 2, 3)]
    ended = []
    while scheduler.step():
        ended += [s.name for s in control.list_jobs() if s.state == "finished" and s.name not in ended]
    assert ended == ["c", "a", "b"]


def test_a_stopped_run_goes_on_from_its_last_epoch_to_the_same_weights(scheduler, plain):
    control.start(named("a"))
    work_to(scheduler, "a", 5)
    control.stop("a")
    work(scheduler)
    assert (control.status("a").state, control.status("a").message) == (
        "stopped",
        "stopped; can be resumed from epoch 2",
    )
    assert updates_of("a") == [1, 2, 3, 4, 5]
    control.resume("a")
    work_to(scheduler, "a", 4)
    work(scheduler)
    assert outcome_of("a") == plain
    assert updates_of("a") == list(range(1, 10)), "steps that were not kept are replaced, not repeated"


def test_a_run_stopped_in_the_queue_leaves_it(scheduler):
    control.start(named("a"))
    control.stop("a")
    assert control.status("a").state == "stopped"
    assert not scheduler.step()
    control.resume("a")
    work(scheduler)
    assert control.status("a").state == "finished"


def test_a_name_is_taken_once(scheduler):
    control.start(named("a"))
    with pytest.raises(InvalidConfigError, match=r"^There is a run 'a' already\. Resume it, or choose another name\.$"):
        control.start(named("a"))
    assert len(queue.entries()) == 1
    work(scheduler)
    with pytest.raises(InvalidConfigError, match="There is a run 'a' already"):
        control.start(named("a"))
    assert not list(runs_dir().glob(".new-*")), "a refused start leaves nothing"


def test_a_run_that_is_under_way_or_finished_is_not_resumed(scheduler):
    control.start(named("a"))
    with pytest.raises(InvalidConfigError, match="already queued"):
        control.resume("a")
    work(scheduler)
    with pytest.raises(CheckpointError, match="finished; there is nothing to resume"):
        control.resume("a")
    with pytest.raises(InvalidConfigError, match="Run 'a' is finished"):
        control.pause("a")


def test_a_diverged_run_fails_with_an_error_and_keeps_its_steps(scheduler):
    config = RunConfig("wild", data=TINY.data, train=replace(TRAIN, optimizer="sgd", learning_rate=100.0))
    control.start(config)
    control.start(named("next", epochs=1))
    work(scheduler)
    assert control.status("wild").state == "failed"
    assert "The loss is NaN or infinite" in control.status("wild").message
    assert control.read_steps("wild")
    assert control.status("next").state == "finished", "the worker goes on"


def test_batch_norm_learns_from_batches_of_two(scheduler):
    data = replace(TINY.data, limit=10)
    options = CnnOptions(linear_batch_norm=True, conv_batch_norm=True)
    control.start(replace(named("two", batch_size=2, epochs=1), data=data, options=options))
    work(scheduler)
    assert control.status("two").state == "finished"
    assert len(updates_of("two")) == 5


def test_a_run_without_its_data_fails_and_says_what_is_missing(scheduler, data_folder):
    control.start(replace(named("a"), data=replace(TINY.data, name="nowhere")))
    work(scheduler)
    assert control.status("a").state == "failed"
    assert "nowhere" in control.status("a").message


def test_a_changed_rate_is_written_into_the_config_and_replayed_by_it(scheduler):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    control.set_rate("a", 0.5)
    work_to(scheduler, "a", 7)
    control.set_rate("a", 2.0)
    work(scheduler)
    config = read_run(find_run("a").folder).card.config
    assert config.train.rate_changes == ((4, 0.5), (7, 2.0))
    assert not [path for path in find_run("a").folder.iterdir() if "rate" in path.name], "each is used once"
    rates = [step.learning_rate for step in control.read_steps("a")]
    assert rates == [0.0005, *[0.001] * 3, *[0.0005] * 3, *[0.002] * 2]
    list(execute.run(replace(config, name="again")))
    assert outcome_of("again") == outcome_of("a")


def test_a_stopped_run_forgets_the_rates_that_were_planned_after_it_goes_on(scheduler):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    control.set_rate("a", 0.5)
    work_to(scheduler, "a", 5)
    control.stop("a")
    work(scheduler)
    control.set_rate("a", 3.0)
    control.resume("a")
    work(scheduler)
    assert read_run(find_run("a").folder).card.config.train.rate_changes == ((3, 3.0),)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), 1e9])
def test_a_rate_that_makes_no_sense_is_refused(scheduler, factor):
    control.start(named("a"))
    with pytest.raises(InvalidConfigError, match="factor must be above 0"):
        control.set_rate("a", factor)


@pytest.mark.parametrize("file", [CONTROL, RATE])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"wish": "dance"}', '{"factor": -2.0}'])
def test_a_wish_that_cannot_be_read_is_told_and_the_run_goes_on(scheduler, plain, file, content):
    control.start(named("a"))
    work_to(scheduler, "a", 2)
    (find_run("a").folder / file).write_text(content)
    scheduler.step()
    assert file in control.status("a").message or "factor of rate_changes" in control.status("a").message
    work(scheduler)
    assert outcome_of("a") == plain


def test_a_status_that_cannot_be_read_is_no_status(scheduler):
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    scheduler.clear()
    (find_run("a").folder / STATUS).write_text('{"state": 7')
    assert (control.status("a").state, control.status("a").message) == (
        "interrupted",
        "interrupted; can be resumed from epoch 2",
    )


@pytest.mark.parametrize("file", [JOB, CONFIG])
def test_a_damaged_card_is_told_and_hides_no_other_run(scheduler, file):
    control.start(named("a"))
    control.start(named("b", epochs=1))
    work_to(scheduler, "a", 4)
    control.stop("a")
    work(scheduler)
    (find_run("a").folder / file).write_text("{")
    assert {status.name for status in control.list_jobs()} == {"a", "b"}
    with suppress(CheckpointError):
        control.resume("a")
    control.start(named("c", epochs=1))
    work(scheduler)
    assert [control.status(name).state for name in "bc"] == ["finished", "finished"]
    assert control.status("a").state in ("stopped", "failed")
    assert queue.entries() == []


@pytest.mark.parametrize("name", ["nonsense", "00000000000000000001-absent", "1-..", "2-a-b"])
def test_a_ticket_of_no_run_is_thrown_away_and_the_next_one_taken(scheduler, name):
    control.start(named("a", epochs=1))
    (queue.queue_dir() / "queue" / name).write_text("?")
    work(scheduler)
    assert control.status("a").state == "finished"
    assert queue.entries() == []
    assert [record.name for record in list_runs()] == ["a"]
    assert list_damaged() == []


def test_a_deleted_run_is_gone_also_while_it_waits_or_is_paused(scheduler, runs_folder):
    for name in ("a", "b"):
        control.start(named(name))
    work(scheduler, (runs_folder / "a" / CONFIG).is_file)
    control.delete("b")
    control.stop("a")
    work(scheduler)
    control.delete("a")
    assert [path.name for path in runs_folder.iterdir()] == [".jobs"]
    assert not scheduler.step()
    with pytest.raises(CheckpointError, match="No run 'a' was made here"):
        control.status("a")


def test_a_run_that_waits_is_in_no_list_of_runs_yet(scheduler):
    control.start(named("a"))
    assert list_runs() == []
    assert list_damaged() == []


@pytest.mark.parametrize("name", ["..", ".jobs", "a/b", ""])
def test_no_name_leads_out_of_the_runs_folder(scheduler, name):
    for action in (control.status, control.stop, control.resume, control.delete, control.read_steps):
        with pytest.raises((InvalidConfigError, CheckpointError)):
            action(name)
