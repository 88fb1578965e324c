"""Ablation of attention heads, on a copy that shares every unchanged weight; the shared model is not modified."""

import copy
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ccds_core.errors import InvalidInputError
from ccds_core.models.bert import BertClassifier, find_bert
from ccds_core.models.classifier import TextClassifier

PROJECTIONS = ("attention.output.dense", "attention.out_lin", "attention.attn.o")  # BERT's kin, DistilBERT, MPNet


def switch_off(classifier: TextClassifier, heads: Collection[tuple[int, int]]) -> TextClassifier:
    """The same classifier with these heads, (layer, head) from 0, adding nothing to their layers' output."""
    model = find_bert(classifier)
    gates = np.ones(shape_of(model))
    if outside := sorted(head for head in heads if not _is_inside(head, gates.shape)):
        n_layers, n_heads = gates.shape
        raise InvalidInputError(
            f"No head {outside[0]}: '{classifier.name}' has layers 0 to {n_layers - 1} of heads 0 to {n_heads - 1}."
        )
    for layer, head in heads:
        gates[layer, head] = 0.0
    return replace(classifier, model=gate_heads(model, gates))


def gate_heads(model: BertClassifier, gates: NDArray[np.floating[Any]]) -> BertClassifier:
    """gates (L, H), 1 = as it is, 0 = off -> a twin whose heads' outputs are multiplied by them."""
    twin = copy.deepcopy(model, _sharing(model))
    for projection, row in zip(_find_projections(twin), gates, strict=True):
        if not (row == 1).all():
            scale = torch.as_tensor(row, dtype=projection.weight.dtype)  # (H,)
            columns = scale.repeat_interleave(projection.in_features // len(row))  # (H x head size,)
            projection.weight = nn.Parameter(projection.weight.detach() * columns, requires_grad=False)
    return twin


def shape_of(model: BertClassifier) -> tuple[int, int]:
    """Layers and heads that can be switched off."""
    projections = _find_projections(model)
    return len(projections), int(model.network.config.num_attention_heads)  # type: ignore[union-attr, arg-type]


def _find_projections(model: BertClassifier) -> list[nn.Linear]:
    """Each layer's linear map from its heads' outputs, side by side in its columns, to the layer's attention output."""
    projections = [
        layer for name, layer in model.named_modules() if name.endswith(PROJECTIONS) and isinstance(layer, nn.Linear)
    ]
    if len(projections) != model.network.config.num_hidden_layers:  # type: ignore[union-attr]
        raise InvalidInputError("The heads of this kind of encoder cannot be switched off one by one.")
    return projections


def _sharing(model: nn.Module) -> dict[int, Tensor]:
    """A memo for `deepcopy` by which copies hold the same parameters and buffers."""
    return {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}


def _is_inside(head: tuple[int, int], shape: tuple[int, ...]) -> bool:
    return all(0 <= place < size for place, size in zip(head, shape, strict=True))
