"""Attention of one sentence: per-head maps, pieces merged into words, special tokens hidden, means and rollout."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ccds_core.models.bert_attention_rows import add_residual

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class AttentionMap:
    """The weights of every layer and head; the tokens travel with them."""

    tokens: tuple[str, ...]  # T: word pieces, or words after merging
    word_of: tuple[int | None, ...]  # T: place of each token's word in the sentence; None for special tokens
    weights: NDArray[np.float32]  # (L, H, T, T): row = query, column = key; rows sum to 1
    hidden: NDArray[np.float32]  # (L, H, T): share of each row's mass that went to tokens no longer shown

    def __post_init__(self) -> None:
        n_layers, n_heads, *sides = self.weights.shape
        assert sides == [len(self.tokens)] * 2 == [len(self.word_of)] * 2, "one row and one column per token"
        assert self.hidden.shape == (n_layers, n_heads, len(self.tokens)), "one hidden share per row"

    @property
    def special(self) -> tuple[bool, ...]:
        """For each token whether it is none of the sentence's own."""
        return tuple(place is None for place in self.word_of)


def build_map(tokens: Sequence[str], word_of: Sequence[int | None], weights: Floats) -> AttentionMap:
    """weights (L, H, T, T) of all tokens, nothing hidden -> `AttentionMap`"""
    hidden = np.zeros(weights.shape[:-1], dtype=np.float32)
    return AttentionMap(tuple(tokens), tuple(word_of), weights.astype(np.float32), hidden)


def merge_pieces(attention: AttentionMap, words: Sequence[str]) -> AttentionMap:
    """Pieces -> words: sum over pieces as key, mean over pieces as query (Clark et al. 2019). Merge, then hide."""
    starts = _starts_of_words(attention.word_of)
    owners = tuple(attention.word_of[start] for start in starts)
    tokens = tuple(
        attention.tokens[start] if place is None else words[place] for start, place in zip(starts, owners, strict=True)
    )
    if len(starts) == len(attention.tokens):  # as it mostly is, and 512 tokens of 144 heads are 150 MB
        return replace(attention, tokens=tokens)
    n_pieces = np.diff([*starts, len(attention.tokens)]).astype(np.float32)  # (T',)
    read = np.add.reduceat(sum_pieces(attention.weights, attention.word_of), starts, axis=2)  # (L, H, T', T')
    return AttentionMap(
        tokens=tokens,
        word_of=owners,
        weights=(read / n_pieces[:, None]).astype(np.float32),
        hidden=(np.add.reduceat(attention.hidden, starts, axis=2) / n_pieces).astype(np.float32),
    )


def hide_special(attention: AttentionMap) -> AttentionMap:
    """Special rows and columns gone, the rest renormalised, the hidden share kept. A row that gave words 0 is even."""
    shown = ~np.array(attention.special, dtype=bool)
    weights = attention.weights[:, :, shown][..., shown]  # (L, H, T', T')
    kept = weights.sum(axis=-1, keepdims=True)  # (L, H, T', 1)
    even = np.full_like(weights, 1 / max(1, int(shown.sum())))
    shares = np.divide(weights, kept, out=even, where=kept > 0)
    still_shown = (1 - attention.hidden[:, :, shown]) * np.minimum(kept[..., 0], 1)  # (L, H, T')
    return AttentionMap(
        tokens=tuple(token for token, show in zip(attention.tokens, shown, strict=True) if show),
        word_of=tuple(place for place in attention.word_of if place is not None),
        weights=shares,
        hidden=(1 - still_shown).astype(np.float32),
    )


def mean_heads(attention: AttentionMap) -> NDArray[np.float32]:
    """(L, T, T): one map per layer."""
    mean: NDArray[np.float32] = attention.weights.mean(axis=1)
    return mean


def mean_layers(attention: AttentionMap) -> NDArray[np.float32]:
    """(H, T, T): one map per head number; heads of one number in two layers have nothing else in common."""
    mean: NDArray[np.float32] = attention.weights.mean(axis=0)
    return mean


def mean_all(attention: AttentionMap) -> NDArray[np.float32]:
    """(T, T): one map, the mean over every layer and head."""
    mean: NDArray[np.float32] = attention.weights.mean(axis=(0, 1))
    return mean


def rollout(attention: AttentionMap) -> NDArray[np.float32]:
    """(L, T, T): R[l] = (A[l] + I) / 2 R[l - 1], A the mean over heads (Abnar and Zuidema 2020). Hide afterwards."""
    assert not attention.hidden.any(), "rollout needs every token: hide special ones in its result, by `as_one_head`"
    reached = np.eye(len(attention.tokens))
    layers = []
    for layer in mean_heads(attention).astype(np.float64):
        reached = add_residual(reached, layer @ reached)  # (T, T)
        layers.append(reached)
    return np.stack(layers).astype(np.float32)


def gradient_rollout(attention: AttentionMap, gradients: Floats) -> NDArray[np.float64]:
    """gradients (L, H, T, T) of one class -> (T, T): what reached each token from each other one, for that class.

    R starts as I and takes R + C R in each layer, C the mean over heads of the positive part of attention x gradient;
    I is taken off at the end (Chefer, Gur and Wolf 2021, Generic Attention-model Explainability, self-attention).
    """
    identity = np.eye(len(attention.tokens))
    relevance = identity
    for weights, slopes in zip(attention.weights.astype(np.float64), gradients, strict=True):
        relevance = relevance + np.maximum(weights * slopes, 0).mean(axis=0) @ relevance  # (T, T)
    return relevance - identity


def as_one_head(attention: AttentionMap, layers: Floats) -> AttentionMap:
    """layers (L, T, T), for instance means or rollout of the same tokens -> a map of one head per layer."""
    hidden = attention.hidden.mean(axis=1, keepdims=True)  # (L, 1, T)
    return replace(attention, weights=layers[:, None].astype(np.float32), hidden=hidden)


def received(attention: AttentionMap) -> NDArray[np.float32]:
    """(L, H, T): attention that each token receives, the mean over queries of its column; sums to 1 over tokens."""
    n_tokens = max(1, len(attention.tokens))
    columns: NDArray[np.float32] = attention.weights.sum(axis=2) / np.float32(n_tokens)
    return columns


def most_changed_layer(before: AttentionMap, after: AttentionMap) -> int:
    """The layer, from 0, with the largest mean absolute change of a weight; both maps are of one shape."""
    return int(np.abs(after.weights - before.weights).mean(axis=(1, 2, 3)).argmax())


def sum_pieces(values: Floats, word_of: Sequence[int | None]) -> Floats:
    """(..., T) -> (..., T'): what pieces of one word hold is added up, in the order of `merge_pieces`."""
    summed: Floats = np.add.reduceat(values, _starts_of_words(word_of), axis=-1)
    return summed


def _starts_of_words(word_of: Sequence[int | None]) -> list[int]:
    """Where each word or special token begins; the pieces of a word stand side by side."""
    return [place for place, word in enumerate(word_of) if word is None or place == 0 or word != word_of[place - 1]]
