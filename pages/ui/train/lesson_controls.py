"""A guided experiment -> its choice, the start of its runs, its question, and the visitor's prediction."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config.lessons import LESSONS, STEPS
from ccds_core.config.run_config import RunConfig
from ccds_core.errors import CcdsError
from ccds_core.jobs import control
from ccds_core.jobs.queue import new_ending
from ccds_core.runs.disk_space import run_bytes
from pages.ui.shared.markdown import plain
from pages.ui.train import loaders

SHOWN = "train_runs"  # the runs that the charts show; in the URL
REFUSED = "train_refused"  # the error of the last click, shown after it
LATE = "train_late"  # why the last click did nothing, which is no error
PLAYING = "train_playing"  # whether recorded steps are being replayed
DATA_NAMES = {"Digits": "digits", "CIFAR-10": "cifar10"}  # the recordings are of the first


def choose_lesson(bar: DeltaGenerator) -> str:
    """The experiment, its images, and the button that starts it; returns its key."""
    name = bar.selectbox(
        "Experiment",
        list(LESSONS),
        format_func=lambda name: LESSONS[name].title,
        key="train_lesson",
        bind="query-params",
        label_visibility="collapsed",
        width=360,
    )
    lesson = LESSONS[name]
    data_name = choose_images(bar)
    configs = lesson.configs(name, data_name, "")
    size = sum(run_bytes(config) or 0 for config in configs) / 1e6
    bar.button(
        f"Train {len(configs)} networks",
        type="primary",
        icon=":material/play_arrow:",
        key="train_start",
        on_click=_start,
        args=(name, data_name),
        help=f"{STEPS} steps each, in turns, with the images in the same order. The runs write up to {size:.0f} MB.",
    )
    show_refused()
    return name


def guess_of(name: str) -> str | None:
    """What the visitor predicted for this experiment; None where nothing was."""
    guess: str | None = st.session_state.get(f"train_guess_{name}")
    return guess


def choose_images(bar: DeltaGenerator) -> str:
    """The name of the data set; CIFAR-10 can be chosen only where it is on disk."""
    available = list(DATA_NAMES) if loaders.has_cifar10() else ["Digits"]
    chosen = bar.segmented_control(
        "Images",
        available,
        default=available[0],
        required=True,
        key="train_pictures",
        bind="query-params",
        label_visibility="collapsed",
        help="Handwritten digits come with this app. CIFAR-10 must be on disk: python -m ccds_core data fetch.",
    )
    return DATA_NAMES[chosen or available[0]]


def start_runs(configs: Sequence[RunConfig], together: str = "") -> None:
    """Queue these runs and show them; an error on the page if one cannot be queued."""
    started = []
    forget_refused()
    try:
        for config in configs:
            control.start(config, together=together)
            started.append(config.name)
    except CcdsError as error:
        refuse(error)
    loaders.note_change()
    if started:
        st.session_state[SHOWN] = started


def refuse(error: CcdsError) -> None:
    """Show this error of a click until the visitor's next one: the page is drawn again many times before that."""
    st.session_state[REFUSED] = str(error)


def tell_late(state: str) -> None:
    """Say until the visitor's next click that the last one came too late: the run has this state now."""
    st.session_state[LATE] = f"Someone else was faster: the run is {state}."


def forget_refused() -> None:
    """The visitor has clicked again."""
    for key in (REFUSED, LATE):
        st.session_state.pop(key, None)


def show_refused() -> None:
    """Show why the last click did nothing."""
    for key, show in ((REFUSED, st.error), (LATE, st.info)):
        if message := st.session_state.get(key, ""):
            show(plain(message))


def ask(name: str) -> None:
    """The question of an experiment, and the answers that can be predicted; one click also plays what is there."""
    lesson = LESSONS[name]
    st.pills(
        f"**{lesson.question}**",
        lesson.answers,
        key=f"train_guess_{name}",
        bind="query-params",
        on_change=_play,
        help="Predict first: the runs then show whether you were right.",
        wrap=True,
    )


def _play() -> None:
    st.session_state[PLAYING] = True


def _start(name: str, data_name: str) -> None:
    """Start the experiment's runs, whose names end alike, and which train in turns."""
    ending = new_ending()
    start_runs(LESSONS[name].configs(name, data_name, ending), together=f"{name}-{ending}")
