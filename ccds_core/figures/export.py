"""A chart as PNG or SVG bytes, drawn here without a browser and without a network."""

import io

import altair as alt

Chart = alt.LayerChart | alt.FacetChart | alt.ConcatChart | alt.VConcatChart
Spec = dict[str, object]  # a layered chart as Vega-Lite's JSON

PNG_SCALE = 2.0  # twice the chart's pixels, sharp on paper and projector


def chart_png(chart: Chart | Spec) -> bytes:
    """The chart on white as PNG."""
    buffer = io.BytesIO()
    _as_chart(chart).save(buffer, format="png", scale_factor=PNG_SCALE)
    return buffer.getvalue()


def chart_svg(chart: Chart | Spec) -> bytes:
    """The chart as SVG."""
    buffer = io.StringIO()
    _as_chart(chart).save(buffer, format="svg")
    return buffer.getvalue().encode()


def _as_chart(chart: Chart | Spec) -> Chart:
    return alt.LayerChart.from_dict(chart) if isinstance(chart, dict) else chart
