"""Widgets -> sentences, the BERT that reads them, how tokens are shown, and what the maps are compared with."""

import streamlit as st

from ccds_core.data.example_sentences import EXAMPLE_SENTENCES
from ccds_core.errors import CheckpointError
from ccds_core.run_folders import RunRecord
from ccds_core.sentence_view import Look
from pages.ui import controls, loaders
from pages.ui.change_controls import Changes

EXAMPLES, WRITE, PAIR = "Examples", "Write", "Two sentences"
SOURCES = (EXAMPLES, WRITE, PAIR)
ALONE, BEFORE, UNTUNED, OTHER = (
    "Nothing",
    "The sentence as it was",
    "The encoder before fine-tuning",
    "Another sentence",
)
COMPARE_WIDTH, EXPLAIN_WIDTH = 280, 200  # pixels: both stand in the bar, on a 1280-pixel projector too
LIKELIEST = "likeliest"
HEADS, MEANS = "Every head", "Means and rollout"
MISSING = (
    "No BERT is here. The emotion data and a pretrained encoder train one: python -m ccds_core train bert-emotion."
)
SECOND = "I was not sad at all, I was proud."


def choose_bert(page: str) -> RunRecord:
    """The BERT to look into: the shipped one unless chosen otherwise."""
    there = {
        record.name: record
        for record in loaders.load_runs()
        if record.card.config.model == "bert" and record.has_weights
    }
    if not there:
        raise CheckpointError(MISSING)
    with st.popover("Model", icon=":material/tune:"):
        chosen = st.selectbox("BERT to look into", list(there), key=f"{page}_model", bind="query-params")
    return there[chosen or next(iter(there))]


def choose_look(page: str) -> tuple[Look, str]:
    """How tokens are shown, and whether as heads or as means."""
    with st.popover("Show", icon=":material/visibility:"):
        view = controls.choose_one("Maps", (HEADS, MEANS), f"{page}_view")
        pieces = st.toggle("Word pieces instead of words", key=f"{page}_pieces", bind="query-params")
        special = st.toggle("Special tokens too", key=f"{page}_special", bind="query-params")
        st.caption(
            "Pieces of a word: what they receive is added up, what they read is averaged. Without the special tokens "
            "each row is made to sum to 1 again, and the share that was hidden is said."
        )
    return Look(merged=not pieces, special=special), view


def choose_texts(page: str, source: str) -> tuple[str, ...]:
    """One text, or two of a pair; blank while nothing is written."""
    if source == PAIR:
        first, second = st.columns(2)
        return (
            first.text_input("First", next(iter(EXAMPLE_SENTENCES.values())), key=f"{page}_one", bind="query-params"),
            second.text_input("Second", SECOND, key=f"{page}_two", bind="query-params"),
        )
    if source == WRITE:
        written = st.text_input(
            "Sentence", key=f"{page}_text", bind="query-params", placeholder="I was so glad that it rained at last.",
            label_visibility="collapsed",
        )  # fmt: skip
        return (written,)
    names = list(EXAMPLE_SENTENCES)
    chosen = st.pills(
        "Example", names, default=names[0], required=True, key=f"{page}_example", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return (EXAMPLE_SENTENCES[chosen or names[0]],)


def choose_comparison(page: str, changes: Changes, pair: bool) -> str:
    """What the maps are compared with."""
    options = [ALONE, *([BEFORE] if changes.any else []), UNTUNED, *([] if pair else [OTHER])]
    chosen = st.selectbox(
        "Compare the maps with", options, key=f"{page}_against", bind="query-params", width=COMPARE_WIDTH,
    )  # fmt: skip
    return chosen or ALONE


def choose_difference(page: str) -> bool:
    """Whether two maps are shown as their difference; False: side by side."""
    return st.toggle("As a difference", value=True, key=f"{page}_difference", bind="query-params")


def choose_other(page: str) -> str:
    """The sentence to compare with."""
    return st.text_input("Another sentence", SECOND, key=f"{page}_other", bind="query-params")


def choose_target(page: str, classes: tuple[str, ...], likeliest: str) -> int:
    """The class that gradients are about."""
    chosen = st.selectbox(
        "Explain", [LIKELIEST, *classes], key=f"{page}_target", bind="query-params", width=EXPLAIN_WIDTH,
        format_func=lambda name: f"likeliest: {likeliest}" if name == LIKELIEST else name,
    )  # fmt: skip
    return classes.index(likeliest if chosen in (None, LIKELIEST) else chosen)
