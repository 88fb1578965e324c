"""Evaluate finished runs again, and ship them: what needs both a run and its data."""

import torch

from ccds_core.config.run_config import check_run_name
from ccds_core.data.batching import TaskData
from ccds_core.data.datasets import load_image_data, load_text_rows
from ccds_core.data.text_batches import TextData
from ccds_core.errors import CheckpointError
from ccds_core.models.classifier import Classifier, ImageClassifier
from ccds_core.models.registry import find_family
from ccds_core.paths import checkpoints_dir
from ccds_core.results import Evaluation
from ccds_core.runs import weights
from ccds_core.runs.records import RunRecord
from ccds_core.training.metrics import evaluate_model

HALF_PRECISION_COST = 0.001  # maximum loss of test accuracy by half precision


def evaluate_run(record: RunRecord, part: str) -> Evaluation:
    """A finished run's `Evaluation` on "train", "val" or "test" of its own data set and split."""
    classifier = weights.load_classifier(record)
    data = load_task_data(classifier)
    if data.classes != classifier.classes:
        raise CheckpointError(f"Run '{record.name}' was trained on other classes than this data set has.")
    return evaluate_model(classifier.model, data, part)


def ship_run(record: RunRecord, as_name: str, with_weights: bool) -> str:
    """Copy a finished run into checkpoints/; returns a sentence with the test accuracy in full and half precision."""
    check_run_name(as_name)
    if record.status != "finished":
        raise CheckpointError(f"Run '{record.name}' is not finished. Resume it first.")
    folder = checkpoints_dir() / as_name
    if not with_weights:
        weights.save_run(folder, record.card, record.metrics, None)
        return f"{as_name}: metrics shipped, no weights."
    classifier = weights.load_classifier(record)
    data, model = load_task_data(classifier), classifier.model
    full = evaluate_model(model, data, "test")
    exact = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    narrow = {key: tensor.half() if tensor.is_floating_point() else tensor for key, tensor in exact.items()}
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            tensor.copy_(narrow[key])
    half = evaluate_model(model, data, "test")
    cost = full.accuracy - half.accuracy
    files = weights.read_files(record.folder, find_family(record.card.config.model).files)
    keep_half = abs(cost) <= HALF_PRECISION_COST
    weights.save_run(folder, record.card, record.metrics, narrow if keep_half else exact, files)
    precision = "half precision" if keep_half else "full precision, because half precision loses too much accuracy"
    accuracies = f"full {full.accuracy:.4f}, half {half.accuracy:.4f}"
    return f"{as_name}: shipped in {precision} (test accuracy: {accuracies})."


def load_task_data(classifier: Classifier) -> TaskData:
    """The data set that a classifier was trained on, encoded for it."""
    if isinstance(classifier, ImageClassifier):
        return load_image_data(classifier.config.data)
    return TextData(load_text_rows(classifier.config.data), classifier.encoder)
