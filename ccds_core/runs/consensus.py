"""The ensemble of several models on one image: its prediction, and how reliable such predictions are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccds_core.paths import checkpoints_dir
from ccds_core.results import Prediction, percent
from ccds_core.storage import changed_at, load_record, save_record

FILE = "reliability.json"  # in the checkpoints folder
LEARNED = 0.6  # validation accuracy from which a model is part of the ensemble: six times chance on ten classes
EDGES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0)  # of the ensemble's confidence
FEWEST = 20  # images that a bin must have before its accuracy is shown
SURE, UNSURE = 0.9, 0.75  # measured accuracies above which a verdict is "sure", below which "unsure"


@dataclass(frozen=True)
class ReliabilityBin:
    """How often the ensemble was right when its confidence was in [low, high) and the models agreed or did not."""

    unanimous: bool  # whether all models predicted the same class
    low: float
    high: float
    n: int
    right: int
    foreign: int  # images of none of the classes with such a prediction

    @property
    def share(self) -> float:
        """The fraction of correct predictions; 0 without images."""
        return self.right / self.n if self.n else 0.0


@dataclass(frozen=True)
class Reliability:
    """The ensemble of some models, measured on validation images that none of them was trained on."""

    models: tuple[str, ...]
    data_source: str
    n: int
    n_foreign: int
    bins: tuple[ReliabilityBin, ...]

    def at(self, confidence: float, unanimous: bool) -> ReliabilityBin:
        """The bin of a prediction; one of no images where none was measured."""
        bins = [bin_ for bin_ in self.bins if bin_.unanimous == unanimous]
        bins = bins or [ReliabilityBin(unanimous, 0.0, 1.0, n=0, right=0, foreign=0)]
        return next((bin_ for bin_ in bins if confidence < bin_.high), bins[-1])

    def foreign_share(self, confidence: float) -> float:
        """The fraction of images of none of the classes that got about this confidence or more."""
        low = self.at(confidence, True).low
        return sum(bin_.foreign for bin_ in self.bins if bin_.low >= low) / max(1, self.n_foreign)


@dataclass(frozen=True)
class Verdict:
    """The ensemble's prediction for one image, how far the models agree, and how reliable that is."""

    title: str  # for the page's heading
    consensus: Prediction  # mean probabilities of the models that are part of the ensemble
    n_agree: int  # models that predict the same class as the ensemble
    n_models: int
    disagreement: float  # mean total variation distance to the ensemble: 0 = identical, 1 = no overlap
    measured: ReliabilityBin | None  # None where nothing was measured for these models
    foreign_share: float  # fraction of images of no class with this confidence or more; 0 if not measured

    @property
    def level(self) -> str:
        """ "sure", "fairly sure" or "unsure" by the measured accuracy; "unknown" if not measured"""
        if self.measured is None:
            return "unknown"
        if self.measured.share >= SURE:
            return "sure"
        return "unsure" if self.measured.share < UNSURE else "fairly sure"


def group_by_classes(predictions: Mapping[str, Prediction]) -> list[dict[str, Prediction]]:
    """The predictions of models with the same classes, together; the largest group first."""
    groups: dict[tuple[str, ...], dict[str, Prediction]] = {}
    for name, prediction in predictions.items():
        groups.setdefault(prediction.classes, {})[name] = prediction
    return sorted(groups.values(), key=len, reverse=True)


