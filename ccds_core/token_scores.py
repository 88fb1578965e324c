"""Sums per word and class -> a score per word and class: the sum, the mean, or the class minus the rest."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ccds_core.token_options import SHRINK
from ccds_core.word_occurrences import Tally


def sums(tally: Tally) -> NDArray[np.float64]:
    """(V, C): values added up."""
    return tally.sums


def contrast(tally: Tally, shrunk: bool) -> NDArray[np.float64]:
    """(V, C): value per sentence of the class, 0 where the word is not, minus that in the rest, in standard errors.

    The standard error is that of the null hypothesis: the word stands in a sentence of any class with its overall
    probability p, and its value there has the mean and the variance of all words. So it needs no variance from a
    word's own few values, and a word that is read twice as much gets twice the score.
    """
    rest = replace(tally, sums=_rest(tally.sums), counts=_rest(tally.counts))
    sizes, rest_sizes = tally.sizes, tally.sizes.sum() - tally.sizes  # (C,)
    own, others = (np.where(part.counts > 0, means(part, shrunk, tally), 0) * part.counts for part in (tally, rest))
    p = np.minimum(1.0, tally.counts.sum(axis=1, keepdims=True) / max(1.0, float(sizes.sum())))  # (V, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = own / sizes - others / rest_sizes
        variance = (p * tally.variance + p * (1 - p) * tally.mean**2) * (1 / sizes + 1 / rest_sizes)
        scores = difference / np.sqrt(variance)
    return np.where(np.isfinite(scores), scores, 0.0)


def means(tally: Tally, shrunk: bool, whole: Tally) -> NDArray[np.float64]:
    """(V, C): mean over a class's sentences that hold the word, 0 where there is none; drawn to that of `whole`."""
    counts, sums = whole.counts.sum(axis=1, keepdims=True), whole.sums.sum(axis=1, keepdims=True)
    overall = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)  # (V, 1)
    if shrunk:
        return (tally.sums + SHRINK * overall) / (tally.counts + SHRINK)
    return np.divide(tally.sums, tally.counts, out=np.zeros_like(tally.sums), where=tally.counts > 0)


def _rest(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    return cells.sum(axis=1, keepdims=True) - cells
