"""Per class the words that a BERT attends to most: by the report's way of counting, and corrected, with evidence."""

import streamlit as st

from pages.ui import attention_controls, controls, frame, token_controls, token_views, tokens_found
from pages.ui.errors import errors_on_page

frame.open_page("tokens")

bar = st.container(horizontal=True, vertical_alignment="center")
source = controls.choose_one("Sentences from", token_controls.SOURCES, "tokens_source", bar)
with errors_on_page(), bar:
    record = attention_controls.choose_bert("tokens")
    options = token_controls.choose_options("tokens", labelled=source != token_controls.OWN)
with errors_on_page():
    found = tokens_found.find(source, record, options)
if found is None:
    st.stop()

views = {
    token_controls.LISTS: lambda: token_views.draw_lists(found.view, found.texts),
    token_controls.LADDER: lambda: token_views.draw_ladder(found.view),
    token_controls.REPORT: lambda: token_views.draw_report(found.view),
    token_controls.MASKING: lambda: token_views.draw_masking(found.masking),
    token_controls.AGREEMENT: lambda: token_views.draw_agreement(found.view),
}
with errors_on_page():
    views[controls.choose_view("tokens", list(views))]()
st.caption(found.said)
token_views.why()
