"""What lies in a run's folder while it is a job, and in the spool: card, status, wishes, tickets. Needs no torch."""

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar, get_args

from ccds_core.checks import STRICT_JSON
from ccds_core.config import RunConfig, check_run_name
from ccds_core.errors import CcdsError, CheckpointError, InvalidConfigError
from ccds_core.run_folders import CONFIG, RESUME, read_resume_metadata
from ccds_core.runtime import checkpoints_dir, runs_dir
from ccds_core.storage import parse_json, read_text, to_json

JOB, STATUS, CONTROL, RATE = "job.json", "status.json", "control.json", "rate.json"
RUN_LOCK, WORKER_LOCK = "run.lock", "worker.lock"
SPOOL = ".jobs"

State = Literal["queued", "starting", "running", "paused", "stopped", "interrupted", "finished", "failed"]
HELD: tuple[State, ...] = ("queued", "starting", "running", "paused")  # by a process, if status.json says so
Wish = Literal["play", "pause", "stop", "batch", "epoch"]
WISHES: tuple[Wish, ...] = get_args(Wish)
Record = TypeVar("Record")


@dataclass(frozen=True)
class JobCard:
    """job.json: what was asked for; with the folder's name taken, so that no second start can take it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    config: RunConfig
    backend: str  # "worker", "ray" or "command line"


@dataclass(frozen=True)
class LiveStatus:
    """status.json: how far the run is and which process says so; replaced by renaming, several times a second."""

    state: State
    epoch: int  # the one under way, from 1; 0 before the first
    step: int  # the last one done in this epoch
    n_steps: int  # in an epoch; 0 until it is known
    epochs: int
    updates_done: int  # over the whole run
    examples_per_second: float
    seconds_left: float | None
    said: str
    backend: str
    host: str
    pid: int
    process_started: float
    beat: float  # seconds since 1970 at which the process last was heard of


@dataclass(frozen=True)
class Control:
    """control.json: the last wish; `serial` tells a new wish from one that was heard."""

    serial: int
    wish: Wish


@dataclass(frozen=True)
class RateWish:
    """rate.json: from the next update on, learn at `factor` times what the schedule says."""

    serial: int
    factor: float


@dataclass(frozen=True)
class Ticket:
    """A run that waits in the spool; the oldest is taken first."""

    path: Path
    name: str


def spool() -> Path:
    """The folder that the worker looks into; lists of runs pass it over."""
    return runs_dir() / SPOOL


def take_name(card: JobCard, fill: Callable[[Path], None] = lambda folder: None) -> Path:
    """Make the run's folder with its job.json, and what `fill` adds, in one rename: of two starts one is refused."""
    name = card.config.name
    check_run_name(name)
    beside = spool() / f"new-{uuid.uuid4().hex}"
    beside.mkdir(parents=True)
    (beside / JOB).write_text(to_json(card), encoding="utf-8")
    try:
        if (checkpoints_dir() / name / CONFIG).exists():
            raise FileExistsError(name)
        fill(beside)
        beside.rename(runs_dir() / name)  # fails where there is a folder with anything in it
    except OSError:
        shutil.rmtree(beside)
        raise InvalidConfigError(f"There is a run '{name}' already. Resume it, or choose another name.") from None
    return runs_dir() / name


def read_card(folder: Path) -> JobCard | None:
    """The folder's job.json; None where the run was begun without one."""
    if not (folder / JOB).is_file():
        return None
    card: JobCard = parse_json(JobCard, read_text(folder / JOB), folder.name)
    return card


def read_live(folder: Path) -> LiveStatus | None:
    """The folder's status.json; None where there is none that can be read."""
    status = _read(LiveStatus, folder / STATUS)
    return status if status and status.state in get_args(State) else None


def read_control(folder: Path) -> Control | None:
    """The last wish; None where there is none. Raises `CheckpointError` if it cannot be read."""
    control = _read_or_tell(Control, folder / CONTROL)
    if control and control.wish not in WISHES:
        raise CheckpointError(f"'{folder.name}/{CONTROL}' asks for {control.wish!r}, which is none of {WISHES}.")
    return control


def read_rate(path: Path) -> float:
    """The factor that a rate.json asks for. Raises `CheckpointError` if it cannot be read."""
    wish = _read_or_tell(RateWish, path)
    if wish is None or not isinstance(wish.factor, float):
        raise CheckpointError(f"'{path.parent.name}/{RATE}' cannot be read and was ignored.")
    return wish.factor


def write_wish(folder: Path, wish: Wish) -> None:
    """Leave a wish for the process that trains, or that will."""
    replace_quickly(folder / CONTROL, json.dumps(asdict(Control(time.time_ns(), wish))))


def write_rate(folder: Path, factor: float) -> None:
    """Leave a wish for a rate."""
    replace_quickly(folder / RATE, json.dumps(asdict(RateWish(time.time_ns(), float(factor)))))


def replace_quickly(path: Path, text: str) -> None:
    """Write beside and rename, without waiting for the disk: for what is out of date a moment later."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def put_in_queue(name: str) -> None:
    """A ticket for this run behind all others."""
    queue = spool() / "queue"
    queue.mkdir(parents=True, exist_ok=True)
    replace_quickly(queue / f"{time.time_ns():020d}-{name}", "")


def tickets() -> list[Ticket]:
    """Who waits, the oldest first. The file's name says it all, so no ticket can be half written."""
    queue = spool() / "queue"
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


def job_folders() -> Iterator[Path]:
    """Every folder made here that is or may become a run's."""
    root = runs_dir()
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        if not folder.name.startswith(".") and ((folder / JOB).is_file() or (folder / CONFIG).is_file()):
            yield folder


def find_folder(name: str) -> Path:
    """The folder of a run made here, or an error that names it."""
    check_run_name(name)
    folder = runs_dir() / name
    if not ((folder / JOB).is_file() or (folder / CONFIG).is_file()):
        raise CheckpointError(f"No run '{name}' was made here.")
    return folder


def epochs_kept(folder: Path) -> int:
    """Finished epochs of a run that is not finished: where it would go on."""
    if not (folder / RESUME).is_file():
        return 0
    with suppress(CcdsError, ValueError):
        return len(json.loads(read_resume_metadata(folder).get("history", "[]")))
    return 0


def _read(kind: type[Record], path: Path) -> Record | None:
    try:
        return kind(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _read_or_tell(kind: type[Record], path: Path) -> Record | None:
    if not path.is_file():
        return None
    record = _read(kind, path)
    if record is None:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read and was ignored.")
    return record
