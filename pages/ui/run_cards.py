"""One run in a card: how it stands, how far it is, and the buttons that steer it."""

from collections.abc import Callable

import streamlit as st

from ccds_core import jobs
from ccds_core.errors import CcdsError
from ccds_core.job_status import JobStatus
from pages.ui.lesson_controls import REFUSED
from pages.ui.text import plain

COLOURS = {
    "queued": "gray",
    "starting": "blue",
    "running": "blue",
    "paused": "orange",
    "stopped": "gray",
    "interrupted": "orange",
    "finished": "green",
    "failed": "red",
}
FACTORS = {"÷ 10": 0.1, "÷ 2": 0.5, "as set": 1.0, "× 2": 2.0, "× 10": 10.0}
HELD = ("starting", "running", "paused")


def draw_card(status: JobStatus, label: str) -> None:
    """State, progress and buttons of one run."""
    with st.container(border=True, gap="small"):
        st.markdown(f"**{plain(label)}** :{COLOURS[status.state]}-badge[{status.state}]")
        st.progress(_share(status), text=plain(_progress(status)))
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            _draw_buttons(status)


def act(action: Callable[..., None], *arguments: object) -> None:
    """A button's work; what the core refuses is said on the page."""
    try:
        action(*arguments)
    except CcdsError as error:
        st.session_state[REFUSED] = str(error)


def _draw_buttons(status: JobStatus) -> None:
    name = status.name
    if status.state in ("starting", "running", "queued"):
        _button("Pause", "After the update under way", jobs.pause, name)
    elif status.state == "paused":
        _button("Go on", "From where it stands", jobs.play, name)
        _button("1 batch", "One update, then pause", jobs.step, name, "batch")
        _button("1 epoch", "To the end of this epoch, then pause", jobs.step, name, "epoch")
    elif status.state != "finished":
        _button("Resume", "From the last finished epoch", jobs.resume, name)
    if status.state in (*HELD, "queued"):
        _button("Stop", "At once; it can be resumed from the last finished epoch", jobs.stop, name)
        _choose_rate(name)
    else:
        _button("Remove", "This run and its files", jobs.delete, name)


def _choose_rate(name: str) -> None:
    with st.popover("Rate", type="tertiary", help="Change the learning rate; the run goes on"):
        st.caption("Learning rate against what the recipe says, from the next update on.")
        for label, factor in FACTORS.items():
            st.button(label, key=f"train_rate_{factor}_{name}", on_click=act, args=(jobs.set_rate, name, factor))


def _button(label: str, says: str, action: Callable[..., None], *arguments: str) -> None:
    key = f"train_{label.replace(' ', '_').lower()}_{arguments[0]}"
    st.button(label, help=says, type="tertiary", key=key, on_click=act, args=(action, *arguments))


def _share(status: JobStatus) -> float:
    """Of all updates, those done."""
    total = status.n_steps * status.epochs
    return 1.0 if status.state == "finished" else min(1.0, status.updates_done / total) if total else 0.0


def _progress(status: JobStatus) -> str:
    """How far it is, how fast, and what its process says."""
    done = f"{status.updates_done} of {status.n_steps * status.epochs} updates" if status.n_steps else ""
    if status.state == "running":
        done += f", {status.examples_per_second:.0f} examples a second"
        if status.seconds_left is not None:
            done += f", {_time(status.seconds_left)} left"
    return "; ".join(filter(None, (done, status.said))) or "begins"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
