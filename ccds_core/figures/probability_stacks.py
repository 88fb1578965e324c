"""Class probabilities of several models for one input: a bar of 100 % per model, divided by class."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, class_colours, legend_columns
from ccds_core.results import Prediction, percent

ROW_HEIGHT = 38  # pixels of a model
FULL_ROW, HALF_ROW = 6, 5  # names in a row of the legend, at most
LETTER = 7.4  # pixels of one letter in a part, on average: a word that does not fit is left out
LIGHTEST = 0.179  # relative luminance above which black has more contrast on a colour than white (WCAG 2)


def probability_stacks(predictions: Mapping[str, Prediction], title: str = "", bold: str = "") -> alt.LayerChart:
    """One row per model, as wide as it may be; all must know the same classes. `bold`: the name that stands out."""
    classes = next(iter(predictions.values())).classes
    colours = class_colours(classes)
    base = alt.Chart().encode(
        y=alt.Y(
            "model:N",
            sort=list(predictions),
            title=None,
            axis=alt.Axis(
                labelLimit=160,
                labelOverlap=False,
                domain=False,
                ticks=False,
                labelFontWeight=alt.condition(alt.datum.value == bold, alt.value("bold"), alt.value("normal")),
            ),
            scale=alt.Scale(paddingInner=0.22, paddingOuter=0.1),
        ),
        x=alt.X(
            "start:Q",
            scale=alt.Scale(domain=[0, 1], nice=False),
            title="probability",
            axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1], grid=False),
        ),
    )
    columns = FULL_ROW if len(classes) <= FULL_ROW else HALF_ROW
    legend = alt.Legend(
        title=None,
        orient="bottom",
        columns=legend_columns(classes, columns),
        symbolStrokeWidth=0,
    )
    # outlined, since no colour of a class is seen equally well on white and on the dark theme
    bars = base.mark_bar(stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        x2="end:Q",
        color=alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=colours), legend=legend),
        tooltip=[alt.Tooltip("model:N"), alt.Tooltip("class:N"), alt.Tooltip("probability:Q", format=".1%")],
    )
    words = (
        base.mark_text(fontWeight="bold", align="center")
        .encode(x="middle:Q", text="written:N", color=alt.Color("ink:N", scale=None))
        .transform_filter(f"datum.probability * width > {LETTER} * length(datum.written)")
    )
    chart = alt.LayerChart(
        layer=[bars, words], data=pd.DataFrame(_rows(predictions, dict(zip(classes, colours, strict=True))))
    )
    chart = chart.properties(height=ROW_HEIGHT * len(predictions))
    return chart.properties(title=title) if title else chart


def _rows(predictions: Mapping[str, Prediction], colours: Mapping[str, str]) -> list[dict[str, object]]:
    """One per part of a bar."""
    rows: list[dict[str, object]] = []
    for model, prediction in predictions.items():
        start = 0.0
        for name, value in zip(prediction.classes, prediction.probabilities.tolist(), strict=True):
            end = min(1.0, start + value)
            rows.append(
                {"model": model, "class": name, "probability": value, "start": start, "end": end,
                 "middle": (start + end) / 2, "written": f"{name} {percent(value)}", "ink": _ink(colours[name])}
            )  # fmt: skip
            start = end
    return rows


def _ink(colour: str) -> str:
    """Black or white, whichever is read better on a colour ("#rrggbb")."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > LIGHTEST else "#ffffff"
