"""Loss or accuracy by epoch, one panel per run, with the best epoch and the onset of overfitting marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import altair as alt
import pandas as pd

from ccds_core.figures.palette import LINE_COLOURS, MARK_COLOUR, TRAIN_COLOUR, VAL_COLOUR, panel_title
from ccds_core.jobs.series import HEALTHY_RATIO, QUANTITIES
from ccds_core.runs.curves import read_curves
from ccds_core.runs.records import RunRecord

PANELS = {1: (860, 320), 2: (460, 280)}  # runs -> pixels of a panel
SMALL_PANEL = (300, 200)  # with more runs
PANELS_PER_ROW = 3

WIDTH, HEIGHT = 860, 300  # pixels; the width is that in a file


def learning_curves(records: Sequence[RunRecord], quantity: str, title: str) -> alt.FacetChart:
    """One panel per run that has an epoch, for a file; `quantity` is "loss" or "accuracy". All share their axes."""
    records = [record for record in records if record.metrics.history]
    data = pd.concat([_rows_of(record, quantity) for record in records], ignore_index=True)
    width, height = PANELS.get(len(records), SMALL_PANEL)
    header = alt.Header(title=None, labelFontWeight="bold", labelLimit=width)
    panel = alt.layer(*_layers(quantity, alt.Scale(), narrow=False), data=data).properties(width=width, height=height)
    return panel.facet(
        facet=alt.Facet("run:N", sort=[record.name for record in records], header=header),
        columns=min(PANELS_PER_ROW, len(records)),
        title=title,
        spacing=24,
    )


def curve_panels(records: Sequence[RunRecord], quantity: str, height: int) -> dict[str, alt.LayerChart]:
    """The same as one chart per run, by its name, for the screen: each as wide as its column."""
    parts = {record.name: _rows_of(record, quantity) for record in records if record.metrics.history}
    highest = max((part["value"].max() for part in parts.values()), default=1.0)
    scale = alt.Scale(domain=[0, 1.0 if quantity == "accuracy" else highest], nice=True)
    return {
        name: alt.LayerChart(layer=_layers(quantity, scale, narrow=len(parts) > 2), data=part).properties(
            height=height, title=panel_title(name)
        )
        for name, part in parts.items()
    }


@dataclass(frozen=True)
class LiveAxes:
    """The axes of `live_lines`, which do not move while the runs train; a value beyond an end stands there."""

    quantity: str  # a key of `QUANTITIES`
    n_classes: int
    n_steps: int  # at which the axis of the steps ends


def live_lines(rows: pd.DataFrame, axes: LiveAxes, runs: Sequence[str], title: str) -> alt.LayerChart:
    """`rows` as from `series.points`; each of `runs` keeps its colour even if it has no points yet."""
    quantity, n_classes, n_steps = axes.quantity, axes.n_classes, axes.n_steps
    kind = QUANTITIES[quantity]
    ends = [end * (log(n_classes) if quantity == "loss" else 1.0) for end in kind.ends]
    fractions = quantity in ("accuracy", "saturated", "dead")
    reference = _reference(quantity, n_classes)
    y = alt.Y(
        "value:Q",
        title=[kind.axis, f"dashed: {reference[1]}"] if reference else kind.axis,  # at the line, curves would cover it
        axis=alt.Axis(format="%" if fractions else ".0e" if kind.log else ""),
        scale=alt.Scale(type="log" if kind.log else "linear", domain=ends, clamp=True, nice=False),
    )
    x = alt.X(
        "step:Q", title="steps", axis=alt.Axis(tickMinStep=1, tickCount=10),
        scale=alt.Scale(domain=[0, n_steps], clamp=True, nice=False),
    )  # fmt: skip
    colour = alt.Color(
        "run:N",
        sort=list(runs),
        scale=alt.Scale(domain=list(runs), range=list(LINE_COLOURS[: len(runs)])),
        legend=alt.Legend(
            title=None,
            orient="top",
            offset=4,
            symbolType="stroke",
            symbolOpacity=1,
            symbolStrokeWidth=4,
            labelLimit=420,
            columns=3,
        ),
    )
    tooltip = [alt.Tooltip("run:N"), alt.Tooltip("step:Q"), alt.Tooltip("value:Q", title=kind.label, format=".3~g")]
    base = alt.Chart(rows).encode(x=x, y=y, color=colour, tooltip=tooltip)
    layers = [base.mark_line(strokeWidth=2.5), base.mark_point(size=16, filled=True, opacity=0.5)]
    beyond = rows[rows["value"] > ends[1]].drop_duplicates("run").assign(written=f"above {ends[1]:.2g}")
    layers.append(
        alt.Chart(beyond).mark_text(align="left", dx=4, dy=12).encode(x=x, y=y, color=colour, text="written:N")
    )  # where its line leaves the chart
    if reference:
        rule = alt.Chart(pd.DataFrame({"value": reference[:1]})).mark_rule(color=MARK_COLOUR, strokeDash=[5, 4])
        layers = [rule.encode(y="value:Q"), *layers]
    return alt.LayerChart(layer=layers).properties(
        width=WIDTH, height=HEIGHT, title=alt.TitleParams(title, anchor="start")
    )


def _rows_of(record: RunRecord, quantity: str) -> pd.DataFrame:
    """The curves of a run that has an epoch, then its marks."""
    history = record.metrics.history
    rows = [
        {"kind": "curve", "epoch": epoch.epoch, "part": part, "value": getattr(epoch, f"{part}_{quantity}")}
        for epoch in history
        for part in ("train", "val")
    ]
    reading = read_curves(history, len(record.card.classes))
    marks = {"best epoch": reading.best_epoch}
    if reading.overfits:
        marks["overfitting from here"] = reading.lowest_loss_epoch
    rows += [
        {"kind": "mark", "epoch": epoch, "mark": mark, "value": getattr(history[epoch - 1], f"val_{quantity}")}
        for mark, epoch in marks.items()
    ]
    return pd.DataFrame(rows, columns=["kind", "epoch", "part", "mark", "value"]).assign(run=record.name)


def _layers(quantity: str, scale: alt.Scale, narrow: bool) -> list[alt.Chart]:
    """Lines, a rule where overfitting begins, and the marked epochs; without their data."""
    below = {"orient": "bottom", "columns": 1} if narrow else {"orient": "top"}  # two legends in a row would be cut
    axis = alt.Axis(format=".0%") if quantity == "accuracy" else alt.Axis()
    base = alt.Chart()
    lines = (
        base.transform_filter("datum.kind == 'curve'")
        .mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2.2)
        .encode(
            x=alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("value:Q", title=quantity, axis=axis, scale=scale),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=["train", "val"], range=[TRAIN_COLOUR, VAL_COLOUR]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["run:N", "part:N", "epoch:Q", alt.Tooltip("value:Q", format=".3f", title=quantity)],
        )
    )
    rules = (
        base.transform_filter("datum.kind == 'mark' && datum.mark == 'overfitting from here'")
        .mark_rule(color=MARK_COLOUR, strokeDash=[5, 4], strokeWidth=1.5, aria=False)
        .encode(x="epoch:Q")
    )
    points = (
        base.transform_filter("datum.kind == 'mark'")
        .mark_point(size=130, strokeWidth=2.2, filled=False, color=MARK_COLOUR)
        .encode(
            x="epoch:Q",
            y="value:Q",
            shape=alt.Shape(
                "mark:N",
                scale=alt.Scale(domain=["best epoch", "overfitting from here"], range=["diamond", "circle"]),
                legend=alt.Legend(title=None, **below),
            ),
            tooltip=["run:N", "mark:N", "epoch:Q"],
        )
    )
    return [lines, rules, points]


def _reference(quantity: str, n_classes: int) -> tuple[float, str] | None:
    """A value to compare with, and its name."""
    references = {
        "loss": (log(n_classes), f"chance = ln {n_classes}"),
        "accuracy": (1 / n_classes, f"chance = 1/{n_classes}"),
        "ratio": (HEALTHY_RATIO, "rule of thumb"),
    }
    return references.get(quantity)
