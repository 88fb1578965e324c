"""Whether a measure names the words or patches that an answer hangs on: they are erased, against random order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.checks import STRICT_JSON
from ccds_core.heads import rank_correlation

AskKept = Callable[[NDArray[np.bool_]], NDArray[np.float64]]  # which of n parts are kept (K, n) -> probability (K,)
SHARES = np.arange(11) / 10  # of the parts, taken away or kept
JUDGED = slice(1, 6)  # 10 to 50 %: what comprehensiveness and sufficiency are means over (DeYoung et al. 2020)
RANDOM = "random order"
CONTROL = "random ranking"  # a measure that knows nothing: what it gains is the test's own noise
N_RANDOM = 10  # random orders, of which the mean is shown
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class Erasure:
    """What became of a class's probability as parts were taken away or given back by one order."""

    deletion: NDArray[np.float64]  # (S,): the highest ranked share, one of `SHARES`, taken away
    insertion: NDArray[np.float64]  # (S,): the highest ranked share alone kept

    @property
    def comprehensiveness(self) -> float:
        """How far the probability falls without the highest ranked parts: the more, the truer the measure."""
        return float(self.deletion[0] - self.deletion[JUDGED].mean())

    @property
    def sufficiency(self) -> float:
        """How far it falls with the highest ranked parts alone: the less, the truer the measure."""
        return float(self.insertion[-1] - self.insertion[JUDGED].mean())


@dataclass(frozen=True)
class Gain:
    """How much truer than random order, in probability; about zero for a measure that knows nothing."""

    comprehensiveness: float
    sufficiency: float


@dataclass(frozen=True)
class MeanGain:
    """A mean over `n` rows with its 95 % interval (normal approximation)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    mean: float
    low: float
    high: float
    n: int


def erase(
    scores: Mapping[str, NDArray[np.float64]], ask: AskKept, seed: int = 0, n_random: int = N_RANDOM
) -> dict[str, Erasure]:
    """Measure -> its scores of n parts (n,), high = speaks for the class; `RANDOM` is added, a mean of orders.

    The model is asked once for every set of parts, however many measures want it.
    """
    n_parts = len(next(iter(scores.values())))
    generator = np.random.default_rng(seed)
    orders = {name: [_order(values, generator)] for name, values in scores.items()}
    orders[RANDOM] = [generator.permutation(n_parts) for _ in range(n_random)]
    kept = {name: np.concatenate([_kept(order) for order in each]) for name, each in orders.items()}
    wanted, places = np.unique(np.concatenate(list(kept.values())), axis=0, return_inverse=True)
    answers = ask(wanted)[places.ravel()]
    erasures, start = {}, 0
    for name, each in orders.items():
        end = start + len(kept[name])
        curves = answers[start:end].reshape(len(each), 2, len(SHARES)).mean(axis=0)
        erasures[name], start = Erasure(*curves), end
    return erasures


def gain(erasure: Erasure, over: Erasure) -> Gain:
    """One measure's erasure against that of random order."""
    return Gain(
        comprehensiveness=erasure.comprehensiveness - over.comprehensiveness,
        sufficiency=over.sufficiency - erasure.sufficiency,
    )


def mean_gain(values: Sequence[float]) -> MeanGain:
    """Mean and interval of one number per row."""
    mean = float(np.mean(values))
    half = Z * float(np.std(values, ddof=1)) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return MeanGain(mean, mean - half, mean + half, len(values))


def agree(scores: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """(M, M): Spearman's rank correlation between each two measures of the same parts."""
    values = list(scores.values())
    return np.array([[float(rank_correlation(one, other)) for other in values] for one in values])


def _order(scores: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.int64]:
    """The highest first; among equals chance decides, and not where they stand."""
    chance = generator.permutation(len(scores))
    return np.lexsort((chance, -scores))


def _kept(order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(2 S, n): the sets of the deletion curve, then those of the insertion curve."""
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    counts = np.ceil(SHARES * len(order) - 1e-9)[:, None]  # (S, 1); at least one part from the first step on
    return np.concatenate([ranks >= counts, ranks < counts])
