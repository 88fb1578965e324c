"""Recorded steps of runs that have ended, replayed on fixed axes: play, pause, or choose a step."""

from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from ccds_core.figures.learning_curves import LiveAxes, live_lines
from ccds_core.jobs import series
from ccds_core.jobs.lesson_answers import Steps
from pages.ui.shared import panels
from pages.ui.shared.charts import unchecked
from pages.ui.shared.errors import errors_on_page
from pages.ui.train.lesson_controls import PLAYING

FRAMES, TICK = 20, 0.4  # of a replay, and the seconds of each
SEEN = "train_seen"  # keys of the replays whose end this visitor has seen
LOW, HIGH = 350, 430  # pixels of the chart: with two cards it fits a projector, with more the page scrolls anyway


@dataclass(frozen=True)
class Curves:
    """Steps of runs by label, and the axes on which they are drawn."""

    steps: Steps
    axes: LiveAxes
    layer: str = ""  # where the quantity is measured per layer
    finding: str = ""  # the title, where it is not the comparison of the last values


def draw_curves(curves: Curves, upto: int | None = None) -> tuple[alt.LayerChart, pd.DataFrame]:
    """One quantity of all runs over their steps, up to one of them; the chart and its rows."""
    steps = {
        label: records if upto is None else [record for record in records if record.global_step <= upto]
        for label, records in curves.steps.items()
    }
    axes = curves.axes
    rows = series.points(steps, axes.quantity, curves.layer)
    title = curves.finding or series.chart_title(rows, axes.quantity, curves.layer, axes.n_classes)
    chart = live_lines(rows, axes, list(steps), title)
    st.altair_chart(unchecked(chart), key="train_chart", alt=title, height=LOW if len(steps) <= 3 else HIGH)
    return chart, rows


def is_hidden(key: str, guess: str | None) -> bool:
    """Whether the end of this replay is still to come: neither seen yet nor, after a reload, predicted before."""
    seen = key in st.session_state.setdefault(SEEN, set())
    return not seen and (guess is None or bool(st.session_state.get(PLAYING)))


def note_seen(key: str) -> None:
    """The end is seen, in a replay or live."""
    st.session_state.setdefault(SEEN, set()).add(key)


def draw_replay(key: str, curves: Curves, hidden: bool) -> None:
    """The curves up to a step. `hidden`: only their start, until they are played or a step is chosen."""
    last = max((records[-1].global_step for records in curves.steps.values() if records), default=1)
    place = f"train_at_{key}"
    first = max(1, last // FRAMES)
    playing = bool(st.session_state.get(PLAYING))
    if place not in st.session_state or (playing and st.session_state[place] >= last):
        st.session_state[place] = first if hidden or playing else last
    st.fragment(_draw_frame, run_every=TICK if playing else None)(key, curves, last, hidden, playing)


def _draw_frame(key: str, curves: Curves, last: int, hidden: bool, playing: bool) -> None:
    with errors_on_page():
        if bool(st.session_state.get(PLAYING)) != playing:
            st.rerun()  # the whole page, since it decides how often a frame follows
        place = f"train_at_{key}"
        if playing:
            st.session_state[place] = min(last, st.session_state[place] + max(1, last // FRAMES))
        above = st.container()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label, icon = ("Pause", ":material/pause:") if playing else ("Play", ":material/replay:")
            st.button(label, icon=icon, key="train_play", on_click=_toggle, help="Replay the steps of these runs.")
            step = st.slider("Step", 1, max(2, last), key=place, label_visibility="collapsed")
        with above:
            chart, rows = draw_curves(curves, step)
        if step >= last and (hidden or playing):
            st.session_state[PLAYING] = False
            note_seen(key)
            st.rerun()
        panels.exports("training", chart, rows, "train_export")


def _toggle() -> None:
    st.session_state[PLAYING] = not st.session_state.get(PLAYING)