def judge(predictions: Mapping[str, Prediction], reliability: Reliability | None) -> Verdict:
    """The verdict on the predictions of models with the same classes, by model name."""
    measured = reliability is not None and set(reliability.models) <= set(predictions)
    voters = reliability.models if reliability is not None and measured else tuple(predictions)
    classes = next(iter(predictions.values())).classes
    votes = np.stack([predictions[name].probabilities for name in voters])  # (models, classes)
    consensus = Prediction(classes, votes.mean(axis=0))
    answers = Counter(prediction.label for prediction in predictions.values())
    unanimous = len({predictions[name].label for name in voters}) == 1
    bin_ = reliability.at(consensus.confidence, unanimous) if reliability is not None and measured else None
    return Verdict(
        title=_title(answers, consensus.label),
        consensus=consensus,
        n_agree=answers[consensus.label],
        n_models=len(predictions),
        disagreement=float(np.abs(votes - consensus.probabilities).sum(axis=1).mean() / 2),
        measured=bin_ if bin_ is not None and bin_.n >= FEWEST else None,
        foreign_share=reliability.foreign_share(consensus.confidence) if reliability is not None and measured else 0.0,
    )


def sureness_title(predictions: Mapping[str, Prediction]) -> str:
    """Which model is most and which is least confident, as a chart's title; several that look alike are counted."""
    ranked = sorted(predictions, key=lambda name: predictions[name].confidence)
    names = [f"{name} ({predictions[name].label}, {percent(predictions[name].confidence)})" for name in ranked]
    if len(ranked) == 1:
        return f"Prediction of {names[0]}"
    sure = [percent(predictions[name].confidence) for name in ranked]
    alike = sure.count(sure[-1])
    most = f"Most confident: {names[-1] if alike == 1 else f'{alike} models, {sure[-1]}'}"
    return most if alike == len(sure) else f"{most}; least: {names[0]}"


def measure(
    votes: NDArray[np.float64], labels: NDArray[np.int64], foreign_votes: NDArray[np.float64]
) -> tuple[ReliabilityBin, ...]:
    """votes (models, N, classes), labels (N,), and votes (models, M, classes) on images of none of the classes."""
    confidence, right, alike = _sum_up(votes, labels)
    foreign_confidence, _, foreign_alike = _sum_up(foreign_votes, np.full(foreign_votes.shape[1], -1))
    bins = []
    for unanimous in (True, False):
        for low, high in pairwise(EDGES):
            inside = _inside(confidence, low, high) & (alike == unanimous)
            foreign = _inside(foreign_confidence, low, high) & (foreign_alike == unanimous)
            counts = (int(inside.sum()), int(right[inside].sum()), int(foreign.sum()))
            bins.append(ReliabilityBin(unanimous, low, high, *counts))
    return tuple(bins)


def _sum_up(
    votes: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """The ensemble's confidence, whether it is right, and whether all models agree; each (N,)."""
    consensus, answers = votes.mean(axis=0), votes.argmax(axis=2)  # (N, classes), (models, N)
    return consensus.max(axis=1), consensus.argmax(axis=1) == labels, (answers == answers[0]).all(axis=0)


def _inside(confidence: NDArray[np.float64], low: float, high: float) -> NDArray[np.bool_]:
    return (confidence >= low) & ((confidence < high) | (high == EDGES[-1]))


def save_reliability(reliability: Reliability) -> Path:
    """Write it into the checkpoints folder."""
    return save_record(checkpoints_dir() / FILE, reliability)


def reliability_changed() -> int:
    """When the measurement last changed, in nanoseconds; 0 if there is none."""
    return changed_at(checkpoints_dir() / FILE)


def load_reliability() -> Reliability | None:
    """The measurement for the shipped models; None if there is none."""
    reliability: Reliability | None = load_record(Reliability, checkpoints_dir() / FILE)
    return reliability


def _title(answers: Counter[str], consensus: str) -> str:
    """Which class how many models predict, the most frequent first, the ensemble's first among equals."""
    n_models = answers.total()
    ranked = sorted(answers.items(), key=lambda item: (-item[1], item[0] != consensus))
    if len(ranked) == 1:
        who = {1: "The model predicts", 2: "Both models predict"}.get(n_models, f"All {n_models} models predict")
        return f"{who} {ranked[0][0]}"
    (name, count), *others = ranked
    first = f"{count} of {n_models} models predict{'s' * (count == 1)} {name}"
    return ", ".join([first, *(f"{count} {name}" for name, count in others)])
