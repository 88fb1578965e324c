"""A confusion matrix as a heat map with the numbers in its cells."""

import altair as alt
import numpy as np
import pandas as pd

from ccds_core.figures.palette import CHOSEN_COLOUR, ONE_HUE
from ccds_core.results import Evaluation

CELL_SELECTION = "cell"  # name of the chart's click: label and prediction of the cell
CELL, LARGEST_CELL = 42, 60  # pixels; larger with fewer classes
SIDE = 420  # pixels of a matrix with cells between the two
AROUND = (110, 130)  # pixels of labels and titles; with ten classes the matrix fills half a projector
DARK_ABOVE = 0.5  # fraction of a row above which the cell is dark and its number white


def largest_confusion(evaluation: Evaluation) -> tuple[str, str, int]:
    """(label, prediction, count) of the most frequent mistake."""
    counts = np.array(evaluation.confusion)
    np.fill_diagonal(counts, 0)
    row, column = np.unravel_index(counts.argmax(), counts.shape)
    return evaluation.classes[row], evaluation.classes[column], int(counts[row, column])


def confusion_heatmap(evaluation: Evaluation, title: str, rates: bool) -> alt.LayerChart | alt.FacetChart:
    """Rows are true classes, columns predicted classes; `rates` shows fractions of each row instead of counts."""
    counts = np.array(evaluation.confusion)
    fractions = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = [
        {
            "label": label,
            "prediction": prediction,
            "count": int(counts[i, j]),
            "fraction": float(fractions[i, j]),
            "shown": _cell_text(counts[i, j], fractions[i, j], rates),
        }
        for i, label in enumerate(evaluation.classes)
        for j, prediction in enumerate(evaluation.classes)
    ]
    order = list(evaluation.classes)
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "prediction:N",
            sort=order,
            title="predicted class",
            axis=alt.Axis(orient="top", labelAngle=-45, labelOverlap=False, grid=False),
        ),
        y=alt.Y(
            "label:N",
            sort=order,
            title="true class",
            axis=alt.Axis(labelOverlap=False, labelFlush=False, grid=False),
        ),
    )
    click = alt.selection_point(name=CELL_SELECTION, fields=["label", "prediction"], empty=False)
    cells = (
        base.mark_rect()
        .encode(
            color=alt.Color("fraction:Q", scale=alt.Scale(range=ONE_HUE, domain=[0, 1]), legend=None),
            tooltip=[
                alt.Tooltip("label:N", title="true class"),
                alt.Tooltip("prediction:N", title="predicted class"),
                "count:Q",
                alt.Tooltip("fraction:Q", format=".1%", title="of true class"),
            ],
        )
        .add_params(click)
    )
    numbers = base.mark_text().encode(
        text="shown:N",
        color=alt.condition(alt.datum.fraction > DARK_ABOVE, alt.value("white"), alt.value("#1b2430")),
    )
    frame = base.transform_filter(click).mark_rect(filled=False, stroke=CHOSEN_COLOUR, strokeWidth=3, aria=False)
    size = max(CELL, min(LARGEST_CELL, SIDE // len(order))) * len(order)
    return alt.layer(cells, numbers, frame).properties(width=size + AROUND[0], height=size + AROUND[1], title=title)


def _cell_text(count: int, fraction: float, rates: bool) -> str:
    """Empty for zero; a fraction without its leading zero, ".78"."""
    if not count:
        return ""
    return f"{fraction:.2f}".removeprefix("0") if rates else str(count)
