"""Test accuracy of each architecture: our runs with 95 % intervals, and the report's.

It stands alone: Home draws it and no other chart.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from ccds_core.figures.palette import OUR_COLOUR, REPORT_COLOUR
from ccds_core.runs.comparison import AccuracyRow

ROW_HEIGHT = 34  # pixels
ZOOMED = 0.8  # start of the axis if no dot is below (dots, unlike bars, need no zero)
AROUND = 180  # pixels that title, legend and axis take of the chart's height


def accuracy_dots(rows: Sequence[AccuracyRow], title: str | list[str]) -> alt.LayerChart | alt.FacetChart:
    """Dots on one axis of accuracy, one line per architecture, in the order given."""
    first = ZOOMED if min(row.accuracy if row.low is None else row.low for row in rows) >= ZOOMED else 0.0
    order = list(dict.fromkeys(row.architecture for row in rows))
    data = pd.DataFrame([vars(row) for row in rows])
    y = alt.Y("architecture:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, grid=True))
    scale = alt.Scale(domain=[first, 1])  # for dots and intervals: without it the axis would start at zero
    x = alt.X("accuracy:Q", title="test accuracy", axis=alt.Axis(format=".0%", tickCount=10), scale=scale)
    kinds = alt.Scale(domain=["ours", "report"], range=[OUR_COLOUR, REPORT_COLOUR])
    shapes = alt.Scale(domain=["ours", "report"], range=["circle", "diamond"])
    legend = alt.Legend(title=None, orient="top", symbolOpacity=1)
    base = alt.Chart(data).encode(y=y)
    intervals = base.mark_rule(strokeWidth=3, opacity=0.45).encode(
        x=alt.X("low:Q", scale=scale), x2="high:Q", color=alt.Color("whose:N", scale=kinds, legend=legend)
    )
    dots = base.mark_point(filled=True, size=130, opacity=0.95).encode(
        x=x,
        color=alt.Color("whose:N", scale=kinds, legend=legend),
        shape=alt.Shape("whose:N", scale=shapes, legend=legend),
        tooltip=["run:N", "whose:N", alt.Tooltip("accuracy:Q", format=".1%")],
    )
    return alt.layer(intervals, dots).properties(height=ROW_HEIGHT * len(order) + AROUND, title=title)
