"""One pass through a BERT that keeps a row of attention per sentence and never the weights of all layers and heads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import BertForSequenceClassification
from transformers.models.bert.modeling_bert import BertLayer

from ccds_core.errors import CheckpointError
from ccds_core.models.bert import ROW_TOLERANCE, BertClassifier

RESIDUAL = 0.5  # fraction of a layer's output that rollout takes from its input (Abnar and Zuidema 2020)
Matrix = TypeVar("Matrix", Tensor, NDArray[np.float64])


@dataclass(frozen=True)
class TokenBatch:
    """Sentences padded to one length."""

    token_ids: Tensor  # (B, T) int64
    mask: Tensor  # (B, T) bool, True = real token
    own: Tensor  # (B, T) bool, True = piece of a word, neither special nor padding


@dataclass(frozen=True)
class RowBatch:
    """What is kept of a batch."""

    logits: Tensor  # (B, n_classes)
    rows: Mapping[str, Tensor]  # measure -> (B, T); shares of mass, or signed numbers for "gradient"


def read_rows(model: BertClassifier, batch: TokenBatch, measures: Collection[str]) -> RowBatch:
    """Any of: "cls", the last layer's row of the first token, mean over heads; "received", the mean of the last layer's
    rows of words' pieces; "rollout", its row of the first token; "gradient", "cls" before the mean over heads, each
    weight times the slope of the likeliest class's logit, summed over heads.
    """
    whole = bool({"received", "rollout"} & set(measures))  # every row of the last layer is wanted, not the first only
    network = model.network
    if isinstance(network, BertForSequenceClassification):
        with torch.no_grad():
            logits, layers, slopes = _walk(network, batch, whole, measures)
    else:
        logits, layers, slopes = _ask(model, batch, measures)
    last = layers[-1]  # (B, H, T or 1, T)
    rows = {}
    if "cls" in measures:
        rows["cls"] = last[:, :, 0].mean(dim=1)
    if "received" in measures:
        own = batch.own[:, :, None]  # (B, T, 1)
        rows["received"] = (last.mean(dim=1) * own).sum(dim=1) / own.sum(dim=1).clamp(min=1)
    if "rollout" in measures:
        rows["rollout"] = _roll_out([layer.mean(dim=1) if layer.dim() == 4 else layer for layer in layers])
    if slopes is not None:
        rows["gradient"] = (last[:, :, 0] * slopes).sum(dim=1)
    return RowBatch(logits, rows)


def _walk(
    network: BertForSequenceClassification, batch: TokenBatch, whole: bool, measures: Collection[str]
) -> tuple[Tensor, list[Tensor], Tensor | None]:
    """Logits; each layer's mean over heads (B, T, T) if rollout needs it, then the last layer's weights (B, H, Q, T);
    slopes (B, H, T). The last layer answers for the first token alone: the classifier reads no other.
    """
    bert, pooler = network.bert, network.bert.pooler
    assert pooler is not None, "a classifier's BERT has a pooler"
    closed = None  # added to what is not to be read, before the softmax
    if not bool(batch.mask.all()):
        closed = torch.zeros(batch.mask.shape).masked_fill(~batch.mask, float("-inf"))[:, None, None, :]
    hidden = bert.embeddings(input_ids=batch.token_ids)  # (B, T, D)
    layers: list[Tensor] = []
    *inner, last = cast(list[BertLayer], list(bert.encoder.layer))
    for layer in inner:
        weights, values = _weigh(layer, hidden, hidden, closed)
        hidden = _mix(layer, hidden, weights, values)
        if "rollout" in measures:
            layers.append(weights.mean(dim=1))
    first = hidden[:, :1]  # (B, 1, D)
    weights, values = _weigh(last, hidden if whole else first, hidden, closed)
    _check_rows(weights, batch.mask if whole else None)
    row = weights[:, :, :1].clone().requires_grad_("gradient" in measures)  # (B, H, 1, T)
    with torch.set_grad_enabled("gradient" in measures):
        logits = network.classifier(pooler(_mix(last, first, row, values)))  # (B, n_classes)
        slopes = torch.autograd.grad(logits.amax(dim=1).sum(), row)[0][:, :, 0] if "gradient" in measures else None
    return logits.detach(), [*layers, weights], slopes


def _weigh(layer: BertLayer, queries: Tensor, hidden: Tensor, closed: Tensor | None) -> tuple[Tensor, Tensor]:
    """queries (B, Q, D), hidden (B, T, D) -> weights (B, H, Q, T), values (B, H, T, D / H)"""
    attention = layer.attention.self
    query, key, value = (
        part.view(*part.shape[:2], attention.num_attention_heads, attention.attention_head_size).transpose(1, 2)
        for part in (attention.query(queries), attention.key(hidden), attention.value(hidden))
    )
    scores = (query @ key.transpose(2, 3)) * attention.scaling  # (B, H, Q, T)
    return (scores if closed is None else scores + closed).softmax(dim=-1), value


def _mix(layer: BertLayer, residual: Tensor, weights: Tensor, values: Tensor) -> Tensor:
    """The layer's output (B, Q, D) for the rows of `residual` (B, Q, D) and `weights` (B, H, Q, T)."""
    context = (weights @ values).transpose(1, 2).reshape(residual.shape)
    output: Tensor = layer.feed_forward_chunk(layer.attention.output(context, residual))
    return output


def _ask(
    model: BertClassifier, batch: TokenBatch, measures: Collection[str]
) -> tuple[Tensor, list[Tensor], Tensor | None]:
    """The same of an encoder of another kind, by its own pass."""
    needs_gradient = "gradient" in measures
    embedded = model.embed(batch.token_ids).detach().requires_grad_(needs_gradient)
    with torch.set_grad_enabled(needs_gradient):
        logits, layers = model.attend(embedded, batch.mask)
        slopes = torch.autograd.grad(logits.amax(dim=1).sum(), layers[-1])[0][:, :, 0] if needs_gradient else None
    return logits.detach(), [layer.detach() for layer in layers], slopes


def add_residual(reached: Matrix, attended: Matrix) -> Matrix:
    """One step of attention rollout: what came through the layer's attention, and what went around it."""
    return RESIDUAL * reached + (1 - RESIDUAL) * attended


def _roll_out(layers: Sequence[Tensor]) -> Tensor:
    """Means over heads (B, T, T), the first layer first -> (B, T): what reached the first token from each other one."""
    reached = torch.zeros(layers[0].shape[0], 1, layers[0].shape[-1])
    reached[:, :, 0] = 1.0
    for layer in reversed(layers):
        reached = add_residual(reached, reached @ layer)  # (B, 1, T)
    return reached[:, 0]


def _check_rows(weights: Tensor, mask: Tensor | None) -> None:
    sums = weights.sum(dim=-1)  # (B, H, Q)
    real = sums if mask is None else sums[mask[:, None, :].expand(sums.shape)]
    if not torch.allclose(real, torch.ones_like(real), atol=ROW_TOLERANCE):
        raise CheckpointError("The attention of this encoder does not sum to one: its weights are damaged.")
