"""Runs that never were: records with hand-made histories and scores, for whatever only reads them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import RunConfig
from ccds_core.data.cifar10 import CLASSES
from ccds_core.results import EpochMetrics, Evaluation, Prediction
from ccds_core.runs.records import FORMAT, Cost, RunCard, RunMetrics, RunRecord
from ccds_core.training.metrics import evaluate_predictions


def make_history(
    val_losses: Sequence[float],
    train_losses: Sequence[float] | None = None,
    val_accuracies: Sequence[float] | None = None,
) -> tuple[EpochMetrics, ...]:
    """Epochs with these validation losses; the rest follows them where it is not given."""
    train = train_losses or [loss * 0.9 for loss in val_losses]
    accuracies = val_accuracies or [1 / (1 + loss) for loss in val_losses]
    return tuple(
        EpochMetrics(epoch, train[epoch - 1], accuracies[epoch - 1], loss, accuracies[epoch - 1], 1e-3, 2.0, (loss,))
        for epoch, loss in enumerate(val_losses, start=1)
    )


def make_evaluation(accuracy: float, n: int = 200, classes: tuple[str, ...] = CLASSES) -> Evaluation:
    """Scores of a model that is right this often, and otherwise says the next class."""
    labels = np.arange(n) % len(classes)
    wrong = np.arange(n) >= round(accuracy * n)
    probabilities = np.full((n, len(classes)), 0.5 / len(classes))
    probabilities[np.arange(n), (labels + wrong) % len(classes)] += 0.5
    return evaluate_predictions("test", classes, labels, probabilities)


def make_record(
    name: str,
    history: tuple[EpochMetrics, ...] | None = None,
    test: Evaluation | None = None,
    tensors_initialised: int = 0,
) -> RunRecord:
    """A run of the preset that its name begins with, else of architecture 1; finished if it has scores."""
    preset = PRESETS.get(name.split("-seed-")[0], PRESETS["architecture-1"])
    config: RunConfig = replace(preset.config(name), preset=preset.name if name.split("-seed-")[0] in PRESETS else "")
    history = make_history((1.5, 1.0, 0.8)) if history is None else history
    best = max(history, key=lambda epoch: epoch.val_accuracy).epoch if history else 0
    cost = Cost(5_851_338, 137_740_000, 4e14, 60.0) if test else None
    environment = {"torch": "2.15", "device": "cpu", "cpu": "AVX2", "precision": "float32", "threads": "2"}
    metrics = RunMetrics(
        history, best, test, cost, tensors_initialised, "made up", "0" * 64, 1000, 100, environment if test else {}
    )
    card = RunCard(FORMAT, test.classes if test else CLASSES, config)
    return RunRecord(name, Path("/nowhere") / name, card, metrics, "finished", True, test is not None, "d" * 64)


def make_prediction(sure_of: str, confidence: float = 0.9, classes: tuple[str, ...] = CLASSES) -> Prediction:
    """So sure of one class, the rest spread evenly."""
    probabilities = np.full(len(classes), (1 - confidence) / (len(classes) - 1))
    probabilities[classes.index(sure_of)] = confidence
    return Prediction(classes, probabilities)
