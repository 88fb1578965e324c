"""Readings -> pairs of a sentence and a word with a value, and their sums per word and class, also resampled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ccds_core.errors import InvalidInputError
from ccds_core.explain.top_tokens.options import TokenOptions
from ccds_core.explain.top_tokens.readings import WordReadings

SEED = 0  # of the bootstrap


@dataclass(frozen=True)
class Occurrences:
    """P pairs of a sentence and a word, over N sentences, V words and C classes."""

    sentences: NDArray[np.int64]  # (P,)
    words: NDArray[np.int64]  # (P,)
    values: NDArray[np.float64]  # (P,)
    groups: NDArray[np.int64]  # (N,): the class that a sentence counts for; -1 = none
    order: NDArray[np.int64]  # (N,): how chance goes through the sentences
    n_words: int
    n_classes: int


@dataclass(frozen=True)
class Tally:
    """Sums per word and class: all that a score is made of."""

    sums: NDArray[np.float64]  # (V, C): values added up
    counts: NDArray[np.float64]  # (V, C): pairs; sentences with the word, where a repeated word counts once
    sizes: NDArray[np.float64]  # (C,): sentences
    totals: NDArray[np.float64]  # (C,): pairs of any word
    mean: float  # of the values of all pairs
    variance: float


def find_occurrences(readings: WordReadings, options: TokenOptions) -> Occurrences:
    """Every word of every sentence that counts, its value corrected within the sentence as `options` say."""
    values = _read_values(readings, options.measure)
    if options.renormalised:
        mass = readings.sum_over_words(np.abs(values))[readings.sentences]  # (M,)
        values = np.divide(values, mass, out=np.zeros_like(values), where=mass > 0)
    if options.per_length:
        values = values * np.diff(readings.starts)[readings.sentences]
    return _pair(readings, options, np.arange(len(values)), values)


def find_tops(readings: WordReadings, options: TokenOptions) -> Occurrences:
    """The one word of each sentence with the highest value, as it is: the first of equals."""
    values = _read_values(readings, options.measure)
    ranked = np.lexsort((-values, readings.sentences))  # sentence by sentence, the highest first
    sentences = readings.sentences[ranked]
    tops = ranked[np.diff(sentences, prepend=-1) > 0]  # one for each sentence that has a word
    return _pair(readings, replace(options, once=False), tops, values)


def group_sentences(readings: WordReadings, options: TokenOptions) -> NDArray[np.int64]:
    """(N,): the class that each sentence counts for, -1 = none."""
    predictions, labels = readings.predictions, readings.labels
    if labels is None:
        if options.group == "true" or options.correct_only:
            raise InvalidInputError("These texts have no labels: group them by the predicted class.")
        return predictions
    groups = predictions if options.group == "predicted" else labels
    return np.where(predictions == labels, groups, -1) if options.correct_only else groups


def add_up(occurrences: Occurrences) -> Tally:
    """Each sentence counted once."""
    weights = np.ones(len(occurrences.groups))
    values = occurrences.values
    mean, variance = (float(values.mean()), float(values.var())) if len(values) else (0.0, 0.0)
    return _add_up(occurrences, weights, np.bincount(occurrences.sentences, minlength=len(weights)), (mean, variance))


def resample(occurrences: Occurrences, chosen: NDArray[np.int64], n: int) -> Iterator[Tally]:
    """n times the sums of the `chosen` words (ascending), each sentence counted as often as a Poisson number says.

    The Poisson bootstrap (Hanley and MacGibbon 2006) needs no list of drawn sentences. Mean and variance of all
    values, and so the unit of the contrast, stay those of the whole.
    """
    generator = np.random.default_rng(SEED)
    whole = add_up(occurrences)
    lengths = np.bincount(occurrences.sentences, minlength=len(occurrences.groups))  # (N,)
    is_chosen = np.isin(occurrences.words, chosen)
    few = replace(
        occurrences,
        sentences=occurrences.sentences[is_chosen],
        words=np.searchsorted(chosen, occurrences.words[is_chosen]),
        values=occurrences.values[is_chosen],
        n_words=len(chosen),
    )
    weights = np.zeros(len(occurrences.groups))
    for _ in range(n):
        weights[occurrences.order] = generator.poisson(1.0, len(weights))
        yield _add_up(few, weights, lengths, (whole.mean, whole.variance))


def _add_up(
    occurrences: Occurrences,
    weights: NDArray[np.float64],
    lengths: NDArray[np.int64],
    moments: tuple[float, float],
) -> Tally:
    """weights, lengths (N,): how often each sentence counts, and how many pairs it has."""
    n_words, n_classes = occurrences.n_words, occurrences.n_classes
    cells = occurrences.words * n_classes + occurrences.groups[occurrences.sentences]  # (P,)
    often = weights[occurrences.sentences]
    counted = occurrences.groups >= 0
    groups, counted_weights = occurrences.groups[counted], weights[counted]
    return Tally(
        sums=_sum(cells, often * occurrences.values, n_words * n_classes).reshape(n_words, n_classes),
        counts=_sum(cells, often, n_words * n_classes).reshape(n_words, n_classes),
        sizes=_sum(groups, counted_weights, n_classes),
        totals=_sum(groups, counted_weights * lengths[counted], n_classes),
        mean=moments[0],
        variance=moments[1],
    )


def _sum(cells: NDArray[np.int64], values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """(n,): the values of each cell added up."""
    return np.bincount(cells, values, n).astype(np.float64, copy=False)


def _read_values(readings: WordReadings, measure: str) -> NDArray[np.float64]:
    if not len(readings.word_ids):
        return np.zeros(0)
    assert measure in readings.values, f"the pass did not read '{measure}'"
    return readings.values[measure].astype(np.float64)


def _pair(
    readings: WordReadings, options: TokenOptions, spots: NDArray[np.int64], values: NDArray[np.float64]
) -> Occurrences:
    """Pairs of the word places `spots`, those of sentences that do not count left out, repeated words as asked."""
    groups = group_sentences(readings, options)
    spots = spots[groups[readings.sentences[spots]] >= 0]
    sentences, words, values = readings.sentences[spots], readings.word_ids[spots].astype(np.int64), values[spots]
    n_words = len(readings.words)
    if options.once:
        pairs, inverse, repeats = np.unique(sentences * n_words + words, return_inverse=True, return_counts=True)
        values = np.bincount(inverse, values, len(pairs)) / repeats
        sentences, words = pairs // max(1, n_words), pairs % max(1, n_words)
    return Occurrences(sentences, words, values, groups, readings.order, n_words, len(readings.classes))
