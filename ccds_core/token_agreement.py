"""Whether two ways of ranking the words of a class say the same."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ccds_core.checks import STRICT_JSON
from ccds_core.heads import rank_correlation
from ccds_core.tokens import TokenTable

K = 10  # words at the top of each list that are compared


@dataclass(frozen=True)
class ListAgreement:
    """Two lists of one class."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    n_words: int  # that stand in both lists
    rank_correlation: float  # Spearman's, over those words
    shared: tuple[str, ...]  # words that are among the first `k` of both, in the order of the first list
    k: int  # 10, or as many as the shorter list has


def compare_lists(one: TokenTable, other: TokenTable) -> dict[str, ListAgreement]:
    """Class -> how far two tables over the same readings agree."""
    assert one.readings.words == other.readings.words, "two tables over the same words"
    return {name: _compare(one, other, target) for target, name in enumerate(one.readings.classes)}


def _compare(one: TokenTable, other: TokenTable, target: int) -> ListAgreement:
    common = np.flatnonzero(one.ranked[:, target] & other.ranked[:, target])
    correlation = float(rank_correlation(one.scores[common, target], other.scores[common, target]))
    rankings = one.ranking(target), other.ranking(target)
    k = min(K, *map(len, rankings))
    theirs = set(rankings[1][:k].tolist())
    shared = tuple(one.readings.words[word] for word in rankings[0][:k].tolist() if word in theirs)
    return ListAgreement(len(common), correlation, shared, k)
