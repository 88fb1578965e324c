"""A sentence -> attention in every layer and head of an encoder, beside its answer; attributions; changes to either."""

import streamlit as st

from ccds_core.data.normalize import read_text_words
from pages.ui.attention import comparison_view, faithfulness_view, loaders, perturbation_controls, views
from pages.ui.attention import controls as attention_controls
from pages.ui.shared import controls, frame, text_controls
from pages.ui.shared.errors import errors_on_page

frame.open_page("attention")

bar = st.container(horizontal=True, vertical_alignment="center")
source = controls.choose_one("Text from", attention_controls.SOURCES, "attention_source", bar)
texts = attention_controls.choose_texts("attention", source, bar)
options = bar.popover("Options", icon=":material/tune:")
with errors_on_page(), options:
    record = text_controls.choose_bert("attention", options)
    look, maps = attention_controls.choose_look("attention")
if not all(text.strip() for text in texts):
    st.info("Write a sentence about a feeling to see what every attention head attends to.")
    st.stop()

with errors_on_page():
    sentences = tuple(tuple(read_text_words(text)) for text in texts)
    default = loaders.attend(sentences, record)
    prediction = default.answer.prediction
    shape = loaders.shape_of(record)
heads, answers = st.columns(attention_controls.HEADS_AND_ANSWERS, gap="medium")
with errors_on_page(), answers:
    bars = st.container()  # above the choices: they change it in sight
    changes = perturbation_controls.choose_changes("attention", texts, shape, options)
with errors_on_page(), options:
    target = attention_controls.choose_target("attention", prediction.classes, prediction.label)
    against = attention_controls.choose_comparison("attention", changes, len(sentences) > 1)
with errors_on_page():
    before = default if target == default.target else loaders.attend(sentences, record, target)
    after = comparison_view.attend_changed(sentences, record, target, changes)
    with bars:
        views.draw_answers(before, after)
        views.notices(before, texts[0])
    with heads:
        choice = comparison_view.Choice(record, sentences, look, maps, changes, against)
        grids, view = comparison_view.make_grids(before, after, choice)
        views.draw_grids(grids, "heads")
pinned, why, faithful, table = st.tabs(attention_controls.TABS, key="attention_tab", bind="query-params")
if pinned.open:
    with errors_on_page(), pinned:
        views.draw_grids(grids, "depth")
        views.draw_hidden(view)
if why.open:
    with why:
        views.why()
if faithful.open:
    with faithful:
        faithfulness_view.draw(sentences, record, target, changes.any)
if table.open:
    with table:
        views.draw_table(view)
