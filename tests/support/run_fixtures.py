"""A shelf of tiny runs: whole run folders with fresh networks and a hand-made history, written in two seconds."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import DataConfig
from ccds_core.data import cifar10, digits
from ccds_core.models.registry import build_model
from ccds_core.paths import PROJECT
from ccds_core.results import EpochMetrics, Evaluation
from ccds_core.runs.consensus import Reliability, measure
from ccds_core.runs.records import FORMAT, RESUME, WEIGHTS, Cost, RunCard, RunMetrics, history_to_json
from ccds_core.runs.weights import save_card, save_run, save_tensors
from ccds_core.training.metrics import evaluate_predictions

OVERFITTING = (1.4, 1.1, 0.9, 1.0, 1.3)  # validation loss by epoch: lowest in the third
STEADY = (1.6, 1.3, 1.1, 1.0, 0.95)
GUESSING = (2.31, 2.31, 2.31, 2.31, 2.31)  # ln 10 = 2.303
SHIPPED = {
    "architecture-1": (OVERFITTING, 0.77),
    "architecture-2": (GUESSING, 0.10),
    "architecture-3": (GUESSING, 0.30),
    "architecture-4": (STEADY, 0.81),
    "architecture-5": (STEADY, 0.80),
    "architecture-5-repaired": (STEADY, 0.79),
}
FIGURES_ONLY = "architecture-2-seed-1"  # shipped without weights
DIGITS = "digits-tiny"  # finished, made here, other classes
UNFINISHED = "half-way"  # two epochs, no manifest
BEGUN = "just-begun"  # a card and nothing else
ENVIRONMENT = {"torch": "2.15", "device": "cpu", "cpu": "AVX2", "precision": "float32", "threads": "2"}
N_TEST = 200


NO_TEXTS = "checkpoints/ does not hold the shipped text runs; 'make checkpoints' does that"
TEXT_PAGES = ("emotions", "embeddings", "attention", "tokens")  # they need the shipped text runs
SHIPPED_TEXTS = ("one-word-rule", "text-embedding", "text-word2vec-frozen", "bert-emotion")


@dataclass(frozen=True)
class Shelf:
    """Where the shipped runs lie, and the ones made here."""

    checkpoints: Path
    runs: Path


def has_shipped_texts() -> bool:
    """Whether this repository holds the weights of its text models."""
    return all((PROJECT / "checkpoints" / name / WEIGHTS).is_file() for name in SHIPPED_TEXTS)


def build_shelf(root: Path) -> Shelf:
    """Six shipped runs, one with its figures only, and three made here."""
    shelf = Shelf(root / "checkpoints", root / "runs")
    for name, (losses, accuracy) in SHIPPED.items():
        add_run(shelf.checkpoints / name, _card(name, name), losses, accuracy)
    add_run(shelf.checkpoints / FIGURES_ONLY, _card("architecture-2", FIGURES_ONLY), GUESSING, 0.22, with_weights=False)
    add_run(shelf.runs / DIGITS, _card("architecture-1", DIGITS, "digits"), STEADY, 0.95)
    save_card(shelf.runs / UNFINISHED, _card("architecture-4", UNFINISHED))
    metadata = {"history": history_to_json(list(make_history(STEADY[:2]))), "data_source": "made up"}
    save_tensors(shelf.runs / UNFINISHED / RESUME, {"model.nothing": torch.zeros(1)}, metadata)
    save_card(shelf.runs / BEGUN, _card("architecture-4", BEGUN))
    _add_reliability(shelf.checkpoints)
    return shelf


def add_run(folder: Path, card: RunCard, losses: Sequence[float], accuracy: float, with_weights: bool = True) -> None:
    """A finished run with a fresh network whose predictions differ between images."""
    history = make_history(losses)
    metrics = RunMetrics(
        history=history,
        best_epoch=max(history, key=lambda epoch: epoch.val_accuracy).epoch,
        test=make_evaluation(card.classes, accuracy),
        cost=Cost(5_852_170, 158_000_000, 4.5e15, 60.0 * len(history)),
        tensors_initialised=0,
        data_source="made up",
        data_digest="0" * 64,
        n_train=1000,
        n_val=100,
        environment=ENVIRONMENT,
    )
    save_run(folder, card, metrics, _fresh_weights(card) if with_weights else None)


def make_history(val_losses: Sequence[float]) -> tuple[EpochMetrics, ...]:
    """Epochs with these validation losses; the training loss falls below them unless nothing was learned."""
    stuck = min(val_losses) > 2.3
    epochs = []
    for number, val_loss in enumerate(val_losses, start=1):
        train_loss = 2.305 if stuck else 1.8 / number
        accuracy = 0.1 if stuck else 0.75 - 0.2 * val_loss + 0.001 * number
        epochs.append(EpochMetrics(number, train_loss, accuracy, val_loss, accuracy, 1e-3, 60.0, (train_loss,) * 3))
    return tuple(epochs)


def make_evaluation(classes: tuple[str, ...], accuracy: float) -> Evaluation:
    """A real `Evaluation` of made-up answers, of which this share is right."""
    generator = np.random.default_rng(0)
    labels = generator.permutation(np.arange(N_TEST) % len(classes))  # (N,)
    mistaken = np.arange(N_TEST) >= round(accuracy * N_TEST)
    answers = (labels + mistaken * generator.integers(1, len(classes), N_TEST)) % len(classes)
    probabilities = np.full((N_TEST, len(classes)), 0.01)
    probabilities[np.arange(N_TEST), answers] = 1 - 0.01 * (len(classes) - 1)
    return evaluate_predictions("test", classes, labels, probabilities)


def _card(preset: str, name: str, data: str = "cifar10") -> RunCard:
    config = PRESETS[preset].config(name)
    if data == "digits":
        return RunCard(FORMAT, digits.CLASSES, replace(config, data=DataConfig("digits", "seeded"), preset=""))
    return RunCard(FORMAT, cifar10.CLASSES, config)


def _fresh_weights(card: RunCard) -> dict[str, torch.Tensor]:
    """An untrained network says 10 % to everything; this one's last layer is scaled until its answers differ."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(zlib.crc32(card.config.name.encode()))
        model = build_model(card.config, len(card.classes)).eval()
        colours = torch.randn(16, 3, 1, 1) + 0.5 * torch.randn(16, 3, 32, 32)  # (16, 3, 32, 32)
        logits = model(colours)  # (16, n_classes)
        scale = 1 / logits.std(dim=0).mean()
        model.linears.fc3.weight *= scale
        model.linears.fc3.bias.copy_((model.linears.fc3.bias - logits.mean(dim=0)) * scale)
        weights = model.state_dict()
    return {
        name: tensor.float() if name.startswith("linears.fc3") else tensor.half() for name, tensor in weights.items()
    }


def _add_reliability(checkpoints: Path) -> None:
    """What the consensus of two of them was worth, over images from hard to easy, unanimous or not."""
    generator = np.random.default_rng(0)
    n = 20_000
    votes = np.stack([generator.dirichlet(np.full(10, alpha), n) for alpha in (0.05, 1.0)])  # (models, N, classes)
    votes[:, ::2] = votes[0, ::2] * np.linspace(0.3, 1, n // 2)[:, None] + np.linspace(0.07, 0, n // 2)[:, None]
    labels = np.where(generator.random(n) < 0.8, votes.mean(axis=0).argmax(axis=1), generator.integers(0, 10, n))
    bins = measure(votes, labels, votes[:, ::10])
    reliability = Reliability(("architecture-1", "architecture-4"), "made up", n, n // 10, bins)
    (checkpoints / "reliability.json").write_text(json.dumps(asdict(reliability)))
