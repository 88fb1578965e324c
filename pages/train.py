"""A guided experiment or the visitor's own network, trained in another process: watch, pause, rewind and branch."""

import streamlit as st

from pages.ui.shared import controls, frame
from pages.ui.shared.errors import errors_on_page
from pages.ui.train import history_view, lesson_controls, live_view, own_run_controls

WATCH, REWIND = "Watch", "Rewind & branch"
CHOICES = {"Guided experiment": lesson_controls.choose_lesson, "Your network": own_run_controls.choose_network}

frame.open_page("train")

bar = st.container(horizontal=True, vertical_alignment="center")
with errors_on_page():
    scope = CHOICES[controls.choose_one("Train", list(CHOICES), "train_what", bar)](bar)
with errors_on_page():
    bar = st.container(horizontal=True, vertical_alignment="center", wrap=False)  # a phone scrolls it
    view = controls.choose_one("View", [WATCH, REWIND], "train_view", bar)
    names = live_view.choose_shown(scope, bar)
    if view == WATCH:
        live_view.draw_live(names, scope, bar)
    else:
        history_view.draw_history(names, bar)
