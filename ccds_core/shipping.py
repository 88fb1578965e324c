"""The shipped checkpoints, made anew: trained, copied in half precision, and measured together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ccds_core import agreement, checkpoints, noise, run_folders, runs
from ccds_core.agreement import Reliability
from ccds_core.config import DataConfig
from ccds_core.data.catalog import ImageData, load_image_data, load_text_rows
from ccds_core.data.text_rows import find_noise
from ccds_core.errors import CheckpointError
from ccds_core.evaluation import ship_run
from ccds_core.presets import PRESETS, Preset
from ccds_core.results import EpochMetrics
from ccds_core.runtime import runs_dir
from ccds_core.token_results import ship_results
from ccds_core.training import predict_batches

LOTTERY = ("architecture-2", "architecture-3")  # end differently from seed to seed, so three are shown
SEEDS = (0, 1, 2)
FOREIGN = DataConfig("digits", "seeded")  # handwritten digits: pictures of none of the ten classes


def make_checkpoints() -> Iterator[str]:
    """Train what is not trained yet, ship all of it, measure the consensus; says what was done, a line at a time."""
    for preset in PRESETS.values():
        seeds = SEEDS if preset.name in LOTTERY or _is_trained_text(preset) else SEEDS[:1]
        for seed in seeds:
            yield from _train(preset.name, run_name(preset, seed), seed)
        yield from ship_seeds(preset, seeds)
    yield measure_agreement()
    if any(preset.model != "cnn" for preset in PRESETS.values()):
        noise.save_noise(find_noise(load_text_rows(DataConfig("emotion", "official"))))
        yield "Noise of the emotion data counted."
    for preset in PRESETS.values():
        if preset.model == "bert":
            yield ship_results(preset.name)


def run_name(preset: Preset, seed: int) -> str:
    """What the run of a preset and a seed is called before it is shipped."""
    return f"{preset.name}{'-cifar10' if preset.model == 'cnn' else ''}-seed-{seed}"


def ship_seeds(preset: Preset, seeds: Sequence[int]) -> Iterator[str]:
    """Ship each seed's figures, and one seed's weights: the first of a CNN, the best on validation of a text model."""
    chosen = max(seeds, key=lambda seed: _val_accuracy(run_name(preset, seed))) if preset.model != "cnn" else seeds[0]
    for seed in seeds:
        as_name = preset.name if seed == chosen else f"{preset.name}-seed-{seed}"
        yield ship_run(run_name(preset, seed), as_name, with_weights=seed == chosen)


def measure_agreement() -> str:
    """Write how often the mean of the shipped models that learned is right on validation pictures."""
    shipped = [record for record in run_folders.list_runs() if record.shipped and record.has_weights]
    learned = [
        record
        for record in shipped
        if record.task == "image" and max(epoch.val_accuracy for epoch in record.metrics.history) >= agreement.LEARNED
    ]
    if not learned:
        raise CheckpointError("No shipped network learned enough to be asked for its opinion.")
    names = tuple(record.name for record in learned)
    data, digits = load_image_data(learned[0].card.config.data), load_image_data(FOREIGN)
    labels, votes = _ask_all(names, data, "val")
    _, foreign_votes = _ask_all(names, digits, "train")
    bins = agreement.measure(votes, labels, foreign_votes)
    source = data.arrays.source
    agreement.save_reliability(Reliability(names, source, len(labels), foreign_votes.shape[1], bins))
    return f"Consensus of {len(names)} models measured on {len(labels):,} validation pictures."


def _is_trained_text(preset: Preset) -> bool:
    return preset.model not in ("cnn", "one-word")


def _val_accuracy(name: str) -> float:
    return max(epoch.val_accuracy for epoch in run_folders.find_run(name).metrics.history)


def _ask_all(names: Sequence[str], data: ImageData, part: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """labels (N,) and probabilities (models, N, classes) of several runs on one part of a data set."""
    answers = [predict_batches(checkpoints.load_classifier(name).model, data.batches(part)) for name in names]
    return answers[0][0], np.stack([probabilities for _, probabilities, _ in answers])


def _train(preset: str, name: str, seed: int) -> Iterator[str]:
    """The preset's run of that seed, resumed or begun, unless it is finished."""
    folder = runs_dir() / name
    if (folder / run_folders.MANIFEST).is_file():
        return
    base = PRESETS[preset].config(name)
    config = replace(base, train=replace(base.train, seed=seed))
    for metrics in runs.run(config, resume=(folder / run_folders.CONFIG).is_file()):
        if isinstance(metrics, EpochMetrics):
            yield f"{name}: epoch {metrics.epoch}, validation accuracy {metrics.val_accuracy:.4f}"
