"""What the Train page reads from disk, cached: steps of runs, snapshots, and which data sets there are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from ccds_core import job_files, jobs, run_folders
from ccds_core.data import cifar10, emotion
from ccds_core.results import EpochMetrics
from ccds_core.runtime import data_dir, share_machine
from ccds_core.step_log import STEPS, StepRecord
from ccds_core.storage import changed_at

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.classifier import Classifier
    from ccds_core.looking_back import Example, LookBack

OWN_FILES = (".csv", ".tsv", ".txt")


@st.cache_resource(max_entries=64, show_spinner=False)
def _steps_of(name: str, born: int, changed: int) -> Sequence[StepRecord]:
    return tuple(jobs.read_steps(name))


def load_steps(name: str) -> Sequence[StepRecord]:
    """Every update of a run so far; read once for all visitors until another one is written."""
    folder = job_files.find_folder(name)
    return _steps_of(name, changed_at(folder / job_files.JOB), changed_at(folder / STEPS))


def load_history(name: str) -> tuple[EpochMetrics, ...]:
    """The finished epochs of a run made here."""
    folder = job_files.find_folder(name)
    if not (folder / run_folders.CONFIG).is_file():
        return ()
    return run_folders.read_run(folder).metrics.history


def count_classes(name: str) -> int:
    """How many classes a run tells apart; 10 where it has not begun."""
    folder = job_files.find_folder(name)
    begun = (folder / run_folders.CONFIG).is_file()
    return len(run_folders.read_run(folder).card.classes) if begun else len(cifar10.CLASSES)


@st.cache_resource(max_entries=4, show_spinner="Loading the network of that epoch")
def _snapshot_of(name: str, epoch: int, born: int) -> "Classifier":
    share_machine()
    return jobs.load_snapshot(name, epoch)


@st.cache_data(max_entries=256, show_spinner=False)
def _look_of(name: str, epoch: int, born: int, number: int) -> "tuple[Example, LookBack]":
    from ccds_core.looking_back import find_example, look_back

    classifier = _snapshot_of(name, epoch, born)
    example = find_example(classifier.config, number)
    return example, look_back(classifier, example)


def look_back(name: str, epoch: int, number: int) -> "tuple[Example, LookBack]":
    """A validation example, and a run's answer to it after an epoch."""
    return _look_of(name, epoch, changed_at(job_files.find_folder(name) / job_files.JOB), number)


def has_cifar10() -> bool:
    """Whether a copy of CIFAR-10 is on disk."""
    return cifar10.find() is not None


def has_emotion() -> bool:
    """Whether the emotion data are on disk."""
    return emotion.find() is not None


def own_data(task: str) -> list[Path]:
    """What a user put into the data folder: class folders of pictures for "image", tables of texts for "text"."""
    root = data_dir()
    entries = sorted(root.iterdir()) if root.is_dir() else []
    if task == "text":
        return [entry for entry in entries if entry.suffix in OWN_FILES and entry.is_file()]
    known = {cifar10.BATCHES, "cifar10", "cifar-10", "emotion"}
    return [entry for entry in entries if entry.is_dir() and entry.name not in known and _has_classes(entry)]


def _has_classes(folder: Path) -> bool:
    """At least two subfolders, as a folder of pictures by class has."""
    return sum(entry.is_dir() for entry in folder.iterdir()) > 1
