"""Per class the words that a BERT attends to most: by the report's procedure, and corrected, with examples."""

import streamlit as st

from pages.ui.shared import crude, frame, text_controls
from pages.ui.shared.errors import errors_on_page
from pages.ui.tokens import controls, ladder_view, results, views

frame.open_page("tokens")

bar = st.container(horizontal=True, vertical_alignment="bottom")
view = controls.choose_view(bar)
with errors_on_page(), bar.popover("Options", icon=":material/tune:", help=controls.HELP["options"]):
    source, part = controls.choose_source("tokens")
    record = text_controls.choose_bert("tokens", st.container())
    crude.switch("tokens")
    options = controls.choose_options("tokens", labelled=source != controls.OWN)
with errors_on_page():
    shown = results.find(source, part, record, options)
if shown is None:
    st.stop()

draw = {
    controls.LADDER: lambda: ladder_view.draw_ladder(shown.view),
    controls.LISTS: lambda: views.draw_lists(shown.view, shown.texts, bar),
    controls.REPORT: lambda: views.draw_report(shown.view),
    controls.MASKING: lambda: views.draw_masking(shown.masking, bar),
    controls.AGREEMENT: lambda: views.draw_agreement(shown.view),
}
with errors_on_page():
    draw[view]()
st.caption(shown.caption)
views.why()
