"""Charts as pages draw them: not checked against Vega-Lite's schema again on every rerun.

That check is two thirds of the time that Altair takes to write a chart out, and while it lasts every other visitor
waits. The tests of the pages switch it on.
"""

from typing import TYPE_CHECKING, cast

import streamlit as st

from ccds_core.figures.export import Chart

if TYPE_CHECKING:
    import altair as alt

CHECKED = False


class _Written:
    """What Streamlit asks of a chart."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def to_dict(self) -> dict[str, object]:
        return self._chart.to_dict(validate=CHECKED)


def unchecked(chart: Chart) -> "alt.Chart":
    """The chart for `st.altair_chart`."""
    return cast("alt.Chart", _Written(chart))


def draw_as_wide_as_it_is(chart: Chart, title: str, key: str) -> None:
    """A chart that keeps its width; where the window is narrower, as when zoomed, it alone scrolls sideways."""
    row = st.container(horizontal=True, wrap=False)
    row.altair_chart(unchecked(chart), width="content", key=key, alt=title)
