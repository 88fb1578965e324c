"""Class probabilities of several models for one input, as bars side by side."""

import json
from collections.abc import Mapping

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, class_colours
from ccds_core.results import Prediction, percent

PANELS_WIDTH = 770  # pixels of all panels beside one another: with the class names they fit a 1280-pixel projector
WIDEST_PANEL = 190  # pixels; six of them have 128
ROW_HEIGHT = 24  # pixels
ROOM, PAIR_ROOM = 1.18, 1.4  # end of the scale: what is written behind a bar of 100 % is still seen
PAIR_HEIGHT = 25  # pixels of a class with one bar or two: a change moves nothing else on the page
PANELS_A_ROW = 6
PALE = 0.4  # opacity
SMALLEST_LABELLED = 0.05  # a smaller probability is not written out where panels are narrow
FINE = 0.1  # a smaller one is written with a digit more: what a change does to it is seen


def probability_bars(predictions: Mapping[str, Prediction], title: str) -> alt.FacetChart:
    """One panel per model, one bar per class in the class's colour; all models must know the same classes."""
    width = min(WIDEST_PANEL, PANELS_WIDTH // min(PANELS_A_ROW, len(predictions)))
    header = alt.Header(title=None, labelFontWeight="bold", labelLimit=width + 20)
    return (
        _bars(predictions)
        .properties(width=width)
        .facet(
            facet=alt.Facet("model:N", sort=list(predictions), header=header),
            columns=min(PANELS_A_ROW, len(predictions)),
            title=title,
            spacing=14,
        )
    )


def answer_bars(name: str, prediction: Prediction, title: str) -> alt.LayerChart:
    """One prediction alone, as wide as it may be. Title and axis say that these are probabilities."""
    height = PAIR_HEIGHT * len(prediction.classes)
    return _bars({name: prediction}, room=PAIR_ROOM, axis_title=None).properties(title=title, height=height)


def change_bars(answers: Mapping[str, Prediction], title: str) -> alt.LayerChart:
    """Two predictions for the same classes, by name: the first one pale above the second. As high as `answer_bars`."""
    before, after = answers
    heading = alt.TitleParams(title, subtitle=f"pale: {before}; full colour: {after}", subtitleColor=MARK_COLOUR)
    height = PAIR_HEIGHT * len(answers[before].classes)
    return _bars(answers, room=PAIR_ROOM, axis_title=None, pale=before).properties(title=heading, height=height)


def _bars(
    predictions: Mapping[str, Prediction], room: float = ROOM, axis_title: str | None = "probability", pale: str = ""
) -> alt.LayerChart:
    """The bars of all models over one another, to be faceted by "model"; `pale`: the one above the other, if any."""
    classes = next(iter(predictions.values())).classes
    base = alt.Chart().encode(
        y=alt.Y(
            "class:N",
            sort=list(classes),
            title=None,
            axis=alt.Axis(labelLimit=120, labelOverlap=False),
        )
    )
    scale = alt.Scale(domain=[0, room])
    axis = alt.Axis(format=".0%", values=[0, 0.5, 1], grid=True)
    shown = f"datum.model != {json.dumps(pale)}" if pale else "datum.top"
    # outlined, since no colour of a class is seen equally well on white and on the dark theme
    bars = base.mark_bar(height={"band": 0.78}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        x=alt.X("probability:Q", scale=scale, title=axis_title, axis=axis),
        color=alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=class_colours(classes)), legend=None),
        opacity=alt.condition(shown, alt.value(1.0), alt.value(PALE if pale else 0.75)),
        tooltip=[alt.Tooltip("model:N"), alt.Tooltip("class:N"), alt.Tooltip("probability:Q", format=".1%")],
    )
    if pale:
        offset = alt.YOffset("model:N", sort=list(predictions), scale=alt.Scale(paddingInner=0.1))
        bars = bars.encode(yOffset=offset)
    labels = base.mark_text(align="left", dx=3, fontWeight="bold", color=MARK_COLOUR).encode(
        x=alt.X("end:Q", scale=scale, title=axis_title, axis=axis), text="written:N"
    )
    alone = room == PAIR_ROOM
    if not alone:
        labels = labels.transform_filter(alt.datum.end >= SMALLEST_LABELLED)
    rows = pd.DataFrame(_rows(predictions, pale, FINE if alone else 0.0))
    return alt.LayerChart(layer=[bars, labels], data=rows).properties(height=ROW_HEIGHT * len(classes))


def _rows(predictions: Mapping[str, Prediction], pale: str, fine: float) -> list[dict[str, object]]:
    """One per bar. `written` stands behind the bar, at `end`; of a pair behind the longer one, once for both.

    Below `fine` a probability is written with a digit more.
    """
    rows: list[dict[str, object]] = []
    for model, prediction in predictions.items():
        for place, name in enumerate(prediction.classes):
            value = float(prediction.probabilities[place])
            row = {"model": model, "class": name, "probability": value, "top": name == prediction.label}
            written, end = percent(value, int(value < fine)), value
            if pale:
                first = float(predictions[pale].probabilities[place])
                written, end = f"{percent(first, int(first < fine))} → {written}", max(first, value)
            rows.append({**row, "written": "" if model == pale else written, "end": end})
    return rows
