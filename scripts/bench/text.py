"""How fast sentences are classified: one by all models, and many by one model, in batches against one at a time."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.data.normalize import split_words
from ccds_core.data.word_tokenizer import Encoding
from ccds_core.errors import InvalidInputError
from ccds_core.models.classifier import TextClassifier
from ccds_core.models.sentence_answer import answer_sentence
from ccds_core.results import percent
from ccds_core.runs.execute import count_multiply_adds
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from scripts.bench.training import matmul_peak

REPEATS = 50  # of the one sentence, after `WARM` unmeasured ones
WARM = 3
N_MANY = 2_000  # sentences for the comparison with one at a time
N_ALONE = 200  # of them one at a time, of all lengths
MEDIAN_WORDS, SPREAD = 17, 0.55  # lengths are log-normal, as in the emotion data: median 17, longest about 60
MOST_WORDS = 66


@dataclass(frozen=True)
class TextBench:
    """What was measured, in one run on one machine."""

    models: tuple[str, ...]
    one_sentence_ms: float  # median over REPEATS: predictions of all models, encoding included
    one_sentence_slowest_ms: float
    batched_model: str
    n_many: int
    many_seconds: float
    alone_ms: float  # a sentence alone, encoding included; mean over N_ALONE
    gflops: float  # of the batches: 2 FLOPs per MAC, padding not counted
    peak_gflops: float  # of a square matrix product in float32

    @property
    def speed_up(self) -> float:
        """How many times faster a sentence is in a batch than alone."""
        return self.alone_ms / (1000 * self.many_seconds / self.n_many)

    def sentence(self) -> str:
        """The result in words."""
        return (
            f"One sentence by {len(self.models)} models ({', '.join(self.models)}): "
            f"median {self.one_sentence_ms:.0f} ms, at most {self.one_sentence_slowest_ms:.0f} ms "
            f"(n = {REPEATS}, warm). {self.n_many:,} sentences by {self.batched_model}: {self.many_seconds:.1f} s in "
            f"batches of similar length, {self.speed_up:.1f} times faster than one at a time "
            f"({self.alone_ms:.1f} ms each, n = {N_ALONE}); the batches run at "
            f"{percent(self.gflops / self.peak_gflops)} of this machine's float32 matmul peak "
            f"({self.peak_gflops:.0f} GFLOP/s)."
        )


def bench_texts(names: Sequence[str], batched: str) -> TextBench:
    """Measure with the given runs; `batched` is the one that classifies many sentences."""
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
        gflops=2 * _count_macs(model, encodings) / seconds / 1e9,
        peak_gflops=matmul_peak(torch.float32),
    )


def made_up_sentences(n: int) -> list[list[str]]:
    """Words of our example sentences in random order, as long as the emotion data's; the same each time."""
    generator = random.Random(0)
    words = sorted({word for text in EXAMPLE_SENTENCES.values() for word in split_words(text)})
    lengths = [min(MOST_WORDS, max(2, round(MEDIAN_WORDS * generator.lognormvariate(0, SPREAD)))) for _ in range(n)]
    return [[generator.choice(words) for _ in range(length)] for length in lengths]


def _time_alone(classifier: TextClassifier, sentences: Sequence[list[str]]) -> float:
    """Milliseconds per sentence, each encoded and classified alone."""
    start = time.perf_counter()
    for sentence in sentences:
        answer_sentence(classifier, sentence)
    return 1000 * (time.perf_counter() - start) / len(sentences)


def _count_macs(classifier: TextClassifier, encodings: Sequence[Encoding]) -> int:
    """MACs of all sentences one by one; counted once per length, on which alone they depend."""
    of_length = {encoding.mask.shape[1]: encoding for encoding in encodings}
    counts = Counter(encoding.mask.shape[1] for encoding in encodings)
    return sum(
        n * count_multiply_adds(classifier.model, (of_length[length].token_ids, of_length[length].mask))
        for length, n in counts.items()
    )


def _load(name: str) -> TextClassifier:
    classifier = load_classifier(find_run(name))
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{name}' is an image run; this benchmark takes text runs.")
    return classifier
