"""Which words tell a class from the rest, by counts alone: weighted log-odds with an informative prior."""

import numpy as np
from numpy.typing import NDArray

from ccds_core.word_occurrences import Tally

PRIOR = 1_000  # words that the prior weighs; from 10 to 1,000 the first ten of a class change by one at most (test)


def log_odds(tally: Tally) -> NDArray[np.float64]:
    """(V, C): z of the log-odds of a word in a class against the rest (Monroe, Colaresi and Quinn 2008, eq. 16-22).

    The prior is the word's own share of all words, so that a rare word must show more than a frequent one.
    """
    total = float(tally.totals.sum())
    prior = PRIOR * tally.counts.sum(axis=1, keepdims=True) / max(total, 1.0)  # (V, 1)
    rest = tally.counts.sum(axis=1, keepdims=True) - tally.counts  # (V, C)
    own = _log_odds(tally.counts + prior, tally.totals + PRIOR)
    others = _log_odds(rest + prior, total - tally.totals + PRIOR)
    variance = _inverse(tally.counts + prior) + _inverse(rest + prior)
    return np.divide(own - others, np.sqrt(variance), out=np.zeros_like(own), where=variance > 0)


def _log_odds(counts: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    other = totals - counts
    odds = np.divide(counts, other, out=np.ones_like(counts), where=(counts > 0) & (other > 0))
    return np.log(odds)


def _inverse(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(1.0, counts, out=np.zeros_like(counts), where=counts > 0)
