"""The files in a run's folder through which it is steered and watched: card, status, commands. Imports no torch."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar, get_args

from ccds_core.config.run_config import RunConfig, check_run_name
from ccds_core.errors import CcdsError, CheckpointError
from ccds_core.paths import runs_dir
from ccds_core.runs.records import CONFIG, RESUME, read_resume_metadata, read_run
from ccds_core.storage import parse_json, read_text, removed_if_half, to_json, write_atomically
from ccds_core.validation import STRICT_JSON

JOB, STATUS, CONTROL, RATE = "job.json", "status.json", "control.json", "rate.json"
RUN_LOCK = "run.lock"

State = Literal["queued", "starting", "running", "paused", "stopped", "interrupted", "finished", "failed"]
HELD: tuple[State, ...] = ("queued", "starting", "running", "paused")  # a process trains the run, or will
Command = Literal["play", "pause", "stop", "batch", "epoch"]
Backend = Literal["worker", "ray", "command line"]
Record = TypeVar("Record")


@dataclass(frozen=True)
class JobCard:
    """job.json: the run's config and where it is trained; it also reserves the folder's name."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    config: RunConfig
    backend: Backend
    snapshots: bool = True  # whether the state after each epoch is kept
    together: str = ""  # the worker trains runs of the same comparison in turns, a step each; "" for a run of its own


@dataclass(frozen=True)
class LiveStatus:
    """status.json: progress and process of the run; replaced several times a second."""

    state: State
    epoch: int  # the current one, from 1; 0 before the first
    step: int  # done in this epoch
    n_steps: int  # in an epoch; 0 until it is known
    epochs: int
    steps_done: int  # over the whole run
    examples_per_second: float
    seconds_left: float | None
    message: str  # for people; empty where the state is enough
    backend: Backend
    host: str
    pid: int
    process_started: float
    heartbeat: float  # time of the last write, in seconds since 1970


@dataclass(frozen=True)
class Control:
    """control.json: the last command."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    wish: Command


@dataclass(frozen=True)
class LearningRateCommand:
    """rate.json: from the next step on, multiply the scheduled learning rate by `factor`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    factor: float


def read_card(folder: Path) -> JobCard | None:
    """The folder's job.json; None where the run was started without one."""
    if not (folder / JOB).is_file():
        return None
    card: JobCard = parse_json(JobCard, read_text(folder / JOB), folder.name)
    return card


def comparison_of(folder: Path) -> str:
    """What the run trains together with; "" for a run of its own, and where its job.json cannot be read."""
    with suppress(CcdsError, OSError):
        card = read_card(folder)
        return card.together if card else ""
    return ""


def name_backend(folder: Path, backend: Backend) -> None:
    """Record who trains the run from now on."""
    card = read_card(folder)
    if card is None or card.backend != backend:
        created = (folder / (JOB if card else CONFIG)).stat().st_mtime
        card = replace(card, backend=backend) if card else JobCard(read_run(folder).card.config, backend)
        write_atomically(folder / JOB, to_json(card))
        os.utime(folder / JOB, (created, created))  # lists of runs are ordered by this time


def read_live(folder: Path) -> LiveStatus | None:
    """The folder's status.json; None where there is none that can be read."""
    try:  # without validation, since pages read it several times a second
        status = LiveStatus(**json.loads((folder / STATUS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return status if status.state in get_args(State) else None


def read_command(folder: Path) -> Command | None:
    """The last command; None where there is none. Raises `CheckpointError` if it cannot be read."""
    path = folder / CONTROL
    return _parse(Control, path, CONTROL).wish if path.is_file() else None


def pop_learning_rate(folder: Path) -> float | None:
    """The last factor for the learning rate, which is removed; None where there is none. Raises `CheckpointError`."""
    taken = folder / f".{RATE}.taken"
    try:
        os.replace(folder / RATE, taken)
    except FileNotFoundError:
        return None
    try:
        return _parse(LearningRateCommand, taken, RATE).factor
    finally:
        taken.unlink(missing_ok=True)


def send_command(folder: Path, command: Command) -> None:
    """Leave a command for the process that trains the run, or that will."""
    replace_quickly(folder / CONTROL, json.dumps(asdict(Control(command))))


def send_learning_rate(folder: Path, factor: float) -> None:
    """Leave a factor for the learning rate."""
    replace_quickly(folder / RATE, json.dumps(asdict(LearningRateCommand(float(factor)))))


def replace_quickly(path: Path, text: str) -> None:
    """Write a temporary file and rename it, without flushing to disk: for short-lived files."""
    with removed_if_half(path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}")) as beside:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)


def stamp(path: Path) -> tuple[int, int]:
    """Changes whenever the file is replaced, even twice within one clock tick; zeros if there is no file."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_ino


def job_folders() -> Iterator[Path]:
    """Every folder in the runs folder that belongs to a run."""
    root = runs_dir()
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        if not folder.name.startswith(".") and ((folder / JOB).is_file() or (folder / CONFIG).is_file()):
            yield folder


def find_folder(name: str) -> Path:
    """The folder of a run in the runs folder. Raises `CheckpointError` if there is none."""
    check_run_name(name)
    folder = runs_dir() / name
    if not ((folder / JOB).is_file() or (folder / CONFIG).is_file()):
        raise CheckpointError(f"No run '{name}' was made here.")
    return folder


def epochs_kept(folder: Path) -> int:
    """Finished epochs of an unfinished run; it resumes after them."""
    if not (folder / RESUME).is_file():
        return 0
    with suppress(CcdsError, ValueError, TypeError, RecursionError):
        return len(json.loads(read_resume_metadata(folder).get("history", "[]")))
    return 0


def _parse(kind: type[Record], path: Path, name: str) -> Record:
    record: Record = parse_json(kind, read_text(path), f"{path.parent.name}/{name}")
    return record
