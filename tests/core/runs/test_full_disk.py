"""The disk fills while a run writes, or may not be written: what was saved stays, a sentence says why, it goes on."""

import shutil

import pytest

from ccds_core.errors import CheckpointError
from ccds_core.jobs import control
from ccds_core.runs import execute
from ccds_core.runs.records import RESUME, find_run, list_damaged, list_runs
from ccds_core.runs.weights import load_classifier
from tests.support.job_helpers import named, outcome_of, updates_of, work, work_to
from tests.support.small_disks import change, empty, fill, small_disk

STATE_SIZE = 260_000  # bytes, at most, of the small network's state after an epoch


@pytest.fixture
def disk(runs_folder):
    """The folder of runs on a disk that holds the states of two epochs and not of three."""
    with small_disk(runs_folder, "640k") as folder:
        yield folder


def assert_goes_on_to_the_same_weights(scheduler, name="a"):
    control.resume(name)
    work(scheduler)
    assert control.status(name).state == "finished"
    assert updates_of(name) == list(range(1, 10)), "no step is lost or repeated"
    list(execute.run(named("plain")))
    assert outcome_of(name) == outcome_of("plain")


def half_files(folder):
    """What a write that did not end would leave."""
    return [path.name for path in folder.rglob(".*") if path.is_file()]


def train_till_full(disk, scheduler):
    """Run "a" up to its second epoch, then not a byte is free."""
    control.start(named("a"))
    work_to(scheduler, "a", 5)
    fill(disk)
    work(scheduler)


def test_a_disk_that_fills_between_epochs_fails_the_run_with_a_sentence_and_keeps_every_epoch(disk, scheduler):
    control.start(named("a"))
    work_to(scheduler, "a", 3)
    state = disk / "a" / RESUME
    work(scheduler, state.is_file)
    assert state.stat().st_size < STATE_SIZE
    (disk / "ballast").write_bytes(bytes(640 * 1024 - 2 * state.stat().st_size - 60_000))
    work(scheduler)
    told = control.status("a")
    assert told.state == "failed"
    assert "No space left on device" in told.message
    assert told.message.endswith("Free disk space, then resume it.")
    kept = control.snapshots("a")
    assert kept
    assert kept[-1] < 3
    assert not half_files(disk / "a")
    assert control.load_snapshot("a", kept[-1]).predict_many is not None
    change(disk, "size=16m")
    assert_goes_on_to_the_same_weights(scheduler)


def test_a_disk_full_to_the_last_byte_leaves_no_run_that_seems_to_move(disk, scheduler):
    train_till_full(disk, scheduler)
    assert control.status("a").state in ("failed", "interrupted")
    assert not half_files(disk / "a")
    assert control.snapshots("a") == [1]
    assert list_damaged() == []
    empty(disk)
    change(disk, "size=16m")
    assert_goes_on_to_the_same_weights(scheduler)


def test_the_worker_outlives_a_full_disk_and_trains_the_next_run(disk, scheduler):
    train_till_full(disk, scheduler)
    empty(disk)
    change(disk, "size=16m")
    control.start(named("b", epochs=1))
    work(scheduler)
    assert control.status("b").state == "finished"


def test_on_a_full_disk_nothing_begins_what_is_there_is_shown_and_removing_makes_room(disk, scheduler):
    control.start(named("a", epochs=1))
    work(scheduler)
    fill(disk)
    with pytest.raises(CheckpointError, match=r"The disk is nearly full: .* Delete runs"):
        control.start(named("b"))
    assert not (disk / "b").exists()
    assert not list(disk.glob(".new-*"))
    assert [record.name for record in list_runs()] == ["a"]
    assert load_classifier(find_run("a")).classes
    control.delete("a")
    assert not (disk / "a").exists()
    empty(disk)
    control.start(named("b", epochs=1))
    work(scheduler)
    assert control.status("b").state == "finished"


def test_a_folder_of_runs_that_may_not_be_written_is_read_and_every_wish_is_refused_in_a_sentence(disk, scheduler):
    change(disk, "size=16m")
    control.start(named("a", epochs=1))
    work(scheduler)
    control.start(named("b"))
    work_to(scheduler, "b", 4)
    control.stop("b")
    work(scheduler)
    change(disk, "ro")
    for wish in (lambda: control.start(named("c")), lambda: control.resume("b"), lambda: control.delete("a"),
                 lambda: control.set_rate("b", 0.5), lambda: control.fork("a", 1, named("d"))):  # fmt: skip
        with pytest.raises(
            CheckpointError, match=r"cannot be written: Read-only file system\..*What was saved is safe\.$"
        ):
            wish()
    assert [status.state for status in control.list_jobs()] == ["finished", "stopped"]
    assert load_classifier(find_run("a")).classes
    change(disk, "rw")
    assert_goes_on_to_the_same_weights(scheduler, "b")


def test_the_command_line_ends_on_a_full_disk_with_one_sentence(disk, scheduler, ccds):
    fill(disk)
    answer = ccds("train", "--data", "digits", "--limit", "150", "--epochs", "1", "--precision", "float32")
    assert (answer.code, answer.out) == (2, "")
    assert "No space left on device" in answer.err
    assert "Traceback" not in answer.err


def test_shipped_runs_on_a_disk_that_may_not_be_written_answer_as_ever(small_run, checkpoints_folder, ccds):
    with small_disk(checkpoints_folder, "1m") as folder:
        small_run.rename(folder.parent / "small")
        shutil.copytree(folder.parent / "small", folder / "small")
        change(folder, "ro")
        assert load_classifier(find_run("small")).classes
        assert [record.name for record in list_runs()] == ["small"]
        answer = ccds("ship", "small", "--as", "again")
        assert answer.code == 2
        assert "Read-only file system" in answer.err
