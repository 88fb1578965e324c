"""The folder through which runs are handed to the worker: reserved names, queue entries, the worker's lock."""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ccds_core.config.run_config import check_run_name
from ccds_core.errors import InvalidConfigError
from ccds_core.jobs.protocol import JOB, JobCard, replace_quickly
from ccds_core.paths import checkpoints_dir, runs_dir
from ccds_core.runs.records import CONFIG
from ccds_core.storage import to_json

QUEUE, WORKER_LOCK = ".jobs", "worker.lock"


@dataclass(frozen=True)
class QueueEntry:
    """A run in the queue; the oldest is trained first."""

    path: Path
    name: str


def queue_dir() -> Path:
    """The folder that the worker reads; lists of runs leave it out."""
    return runs_dir() / QUEUE


def take_name(card: JobCard, fill: Callable[[Path], None] = lambda folder: None) -> Path:
    """Create the run's folder with job.json, and what `fill` adds, in one rename, so that a name is used only once."""
    name = card.config.name
    check_run_name(name)
    temporary = runs_dir() / f".new-{uuid.uuid4().hex}"
    temporary.mkdir(parents=True)
    try:
        (temporary / JOB).write_text(to_json(card), encoding="utf-8")
        fill(temporary)
        if (checkpoints_dir() / name / CONFIG).exists() or not _renamed(temporary, runs_dir() / name):
            raise InvalidConfigError(f"There is a run '{name}' already. Resume it, or choose another name.")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return runs_dir() / name


def new_ending() -> str:
    """An ending that makes a run's name unique, however many visitors start the same run at once."""
    return uuid.uuid4().hex[:8]


def put_in_queue(name: str) -> None:
    """Add an entry for this run at the end of the queue."""
    queue = queue_dir() / "queue"
    queue.mkdir(parents=True, exist_ok=True)
    replace_quickly(queue / f"{time.time_ns():020d}-{name}", "")


def entries() -> list[QueueEntry]:
    """The queue, oldest first. An entry is only a file name, so it is never incomplete."""
    queue = queue_dir() / "queue"
    try:
        names = sorted(entry for entry in os.listdir(queue) if not entry.startswith("."))
    except OSError:
        return []
    return [QueueEntry(queue / entry, entry.partition("-")[2]) for entry in names]


def claim(entry: QueueEntry) -> bool:
    """Take the entry out of the queue; False if another worker has taken it."""
    try:
        entry.path.unlink()
    except FileNotFoundError:
        return False
    return True


def drop_entries(name: str) -> None:
    """Remove this run from the queue."""
    for entry in entries():
        if entry.name == name:
            entry.path.unlink(missing_ok=True)


def _renamed(temporary: Path, folder: Path) -> bool:
    """Whether the name was free; a folder that is not empty is not replaced."""
    try:
        temporary.rename(folder)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.ENOTDIR):
            return False
        raise
    return True
