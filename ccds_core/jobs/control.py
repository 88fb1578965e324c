"""Runs in another process: start, steer, watch and fork them. All state is in the run's folder; imports no torch."""

import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ccds_core.config.presets import with_preset
from ccds_core.config.run_config import MAX_RATE_FACTOR, RunConfig
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.jobs import launcher, protocol, queue, ray_backend, submitting
from ccds_core.jobs import status as jobs_status
from ccds_core.jobs.process import is_locked
from ccds_core.jobs.protocol import HELD, RUN_LOCK, Command, JobCard
from ccds_core.jobs.status import JobStatus
from ccds_core.runs import records, step_log
from ccds_core.runs.disk_space import check_space
from ccds_core.runs.records import CONFIG, MANIFEST, RESUME, RunCard
from ccds_core.runs.snapshots import epochs_of, find_snapshot, load_network
from ccds_core.runs.step_log import StepRecord
from ccds_core.storage import disk_errors, to_json, write_atomically

if TYPE_CHECKING:
    from ccds_core.models.classifier import Classifier

NAMED = ("cifar10", "digits", "emotion")  # data sets that are not a path
PATIENCE = 10.0  # seconds that `delete` waits for a run to stop


@disk_errors()
def start(config: RunConfig, *, paused: bool = False, together: str = "") -> None:
    """Queue a new run and start a worker for it if there is none; returns at once.

    `paused`: the run waits before its first step until `play` or `step`. `together`: names a comparison, whose runs
    train in turns, a step each. Data set paths are made absolute.
    Raises `InvalidConfigError` if a run of this name exists, `CheckpointError` if the runs folder cannot be written
    or the disk is nearly full.
    """
    check_space(config)
    path = Path(config.data.name)
    if path.exists() and config.data.name not in NAMED:  # the worker may have another working directory
        config = replace(config, data=replace(config.data, name=str(path.resolve())))
    card = JobCard(config, submitting.backend(), together=together)
    submitting.submit(queue.take_name(card), paused)


@disk_errors()
def resume(name: str, *, paused: bool = False) -> None:
    """Queue a stopped, interrupted or failed run; it continues after its last finished epoch."""
    folder = protocol.find_folder(name)
    _resume(folder, jobs_status.read_status(folder), paused)


@disk_errors()
def pause(name: str) -> None:
    """Pause after the current step; the process keeps the run ready."""
    _send(protocol.find_folder(name), "pause")


@disk_errors()
def play(name: str) -> None:
    """Continue a paused run at once; resume any other."""
    folder = protocol.find_folder(name)
    status = jobs_status.read_status(folder)
    if status.state in HELD:
        protocol.send_command(folder, "play")
    else:
        _resume(folder, status, paused=False)


@disk_errors()
def step(name: str, until: str) -> None:
    """Continue to the end of the next "batch" or of this "epoch", then pause."""
    if until not in ("batch", "epoch"):
        raise InvalidConfigError(f"`until` must be 'batch' or 'epoch', got {until!r}.")
    _send(protocol.find_folder(name), "batch" if until == "batch" else "epoch")


@disk_errors()
def stop(name: str) -> None:
    """Stop at once; `resume` continues from the last finished epoch."""
    _stop(protocol.find_folder(name))


@disk_errors()
def set_rate(name: str, factor: float) -> None:
    """From the next step on, multiply the scheduled learning rate by `factor`; the run's config records it."""
    if not 0.0 < factor <= MAX_RATE_FACTOR:
        raise InvalidConfigError(f"The factor must be above 0 and at most {MAX_RATE_FACTOR}, got {factor}.")
    folder = protocol.find_folder(name)
    if jobs_status.read_status(folder).state == "finished":
        raise CheckpointError(f"Run '{name}' is finished; its learning rate cannot be changed. Fork it from an epoch.")
    protocol.send_learning_rate(folder, factor)


def status(name: str) -> JobStatus:
    """The state and progress of the run, from its folder alone."""
    return jobs_status.read_status(protocol.find_folder(name))


def list_jobs() -> list[JobStatus]:
    """All runs in the runs folder, oldest first."""
    return jobs_status.read_all()


def read_steps(name: str, after: int = 0) -> list[StepRecord]:
    """The optimizer steps after number `after` (the first is 1), oldest first; only the file's end is read."""
    return step_log.read_steps(protocol.find_folder(name), after)


