"""The test examples that a run misclassified, the most confident mistakes first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ccds_core.data.datasets import NORMALISATION, ImageData, load_image_data, load_text_rows
from ccds_core.data.normalize import split_words
from ccds_core.data.text_dataset import TextRows
from ccds_core.errors import CheckpointError, MissingDataError
from ccds_core.models.classifier import Classifier, ImageClassifier, TextClassifier
from ccds_core.runs.records import RunRecord

BATCH = 256  # images per forward pass; affects memory and speed, not results


@dataclass(frozen=True)
class Mistake:
    """One misclassified test image or sentence."""

    place: int  # row of the test part
    label: str
    prediction: str
    confidence: float  # probability of the wrong prediction


@dataclass(frozen=True)
class HeldOutPictures:
    """The test part of a run's data, as images."""

    data: ImageData

    def labels(self) -> NDArray[np.int64]:
        """(N,)"""
        labels: NDArray[np.int64] = self.data.arrays.labels[self.data.split.test]
        return labels

    def pixels(self, places: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Rows of the part (n,) -> (n, 32, 32, 3)"""
        pixels: NDArray[np.uint8] = self.data.arrays.images[self.data.split.test[places]]
        return pixels

    def probabilities(self, classifier: Classifier, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Rows of the part (n,) -> (n, n_classes)"""
        assert isinstance(classifier, ImageClassifier)
        parts = [np.empty((0, len(classifier.classes)))]
        for start in range(0, len(places), BATCH):
            pixels = torch.from_numpy(np.array(self.pixels(places[start : start + BATCH])))
            parts.append(classifier.predict_many(NORMALISATION.apply(pixels)))
        return np.concatenate(parts)


@dataclass(frozen=True)
class HeldOutTexts:
    """The test part of a run's data, as sentences."""

    rows: TextRows

    def labels(self) -> NDArray[np.int64]:
        """(N,)"""
        labels: NDArray[np.int64] = self.rows.labels[self.rows.split.test]
        return labels

    def text(self, place: int) -> str:
        """The original text of a row of the part."""
        return self.rows.texts[self.rows.split.test[place]]

    def probabilities(self, classifier: Classifier, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Rows of the part (n,) -> (n, n_classes)"""
        assert isinstance(classifier, TextClassifier)
        return classifier.predict_many([classifier.encode(split_words(self.text(place))) for place in places])


HeldOut = HeldOutPictures | HeldOutTexts


def load_held_out(record: RunRecord) -> HeldOut:
    """The data that a run was tested on. Raises `MissingDataError` if they are not installed."""
    held: HeldOut
    if record.task == "image":
        data = load_image_data(record.card.config.data)
        held, digest = HeldOutPictures(data), data.digest
    else:
        rows = load_text_rows(record.card.config.data)
        held, digest = HeldOutTexts(rows), rows.digest
    if digest != record.metrics.data_digest:
        raise MissingDataError(f"This data set is not the one that '{record.name}' was tested on.")
    return held


def rank_mistakes(classifier: Classifier, record: RunRecord, held: HeldOut) -> list[Mistake]:
    """All misclassified test rows, the most confident first."""
    test = record.metrics.test
    if test is None or test.mistakes is None:
        raise CheckpointError(f"Run '{record.name}' did not keep its prediction for each row. Evaluate it again.")
    places, answers = np.array(test.mistakes, np.int64).reshape(-1, 2).T
    labels = held.labels()[places]
    confidences = held.probabilities(classifier, places)[np.arange(len(places)), answers]
    mistakes = [
        Mistake(int(place), test.classes[label], test.classes[answer], float(confidence))
        for place, label, answer, confidence in zip(places, labels, answers, confidences, strict=True)
    ]
    return sorted(mistakes, key=lambda mistake: -mistake.confidence)


def of_cell(mistakes: Sequence[Mistake], label: str | None, prediction: str | None) -> list[Mistake]:
    """The mistakes with this label and this prediction; None means any."""
    return [
        mistake for mistake in mistakes if label in (None, mistake.label) and prediction in (None, mistake.prediction)
    ]
