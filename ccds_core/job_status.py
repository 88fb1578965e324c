"""How a run stands, worked out from its folder: what its process last told, and whether that process lives."""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ccds_core import ray_jobs
from ccds_core.errors import CheckpointError
from ccds_core.job_files import HELD, JOB, Backend, LiveStatus, State, epochs_kept, job_folders, read_card, read_live
from ccds_core.processes import host_name, is_alive
from ccds_core.run_folders import CONFIG, MANIFEST, read_run
from ccds_core.spool import tickets
from ccds_core.storage import changed_at

SILENCE = 30.0  # seconds after which a process on another machine counts as gone


@dataclass(frozen=True)
class JobStatus:
    """One run as it stands."""

    name: str
    state: State
    epoch: int  # the one under way, from 1; 0 before the first
    step: int  # the last one done in it
    n_steps: int  # in an epoch; 0 until it is known
    epochs: int
    updates_done: int  # over the whole run
    examples_per_second: float
    seconds_left: float | None
    said: str  # a sentence for people; empty where the state says it all
    backend: Backend


def read_status(folder: Path) -> JobStatus:
    """How the run of this folder stands."""
    return _status(folder, [ticket.name for ticket in tickets()])


def read_all() -> list[JobStatus]:
    """Every run made here, in the order in which they were begun."""
    waiting = [ticket.name for ticket in tickets()]
    return [_status(folder, waiting) for folder in sorted(job_folders(), key=_begun)]


def last_told(folder: Path) -> LiveStatus:
    """status.json; where there is none, what is known without it."""
    told = read_live(folder)
    if told:
        return told
    blank = LiveStatus("interrupted", 0, 0, 0, 0, 0, 0.0, None, "", "command line", "", 0, 0.0, 0.0)
    try:
        card = read_card(folder)
        if card:
            return replace(blank, epochs=card.config.train.epochs, backend=card.backend)
        record = read_run(folder)
    except CheckpointError as error:
        return replace(blank, state="failed", said=str(error))
    done = len(record.metrics.history)
    n_steps = len(record.metrics.history[-1].step_losses) if done else 0
    return replace(
        blank,
        epoch=done,
        step=n_steps,
        n_steps=n_steps,
        updates_done=done * n_steps,
        epochs=record.card.config.train.epochs,
    )


def is_held(told: LiveStatus) -> bool:
    """Whether a process that lives has the run in its hands."""
    if told.state not in HELD:
        return False
    if told.host == host_name():
        return is_alive(told.pid, told.process_started)
    return time.time() - told.beat < SILENCE


def _status(folder: Path, waiting: list[str]) -> JobStatus:
    told = last_told(folder)
    state, said = _state(folder, told, waiting)
    moving = state in ("running", "starting")
    card = None
    if state != "finished" and not is_held(told):
        with suppress(CheckpointError):  # a damaged card is told when the run is resumed
            card = read_card(folder)
    return JobStatus(
        name=folder.name,
        state=state,
        epoch=told.epoch,
        step=told.step,
        n_steps=told.n_steps,
        epochs=told.epochs,
        updates_done=told.updates_done,
        examples_per_second=told.examples_per_second,
        seconds_left=told.seconds_left if moving else None,
        said=said,
        backend=card.backend if card else told.backend,
    )


def _state(folder: Path, told: LiveStatus, waiting: list[str]) -> tuple[State, str]:
    """The state and a sentence that goes with it."""
    if (folder / MANIFEST).is_file():
        return "finished", ""
    if is_held(told):
        return told.state, told.said
    if folder.name in waiting:
        before = waiting.index(folder.name)
        return "queued", "next in the queue" if before == 0 else f"{before + 1} in the queue"
    if told.state == "failed":
        return told.state, told.said
    found = ray_jobs.ask(folder) if told.state != "stopped" else None
    if found:
        return found
    state: State = "stopped" if told.state == "stopped" else "interrupted"
    return state, f"{state}, resume from epoch {epochs_kept(folder) + 1}"


def _begun(folder: Path) -> int:
    return changed_at(folder / JOB) or changed_at(folder / CONFIG)
