"""Activations and gradients at initialization, layer by layer: one line per network."""

from collections.abc import Mapping
from math import ceil, floor, isfinite, log10

import altair as alt
import pandas as pd

from ccds_core.figures.palette import LINE_COLOURS, MARK_COLOUR, panel_title
from ccds_core.training.diagnosis import gradient_ratio_text, rounded
from ccds_core.training.signal_records import FreshSignal

WIDTH, HEIGHT = 360, 210  # pixels of a panel; the width is that in a file
MOST_DECADES = 6  # labels of a log axis; of more powers of ten some are skipped
READINGS = {  # column of the table -> (axis title, format, log axis or not)
    "gradient": ("weight gradient (RMS)", ".0e", True),
    "spread": ("activation std across images", ".0e", True),
    "saturated": ("saturated units", ".0%", False),
    "dead": ("dead ReLUs", ".0%", False),
    "decay": ("gradient / weight decay", ",~r", True),
}


def signal_table(networks: Mapping[str, FreshSignal], weight_decay: float) -> pd.DataFrame:
    """One row per network and layer; a fraction that is not defined for the layer is missing."""
    rows = [
        {
            "network": name,
            "layer": layer.name,
            "activation": layer.activation,
            "pre-activation": layer.pre_activation_abs,
            "spread": layer.output_spread,
            "saturated": layer.saturated,
            "dead": layer.dead,
            "gradient": layer.gradient_rms,
            "decay": layer.decay_ratio(weight_decay),
        }
        for name, fresh in networks.items()
        for layer in fresh.signal.layers
    ]
    return pd.DataFrame(rows)


def signal_panels(networks: Mapping[str, FreshSignal], weight_decay: float) -> dict[str, alt.LayerChart]:
    """Charts of gradient, std across images and weight decay, by title; the titles give the first network's numbers."""
    table = signal_table(networks, weight_decay)
    signal = next(iter(networks.values())).signal
    titles = {"gradient": f"First-layer gradient: {gradient_ratio_text(signal.gradient_ratio or 0.0)}"}
    titles["spread"] = f"Logits vary by {rounded(signal.logit_spread, 1)} between images"
    least = min(signal.layers, key=lambda layer: layer.decay_ratio(weight_decay) or 0.0)
    ratio = least.decay_ratio(weight_decay) or 0.0
    titles["decay"] = f"{least.name}: gradient is {rounded(ratio)}× the weight decay"
    return {title: layer_chart(table, reading, title) for reading, title in titles.items()}


def layer_chart(table: pd.DataFrame, reading: str, title: str) -> alt.LayerChart:
    """One measurement over the layers, from input to output; on a log axis zeros are left out."""
    axis_title, form, decades = READINGS[reading]
    rows = table[["network", "layer", reading]].rename(columns={reading: "value"})
    rows = rows[rows["value"].map(lambda value: value is not None and isfinite(value))]
    rows = rows[rows["value"] > 0] if decades else rows
    networks, layers = list(dict.fromkeys(table["network"])), _layer_order(table)
    scale, axis = decade_axis(rows["value"], form) if decades else (alt.Scale(domain=[0, 1]), alt.Axis(format=form))
    slanted = alt.Axis(labelAngle=-60, labelOverlap=False)
    form = ".2e" if decades else ".2~r"
    base = alt.Chart(rows).encode(
        x=alt.X("layer:N", sort=layers, title=None, scale=alt.Scale(domain=layers), axis=slanted),
        y=alt.Y("value:Q", title=axis_title, scale=scale, axis=axis),
        color=alt.Color(
            "network:N",
            scale=alt.Scale(domain=networks, range=list(LINE_COLOURS[: len(networks)])),
            legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=190, symbolType="stroke"),
        ),
        tooltip=[
            "network:N",
            "layer:N",
            alt.Tooltip("value:Q", format=form, title=axis_title),
        ],
    )
    points = alt.OverlayMarkDef(filled=True, size=60, opacity=1)
    marks = [base.mark_line(strokeWidth=2, opacity=0.7, point=points)]
    if reading == "decay":
        level = alt.Chart(pd.DataFrame({"value": [1.0]})).mark_rule(color=MARK_COLOUR, strokeDash=[4, 4])
        marks.insert(0, level.encode(y="value:Q"))
    return alt.LayerChart(layer=marks).properties(width=WIDTH, height=HEIGHT, title=panel_title(title))


def decade_axis(values: "pd.Series[float]", form: str) -> tuple[alt.Scale, alt.Axis]:
    """A log scale over whole powers of ten, and an axis with at most `MOST_DECADES` + 1 labels."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.1, 1.0)
    first, last = floor(log10(low)), ceil(log10(high))
    last = max(last, first + 1)
    powers = range(first, last + 1, ceil((last - first) / MOST_DECADES))
    ends = [10.0**first, 10.0**last]
    return alt.Scale(type="log", domain=ends), alt.Axis(format=form, values=[10.0**power for power in powers])


def _layer_order(table: pd.DataFrame) -> list[str]:
    """All layers of all networks: conv layers, then FC layers, each by number."""
    names = set(table["layer"])
    return sorted(names, key=lambda name: (name.startswith("fc"), int(name.lstrip("cfonv"))))
