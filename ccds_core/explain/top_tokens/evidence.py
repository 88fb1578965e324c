"""The first words of each class with what each rests on: n, a bootstrap interval, and sentences to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.explain.top_tokens.occurrences import resample
from ccds_core.explain.top_tokens.table import TokenTable
from ccds_core.training.metrics import rank_correlation
from ccds_core.validation import STRICT_JSON

REPLICATES = 1_000  # of the bootstrap
INTERVAL = (2.5, 97.5)  # percentiles
QUANTILES = (1.0, 0.5, 0.0)  # of a word's values in a class: where its three examples are taken

K = 10  # words at the top of each list that are compared


@dataclass(frozen=True)
class TokenScore:
    """One bar: a word of a class, with its evidence."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    token: str
    score: float
    n: int  # sentences of the class that it stands in; for `workshop`, that it is on top of
    low: float  # 95 % bootstrap interval of the score, over sentences
    high: float
    examples: tuple[int, ...]  # up to three of the texts, by number: strongest, median and weakest reading


def list_tokens(table: TokenTable, k: int) -> dict[str, tuple[TokenScore, ...]]:
    """Class -> its first k words with n, interval and examples."""
    tops = [table.ranking(target)[:k] for target in range(len(table.readings.classes))]
    chosen = np.unique(np.concatenate(tops))
    low, high = bootstrap(table, chosen)
    rows = {int(word): row for row, word in enumerate(chosen)}
    return {
        name: tuple(
            TokenScore(
                token=table.readings.words[word],
                score=float(table.scores[word, target]),
                n=int(table.tally.counts[word, target]),
                low=float(low[rows[word], target]),
                high=float(high[rows[word], target]),
                examples=find_examples(table, word, target),
            )
            for word in tops[target].tolist()
        )
        for target, name in enumerate(table.readings.classes)
    }


def bootstrap(table: TokenTable, words: NDArray[np.int64]) -> NDArray[np.float64]:
    """words (v,), ascending -> (2, v, C): both ends of the scores' intervals."""
    samples = [table.score(tally).astype(np.float32) for tally in resample(table.occurrences, words, REPLICATES)]
    return np.percentile(np.stack(samples), INTERVAL, axis=0)


def find_examples(table: TokenTable, word: int, target: int) -> tuple[int, ...]:
    """Numbers of the texts where the word's value in this class is highest, in the middle and lowest; each once."""
    occurrences = table.occurrences
    pairs = np.flatnonzero((occurrences.words == word) & (occurrences.groups[occurrences.sentences] == target))
    place = np.argsort(occurrences.order)  # (N,): ties in random order, whatever the order of the texts
    ranked = pairs[np.lexsort((place[occurrences.sentences[pairs]], occurrences.values[pairs]))]
    chosen = [ranked[round(quantile * (len(ranked) - 1))] for quantile in QUANTILES if len(ranked)]
    return tuple(dict.fromkeys(occurrences.sentences[chosen].tolist()))


def words_of(tokens: Mapping[str, Sequence[TokenScore]]) -> dict[str, tuple[str, ...]]:
    """Class -> the words of its list."""
    return {name: tuple(score.token for score in scores) for name, scores in tokens.items()}


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
