"""95 % intervals by resampling: of scores per class, and of the gap between two recipes over rows and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ccds_core.results import Evaluation
from ccds_core.runs.records import RunRecord
from ccds_core.runs.significance import same_rows

SEED, REPLICATES = 0, 1_000  # of the bootstrap (Efron 1979)
ENDS = (2.5, 97.5)  # percentiles
ENOUGH = 3  # seeds of each recipe that a verdict about recipes needs


@dataclass(frozen=True)
class Gap:
    """Mean accuracy of the first runs minus that of the others, on the same n rows."""

    difference: float
    low: float
    high: float
    n: int
    seeds: tuple[int, int]  # runs of each

    @property
    def sentence(self) -> str:
        """In percentage points, with what it rests on."""
        one, other = self.seeds
        seeds = "one seed each" if one == other == 1 else f"{one} and {other} seeds"
        low, high = (f"{100 * end:+.1f}" for end in (self.low, self.high))
        return f"{100 * self.difference:+.1f} points, 95 % interval {low} to {high} (n = {self.n:,}, {seeds})"


def class_scores(test: Evaluation) -> NDArray[np.float64]:
    """(R, C): F1 of every class under R resamplings of the rows of each class."""
    confusion = np.array(test.confusion, np.float64)  # (C, C)
    sizes = confusion.sum(axis=1)
    shares = confusion / np.maximum(sizes, 1)[:, None]
    shares[sizes == 0] = np.eye(len(sizes))[sizes == 0]
    drawn = np.random.default_rng(SEED).multinomial(sizes.astype(int), shares, (REPLICATES, len(sizes)))  # (R, C, C)
    right = drawn.diagonal(axis1=1, axis2=2)
    return 2 * right / np.maximum(drawn.sum(axis=1) + drawn.sum(axis=2), 1)


def interval_of(samples: NDArray[np.float64]) -> tuple[float, float]:
    """(R,) -> both ends."""
    low, high = np.percentile(samples, ENDS)
    return float(low), float(high)


def judge(low: float, high: float, least: float = 0.0) -> str:
    """Whether an interval lies above `least`: "yes", "no" or "open"."""
    return "yes" if low > least else "no" if high < least else "open"


def is_ahead(gaps: Sequence[Gap | None]) -> str:
    """Whether the first recipe is ahead in every gap; "open" also where one has too few seeds."""
    known = [(gap.low, gap.high) for gap in gaps if gap and min(gap.seeds) >= ENOUGH]
    return judge(*np.min(known, axis=0)) if len(known) == len(gaps) else "open"


def compare_recipes(ones: Sequence[RunRecord], others: Sequence[RunRecord]) -> Gap | None:
    """The gap between two recipes, each with its seeds; None unless all runs were tested on the same rows.

    Rows and, where a recipe has several, seeds are drawn with replacement.
    """
    records = [*ones, *others]
    if not ones or not others or not all(same_rows(one, other) for one, other in pairwise(records)):
        return None
    right = _right_rows(ones), _right_rows(others)  # (K, N), (L, N)
    n = right[0].shape[1]
    generator = np.random.default_rng(SEED)
    draws = [np.bincount(generator.integers(n, size=n), minlength=n) for _ in range(REPLICATES)]  # how often each row
    means = []
    for each in right:
        accuracies = np.stack(draws) @ each.T / n  # (R, K)
        seeds = generator.integers(len(each), size=accuracies.shape)
        means.append(np.take_along_axis(accuracies, seeds, axis=1).mean(axis=1))
    low, high = interval_of(means[0] - means[1])
    return Gap(float(right[0].mean() - right[1].mean()), low, high, n, (len(ones), len(others)))


def _right_rows(records: Sequence[RunRecord]) -> NDArray[np.float64]:
    """(runs, N): 1 where a run is right."""
    tests = [record.metrics.test for record in records if record.metrics.test]
    right = np.ones((len(tests), tests[0].n))
    for place, test in enumerate(tests):
        right[place, [row for row, _ in test.mistakes or ()]] = 0
    return right
