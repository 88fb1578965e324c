"""The folder through which runs are handed to the worker: names taken, tickets that wait, the worker's own lock."""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ccds_core.config import check_run_name
from ccds_core.errors import InvalidConfigError
from ccds_core.job_files import JOB, JobCard, replace_quickly
from ccds_core.run_folders import CONFIG
from ccds_core.runtime import checkpoints_dir, runs_dir
from ccds_core.storage import to_json

SPOOL, WORKER_LOCK = ".jobs", "worker.lock"


@dataclass(frozen=True)
class Ticket:
    """A run that waits in the spool; the oldest is taken first."""

    path: Path
    name: str


def spool_dir() -> Path:
    """The folder that the worker looks into; lists of runs pass it over."""
    return runs_dir() / SPOOL


def take_name(card: JobCard, fill: Callable[[Path], None] = lambda folder: None) -> Path:
    """Make the run's folder with its job.json, and what `fill` adds, in one rename: of two starts one is refused."""
    name = card.config.name
    check_run_name(name)
    beside = spool_dir() / f"new-{uuid.uuid4().hex}"
    beside.mkdir(parents=True)
    try:
        (beside / JOB).write_text(to_json(card), encoding="utf-8")
        fill(beside)
        if (checkpoints_dir() / name / CONFIG).exists() or not _renamed(beside, runs_dir() / name):
            raise InvalidConfigError(f"There is a run '{name}' already. Resume it, or choose another name.")
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        with suppress(OSError):
            spool_dir().rmdir()  # if nothing else is in it: who trains without a worker needs none
    return runs_dir() / name


def put_in_queue(name: str) -> None:
    """A ticket for this run behind all others."""
    queue = spool_dir() / "queue"
    queue.mkdir(parents=True, exist_ok=True)
    replace_quickly(queue / f"{time.time_ns():020d}-{name}", "")


def tickets() -> list[Ticket]:
    """Who waits, the oldest first. The file's name says it all, so no ticket can be half written."""
    queue = spool_dir() / "queue"
    try:
        names = sorted(entry for entry in os.listdir(queue) if not entry.startswith("."))
    except OSError:
        return []
    return [Ticket(queue / entry, entry.partition("-")[2]) for entry in names]


def drop_tickets(name: str) -> None:
    """Take this run out of the queue."""
    for ticket in tickets():
        if ticket.name == name:
            ticket.path.unlink(missing_ok=True)


def _renamed(beside: Path, folder: Path) -> bool:
    """Whether the name was free: a folder with anything in it is not replaced."""
    try:
        beside.rename(folder)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.ENOTDIR):
            return False
        raise
    return True