def snapshots(name: str) -> list[int]:
    """The epochs whose weights are kept: for `load_snapshot` and `fork`."""
    return epochs_of(protocol.find_folder(name))


def load_snapshot(name: str, epoch: int) -> "Classifier":
    """The network as it was after this epoch: eval mode, frozen. Imports torch."""
    return load_network(name, epoch)


@disk_errors()
def fork(name: str, epoch: int, config: RunConfig, *, paused: bool = False) -> None:
    """Queue a new run that starts from the state of run `name` after `epoch`.

    `config` has a new name and may differ in its training; another optimizer starts with empty state.
    Raises `InvalidConfigError` if network, data or batch size differ, `CheckpointError` if there is no such epoch.
    """
    folder = protocol.find_folder(name)
    record = records.read_run(folder)
    _check_fork(record.card.config, config, epoch)
    check_space(config)
    snapshot = find_snapshot(folder, epoch)
    new_config = with_preset(replace(config, train=replace(config.train, precision=record.card.config.train.precision)))

    def fill(new: Path) -> None:
        shutil.copy(snapshot, new / RESUME)
        step_log.cut_after(new, epoch, source=folder)
        write_atomically(new / CONFIG, to_json(RunCard(records.FORMAT, record.card.classes, new_config)))

    submitting.submit(queue.take_name(JobCard(new_config, submitting.backend()), fill), paused)


@disk_errors()
def delete(name: str) -> None:
    """Stop the run if it is active, and remove its folder."""
    folder = protocol.find_folder(name)
    if jobs_status.read_status(folder).state in HELD:  # else no command: it would need space on a full disk
        _stop(folder)
    deadline = time.monotonic() + PATIENCE
    while is_locked(folder / RUN_LOCK) or jobs_status.read_status(folder).state in HELD:
        if time.monotonic() > deadline:
            raise CheckpointError(f"Run '{name}' has not stopped yet. Try again in a moment.")
        time.sleep(0.02)
    if folder.is_symlink():  # what it links to belongs to somebody else
        folder.unlink()
    else:
        shutil.rmtree(folder)


def clear_queue() -> list[str]:
    """Stop every run that waits in the queue and was not begun; returns their names."""
    names = [entry.name for entry in queue.entries()]
    for name in names:
        with suppress(CheckpointError, InvalidConfigError):  # an entry of a run that was removed
            stop(name)
    return names


@disk_errors()
def ensure_worker() -> None:
    """Start the worker if there is none, so that torch is imported before the first run; returns at once."""
    if submitting.backend() == "worker":
        launcher.ensure(patience=0.0)


def _check_fork(old: RunConfig, new: RunConfig, epoch: int) -> None:
    """Raise `InvalidConfigError` unless network, data and batch size are the same, and epochs are left to train."""
    faults = []
    if (new.model, new.options) != (old.model, old.options):
        faults.append("the network must be the same")
    if new.data != old.data:
        faults.append("the data must be the same")
    if new.train.batch_size != old.train.batch_size:
        faults.append(f"batch_size must stay {old.train.batch_size}")
    if new.train.epochs <= epoch:
        faults.append(f"epochs must be more than {epoch}, where the fork starts")
    if faults:
        raise InvalidConfigError(f"Run '{old.name}' cannot be forked: {'; '.join(faults)}.")


def _resume(folder: Path, status: JobStatus, paused: bool) -> None:
    if status.state == "finished":
        raise CheckpointError(f"Run '{folder.name}' is finished; there is nothing to resume.")
    if status.state in HELD:
        raise InvalidConfigError(f"Run '{folder.name}' is already {status.state}; there is nothing to resume.")
    submitting.hand_over(folder, paused)


def _send(folder: Path, command: Command) -> None:
    status = jobs_status.read_status(folder)
    if status.state not in HELD:
        raise InvalidConfigError(f"Run '{folder.name}' is {status.state}. Resume it first.")
    protocol.send_command(folder, command)


def _stop(folder: Path) -> None:
    protocol.send_command(folder, "stop")
    queue.drop_entries(folder.name)
    live = jobs_status.last_status(folder)
    if not jobs_status.is_held(folder, live) and not (folder / MANIFEST).is_file():
        ray_backend.stop(folder)
        protocol.replace_quickly(folder / protocol.STATUS, to_json(replace(live, state="stopped", message="")))
