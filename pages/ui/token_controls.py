"""Widgets -> which texts are counted, and how."""

from dataclasses import fields

import streamlit as st

from ccds_core.data.labelled_files import TEXT_COLUMNS, find_column, read_table
from ccds_core.errors import InvalidInputError
from ccds_core.run_folders import RunRecord
from ccds_core.token_options import LADDER_STEPS, TokenOptions
from ccds_core.tokens import METHODS
from ccds_core.word_readings import MEASURES
from pages.ui import controls, token_loaders
from pages.ui.token_loaders import Texts

SHIPPED, SPLIT, OWN = "Test sentences", "Another split", "Your texts"
SOURCES = (SHIPPED, SPLIT, OWN)
LISTS, LADDER, REPORT, MASKING, AGREEMENT = (
    "Lists", "From naive to corrected", "The report's six", "Do they matter?", "Do the methods agree?",
)  # fmt: skip
GROUPINGS = {"Predicted class": "predicted", "True class": "true", "Right answers only": "correct"}
SWITCHES = {
    "renormalised": "Words only: the part of special tokens taken off",
    "per_length": "Times the number of words, so that 1 = uniform",
    "once": "A repeated word counts once a sentence",
    "average": "Mean instead of sum",
    "floor": "Minimum count",
    "shrunk": "Means of few sentences drawn to the word's mean",
    "contrast": "The class minus the rest, in standard errors",
    "function_words": "Function words stay (off: left out unless the contrast marks them)",
}
MOST = 20_000  # texts of a file that are read


def choose_options(page: str, labelled: bool) -> TokenOptions:
    """One switch per correction, the measure, and how sentences are put into classes."""
    groups = list(GROUPINGS) if labelled else ["Predicted class"]
    with st.popover("Counting", icon=":material/tune:"):
        chosen = GROUPINGS[controls.choose_one("Sentences by", groups, f"{page}_group")]
        measures = [name for name in MEASURES if name != "integrated"]
        measure = st.selectbox(
            "What a word gets", measures, key=f"{page}_measure", bind="query-params",
            format_func=lambda name: MEASURES[name].label,
        )  # fmt: skip
        st.caption(MEASURES[measure or "cls"].explanation)
        on = {
            name: st.toggle(label, value=True, key=f"{page}_{name}", bind="query-params")
            for name, label in SWITCHES.items()
        }
    if not on["average"]:  # a sum has no mean to be drawn to and no standard error
        on |= {"shrunk": False, "contrast": False}
    return TokenOptions(
        measure=measure or "cls", group="true" if chosen == "true" else "predicted", correct_only=chosen == "correct",
        **on,
    )  # fmt: skip


def choose_texts(page: str, source: str, record: RunRecord) -> Texts | None:
    """The texts of a pass; None while there are none."""
    if source == OWN:
        return _upload(page)
    part = "test"
    if source == SPLIT:
        part = controls.choose_one("Split", ("val", "train", "test"), f"{page}_split")
    return token_loaders.load_part(record, part)


def choose_method(page: str, there: list[str]) -> str:
    """Which lists are shown."""
    labels = {METHODS[name].label: name for name in ("contrast", "workshop", "integrated-gradients", "log-odds")}
    labels = {label: name for label, name in labels.items() if name in there}
    return labels[controls.choose_one("Method", list(labels), f"{page}_method")]


def choose_step(page: str) -> str:
    """A step of the ladder, from the naive sum to the corrected measure."""
    labels = {step.label: name for name, step in LADDER_STEPS.items()}
    chosen = st.select_slider("Corrections, one after the other", list(labels), key=f"{page}_step", bind="query-params")
    step = LADDER_STEPS[labels[chosen]]
    st.caption(step.explanation)
    return step.name


def is_shipped(options: TokenOptions) -> bool:
    """Whether the shipped results answer this way of counting."""
    usual = TokenOptions(group=options.group, correct_only=options.correct_only)
    return all(getattr(options, field.name) == getattr(usual, field.name) for field in fields(TokenOptions))


def _upload(page: str) -> Texts | None:
    upload = st.file_uploader("CSV with a column of texts", type=["csv", "tsv", "txt"], key=f"{page}_csv")
    if upload is None:
        return None
    table = read_table(upload.getvalue(), upload.name)
    columns = list(table.columns)
    usual = find_column(table, TEXT_COLUMNS)
    column = st.selectbox("Column of texts", columns, index=columns.index(usual) if usual else 0, key=f"{page}_column")
    if usual is None:
        st.warning("No column is named 'text'. Choose the column of the texts.")
    texts = tuple(text for text in table[column].tolist() if text.strip())
    if not texts:
        raise InvalidInputError(f"The column '{column}' holds no text.")
    if len(texts) > MOST:
        st.warning(f"{len(texts):,} texts: the first {MOST:,} are read.")
    return Texts(upload.name, texts[:MOST], None)
