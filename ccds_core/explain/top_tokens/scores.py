"""Sums per word and class -> a score per word and class: the sum, the mean, or the class minus the rest."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ccds_core.explain.top_tokens.occurrences import Tally
from ccds_core.explain.top_tokens.options import SHRINK

PRIOR = 1_000  # words that the prior weighs; from 10 to 1,000 the first ten of a class change by one at most (test)

# standard stop lists do harm here: scikit-learn's holds "alone", the most telling word of sadness, and "not"
WORDS = """
    a an the i im ive id ill me my mine myself we us our ours you your yours he him his she her hers it its they
    them their theirs this that these those who whom whose which what when where why how and or but if because as
    than then so of in on at by for from to with about into through over after before during between up down out
    off again here there am is are was were be been being have has had having do does did doing will would can
    could should shall may might must just also too very really some any all each both more most other such own
    same like get got
"""
FUNCTION_WORDS = frozenset(WORDS.split())


def sums(tally: Tally) -> NDArray[np.float64]:
    """(V, C): values added up."""
    return tally.sums


def contrast(tally: Tally, shrunk: bool) -> NDArray[np.float64]:
    """(V, C): value per sentence of the class, 0 where the word is not, minus that in the rest, over a spread.

    The spread is that of a word which stands in a sentence of any class with the word's overall probability p, and
    whose value there has the mean and the variance of all words. So it needs no variance from a word's own few values,
    and a word that is read twice as much gets twice the score. It is no standard error of the word's own: with the
    classes shuffled the score of an attended word has a standard deviation far above 1.
    """
    rest = replace(tally, sums=_rest(tally.sums), counts=_rest(tally.counts))
    sizes, rest_sizes = tally.sizes, tally.sizes.sum() - tally.sizes  # (C,)
    of_class, others = (
        np.where(part.counts > 0, means(part, shrunk, tally), 0) * part.counts for part in (tally, rest)
    )
    p = np.minimum(1.0, tally.counts.sum(axis=1, keepdims=True) / max(1.0, float(sizes.sum())))  # (V, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = of_class / sizes - others / rest_sizes
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


def log_odds(tally: Tally) -> NDArray[np.float64]:
    """(V, C): z of the log-odds of a word in a class against the rest (Monroe, Colaresi and Quinn 2008, eq. 16-22).

    The prior is the word's own share of all words, so that a rare word must show more than a frequent one.
    """
    total = float(tally.totals.sum())
    prior = PRIOR * tally.counts.sum(axis=1, keepdims=True) / max(total, 1.0)  # (V, 1)
    rest = tally.counts.sum(axis=1, keepdims=True) - tally.counts  # (V, C)
    of_class = _log_odds(tally.counts + prior, tally.totals + PRIOR)
    others = _log_odds(rest + prior, total - tally.totals + PRIOR)
    variance = _inverse(tally.counts + prior) + _inverse(rest + prior)
    return np.divide(of_class - others, np.sqrt(variance), out=np.zeros_like(of_class), where=variance > 0)


def _rest(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    return cells.sum(axis=1, keepdims=True) - cells


def _log_odds(counts: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    other = totals - counts
    odds = np.divide(counts, other, out=np.ones_like(counts), where=(counts > 0) & (other > 0))
    return np.log(odds)


def _inverse(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(1.0, counts, out=np.zeros_like(counts), where=counts > 0)
