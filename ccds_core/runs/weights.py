"""Save and load the weights of run folders: written atomically, verified when loaded, never unpickled."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ccds_core.errors import CheckpointError
from ccds_core.models.classifier import Classifier, ImageClassifier, TextClassifier, read_encoder
from ccds_core.models.registry import build_model, find_family
from ccds_core.runs.records import (
    CONFIG,
    MANIFEST,
    METRICS,
    WEIGHTS,
    RunCard,
    RunMetrics,
    RunRecord,
    read_manifest,
)
from ccds_core.storage import (
    check_tensor_header,
    digest_file,
    put_in_place,
    read_text,
    removed_if_half,
    to_json,
    verify,
    write_atomically,
)


def save_run(
    folder: Path,
    card: RunCard,
    metrics: RunMetrics,
    weights: Mapping[str, Tensor] | None,
    files: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write a finished run; the manifest comes last, so a folder with one is complete. `files` go with the weights."""
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
    """Write config.json of a run that starts."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / CONFIG, to_json(card))


def load_classifier(record: RunRecord) -> Classifier:
    """A finished run's network in eval mode, frozen, float32; every file is verified against its digest first.

    Returns an `ImageClassifier` or a `TextClassifier`, by the run's task. Raises `CheckpointError` if the run has no
    weights or a file is damaged.

        classifier = load_classifier(find_run("architecture-4"))
        classifier.predict(classifier.encode(image)).label
    """
    if not record.has_weights:
        raise CheckpointError(f"Run '{record.name}' has no weights: only its metrics are kept, or it is not finished.")
    files = read_files(record.folder, find_family(record.card.config.model).files)
    verify(record.folder, WEIGHTS, read_manifest(record.folder))
    return rebuild(record, load_tensors(record.folder / WEIGHTS), files)


def rebuild(record: RunRecord, weights: Mapping[str, Tensor], files: Mapping[str, str]) -> Classifier:
    """The run's network with these weights, in eval mode, frozen, float32."""
    name, family = record.name, find_family(record.card.config.model)
    with torch.device("meta"):  # needs no memory, whatever size the config has
        model = build_model(record.card.config, len(record.card.classes), files)
    widened = {key: _widen(tensor) for key, tensor in weights.items()}
    restore_weights(model, widened, name)
    if any(buffer.is_meta for buffer in model.buffers()):  # the shapes match the weights, so it is safe to allocate it
        model = build_model(record.card.config, len(record.card.classes), files)
        restore_weights(model, widened, name)
    model.eval().requires_grad_(False)
    if family.task == "image":
        return ImageClassifier(name, record.card.config, record.card.classes, model)
    encoder = read_encoder(files, record.card.config.options.max_tokens, name)  # type: ignore[union-attr]
    return TextClassifier(name, record.card.config, record.card.classes, model, encoder)


def read_files(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """The text files of a finished run, each verified against its digest."""
    manifest = read_manifest(folder)
    for name in names:
        verify(folder, name, manifest)
    return {name: read_text(folder / name) for name in names}


def restore_weights(model: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    """Load weights into a model. Raises `CheckpointError` if names or shapes differ."""
    try:
        model.load_state_dict(dict(weights), strict=True, assign=True)
    except RuntimeError:
        raise CheckpointError(
            f"The weights of '{name}' do not fit its config: the folder mixes two runs. Ship or train it again."
        ) from None


def save_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file to a temporary name, flush it to disk, and rename it."""
    with removed_if_half(path.with_name(f".{path.name}.writing")) as temporary:
        try:
            save_file(
                {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, temporary, metadata
            )
        except SafetensorError as error:  # wraps the system's error, mostly a full disk
            raise OSError(str(error)) from None
        put_in_place(temporary, path)


def load_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file, on the CPU."""
    check_tensor_header(path)
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read: {error}.") from None


def load_part(path: Path, prefix: str) -> dict[str, Tensor]:
    """The tensors whose names start with `prefix`, which is removed; no others are read."""
    check_tensor_header(path)
    try:
        with safe_open(path, framework="pt") as file:
            names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 - not a mapping
            return {name.removeprefix(prefix): file.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read: {error}.") from None


def _widen(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
