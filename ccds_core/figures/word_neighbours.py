"""The nearest words of a word as bars of cosine, in the colour of the class they stand with."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, NO_CLASS_COLOUR, class_colours

NO_CLASS = "no class in particular"
ROW_HEIGHT = 26  # pixels
LONGEST = 1.1  # where the axis ends: a cosine is at most 1, and its number stands beside the bar
WIDTH, AROUND = 540, 120  # pixels; two tables fit side by side, and axis and legend below each


def neighbour_bars(
    neighbours: Sequence[tuple[str, float]], class_of: dict[str, str], classes: tuple[str, ...], title: str
) -> alt.LayerChart | alt.FacetChart:
    """One bar per word, the nearest first; `class_of` leaves out words of no class in particular."""
    data = pd.DataFrame(
        [{"word": word, "cosine": cosine, "class": class_of.get(word, NO_CLASS)} for word, cosine in neighbours]
    )
    domain = [*classes, NO_CLASS]
    colours = alt.Scale(domain=domain, range=[*class_colours(classes), NO_CLASS_COLOUR])
    base = alt.Chart(data).encode(
        y=alt.Y(
            "word:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelFontSize=14, labelLimit=140, labelOverlap=False, labelFlush=False, labelBound=False),
        ),
        x=alt.X(
            "cosine:Q",
            title="cosine",
            scale=alt.Scale(domain=[min(0.0, float(data["cosine"].min())), LONGEST]),
            axis=alt.Axis(values=[place / 5 for place in range(-5, 6)], format=".1f"),
        ),
    )
    bars = base.mark_bar(height={"band": 0.78}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        color=alt.Color(
            "class:N", scale=colours, legend=alt.Legend(title=None, orient="bottom", columns=4, symbolStrokeWidth=0)
        ),
        tooltip=["word:N", "class:N", alt.Tooltip("cosine:Q", format=".3f")],
    )
    numbers = base.mark_text(align="left", dx=3, fontSize=12, color=MARK_COLOUR).encode(
        text=alt.Text("cosine:Q", format=".2f")
    )
    return alt.layer(bars, numbers).properties(width=WIDTH, height=ROW_HEIGHT * len(data) + AROUND, title=title)
