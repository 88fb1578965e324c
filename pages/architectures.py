"""Options -> a CNN: its drawing, what the last change did to it, its layers, its signal, first 100 steps and code."""

import streamlit as st

from pages.ui.architectures import change_view, first_steps_view, signal_view, views
from pages.ui.shared import cnn_controls, frame
from pages.ui.shared.errors import errors_on_page

VIEWS = {
    "Layers": views.draw_layers,
    "Activations & gradients at init": signal_view.draw_signal,
    "First 100 steps": first_steps_view.draw_first_steps,
    "Code": views.draw_code,
}
NETWORK_AND_OPTIONS = (14, 5)  # shares of the page's width

frame.open_page("architectures")

presets = st.container(horizontal=True, vertical_alignment="center")
network, options = st.columns(NETWORK_AND_OPTIONS, gap="medium")
with errors_on_page():
    config = cnn_controls.choose_architecture("architectures", presets, options)
    with network:
        views.draw_network(config)
for tab, draw in zip(st.tabs(list(VIEWS), key="architectures_view", bind="query-params"), VIEWS.values(), strict=True):
    if tab.open:
        with errors_on_page(), tab:
            draw(config)
with errors_on_page(), network:  # last: the numbers at step 0 take a forward pass, and the page stands before them
    change_view.draw_change(*change_view.last_change(views.options_of(config)))
