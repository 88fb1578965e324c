"""Deletion and insertion curves of several attribution methods, and the gain of each over random order."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ccds_core.explain.faithfulness import RANDOM, SHARES, Erasure, MeanGain, gain
from ccds_core.figures.palette import MARK_COLOUR, OUR_COLOUR, SIGNED, method_colours

CURVE_WIDTH, CURVE_HEIGHT = 380, 230  # pixels of one panel; two and the legend fit a 1280-pixel projector
GAIN_WIDTH, GAIN_HEIGHT = 300, 30  # pixels; of one measure
LEGEND_COLUMNS = 2  # on a phone, too
CELL = (64, 32)  # pixels of a cell of the rank correlations: width and height
AROUND = (330, 150)  # pixels that its names and its scale take beside and below
KINDS = {"deletion": "Deletion", "insertion": "Insertion"}
NAMED = {"comprehensiveness": "deletion", "sufficiency": "insertion"}  # measure -> its curve
GAINS = {"comprehensiveness": "Comprehensiveness (deletion)", "sufficiency": "Sufficiency (insertion)"}

NARROWEST = 0.02  # half the axis at least, in probability


def erasure_curves(erasures: Mapping[str, Erasure], part: str, target: str, title: str) -> alt.FacetChart:
    """Two panels, one line per method and random order dashed; `part` is what is erased, in the plural."""
    rows = [
        {"method": name, "kind": label, "fraction": fraction, "probability": float(value)}
        for name, erasure in erasures.items()
        for kind, label in KINDS.items()
        for fraction, value in zip(SHARES, getattr(erasure, kind), strict=True)
    ]
    names = [*(name for name in erasures if name != RANDOM), RANDOM]
    colours = alt.Scale(domain=names, range=method_colours(names))
    lines = alt.Chart().mark_line(strokeWidth=2.5).encode(
        x=alt.X("fraction:Q", title=f"{part} deleted or inserted", axis=alt.Axis(format=".0%", tickCount=5)),
        y=alt.Y("probability:Q", title=f"probability of {target}", axis=alt.Axis(format=".0%", tickCount=5),
                scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("method:N", scale=colours, sort=names,
                        legend=alt.Legend(title=None, orient="bottom", columns=LEGEND_COLUMNS, symbolType="stroke",
                                          symbolStrokeWidth=4, labelLimit=150)),
        strokeDash=alt.condition(f"datum.method == '{RANDOM}'", alt.value([6, 4]), alt.value([1, 0])),
        tooltip=["method:N", alt.Tooltip("fraction:Q", format=".0%"), alt.Tooltip("probability:Q", format=".1%")],
    )  # fmt: skip
    panel = lines.properties(width=CURVE_WIDTH, height=CURVE_HEIGHT)
    header = alt.Header(title=None, labelFontWeight="bold")
    return alt.layer(panel, data=pd.DataFrame(rows)).facet(
        column=alt.Column("kind:N", sort=list(KINDS.values()), header=header), title=title, spacing=24
    )


def gain_bars(erasures: Mapping[str, Erasure], title: str) -> alt.FacetChart:
    """Each method's gain over random order, in probability; above zero is better than random."""
    names = [name for name in erasures if name != RANDOM]
    rows = [
        {"method": name, "kind": label, "gain": getattr(gain(erasures[name], erasures[RANDOM]), kind)}
        for name in names
        for kind, label in GAINS.items()
    ]
    colours = alt.Scale(domain=names, range=method_colours(names))
    widest = max(0.1, *(abs(row["gain"]) for row in rows))
    bars = alt.Chart().mark_bar(height={"band": 0.7}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        y=alt.Y("method:N", sort=names, title=None, axis=alt.Axis(labelLimit=220)),
        x=alt.X("gain:Q", title="gain over random order, probability", scale=alt.Scale(domain=[-widest, widest]),
                axis=alt.Axis(format="+.0%", tickCount=4)),
        color=alt.Color("method:N", scale=colours, legend=None),
        tooltip=["method:N", "kind:N", alt.Tooltip("gain:Q", format="+.1%")],
    )  # fmt: skip
    panel = bars.properties(width=GAIN_WIDTH, height=GAIN_HEIGHT * len(names))
    header = alt.Header(title=None, labelFontWeight="bold")
    return alt.layer(panel, data=pd.DataFrame(rows)).facet(
        column=alt.Column("kind:N", sort=list(GAINS.values()), header=header), title=title, spacing=48
    )


