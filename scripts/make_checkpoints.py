"""Train the shipped checkpoints again, copy them in half precision, and measure their ensemble.

`python -m scripts.make_checkpoints`; runs that are finished are not trained again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ccds_core.config.presets import PRESETS, Preset
from ccds_core.config.run_config import DataConfig
from ccds_core.data import label_noise
from ccds_core.data.datasets import ImageData, load_image_data, load_text_rows
from ccds_core.data.label_noise import count_label_noise
from ccds_core.errors import CheckpointError
from ccds_core.explain.top_tokens.results import ship_results
from ccds_core.paths import runs_dir
from ccds_core.results import EpochMetrics
from ccds_core.runs import consensus, execute, records, weights
from ccds_core.runs.consensus import Reliability
from ccds_core.runs.evaluate import ship_run
from ccds_core.runs.records import find_run
from ccds_core.training.loop import predict_batches

LOTTERY = ("architecture-2", "architecture-3")  # their results depend on the seed, so three seeds are shown
SEEDS = (0, 1, 2)
FOREIGN = DataConfig("digits", "seeded")  # handwritten digits: images of none of the ten classes


def make_checkpoints() -> Iterator[str]:
    """Train what is not trained yet, ship all runs, measure the consensus; yields a line per action."""
    for preset in PRESETS.values():
        seeds = SEEDS if preset.name in LOTTERY or _is_trained_text(preset) else SEEDS[:1]
        for seed in seeds:
            yield from _train(preset.name, run_name(preset, seed), seed)
        yield from ship_seeds(preset, seeds)
    yield measure_consensus()
    if any(preset.model != "cnn" for preset in PRESETS.values()):
        label_noise.save_label_noise(count_label_noise(load_text_rows(DataConfig("emotion", "official"))))
        yield "Label noise of the emotion data counted."
    for preset in PRESETS.values():
        if preset.model == "bert":
            yield ship_results(find_run(preset.name))


def run_name(preset: Preset, seed: int) -> str:
    """The name of a preset's run with a seed before it is shipped."""
    return f"{preset.name}{'-cifar10' if preset.model == 'cnn' else ''}-seed-{seed}"


def ship_seeds(preset: Preset, seeds: Sequence[int]) -> Iterator[str]:
    """Ship each seed's figures, and one seed's weights: the first of a CNN, the best on validation of a text model."""
    chosen = max(seeds, key=lambda seed: _val_accuracy(run_name(preset, seed))) if preset.model != "cnn" else seeds[0]
    for seed in seeds:
        as_name = preset.name if seed == chosen else f"{preset.name}-seed-{seed}"
        yield ship_run(find_run(run_name(preset, seed)), as_name, with_weights=seed == chosen)


def measure_consensus() -> str:
    """Save the accuracy of the ensemble of the shipped image models on validation images, by its confidence."""
    shipped = [record for record in records.list_runs() if record.shipped and record.has_weights]
    learned = [
        record
        for record in shipped
        if record.task == "image" and max(epoch.val_accuracy for epoch in record.metrics.history) >= consensus.LEARNED
    ]
    if not learned:
        raise CheckpointError("No shipped network learned enough for an ensemble. Train the shipped runs first.")
    names = tuple(record.name for record in learned)
    data, digits = load_image_data(learned[0].card.config.data), load_image_data(FOREIGN)
    labels, votes = _predict_all(names, data, "val")
    _, foreign_votes = _predict_all(names, digits, "train")
    bins = consensus.measure(votes, labels, foreign_votes)
    source = data.arrays.source
    consensus.save_reliability(Reliability(names, source, len(labels), foreign_votes.shape[1], bins))
    return f"Consensus of {len(names)} models measured on {len(labels):,} validation images."


def _is_trained_text(preset: Preset) -> bool:
    return preset.model not in ("cnn", "one-word")


def _val_accuracy(name: str) -> float:
    return max(epoch.val_accuracy for epoch in find_run(name).metrics.history)


def _predict_all(names: Sequence[str], data: ImageData, part: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """labels (N,) and probabilities (models, N, classes) of several runs on one part of a data set."""
    predictions = [predict_batches(weights.load_classifier(find_run(name)).model, data.batches(part)) for name in names]
    return predictions[0][0], np.stack([probabilities for _, probabilities, _ in predictions])


def _train(preset: str, name: str, seed: int) -> Iterator[str]:
    """Start or resume the preset's run with that seed, unless it is finished."""
    folder = runs_dir() / name
    if (folder / records.MANIFEST).is_file():
        return
    base = PRESETS[preset].config(name)
    config = replace(base, train=replace(base.train, seed=seed))
    for metrics in execute.run(config, resume=(folder / records.CONFIG).is_file()):
        if isinstance(metrics, EpochMetrics):
            yield f"{name}: epoch {metrics.epoch}, validation accuracy {metrics.val_accuracy:.4f}"


def main() -> None:
    """Print each action."""
    for line in make_checkpoints():
        print(line, flush=True)  # noqa: T201 - a script that is run by hand


if __name__ == "__main__":
    main()
