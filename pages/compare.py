"""Runs side by side: scores, curves, confusion matrices, classes, hyperparameters and cost."""

import streamlit as st

from pages.ui.compare import controls, scores_view, views
from pages.ui.shared import frame, loaders
from pages.ui.shared.errors import errors_on_page
from pages.ui.shared.markdown import plain

frame.open_page("compare")

with errors_on_page():
    runs = loaders.load_runs()
bar = controls.open_bar()
records = controls.choose_runs(runs, controls.choose_task(bar), bar)
view = controls.choose_view(bar)
for fault in loaders.load_damaged():
    st.warning(plain(fault))
if not records:
    st.info("Choose at least one run above, or train a new one: python -m ccds_core train --data digits.")
    st.stop()

draw = {
    controls.SCORES: lambda: scores_view.draw_scores(records),
    controls.CURVES: lambda: views.draw_curves(records, bar),
    controls.CONFUSION: lambda: views.draw_confusion(records, bar),
    controls.CLASSES: lambda: views.draw_classes(records),
    controls.OPTIONS: lambda: views.draw_options(records),
}
with errors_on_page():
    draw[view]()
