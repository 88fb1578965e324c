"""What became of an answer as its parts were erased: curves by measure, and how much truer than random each is."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ccds_core.faithfulness import RANDOM, SHARES, Erasure, gain
from ccds_core.figures.palette import MARK_COLOUR, METHOD_COLOURS, SIGNED

CURVE_WIDTH, CURVE_HEIGHT = 380, 230  # pixels of one panel; two and the legend fit a 1280-pixel projector
GAIN_WIDTH, GAIN_HEIGHT = 300, 30  # pixels; of one measure
CELL = (64, 32)  # pixels of the agreement table: width and height
AROUND = (330, 150)  # pixels that its names and its scale take beside and below
KINDS = {"deletion": "highest ranked taken away", "insertion": "highest ranked alone kept"}
GAINS = {"comprehensiveness": "Comprehensiveness", "sufficiency": "Sufficiency"}


def erasure_curves(erasures: Mapping[str, Erasure], part: str, target: str, title: str) -> alt.FacetChart:
    """Two panels, one line per measure and random order dashed; `part` is what is erased, in the plural."""
    rows = [
        {"measure": name, "kind": said, "share": share, "probability": float(value)}
        for name, erasure in erasures.items()
        for kind, said in KINDS.items()
        for share, value in zip(SHARES, getattr(erasure, kind), strict=True)
    ]
    measures = [name for name in erasures if name != RANDOM]
    colours = alt.Scale(domain=[*measures, RANDOM], range=[*METHOD_COLOURS[: len(measures)], MARK_COLOUR])
    lines = alt.Chart().mark_line(strokeWidth=2.5).encode(
        x=alt.X("share:Q", title=f"share of the {part}", axis=alt.Axis(format=".0%", tickCount=5)),
        y=alt.Y("probability:Q", title=f"probability of {target}", axis=alt.Axis(format=".0%", tickCount=5),
                scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("measure:N", scale=colours, sort=[*measures, RANDOM],
                        legend=alt.Legend(title=None, symbolType="stroke", symbolStrokeWidth=4, labelLimit=220)),
        strokeDash=alt.condition(f"datum.measure == '{RANDOM}'", alt.value([6, 4]), alt.value([1, 0])),
        tooltip=["measure:N", alt.Tooltip("share:Q", format=".0%"), alt.Tooltip("probability:Q", format=".1%")],
    )  # fmt: skip
    panel = lines.properties(width=CURVE_WIDTH, height=CURVE_HEIGHT)
    header = alt.Header(title=None, labelFontSize=13, labelFontWeight="bold")
    return alt.layer(panel, data=pd.DataFrame(rows)).facet(
        column=alt.Column("kind:N", sort=list(KINDS.values()), header=header), title=title, spacing=24
    )


def gain_bars(erasures: Mapping[str, Erasure], title: str) -> alt.FacetChart:
    """How far each measure is ahead of random order, in probability; above zero is truer than chance."""
    rows = [
        {"measure": name, "kind": said, "gain": getattr(gain(erasure, erasures[RANDOM]), kind)}
        for name, erasure in erasures.items()
        if name != RANDOM
        for kind, said in GAINS.items()
    ]
    measures = [name for name in erasures if name != RANDOM]
    colours = alt.Scale(domain=measures, range=METHOD_COLOURS[: len(measures)])
    widest = max(0.1, *(abs(row["gain"]) for row in rows))
    bars = alt.Chart().mark_bar(height={"band": 0.7}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        y=alt.Y("measure:N", sort=measures, title=None, axis=alt.Axis(labelFontSize=13, labelLimit=220)),
        x=alt.X("gain:Q", title="gain over random order, probability", scale=alt.Scale(domain=[-widest, widest]),
                axis=alt.Axis(format="+.0%", tickCount=4)),
        color=alt.Color("measure:N", scale=colours, legend=None),
        tooltip=["measure:N", "kind:N", alt.Tooltip("gain:Q", format="+.1%")],
    )  # fmt: skip
    panel = bars.properties(width=GAIN_WIDTH, height=GAIN_HEIGHT * len(measures))
    header = alt.Header(title=None, labelFontSize=13, labelFontWeight="bold")
    return alt.layer(panel, data=pd.DataFrame(rows)).facet(
        column=alt.Column("kind:N", sort=list(GAINS.values()), header=header), title=title, spacing=48
    )


def agreement_heatmap(
    names: list[str], correlations: NDArray[np.float64], title: str
) -> alt.LayerChart | alt.FacetChart:
    """(M, M) rank correlations between measures: red where they agree, blue where one reverses the other."""
    rows = [
        {"one": one, "other": other, "correlation": float(correlations[i, j]), "strong": abs(correlations[i, j]) > 0.75}
        for i, one in enumerate(names)
        for j, other in enumerate(names)
        if j <= i
    ]
    axis = alt.Axis(labelFontSize=12, labelLimit=200, labelOverlap=False, grid=False)
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("other:N", sort=names, title=None, axis=alt.Axis(labelAngle=-40, labelFontSize=12, labelLimit=200,
                                                                 labelOverlap=False, grid=False)),
        y=alt.Y("one:N", sort=names, title=None, axis=axis),
    )  # fmt: skip
    cells = base.mark_rect().encode(
        color=alt.Color("correlation:Q", scale=alt.Scale(domain=[-1, 0, 1], range=SIGNED, interpolate="rgb"),
                        legend=alt.Legend(title="Spearman's rho", gradientLength=120, values=[-1, 0, 1])),
        tooltip=["one:N", "other:N", alt.Tooltip("correlation:Q", format="+.2f")],
    )  # fmt: skip
    numbers = base.mark_text(fontSize=12).encode(
        text=alt.Text("correlation:Q", format="+.2f"),
        color=alt.condition("datum.strong", alt.value("white"), alt.value("#1b2430")),
    )
    width, height = CELL[0] * len(names) + AROUND[0], CELL[1] * len(names) + AROUND[1]
    return alt.layer(cells, numbers).properties(width=width, height=height, title=title)


def erasure_title(erasures: Mapping[str, Erasure]) -> str:
    """Which measure is truest here, as the finding of a chart."""
    over = erasures[RANDOM]
    gains = {name: gain(each, over).comprehensiveness for name, each in erasures.items() if name != RANDOM}
    best = max(gains, key=lambda name: gains[name])
    behind = sum(found <= 0 for found in gains.values())
    if gains[best] <= 0:
        return "No measure does better than random order here"
    rest = f"; {behind} of {len(gains)} do no better than random order" if behind else ""
    return f"{best} finds what the answer hangs on best, {gains[best] * 100:.0f} points ahead of random order{rest}"
