"""How much truer than random order each measure is, over many rows: means with their intervals."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from ccds_core.faithfulness import MeanGain
from ccds_core.figures.erasure_curves import GAIN_HEIGHT, GAIN_WIDTH, GAINS
from ccds_core.figures.palette import MARK_COLOUR, OUR_COLOUR

NARROWEST = 0.02  # half the axis at least, in probability


def gain_dots(measures: Mapping[str, tuple[MeanGain, MeanGain]], title: str) -> alt.FacetChart:
    """Measure -> its two mean gains (comprehensiveness, sufficiency), a dot with a 95 % interval each."""
    rows = [
        {"measure": name, "kind": said, "gain": found.mean, "low": found.low, "high": found.high, "n": found.n}
        for name, both in measures.items()
        for said, found in zip(GAINS.values(), both, strict=True)
    ]
    found_all = [found for both in measures.values() for found in both]
    low = min(-NARROWEST, *(found.low for found in found_all))
    high = max(NARROWEST, *(found.high for found in found_all))
    scale = alt.Scale(domain=[low, high])
    base = alt.Chart().encode(
        y=alt.Y("measure:N", sort=list(measures), title=None, axis=alt.Axis(labelFontSize=13, labelLimit=220)),
        tooltip=["measure:N", "n:Q", *(alt.Tooltip(f"{at}:Q", format="+.1%") for at in ("gain", "low", "high"))],
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
        width=GAIN_WIDTH, height=GAIN_HEIGHT * len(measures)
    )
    header = alt.Header(title=None, labelFontSize=13, labelFontWeight="bold")
    return panel.facet(column=alt.Column("kind:N", sort=list(GAINS.values()), header=header), title=title, spacing=48)
