"""A chart as PNG or SVG bytes, drawn here without a browser and without a network."""

import io

import altair as alt

Chart = alt.LayerChart | alt.FacetChart | alt.ConcatChart | alt.VConcatChart

PNG_SCALE = 2.0  # twice the chart's pixels, sharp on paper and projector


def chart_png(chart: Chart) -> bytes:
    """The chart on white as PNG."""
    buffer = io.BytesIO()
    chart.save(buffer, format="png", scale_factor=PNG_SCALE)
    return buffer.getvalue()


def chart_svg(chart: Chart) -> bytes:
    """The chart as SVG."""
    buffer = io.StringIO()
    chart.save(buffer, format="svg")
    return buffer.getvalue().encode()
