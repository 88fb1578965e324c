"""What the Train page reads from disk, cached: steps of runs, snapshots, and which data sets there are."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from ccds_core.config.lessons import LESSONS
from ccds_core.data import cifar10, emotion
from ccds_core.jobs import control, lesson_answers, protocol, queue
from ccds_core.jobs.status import JobStatus
from ccds_core.models.recipe_script import DATA_CODE
from ccds_core.paths import data_dir, runs_dir
from ccds_core.results import EpochMetrics
from ccds_core.runs import records
from ccds_core.runs.step_log import STEPS, StepRecord
from ccds_core.runtime import limit_threads
from ccds_core.storage import changed_at

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.explain.epoch_replay import EpochPrediction, Example
    from ccds_core.models.classifier import Classifier

FRESH = 0.2  # seconds for which a status that was read is shown to all
RECENT = 5.0  # seconds after a visitor's own click
CHANGED = "train_changed"  # when this visitor last changed something
OWN_FILES = (".csv", ".tsv", ".txt")


@st.cache_resource(max_entries=1, show_spinner=False)
def _statuses_at(tick: int) -> Sequence[JobStatus]:
    return tuple(control.list_jobs())


def load_statuses() -> Sequence[JobStatus]:
    """The status of every run made here, oldest first; read at most once in `FRESH` seconds for all visitors."""
    return _statuses_at(int(time.monotonic() / FRESH))


def find_statuses(names: Sequence[str]) -> list[JobStatus]:
    """The status of each of these runs that still has a folder."""
    known = {status.name: status for status in load_statuses()}
    return [known.get(name) or control.status(name) for name in names if exists(name)]


def note_change() -> None:
    """This visitor has changed something: read the statuses again at once, and look often for a moment."""
    _statuses_at.clear()
    st.session_state[CHANGED] = time.monotonic()


def changed_just_now() -> bool:
    """Whether this visitor has changed something in the last `RECENT` seconds."""
    return time.monotonic() - st.session_state.get(CHANGED, -RECENT) < RECENT


def load_queue() -> list[str]:
    """The names of the runs that wait for the worker, the next one first."""
    return [entry.name for entry in queue.entries()]


def exists(name: str) -> bool:
    """Whether the run still has a folder: somebody may delete it at any time."""
    return (runs_dir() / name).is_dir()


@st.cache_resource(max_entries=64, show_spinner=False)
def _steps_of(name: str, born: int, changed: int) -> Sequence[StepRecord]:
    return tuple(control.read_steps(name))


def load_steps(name: str) -> Sequence[StepRecord]:
    """Every step of a run so far; read once for all visitors until another one is written."""
    folder = protocol.find_folder(name)
    return _steps_of(name, changed_at(folder / protocol.JOB), changed_at(folder / STEPS))


@st.cache_resource(max_entries=len(LESSONS), show_spinner=False)
def load_recording(name: str) -> dict[str, list[StepRecord]]:
    """The steps of a guided experiment that come with the app, by the runs' labels; empty where there are none."""
    return lesson_answers.recording(name)


def load_history(name: str) -> tuple[EpochMetrics, ...]:
    """The finished epochs of a run made here."""
    folder = protocol.find_folder(name)
    if not (folder / records.CONFIG).is_file():
        return ()
    return records.read_run(folder).metrics.history


def data_of(name: str) -> str:
    """The data set of a run, as people call it; empty where the run has not begun."""
    folder = protocol.find_folder(name)
    if not (folder / records.CONFIG).is_file():
        return ""
    data = records.read_run(folder).card.config.data.name
    return DATA_CODE[data].title if data in DATA_CODE else Path(data).name


def count_classes(name: str) -> int:
    """The number of classes of a run; 10 where it has not begun."""
    folder = protocol.find_folder(name)
    begun = (folder / records.CONFIG).is_file()
    return len(records.read_run(folder).card.classes) if begun else len(cifar10.CLASSES)


@st.cache_resource(max_entries=4, show_spinner="Loading the weights of that epoch")
def _snapshot_of(name: str, epoch: int, born: int) -> "Classifier":
    limit_threads()
    return control.load_snapshot(name, epoch)


@st.cache_data(max_entries=256, show_spinner=False)
def _prediction_of(name: str, epoch: int, born: int, number: int) -> "tuple[Example, EpochPrediction]":
    from ccds_core.explain.epoch_replay import find_example, predict_at_epoch

    classifier = _snapshot_of(name, epoch, born)
    example = find_example(classifier.config, number)
    return example, predict_at_epoch(classifier, example)


def predict_at_epoch(name: str, epoch: int, number: int) -> "tuple[Example, EpochPrediction]":
    """A validation example, and a run's prediction for it after an epoch."""
    return _prediction_of(name, epoch, changed_at(protocol.find_folder(name) / protocol.JOB), number)


def has_cifar10() -> bool:
    """Whether a copy of CIFAR-10 is on disk."""
    return cifar10.find() is not None


def has_emotion() -> bool:
    """Whether the emotion data are on disk."""
    return emotion.find() is not None


def own_data(task: str) -> list[Path]:
    """Data sets that a user put into the data folder: class folders of images for "image", text tables for "text"."""
    root = data_dir()
    entries = sorted(root.iterdir()) if root.is_dir() else []
    if task == "text":
        return [entry for entry in entries if entry.suffix in OWN_FILES and entry.is_file()]
    known = {cifar10.BATCHES, "cifar10", "cifar-10", "emotion"}
    return [entry for entry in entries if entry.is_dir() and entry.name not in known and _has_classes(entry)]


def _has_classes(folder: Path) -> bool:
    """Whether it has at least two subfolders, as a folder of images by class has."""
    return sum(entry.is_dir() for entry in folder.iterdir()) > 1
