"""Toggles -> a CNN: its picture, its layers and its code, all beside architecture 1."""

from pages.ui import architecture_controls, architecture_views, controls, frame
from pages.ui.errors import errors_on_page

VIEWS = {
    "Network": architecture_views.draw_network,
    "Code": architecture_views.draw_code,
}

frame.open_page("architectures")

with errors_on_page():
    config = architecture_controls.choose_architecture("architectures")
    VIEWS[controls.choose_view("architectures", list(VIEWS))](config)
architecture_views.why()
