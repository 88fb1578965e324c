"""The core's loaders, cached; every cache decorator of the app is here. Keys are names, digests and scalars."""

import hashlib
import io
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numpy as np
import streamlit as st
from PIL import Image

from ccds_core import agreement, noise, run_folders
from ccds_core.agreement import Reliability
from ccds_core.data.examples import EXAMPLES, draw_example
from ccds_core.data.text_rows import Noise
from ccds_core.errors import CheckpointError
from ccds_core.results import Prediction
from ccds_core.run_folders import RunRecord
from ccds_core.runtime import checkpoints_dir, give_back_memory, share_machine
from ccds_core.storage import changed_at

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.faithfulness_results import FaithfulnessResults

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Crop:
    """Which square of a picture the networks see."""

    offset: float = 0.5  # along the longer side: 0 = left or top, 1 = right or bottom
    zoom: float = 1.0


@st.cache_resource(show_spinner=False)
def _cores() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(os.cpu_count() or 1)


def on_a_core(work: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """For what computes long: no more of it at once than there are cores, whose memory would add up; others wait."""

    @wraps(work)
    def wait_and_work(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        with _cores():
            try:
                return work(*args, **kwargs)
            finally:
                give_back_memory()

    return wait_and_work


@st.cache_resource(max_entries=8, show_spinner=False)
def _runs_of(fingerprint: str) -> tuple[RunRecord, ...]:
    return tuple(run_folders.list_runs())


def load_runs() -> tuple[RunRecord, ...]:
    """Every readable run; read again when a folder has changed."""
    return _runs_of(run_folders.fingerprint())


@st.cache_resource(max_entries=8, show_spinner=False)
def _damaged_of(fingerprint: str) -> list[str]:
    return run_folders.list_damaged()


def load_damaged() -> list[str]:
    """What is wrong with the run folders that cannot be read."""
    return _damaged_of(run_folders.fingerprint())


@st.cache_resource(max_entries=16, show_spinner="Loading the networks")
def _classifier_of(name: str, digest: str):  # type: ignore[no-untyped-def]  # torch is imported on first use only
    from ccds_core import checkpoints

    share_machine()
    classifier = checkpoints.load_classifier(name)
    give_back_memory()
    return classifier


def load_classifier(record: RunRecord):  # type: ignore[no-untyped-def]
    """A run's network, one copy for all visitors."""
    return _classifier_of(record.name, record.digest)


@st.cache_data(max_entries=256, show_spinner=False)
def _predict(picture: str, crop: Crop, run_keys: tuple[tuple[str, str], ...], _square: Image.Image) -> list[np.ndarray]:
    from ccds_core.classifier import encode_image

    images = encode_image(_square)  # (1, 3, 32, 32), the same for all
    return [_classifier_of(name, digest).predict_many(images)[0] for name, digest in run_keys]


def predict_all(content: bytes, square: Image.Image, crop: Crop, records: list[RunRecord]) -> dict[str, Prediction]:
    """Each run's answer to one picture; `content` is the file it came from, for the cache key."""
    keys = tuple((record.name, record.digest) for record in records)
    answers = _predict(hashlib.sha256(content).hexdigest(), crop, keys, square)
    return {
        record.name: Prediction(record.card.classes, answer) for record, answer in zip(records, answers, strict=True)
    }


@st.cache_resource(max_entries=2, show_spinner=False)
def _reliability_of(changed: int) -> Reliability | None:
    try:
        return agreement.load_reliability()
    except CheckpointError:
        return None  # the answers stand without it; the verdict then says that nothing was measured


def load_reliability() -> Reliability | None:
    """What was measured for the consensus of the shipped models; None where nothing is, or where it is damaged."""
    return _reliability_of(agreement.reliability_changed())


@st.cache_resource(max_entries=2, show_spinner=False)
def _noise_of(changed: int) -> Noise | None:
    try:
        return noise.load_noise()
    except CheckpointError:
        return None  # the page stands without it


def load_noise() -> Noise | None:
    """What was counted in the emotion data; None where nothing was, or where the file is damaged."""
    return _noise_of(changed_at(checkpoints_dir() / noise.FILE))


@st.cache_resource(max_entries=32, show_spinner=False)
def _faithfulness_of(name: str, digest: str, changed: int, _record: RunRecord) -> "FaithfulnessResults | None":
    from ccds_core import faithfulness_results

    try:
        return faithfulness_results.load_results(_record)
    except CheckpointError:
        return None  # made with other weights, or damaged: the page then says how it is measured


def load_faithfulness(record: RunRecord) -> "FaithfulnessResults | None":
    """What erasing what each measure names does over many rows; None where it was not measured for this run."""
    from ccds_core import faithfulness_results

    changed = changed_at(faithfulness_results.results_path(record.name))
    return _faithfulness_of(record.name, record.digest, changed, record)


def example_names() -> list[str]:
    """The project's own example pictures."""
    return list(EXAMPLES)


def example_caption(name: str) -> str:
    """What an example picture shows."""
    return EXAMPLES[name].caption


@st.cache_data(max_entries=32, show_spinner=False)
def load_example(name: str) -> bytes:
    """An example picture as PNG bytes."""
    buffer = io.BytesIO()
    draw_example(name).save(buffer, format="PNG")
    return buffer.getvalue()
