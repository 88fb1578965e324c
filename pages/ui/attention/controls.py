"""Widgets -> sentences, the display of tokens, the target class, and the comparison of maps."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.explain.attention_view import Look
from pages.ui.attention.perturbation_controls import Changes
from pages.ui.shared import controls
from pages.ui.shared.markdown import plain
from pages.ui.shared.text_controls import FAITHFUL, write_out_example

EXAMPLES, WRITE, PAIR = "Examples", "Write", "Two sentences"
SOURCES = (EXAMPLES, WRITE, PAIR)
ALONE, BEFORE, UNTUNED, OTHER = (
    "–",
    "Original sentence",
    "Encoder before fine-tuning",
    "Another sentence",
)
TABS = ("Pinned heads", "Is attention an explanation?", FAITHFUL, "Table of words")
HEADS_AND_ANSWERS = (13, 8)  # shares of the page's width
PREDICTED = "predicted"
HEADS, MEANS = "All heads", "Mean and rollout"
PIECES = "The attention that the pieces of a word receive is summed, the attention they give is averaged."
SPECIAL = "Without [CLS] and [SEP] each row is renormalised to 1; the hidden fraction is shown at each head."
AGAINST = "A second grid of heads beside this one, so that you see what a change or fine-tuning did."
TARGET = "Gradients, integrated gradients and the faithfulness test are about this class."
SECOND = "I was not sad at all, I was proud."


def choose_look(page: str) -> tuple[Look, str]:
    """How tokens are shown, and whether all heads or their mean and rollout."""
    view = controls.choose_one("Maps", (HEADS, MEANS), f"{page}_view")
    pieces = st.toggle("Word pieces instead of words", key=f"{page}_pieces", bind="query-params", help=PIECES)
    special = st.toggle("Show special tokens", key=f"{page}_special", bind="query-params", help=SPECIAL)
    return Look(merged=not pieces, special=special), view


def choose_texts(page: str, source: str, bar: DeltaGenerator) -> tuple[str, ...]:
    """One text, or two of a pair; blank while nothing is written. The fields stand in `bar`."""
    if source == PAIR:
        fields = (("First", next(iter(EXAMPLE_SENTENCES.values())), "one"), ("Second", SECOND, "two"))
        first, second = (
            bar.text_input(name, text, key=f"{page}_{key}", bind="query-params", label_visibility="collapsed")
            for name, text, key in fields
        )
        return first, second
    if source == WRITE:
        written = bar.text_input(
            "Sentence", key=f"{page}_text", bind="query-params", placeholder="I was so glad that it rained at last.",
            label_visibility="collapsed",
        )  # fmt: skip
        return (written,)
    return (_choose_example(f"{page}_example", bar),)


def _choose_example(key: str, bar: DeltaGenerator) -> str:
    """One of our sentences, written out in its field; a link may also name it alone."""
    names = list(EXAMPLE_SENTENCES)
    if st.query_params.get(key) in names and key not in st.session_state:
        st.session_state[key] = st.query_params[key]
    chosen = bar.selectbox(
        "Example", names, format_func=write_out_example, key=key, bind="query-params", label_visibility="collapsed"
    )
    return EXAMPLE_SENTENCES[chosen or names[0]]


def choose_comparison(page: str, changes: Changes, pair: bool) -> str:
    """The other maps to compare with."""
    options = [ALONE, *([BEFORE] if changes.any else []), UNTUNED, *([] if pair else [OTHER])]
    chosen = st.selectbox("Compare with", options, key=f"{page}_against", bind="query-params", help=AGAINST)
    return chosen or ALONE


def choose_difference(page: str) -> bool:
    """Whether two maps are shown as their difference; False: side by side."""
    return st.toggle("As a difference", value=True, key=f"{page}_difference", bind="query-params")


def choose_other(page: str) -> str:
    """The sentence to compare with."""
    return st.text_input("Another sentence", SECOND, key=f"{page}_other", bind="query-params")


def choose_target(page: str, classes: tuple[str, ...], predicted: str) -> int:
    """The class that gradients are about; the prediction is in the field's name, since a browser keeps an option."""
    name = f"Target class (predicted: {plain(predicted)})"
    chosen = st.selectbox(name, [PREDICTED, *classes], key=f"{page}_target", bind="query-params", help=TARGET)
    return classes.index(predicted if chosen in (None, PREDICTED) else chosen)
