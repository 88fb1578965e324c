"""What pages compute, against the bare network: a picture's and a sentence's answer, attention, a toggle."""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import median

import numpy as np
import torch

from ccds_core.attending import attend
from ccds_core.checkpoints import load_classifier
from ccds_core.classifier import ImageClassifier, TextClassifier, encode_image
from ccds_core.config import RunConfig
from ccds_core.data.cifar10 import CLASSES
from ccds_core.data.example_sentences import EXAMPLE_SENTENCES
from ccds_core.data.examples import EXAMPLES, draw_example
from ccds_core.data.uploads import centre_square, read_image
from ccds_core.data.words import read_text_words
from ccds_core.figures.network_drawing import network_drawing
from ccds_core.models.cnn import build_cnn
from ccds_core.network_changes import BASE, changes_title, compare_layers, layer_table
from ccds_core.network_code import diff_scripts, write_script
from ccds_core.options import Activation, CnnOptions
from ccds_core.run_folders import list_runs
from ccds_core.sentence import answer_sentence

TURNS = 30  # of each side, alternating
WARM = 2  # turns before them
TEXTS = ("one-word-rule", "text-embedding", "text-word2vec-fine-tuned", "bert-emotion")
BERT = "bert-emotion"
FIRST = RunConfig("architecture-1", options=BASE)


@dataclass(frozen=True)
class Ratio:
    """One line of the table."""

    name: str
    ratio: float
    ours: str
    beside: str
    n: str
    explained: str


def bench_picture() -> list[Ratio]:
    """What the Images page computes, without drawing."""
    shipped = [run.name for run in list_runs() if run.shipped and run.has_weights and run.task == "image"]
    networks = [one for one in map(load_classifier, shipped) if isinstance(one, ImageClassifier)]
    buffer = io.BytesIO()
    draw_example(next(iter(EXAMPLES))).resize((640, 480)).save(buffer, format="JPEG")
    content = buffer.getvalue()
    ready = encode_image(draw_example(next(iter(EXAMPLES))))

    def answer() -> None:
        images = encode_image(centre_square(read_image(content)))
        for network in networks:
            network.predict(images)

    ours, bare = _side_by_side(answer, partial(_forward, networks, ready))
    explained = f"a JPEG of 640 × 480 decoded, cropped and answered by {len(networks)} CNNs, against their passes alone"
    return [_timed("a picture's answer", (ours, bare), explained)]


def bench_sentence() -> list[Ratio]:
    """What the Emotions page asks first, without drawing."""
    networks = [one for one in map(load_classifier, TEXTS) if isinstance(one, TextClassifier)]
    text = next(iter(EXAMPLE_SENTENCES.values()))
    ready = [one.encode(read_text_words(text)) for one in networks]

    def answer() -> None:
        words = read_text_words(text)
        for network in networks:
            answer_sentence(network, words)

    def bare() -> None:
        with torch.no_grad():
            for network, encoding in zip(networks, ready, strict=True):
                network.model(encoding.token_ids, encoding.mask)

    explained = f"words split, encoded and answered by {len(networks)} models, against their passes alone"
    return [_timed("a sentence's answer", _side_by_side(answer, bare), explained)]


def bench_attention() -> list[Ratio]:
    """What the Attention page asks for one sentence."""
    network = load_classifier(BERT)
    if not isinstance(network, TextClassifier):
        return []
    words = read_text_words(next(iter(EXAMPLE_SENTENCES.values())))
    encoding = network.encode(words)
    ours, bare = _side_by_side(lambda: attend(network, words), lambda: network.predict(encoding))
    explained = "every head, gradients and integrated gradients of one sentence, against its answer alone"
    return [_timed("a sentence's attention", (ours, bare), explained)]


def bench_toggle() -> list[Ratio]:
    """What a toggle of the Architectures page makes anew: every combination of four, none seen before."""
    activations: tuple[Activation, ...] = ("relu", "sigmoid")
    choices = [
        CnnOptions(activation, extra, linear, conv)
        for activation in activations
        for extra, linear, conv in product((False, True), repeat=3)
    ]
    drawn = [_seconds(partial(_draw, options)) for options in choices]
    made = [_seconds(partial(build_cnn, options, 10)) for options in choices]
    slow, built = (float(np.percentile(taken, 95)) for taken in (drawn, made))
    explained = "picture, table, script and difference of a changed network, against building that network; p95 of each"
    return [_timed("a toggle", (slow, built), explained, len(choices))]


def _draw(options: CnnOptions) -> None:
    compared = compare_layers(options)
    network_drawing(compared, CLASSES, options.initialisation, changes_title(options))
    layer_table(compared)
    config = RunConfig("my-architecture", options=options)
    write_script(config)
    diff_scripts(config, FIRST)


def _forward(networks: Sequence[ImageClassifier], images: torch.Tensor) -> None:
    with torch.no_grad():
        for network in networks:
            network.model(images)


def _side_by_side(ours: Callable[[], object], beside: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of each, in alternating turns after two that warm up."""
    turns = [(_seconds(ours), _seconds(beside)) for _ in range(WARM + TURNS)][WARM:]
    first, second = zip(*turns, strict=True)
    return median(first), median(second)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _timed(name: str, seconds: tuple[float, float], explained: str, n: int | None = None) -> Ratio:
    ours, beside = seconds
    return Ratio(name, ours / beside, f"{1000 * ours:.1f} ms", f"{1000 * beside:.1f} ms", str(n or TURNS), explained)
