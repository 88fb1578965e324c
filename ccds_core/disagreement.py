"""Where two measures of the same words part: which word each puts first, and what erasing by each one costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccds_core.faithfulness import RANDOM, Erasure
from ccds_core.heads import FEWEST_RANKED, rank_correlation


@dataclass(frozen=True)
class Disagreement:
    """Two measures of one sentence before one model."""

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
            said = f"{one} and {other.lower()} both put “{word}” first"
        else:
            said = f"{one} puts “{word}” first, {other.lower()} “{other_word}”"
        if self.n >= FEWEST_RANKED:
            said += f"; over all {self.n} words their ranks correlate with {self.correlation:+.2f}"
        cost, other_cost = (f"{points * 100:.0f}" for points in self.costs)
        return (
            f"{said}. Taking words away in the order of the one costs the answer {cost} percentage points, in that of "
            f"the other {other_cost}, in random order {self.chance * 100:.0f} (mean over the first 10 to 50 %)."
        )


def compare_measures(
    words: Sequence[str],
    scores: Mapping[str, NDArray[np.float64]],
    erasures: Mapping[str, Erasure],
    pair: tuple[str, str],
) -> Disagreement:
    """`scores` (W,) and `erasures` by measure, `RANDOM` among the latter; `pair` are two of the measures."""
    one, other = (scores[name] for name in pair)
    return Disagreement(
        measures=pair,
        first=(words[int(one.argmax())], words[int(other.argmax())]),
        correlation=float(rank_correlation(one, other)),
        n=len(words),
        costs=(erasures[pair[0]].comprehensiveness, erasures[pair[1]].comprehensiveness),
        chance=erasures[RANDOM].comprehensiveness,
    )
