"""Runs against runs, and runs against classes, as matrices with the numbers in their cells."""

from collections.abc import Mapping, Sequence
from math import sqrt
from operator import itemgetter

import altair as alt
import pandas as pd

from ccds_core.figures.palette import INK, NO_CLASS_COLOUR, ONE_HUE, SIGNED, STRONG
from ccds_core.results import percent
from ccds_core.runs.significance import PairedTest

WIDTH, CELL, AROUND = 520, 64, 150  # pixels: the width is that in a file; of a row; of names above and a title
WITH_INTERVALS, INTERVAL = 5, 98  # runs up to which a cell has room for its interval; pixels that this takes


def difference_matrix(pairs: Sequence[PairedTest], runs: Sequence[str], title: str | list[str]) -> alt.LayerChart:
    """Accuracy of the run of a row minus that of the run of a column, in percentage points.

    Red: significantly higher, blue: lower, grey: not significant; empty: not tested on the same rows. Shades grow with
    the square root of the difference, since some runs are at chance.
    """
    largest = max((pair.difference for pair in pairs), default=0.0) or 1.0
    rows = [row for pair in pairs for row in _rows_of(pair, largest)]
    columns = ["row", "column", "difference", "shade", "significant", "interval", "p"]
    axis = alt.Axis(orient="top", labelAngle=-30, labelOverlap=False, labelLimit=150, ticks=False, domain=False)
    base = alt.Chart(pd.DataFrame(rows, columns=columns)).encode(
        x=alt.X("column:N", title="minus the accuracy of", axis=axis, scale=alt.Scale(domain=list(runs))),
        y=alt.Y(
            "row:N",
            title="accuracy of",
            axis=alt.Axis(labelOverlap=False, labelFlush=False, labelLimit=150, ticks=False, domain=False),
            scale=alt.Scale(domain=list(runs)),
        ),
        tooltip=[
            alt.Tooltip("row:N", title="accuracy of"),
            alt.Tooltip("column:N", title="minus that of"),
            alt.Tooltip("difference:N", title="percentage points"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("p:N", title="McNemar"),
        ],
    )
    scale = alt.Scale(domain=[-1, 0, 1], range=SIGNED, interpolate="rgb")
    colour = alt.condition(
        "datum.significant", alt.Color("shade:Q", scale=scale, legend=None), alt.value(NO_CLASS_COLOUR)
    )
    ink = alt.condition(f"datum.significant && abs(datum.shade) > {STRONG}", alt.value("white"), alt.value(INK))
    few = len(runs) <= WITH_INTERVALS
    wide = f"width > {INTERVAL * len(runs)}"
    number = base.mark_text(fontWeight="bold", dy=alt.expr(f"{wide} ? -9 : 0") if few else 0)
    layers = [base.mark_rect(stroke="white").encode(color=colour), number.encode(text="difference:N", color=ink)]
    if few:
        interval = base.mark_text(dy=10, aria=False).encode(text="interval:N", color=ink)
        layers.append(interval.transform_filter(wide))
    return alt.LayerChart(layer=layers).properties(
        width=WIDTH, height=max(4, len(runs)) * (CELL if few else CELL // 2) + AROUND, title=title
    )


def difference_title(pairs: Sequence[PairedTest]) -> str:
    """How many differences are significant; of two runs, what the difference is."""
    if len(pairs) == 1:
        (pair,) = pairs
        found = "significant" if pair.significant else "not significant"
        return f"{pair.better}: {_points(pair.difference)} points against {pair.other}; {found} ({pair.p_text})"
    count = f"{sum(pair.significant for pair in pairs)} of {len(pairs)}"
    return f"{count} differences in test accuracy are significant; not corrected for the number of tests"


def class_scores(f1: Mapping[str, Mapping[str, float]], title: str | list[str]) -> alt.LayerChart:
    """`f1`: run -> class -> F1. One row per class, in the order of the first run that has it, one column per run."""
    rows = [
        {"run": run, "class": name, "F1": score, "shown": f"{100 * score:.1f}"}
        for run, scores in f1.items()
        for name, score in scores.items()
    ]
    classes = list(dict.fromkeys(name for scores in f1.values() for name in scores))
    axis = alt.Axis(orient="top", labelAngle=-20, labelLimit=150, labelOverlap=False, ticks=False, domain=False)
    base = alt.Chart(pd.DataFrame(rows, columns=["run", "class", "F1", "shown"])).encode(
        x=alt.X("run:N", sort=list(f1), title=None, axis=axis),
        y=alt.Y(
            "class:N", sort=classes, title="F1 by class, %", axis=alt.Axis(ticks=False, domain=False, labelFlush=False)
        ),
        tooltip=["run:N", "class:N", alt.Tooltip("F1:Q", format=".1%")],
    )
    colour = alt.Color("F1:Q", scale=alt.Scale(range=ONE_HUE, domain=[0, 1]), legend=None)
    ink = alt.condition("datum.F1 > 0.5", alt.value("white"), alt.value(INK))
    numbers = base.mark_text().encode(text="shown:N", color=ink)
    return alt.LayerChart(layer=[base.mark_rect(stroke="white").encode(color=colour), numbers]).properties(
        width=WIDTH, height=30 * len(classes) + AROUND // 2, title=title
    )


def class_title(f1: Mapping[str, Mapping[str, float]]) -> str:
    """The class with the lowest F1 and the one with the highest, and in how many of the runs they are that."""
    ends = []
    for name, choose in (("Lowest F1 by class:", min), ("highest:", max)):
        found = [choose(scores.items(), key=itemgetter(1))[0] for scores in f1.values()]
        label = max(dict.fromkeys(found), key=found.count)
        here = (
            percent(next(iter(f1.values()))[label], 1) if len(f1) == 1 else f"in {found.count(label)} of {len(f1)} runs"
        )
        ends.append(f"{name} {label} ({here})")
    return "; ".join(ends)


def _rows_of(pair: PairedTest, largest: float) -> list[dict[str, object]]:
    """Both cells of a pair."""
    low, high = pair.interval
    shade = sqrt(pair.difference / largest)
    same = {"significant": pair.significant, "p": pair.p_text}
    return [
        {
            "row": row,
            "column": column,
            "difference": _points(sign * pair.difference),
            "shade": sign * shade,
            "interval": " to ".join(_points(end).removeprefix("+") for end in ends),
            **same,
        }
        for row, column, sign, ends in (
            (pair.better, pair.other, 1, (low, high)),
            (pair.other, pair.better, -1, (-high, -low)),
        )
    ]


def _points(difference: float) -> str:
    """In percentage points, with its sign: "+3.2", "−0.4", "0.0"."""
    shown = f"{100 * difference:+.1f}"
    return "0.0" if shown[1:] == "0.0" else shown.replace("-", "−")
