"""How far each other method orders the words of a class as the corrected measure does."""

import math
from collections.abc import Mapping

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, class_colours
from ccds_core.figures.titles import panel_title
from ccds_core.token_agreement import ListAgreement
from ccds_core.tokens import METHODS

WIDTH, ROW_HEIGHT = 190, 26  # pixels of a panel in a file, and of one class
FULL = 1.0  # the same order
Agreement = Mapping[str, Mapping[str, ListAgreement]]  # method -> class -> how far it agrees


def agreement_panels(agreement: Agreement) -> dict[str, alt.LayerChart]:
    """A chart per method, by its label: a bar per class, beside it how many of the first words both lists have."""
    lowest = min((found.rank_correlation for each in agreement.values() for found in each.values()), default=0.0)
    low = min(0.0, lowest) if math.isfinite(lowest) else 0.0
    return {
        title: _bars(found, low).properties(width=WIDTH, height=ROW_HEIGHT * len(found), title=panel_title(title))
        for title, found in ((METHODS[method].label, found) for method, found in agreement.items())
    }


def agreement_title(agreement: Agreement) -> str:
    """Which method comes nearest to the corrected measure, and which least, by the mean over classes."""
    means = {method: _mean(found) for method, found in agreement.items()}
    means = {method: mean for method, mean in means.items() if math.isfinite(mean)}
    if not means:
        return "Too few words stand in both lists to compare them"
    nearest, farthest = max(means, key=lambda name: means[name]), min(means, key=lambda name: means[name])
    first = f"Nearest to the corrected measure: {METHODS[nearest].label.lower()} ({means[nearest]:.2f})"
    return first + (
        f"; least near: {METHODS[farthest].label.lower()} ({means[farthest]:.2f})" if len(means) > 1 else ""
    )


def _mean(found: Mapping[str, ListAgreement]) -> float:
    known = [each.rank_correlation for each in found.values() if math.isfinite(each.rank_correlation)]
    return sum(known) / len(known) if known else math.nan


def _bars(found: Mapping[str, ListAgreement], low: float) -> alt.LayerChart:
    classes = tuple(found)
    rows = [
        {
            "class": name,
            "rank correlation": each.rank_correlation if math.isfinite(each.rank_correlation) else None,
            "after": max(0.0, each.rank_correlation) if math.isfinite(each.rank_correlation) else 0.0,
            "words in both": each.n_words,
            "shared": f"{len(each.shared)} of {each.k}",
        }
        for name, each in found.items()
    ]
    columns = ["class", "rank correlation", "after", "words in both", "shared"]
    base = alt.Chart(pd.DataFrame(rows, columns=columns)).encode(
        y=alt.Y("class:N", sort=list(classes), title=None, axis=alt.Axis(labelFontSize=13, ticks=False, minExtent=60)),
        tooltip=["class:N", alt.Tooltip("rank correlation:Q", format=".2f"), "words in both:Q", "shared:N"],
    )
    bars = base.mark_bar(height={"band": 0.72}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        x=alt.X(
            "rank correlation:Q",
            title="rank correlation (1 = same order)",
            scale=alt.Scale(domain=[low, 1.4 * FULL]),  # the rest is for the numbers beside the bars
            axis=alt.Axis(values=[0, 0.5, FULL], format=".1f"),
        ),
        color=alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=class_colours(classes)), legend=None),
    )
    shared = base.mark_text(align="left", dx=4, fontSize=12, fontWeight="bold", color=MARK_COLOUR).encode(
        x="after:Q", text="shared:N"
    )
    return alt.LayerChart(layer=[bars, shared])
