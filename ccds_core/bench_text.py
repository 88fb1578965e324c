"""How fast sentences are answered: one by all models, and many by one model, in batches against one at a time."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ccds_core.bench import matmul_peak
from ccds_core.checkpoints import load_classifier
from ccds_core.classifier import TextClassifier
from ccds_core.data.example_sentences import EXAMPLE_SENTENCES
from ccds_core.data.vocabulary import Encoding
from ccds_core.data.words import split_words
from ccds_core.errors import InvalidInputError
from ccds_core.runs import count_multiply_adds
from ccds_core.sentence import answer_sentence

REPEATS = 50  # of the one sentence, after `WARM` unmeasured ones
WARM = 3
N_MANY = 2_000  # sentences for the comparison with one at a time
N_ALONE = 200  # of them asked one at a time, spread over all lengths
MEDIAN_WORDS, SPREAD = 17, 0.55  # lengths are log-normal, as in the emotion data: median 17, longest about 60
MOST_WORDS = 66


@dataclass(frozen=True)
class TextBench:
    """What was measured, in one run on one machine."""

    models: tuple[str, ...]
    one_sentence_ms: float  # median over REPEATS: all models answer it, encoding included
    one_sentence_slowest_ms: float
    batched_model: str
    n_many: int
    many_seconds: float
    alone_ms: float  # a sentence asked alone, encoding included; mean over N_ALONE
    gflops: float  # of the batches: multiply and add counted apart, padding not counted
    peak_gflops: float  # of a square matrix product in float32

    @property
    def speed_up(self) -> float:
        """How many times faster a sentence is in a batch than alone."""
        return self.alone_ms / (1000 * self.many_seconds / self.n_many)

    def sentence(self) -> str:
        """The figures in words."""
        return (
            f"One sentence by {len(self.models)} models ({', '.join(self.models)}): "
            f"median {self.one_sentence_ms:.0f} ms, at most {self.one_sentence_slowest_ms:.0f} ms "
            f"(n = {REPEATS}, warm). {self.n_many:,} sentences by {self.batched_model}: {self.many_seconds:.1f} s in "
            f"batches of about one length, {self.speed_up:.1f} times faster than one at a time "
            f"({self.alone_ms:.1f} ms each, n = {N_ALONE}); the batches run at {self.gflops / self.peak_gflops:.0%} of "
            f"this machine's own float32 matmul peak ({self.peak_gflops:.0f} GFLOP/s)."
        )


def bench_texts(names: Sequence[str], batched: str) -> TextBench:
    """Measure with the given runs; `batched` is the one that is asked for many sentences."""
    classifiers = [_load(name) for name in names]
    words = split_words(next(iter(EXAMPLE_SENTENCES.values())))
    times = []
    for _ in range(WARM + REPEATS):
        start = time.perf_counter()
        for classifier in classifiers:
            answer_sentence(classifier, words)
        times.append(1000 * (time.perf_counter() - start))
    many = made_up_sentences(N_MANY)
    model = _load(batched)
    alone = _time_alone(model, many[:: N_MANY // N_ALONE])
    start = time.perf_counter()
    encodings = [model.encode(sentence) for sentence in many]
    model.predict_many(encodings)
    seconds = time.perf_counter() - start
    measured = times[WARM:]
    return TextBench(
        models=tuple(names),
        one_sentence_ms=statistics.median(measured),
        one_sentence_slowest_ms=max(measured),
        batched_model=batched,
        n_many=N_MANY,
        many_seconds=seconds,
        alone_ms=alone,
        gflops=2 * _multiply_adds(model, encodings) / seconds / 1e9,
        peak_gflops=matmul_peak(torch.float32),
    )


def made_up_sentences(n: int) -> list[list[str]]:
    """Words of our own examples in any order, of lengths like the emotion data's; the same each time."""
    generator = random.Random(0)
    words = sorted({word for text in EXAMPLE_SENTENCES.values() for word in split_words(text)})
    lengths = [min(MOST_WORDS, max(2, round(MEDIAN_WORDS * generator.lognormvariate(0, SPREAD)))) for _ in range(n)]
    return [[generator.choice(words) for _ in range(length)] for length in lengths]


def _time_alone(classifier: TextClassifier, sentences: Sequence[list[str]]) -> float:
    """Milliseconds per sentence, each encoded and asked on its own."""
    start = time.perf_counter()
    for sentence in sentences:
        answer_sentence(classifier, sentence)
    return 1000 * (time.perf_counter() - start) / len(sentences)


def _multiply_adds(classifier: TextClassifier, encodings: Sequence[Encoding]) -> int:
    """Of all sentences one by one: counted once for each length, since nothing else matters to it."""
    of_length = {encoding.mask.shape[1]: encoding for encoding in encodings}
    counts = Counter(encoding.mask.shape[1] for encoding in encodings)
    return sum(
        n * count_multiply_adds(classifier.model, (of_length[length].token_ids, of_length[length].mask))
        for length, n in counts.items()
    )


def _load(name: str) -> TextClassifier:
    classifier = load_classifier(name)
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{name}' looks at pictures; this measures text runs.")
    return classifier
