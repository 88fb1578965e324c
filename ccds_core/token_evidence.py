"""The first words of each class with what each rests on: n, a bootstrap interval, and sentences to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.checks import STRICT_JSON
from ccds_core.tokens import TokenTable
from ccds_core.word_occurrences import resample

REPLICATES = 1_000  # of the bootstrap
INTERVAL = (2.5, 97.5)  # percentiles
QUANTILES = (1.0, 0.5, 0.0)  # of a word's values in a class: where its three examples are taken


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
    found = table.occurrences
    own = np.flatnonzero((found.words == word) & (found.groups[found.sentences] == target))
    place = np.argsort(found.order)  # (N,): equals stand in the order of chance, whatever the order of the texts
    ranked = own[np.lexsort((place[found.sentences[own]], found.values[own]))]
    chosen = [int(found.sentences[ranked[round(share * (len(ranked) - 1))]]) for share in QUANTILES if len(ranked)]
    return tuple(dict.fromkeys(chosen))


def words_of(tokens: Mapping[str, Sequence[TokenScore]]) -> dict[str, tuple[str, ...]]:
    """Class -> the words of its list."""
    return {name: tuple(score.token for score in scores) for name, scores in tokens.items()}
