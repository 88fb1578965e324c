"""The masking test: the effect on a class's probability of masking its top words, against as many random words."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.data.normalize import split_words
from ccds_core.explain.perturbation import find_mask
from ccds_core.explain.top_tokens.readings import WordReadings
from ccds_core.models.classifier import TextClassifier
from ccds_core.validation import STRICT_JSON

DRAWS = 4  # random choices per sentence
AT_ONCE = 128  # sentences with top words that are asked about between two signs of progress
REPLICATES = 2_000  # of the bootstrap
SEED = 0
CAVEAT = (
    "A sentence with masked words is unlike those that the model was trained on, which causes part of any drop; "
    "random words of the same sentences show how much."
)


@dataclass(frozen=True)
class MaskedSentence:
    """How far the probability of the predicted class fell in one sentence."""

    class_name: str
    n_masked: int
    top_drop: float  # its top words masked
    random_drop: float  # as many random words masked, mean over `DRAWS`


@dataclass(frozen=True)
class MaskingCheck:
    """One class: mean drops of its probability, over the sentences it was predicted for that hold a top word."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    k: int  # words of the list that were masked
    n: int  # sentences
    n_masked: float  # words a sentence, mean
    top_drop: float  # 0 to 1
    random_drop: float
    low: float  # 95 % bootstrap interval of the difference, over sentences
    high: float

    @property
    def difference(self) -> float:
        """What the top words do beyond random words."""
        return self.top_drop - self.random_drop


def mask_top_words(
    classifier: TextClassifier, texts: Sequence[str], readings: WordReadings, tops: Mapping[str, Sequence[str]]
) -> Iterator[list[MaskedSentence]]:
    """Ask again about every sentence that holds one of the top words of its predicted class, some at a time."""
    words_of = [frozenset(tops.get(name, ())) for name in readings.classes]
    predictions = readings.predictions
    chosen = [
        row
        for row in range(len(readings))
        if any(
            readings.words[word] in words_of[predictions[row]]
            for word in readings.word_ids[readings.starts[row] : readings.starts[row + 1]].tolist()
        )
    ]
    for start in range(0, len(chosen), AT_ONCE):
        rows = chosen[start : start + AT_ONCE]
        yield _mask(classifier, [split_words(texts[row]) for row in rows], predictions[rows], words_of)


def sum_up(masked: Sequence[MaskedSentence], tops: Mapping[str, Sequence[str]]) -> dict[str, MaskingCheck]:
    """Class -> its check; a class of which no sentence was masked is left out."""
    checks = {}
    for name, words in tops.items():
        drops = sorted(
            ((one.top_drop, one.random_drop, one.n_masked) for one in masked if one.class_name == name), reverse=True
        )
        if not drops:
            continue
        top, random, count = np.array(drops).T  # (n,) each
        low, high = _interval(top - random)
        checks[name] = MaskingCheck(
            len(words), len(drops), float(count.mean()), float(top.mean()), float(random.mean()), low, high
        )
    return checks


def _mask(
    classifier: TextClassifier,
    sentences: Sequence[list[str]],
    targets: NDArray[np.int64],
    words_of: Sequence[frozenset[str]],
) -> list[MaskedSentence]:
    mask = find_mask(classifier.encoder)
    changed, counts = [], []
    for words, target in zip(sentences, targets.tolist(), strict=True):
        places = [place for place, word in enumerate(words) if word in words_of[target]]
        generator = np.random.default_rng([SEED, zlib.crc32(" ".join(words).encode())])  # the order changes nothing
        draws = [generator.choice(len(words), len(places), replace=False).tolist() for _ in range(DRAWS)]
        hidden = [[], places, *draws]
        changed += [_hide(words, chosen, mask.token if mask else None) for chosen in hidden]
        counts.append(len(places))
    answers = classifier.predict_many([classifier.encode(words) for words in changed])  # (n (2 + DRAWS), C)
    answers = answers.reshape(len(sentences), 2 + DRAWS, -1)
    target_probabilities = answers[np.arange(len(sentences)), :, targets]  # (n, 2 + DRAWS): of the predicted class
    drops = target_probabilities[:, :1] - target_probabilities[:, 1:]  # (n, 1 + DRAWS)
    return [
        MaskedSentence(classifier.classes[target], count, float(drop[0]), float(drop[1:].mean()))
        for target, count, drop in zip(targets.tolist(), counts, drops, strict=True)
    ]


def _hide(words: Sequence[str], places: Sequence[int], mask: str | None) -> list[str]:
    """The words with those at `places` masked, or left out where the model has no mask."""
    hidden = set(places)
    if mask is None:
        return [word for place, word in enumerate(words) if place not in hidden]
    return [mask if place in hidden else word for place, word in enumerate(words)]


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Of the mean, by resampling."""
    generator = np.random.default_rng(SEED)
    drawn = [float(values[generator.integers(len(values), size=len(values))].mean()) for _ in range(REPLICATES)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(low), float(high)
