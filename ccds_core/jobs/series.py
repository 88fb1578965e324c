"""Step records of several runs -> the points of one chart, smoothed and thinned, and a title for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log
from types import MappingProxyType

import pandas as pd

from ccds_core.results import percent
from ccds_core.runs.step_log import StepRecord

MOST_POINTS = 300  # of one run in a chart: more than a projector can show
SPAN = 10  # steps whose mean is drawn for loss and accuracy of a batch; older ones do not count, however large
TOLERANCE = 0.05  # difference in a fraction below which two runs count as equal
NOISE = 0.15  # and in a smoothed loss: between 15 runs at chance, with batches of 16, it was at most 0.08
HEALTHY_RATIO = 1e-3  # update-to-weight, a rule of thumb (CS231n, "Neural Networks Part 3")


@dataclass(frozen=True)
class Quantity:
    """A quantity that can be drawn over the steps."""

    label: str
    axis: str  # title of the axis
    ends: tuple[float, float]  # of the axis, which does not move while a run trains; for a loss in units of ln(classes)
    by_layer: bool = False  # measured per layer
    log: bool = False  # drawn on a log axis
    smoothed: bool = False


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "loss": Quantity("Loss", "training loss", (0.0, 1.3), smoothed=True),
        "accuracy": Quantity("Accuracy", "training accuracy", (0.0, 1.0), smoothed=True),
        "gradient": Quantity("Gradient", "weight gradient (RMS)", (1e-8, 1.0), by_layer=True, log=True),
        "ratio": Quantity(
            "Update-to-weight ratio", "RMS of update / RMS of weights", (1e-7, 1.0), by_layer=True, log=True
        ),
        "saturated": Quantity("Saturated units", "saturated units", (0.0, 1.0), by_layer=True),
        "dead": Quantity("Dead ReLUs", "dead ReLUs", (0.0, 1.0), by_layer=True),
    }
)
_FIELDS = {"gradient": "gradient_rms", "ratio": "update_ratio", "saturated": "saturated", "dead": "dead"}


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Short names: ENTRY for runs LESSON-ENTRY-NUMBER of one lesson; PRESET-seed-N without a shared ending."""
    parts = [name.split("-") for name in names]
    seeds = all(words[-2:-1] == ["seed"] for words in parts)
    if len(names) > 1 and seeds:
        tail = next(k for k in range(len(names[0])) if len({tuple(words[-k - 1 :]) for words in parts}) > 1)
        return {name: "-".join(words[: len(words) - tail]) or name for name, words in zip(names, parts, strict=True)}
    one_lesson = len(names) > 1 and len({(words[0], words[-1]) for words in parts}) == 1 and min(map(len, parts)) > 2
    return {name: " ".join(words[1:-1]) if one_lesson else name for name, words in zip(names, parts, strict=True)}


def layers_of(runs: Mapping[str, Sequence[StepRecord]], quantity: str) -> list[str]:
    """The layers in which some run has this quantity, from input to output."""
    layers: dict[str, None] = {}
    for records in runs.values():
        signals = next((record.layers for record in reversed(records) if record.layers), {})
        for layer, signal in (signals or {}).items():
            if getattr(signal, _FIELDS[quantity]) is not None:
                layers.setdefault(layer)
    return sorted(layers, key=_layer_order)


def points(runs: Mapping[str, Sequence[StepRecord]], quantity: str, layer: str = "") -> pd.DataFrame:
    """Columns run, step (over the whole run) and value, at most `MOST_POINTS` per run; NaN is left out."""
    frames = []
    for name, records in runs.items():
        values = pd.Series(
            [_value(record, quantity, layer) for record in records],
            index=[record.global_step for record in records],
            dtype=float,
        ).dropna()
        if QUANTITIES[quantity].log:
            values = values[values > 0]  # a log axis has no zero
        if QUANTITIES[quantity].smoothed:
            values = values.rolling(SPAN, min_periods=1).mean()
        values = values.iloc[:: -(-len(values) // MOST_POINTS) or 1]
        frames.append(pd.DataFrame({"run": name, "step": values.index, "value": values.to_numpy()}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["run", "step", "value"])


def chart_title(rows: pd.DataFrame, quantity: str, layer: str, n_classes: int) -> str:
    """Which run is lowest or highest, at the last step that all runs have done."""
    kind = QUANTITIES[quantity]
    label = kind.label[0].lower() + kind.label[1:] + (f" in {layer}" if layer else "")
    if rows.empty:
        return f"{label[0].upper()}{label[1:]}: waiting for the first step"
    step = int(rows.groupby("run")["step"].max().min())
    after = f"after {step} step{'s' * (step != 1)}"
    last = rows[rows["step"] <= step].groupby("run", sort=False)["value"].last()
    values = {str(name): float(value) for name, value in last.items()}
    if len(values) == 1:
        ((name, value),) = values.items()
        return f"{name}: {label} {_number(value, kind)} {after}"
    low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    loss = quantity == "loss"
    if not kind.log and values[high] - values[low] < (NOISE if loss else TOLERANCE):
        chance = loss and max(abs(value - log(n_classes)) for value in values.values()) < NOISE
        return f"No clear difference in {label} {after}" + (f": at chance (ln {n_classes})" if chance else "")
    first, other = (low, high) if loss else (high, low)
    return (
        f"{first} has the {'lowest' if first == low else 'highest'} {label} {after}: "
        f"{_number(values[first], kind)} vs. {_number(values[other], kind)} for {other}"
    )


def final_loss(records: Sequence[StepRecord]) -> float | None:
    """The smoothed loss after the last step; None where no loss was a number."""
    if not records:
        return None
    rows = points({"": records}, "loss")
    return float(rows["value"].iloc[-1]) if len(rows) else None


def _value(record: StepRecord, quantity: str, layer: str) -> float | None:
    if not QUANTITIES[quantity].by_layer:
        value: float | None = getattr(record, quantity)
        return value if value is not None and isfinite(value) else None
    signal = record.layers.get(layer) if record.layers else None
    reading: float | None = getattr(signal, _FIELDS[quantity]) if signal else None
    return reading


def _number(value: float, kind: Quantity) -> str:
    if kind.log:
        return f"{value:.1e}"
    return f"{value:.2f}" if kind.label == "Loss" else percent(value)


def _layer_order(layer: str) -> tuple[int, str, int]:
    """conv2 before conv10, conv before FC layers, all others by name."""
    kind = layer.rstrip("0123456789")
    order = {"conv": 0, "fc": 2}.get(kind, 1)
    return order, kind, int(layer[len(kind) :] or 0)
