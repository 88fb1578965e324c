"""The Home page's first screen: a recorded training that is played once, and where to go from here."""

import streamlit as st

from ccds_core.config.lessons import LESSONS, STEPS
from ccds_core.data import digits
from ccds_core.figures.learning_curves import LiveAxes, live_lines
from ccds_core.jobs import lesson_answers, series
from ccds_core.jobs.lesson_answers import Steps
from pages.ui.home.tasks import Link
from pages.ui.shared import frame
from pages.ui.shared.charts import unchecked

LESSON, PLAYED = "plateau", "pair"  # what the button starts; what is played here, so that nothing is given away
FRAMES, TICK = 20, 0.4  # of the training, and the seconds of each
FRAME = "home_frame"  # how many of them were shown
TITLE = "Batch norm, trained on digits with batches of 16 images and of 2: which curve is which?"
HEIGHT = 330
START = (("train_lesson", LESSONS[LESSON].title), ("train_pictures", "Digits"))
ASKED = (("train_lesson", LESSONS[PLAYED].title), ("train_pictures", "Digits"))
DOORS = (
    Link("images", "Classify a photograph"),
    Link("attention", "Switch attention heads off"),
    Link("emotions", "Classify a sentence"),
    Link("architectures", "Change a network's layers"),
)
PRIVACY = "No account and no internet connection are needed. Nothing that you enter leaves this computer."


def draw_opening() -> None:
    """The training on the left; on the right what to press first."""
    picture, doors = st.columns([64, 36], gap="medium")
    with picture:
        steps = lesson_answers.recording(PLAYED)
        if steps:
            st.markdown(f"**{TITLE}**")
            done = st.session_state.get(FRAME, 0) >= FRAMES
            st.fragment(_draw_frame, run_every=None if done else TICK)(steps)
            frame.link("train", "Guess, and see the answer", ASKED)
    with doors:
        st.markdown("**Start here:** predict how an experiment ends, watch it, then train its networks yourself.")
        if st.button("Start the first experiment", type="primary", icon=":material/play_arrow:", key="home_start"):
            frame.go("train", START)
        st.markdown("Or go straight to")
        for door in DOORS:
            frame.link(door.page, door.label, door.query)
        st.caption(PRIVACY)


def _draw_frame(steps: Steps) -> None:
    """The curves up to the next frame; the names of the networks are what the visitor is to find out."""
    before = st.session_state.get(FRAME, 0)
    shown = st.session_state[FRAME] = min(FRAMES, before + 1)
    names = dict(zip(steps, ("network A", "network B"), strict=True))
    part = {names[label]: run[: STEPS * shown // FRAMES] for label, run in steps.items()}
    axes = LiveAxes("loss", len(digits.CLASSES), STEPS)
    chart = live_lines(series.points(part, "loss"), axes, list(part), TITLE)
    st.altair_chart(unchecked(chart, titled=False), key="home_training", alt=TITLE, height=HEIGHT)
    if before < shown == FRAMES:  # the page is drawn once more, without a next frame
        st.rerun()
