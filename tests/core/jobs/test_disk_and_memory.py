"""Disk and memory have ends: a read-only disk, a nearly full one, and the memory of paused runs."""

import shutil

import pytest

from ccds_core.config.presets import PRESETS
from ccds_core.errors import CheckpointError
from ccds_core.jobs import control, worker
from ccds_core.runs import disk_space, execute
from ccds_core.runs.snapshots import epochs_of
from tests.support.job_helpers import named, outcome_of, updates_of, work, work_to
from tests.support.small_disks import read_only, small_disk


@pytest.fixture
def plain(scheduler):
    """The weights of the same run, trained without a job."""
    list(execute.run(named("plain")))
    return outcome_of("plain")


def test_a_run_whose_disk_was_read_only_for_a_moment_has_ended_and_says_so_later(runs_folder, scheduler):
    with small_disk(runs_folder, "30m") as disk:
        control.start(named("a"))
        work_to(scheduler, "a", 4)
        with read_only(disk):
            work(scheduler)
            assert control.status("a").state == "interrupted", "nobody holds it, whatever its last status says"
        scheduler.step()
        status = control.status("a")
        assert status.state == "failed"
        assert "Free disk space, then resume it" in status.message
        control.resume("a")
        work(scheduler)
        list(execute.run(named("plain")))
        assert outcome_of("a") == outcome_of("plain")


def test_a_late_status_never_replaces_that_of_a_process_which_went_on(runs_folder, scheduler):
    with small_disk(runs_folder, "30m") as disk:
        control.start(named("a"))
        work_to(scheduler, "a", 4)
        with read_only(disk):
            work(scheduler)
        other = worker.Scheduler()
        control.resume("a")
        work(other)
        assert control.status("a").state == "finished"
        scheduler.step()
        assert control.status("a").state == "finished"


def test_nothing_starts_on_a_disk_that_is_nearly_full(runs_folder, scheduler):
    with small_disk(runs_folder, "20m") as disk:
        assert 18_000_000 < disk_space.spare_bytes(disk) < 20_971_520
        (disk / "ballast").write_bytes(bytes(19_900_000))
        with pytest.raises(CheckpointError, match=r"The disk is nearly full: this run needs .* Delete runs"):
            control.start(named("a"))
        assert control.list_jobs() == []
        (disk / "ballast").unlink()
        control.start(named("a"))


def test_snapshots_are_thinned_before_the_disk_is_full(runs_folder, scheduler):
    with small_disk(runs_folder, "20m") as disk:
        control.start(named("old"))
        work(scheduler)
        state = (disk / "old" / "epochs" / "003.safetensors").stat().st_size
        assert epochs_of(disk / "old") == [1, 2, 3]
        free = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(bytes(free - 1_048_576 - 6 * state))  # a twentieth stays free, and six states
        control.start(named("new", epochs=8))
        work(scheduler)
        assert control.status("new").state == "finished"
        assert epochs_of(disk / "old") == [3], "another run gives its own up first"
        kept = epochs_of(disk / "new")
        assert (kept[0], kept[-1]) == (1, 8)
        assert len(kept) < 8


@pytest.mark.parametrize("preset", ["architecture-1", "text-embedding"])
def test_what_a_run_will_write_is_known_before_it_starts(preset):
    config = PRESETS[preset].config("new")
    assert disk_space.run_bytes(config) >= 2 * disk_space.state_bytes(config) > 1_000_000


def test_the_state_of_a_run_is_as_large_as_was_said(scheduler):
    config = named("a")
    said = disk_space.state_bytes(config)
    control.start(config)
    work_to(scheduler, "a", 4)
    written = control.protocol.find_folder("a").joinpath("resume.safetensors").stat().st_size
    assert said == pytest.approx(written, rel=0.15)


def test_a_run_paused_for_long_gives_its_memory_back_and_comes_back_to_the_same_bit(scheduler, plain, monkeypatch):
    monkeypatch.setattr(worker, "KEPT", 0.0)
    control.start(named("a"))
    for steps, repeated in ((5, "2 steps"), (7, "1 step")):
        work_to(scheduler, "a", steps)
        control.pause("a")
        work(scheduler)
        (run,) = scheduler.paused
        assert not run.in_memory
        assert (control.status("a").state, control.status("a").steps_done) == ("paused", steps)
        control.play("a")
        work(scheduler, lambda: control.status("a").message.startswith("repeats"))
        assert control.status("a").message == f"repeats {repeated} since its last finished epoch"
        assert len(updates_of("a")) < steps, "the steps of this epoch are done again"
    work(scheduler)
    assert outcome_of("a") == plain
    assert updates_of("a") == list(range(1, 10))


@pytest.mark.parametrize(("until", "ends"), [("batch", [5, 6, 7]), ("epoch", [6])])
def test_single_steps_go_on_from_where_a_released_run_was_paused(scheduler, plain, monkeypatch, until, ends):
    monkeypatch.setattr(worker, "KEPT", 0.0)
    control.start(named("a"))
    work_to(scheduler, "a", 4)
    control.pause("a")
    work(scheduler)
    for end in ends:
        control.step("a", until)
        work(scheduler)
        assert (control.status("a").state, len(updates_of("a"))) == ("paused", end)
    control.play("a")
    work(scheduler)
    assert outcome_of("a") == plain


def test_a_changed_rate_of_a_released_run_counts_from_where_it_was_paused(scheduler, monkeypatch):
    for name, kept in (("kept", 1e9), ("released", 0.0)):
        monkeypatch.setattr(worker, "KEPT", kept)
        control.start(named(name))
        work_to(scheduler, name, 5)
        control.pause(name)
        work(scheduler)
        control.set_rate(name, 0.5)
        control.play(name)
        work(scheduler)
    assert outcome_of("released") == outcome_of("kept")


def test_only_a_few_paused_runs_keep_their_memory(scheduler):
    for number in range(5):
        control.start(named(f"run-{number}"), paused=True)
        work(scheduler)
    assert [run.name for run in scheduler.paused if run.in_memory] == ["run-2", "run-3", "run-4"]
    assert {status.state for status in control.list_jobs()} == {"paused"}
