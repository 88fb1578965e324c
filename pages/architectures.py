"""Toggles -> a CNN: its picture, layers and code, the signal in it at step 0, and how its first steps go."""

from pages.ui import architecture_controls, architecture_views, controls, frame, signal_views, step_views
from pages.ui.errors import errors_on_page

VIEWS = {
    "Network": architecture_views.draw_network,
    "Code": architecture_views.draw_code,
    "Signal at step 0": signal_views.draw_signal,
    "First hundred steps": step_views.draw_first_steps,
}

frame.open_page("architectures")

with errors_on_page():
    config = architecture_controls.choose_architecture("architectures")
    VIEWS[controls.choose_view("architectures", list(VIEWS))](config)
