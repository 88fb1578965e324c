"""The core's loaders that several pages share, cached. Keys are names, digests and scalars."""

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import streamlit as st
from PIL import Image

from ccds_core.data import label_noise
from ccds_core.data.examples import EXAMPLES, read_example
from ccds_core.data.label_noise import LabelNoise
from ccds_core.errors import CheckpointError
from ccds_core.paths import checkpoints_dir
from ccds_core.results import Prediction
from ccds_core.runs import consensus
from ccds_core.runs import records as runs_records
from ccds_core.runs.claims import Claim, check_claims
from ccds_core.runs.consensus import Reliability
from ccds_core.runs.records import RunRecord
from ccds_core.runtime import limit_threads, trim_heap
from ccds_core.storage import changed_at

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.explain.faithfulness_study import FaithfulnessResults

Args = ParamSpec("Args")
Result = TypeVar("Result")


def digest_of(record: RunRecord) -> tuple[str, str]:
    """The cache key of a run: its name, and the digest of its folder's content."""
    return record.name, record.digest


LOADING = "Loading the models, once after each start of the app"
HashFuncs = dict[str | type[Any], Callable[[Any], Any]]
BY_DIGEST: HashFuncs = {RunRecord: digest_of}  # of every cache that a run is given to


@st.cache_data(max_entries=4, show_spinner="Comparing with the report", hash_funcs=BY_DIGEST)
def load_claims(records: list[RunRecord]) -> list[Claim]:
    """The report's conclusions, checked against these runs."""
    return check_claims(records)


@dataclass(frozen=True)
class Crop:
    """Which square of an image the networks see."""

    offset: float = 0.5  # along the longer side: 0 = left or top, 1 = right or bottom
    zoom: float = 1.0


@st.cache_resource(show_spinner=False)
def _cores() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(os.cpu_count() or 1)


def limit_concurrency(work: Callable[Args, Result]) -> Callable[Args, Result]:
    """Decorates slow work: at most one call per core runs at a time, to limit memory; other calls wait."""

    @wraps(work)
    def wait_and_work(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        with _cores():
            try:
                return work(*args, **kwargs)
            finally:
                trim_heap()

    return wait_and_work


@st.cache_resource(max_entries=8, show_spinner=False)
def _runs_of(fingerprint: str) -> tuple[RunRecord, ...]:
    return tuple(runs_records.list_runs())


def load_runs() -> tuple[RunRecord, ...]:
    """Every readable run; read again when a folder has changed."""
    return _runs_of(runs_records.fingerprint())


@st.cache_resource(max_entries=8, show_spinner=False)
def _damaged_of(fingerprint: str) -> list[str]:
    return runs_records.list_damaged()


def load_damaged() -> list[str]:
    """The faults of the run folders that cannot be read."""
    return _damaged_of(runs_records.fingerprint())


@st.cache_resource(max_entries=16, show_spinner=LOADING, hash_funcs=BY_DIGEST)
def load_classifier(record: RunRecord):  # type: ignore[no-untyped-def]  # torch is imported on first use only
    """A run's network, one copy for all visitors."""
    from ccds_core.runs import weights

    limit_threads()
    classifier = weights.load_classifier(record)
    trim_heap()
    return classifier


def load_all(records: Iterable[RunRecord]) -> None:
    """Load what is not loaded yet, in sight: within another cached function the page would not say it."""
    for record in records:
        load_classifier(record)


def predict_all(content: bytes, square: Image.Image, crop: Crop, records: list[RunRecord]) -> dict[str, Prediction]:
    """Each run's prediction for one image; `content`, its file, and `crop` are the cache key."""
    load_all(records)
    return _predict_all(content, square, crop, records)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=BY_DIGEST)
def _predict_all(content: bytes, _square: Image.Image, crop: Crop, records: list[RunRecord]) -> dict[str, Prediction]:
    from ccds_core.models.classifier import encode_image

    images = encode_image(_square)  # (1, 3, 32, 32), the same for all
    return {record.name: load_classifier(record).predict(images) for record in records}


def none_if_missing(load: Callable[[], Result]) -> Result | None:
    """What was measured; None where its file is missing, damaged or of other weights: the page works without it."""
    try:
        return load()
    except CheckpointError:
        return None


@st.cache_resource(max_entries=2, show_spinner=False)
def _reliability_of(changed: int) -> Reliability | None:
    return none_if_missing(consensus.load_reliability)


def load_reliability() -> Reliability | None:
    """The measured reliability of the shipped models' consensus; None where it is missing or damaged."""
    return _reliability_of(consensus.reliability_changed())


@st.cache_resource(max_entries=2, show_spinner=False)
def _noise_of(changed: int) -> LabelNoise | None:
    return none_if_missing(label_noise.load_label_noise)


def load_label_noise() -> LabelNoise | None:
    """The label noise counted in the emotion data; None where the file is missing or damaged."""
    return _noise_of(changed_at(checkpoints_dir() / label_noise.FILE))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_DIGEST)
def _faithfulness_of(record: RunRecord, changed: int) -> "FaithfulnessResults | None":
    from ccds_core.explain import faithfulness_study

    return none_if_missing(lambda: faithfulness_study.load_results(record))


def load_faithfulness(record: RunRecord) -> "FaithfulnessResults | None":
    """The faithfulness test over many rows; None where it was not measured for this run."""
    from ccds_core.explain import faithfulness_study

    changed = changed_at(faithfulness_study.results_path(record.name))
    return _faithfulness_of(record, changed)


def example_names() -> list[str]:
    """The example images, photographs first."""
    return list(EXAMPLES)


def example_caption(name: str) -> str:
    """Content and origin of an example image."""
    return f"{EXAMPLES[name].caption}. {EXAMPLES[name].origin}."


def load_example(name: str) -> bytes:
    """An example image's file."""
    return read_example(name)
