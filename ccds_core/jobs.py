"""Runs in another process: start, steer, look, fork. The run's folder is the only truth; nothing here imports torch."""

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ccds_core import job_files, job_status, ray_jobs, run_folders, spool, step_log, worker_process
from ccds_core.config import MAX_RATE_FACTOR, RunConfig
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.job_files import HELD, Backend, JobCard, Wish
from ccds_core.job_status import JobStatus
from ccds_core.run_folders import CONFIG, RESUME, RunCard
from ccds_core.snapshots import epochs_of, find_snapshot, load_network
from ccds_core.step_log import StepRecord
from ccds_core.storage import disk_errors, to_json, write_atomically

if TYPE_CHECKING:
    from ccds_core.classifier import Classifier

NAMED = ("cifar10", "digits", "emotion")  # data sets that are no path
PATIENCE = 10.0  # seconds that `delete` waits for a run to stop


def backend() -> Backend:
    """Where runs go: "ray" where `CCDS_RAY_ADDRESS` names a cluster, else "worker"."""
    return "ray" if ray_jobs.address() else "worker"


@disk_errors()
def start(config: RunConfig, *, paused: bool = False) -> None:
    """Queue a new run and see that a worker is there. Raises `InvalidConfigError` if its name is taken."""
    path = Path(config.data.name)
    if path.exists() and config.data.name not in NAMED:  # the worker may stand elsewhere
        config = replace(config, data=replace(config.data, name=str(path.resolve())))
    _begin(spool.take_name(JobCard(config, backend())), paused)


@disk_errors()
def resume(name: str, *, paused: bool = False) -> None:
    """Queue a run that is stopped, interrupted or failed; it goes on after its last finished epoch."""
    found = status(name)
    if found.state == "finished":
        raise CheckpointError(f"Run '{name}' is finished; there is nothing to resume.")
    if found.state in HELD:
        raise InvalidConfigError(f"Run '{name}' is {found.state} already; there is nothing to resume.")
    _hand_over(job_files.find_folder(name), paused)


@disk_errors()
def pause(name: str) -> None:
    """Stop after the update under way and stay ready."""
    _wish(name, "pause")


@disk_errors()
def play(name: str) -> None:
    """Go on, from a pause at once, and otherwise as `resume` does."""
    if status(name).state in HELD:
        _wish(name, "play")
    else:
        resume(name)


@disk_errors()
def step(name: str, until: str) -> None:
    """Go on to the end of the next "batch" or of this "epoch", then pause."""
    if until not in ("batch", "epoch"):
        raise InvalidConfigError(f"A step goes to the end of a 'batch' or an 'epoch', got {until!r}.")
    _wish(name, "batch" if until == "batch" else "epoch")


@disk_errors()
def stop(name: str) -> None:
    """End at once; `resume` goes on from the last finished epoch."""
    folder = job_files.find_folder(name)
    job_files.write_wish(folder, "stop")
    spool.drop_tickets(name)
    told = job_status.last_told(folder)
    if not job_status.is_held(told) and status(name).state != "finished":
        ray_jobs.stop(folder)
        told = replace(told, state="stopped", said="")
        job_files.replace_quickly(folder / job_files.STATUS, to_json(told))


@disk_errors()
def set_rate(name: str, factor: float) -> None:
    """From the next update on, learn at `factor` times what the schedule says; the run's config will say so too."""
    if not 0.0 < factor <= MAX_RATE_FACTOR:
        raise InvalidConfigError(f"The factor is above 0 and at most {MAX_RATE_FACTOR}, got {factor}.")
    if status(name).state == "finished":
        raise CheckpointError(f"Run '{name}' is finished; its rate cannot be changed. Fork it from an epoch.")
    job_files.write_rate(job_files.find_folder(name), factor)


def status(name: str) -> JobStatus:
    """How the run stands, from its folder alone."""
    return job_status.read_status(job_files.find_folder(name))


