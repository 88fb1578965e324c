"""The faithfulness test of a run over many rows of its data: computed, shipped as figures, and loaded with checks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from ccds_core.data.datasets import NORMALISATION, ImageData, load_image_data, load_text_rows
from ccds_core.data.normalize import split_words
from ccds_core.errors import MissingDataError
from ccds_core.explain import image_methods, text_attribution
from ccds_core.explain.faithfulness import CONTROL, RANDOM, AskKept, Gain, MeanGain, erase, gain, mean_gain
from ccds_core.explain.methods import IMAGE_METHODS, TEXT_METHODS
from ccds_core.explain.text_inputs import MOST_WORDS
from ccds_core.models.classifier import Classifier, ImageClassifier, TextClassifier
from ccds_core.runs.artifacts import load_beside, path_beside, save_beside
from ccds_core.runs.evaluate import load_task_data
from ccds_core.runs.records import RunRecord
from ccds_core.runs.weights import load_classifier
from ccds_core.validation import STRICT_JSON

WHAT = "faithfulness"  # in the file's name
FORMAT = 1  # raised when the numbers of today would not be those of then
ROWS = 500
N_RANDOM = 2  # random orders a row: many rows make up for few
SEED = 0  # of the rows and of the random orders


@dataclass(frozen=True)
class MeasuredGain:
    """One measure over all rows, both gains over random order in probability."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    label: str
    comprehensiveness: MeanGain
    sufficiency: MeanGain


@dataclass(frozen=True)
class FaithfulnessResults:
    """What the page shows, and what it was measured on."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    format: int
    model: str
    run_digest: str
    split: str
    data_source: str
    data_digest: str
    n: int  # rows, drawn by a seed from the part; the class is the one predicted
    part: str  # what is erased: "patches" or "words"
    measures: dict[str, MeasuredGain]  # by the method's name


def measure_faithfulness(
    record: RunRecord, n: int = ROWS, part: str = "test"
) -> Iterator[tuple[int, int] | FaithfulnessResults]:
    """Yields (done, of all) after each row, and at the end the results."""
    rows = _load_rows(load_classifier(record), record, part)
    chosen = np.random.default_rng(SEED).permutation(rows.n)[:n]
    gains: dict[str, list[Gain]] = {}
    for done, place in enumerate(chosen.tolist(), start=1):
        scores, ask = rows.explain(place)
        n_parts = len(next(iter(scores.values())))
        scores[CONTROL] = np.random.default_rng((SEED, place)).normal(size=n_parts)
        erasures = erase(scores, ask, place, N_RANDOM)
        for name in scores:
            gains.setdefault(name, []).append(gain(erasures[name], erasures[RANDOM]))
        yield done, len(chosen)
    yield FaithfulnessResults(
        format=FORMAT,
        model=record.name,
        run_digest=record.digest,
        split=part,
        data_source=record.metrics.data_source,
        data_digest=record.metrics.data_digest,
        n=len(chosen),
        part=rows.parts,
        measures={name: _sum_up(rows.labels.get(name, CONTROL), found) for name, found in gains.items()},
    )


def results_path(model: str) -> Path:
    """Where the results of a run are shipped: beside its folder."""
    return path_beside(model, WHAT)


def save_results(results: FaithfulnessResults) -> Path:
    """Write them beside the shipped runs, numbers rounded to what they can mean."""
    return save_beside(results, WHAT)


def load_results(record: RunRecord) -> FaithfulnessResults | None:
    """The shipped results of a run; None where there are none, a `CheckpointError` where they are another run's."""
    results: FaithfulnessResults | None = load_beside(record, WHAT, FaithfulnessResults, FORMAT)
    return results


@dataclass(frozen=True)
class _Rows:
    """Rows that a run can be asked about, one by one."""

    n: int
    parts: str
    labels: Mapping[str, str]  # method -> its name for people
    explain: Callable[[int], tuple[dict[str, NDArray[np.float64]], AskKept]]  # a row -> scores, and what to ask


def _load_rows(classifier: Classifier, record: RunRecord, part: str) -> _Rows:
    data = load_task_data(classifier)
    if data.digest != record.metrics.data_digest:
        raise MissingDataError(f"The data set here is not the one that '{record.name}' was trained on.")
    if isinstance(classifier, ImageClassifier):
        return _load_images(classifier, load_image_data(classifier.config.data), part)
    return _load_sentences(classifier, part)


def _load_images(classifier: ImageClassifier, data: ImageData, part: str) -> _Rows:
    rows_of_part = data.split.part(part)

    def explain(place: int) -> tuple[dict[str, NDArray[np.float64]], AskKept]:
        pixels = torch.from_numpy(np.array(data.arrays.images[rows_of_part[place]]))[None]
        images = NORMALISATION.apply(pixels)  # (1, 3, 32, 32)
        return image_methods.explain_for_erasure(classifier, images, classifier.predict(images).index)

    labels = {name: method.label for name, method in IMAGE_METHODS.items()}
    return _Rows(len(rows_of_part), "patches", labels, explain)


def _load_sentences(classifier: TextClassifier, part: str) -> _Rows:
    rows = load_text_rows(classifier.config.data)
    sentences = [split_words(rows.texts[row]) for row in rows.split.part(part)]
    readable = [words for words in sentences if 0 < len(words) <= MOST_WORDS and classifier.encode(words).words]

    def explain(place: int) -> tuple[dict[str, NDArray[np.float64]], AskKept]:
        words = readable[place]
        target = classifier.predict(classifier.encode(words)).index
        return text_attribution.explain_for_erasure(classifier, words, target)

    labels = {name: method.label for name, method in TEXT_METHODS.items()}
    return _Rows(len(readable), "words", labels, explain)


def _sum_up(label: str, gains: Sequence[Gain]) -> MeasuredGain:
    return MeasuredGain(
        label,
        mean_gain([found.comprehensiveness for found in gains]),
        mean_gain([found.sufficiency for found in gains]),
    )
