"""The first steps of several trainings as lines, and layer by layer as heat maps; a line marks the chosen step."""

from collections.abc import Mapping
from math import log

import altair as alt
import pandas as pd

from ccds_core.figures.layer_lines import decade_axis
from ccds_core.figures.palette import LINE_COLOURS, MARK_COLOUR, ONE_HUE, panel_title
from ccds_core.results import percent
from ccds_core.training.diagnosis import rounded
from ccds_core.training.first_steps_records import LayerTrace, TrainingTrace

WIDTH, HEIGHT = 540, 170  # pixels of a panel; the width is that in a file
ROW = 18  # pixels of a layer in a heat map
# reading -> (label, log scale or not, format)
LAYER_READINGS = {
    "gradient_rms": ("weight gradient (RMS)", True, ".0e"),
    "pre_activation_spread": ("pre-activation std across images", True, ".0e"),
    "saturated": ("saturated units", False, ".0%"),
    "dead": ("dead ReLUs", False, ".0%"),
}


def steps_table(recordings: Mapping[str, TrainingTrace]) -> pd.DataFrame:
    """One row per training and step."""
    rows = []
    for name, steps in recordings.items():
        linear = next(layer for layer in steps.layers if layer.pre_activation_mean is not None)
        for step, loss in enumerate(steps.losses):
            rows.append(
                {
                    "training": name,
                    "step": step,
                    "loss": loss,
                    "saturated": steps.saturated[step] if steps.saturated else None,
                    "features": steps.feature_spread[step],
                    "pre-activation": (linear.pre_activation_mean or ())[step],
                    "gradient": steps.layers[0].gradient_rms[step],
                }
            )
    return pd.DataFrame(rows)


def step_panels(recordings: Mapping[str, TrainingTrace], step: int) -> dict[str, alt.LayerChart]:
    """Loss, saturated fraction, feature std and first-layer gradient over the steps, by title."""
    table = steps_table(recordings)
    at_end = {name: steps.losses[-1] for name, steps in recordings.items()}
    best = min(at_end, key=at_end.__getitem__)
    titles = {"loss": f"Lowest loss after {max(table['step'])} steps: {best}, {at_end[best]:.2f}"}
    ends = {name: max(steps.saturated) for name, steps in recordings.items() if steps.saturated}
    if ends:
        most = max(ends, key=ends.__getitem__)
        titles["saturated"] = f"Most saturated: {most}, {percent(ends[most])} of a layer"
    grown = {name: steps.feature_spread[-1] / steps.feature_spread[0] for name, steps in recordings.items()}
    widest = max(grown, key=grown.__getitem__)
    titles["features"] = f"Feature std grew most, {rounded(grown[widest])}×: {widest}"
    smallest = min(
        recordings, key=lambda name: recordings[name].layers[0].gradient_rms[step_of(recordings[name], step)]
    )
    titles["gradient"] = f"Smallest conv1 gradient at step {step}: {smallest}"
    chance = log(max(steps.n_classes for steps in recordings.values()))
    return {title: _lines(table, reading, title, (step, chance)) for reading, title in titles.items()}


def layer_maps(recordings: Mapping[str, TrainingTrace], reading: str, step: int) -> dict[str, alt.LayerChart]:
    """A heat map per training, layers by steps; all with one colour scale, titled by training."""
    rows = {name: _cells(steps, reading) for name, steps in recordings.items()}
    rows = {name: cells for name, cells in rows.items() if len(cells)}
    values = pd.concat([cells["value"] for cells in rows.values()]) if rows else pd.Series(dtype=float)
    ends = [float(values.min()), float(values.max())] if len(values) else [0.0, 1.0]
    return {name: _map(cells, reading, ends, (step, name)) for name, cells in rows.items()}


def step_of(steps: TrainingTrace, step: int) -> int:
    """The step, or the last recorded one where the training ended earlier."""
    return min(step, steps.n_steps)


LINES = {  # reading -> (axis title, log axis or not, format)
    "loss": ("loss", False, ".1f"),
    "saturated": ("saturated units", False, ".0%"),
    "features": ("feature std across images", True, ".0e"),
    "gradient": ("conv1 gradient (RMS)", True, ".0e"),
}
FIRST_ROW = ("loss", "saturated")  # the legend stands above the lines that are seen first
LEGEND = alt.Legend(title=None, orient="top", columns=2, labelLimit=260, symbolType="stroke")
LOSS_TOP = 3.0  # a larger loss is drawn at the edge, since one outlier would flatten all other lines


