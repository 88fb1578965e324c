"""Several models' answers to one picture, as bars side by side."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, class_colours
from ccds_core.results import Prediction

PANELS_WIDTH = 770  # pixels of all panels beside one another: with the class names they fit a 1280-pixel projector
WIDEST_PANEL = 190  # pixels; six of them have 128
ROW_HEIGHT = 24  # pixels
PANELS_A_ROW = 6
SMALLEST_LABELLED = 0.05  # shares below are not written out


def probability_bars(predictions: Mapping[str, Prediction], title: str) -> alt.FacetChart:
    """One panel per model, one bar per class in the class's colour; all models must know the same classes."""
    width = min(WIDEST_PANEL, PANELS_WIDTH // min(PANELS_A_ROW, len(predictions)))
    header = alt.Header(title=None, labelFontSize=13, labelFontWeight="bold", labelLimit=width + 20)
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
    """One answer alone, as wide as it may be."""
    return _bars({name: prediction}).properties(title=title)


def _bars(predictions: Mapping[str, Prediction]) -> alt.LayerChart:
    """The bars of all answers over one another, to be parted by "model"."""
    classes = next(iter(predictions.values())).classes
    rows = [
        {"model": model, "class": name, "probability": float(probability), "top": name == prediction.prediction}
        for model, prediction in predictions.items()
        for name, probability in zip(prediction.classes, prediction.probabilities, strict=True)
    ]
    base = alt.Chart().encode(
        y=alt.Y(
            "class:N",
            sort=list(classes),
            title=None,
            axis=alt.Axis(labelLimit=120, labelFontSize=13, labelOverlap=False),
        ),
        x=alt.X(
            "probability:Q",
            scale=alt.Scale(domain=[0, 1.18]),
            title="probability",
            axis=alt.Axis(format=".0%", values=[0, 0.5, 1], grid=True),
        ),
    )
    # outlined, since no colour of a class is seen equally well on white and on the dark theme
    bars = base.mark_bar(height={"band": 0.78}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        color=alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=class_colours(classes)), legend=None),
        opacity=alt.condition("datum.top", alt.value(1.0), alt.value(0.75)),
        tooltip=[alt.Tooltip("model:N"), alt.Tooltip("class:N"), alt.Tooltip("probability:Q", format=".1%")],
    )
    labels = base.mark_text(align="left", dx=3, fontSize=12, fontWeight="bold", color=MARK_COLOUR).encode(
        text=alt.Text("probability:Q", format=".0%")
    )
    labels = labels.transform_filter(alt.datum.probability >= SMALLEST_LABELLED)
    return alt.LayerChart(layer=[bars, labels], data=pd.DataFrame(rows)).properties(height=ROW_HEIGHT * len(classes))
