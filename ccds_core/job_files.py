"""What lies in a run's folder while it is a job: card, status, wishes; read and written without torch."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar, get_args

from ccds_core.checks import STRICT_JSON
from ccds_core.config import RunConfig, check_run_name
from ccds_core.errors import CcdsError, CheckpointError
from ccds_core.run_folders import CONFIG, RESUME, read_resume_metadata, read_run
from ccds_core.runtime import runs_dir
from ccds_core.storage import parse_json, read_text, removed_if_half, to_json, write_atomically

JOB, STATUS, CONTROL, RATE = "job.json", "status.json", "control.json", "rate.json"
RUN_LOCK = "run.lock"

State = Literal["queued", "starting", "running", "paused", "stopped", "interrupted", "finished", "failed"]
HELD: tuple[State, ...] = ("queued", "starting", "running", "paused")  # by a process, if status.json says so
Wish = Literal["play", "pause", "stop", "batch", "epoch"]
Backend = Literal["worker", "ray", "command line"]
Record = TypeVar("Record")


@dataclass(frozen=True)
class JobCard:
    """job.json: what was asked for; with the folder's name taken, so that no second start can take it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    config: RunConfig
    backend: Backend
    snapshots: bool = True  # whether the state after each epoch is kept


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
    backend: Backend
    host: str
    pid: int
    process_started: float
    beat: float  # seconds since 1970 at which the process last was heard of


@dataclass(frozen=True)
class Control:
    """control.json: the last wish."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    wish: Wish


@dataclass(frozen=True)
class RateWish:
    """rate.json: from the next update on, learn at `factor` times what the schedule says."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    factor: float


def read_card(folder: Path) -> JobCard | None:
    """The folder's job.json; None where the run was begun without one."""
    if not (folder / JOB).is_file():
        return None
    card: JobCard = parse_json(JobCard, read_text(folder / JOB), folder.name)
    return card


def name_backend(folder: Path, backend: Backend) -> None:
    """Write down who trains the run from now on."""
    card = read_card(folder)
    if card is None or card.backend != backend:
        config = card.config if card else read_run(folder).card.config
        began = (folder / (JOB if card else CONFIG)).stat().st_mtime
        write_atomically(folder / JOB, to_json(JobCard(config, backend, card is None or card.snapshots)))
        os.utime(folder / JOB, (began, began))  # by which runs are listed in their order


def read_live(folder: Path) -> LiveStatus | None:
    """The folder's status.json; None where there is none that can be read."""
    try:  # plainly, since pages ask for it several times a second
        status = LiveStatus(**json.loads((folder / STATUS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return status if status.state in get_args(State) else None


def read_wish(folder: Path) -> Wish | None:
    """The last wish; None where there is none. Raises `CheckpointError` if it cannot be read."""
    path = folder / CONTROL
    return _parse(Control, path, CONTROL).wish if path.is_file() else None


def take_rate(folder: Path) -> float | None:
    """The factor last wished for, which is taken away; None where there is none. Raises `CheckpointError`."""
    taken = folder / f".{RATE}.taken"
    try:
        os.replace(folder / RATE, taken)
    except FileNotFoundError:
        return None
    try:
        return _parse(RateWish, taken, RATE).factor
    finally:
        taken.unlink(missing_ok=True)


def write_wish(folder: Path, wish: Wish) -> None:
    """Leave a wish for the process that trains, or that will."""
    replace_quickly(folder / CONTROL, json.dumps(asdict(Control(wish))))


def write_rate(folder: Path, factor: float) -> None:
    """Leave a wish for a rate."""
    replace_quickly(folder / RATE, json.dumps(asdict(RateWish(float(factor)))))


def replace_quickly(path: Path, text: str) -> None:
    """Write beside and rename, without waiting for the disk: for what is out of date a moment later."""
    with removed_if_half(path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}")) as beside:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)


def stamp(path: Path) -> tuple[int, int]:
    """Changes whenever the file is replaced, also twice within one tick of the clock; zeros if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


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
    with suppress(CcdsError, ValueError, TypeError, RecursionError):
        return len(json.loads(read_resume_metadata(folder).get("history", "[]")))
    return 0


def _parse(kind: type[Record], path: Path, name: str) -> Record:
    record: Record = parse_json(kind, read_text(path), f"{path.parent.name}/{name}")
    return record
