"""Runs in another process: start, steer, look, fork. The run's folder is the only truth; nothing here imports torch."""

import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ccds_core import job_files, job_status, run_folders, spool, step_log
from ccds_core.config import MAX_RATE_FACTOR, RunConfig
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.job_files import HELD, JobCard, Wish
from ccds_core.job_status import JobStatus
from ccds_core.processes import try_lock
from ccds_core.run_folders import CONFIG, RESUME, RunCard
from ccds_core.runtime import PROJECT
from ccds_core.snapshots import epochs_of, find_snapshot, load_network
from ccds_core.step_log import StepRecord
from ccds_core.storage import to_json, write_atomically

if TYPE_CHECKING:
    from ccds_core.classifier import Classifier

COMMAND = (sys.executable, "-m", "ccds_core")  # of the process that trains
PATIENCE = 10.0  # seconds that `delete` waits for a run to stop


def start(config: RunConfig, *, paused: bool = False) -> None:
    """Queue a new run and see that a worker is there. Raises `InvalidConfigError` if its name is taken."""
    folder = spool.take_name(JobCard(config, "worker"))
    _queue(folder, paused)


def resume(name: str, *, paused: bool = False) -> None:
    """Queue a run that is stopped, interrupted or failed; it goes on after its last finished epoch."""
    found = status(name)
    if found.state == "finished":
        raise CheckpointError(f"Run '{name}' is finished; there is nothing to resume.")
    if found.state in HELD:
        raise InvalidConfigError(f"Run '{name}' is {found.state} already; there is nothing to resume.")
    _queue(job_files.find_folder(name), paused)


def pause(name: str) -> None:
    """Stop after the update under way and stay ready."""
    _wish(name, "pause")


def play(name: str) -> None:
    """Go on, from a pause at once, and otherwise as `resume` does."""
    if status(name).state in HELD:
        _wish(name, "play")
    else:
        resume(name)


def step(name: str, until: str) -> None:
    """Go on to the end of the next "batch" or of this "epoch", then pause."""
    if until not in ("batch", "epoch"):
        raise InvalidConfigError(f"A step goes to the end of a 'batch' or an 'epoch', got {until!r}.")
    _wish(name, "batch" if until == "batch" else "epoch")


def stop(name: str) -> None:
    """End at once; `resume` goes on from the last finished epoch."""
    folder = job_files.find_folder(name)
    job_files.write_wish(folder, "stop")
    spool.drop_tickets(name)
    if status(name).state not in (*HELD, "finished"):
        told = replace(job_status.last_told(folder), state="stopped", said="")
        job_files.replace_quickly(folder / job_files.STATUS, to_json(told))


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

    _queue(spool.take_name(JobCard(settled, "worker"), fill), paused)


def delete(name: str) -> None:
    """Stop the run if need be, and remove its folder."""
    folder = job_files.find_folder(name)
    stop(name)
    deadline = time.monotonic() + PATIENCE
    while status(name).state in HELD:
        if time.monotonic() > deadline:
            raise CheckpointError(f"Run '{name}' has not stopped yet. Delete it in a moment.")
        time.sleep(0.02)
    shutil.rmtree(folder)


def ensure_worker() -> None:
    """Start the worker if there is none; returns at once. Whoever starts it hands the held lock down to it."""
    lock = try_lock(spool.spool_dir() / spool.WORKER_LOCK)
    if lock is None:
        return
    threads = str(os.cpu_count() or 1)
    with open(spool.spool_dir() / "worker.log", "ab") as log:
        process = subprocess.Popen(
            [*COMMAND, "worker", "--lock", str(lock)],
            cwd=PROJECT,
            env={"OMP_NUM_THREADS": threads, **os.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock],
        )
    os.close(lock)
    threading.Thread(target=process.wait, daemon=True).start()  # a child that ended is a zombie until it is waited for


def worker_pid() -> int | None:
    """The process number of the worker; None if there is none."""
    path = spool.spool_dir() / spool.WORKER_LOCK
    lock = try_lock(path)
    if lock is not None:
        os.close(lock)
        return None
    written = path.read_text().strip()
    return int(written) if written.isdigit() else None


def _queue(folder: Path, paused: bool) -> None:
    job_files.write_wish(folder, "pause" if paused else "play")
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