def _lines(table: pd.DataFrame, reading: str, title: str, marked: tuple[int, float]) -> alt.LayerChart:
    label, decades, form = LINES[reading]
    step, chance = marked
    rows = table[["training", "step", reading]].rename(columns={reading: "value"}).dropna()
    rows = rows[rows["value"] > 0] if decades else rows
    trainings = list(dict.fromkeys(table["training"]))
    scale, axis = decade_axis(rows["value"], form) if decades else (alt.Scale(domain=[0, 1]), alt.Axis(format=form))
    if reading == "loss":
        low = max(0.0, float(rows["value"].min()) - 0.1)
        scale = alt.Scale(domain=[low, min(LOSS_TOP, float(rows["value"].max()) + 0.1)], clamp=True)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("step:Q", title="step", axis=alt.Axis(format="d", tickMinStep=1), scale=alt.Scale(nice=False)),
            y=alt.Y("value:Q", title=label, scale=scale, axis=axis),
            color=alt.Color(
                "training:N",
                scale=alt.Scale(domain=trainings, range=list(LINE_COLOURS[: len(trainings)])),
                legend=LEGEND if reading in FIRST_ROW else None,
            ),
            tooltip=["training:N", "step:Q", alt.Tooltip("value:Q", format=".3~g", title=label)],
        )
    )
    rule = alt.Chart(pd.DataFrame({"step": [step]})).mark_rule(color=MARK_COLOUR, strokeWidth=2).encode(x="step:Q")
    marks = [rule, lines]
    if reading == "loss":
        level = alt.Chart(pd.DataFrame({"value": [chance]})).mark_rule(color=MARK_COLOUR, strokeDash=[4, 4])
        marks.insert(0, level.encode(y=alt.Y("value:Q", scale=scale)))
    return alt.LayerChart(layer=marks).properties(width=WIDTH, height=HEIGHT, title=panel_title(title))


def _cells(steps: TrainingTrace, reading: str) -> pd.DataFrame:
    """One row per layer and step that has the measurement; on a log scale zeros are left out."""
    decades = LAYER_READINGS[reading][1]
    rows = [
        {"layer": layer.name, "step": step, "next": step + 1, "value": value}
        for layer in steps.layers
        for step, value in enumerate(_trace_of(layer, reading))
        if value > 0 or not decades
    ]
    return pd.DataFrame(rows, columns=["layer", "step", "next", "value"])


def _trace_of(layer: LayerTrace, reading: str) -> tuple[float, ...]:
    return getattr(layer, reading) or ()


def _map(cells: pd.DataFrame, reading: str, ends: list[float], marked: tuple[int, str]) -> alt.LayerChart:
    label, decades, form = LAYER_READINGS[reading]
    step, title = marked
    layers = list(dict.fromkeys(cells["layer"]))
    scale = (
        alt.Scale(type="log", range=ONE_HUE, domain=ends, interpolate="rgb")
        if decades
        else alt.Scale(range=ONE_HUE, domain=[0, 1], interpolate="rgb")
    )
    map_ = (
        alt.Chart(cells)
        .mark_rect()
        .encode(
            x=alt.X("step:Q", title="step", axis=alt.Axis(format="d", grid=False), scale=alt.Scale(nice=False)),
            x2="next:Q",
            y=alt.Y("layer:N", sort=layers, title=None, axis=alt.Axis(grid=False, labelOverlap=False)),
            color=alt.Color(
                "value:Q",
                scale=scale,
                legend=alt.Legend(title=label, orient="bottom", format=form, tickCount=4, titleLimit=260),
            ),
            tooltip=["layer:N", "step:Q", alt.Tooltip("value:Q", format=".3~g", title=label)],
        )
    )
    rule = alt.Chart(pd.DataFrame({"step": [step + 0.5]})).mark_rule(color=MARK_COLOUR, strokeWidth=2)
    height = ROW * len(layers)
    return alt.LayerChart(layer=[map_, rule.encode(x="step:Q")]).properties(
        width=WIDTH, height=height, title=panel_title(title)
    )
