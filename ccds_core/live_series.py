"""Step records of several runs -> the points of one chart: smoothed, thinned, and what they say in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log
from types import MappingProxyType

import pandas as pd

from ccds_core.step_log import StepRecord

MOST_POINTS = 300  # of one run in a chart: more than a projector's pixels can part
SPAN = 10  # updates over which loss and accuracy of a batch are smoothed (exponentially)
APART = 0.05  # nats or shares below which two runs are called level
HEALTHY_RATIO = 1e-3  # update to weight, a rule of thumb (CS231n, "Neural Networks Part 3")


@dataclass(frozen=True)
class Quantity:
    """One thing that can be drawn over updates."""

    label: str
    unit: str  # of the axis
    by_layer: bool = False  # read in one layer
    log: bool = False  # drawn on a log axis
    smoothed: bool = False


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "loss": Quantity("Loss", "loss of the batch, nats", smoothed=True),
        "accuracy": Quantity("Accuracy", "share of the batch that is right", smoothed=True),
        "gradient": Quantity("Gradient", "gradient, root mean square", by_layer=True, log=True),
        "ratio": Quantity("Update : weight", "change of the weights / weights, both rms", by_layer=True, log=True),
        "saturated": Quantity("Saturated", "share of sigmoid outputs near 0 or 1", by_layer=True),
        "dead": Quantity("Dead", "share of ReLU units at zero for every probe picture", by_layer=True),
    }
)
_FIELDS = {"gradient": "gradient_rms", "ratio": "update_ratio", "saturated": "saturated", "dead": "dead"}


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Runs of one lesson, LESSON-ENTRY-NUMBER, by their entry; PRESET-seed-N without the tail that all share."""
    parts = [name.split("-") for name in names]
    seeds = all(words[-2:-1] == ["seed"] for words in parts)
    if len(names) > 1 and seeds:
        tail = next(k for k in range(len(names[0])) if len({tuple(words[-k - 1 :]) for words in parts}) > 1)
        return {name: "-".join(words[: len(words) - tail]) or name for name, words in zip(names, parts, strict=True)}
    alike = len(names) > 1 and len({(words[0], words[-1]) for words in parts}) == 1 and min(map(len, parts)) > 2
    return {name: " ".join(words[1:-1]) if alike else name for name, words in zip(names, parts, strict=True)}


def layers_of(runs: Mapping[str, Sequence[StepRecord]], quantity: str) -> list[str]:
    """The layers in which some run has this quantity, from the picture or the words on."""
    found: dict[str, None] = {}
    for records in runs.values():
        signals = next((record.layers for record in reversed(records) if record.layers), {})
        for layer, signal in (signals or {}).items():
            if getattr(signal, _FIELDS[quantity]) is not None:
                found.setdefault(layer)
    return sorted(found, key=_place_of)


def points(runs: Mapping[str, Sequence[StepRecord]], quantity: str, layer: str = "") -> pd.DataFrame:
    """Columns run, update, value, at most `MOST_POINTS` a run; what is not a number is left out."""
    frames = []
    for name, records in runs.items():
        values = pd.Series(
            [_value(record, quantity, layer) for record in records],
            index=[record.update for record in records],
            dtype=float,
        ).dropna()
        if QUANTITIES[quantity].log:
            values = values[values > 0]  # a log axis has no place for zero
        if QUANTITIES[quantity].smoothed:
            values = values.ewm(span=SPAN).mean()
        values = values.iloc[:: -(-len(values) // MOST_POINTS) or 1]
        frames.append(pd.DataFrame({"run": name, "update": values.index, "value": values.to_numpy()}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["run", "update", "value"])


def finding(rows: pd.DataFrame, quantity: str, layer: str, n_classes: int) -> str:
    """Which run is lowest or highest, after as many updates as all have."""
    what = QUANTITIES[quantity]
    where = f" in {layer}" if layer else ""
    if rows.empty:
        return f"No update yet: {what.label.lower()}{where} will stand here"
    update = int(rows.groupby("run")["update"].max().min())
    last = rows[rows["update"] <= update].groupby("run", sort=False)["value"].last()
    at = {str(name): float(value) for name, value in last.items()}
    if len(at) == 1:
        ((name, value),) = at.items()
        return f"{name}: {what.label.lower()}{where} {_number(value, what)} after {update} updates"
    low, high = min(at, key=at.__getitem__), max(at, key=at.__getitem__)
    if not what.log and at[high] - at[low] < APART:
        guessing = quantity == "loss" and max(abs(value - log(n_classes)) for value in at.values()) < APART
        level = f"{what.label} is level{where} after {update} updates"
        return f"{level}, at guessing (ln {n_classes})" if guessing else level
    first, other = (low, high) if quantity == "loss" else (high, low)
    return (
        f"{first} has the {'lowest' if first == low else 'highest'} {what.label.lower()}{where} after {update} "
        f"updates: {_number(at[first], what)} against {_number(at[other], what)} of {other}"
    )


def final_loss(records: Sequence[StepRecord]) -> float | None:
    """The smoothed loss after the last update; None without a number, infinite where the last loss was none."""
    if not records:
        return None
    rows = points({"": records}, "loss")
    return float(rows["value"].iloc[-1]) if len(rows) else None


def lowest(runs: Mapping[str, Sequence[StepRecord]]) -> list[str]:
    """The runs whose loss ends lowest, within `APART` of one another; for predict-then-reveal."""
    ends = {name: loss for name, records in runs.items() if (loss := final_loss(records)) is not None}
    return [name for name, loss in ends.items() if loss <= min(ends.values()) + APART]


def _value(record: StepRecord, quantity: str, layer: str) -> float | None:
    if not QUANTITIES[quantity].by_layer:
        value: float | None = getattr(record, quantity)
        return value if value is not None and isfinite(value) else None
    signal = record.layers.get(layer) if record.layers else None
    found: float | None = getattr(signal, _FIELDS[quantity]) if signal else None
    return found


def _number(value: float, what: Quantity) -> str:
    if what.log:
        return f"{value:.1e}"
    return f"{value:.2f}" if what.label == "Loss" else f"{value:.0%}"


def _place_of(layer: str) -> tuple[int, str, int]:
    """conv2 before conv10, convs before linear layers, all others by name."""
    kind = layer.rstrip("0123456789")
    order = {"conv": 0, "fc": 2}.get(kind, 1)
    return order, kind, int(layer[len(kind) :] or 0)