def rank_correlation_heatmap(
    names: list[str], correlations: NDArray[np.float64], title: str
) -> alt.LayerChart | alt.FacetChart:
    """(M, M) rank correlations between methods: red is positive, blue negative."""
    rows = [
        {"one": one, "other": other, "correlation": float(correlations[i, j]), "strong": abs(correlations[i, j]) > 0.75}
        for i, one in enumerate(names)
        for j, other in enumerate(names)
        if j <= i
    ]
    axis = alt.Axis(labelLimit=200, labelOverlap=False, grid=False)
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("other:N", sort=names, title=None, axis=alt.Axis(labelAngle=-40, labelLimit=200,
                                                                 labelOverlap=False, grid=False)),
        y=alt.Y("one:N", sort=names, title=None, axis=axis),
    )  # fmt: skip
    cells = base.mark_rect().encode(
        color=alt.Color("correlation:Q", scale=alt.Scale(domain=[-1, 0, 1], range=SIGNED, interpolate="rgb"),
                        legend=alt.Legend(title="Spearman's rho", gradientLength=120, values=[-1, 0, 1])),
        tooltip=["one:N", "other:N", alt.Tooltip("correlation:Q", format="+.2f")],
    )  # fmt: skip
    numbers = base.mark_text().encode(
        text=alt.Text("correlation:Q", format="+.2f"),
        color=alt.condition("datum.strong", alt.value("white"), alt.value("#1b2430")),
    )
    width, height = CELL[0] * len(names) + AROUND[0], CELL[1] * len(names) + AROUND[1]
    return alt.layer(cells, numbers).properties(width=width, height=height, title=title)


def erasure_title(erasures: Mapping[str, Erasure]) -> str:
    """Which method is the most faithful here by each of the two measures, as the finding of a chart."""
    random = erasures[RANDOM]
    gains = {name: gain(erasure, random) for name, erasure in erasures.items() if name != RANDOM}
    best = {kind: max(gains, key=lambda name: getattr(gains[name], kind)) for kind in GAINS}
    points = {kind: 100 * getattr(gains[name], kind) for kind, name in best.items()}
    if max(points.values()) <= 0:
        return "No method is better than random order here"
    behind = sum(each.comprehensiveness <= 0 and each.sufficiency <= 0 for each in gains.values())
    rest = f"; {behind} of {len(gains)} no better than random order" if behind else ""
    if len(set(best.values())) == 1:
        numbers = " and ".join(f"{value:+.0f}" for value in points.values())
        first = f"{best['sufficiency']} is the most faithful by both measures"
        return f"{first}: {numbers} percentage points over random order{rest}"
    named = {kind: f"{name} ({points[kind]:+.0f})" if points[kind] > 0 else "none" for kind, name in best.items()}
    parts = ", ".join(f"by {NAMED[kind]} {name}" for kind, name in named.items())
    return f"Most faithful, percentage points over random order: {parts}{rest}"


def gain_dots(gains: Mapping[str, tuple[MeanGain, MeanGain]], title: str) -> alt.FacetChart:
    """Method -> its two mean gains (comprehensiveness, sufficiency), a dot with a 95 % interval each."""
    rows = [
        {"method": name, "kind": label, "gain": mean.mean, "low": mean.low, "high": mean.high, "n": mean.n}
        for name, both in gains.items()
        for label, mean in zip(GAINS.values(), both, strict=True)
    ]
    low = min(-NARROWEST, *(mean.low for both in gains.values() for mean in both))
    high = max(NARROWEST, *(mean.high for both in gains.values() for mean in both))
    scale = alt.Scale(domain=[low, high])
    base = alt.Chart().encode(
        y=alt.Y("method:N", sort=list(gains), title=None, axis=alt.Axis(labelLimit=220)),
        tooltip=["method:N", "n:Q", *(alt.Tooltip(f"{name}:Q", format="+.1%") for name in ("gain", "low", "high"))],
    )
    axis = alt.Axis(format="+.0%", tickCount=5)
    dots = base.mark_point(filled=True, size=90, opacity=1, color=OUR_COLOUR).encode(
        x=alt.X("gain:Q", title="mean gain over random order, probability", scale=scale, axis=axis)
    )
    intervals = base.mark_rule(color=OUR_COLOUR, strokeWidth=3, opacity=0.5).encode(
        x=alt.X("low:Q", scale=scale), x2="high:Q"
    )
    zero = alt.Chart().mark_rule(color=MARK_COLOUR, strokeDash=[4, 4]).encode(x=alt.datum(0))
    panel = alt.layer(zero, intervals, dots, data=pd.DataFrame(rows)).properties(
        width=GAIN_WIDTH, height=GAIN_HEIGHT * len(gains)
    )
    header = alt.Header(title=None, labelFontWeight="bold")
    return panel.facet(column=alt.Column("kind:N", sort=list(GAINS.values()), header=header), title=title, spacing=48)
