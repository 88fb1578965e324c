"""Batch prediction: pasted lines or a CSV, classified with progress, as a table and a file."""

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
import streamlit as st

from ccds_core.data.normalize import MAX_CHARACTERS
from ccds_core.data.text_file import TEXT_COLUMNS, find_column, guard_table, write_table
from ccds_core.errors import InvalidInputError
from ccds_core.runs.records import RunRecord
from pages.ui.shared import controls, text_loaders, upload_loaders
from pages.ui.shared.crude import table_on_screen
from pages.ui.shared.errors import errors_on_page
from pages.ui.shared.markdown import plain

MOST = 2_000  # texts of one batch: a minute of the slowest model on two cores
MOST_CHARACTERS = 1_000_000  # of one batch; cutting them into words takes up to 2 s
LINES = "I was so glad that it rained at last.\nNobody answered and I felt forgotten."  # what the empty box shows
PASTE, UPLOAD = "Paste lines", "Upload a CSV"
REQUEST = "emotions_many_asked"  # the digest of the texts and runs of the last click
TEXT_WIDTH = 320  # pixels: the predictions of four models fit beside it on a projector


def draw(records: Sequence[RunRecord]) -> None:
    """Choose texts, classify them on a click, keep the table until the texts change."""
    with errors_on_page():
        texts = _choose_texts()
    if texts.empty:
        st.info("Paste one text per line, or upload a CSV with a text column. Nothing is written to the server's disk.")
        return
    part = _choose_part(texts)
    request = hash((*part["text"], *(record.digest for record in records)))
    # remembered by a callback, which outlives a run that the frame starts over
    st.button(f"Classify {_count_texts(len(part))}", type="primary", key="emotions_many_go",
              on_click=st.session_state.update, args=({REQUEST: request},))  # fmt: skip
    if st.session_state.get(REQUEST) != request:
        st.caption("Models: " + plain(", ".join(record.name for record in records)))
        return
    with errors_on_page():
        table = _answer(part, records)
    _draw_answers(table, records)


def _choose_texts() -> pd.DataFrame:
    """Columns `row`, from 1 as the lines or the file count them, and `text`; those without text are left out."""
    source = controls.choose_one("Texts from", (PASTE, UPLOAD), "emotions_many_source")
    if source == PASTE:
        text = st.text_area("One text per line", key="emotions_lines", height=160, label_visibility="collapsed",
                            placeholder=LINES)  # fmt: skip
        if len(text) > MAX_CHARACTERS:
            raise InvalidInputError(
                f"The lines have {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. Upload them as a CSV."
            )
        return _number([line.strip() for line in text.splitlines()])
    upload = st.file_uploader("CSV", type=["csv", "tsv", "txt"], key="emotions_csv", label_visibility="collapsed")
    if upload is None:
        return _number([])
    table = upload_loaders.load_table(upload.getvalue(), upload.name)
    columns = list(table)
    default = find_column(columns, TEXT_COLUMNS)
    column = st.selectbox("Text column", columns, index=columns.index(default) if default else 0, key="emotions_column")
    texts = table[column]
    if default is None:
        st.warning("No column is named 'text'; the first line is read as column names. Choose the text column.")
        if st.toggle("The first line is a text, not column names", key="emotions_no_header"):
            texts = [column, *texts]
    numbered = _number(texts)
    if numbered.empty:
        raise InvalidInputError(f"The column '{column}' has no text.")
    if len(numbered) < len(texts):
        st.caption(f"{len(texts) - len(numbered):,} of {len(texts):,} rows have no text and are left out.")
    return numbered


def _number(texts: Sequence[str]) -> pd.DataFrame:
    rows = [(row, text) for row, text in enumerate(texts, start=1) if text.strip()]
    return pd.DataFrame(rows, columns=["row", "text"])


def _choose_part(texts: pd.DataFrame) -> pd.DataFrame:
    """All texts, or the chosen part where one batch does not take all."""
    ends = _cut(texts["text"].str.len().tolist())
    if len(ends) == 1:
        return texts
    st.warning(f"{len(texts):,} texts: one batch takes {MOST:,}, or {MOST_CHARACTERS:,} characters. Choose which.")
    start = st.selectbox("Texts", list(ends), key="emotions_part",
                         format_func=lambda start: f"{start + 1:,} to {ends[start]:,}")  # fmt: skip
    return texts.iloc[start : ends[start]]


def _cut(lengths: Sequence[int]) -> dict[int, int]:
    """Start of each batch -> its end; at least one text in each."""
    starts, characters = [0], 0
    for place, length in enumerate(lengths):
        full = place - starts[-1] == MOST or characters + length > MOST_CHARACTERS
        if full and place > starts[-1]:
            starts.append(place)
            characters = 0
        characters += length
    return dict(pairwise([*starts, len(lengths)]))


def _answer(part: pd.DataFrame, records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per text: each model's prediction, then the probability of each."""
    bar = st.progress(0.0, "Classifying")
    texts = part["text"].tolist()
    answers: dict[str, list[str]] = {}
    probabilities: dict[str, list[float]] = {}
    for number, record in enumerate(records):

        def show(done: float, message: str, number: int = number) -> None:
            bar.progress((number + done) / len(records), plain(message))

        predicted = text_loaders.answer_many(texts, record, show)  # (N, n_classes)
        answers[record.name] = [record.card.classes[label] for label in predicted.argmax(axis=1)]
        probabilities[_probability(record.name)] = predicted.max(axis=1).tolist()
    bar.empty()
    return part.reset_index(drop=True).assign(**answers, **probabilities)


def _draw_answers(table: pd.DataFrame, records: Sequence[RunRecord]) -> None:
    names = [record.name for record in records]
    n_agree = int((table[names].nunique(axis=1) == 1).sum())
    title = f"All {len(names)} models agree on {n_agree:,} of {len(table):,} texts" if len(names) > 1 else (
        f"{_count_texts(len(table))}; most frequent prediction: {table[names[0]].mode()[0]}")  # fmt: skip
    st.subheader(plain(title))
    wordless = text_loaders.count_wordless(table["text"].tolist())
    if wordless:
        st.warning(f"{_count_texts(wordless)} without a word: the predictions say nothing about such texts.")
    bar = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    shown = {_probability(name): bar for name in names} | {"text": st.column_config.TextColumn(width=TEXT_WIDTH)}
    st.dataframe(
        table_on_screen(guard_table(table)), hide_index=True, column_config=shown, height=420
    )  # it has a CSV button of its own
    st.download_button("CSV", lambda: write_table(table), "emotions.csv", "text/csv", key="emotions_many_csv",
                       on_click="ignore")  # fmt: skip
    counts = pd.DataFrame({name: table[name].value_counts() for name in names}).fillna(0).astype(int)
    with st.expander("Predictions per class"):
        st.dataframe(counts.rename_axis("class").reset_index(), hide_index=True)


def _count_texts(n: int) -> str:
    return "1 text" if n == 1 else f"{n:,} texts"


def _probability(name: str) -> str:
    return f"{name}, probability"
