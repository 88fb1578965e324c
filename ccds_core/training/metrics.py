"""Labels and probabilities -> accuracy with its interval, per-class scores, confusion matrix."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ccds_core.results import ClassScores, Evaluation

if TYPE_CHECKING:  # so that runs can be compared without torch
    from torch import nn

    from ccds_core.data.batching import TaskData

SMALLEST = 1e-12  # lower bound of probabilities before the logarithm
FEWEST_RANKED = 3  # below which two rankings cannot be compared


def evaluate_predictions(
    split: str, classes: tuple[str, ...], labels: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> Evaluation:
    """labels (N,) and probabilities (N, n_classes) -> `Evaluation`; a class never predicted has precision 0."""
    from sklearn.metrics import (
        confusion_matrix,
        precision_recall_fscore_support,
    )  # slow to import; Home does not need it

    predictions = probabilities.argmax(axis=1)
    numbers = np.arange(len(classes))
    confusion = confusion_matrix(labels, predictions, labels=numbers)  # (n_classes, n_classes)
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, predictions, labels=numbers, zero_division=0.0
    )
    correct = int((predictions == labels).sum())
    low, high = wilson_interval(correct, len(labels))
    chosen = probabilities[np.arange(len(labels)), labels]
    return Evaluation(
        split=split,
        n=len(labels),
        loss=float(-np.log(np.maximum(chosen, SMALLEST)).mean()),
        accuracy=correct / len(labels),
        accuracy_low=low,
        accuracy_high=high,
        macro_precision=float(precision.mean()),
        macro_recall=float(recall.mean()),
        macro_f1=float(f1.mean()),
        classes=classes,
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        per_class={
            name: ClassScores(float(precision[i]), float(recall[i]), float(f1[i]), int(support[i]))
            for i, name in enumerate(classes)
        },
        mistakes=tuple((int(row), int(predictions[row])) for row in np.flatnonzero(predictions != labels)),
    )


def wilson_interval(correct: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927)."""
    if n < 1:
        return 0.0, 1.0
    from scipy.stats import binomtest  # takes half a second to import

    interval = binomtest(correct, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar(only_one: int, only_other: int) -> float:
    """Two-sided exact p-value of McNemar's test (1947); the numbers are rows that only one model has right."""
    from scipy.stats import binomtest

    differ = only_one + only_other
    return float(binomtest(min(only_one, only_other), differ).pvalue) if differ else 1.0


def rank_correlation(values: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.float64]:
    """(..., N), (N,) -> (...): Spearman's rho, equals sharing their mean rank; 0 where one side is all equal."""
    ranks, other_ranks = _centred_ranks(values), _centred_ranks(others)
    scale = np.sqrt((ranks**2).sum(axis=-1) * (other_ranks**2).sum())
    return np.divide((ranks * other_ranks).sum(axis=-1), scale, out=np.zeros(values.shape[:-1]), where=scale > 0)


def _centred_ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """(..., N) -> (..., N): ranks with mean 0, equal values sharing their mean rank."""
    from scipy.stats import rankdata

    ranks: NDArray[np.float64] = rankdata(values, axis=-1) - (values.shape[-1] + 1) / 2
    return ranks


def paired_interval(only_one: int, only_other: int, n: int) -> tuple[float, float]:
    """The 95 % interval of the first accuracy minus the second, on the same n rows.

    Exact, given the number of rows that only one model has right (Clopper and Pearson 1934): it contains 0 where
    McNemar's exact p-value is at least 0.05.
    """
    from scipy.stats import binomtest

    differ = only_one + only_other
    if not differ or n < 1:
        return 0.0, 0.0
    share = binomtest(only_one, differ).proportion_ci(0.95, method="exact")
    return float(2 * share.low - 1) * differ / n, float(2 * share.high - 1) * differ / n


def evaluate_model(model: "nn.Module", data: "TaskData", part: str) -> Evaluation:
    """A model's `Evaluation` on "train", "val" or "test", in float32."""
    from ccds_core.training.loop import predict_batches

    labels, probabilities, _ = predict_batches(model, data.batches(part))
    return evaluate_predictions(part, data.classes, labels, probabilities)
