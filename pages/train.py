"""A lesson or networks of one's own, trained in another process; watched, paused, gone back to and forked."""

import streamlit as st

from pages.ui import controls, frame, lesson_controls, own_run_controls, train_history, train_views
from pages.ui.errors import errors_on_page

VIEWS = {"Watch": train_views.draw_live, "Go back and fork": train_history.draw_history}
CHOICES = {"A lesson": lesson_controls.choose_lesson, "Networks of my own": own_run_controls.choose_own}

frame.open_page("train")

bar = st.container(horizontal=True, vertical_alignment="bottom")
with errors_on_page():
    CHOICES[controls.choose_one("Train", list(CHOICES), "train_what", bar)](bar)
with errors_on_page():
    bar = st.container(horizontal=True, vertical_alignment="center")
    view = controls.choose_one("View", list(VIEWS), "train_view", bar)
    VIEWS[view](train_views.choose_shown(bar), bar)
