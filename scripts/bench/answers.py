"""What pages compute, against the bare network: predictions for an image and a sentence, attention, a toggle."""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import median

import numpy as np
import torch

from ccds_core.config.options import Activation, CnnOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.data.cifar10 import CLASSES
from ccds_core.data.examples import EXAMPLE_SENTENCES, EXAMPLES, open_example
from ccds_core.data.normalize import read_text_words
from ccds_core.data.uploads import centre_square, read_image
from ccds_core.explain.attention_forward import attend
from ccds_core.figures.network_drawing import network_drawing
from ccds_core.models.classifier import ImageClassifier, TextClassifier, encode_image
from ccds_core.models.cnn import build as build_cnn
from ccds_core.models.cnn_diff import BASE, changes_title, compare_layers, layer_table
from ccds_core.models.cnn_script import diff_scripts, write_script
from ccds_core.models.sentence_answer import answer_sentence
from ccds_core.runs.records import find_run, list_runs
from ccds_core.runs.weights import load_classifier

ROUNDS = 30  # of each side, alternating
WARM = 2  # unmeasured rounds before them
TEXTS = ("one-word-rule", "text-embedding", "text-word2vec-fine-tuned", "bert-emotion")
BERT = "bert-emotion"
ARCHITECTURE_1 = RunConfig("architecture-1", options=BASE)


@dataclass(frozen=True)
class Ratio:
    """One line of the table."""

    name: str
    ratio: float
    ours: str
    baseline: str
    n: str
    comparison: str


def bench_image() -> list[Ratio]:
    """What the Images page computes for one image, without drawing."""
    shipped = [run for run in list_runs() if run.shipped and run.has_weights and run.task == "image"]
    networks = [network for network in map(load_classifier, shipped) if isinstance(network, ImageClassifier)]
    buffer = io.BytesIO()
    open_example(next(iter(EXAMPLES))).resize((640, 480)).save(buffer, format="JPEG")
    content = buffer.getvalue()
    encoded = encode_image(open_example(next(iter(EXAMPLES))))

    def predict() -> None:
        images = encode_image(centre_square(read_image(content)))
        for network in networks:
            network.predict(images)

    ours, bare = _side_by_side(predict, partial(_forward, networks, encoded))
    n = len(networks)
    comparison = f"a JPEG of 640 × 480 decoded, cropped and classified by {n} CNNs, against their forward passes alone"
    return [_timed("an image's prediction", (ours, bare), comparison)]


def bench_sentence() -> list[Ratio]:
    """What the Emotions page computes first for one sentence, without drawing."""
    networks = [model for model in map(load_classifier, map(find_run, TEXTS)) if isinstance(model, TextClassifier)]
    text = next(iter(EXAMPLE_SENTENCES.values()))
    encoded = [network.encode(read_text_words(text)) for network in networks]

    def predict() -> None:
        words = read_text_words(text)
        for network in networks:
            answer_sentence(network, words)

    def bare() -> None:
        with torch.no_grad():
            for network, encoding in zip(networks, encoded, strict=True):
                network.model(encoding.token_ids, encoding.mask)

    comparison = f"words split, encoded and classified by {len(networks)} models, against their forward passes alone"
    return [_timed("a sentence's prediction", _side_by_side(predict, bare), comparison)]


def bench_attention() -> list[Ratio]:
    """What the Attention page computes for one sentence."""
    network = load_classifier(find_run(BERT))
    if not isinstance(network, TextClassifier):
        return []
    words = read_text_words(next(iter(EXAMPLE_SENTENCES.values())))
    encoding = network.encode(words)
    ours, bare = _side_by_side(lambda: attend(network, words), lambda: network.predict(encoding))
    comparison = "every head, gradients and integrated gradients of one sentence, against its prediction alone"
    return [_timed("a sentence's attention", (ours, bare), comparison)]


def bench_toggle() -> list[Ratio]:
    """What a toggle of the Architectures page computes: every combination of four toggles, none computed before."""
    activations: tuple[Activation, ...] = ("relu", "sigmoid")
    choices = [
        CnnOptions(activation, extra, linear, conv)
        for activation in activations
        for extra, linear, conv in product((False, True), repeat=3)
    ]
    draw_seconds = [_seconds(partial(_draw, options)) for options in choices]
    build_seconds = [_seconds(partial(build_cnn, options, 10)) for options in choices]
    slow, built = (float(np.percentile(seconds, 95)) for seconds in (draw_seconds, build_seconds))
    comparison = (
        "drawing, table, script and difference of a changed network, against building that network; p95 of each"
    )
    return [_timed("a toggle", (slow, built), comparison, len(choices))]


def _draw(options: CnnOptions) -> None:
    compared = compare_layers(options)
    network_drawing(compared, CLASSES, options.initialisation, changes_title(options))
    layer_table(compared)
    config = RunConfig("my-architecture", options=options)
    write_script(config)
    diff_scripts(config, ARCHITECTURE_1)


def _forward(networks: Sequence[ImageClassifier], images: torch.Tensor) -> None:
    with torch.no_grad():
        for network in networks:
            network.model(images)


def _side_by_side(ours: Callable[[], object], baseline: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of each, in alternating rounds after two that warm up."""
    rounds = [(_seconds(ours), _seconds(baseline)) for _ in range(WARM + ROUNDS)][WARM:]
    first, second = zip(*rounds, strict=True)
    return median(first), median(second)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _timed(name: str, seconds: tuple[float, float], comparison: str, n: int | None = None) -> Ratio:
    ours, baseline = seconds
    sides = f"{1000 * ours:.1f} ms", f"{1000 * baseline:.1f} ms"
    return Ratio(name, ours / baseline, *sides, str(n or ROUNDS), comparison)
