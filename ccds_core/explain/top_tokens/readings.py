"""What a model made of every word of a list of texts: a few numbers per word, no attention and no sentence kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Measure:
    """One number per word of a sentence, and what it can and cannot say."""

    label: str  # for people
    signed: bool  # True: above 0 speaks for the predicted class; False: a share of attention
    explanation: str


MEASURES: Mapping[str, Measure] = MappingProxyType({
    "cls": Measure("[CLS] row, last layer", False,
                   "Mean over heads of the first token's attention in the last layer. The classifier uses that token "
                   "only, so no other row affects the prediction; but it attends to mixed states, not to words."),
    "received": Measure("Attention received, last layer", False,
                        "Mean over the words' rows and over heads. Most of these rows do not affect the prediction."),
    "rollout": Measure("Attention rollout", False,
                       "Attention multiplied through all layers (Abnar and Zuidema 2020). It is about input words, "
                       "but nearly uniform, and the same for every class."),
    "gradient": Measure("Gradient × attention", True,
                        "The [CLS] row times the gradient of the predicted class's logit, summed over heads: it is "
                        "signed, for the last layer only."),
    "integrated": Measure("Integrated gradients", True,
                          "From masked words to the words, of the predicted class's logit (Sundararajan et al. 2017). "
                          "An attribution, not attention."),
})  # fmt: skip


@dataclass(frozen=True)
class SentenceReadings:
    """Some sentences of a pass: B of them, with m words in all."""

    places: tuple[int, ...]  # B: which of the texts
    lengths: NDArray[np.int32]  # (B,): words read of each
    words: tuple[str, ...]  # the different words
    word_ids: NDArray[np.int32]  # (m,): sentence after sentence
    probabilities: NDArray[np.float32]  # (B, n_classes)
    values: Mapping[str, NDArray[np.float32]]  # measure -> (m,)
    n_left_out: int  # words beyond what the model can read


@dataclass(frozen=True)
class WordReadings:
    """All sentences of a pass in the order of the texts: N of them, with M words in all, V of them different."""

    classes: tuple[str, ...]
    words: tuple[str, ...]  # V, by alphabet
    word_ids: NDArray[np.int32]  # (M,)
    starts: NDArray[np.int64]  # (N + 1,): where each sentence's words begin
    probabilities: NDArray[np.float32]  # (N, n_classes)
    values: Mapping[str, NDArray[np.float32]]  # measure -> (M,), shares of all attention or signed numbers
    labels: NDArray[np.int64] | None = None  # (N,), where the truth is known
    n_left_out: int = 0

    def __len__(self) -> int:
        """Sentences."""
        return len(self.starts) - 1

    @property
    def predictions(self) -> NDArray[np.int64]:
        """(N,): the likeliest class."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def sentences(self) -> NDArray[np.int64]:
        """(M,): the sentence of each word."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """(N,): sentences by words, prediction and label, so that chance does not hang on how they were listed."""
        labels = self.predictions if self.labels is None else self.labels
        keys = [
            (self.word_ids[start:end].tobytes(), prediction, label)
            for start, end, prediction, label in zip(
                self.starts, self.starts[1:], self.predictions.tolist(), labels.tolist(), strict=False
            )
        ]
        return np.array(sorted(range(len(self)), key=keys.__getitem__), np.int64)

    def sum_over_words(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """(M,) -> (N,)"""
        return np.bincount(self.sentences, values, len(self)).astype(np.float64)

    def hidden_share(self, measure: str) -> float:
        """Of a share of attention, what went to special tokens, mean over sentences; 0 for a signed measure."""
        if MEASURES[measure].signed or not len(self):
            return 0.0
        return float(1 - self.sum_over_words(self.values[measure]).mean())


def join_readings(
    parts: Sequence[SentenceReadings], classes: tuple[str, ...], labels: NDArray[np.int64] | None = None
) -> WordReadings:
    """All parts of a pass -> one record; each text must be in one part, and `labels` (N,) are in the texts' order."""
    n = sum(len(part.places) for part in parts)
    lengths = np.zeros(n, np.int64)
    probabilities = np.zeros((n, len(classes)), np.float32)
    for part in parts:
        lengths[list(part.places)] = part.lengths
        probabilities[list(part.places)] = part.probabilities
    starts = np.concatenate([[0], np.cumsum(lengths)])  # (N + 1,)
    words = tuple(sorted({word for part in parts for word in part.words}))
    number = {word: place for place, word in enumerate(words)}
    word_ids = np.zeros(int(starts[-1]), np.int32)
    names = parts[0].values if parts else {}
    values = {name: np.zeros(int(starts[-1]), np.float32) for name in names}
    for part in parts:
        word_numbers = np.array([number[word] for word in part.words], np.int32)
        spots = np.concatenate([np.arange(starts[place], starts[place + 1]) for place in part.places])
        word_ids[spots] = word_numbers[part.word_ids]
        for name, part_values in part.values.items():
            values[name][spots] = part_values
    left_out = sum(part.n_left_out for part in parts)
    return WordReadings(classes, words, word_ids, starts, probabilities, values, labels, left_out)
