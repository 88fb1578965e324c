"""The state of a run, from its folder: its last status, and whether a process holds its lock."""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ccds_core.errors import CheckpointError
from ccds_core.jobs import ray_backend
from ccds_core.jobs.process import host_name, is_locked
from ccds_core.jobs.protocol import (
    CONTROL,
    HELD,
    JOB,
    RUN_LOCK,
    STATUS,
    Backend,
    LiveStatus,
    State,
    epochs_kept,
    job_folders,
    read_card,
    read_live,
)
from ccds_core.jobs.queue import entries
from ccds_core.runs.records import CONFIG, MANIFEST, read_run
from ccds_core.storage import changed_at

SILENCE = 30.0  # seconds after which a process on another machine counts as gone


@dataclass(frozen=True)
class JobStatus:
    """The state and progress of one run."""

    name: str
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
    awaits_command: bool  # whether the process has not read the last command yet


def read_status(folder: Path) -> JobStatus:
    """The status of the run in this folder."""
    return _status(folder, [entry.name for entry in entries()])


def read_all() -> list[JobStatus]:
    """All runs in the runs folder, oldest first."""
    waiting = [entry.name for entry in entries()]
    return [_status(folder, waiting) for folder in sorted(job_folders(), key=_created)]


def last_status(folder: Path) -> LiveStatus:
    """status.json; where it cannot be read, a status from the folder's other files."""
    live = read_live(folder)
    if live:
        return live
    blank = LiveStatus("interrupted", 0, 0, 0, 0, 0, 0.0, None, "", "command line", "", 0, 0.0, 0.0)
    try:
        card = read_card(folder)
        if card:
            return replace(blank, epochs=card.config.train.epochs, backend=card.backend)
        record = read_run(folder)
    except CheckpointError as error:
        return replace(blank, state="failed", message=str(error))
    done = len(record.metrics.history)
    n_steps = len(record.metrics.history[-1].step_losses) if done else 0
    return replace(
        blank,
        epoch=done,
        step=n_steps,
        n_steps=n_steps,
        steps_done=done * n_steps,
        epochs=record.card.config.train.epochs,
    )


def is_held(folder: Path, live: LiveStatus) -> bool:
    """Whether a process trains the run or will: it holds the run's lock.

    Some network file systems do not share locks: there the last heartbeat of another machine counts.
    """
    if live.state not in HELD:
        return False
    return is_locked(folder / RUN_LOCK) or (live.host != host_name() and time.time() - live.heartbeat < SILENCE)


def is_unread(folder: Path) -> bool:
    """Whether the last command is newer than the last status, by a little: a process that hangs reads none."""
    sent = changed_at(folder / CONTROL)
    return changed_at(folder / STATUS) < sent and abs(time.time() - sent / 1e9) < SILENCE


def _status(folder: Path, waiting: list[str]) -> JobStatus:
    live = last_status(folder)
    state, message = _state(folder, live, waiting)
    moving = state in ("running", "starting")
    card = None
    held = state != "finished" and is_held(folder, live)
    if state != "finished" and not held:
        with suppress(CheckpointError):  # a damaged card is reported when the run is resumed
            card = read_card(folder)
    return JobStatus(
        name=folder.name,
        state=state,
        epoch=live.epoch,
        step=live.step,
        n_steps=live.n_steps,
        epochs=live.epochs,
        steps_done=live.steps_done,
        examples_per_second=live.examples_per_second,
        seconds_left=live.seconds_left if moving else None,
        message=message,
        backend=card.backend if card else live.backend,
        awaits_command=held and is_unread(folder),
    )


def _state(folder: Path, live: LiveStatus, waiting: list[str]) -> tuple[State, str]:
    """The state and a message."""
    if (folder / MANIFEST).is_file():
        return "finished", ""
    if is_held(folder, live):
        return live.state, live.message
    if folder.name in waiting:
        position = waiting.index(folder.name) + 1
        return "queued", f"number {position} in the queue"
    if live.state == "failed":
        return live.state, live.message
    on_ray = ray_backend.ask(folder) if live.state != "stopped" else None
    if on_ray:
        return on_ray
    state: State = "stopped" if live.state == "stopped" else "interrupted"
    kept = epochs_kept(folder)
    if 0 < live.epochs <= kept:
        return state, f"{state} after its last epoch; can be resumed to be tested and saved"
    return state, f"{state}; can be resumed from epoch {kept + 1}"


def _created(folder: Path) -> int:
    return changed_at(folder / JOB) or changed_at(folder / CONFIG)
