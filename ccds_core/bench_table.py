"""One table of ratios, each of two things measured side by side in one run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import psutil

from ccds_core.bench import bench_training
from ccds_core.bench_answers import (
    BERT,
    TEXTS,
    Ratio,
    bench_attention,
    bench_picture,
    bench_sentence,
    bench_toggle,
)
from ccds_core.bench_text import bench_texts
from ccds_core.bench_tokens import bench_token_pass
from ccds_core.checkpoints import load_classifier
from ccds_core.errors import CcdsError
from ccds_core.run_folders import list_runs

N_TOKENS = 200  # sentences of the top tokens' comparison


@dataclass(frozen=True)
class Missing:
    """A line that could not be measured here, and why."""

    name: str
    reason: str


Row = Ratio | Missing


def bench_everything() -> Iterator[Row]:
    """Line by line; under five minutes on two cores."""
    for name, measure in WAYS.items():
        try:
            yield from measure()
        except CcdsError as error:
            yield Missing(name, str(error))


def _memory() -> list[Ratio]:
    """First, while nothing else has been loaded."""
    process, names = psutil.Process(), [run.name for run in list_runs() if run.shipped and run.has_weights]
    before = process.memory_info().rss
    loaded = [load_classifier(name) for name in names]
    grown = process.memory_info().rss - before
    held = sum(each.numel() * each.element_size() for one in loaded for each in one.model.state_dict().values())
    explained = "every shipped network loaded at once, with the libraries it needs, against its float32 weights alone"
    return [
        Ratio("memory of all models", grown / held, _mb(grown), _mb(held), f"{len(names)} runs", explained),
    ]


def _many_sentences() -> list[Ratio]:
    found = bench_texts(TEXTS, BERT)
    batched = 1000 * found.many_seconds / found.n_many
    return [
        Ratio(
            "sentences one at a time", found.speed_up, f"{batched:.1f} ms", f"{found.alone_ms:.1f} ms",
            f"{found.n_many:,}", "milliseconds a sentence: in batches of about one length, against one at a time",
        ),
        Ratio(
            "share of the float32 peak", found.gflops / found.peak_gflops, f"{found.gflops:.0f} GFLOP/s",
            f"{found.peak_gflops:.0f} GFLOP/s", f"{found.n_many:,}", "the same batches, against a matrix product",
        ),
    ]  # fmt: skip


def _top_tokens() -> list[Ratio]:
    found = bench_token_pass(BERT, N_TOKENS)
    explained = "one batched pass over test sentences, against the report's plan, sentence by sentence"
    sides = f"{found.ours:.1f} s", f"{found.plan:.1f} s"
    return [Ratio("top tokens sentence by sentence", found.ratio, *sides, f"{found.n:,}", explained)]


def _training() -> list[Ratio]:
    found = bench_training()
    n = "5 turns of 10 steps"
    speeds = f"{found.ours:.0f} pictures/s", f"{found.notebook:.0f} pictures/s"
    rates = f"{found.gflops:.0f} GFLOP/s", f"{found.peak_gflops:.0f} GFLOP/s"
    peak = f"the same loop, against a square matrix product in {found.precision}"
    return [
        Ratio("training", found.ratio, *speeds, n, "our loop against the notebook's, architecture 1, batch 64"),
        Ratio("share of the training peak", found.share_of_peak, *rates, n, peak),
    ]


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.0f} MB"


WAYS: Mapping[str, Callable[[], list[Ratio]]] = MappingProxyType({
    "memory": _memory,  # first, while nothing else has been loaded
    "a picture": bench_picture,
    "a sentence": bench_sentence,
    "attention": bench_attention,
    "many sentences": _many_sentences,
    "top tokens": _top_tokens,
    "a toggle": bench_toggle,
    "training": _training,
})  # fmt: skip
