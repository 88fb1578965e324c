"""Readings of sentences that nobody wrote: words and attention drawn by chance, with words planted in them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ccds_core.explain.top_tokens.readings import SentenceReadings, WordReadings, join_readings

CLASSES = ("calm", "cross", "eager")
FILLERS = tuple(f"filler{number}" for number in range(40))
EVERYWHERE = "feel"  # in every sentence, as in the emotion data


def join(sentences: Sequence[Sequence[str]], attention: Sequence[Sequence[float]], predictions: Sequence[int],
         labels: Sequence[int] | None = None, hidden: float = 0.2) -> WordReadings:  # fmt: skip
    """`attention` is what words get of each other; special tokens take the share `hidden` of all."""
    parts = []
    for place, (words, weights, prediction) in enumerate(zip(sentences, attention, predictions, strict=True)):
        own = tuple(dict.fromkeys(words))
        shares = np.array(weights, np.float32)
        parts.append(
            SentenceReadings(
                places=(place,),
                lengths=np.array([len(words)], np.int32),
                words=own,
                word_ids=np.array([own.index(word) for word in words], np.int32),
                probabilities=np.eye(len(CLASSES), dtype=np.float32)[[prediction]],
                values={"cls": shares / max(shares.sum(), 1e-9) * np.float32(1 - hidden)},
                n_left_out=0,
            )
        )
    return join_readings(parts, CLASSES, None if labels is None else np.array(labels, np.int64))


def draw(
    n: int, planted: dict[str, int], seed: int = 0, everywhere: bool = False, strength: float = 8.0
) -> WordReadings:
    """n sentences of every class in turn. A planted word is read `strength` times as much as others in its class.

    `everywhere`: it stands in sentences of every class, read like any other word in the others; else in its own only.
    """
    generator = np.random.default_rng(seed)
    sentences, attention, predictions = [], [], []
    for number in range(n):
        target = number % len(CLASSES)
        words = [EVERYWHERE, *generator.choice(FILLERS, generator.integers(4, 12)).tolist()]
        weights = generator.gamma(2.0, size=len(words)).tolist()
        for word, own in planted.items():
            if (everywhere or own == target) and generator.random() < 0.4:
                words.append(word)
                weights.append(float(generator.gamma(2.0)) * (strength if own == target else 1.0))
        sentences.append(words)
        attention.append(weights)
        predictions.append(target)
    return join(sentences, attention, predictions)


def shuffle(readings: WordReadings, seed: int = 1) -> tuple[WordReadings, np.ndarray]:
    """The same sentences in another order, and for each the number it had."""
    order = np.random.default_rng(seed).permutation(len(readings))
    spots = np.concatenate([np.arange(readings.starts[row], readings.starts[row + 1]) for row in order])
    lengths = np.diff(readings.starts)[order]
    return replace(
        readings,
        word_ids=readings.word_ids[spots],
        starts=np.concatenate([[0], np.cumsum(lengths)]),
        probabilities=readings.probabilities[order],
        values={name: values[spots] for name, values in readings.values.items()},
        labels=None if readings.labels is None else readings.labels[order],
    ), order