def list_jobs() -> list[JobStatus]:
    """Every run made here, in the order in which they were begun or queued."""
    return job_status.read_all()


def read_steps(name: str, after: int = 0) -> list[StepRecord]:
    """The updates after number `after` (the first is 1), oldest first; only the file's end is read for them."""
    return step_log.read_steps(job_files.find_folder(name), after)


def snapshots(name: str) -> list[int]:
    """The epochs that can be looked at or forked from."""
    return epochs_of(job_files.find_folder(name))


def load_snapshot(name: str, epoch: int) -> "Classifier":
    """The network as it was after this epoch: eval mode, frozen. Imports torch."""
    return load_network(name, epoch)


@disk_errors()
def fork(name: str, epoch: int, config: RunConfig, *, paused: bool = False) -> None:
    """Queue a new run that begins with the state after that epoch of this one.

    `config` has a new name and may train differently; another optimizer begins with nothing remembered.
    """
    folder = job_files.find_folder(name)
    record = run_folders.read_run(folder)
    _check_fork(record.card.config, config, epoch)
    snapshot = find_snapshot(folder, epoch)
    settled = replace(config, train=replace(config.train, precision=record.card.config.train.precision))

    def fill(new: Path) -> None:
        shutil.copy(snapshot, new / RESUME)
        step_log.cut_after(new, epoch, source=folder)
        write_atomically(new / CONFIG, to_json(RunCard(run_folders.FORMAT, record.card.classes, settled)))

    _begin(spool.take_name(JobCard(settled, backend()), fill), paused)


@disk_errors()
def delete(name: str) -> None:
    """Stop the run if need be, and remove its folder."""
    folder = job_files.find_folder(name)
    if status(name).state in HELD:  # a wish needs room, and who removes a run may do it to make some
        stop(name)
    deadline = time.monotonic() + PATIENCE
    while status(name).state in HELD:
        if time.monotonic() > deadline:
            raise CheckpointError(f"Run '{name}' has not stopped yet. Delete it in a moment.")
        time.sleep(0.02)
    shutil.rmtree(folder)


@disk_errors()
def ensure_worker() -> None:
    """Start the worker if there is none, so that torch is imported when a run comes; returns at once."""
    if backend() == "worker":
        worker_process.ensure()


def _begin(folder: Path, paused: bool) -> None:
    """Hand over a new run; one that nobody takes leaves its name free."""
    try:
        _hand_over(folder, paused)
    except InvalidConfigError:
        shutil.rmtree(folder)
        raise


def _hand_over(folder: Path, paused: bool) -> None:
    """To the Ray cluster where one is named, else to the worker of this machine."""
    job_files.write_wish(folder, "pause" if paused else "play")
    job_files.name_backend(folder, backend())
    if backend() == "ray":
        ray_jobs.submit(folder)
    else:
        spool.put_in_queue(folder.name)
        ensure_worker()


def _check_fork(old: RunConfig, new: RunConfig, epoch: int) -> None:
    """A fork trains the same network on the same data in the same batches, from the epoch after `epoch` on."""
    faults = []
    if (new.model, new.options) != (old.model, old.options):
        faults.append("the network must be the same")
    if new.data != old.data:
        faults.append("the data must be the same")
    if new.train.batch_size != old.train.batch_size:
        faults.append(f"batch_size stays {old.train.batch_size}, since updates are counted in batches")
    if new.train.epochs <= epoch:
        faults.append(f"epochs must be more than {epoch}, from where it begins")
    if faults:
        raise InvalidConfigError(f"Run '{old.name}' cannot be forked so: {'; '.join(faults)}.")


def _wish(name: str, wish: Wish) -> None:
    found = status(name)
    if found.state not in HELD:
        raise InvalidConfigError(f"Run '{name}' is {found.state}: resume it first.")
    job_files.write_wish(job_files.find_folder(name), wish)
