"""A sentence -> every layer and head of a BERT, what the answer hung on, and what happens if either is changed."""

import streamlit as st

from ccds_core.data.words import read_text_words
from pages.ui import (
    attention_controls,
    attention_judging,
    attention_loaders,
    attention_views,
    change_controls,
    controls,
    frame,
    touching,
)
from pages.ui.errors import errors_on_page

frame.open_page("attention")

bar = st.container(horizontal=True, vertical_alignment="bottom")
source = controls.choose_one("Text from", attention_controls.SOURCES, "attention_source", bar)
with errors_on_page(), bar:
    record = attention_controls.choose_bert("attention")
    look, maps = attention_controls.choose_look("attention")
texts = attention_controls.choose_texts("attention", source)
if not all(text.strip() for text in texts):
    st.info("Write a sentence about how somebody feels, and every head of the BERT shows what it reads.")
    st.stop()

with errors_on_page():
    sentences = tuple(tuple(read_text_words(text)) for text in texts)
    unasked = attention_loaders.attend(sentences, record)
    likeliest = unasked.answer.prediction
touch, answers = st.columns([8, 7], gap="medium")
with errors_on_page(), touch:
    shape = attention_loaders.shape_of(record)
    changes = change_controls.choose_changes("attention", sum(sentences, ()), shape)
with errors_on_page(), bar:
    target = attention_controls.choose_target("attention", likeliest.classes, likeliest.prediction)
    against = attention_controls.choose_comparison("attention", changes, len(sentences) > 1)
with errors_on_page():
    before = unasked if target == unasked.target else attention_loaders.attend(sentences, record, target)
    after = touching.attend_changed(sentences, record, target, changes)
    with answers:
        attention_views.draw_answers(before, after)
        attention_views.notices(before)
    touching.draw_maps(before, after, touching.Choice(record, sentences, look, maps, changes, against))
attention_judging.draw(sentences, record, target, changes.any)
attention_views.why()
