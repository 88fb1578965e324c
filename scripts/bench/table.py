"""One table of ratios; the two sides of each are measured in one run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import psutil

from ccds_core.errors import CcdsError
from ccds_core.runs.records import find_run, list_runs
from ccds_core.runs.weights import load_classifier
from scripts.bench.answers import BERT, TEXTS, Ratio, bench_attention, bench_image, bench_sentence, bench_toggle
from scripts.bench.text import bench_texts
from scripts.bench.tokens import bench_token_pass
from scripts.bench.training import bench_training

N_TOKEN_SENTENCES = 200  # for top tokens


@dataclass(frozen=True)
class Missing:
    """A row that could not be measured here, and why."""

    name: str
    reason: str


Row = Ratio | Missing


def bench_everything() -> Iterator[Row]:
    """Row by row; under five minutes on two cores."""
    for name, measure in BENCHMARKS.items():
        try:
            yield from measure()
        except CcdsError as error:
            yield Missing(name, str(error))


def _memory() -> list[Ratio]:
    """Memory of all shipped models; measured first, before anything else is loaded."""
    process, names = psutil.Process(), [run.name for run in list_runs() if run.shipped and run.has_weights]
    before = process.memory_info().rss
    models = [load_classifier(find_run(name)).model for name in names]
    used = process.memory_info().rss - before
    weights = sum(weight.numel() * weight.element_size() for model in models for weight in model.state_dict().values())
    comparison = "every shipped network loaded at once, with the libraries it needs, against its float32 weights alone"
    return [
        Ratio("memory of all models", used / weights, _mb(used), _mb(weights), f"{len(names)} runs", comparison),
    ]


def _many_sentences() -> list[Ratio]:
    result = bench_texts(TEXTS, BERT)
    batched = 1000 * result.many_seconds / result.n_many
    return [
        Ratio(
            "sentences one at a time", result.speed_up, f"{batched:.1f} ms", f"{result.alone_ms:.1f} ms",
            f"{result.n_many:,}", "milliseconds per sentence: in batches of similar length, against one at a time",
        ),
        Ratio(
            "fraction of the float32 peak", result.gflops / result.peak_gflops, f"{result.gflops:.0f} GFLOP/s",
            f"{result.peak_gflops:.0f} GFLOP/s", f"{result.n_many:,}", "the same batches, against a matrix product",
        ),
    ]  # fmt: skip


def _top_tokens() -> list[Ratio]:
    result = bench_token_pass(BERT, N_TOKEN_SENTENCES)
    comparison = "one batched pass over test sentences, against the report's method, sentence by sentence"
    sides = f"{result.ours:.1f} s", f"{result.report:.1f} s"
    return [Ratio("top tokens sentence by sentence", result.ratio, *sides, f"{result.n:,}", comparison)]


def _training() -> list[Ratio]:
    result = bench_training()
    n = "5 rounds of 10 steps"
    speeds = f"{result.ours:.0f} images/s", f"{result.notebook:.0f} images/s"
    rates = f"{result.gflops:.0f} GFLOP/s", f"{result.peak_gflops:.0f} GFLOP/s"
    peak = f"the same loop, against a square matrix product in {result.precision}"
    return [
        Ratio("training", result.ratio, *speeds, n, "our loop against the notebook's, architecture 1, batch size 64"),
        Ratio("fraction of the training peak", result.fraction_of_peak, *rates, n, peak),
    ]


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.0f} MB"


BENCHMARKS: Mapping[str, Callable[[], list[Ratio]]] = MappingProxyType({
    "memory": _memory,  # first, before anything else is loaded
    "an image": bench_image,
    "a sentence": bench_sentence,
    "attention": bench_attention,
    "many sentences": _many_sentences,
    "top tokens": _top_tokens,
    "a toggle": bench_toggle,
    "training": _training,
})  # fmt: skip
