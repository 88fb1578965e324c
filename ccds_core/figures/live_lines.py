"""One quantity over the updates of several runs, on the same axes."""

from collections.abc import Sequence
from math import log

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, METHOD_COLOURS
from ccds_core.live_series import HEALTHY_RATIO, QUANTITIES

WIDTH, HEIGHT = 860, 300  # pixels; the width is that in a file


def live_lines(rows: pd.DataFrame, quantity: str, runs: Sequence[str], title: str, n_classes: int) -> alt.LayerChart:
    """`rows` as `live_series.points` makes them; each of `runs` keeps its colour whether it has points yet or not."""
    what = QUANTITIES[quantity]
    shares = quantity in ("accuracy", "saturated", "dead")
    y = alt.Y(
        "value:Q",
        title=what.unit,
        axis=alt.Axis(format="%" if shares else ".0e" if what.log else "", titleFontSize=13, labelFontSize=12),
        scale=alt.Scale(type="log") if what.log else alt.Scale(domain=[0, 1]) if shares else alt.Scale(zero=False),
    )
    x = alt.X("update:Q", title="updates", axis=alt.Axis(tickMinStep=1, titleFontSize=13, labelFontSize=12))
    colour = alt.Color(
        "run:N",
        sort=list(runs),
        scale=alt.Scale(domain=list(runs), range=list(METHOD_COLOURS[: len(runs)])),
        legend=alt.Legend(
            title=None,
            orient="top",
            symbolType="stroke",
            symbolOpacity=1,
            symbolStrokeWidth=4,
            labelFontSize=13,
            labelLimit=420,
            columns=3,
        ),
    )
    tooltip = [alt.Tooltip("run:N"), alt.Tooltip("update:Q"), alt.Tooltip("value:Q", title=what.label, format=".3~g")]
    base = alt.Chart(rows).encode(x=x, y=y, color=colour, tooltip=tooltip)
    layers = [base.mark_line(strokeWidth=2.5), base.mark_point(size=16, filled=True, opacity=0.5)]
    return alt.LayerChart(layer=[*_guide(quantity, n_classes), *layers]).properties(
        width=WIDTH, height=HEIGHT, title=alt.TitleParams(title, anchor="start")
    )


def _guide(quantity: str, n_classes: int) -> list[alt.Chart]:
    """A dashed line at a value that means something, with its name."""
    guides = {
        "loss": (log(n_classes), f"guessing: ln {n_classes}"),
        "accuracy": (1 / n_classes, f"guessing: 1 in {n_classes}"),
        "ratio": (HEALTHY_RATIO, "rule of thumb: 0.001"),
    }
    if quantity not in guides:
        return []
    value, said = guides[quantity]
    row = pd.DataFrame({"value": [value], "said": [said]})
    rule = alt.Chart(row).mark_rule(color=MARK_COLOUR, strokeDash=[5, 4]).encode(y="value:Q")
    text = alt.Chart(row).mark_text(color=MARK_COLOUR, align="right", baseline="bottom", dx=-4, fontSize=12)
    return [rule, text.encode(y="value:Q", text="said:N", x=alt.value("width"))]
