"""A word -> its neighbours, sums and place on the map, in a learned table beside Word2Vec's."""

import streamlit as st

from pages.ui import controls, embedding_views, frame, map_view, text_controls
from pages.ui.errors import errors_on_page

VIEWS = {
    "Neighbours": embedding_views.draw_neighbours,
    "Arithmetic": embedding_views.draw_arithmetic,
    "Map": map_view.draw_map,
}

frame.open_page("embeddings")

bar = st.container(horizontal=True, vertical_alignment="center")
view = controls.choose_one("View", list(VIEWS), "embeddings_view", bar)
with errors_on_page():
    with bar:
        records = text_controls.choose_tables("embeddings")
    VIEWS[view](records)
embedding_views.why(records)
