"""What the runs of a guided experiment showed: whether the prediction was right, how often it holds, and why."""

import streamlit as st

from ccds_core.config.lessons import LESSONS, STEPS
from ccds_core.jobs import lesson_answers
from ccds_core.jobs.lesson_answers import Steps
from pages.ui.shared.markdown import plain
from pages.ui.train.lesson_controls import PLAYING, guess_of

TO_DO = (
    "The first steps are shown. **Predict** how it goes on, and the {runs} are replayed; or press Play. "
    "**Train** does the same live: pause, change the learning rate, rewind and branch."
)


def draw_task(name: str, recorded: bool) -> None:
    """What to do before the answer is seen; or what was predicted, while it is played."""
    _say_recorded(recorded)
    guess = guess_of(name)
    text = TO_DO.format(runs="recorded runs" if recorded else "runs")
    st.info(f"Your prediction: **{plain(guess)}**" if guess else text, icon=":material/help:")


def draw_answer(name: str, steps: Steps, recorded: bool) -> None:
    """Whether these runs, which have all ended, did what the visitor predicted; and the explanation."""
    _say_recorded(recorded)
    lesson, guess = LESSONS[name], guess_of(name)
    answer = lesson_answers.answer(lesson, steps)
    ends = f"Loss at the end: {plain(lesson_answers.losses(steps))}."
    if guess is None:
        st.info(f"Answer: **{plain(answer)}**. {ends}", icon=":material/lightbulb:")
    elif guess in answer.split(", "):
        st.success(f"Your prediction was right: **{plain(answer)}**. {ends}", icon=":material/check_circle:")
    else:
        st.warning(
            f"You predicted {plain(guess)}; the answer is **{plain(answer)}**. {ends}", icon=":material/lightbulb:"
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Why?", icon=":material/help:"):
            st.markdown(lesson.reason)
            st.caption(f"{STEPS} steps each, in turns, with the images in the same order.")
        share = lesson_answers.read_share(name)
        if share:
            st.caption(
                f"On Digits, “{plain(lesson.shows)}” was the answer for {share.held} of {share.n} sets of seeds."
            )


def _say_recorded(recorded: bool) -> None:
    """What the curves are of, whatever data the button would train on."""
    if recorded:
        st.markdown(":blue-badge[Recorded on Digits]")


def title_of(name: str, steps: Steps, hidden: bool, quantity: str) -> str:
    """The chart's title where the comparison of the last values would tell too much, or not what was asked."""
    lesson = LESSONS[name]
    if hidden and guess_of(name) is None and not st.session_state.get(PLAYING):
        return f"Predict: {lesson.question[0].lower()}{lesson.question[1:]}"
    if lesson.asks == "same" and quantity == "loss":
        return f"{lesson_answers.answer(lesson, steps)}: the same loss at every step"
    return ""
