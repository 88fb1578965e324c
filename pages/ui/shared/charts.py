"""Charts as pages draw them: not checked against Vega-Lite's schema again on every rerun.

That check is two thirds of the time that Altair takes to write a chart out, and while it lasts every other visitor
waits. The tests of the pages switch it on.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import streamlit as st

from ccds_core.figures.export import Chart, chart_spec
from pages.ui.shared.crude import on_screen
from pages.ui.shared.markdown import plain

if TYPE_CHECKING:
    import altair as alt

CHECKED = False
TOOLBAR = 44  # pixels above a chart, where Streamlit draws its buttons under the pointer


class _Written:
    """What Streamlit asks of a chart."""

    def __init__(self, chart: Chart, *, titled: bool) -> None:
        self._chart, self._titled = chart, titled

    def to_dict(self) -> dict[str, object]:
        spec = chart_spec(self._chart, validate=CHECKED)
        return spec if self._titled else {name: part for name, part in spec.items() if name != "title"}


def unchecked(chart: Chart, *, titled: bool = True) -> "alt.Chart":
    """The chart for `st.altair_chart`, with its title or without."""
    return cast("alt.Chart", _Written(chart, titled=titled))


def draw_in_rows(charts: "Mapping[str, alt.LayerChart]", key: str) -> None:
    """Charts by title that keep their size: as many in a row as the window has room for."""
    with st.container(horizontal=True):
        for number, (title, chart) in enumerate(charts.items()):
            whole = chart.properties(autosize="pad", padding=0)  # by "fit" the legend would stand in the chart
            st.altair_chart(unchecked(whole), width="content", key=f"{key}_{number}", alt=on_screen(title))


def draw_stretched(chart: "alt.LayerChart", title: str, key: str) -> None:
    """A chart as wide as its part of the page, its title above it in as many lines as that takes."""
    st.markdown(f"**{plain(title)}**")
    st.altair_chart(unchecked(chart, titled=False), height=int(chart.height), key=key, alt=on_screen(title))


def draw_as_wide_as_it_is(chart: Chart, title: str, key: str) -> None:
    """A chart that keeps its width; where the window is narrower, as on a phone, it alone scrolls sideways.

    Its title stands above it in as many lines as it takes. What scrolls is cut at its edges, so the space for the
    chart's buttons scrolls along.
    """
    st.markdown(f"**{plain(title)}**")
    row = st.container(horizontal=True, wrap=False).container(width="content", gap=None)
    row.space(TOOLBAR)
    row.altair_chart(unchecked(chart, titled=False), width="content", key=key, alt=on_screen(title))
