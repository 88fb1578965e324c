"""A lesson -> its question, a guess, and the start of its runs."""

import time
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core import jobs
from ccds_core.config import RunConfig
from ccds_core.errors import CcdsError
from ccds_core.lessons import LESSONS, UPDATES, Lesson
from pages.ui import train_loaders
from pages.ui.text import plain

SHOWN = "train_runs"  # the runs that the charts show; in the URL
REFUSED = "train_refused"  # what could not be started, said after the click
GUESSES = "train_guesses"  # one record of `Guess` for each lesson that was started here with a guess
NO_GUESS = "No guess"
DATA_NAMES = {"CIFAR-10": "cifar10", "Digits": "digits"}


def choose_lesson(bar: DeltaGenerator) -> None:
    """Which lesson, on which pictures; the guess; and the button that starts it."""
    name = bar.selectbox(
        "Lesson",
        list(LESSONS),
        format_func=lambda name: LESSONS[name].title,
        key="train_lesson",
        bind="query-params",
        label_visibility="collapsed",
        width=360,
    )
    lesson = LESSONS[name]
    data_name = choose_pictures(bar)
    start = bar.empty()
    guess = _ask(name, lesson)
    start.button(
        f"Train {len(lesson.entries)} networks",
        type="primary",
        icon=":material/play_arrow:",
        key="train_start",
        on_click=_start,
        args=(name, data_name, guess),
    )
    tell_refused()


def choose_pictures(bar: DeltaGenerator) -> str:
    """ "cifar10" or "digits": the first where it is on disk."""
    there = list(DATA_NAMES) if train_loaders.has_cifar10() else ["Digits"]
    shown = bar.segmented_control(
        "Pictures",
        there,
        default=there[0],
        required=True,
        key="train_pictures",
        bind="query-params",
        label_visibility="collapsed",
        help="Handwritten digits come with this app; CIFAR-10 is used where it is on disk ('data fetch').",
    )
    return DATA_NAMES[shown or there[0]]


def start_runs(configs: Sequence[RunConfig]) -> bool:
    """Queue these runs and show them; False, and a sentence for the page, if one could not be."""
    started = []
    try:
        for config in configs:
            jobs.start(config)
            started.append(config.name)
    except CcdsError as error:
        st.session_state[REFUSED] = str(error)
    if started:
        st.session_state[SHOWN] = started
    return len(started) == len(configs)


def tell_refused() -> None:
    """What the last click could not do."""
    if said := st.session_state.pop(REFUSED, ""):
        st.error(plain(said))


def _ask(name: str, lesson: Lesson) -> str | None:
    """The lesson's question and its reason; the label of the entry that the visitor guesses to end lowest."""
    bar = st.container(horizontal=True, vertical_alignment="center")
    bar.markdown(f"**{lesson.asks}**", width="content")
    labels = [entry.label for entry in lesson.entries]
    guess = bar.segmented_control(
        "Your guess", [*labels, NO_GUESS], default=NO_GUESS, required=True, key=f"train_guess_{name}",
        label_visibility="collapsed",
    )  # fmt: skip
    with bar.popover("Why?"):
        st.markdown(lesson.reason)
        st.caption(f"{UPDATES} updates each, from the same first weights, with the pictures in the same order.")
    return None if guess in (None, NO_GUESS) else guess


def _start(name: str, data_name: str, guess: str | None) -> None:
    """The lesson's runs under names that nobody has: their number is the time of day."""
    configs = LESSONS[name].configs(name, data_name, int(time.strftime("%m%d%H%M%S")))
    if start_runs(configs) and guess is not None:
        labels = [entry.label for entry in LESSONS[name].entries]
        chosen = configs[labels.index(guess)].name
        guesses = st.session_state.setdefault(GUESSES, {})
        guesses[tuple(config.name for config in configs)] = chosen
