"""One validation example, and a run's prediction for it after an epoch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ccds_core.config.run_config import RunConfig
from ccds_core.data.datasets import load_image_data, load_text_rows
from ccds_core.data.normalize import split_words
from ccds_core.explain.attribution import Attribution
from ccds_core.explain.image_methods import explain_image
from ccds_core.models.classifier import Classifier, ImageClassifier
from ccds_core.results import Prediction

METHOD = "integrated-gradients"  # it adds up to the change of the logit, so maps of several epochs can be compared


@dataclass(frozen=True)
class Example:
    """A validation row of the data that a run learns from."""

    label: str
    image: NDArray[np.uint8] | None  # (32, 32, 3); None for a text
    text: str = ""


@dataclass(frozen=True)
class EpochPrediction:
    """An example as the network of one epoch sees it."""

    prediction: Prediction
    attribution: Attribution | None  # for the label, (32, 32), signed; None for a text


def count_examples(config: RunConfig) -> int:
    """Validation rows of a run's data."""
    rows = load_image_data(config.data) if config.options.task == "image" else load_text_rows(config.data)
    return len(rows.split.val)


def find_example(config: RunConfig, number: int) -> Example:
    """The validation row of this number, from 0."""
    if config.options.task == "image":
        data = load_image_data(config.data)
        row = data.split.val[number]
        return Example(data.classes[data.arrays.labels[row]], np.array(data.arrays.images[row]))
    rows = load_text_rows(config.data)
    row = rows.split.val[number]
    return Example(rows.classes[rows.labels[row]], None, rows.texts[row])


def predict_at_epoch(classifier: Classifier, example: Example) -> EpochPrediction:
    """The prediction for an example and, of an image, the attribution for its label."""
    if isinstance(classifier, ImageClassifier) and example.image is not None:
        images = classifier.encode(Image.fromarray(example.image))
        target = classifier.classes.index(example.label)
        return EpochPrediction(
            classifier.predict(images), explain_image(classifier, images, target, METHOD).attribution
        )
    assert not isinstance(classifier, ImageClassifier)
    return EpochPrediction(classifier.predict(classifier.encode(split_words(example.text))), None)
