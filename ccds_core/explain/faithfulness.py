"""The faithfulness test: parts of an input are erased in a method's order, against random order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.training.metrics import FEWEST_RANKED, rank_correlation
from ccds_core.validation import STRICT_JSON

AskKept = Callable[[NDArray[np.bool_]], NDArray[np.float64]]  # which of n parts are kept (K, n) -> probability (K,)
SHARES = np.arange(11) / 10  # fractions of the parts, removed or kept
JUDGED = slice(1, 6)  # 10 to 50 %: what comprehensiveness and sufficiency are means over (DeYoung et al. 2020)
RANDOM = "random order"
CONTROL = "random ranking"  # a method without information: its gain is the noise of the test
N_RANDOM = 10  # random orders, of which the mean is shown
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class Erasure:
    """A class's probability as parts are removed, or kept, in one order."""

    deletion: NDArray[np.float64]  # (S,): the highest ranked parts, a fraction of `SHARES`, removed
    insertion: NDArray[np.float64]  # (S,): only these parts kept

    @property
    def comprehensiveness(self) -> float:
        """The drop in probability without the highest ranked parts; high for a faithful method."""
        return float(self.deletion[0] - self.deletion[JUDGED].mean())

    @property
    def sufficiency(self) -> float:
        """The drop in probability with only the highest ranked parts; low for a faithful method."""
        return float(self.insertion[-1] - self.insertion[JUDGED].mean())


@dataclass(frozen=True)
class Gain:
    """Improvement over random order, in probability; about zero for a method without information."""

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
    """Erase parts of one input in each method's order, and in random order.

    `scores`: method -> (n,) for n parts, high = supports the class. `ask`: kept (K, n) -> probability (K,); it is
    called once, with every set of parts that any method needs. Returns method -> `Erasure`; `RANDOM` is added, a mean
    of `n_random` orders. Deletion and insertion after Petsiuk et al. 2018, the two scores after DeYoung et al. 2020.

        scores, ask = explain_for_erasure(classifier, words, target)
        erase(scores, ask)["integrated-gradients"].comprehensiveness
    """
    n_parts = len(next(iter(scores.values())))
    generator = np.random.default_rng(seed)
    orders = {name: [_order(values, generator)] for name, values in scores.items()}
    orders[RANDOM] = [generator.permutation(n_parts) for _ in range(n_random)]
    kept = {name: np.concatenate([_kept(order) for order in method_orders]) for name, method_orders in orders.items()}
    kept_sets, indices = np.unique(np.concatenate(list(kept.values())), axis=0, return_inverse=True)
    answers = ask(kept_sets)[indices.ravel()]
    erasures, start = {}, 0
    for name, method_orders in orders.items():
        end = start + len(kept[name])
        curves = answers[start:end].reshape(len(method_orders), 2, len(SHARES)).mean(axis=0)
        erasures[name], start = Erasure(*curves), end
    return erasures


def gain(erasure: Erasure, over: Erasure) -> Gain:
    """One method's erasure against that of random order."""
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
    """(M, M): Spearman's rank correlation between each two methods on the same parts."""
    values = list(scores.values())
    return np.array([[float(rank_correlation(one, other)) for other in values] for one in values])


@dataclass(frozen=True)
class Disagreement:
    """Two methods on one sentence and one model."""

    measures: tuple[str, str]  # for people
    first: tuple[str, str]  # the word that each puts first
    correlation: float  # Spearman's, over all words
    n: int  # words
    costs: tuple[float, float]  # comprehensiveness of each, in probability
    chance: float  # that of random order

    @property
    def sentence(self) -> str:
        """The same in words."""
        (one, other), (word, other_word) = self.measures, self.first
        if word == other_word:
            text = f"{one} and {other.lower()} both rank “{word}” first"
        else:
            text = f"{one} ranks “{word}” first, {other.lower()} “{other_word}”"
        if self.n >= FEWEST_RANKED:
            text += f"; rank correlation over all {self.n} words: {self.correlation:+.2f}"
        drop, other_drop = (f"{points * 100:.0f}" for points in self.costs)
        return (
            f"{text}. Deleting words lowers the probability by {drop} percentage points in the order of {one}, by "
            f"{other_drop} in that of {other.lower()}, by {self.chance * 100:.0f} in random order (mean over the first "
            "10 to 50 %)."
        )


def compare_measures(
    words: Sequence[str],
    scores: Mapping[str, NDArray[np.float64]],
    erasures: Mapping[str, Erasure],
    pair: tuple[str, str],
) -> Disagreement:
    """`scores` (W,) and `erasures` by method, `RANDOM` among the latter; `pair` are two of the methods."""
    one, other = (scores[name] for name in pair)
    return Disagreement(
        measures=pair,
        first=(words[int(one.argmax())], words[int(other.argmax())]),
        correlation=float(rank_correlation(one, other)),
        n=len(words),
        costs=(erasures[pair[0]].comprehensiveness, erasures[pair[1]].comprehensiveness),
        chance=erasures[RANDOM].comprehensiveness,
    )


def _order(scores: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.int64]:
    """The highest first; ties in random order."""
    chance = generator.permutation(len(scores))
    return np.lexsort((chance, -scores))


def _kept(order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(2 S, n): the sets of the deletion curve, then those of the insertion curve."""
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    counts = np.ceil(SHARES * len(order) - 1e-9)[:, None]  # (S, 1); at least one part from the first step on
    return np.concatenate([ranks >= counts, ranks < counts])
