"""Runs measured again, and shipped: what needs both a finished run and its data."""

import torch

from ccds_core import checkpoints, run_folders
from ccds_core.classifier import Classifier, ImageClassifier
from ccds_core.config import check_run_name
from ccds_core.data.batches import TaskData
from ccds_core.data.catalog import load_image_data, load_text_rows
from ccds_core.data.text_batches import TextData
from ccds_core.errors import CheckpointError
from ccds_core.metrics import evaluate_predictions
from ccds_core.models.registry import find_family
from ccds_core.results import Evaluation
from ccds_core.runtime import checkpoints_dir
from ccds_core.training import predict_batches

HALF_PRECISION_COST = 0.001  # test accuracy that half precision may cost at most


def evaluate_run(name: str, part: str) -> Evaluation:
    """A finished run's `Evaluation` on "train", "val" or "test" of its own data set and split."""
    classifier = checkpoints.load_classifier(name)
    data = load_task_data(classifier)
    if data.classes != classifier.classes:
        raise CheckpointError(f"Run '{name}' was trained on other classes than the data set here has.")
    return evaluate_model(classifier.model, data, part)


def ship_run(name: str, as_name: str, with_weights: bool) -> str:
    """Copy a finished run into checkpoints/ and say in a sentence what was done and what half precision cost."""
    check_run_name(as_name)
    record = run_folders.find_run(name)
    if record.status != "finished":
        raise CheckpointError(f"Run '{name}' is not finished: resume it first.")
    folder = checkpoints_dir() / as_name
    if not with_weights:
        checkpoints.save_run(folder, record.card, record.metrics, None)
        return f"{as_name}: figures shipped, no weights."
    classifier = checkpoints.load_classifier(name)
    data, model = load_task_data(classifier), classifier.model
    full = evaluate_model(model, data, "test")
    exact = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    narrow = {key: tensor.half() if tensor.is_floating_point() else tensor for key, tensor in exact.items()}
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            tensor.copy_(narrow[key])
    half = evaluate_model(model, data, "test")
    cost = full.accuracy - half.accuracy
    files = checkpoints.read_files(record.folder, find_family(record.card.config.model).files)
    keep_half = abs(cost) <= HALF_PRECISION_COST
    checkpoints.save_run(folder, record.card, record.metrics, narrow if keep_half else exact, files)
    said = "half precision" if keep_half else "full precision, since half costs too much"
    return f"{as_name}: shipped in {said} (test accuracy {full.accuracy:.4f}, in half {half.accuracy:.4f})."


def load_task_data(classifier: Classifier) -> TaskData:
    """The data that a classifier was trained on, as it reads them."""
    if isinstance(classifier, ImageClassifier):
        return load_image_data(classifier.config.data)
    return TextData(load_text_rows(classifier.config.data), classifier.encoder)


def evaluate_model(model: torch.nn.Module, data: TaskData, part: str) -> Evaluation:
    """A model's `Evaluation` on "train", "val" or "test", in float32."""
    labels, probabilities, _ = predict_batches(model, data.batches(part))
    return evaluate_predictions(part, data.classes, labels, probabilities)
