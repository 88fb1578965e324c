"""What leaves a module: small frozen records of plain numbers and numpy arrays."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.validation import STRICT_JSON, raise_faults

MOST_ROWS = 1_000_000_000


@dataclass(frozen=True)
class Prediction:
    """The prediction of one model for one image or sentence."""

    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]  # (n_classes,), sums to 1

    @property
    def index(self) -> int:
        """The index of the most probable class."""
        return int(self.probabilities.argmax())

    @property
    def label(self) -> str:
        """The name of the most probable class."""
        return self.classes[self.index]

    @property
    def confidence(self) -> float:
        """The probability of the most probable class."""
        return float(self.probabilities[self.index])


@dataclass(frozen=True)
class StepMetrics:
    """One optimizer step."""

    epoch: int  # from 1
    step: int  # from 1, within the epoch
    n_steps: int  # in this epoch
    loss: float  # mean cross-entropy per example of this batch, natural log
    accuracy: float  # of this batch, before the step
    learning_rate: float
    examples: int


@dataclass(frozen=True)
class EpochMetrics:
    """One pass over the training data, and the evaluation on the validation data after it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    epoch: int  # from 1
    train_loss: float  # mean over the epoch, while the weights change
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float  # at the epoch's last step
    seconds: float  # training part only
    step_losses: tuple[float, ...]


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 of one class, as fractions, and how many rows it has."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model on one part of a split."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    split: str
    n: int
    loss: float
    accuracy: float
    accuracy_low: float  # Wilson interval, 95 %
    accuracy_high: float
    macro_precision: float
    macro_recall: float
    macro_f1: float
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]  # row = label, column = prediction
    per_class: dict[str, ClassScores]
    mistakes: tuple[tuple[int, int], ...] | None = None  # (row of the part, prediction) of every wrong prediction

    def __post_init__(self) -> None:
        """Its parts must fit each other, also where it was read from a file."""
        n = len(self.classes)
        faults = [] if 0 <= self.n <= MOST_ROWS else [f"n is from 0 to {MOST_ROWS:,}, got {self.n}"]
        if n < 2 or len(set(self.classes)) < n or list(self.per_class) != list(self.classes):
            faults.append("per_class needs each of two or more classes once, in their order")
        if [len(row) for row in self.confusion] != [n] * n or not all(
            0 <= count <= MOST_ROWS for row in self.confusion for count in row
        ):
            faults.append("confusion needs a row and a column for each class")
        if not all(0 <= row < self.n and 0 <= answer < n for row, answer in self.mistakes or ()):
            faults.append("mistakes are rows of the part and numbers of classes")
        raise_faults(faults)


def percent(fraction: float, digits: int = 0) -> str:
    """A fraction as it is written everywhere: 0.782 -> "78 %", with one digit "78.2 %"."""
    return f"{100 * fraction:.{digits}f} %"
