"""A sentence -> the answers of every text model, and what each word did."""

import streamlit as st

from ccds_core.agreement import sureness_title
from ccds_core.answers import text_notices
from ccds_core.data.words import read_text_words
from ccds_core.figures.probability_bars import probability_bars
from pages.ui import controls, frame, many_texts, panels, text_controls, text_loaders, word_explaining, word_panels
from pages.ui.charts import draw_as_wide_as_it_is
from pages.ui.errors import errors_on_page
from pages.ui.text import plain

frame.open_page("emotions")

bar = st.container(horizontal=True, vertical_alignment="center")
source = controls.choose_one("Text from", text_controls.SOURCES, "emotions_source", bar)
with errors_on_page(), bar:
    records = text_controls.choose_text_runs("emotions")
if source == text_controls.MANY:
    many_texts.draw(records)
    st.stop()

text = text_controls.choose_sentence("emotions", source)
if text is None:
    st.stop()
if not text.strip():
    st.info("Write a sentence about how somebody feels. Ctrl + Enter, or a click beside the box, asks every model.")
    st.stop()
with errors_on_page():
    words = read_text_words(text)
    answers = text_loaders.answer_all(words, records)
    groups = word_panels.group_answers(answers)

for number, group in enumerate(groups):
    predictions = {name: answer.prediction for name, answer in group.items()}
    verdict = word_panels.judge_answers(group)
    st.subheader(plain(verdict.title))
    word_panels.warn(text_notices(text) if number == 0 else [], group)
    title = sureness_title(predictions)
    chart = probability_bars(predictions, title)
    draw_as_wide_as_it_is(chart, title, f"emotions_bars_{number}")
    word_panels.mention_unknown(group)
    with errors_on_page():
        word_explaining.draw_words(words, [record for record in records if record.name in group], verdict, number)
    with st.expander("The same as a table"):
        table = panels.answer_table(predictions)
        panels.table(table, percent=verdict.consensus.classes)
        panels.exports("emotions", chart, table, f"emotions_export_{number}")
word_panels.why(records)
