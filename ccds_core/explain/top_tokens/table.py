"""Most attended tokens per class: the report's procedure, the corrected measure, and two methods to compare with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ccds_core.explain.top_tokens.occurrences import Occurrences, Tally, add_up, find_occurrences, find_tops
from ccds_core.explain.top_tokens.options import MIN_COUNT, MIN_COUNT_SMALL, SMALL_CLASS, TokenOptions
from ccds_core.explain.top_tokens.readings import WordReadings
from ccds_core.explain.top_tokens.scores import FUNCTION_WORDS, contrast, log_odds, means, sums
from ccds_core.validation import one_of, raise_faults

CONTRAST_AXIS, Z_AXIS = "contrast vs. the other emotions", "z-score vs. the other emotions"
MARKED = 2.0  # contrast from which a function word stays in the lists


@dataclass(frozen=True)
class Method:
    """A way to rank the words of a class."""

    label: str
    unit: str  # of a score
    explanation: str
    axis: str = "summed attention"  # the name of an axis of scores


METHODS: Mapping[str, Method] = MappingProxyType({
    "workshop": Method("The report's procedure", "summed attention",
                       "Per sentence the predicted class, the most attended word and its attention; summed per word "
                       "in each class. The report does not say which layer, head, row and special tokens: here the "
                       "last layer's [CLS] row, mean over heads, pieces of a word summed, special tokens left out."),
    "contrast": Method("Corrected measure", "contrast",
                       "Contrast: the mean attention to a word (1 = uniform) minus that in the other emotions, over "
                       "the spread of all words in as many sentences. It ranks words; it is no test.", CONTRAST_AXIS),
    "integrated-gradients": Method("Integrated gradients", "contrast",
                                   "Contrast of the attribution to the predicted class, in place of attention: it "
                                   "ranks words; it is no test.", CONTRAST_AXIS),
    "log-odds": Method("Word log-odds", "z-score",
                       "z-score of words that separate the class from the rest by counts alone; the model gives only "
                       "the class (Monroe, Colaresi and Quinn 2008).", Z_AXIS),
})  # fmt: skip


@dataclass(frozen=True)
class TokenTable:
    """All words of all classes under one method."""

    method: str
    options: TokenOptions
    readings: WordReadings
    occurrences: Occurrences
    score: Callable[[Tally], NDArray[np.float64]]

    @cached_property
    def tally(self) -> Tally:
        """Sums over all sentences."""
        return add_up(self.occurrences)

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """(V, C)"""
        return self.score(self.tally)

    @cached_property
    def least(self) -> NDArray[np.int64]:
        """(C,): the minimum count of each class."""
        if self.method == "workshop" or not self.options.floor:
            return np.ones(len(self.tally.sizes), np.int64)
        return np.where(self.tally.sizes < SMALL_CLASS, MIN_COUNT_SMALL, MIN_COUNT)

    @cached_property
    def ranked(self) -> NDArray[np.bool_]:
        """(V, C): the words that stand in a class's list."""
        enough: NDArray[np.bool_] = self.tally.counts >= self.least
        return enough if self.options.function_words else enough & ~self._unmarked_function_words()[:, None]

    def ranking(self, target: int) -> NDArray[np.int64]:
        """Words of a class's list, the highest score first, equals by alphabet."""
        words = np.flatnonzero(self.ranked[:, target])
        return words[np.argsort(-self.scores[words, target], kind="stable")]

    def rank_of(self, word: str, target: int) -> int | None:
        """From 1; None for a word that is not in the class's list."""
        if word not in self or not self.ranked[self.place_of(word), target]:
            return None
        return int(np.flatnonzero(self.ranking(target) == self.place_of(word))[0]) + 1

    def place_of(self, word: str) -> int:
        """The row of a word that was read."""
        return self._places[word]

    def __contains__(self, word: str) -> bool:
        """Whether it was read at all."""
        return word in self._places

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.readings.words)}

    def _unmarked_function_words(self) -> NDArray[np.bool_]:
        marked = (contrast(self.tally, shrunk=True) >= MARKED).any(axis=1)  # (V,)
        return np.array([word in FUNCTION_WORDS for word in self.readings.words], bool) & ~marked


def build_table(readings: WordReadings, method: str, options: TokenOptions) -> TokenTable:
    """Score every word; "integrated-gradients" needs readings of the measure "integrated"."""
    raise_faults(one_of("method", method, tuple(METHODS)))
    if method == "workshop":
        return TokenTable(method, options, readings, find_tops(readings, options), sums)
    if method == "log-odds":
        occurrences = find_occurrences(readings, replace(options, once=True))
        counts = replace(occurrences, values=np.ones_like(occurrences.values))
        return TokenTable(method, options, readings, counts, log_odds)
    if method == "integrated-gradients":
        options = replace(options, measure="integrated")
    score = _choose_score(options)
    return TokenTable(method, options, readings, find_occurrences(readings, options), score)


def _choose_score(options: TokenOptions) -> Callable[[Tally], NDArray[np.float64]]:
    if options.contrast:
        return lambda tally: contrast(tally, options.shrunk)
    if options.average:
        return lambda tally: means(tally, options.shrunk, tally)
    return sums
