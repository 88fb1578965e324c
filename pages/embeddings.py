"""A word -> its nearest neighbours, arithmetic and place on the map, in two embeddings side by side."""

import streamlit as st

from pages.ui.embeddings import map_view, views
from pages.ui.embeddings.controls import choose_tables
from pages.ui.embeddings.views import Places
from pages.ui.shared import controls, frame
from pages.ui.shared.errors import errors_on_page

VIEWS = {
    "Neighbours": views.draw_neighbours,
    "Arithmetic": views.draw_arithmetic,
    "Map": map_view.draw_map,
}

frame.open_page("embeddings")

bar = st.container(horizontal=True, vertical_alignment="center")
view = controls.choose_one("View", list(VIEWS), "embeddings_view", bar)
with errors_on_page():
    asked = bar.container(horizontal=True, width="content")  # the word stands before the options
    options = bar.popover("Options", icon=":material/tune:")
    with options:
        records = choose_tables("embeddings")
    VIEWS[view](records, Places(asked, options))
views.why(records)
