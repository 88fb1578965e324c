"""Runs under way: their curves on the same axes, how each stands, and the buttons that steer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core import jobs, live_series
from ccds_core.errors import CcdsError
from ccds_core.figures.live_lines import live_lines
from ccds_core.job_status import JobStatus
from ccds_core.live_series import QUANTITIES
from ccds_core.step_log import StepRecord
from pages.ui import controls, panels, run_cards, train_loaders
from pages.ui.charts import unchecked
from pages.ui.errors import errors_on_page
from pages.ui.lesson_controls import GUESSES, SHOWN
from pages.ui.text import plain

MOST = 5  # runs on the same axes
LOW, HIGH = 310, 440  # pixels of the chart: beside two cards it fits a projector, beside more the page scrolls anyway
EVERY = 1.0  # seconds between two looks while something moves,
SOON = 0.3  # and while there is no point to be seen yet
ENDED = ("finished", "failed")
MOVING = ("queued", "starting", "running")
Steps = Mapping[str, Sequence[StepRecord]]  # by the run's short name
NOTHING = (
    "No network was trained here yet. Press the button above: the curves of its networks will grow here, update by "
    "update, and you can pause, step, change the rate, go back and fork."
)


@dataclass(frozen=True)
class Axes:
    """What the chart shows: a key of `QUANTITIES`, and a layer where it is read in layers."""

    quantity: str
    layer: str


def choose_shown(bar: DeltaGenerator) -> list[str]:
    """The runs to look at: those started last, unless chosen otherwise."""
    there = [status.name for status in jobs.list_jobs() if status.updates_done or status.state in MOVING]
    if SHOWN in st.session_state:
        st.session_state[SHOWN] = [name for name in st.session_state[SHOWN] if name in there]
    if not there:
        return []
    with bar.popover("Runs", icon=":material/checklist:"):
        return st.multiselect(
            "Runs on the same axes", there[::-1], default=_last(there), max_selections=MOST, key=SHOWN,
            bind="query-params",
        )  # fmt: skip


def draw_live(names: Sequence[str], bar: DeltaGenerator) -> None:
    """The chart and the cards, drawn again every second while something moves."""
    _wake_worker()  # warm when the button is pressed
    if not names:
        st.info(NOTHING)
        return
    labels = live_series.short_names(names)
    axes = _choose_axes({labels[name]: train_loaders.load_steps(name) for name in names}, bar)
    pace = _pace(names)
    st.fragment(_draw_once, run_every=pace)(labels, axes, pace)


def _wake_worker() -> None:
    """Where it cannot be started, the runs are still shown: one of them may be removed to make room."""
    try:
        jobs.ensure_worker()
    except CcdsError as error:
        st.warning(plain(str(error)))


def _pace(names: Sequence[str]) -> float | None:
    """Seconds to the next look; None when nothing moves."""
    if not any(jobs.status(name).state in MOVING for name in names):
        return None
    return EVERY if any(train_loaders.load_steps(name) for name in names) else SOON


def _choose_axes(steps: Steps, bar: DeltaGenerator) -> Axes:
    """Which quantity, and in which layer where it is read in layers."""
    labels = {what.label: name for name, what in QUANTITIES.items()}
    quantity = labels[controls.choose_one("Quantity", list(labels), "train_quantity", bar)]
    layers = live_series.layers_of(steps, quantity) if QUANTITIES[quantity].by_layer else []
    if not layers:
        return Axes(quantity, "")
    chosen = bar.selectbox(
        "Layer", layers, key="train_layer", bind="query-params", label_visibility="collapsed", width=110
    )
    return Axes(quantity, chosen)


def _draw_once(labels: Mapping[str, str], axes: Axes, pace: float | None) -> None:
    with errors_on_page():
        _wake_worker()  # what is queued outlives the worker
        statuses = [jobs.status(name) for name in labels]
        steps = {label: train_loaders.load_steps(name) for name, label in labels.items()}
        if _pace(list(labels)) != pace:
            st.rerun()  # the timer changes with the page's next run
        _reveal(statuses, labels, steps)
        left, right = st.columns([69, 31], gap="small")
        with left:
            chart, rows = _draw_chart(steps, axes, max(train_loaders.count_classes(name) for name in labels))
            if pace is None:
                panels.exports("training", chart, rows, "train_export")
        with right:
            for status in statuses:
                run_cards.draw_card(status, labels[status.name])


def _draw_chart(steps: Steps, axes: Axes, n_classes: int) -> tuple[alt.LayerChart, pd.DataFrame]:
    """One quantity of all runs over their updates; the chart and its rows."""
    rows = live_series.points(steps, axes.quantity, axes.layer)
    title = live_series.finding(rows, axes.quantity, axes.layer, n_classes)
    chart = live_lines(rows, axes.quantity, list(steps), title, n_classes)
    st.altair_chart(unchecked(chart), key="train_chart", alt=title, height=LOW if len(steps) <= 2 else HIGH)
    return chart, rows


def _reveal(statuses: Sequence[JobStatus], labels: Mapping[str, str], steps: Steps) -> None:
    """Predict, then reveal: whether the guess made before the start was right."""
    guesses: dict[tuple[str, ...], str] = st.session_state.get(GUESSES, {})
    guess = guesses.get(tuple(status.name for status in statuses))
    if guess is None:
        return
    if any(status.state not in ENDED for status in statuses):
        st.caption(f"You guessed that {plain(labels[guess])} ends lowest. We shall see.")
        return
    ended = [labels[status.name] for status in statuses if status.state == "finished"]
    best = live_series.lowest({name: steps[name] for name in ended})
    said = plain(" and ".join(best))
    if labels[guess] in best:
        st.success(f"You guessed right: {said} ended lowest.")
    else:
        st.warning(f"You guessed {plain(labels[guess])}; {said} ended lowest.")


def _last(names: Sequence[str]) -> list[str]:
    """The runs that were started with the last one: a lesson's share their number."""
    number = names[-1].rpartition("-")[2]
    return [name for name in names if name.rpartition("-")[2] == number][-MOST:]
