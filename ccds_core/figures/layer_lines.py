"""The signal at step 0, layer by layer: networks as coloured lines over the same layers."""

from collections.abc import Mapping
from math import ceil, floor, isfinite, log10

import altair as alt
import pandas as pd

from ccds_core.diagnosis import beside_last
from ccds_core.figures.palette import MARK_COLOUR, METHOD_COLOURS
from ccds_core.figures.titles import panel_title
from ccds_core.signals import FreshSignal

WIDTH, HEIGHT = 360, 210  # pixels of a panel; the width is that in a file
MOST_DECADES = 6  # lines of a log axis; of more powers of ten some are left out
READINGS = {  # column of the table -> (name of the axis, format, whether it spans decades)
    "gradient": ("gradient of the weights, rms", ".0e", True),
    "spread": ("spread across pictures, s.d.", ".0e", True),
    "saturated": ("share of outputs near an end", ".0%", False),
    "dead": ("share of ReLU units at zero", ".0%", False),
    "decay": ("gradient against weight decay", ",~r", True),
}


def signal_table(networks: Mapping[str, FreshSignal], weight_decay: float) -> pd.DataFrame:
    """One row per network and layer with its readings; a share that means nothing there is missing."""
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
    """A chart per reading, by its title, which says what the first network shows: gradient, spread, and an end."""
    table = signal_table(networks, weight_decay)
    signal = next(iter(networks.values())).signal
    titles = {"gradient": f"First gradient: {beside_last(signal.gradient_ratio or 0.0)}"}
    titles["spread"] = f"Pictures differ by {signal.logit_spread:.1g} in the logits"
    least = min(signal.layers, key=lambda layer: layer.decay_ratio(weight_decay) or 0.0)
    ratio = least.decay_ratio(weight_decay) or 0.0
    titles["decay"] = f"{least.name}: gradient {float(f'{ratio:.2g}'):,g} times its weight decay"
    return {title: layer_chart(table, reading, title) for reading, title in titles.items()}


def layer_chart(table: pd.DataFrame, reading: str, title: str) -> alt.LayerChart:
    """Layers from the picture on, against one reading; on a log axis what is zero has no place and is left out."""
    named, form, decades = READINGS[reading]
    rows = table[["network", "layer", reading]].rename(columns={reading: "value"})
    rows = rows[rows["value"].map(lambda value: value is not None and isfinite(value))]
    rows = rows[rows["value"] > 0] if decades else rows
    networks, layers = list(dict.fromkeys(table["network"])), _layer_order(table)
    scale, axis = decade_axis(rows["value"], form) if decades else (alt.Scale(domain=[0, 1]), alt.Axis(format=form))
    slanted = alt.Axis(labelAngle=-60, labelOverlap=False)
    base = alt.Chart(rows).encode(
        x=alt.X("layer:N", sort=layers, title=None, scale=alt.Scale(domain=layers), axis=slanted),
        y=alt.Y("value:Q", title=named, scale=scale, axis=axis),
        color=alt.Color(
            "network:N",
            scale=alt.Scale(domain=networks, range=list(METHOD_COLOURS[: len(networks)])),
            legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=190, symbolType="stroke"),
        ),
        tooltip=["network:N", "layer:N", alt.Tooltip("value:Q", format=".2~r" if not decades else ".2e", title=named)],
    )
    points = alt.OverlayMarkDef(filled=True, size=60, opacity=1)
    marks = [base.mark_line(strokeWidth=2, opacity=0.7, point=points)]
    if reading == "decay":
        level = alt.Chart(pd.DataFrame({"value": [1.0]})).mark_rule(color=MARK_COLOUR, strokeDash=[4, 4])
        marks.insert(0, level.encode(y="value:Q"))
    return alt.LayerChart(layer=marks).properties(width=WIDTH, height=HEIGHT, title=panel_title(title))


def decade_axis(values: "pd.Series[float]", form: str) -> tuple[alt.Scale, alt.Axis]:
    """A log scale over whole powers of ten, and an axis with a line at each, or at every second or third of many."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.1, 1.0)
    first, last = floor(log10(low)), ceil(log10(high))
    last = max(last, first + 1)
    powers = range(first, last + 1, ceil((last - first) / MOST_DECADES))
    ends = [10.0**first, 10.0**last]
    return alt.Scale(type="log", domain=ends), alt.Axis(format=form, values=[10.0**power for power in powers])


def _layer_order(table: pd.DataFrame) -> list[str]:
    """All layers of all networks, convs before linear layers, each by number; the last linear layer stays last."""
    names = set(table["layer"])
    return sorted(names, key=lambda name: (name.startswith("fc"), int(name.lstrip("cfonv"))))
