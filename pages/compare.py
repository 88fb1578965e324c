"""Any runs side by side: scores, curves, confusion, classes, options."""

import streamlit as st

from pages.ui import comparing, controls, frame, loaders
from pages.ui.errors import errors_on_page
from pages.ui.text import plain

VIEWS = {
    "Scores": comparing.draw_scores,
    "Curves": comparing.draw_curves,
    "Confusion": comparing.draw_confusion,
    "Classes": comparing.draw_classes,
    "Options and cost": comparing.draw_options,
}

frame.open_page("compare")

with errors_on_page():
    everything = loaders.load_runs()
task = controls.choose_one("Task", list(controls.TASKS), "compare_task")
records = controls.choose_runs("compare", everything, controls.TASKS[task])
for fault in loaders.load_damaged():
    st.warning(plain(fault))
if not records:
    st.info("Choose at least one run above. New ones come from: python -m ccds_core train --data digits.")
    st.stop()

with errors_on_page():
    VIEWS[controls.choose_view("compare", list(VIEWS))](records)
