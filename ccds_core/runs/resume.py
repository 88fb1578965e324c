"""The resume file: the full state of a run at an epoch's end, from which it continues bit for bit."""

import hashlib
from pathlib import Path

import torch
from torch import Tensor

from ccds_core.data.batching import TaskData
from ccds_core.errors import CheckpointError
from ccds_core.runs import records, weights
from ccds_core.training.loop import TrainingState


def save_state(state: TrainingState, path: Path, data: TaskData) -> None:
    """Write weights, best weights, optimizer state and history to one file, atomically."""
    tensors: dict[str, Tensor] = {f"model.{name}": tensor for name, tensor in state.model.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in state.best_weights.items()}
    optimizer = state.optimizer.state_dict()["state"] if state.optimizer else {}
    for index, entries in optimizer.items():
        tensors |= {f"optimizer.{index}.{key}": value for key, value in entries.items() if value is not None}
    metadata = {
        "history": records.history_to_json(state.history),
        "optimizer": state.config.optimizer,
        "data_source": data.source,
        "data_digest": data.digest,
        "digest": digest_tensors(tensors),
    }
    weights.save_tensors(path, tensors, metadata)


def restore(state: TrainingState, path: Path, data: TaskData) -> None:
    """Load what `save_state` wrote into a new state, including memory layout, so that it continues bit for bit."""
    tensors, metadata = weights.load_tensors(path), records.read_resume_metadata(path.parent)
    if metadata.get("digest") != digest_tensors(tensors):
        raise CheckpointError(
            f"'{path.parent.name}/{path.name}' is damaged, so the run cannot be resumed. Train it again."
        )
    if metadata.get("data_digest") != data.digest:
        raise CheckpointError(
            f"'{path.parent.name}' was trained on other data than are installed now, so it cannot be resumed."
        )
    state.history = list(records.history_from_json(metadata.get("history", "[]"), path.parent.name))
    state.best_weights = _strip(tensors, "best.")
    current = state.model.state_dict()
    saved = _strip(tensors, "model.")
    if current.keys() != saved.keys() or any(current[name].shape != saved[name].shape for name in current):
        raise CheckpointError(f"'{path.parent.name}' cannot be resumed: its weights do not fit its config.")
    for name, tensor in current.items():
        tensor.copy_(saved[name])
    if state.optimizer is None or metadata.get("optimizer", state.config.optimizer) != state.config.optimizer:
        return  # no optimizer state, or a fork with another optimizer
    parameters = [parameter for group in state.optimizer.param_groups for parameter in group["params"]]
    for key, value in _strip(tensors, "optimizer.").items():
        index, name = key.split(".", 1)
        parameter = parameters[int(index)]
        like = torch.empty_like(parameter) if value.shape == parameter.shape else torch.empty_like(value)
        state.optimizer.state[parameter][name] = like.copy_(value)


def digest_tensors(tensors: dict[str, Tensor]) -> str:
    """SHA-256 (hex) over names and bytes, in the names' order."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _strip(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
