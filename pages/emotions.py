"""A sentence -> the predictions of every text model, how far to trust them, and the attribution of each word."""

import streamlit as st

from ccds_core.data.normalize import read_text_words
from pages.ui.emotions import attribution_view, batch_view
from pages.ui.emotions import panels as emotions_panels
from pages.ui.shared import controls, crude, frame, text_controls, text_loaders
from pages.ui.shared.errors import errors_on_page

frame.open_page("emotions")

bar = st.container(horizontal=True, vertical_alignment="center")
source = controls.choose_one("Text from", text_controls.SOURCES, "emotions_source", bar)
example = bar.container(horizontal=True, width="stretch" if source == text_controls.WRITE else "content")
with errors_on_page(), bar.popover("Options", icon=":material/tune:"):
    records = text_controls.choose_text_runs("emotions")
    crude.switch("emotions")
if source == text_controls.MANY:
    batch_view.draw(records)
    st.stop()

text = text_controls.choose_sentence("emotions", source, example)
if text is None:
    st.stop()
if not text.strip():
    st.info("Write a sentence about a feeling. Enter, or Classify, runs every model.")
    st.stop()
with errors_on_page():
    words = read_text_words(text)
    answers = text_loaders.answer_all(words, records)
    groups = emotions_panels.group_answers(answers)

for number, group in enumerate(groups):
    verdict = emotions_panels.judge_answers(group)
    emotions_panels.draw_answers(text, group, verdict, number)
    with errors_on_page():
        attribution_view.draw_words(words, [record for record in records if record.name in group], verdict, number)
    emotions_panels.draw_table(group, verdict, number)
emotions_panels.why(records)
