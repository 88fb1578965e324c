"""One run as a card: its state, its progress, and its buttons."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.errors import CcdsError
from ccds_core.jobs import control, protocol
from ccds_core.jobs.status import JobStatus
from ccds_core.models.cnn_script import write_script
from ccds_core.models.recipe_script import DATA_CODE
from ccds_core.results import percent
from ccds_core.runs import records
from ccds_core.runs.records import WEIGHTS
from pages.ui.shared import frame
from pages.ui.shared.markdown import plain
from pages.ui.train import loaders
from pages.ui.train.lesson_controls import forget_refused, refuse, tell_late

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
FACTORS = {"÷ 10": 0.1, "÷ 2": 0.5, "reset": 1.0, "× 2": 2.0, "× 10": 10.0}
CODE = "This network with its data and hyperparameters as a script of its own, for a notebook or a terminal."
HELD = ("starting", "running", "paused")


def draw_card(status: JobStatus, label: str) -> DeltaGenerator:
    """State, progress and buttons of one run; returns the place of its progress, which is drawn again as it grows.

    The buttons are no part of what is drawn again: a click on one that is just being replaced would be lost.
    """
    with st.container(border=True, gap="small"):
        data = loaders.data_of(status.name)
        badge = f" :gray-badge[{plain(data)}]" if data else ""
        st.markdown(f"**{plain(label)}** :{COLOURS[status.state]}-badge[{status.state}]{badge}")
        slot = st.empty()
        draw_progress(status, slot)
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            _draw_buttons(status)
            if status.state == "finished":
                _draw_outcome(status.name)
    return slot


def _draw_outcome(name: str) -> None:
    """What can be done with a finished run: its test score, its weights, and the pages that take it up."""
    record = records.read_run(protocol.find_folder(name))
    config, score, text = record.card.config, record.metrics.test, record.task == "text"
    with st.popover("Results", type="tertiary"):
        if score is not None:
            low, high = percent(score.accuracy_low), percent(score.accuracy_high)
            st.markdown(f"Test accuracy **{percent(score.accuracy)}** (95 % interval {low} to {high}, n = {score.n})")
        page, models = ("emotions", "emotions_models") if text else ("images", "images_models")
        frame.link(page, "Try it on a sentence" if text else "Try it on an image", ((models, name),))
        task = (("compare_task", "Sentences"), ("compare_text_runs", name)) if text else (("compare_runs", name),)
        frame.link("compare", "See it in Compare", task)
        if record.has_weights:
            st.download_button(
                "Weights", (record.folder / WEIGHTS).read_bytes, f"{name}.safetensors",
                "application/octet-stream", key=f"train_weights_{name}", on_click="ignore",
            )  # fmt: skip
        if config.data.name in DATA_CODE and config.model == "cnn":
            st.download_button(
                "Code", lambda: write_script(config), f"{name}.py", "text/x-python",
                key=f"train_code_{name}", on_click="ignore", help=CODE,
            )  # fmt: skip


def draw_progress(status: JobStatus, slot: DeltaGenerator) -> None:
    """Steps, speed and time left."""
    slot.progress(_fraction(status), text=plain(_progress(status)))


def act(action: Callable[..., object], *arguments: object) -> None:
    """Run a button's action; an error is shown on the page."""
    forget_refused()
    try:
        action(*arguments)
    except CcdsError as error:
        refuse(error)
    loaders.note_change()


def _act_on_run(seen: JobStatus, action: Callable[..., object], *arguments: object) -> None:
    """Run a card's action. Where another viewer was faster and it no longer fits, say so: that is no error."""
    forget_refused()
    try:
        action(seen.name, *arguments)
    except CcdsError as error:
        now = _state_of(seen.name)
        if now == seen.state:
            refuse(error)
        else:
            tell_late(now)
    loaders.note_change()


def _state_of(name: str) -> str:
    try:
        return control.status(name).state
    except CcdsError:
        return "deleted"


def _draw_buttons(status: JobStatus) -> None:
    if status.state in ("starting", "running", "queued"):
        _button(status, "Pause", "After the current step", control.pause)
    elif status.state == "paused":
        _button(status, "Resume", "From the current step", control.play)
        _button(status, "Step one batch", "One optimizer step, then pause", control.step, "batch")
        _button(status, "Step one epoch", "To the end of this epoch, then pause", control.step, "epoch")
    elif status.state != "finished":
        _button(status, "Resume", "From the last finished epoch", control.resume)
    if status.state in (*HELD, "queued"):
        _button(status, "Stop", "Immediately; you can resume it from the last finished epoch", control.stop)
        _choose_learning_rate(status)
    else:
        with st.popover("Delete", type="tertiary"):
            st.markdown("Delete this run and its files? This cannot be undone.")
            _button(status, "Delete this run", "", control.delete)


def _choose_learning_rate(status: JobStatus) -> None:
    with st.popover("Learning rate", type="tertiary", help="Change the learning rate while the run continues"):
        st.caption("Multiply the scheduled learning rate, from the next step on.")
        for label, factor in FACTORS.items():
            st.button(
                label, key=f"train_rate_{factor}_{status.name}",
                on_click=_act_on_run, args=(status, control.set_rate, factor),
            )  # fmt: skip


def _button(status: JobStatus, label: str, help_: str, action: Callable[..., object], *arguments: str) -> None:
    key = f"train_{label.replace(' ', '_').lower()}_{status.name}"
    args = (status, action, *arguments)
    st.button(label, help=help_ or None, type="tertiary", key=key, on_click=_act_on_run, args=args)


def _fraction(status: JobStatus) -> float:
    """The fraction of all steps that are done."""
    total = status.n_steps * status.epochs
    return 1.0 if status.state == "finished" else min(1.0, status.steps_done / total) if total else 0.0


def _progress(status: JobStatus) -> str:
    """Steps done, speed, time left, and the message of its process."""
    done = f"{status.steps_done} of {status.n_steps * status.epochs} steps" if status.n_steps else ""
    if status.state == "running" and status.examples_per_second:
        done += f", {status.examples_per_second:.0f} examples/s"
        if status.seconds_left is not None:
            done += f", {_time(status.seconds_left)} left"
    return "; ".join(filter(None, (done, status.message))) or "starting"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
