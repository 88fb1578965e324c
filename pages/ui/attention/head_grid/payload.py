"""The head grid's data: the attention of one sentence as JSON, one byte per weight."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention import AttentionMap
from ccds_core.explain.head_metrics import HeadMeasure

TOP = 255  # the byte of weight 1
ZERO, REACH = 128, 127  # the byte of no difference, and how many bytes stand for a difference of 1


@dataclass(frozen=True)
class StripRow:
    """One measure of every token, for the strip under the matrices."""

    name: str
    label: str
    values: NDArray[np.floating]  # (T,)
    signed: bool


@dataclass(frozen=True)
class Scene:
    """One sentence as the grid shows it: its attention, and measures of heads and tokens."""

    attention: AttentionMap
    title: str  # the finding, as a sentence
    measures: Sequence[HeadMeasure] = ()
    badges: Sequence[Sequence[str | None]] = ()  # [L][H]
    strip: Sequence[StripRow] = ()
    off: Sequence[tuple[int, int]] = ()  # layer and head, from 0, of ablated heads
    names: Sequence[str] = ()  # [H], where the columns are no heads, for instance "rollout"


class MeasurePayload(TypedDict):
    """One number per head."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    signed: bool
    explanation: str
    values: list[list[float | None]]  # [L][H]; None where there is no number


class RowPayload(TypedDict):
    """One number per token."""

    name: str
    label: str
    signed: bool
    values: list[float | None]  # [T]; None where there is no number


class Payload(TypedDict):
    """All that the grid shows; choices in it stay in the browser."""

    tokens: list[str]
    special: list[bool]
    shape: list[int]  # [L, H, T]
    weights: str  # base64 of L * H * T * T bytes: layer, head, query, key
    difference: bool  # False: byte = 255 * weight; True: byte = 128 + 127 * difference
    hidden: list[list[float]]  # [L][H], mean over rows
    measures: list[MeasurePayload]
    badges: list[list[str | None]]  # [L][H]
    strip: list[RowPayload]
    title: str
    off: NotRequired[list[list[int]]]  # [layer, head] of ablated heads
    head_names: NotRequired[list[str]]  # [H]
    digest: str  # of everything above


def build_payload(scene: Scene) -> Payload:
    """byte = 255 * weight, rounded: exact to 0.002."""
    weights = np.rint(TOP * scene.attention.weights).clip(0, TOP)  # (L, H, T, T)
    return _assemble(scene, weights.astype(np.uint8), difference=False)


def build_difference(before: AttentionMap, scene: Scene) -> Payload:
    """The scene's weights minus those of `before`, signed; byte = 128 + 127 * difference, rounded: exact to 0.004."""
    after = scene.attention
    if before.weights.shape != after.weights.shape:
        raise InvalidInputError(
            f"Only maps of one size can be subtracted. One has {_in_words(before)}, the other {_in_words(after)}: "
            "view them side by side."
        )
    change = after.weights.astype(np.float64) - before.weights  # (L, H, T, T)
    return _assemble(scene, np.rint(ZERO + REACH * change).clip(1, TOP).astype(np.uint8), difference=True)


def _assemble(scene: Scene, weights: NDArray[np.uint8], difference: bool) -> Payload:
    """weights (L, H, T, T)"""
    attention = scene.attention
    n_layers, n_heads, n_tokens, _ = weights.shape
    if not n_tokens:
        raise InvalidInputError("There is no token to show: write a word, or show the special tokens.")
    payload: Payload = {
        "tokens": list(attention.tokens),
        "special": list(attention.special),
        "shape": [n_layers, n_heads, n_tokens],
        "weights": base64.b64encode(weights.tobytes()).decode("ascii"),
        "difference": difference,
        "hidden": [[round(float(share), 4) for share in row] for row in attention.hidden.mean(axis=-1)],
        "measures": [_measure_payload(measure) for measure in scene.measures],
        "badges": [list(row) for row in scene.badges],
        "strip": [_row_payload(row, n_tokens) for row in scene.strip],
        "title": scene.title,
        "digest": "",
    }
    if scene.off:
        payload["off"] = [list(head) for head in scene.off]
    if scene.names:
        payload["head_names"] = list(scene.names)
    payload["digest"] = hashlib.sha256(json.dumps(payload).encode()).hexdigest()[:16]
    return payload


def _measure_payload(measure: HeadMeasure) -> MeasurePayload:
    return {
        "name": measure.name,
        "label": measure.label,
        "unit": measure.unit,
        "low": measure.low,
        "high": measure.high,
        "signed": measure.signed,
        "explanation": measure.explanation,
        "values": [_finite(row) for row in measure.values],
    }


def _row_payload(row: StripRow, n_tokens: int) -> RowPayload:
    assert row.values.shape == (n_tokens,), f"'{row.name}' needs one value per token"
    return {"name": row.name, "label": row.label, "signed": row.signed, "values": _finite(row.values)}


def _finite(values: NDArray[np.floating]) -> list[float | None]:
    """JSON knows no NaN."""
    return [float(value) if np.isfinite(value) else None for value in values]


def _in_words(attention: AttentionMap) -> str:
    n_layers, n_heads, n_tokens, _ = attention.weights.shape
    return f"{n_layers} layers of {n_heads} heads over {n_tokens} tokens"
