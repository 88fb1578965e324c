"""Loss or accuracy by epoch, run beside run, with the best epoch and the onset of overfitting marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, TRAIN_COLOUR, VAL_COLOUR
from ccds_core.results import EpochMetrics
from ccds_core.run_folders import RunRecord

PANELS = {1: (860, 320), 2: (460, 280)}  # pixels of a panel where so few runs are drawn
SMALL_PANEL = (300, 200)  # pixels of a panel where more are
PANELS_A_ROW = 3
CLEAR_RISE = 0.02  # nats that the validation loss must rise above its minimum to be called overfitting
STUCK = 0.05  # nats below ln(number of classes) that the loss must reach to count as learning


@dataclass(frozen=True)
class CurveReading:
    """What a run's curves say, in epochs."""

    best_epoch: int  # highest validation accuracy
    lowest_loss_epoch: int  # lowest validation loss
    overfits: bool  # whether the validation loss rises clearly after its minimum
    stuck: bool  # whether the training loss never left the level of guessing


def read_curves(history: Sequence[EpochMetrics], n_classes: int) -> CurveReading:
    """The best epoch, the epoch after which validation loss only rises, and whether anything was learned."""
    best = max(history, key=lambda epoch: epoch.val_accuracy)
    lowest = min(history, key=lambda epoch: epoch.val_loss)
    later = [epoch.val_loss for epoch in history if epoch.epoch > lowest.epoch]
    return CurveReading(
        best_epoch=best.epoch,
        lowest_loss_epoch=lowest.epoch,
        overfits=bool(later) and max(later) > lowest.val_loss + CLEAR_RISE,
        stuck=min(epoch.train_loss for epoch in history) > log(n_classes) - STUCK,
    )


def curve_sentence(record: RunRecord) -> str:
    """The reading of one run in a sentence."""
    history = record.metrics.history
    if not history:
        return f"{record.name} has no finished epoch yet."
    if record.status == "unfinished":
        last, epochs = history[-1], record.card.config.train.epochs
        return f"{record.name} is unfinished, {len(history)} of {epochs} epochs: validation at {last.val_accuracy:.1%}."
    if len(history) == 1:
        return f"{record.name} has one epoch, so there is no curve: validation at {history[0].val_accuracy:.1%}."
    reading = read_curves(history, len(record.card.classes))
    best = history[reading.best_epoch - 1]
    said = f"{record.name}: best at epoch {best.epoch} of {len(history)} (validation accuracy {best.val_accuracy:.1%})"
    if reading.stuck:
        return f"{said}; its training loss never left the level of guessing, ln {len(record.card.classes)}."
    if not reading.overfits:
        return f"{said}; validation loss does not rise clearly, so no harm from overfitting is seen."
    lowest = history[reading.lowest_loss_epoch - 1]
    return (
        f"{said}; overfitting sets in after epoch {lowest.epoch}: validation loss climbs from {lowest.val_loss:.2f} to "
        f"{max(epoch.val_loss for epoch in history[lowest.epoch :]):.2f} while training loss falls to "
        f"{history[-1].train_loss:.2f}."
    )


def learning_curves(records: Sequence[RunRecord], quantity: str, title: str) -> alt.FacetChart:
    """One panel per run that has an epoch; `quantity` is "loss" or "accuracy". All panels share their axes."""
    values, marks = [], []
    records = [record for record in records if record.metrics.history]
    for record in records:
        history = record.metrics.history
        for epoch in history:
            for part in ("train", "val"):
                value = getattr(epoch, f"{part}_{quantity}")
                values.append({"run": record.name, "epoch": epoch.epoch, "part": part, "value": value})
        reading = read_curves(history, len(record.card.classes))
        best = {"run": record.name, "epoch": reading.best_epoch, "mark": "best epoch"}
        marks.append({**best, "value": getattr(history[reading.best_epoch - 1], f"val_{quantity}")})
        if reading.overfits:
            onset = {"run": record.name, "epoch": reading.lowest_loss_epoch, "mark": "overfitting from here"}
            marks.append({**onset, "value": getattr(history[reading.lowest_loss_epoch - 1], f"val_{quantity}")})
    return _facet(pd.DataFrame(values), pd.DataFrame(marks), quantity, [record.name for record in records], title)


def _facet(values: pd.DataFrame, marks: pd.DataFrame, quantity: str, order: list[str], title: str) -> alt.FacetChart:
    data = pd.concat([values.assign(kind="curve"), marks.assign(kind="mark")], ignore_index=True)
    unit = "loss, nats" if quantity == "loss" else "accuracy"
    axis = alt.Axis(format=".0%") if quantity == "accuracy" else alt.Axis()
    base = alt.Chart()
    lines = (
        base.transform_filter("datum.kind == 'curve'")
        .mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2.2)
        .encode(
            x=alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("value:Q", title=unit, axis=axis),
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
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["run:N", "mark:N", "epoch:Q"],
        )
    )
    width, height = PANELS.get(len(order), SMALL_PANEL)
    panel = alt.layer(lines, rules, points, data=data).properties(width=width, height=height)
    header = alt.Header(title=None, labelFontSize=13, labelFontWeight="bold", labelLimit=width)
    return panel.facet(
        facet=alt.Facet("run:N", sort=order, header=header),
        columns=min(PANELS_A_ROW, len(order)),
        title=title,
        spacing=24,
    )
