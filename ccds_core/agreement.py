"""Several models, one picture: how far they agree, and what such agreement was worth on pictures with a known label."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccds_core.checks import parser_of
from ccds_core.errors import CheckpointError
from ccds_core.results import Prediction
from ccds_core.runtime import checkpoints_dir
from ccds_core.storage import changed_at

FILE = "reliability.json"  # in the checkpoints folder
LEARNED = 0.6  # validation accuracy from which a model has a say in the consensus: six times guessing on ten classes
EDGES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0)  # of the consensus' confidence
FEWEST = 20  # pictures that a bin must hold before its share is quoted
SURE, UNSURE = 0.9, 0.75  # measured shares of right answers that make a verdict "sure" or "unsure"


@dataclass(frozen=True)
class ReliabilityBin:
    """How often the consensus was right when its confidence lay in [low, high) and the models agreed or did not."""

    unanimous: bool  # whether every model gave the same answer
    low: float
    high: float
    n: int
    right: int
    foreign: int  # pictures of none of the classes that got an answer like this

    @property
    def share(self) -> float:
        """The share of right answers; 0 where nothing was seen."""
        return self.right / self.n if self.n else 0.0


@dataclass(frozen=True)
class Reliability:
    """The consensus of some models, measured on validation pictures that none of them trained on."""

    models: tuple[str, ...]
    data_source: str
    n: int
    n_foreign: int
    bins: tuple[ReliabilityBin, ...]

    def at(self, confidence: float, unanimous: bool) -> ReliabilityBin:
        """The bin that an answer falls into."""
        alike = [found for found in self.bins if found.unanimous == unanimous]
        return next((found for found in alike if confidence < found.high), alike[-1])

    def foreign_share(self, confidence: float) -> float:
        """The share of pictures of none of the classes that got an answer about this sure or surer."""
        low = self.at(confidence, True).low
        return sum(found.foreign for found in self.bins if found.low >= low) / max(1, self.n_foreign)


@dataclass(frozen=True)
class Verdict:
    """What a picture's answers amount to, in words and numbers."""

    title: str  # the finding, for a chart's title
    consensus: Prediction  # the mean of the models that learned something
    n_agree: int  # models whose answer is the consensus'
    n_models: int
    disagreement: float  # mean total variation distance to the consensus: 0 = one answer, 1 = no overlap
    measured: ReliabilityBin | None  # None where nothing was measured for these models
    foreign_share: float  # of pictures of none of the classes, how many got an answer this sure; 0 if not measured

    @property
    def level(self) -> str:
        """ "sure", "fairly sure" or "unsure", by what was measured; "unknown" where nothing was"""
        if self.measured is None:
            return "unknown"
        if self.measured.share >= SURE:
            return "sure"
        return "unsure" if self.measured.share < UNSURE else "fairly sure"


def group_by_classes(predictions: Mapping[str, Prediction]) -> list[dict[str, Prediction]]:
    """The answers of models that know the same classes, together; the largest group first."""
    groups: dict[tuple[str, ...], dict[str, Prediction]] = {}
    for name, prediction in predictions.items():
        groups.setdefault(prediction.classes, {})[name] = prediction
    return sorted(groups.values(), key=len, reverse=True)


def judge(predictions: Mapping[str, Prediction], reliability: Reliability | None) -> Verdict:
    """The verdict over the answers of models with the same classes."""
    measured = reliability is not None and set(reliability.models) <= set(predictions)
    voters = reliability.models if reliability is not None and measured else tuple(predictions)
    classes = next(iter(predictions.values())).classes
    votes = np.stack([predictions[name].probabilities for name in voters])  # (models, classes)
    consensus = Prediction(classes, votes.mean(axis=0))
    answers = Counter(prediction.prediction for prediction in predictions.values())
    unanimous = len({predictions[name].prediction for name in voters}) == 1
    found = reliability.at(consensus.confidence, unanimous) if reliability is not None and measured else None
    return Verdict(
        title=_title(answers, consensus.prediction),
        consensus=consensus,
        n_agree=answers[consensus.prediction],
        n_models=len(predictions),
        disagreement=float(np.abs(votes - consensus.probabilities).sum(axis=1).mean() / 2),
        measured=found if found is not None and found.n >= FEWEST else None,
        foreign_share=reliability.foreign_share(consensus.confidence) if reliability is not None and measured else 0.0,
    )


def sureness_title(predictions: Mapping[str, Prediction]) -> str:
    """Which model is surest and which least, as the finding of a chart."""
    ranked = sorted(predictions, key=lambda name: predictions[name].confidence)
    said = [f"{name} ({predictions[name].confidence:.0%} {predictions[name].prediction})" for name in ranked]
    if len(ranked) == 1:
        return f"The answer of {said[0]}"
    return f"Surest is {said[-1]}, least sure {said[0]}"


def measure(
    votes: NDArray[np.float64], labels: NDArray[np.int64], foreign_votes: NDArray[np.float64]
) -> tuple[ReliabilityBin, ...]:
    """votes (models, N, classes), labels (N,), and votes (models, M, classes) on pictures of none of the classes."""
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
    """The consensus' confidence, whether it is right, and whether all models agree; each (N,)."""
    consensus, answers = votes.mean(axis=0), votes.argmax(axis=2)  # (N, classes), (models, N)
    return consensus.max(axis=1), consensus.argmax(axis=1) == labels, (answers == answers[0]).all(axis=0)


def _inside(confidence: NDArray[np.float64], low: float, high: float) -> NDArray[np.bool_]:
    return (confidence >= low) & ((confidence < high) | (high == EDGES[-1]))


def save_reliability(reliability: Reliability) -> Path:
    """Write it beside the shipped runs."""
    path = checkpoints_dir() / FILE
    path.write_text(json.dumps(asdict(reliability), indent=1) + "\n")
    return path


def reliability_changed() -> int:
    """When the measurement last changed, in nanoseconds; 0 if there is none."""
    return changed_at(checkpoints_dir() / FILE)


def load_reliability() -> Reliability | None:
    """What was measured for the shipped models, or None where nothing is shipped."""
    from pydantic import ValidationError

    path = checkpoints_dir() / FILE
    if not path.is_file():
        return None
    try:
        return parser_of(Reliability).validate_json(path.read_text())
    except (ValidationError, UnicodeDecodeError):
        raise CheckpointError(f"'{path.name}' is damaged: restore it from the repository.") from None


def _title(answers: Counter[str], consensus: str) -> str:
    """Who says what, the most frequent answer first, and of equals the consensus."""
    n_models = answers.total()
    ranked = sorted(answers.items(), key=lambda item: (-item[1], item[0] != consensus))
    if len(ranked) == 1:
        who = {1: "The model says", 2: "Both models say"}.get(n_models, f"All {n_models} models say")
        return f"{who} {ranked[0][0]}"
    said = [f"{count} of {n_models} models {'say' if count > 1 else 'says'} {name}" for name, count in ranked[:1]]
    return ", ".join(said + [f"{count} {name}" for name, count in ranked[1:]])
