"""A chart as PNG or SVG bytes, drawn here without a browser and without a network.

It stands alone: every chart and every page's export goes through it.
"""

from typing import cast

import altair as alt
import pandas as pd

from ccds_core.figures.palette import panel_title

Chart = alt.LayerChart | alt.FacetChart | alt.ConcatChart | alt.VConcatChart
Spec = dict[str, object]  # a layered chart as Vega-Lite's JSON

PNG_SCALE = 2.0  # twice the chart's pixels, sharp on paper and projector
TEXT = 14  # pixels of the smallest text, which a class reads from a projector
SIZES = {
    "axis": {"labelFontSize": TEXT, "titleFontSize": TEXT},
    "header": {"labelFontSize": TEXT, "titleFontSize": TEXT},
    "legend": {"labelFontSize": TEXT, "titleFontSize": TEXT},
    "text": {"fontSize": TEXT},
    "title": {"fontSize": 16, "subtitleFontSize": TEXT},
}
NUMBERS = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""], "percent": " %"}  # a d3 locale


def chart_spec(chart: Chart | Spec, validate: bool = True) -> Spec:
    """The chart as Vega-Lite's JSON; its axes and tooltips write "50 %", and no text is smaller than `TEXT`."""
    spec: Spec = chart if isinstance(chart, dict) else chart.to_dict(validate=validate)
    own = cast(Spec, spec.get("config", {}))  # Altair's own: the size of a view
    return spec | {"config": {**own, **SIZES, "locale": {"number": NUMBERS}}}


def panels_of(chart: alt.FacetChart) -> dict[str, alt.LayerChart]:
    """The panels of a faceted chart by title, in its order: each alone can be as wide as its part of a page."""
    facet = chart.facet if isinstance(chart.facet, alt.Facet) else chart.facet.column
    parts = cast(pd.DataFrame, chart.data).groupby(facet["shorthand"].split(":")[0])
    panels = {}
    for value in facet["sort"]:
        panels[value] = cast(alt.LayerChart, chart.spec).properties(title=panel_title(value))  # a copy
        panels[value].data = parts.get_group(value)
    return panels


def chart_png(chart: Chart | Spec) -> bytes:
    """The chart on white as PNG."""
    import vl_convert  # only who asks for a file pays for it

    with alt.data_transformers.disable_max_rows():
        return vl_convert.vegalite_to_png(chart_spec(chart), scale=PNG_SCALE)


def chart_svg(chart: Chart | Spec) -> bytes:
    """The chart as SVG."""
    import vl_convert

    with alt.data_transformers.disable_max_rows():
        return vl_convert.vegalite_to_svg(chart_spec(chart)).encode()
