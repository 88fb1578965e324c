"""Weights in and out of run folders: saved whole, verified when loaded, never unpickled."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ccds_core.classifier import Classifier, ImageClassifier, TextClassifier, read_encoder
from ccds_core.data.image_arrays import digest_file
from ccds_core.errors import CheckpointError
from ccds_core.models.registry import build_model, find_family
from ccds_core.run_folders import (
    CONFIG,
    MANIFEST,
    METRICS,
    WEIGHTS,
    RunCard,
    RunMetrics,
    RunRecord,
    find_run,
    read_manifest,
)
from ccds_core.storage import put_in_place, read_text, removed_if_half, to_json, verify, write_atomically

NOT_ALL_WEIGHTS = ("bert",)  # families whose networks hold tensors that are no weights, as transformers' do


def save_run(
    folder: Path,
    card: RunCard,
    metrics: RunMetrics,
    weights: Mapping[str, Tensor] | None,
    files: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write a finished run; the manifest comes last, so a folder with one is whole. `files` go with the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / CONFIG, to_json(card))
    write_atomically(folder / METRICS, to_json(metrics))
    names = [CONFIG, METRICS]
    if weights is not None:
        save_tensors(folder / WEIGHTS, weights, {})
        for name, text in files.items():
            write_atomically(folder / name, text)
        names += [WEIGHTS, *files]
    else:
        (folder / WEIGHTS).unlink(missing_ok=True)
    manifest = {name: digest_file(folder / name) for name in names}
    write_atomically(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def save_card(folder: Path, card: RunCard) -> None:
    """Write config.json of a run that begins."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / CONFIG, to_json(card))


def load_classifier(name: str) -> Classifier:
    """A finished run's network in eval mode, frozen, float32; every file verified against its digest first."""
    record = find_run(name)
    if not record.has_weights:
        raise CheckpointError(f"Run '{name}' has no weights here: only its figures are kept, or it is not finished.")
    files = read_files(record.folder, find_family(record.card.config.model).files)
    verify(record.folder, WEIGHTS, read_manifest(record.folder))
    return rebuild(record, load_tensors(record.folder / WEIGHTS), files)


def rebuild(record: RunRecord, weights: Mapping[str, Tensor], files: Mapping[str, str]) -> Classifier:
    """The run's network with these weights, in eval mode, frozen, float32."""
    name, family = record.name, find_family(record.card.config.model)
    with torch.device("meta"):  # without memory, whatever size the config claims
        model = build_model(record.card.config, len(record.card.classes), files)
    widened = {key: _widen(tensor) for key, tensor in weights.items()}
    restore_weights(model, widened, name)
    if record.card.config.model in NOT_ALL_WEIGHTS:  # it fits, so it is as large as its weights: now for real
        model = build_model(record.card.config, len(record.card.classes), files)
        restore_weights(model, widened, name)
    model.eval().requires_grad_(False)
    if family.task == "image":
        return ImageClassifier(name, record.card.config, record.card.classes, model)
    encoder = read_encoder(files, record.card.config.options.max_tokens, name)  # type: ignore[union-attr]
    return TextClassifier(name, record.card.config, record.card.classes, model, encoder)


def read_files(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """The texts of a finished run's folder, each verified against its digest."""
    manifest = read_manifest(folder)
    for name in names:
        verify(folder, name, manifest)
    return {name: read_text(folder / name) for name in names}


def restore_weights(model: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    """Put weights into a model of the same names and shapes, or say that they belong to another."""
    try:
        model.load_state_dict(dict(weights), strict=True, assign=True)
    except RuntimeError:
        raise CheckpointError(
            f"The weights of '{name}' do not fit its config: the folder mixes two runs. Ship or train it again."
        ) from None


def save_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    """A safetensors file, written beside, flushed to disk and renamed."""
    with removed_if_half(path.with_name(f".{path.name}.writing")) as beside:
        try:
            save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, beside, metadata)
        except SafetensorError as error:  # which hides the system's own: mostly a full disk
            raise OSError(str(error)) from None
        put_in_place(beside, path)


def load_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file, on the CPU."""
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read: {error}.") from None


def load_part(path: Path, prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin so, without it; the others are not read."""
    try:
        with safe_open(path, framework="pt") as file:
            names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 - not a mapping
            return {name.removeprefix(prefix): file.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read: {error}.") from None


def _widen(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
