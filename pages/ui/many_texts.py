"""Many texts at once: pasted lines or a CSV, answered with progress, as a table and a file."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ccds_core.data.labelled_files import TEXT_COLUMNS, find_column, read_table
from ccds_core.data.words import split_words
from ccds_core.errors import InvalidInputError
from ccds_core.run_folders import RunRecord
from pages.ui import controls, text_loaders
from pages.ui.errors import errors_on_page
from pages.ui.text import plain

MOST = 2_000  # texts answered in one go: a minute of the slowest model on two cores
LINES = "I was so glad that it rained at last.\nNobody answered and I felt forgotten."  # what the empty box shows
PASTE, UPLOAD = "Paste lines", "Upload a CSV"
ASKED = "emotions_many_asked"  # the digest of the texts and runs that were asked for
TEXT_WIDTH = 320  # pixels: the answers of four models stand beside it on a projector


def draw(records: Sequence[RunRecord]) -> None:
    """Ask for texts, answer them when told to, keep the answer until the texts change."""
    with errors_on_page():
        brought = _bring_texts()
    if brought.empty:
        st.info(
            "Paste one text a line, or upload a CSV with a column of texts. Nothing is written to the server's disk."
        )
        return
    part = _choose_part(brought)
    asked = text_loaders.digest_of([*part["text"], *(record.digest for record in records)])
    # remembered by a callback, which outlives a run that the frame starts over
    st.button(f"Classify {len(part):,} texts", type="primary", key="emotions_many_go",
              on_click=st.session_state.update, args=({ASKED: asked},))  # fmt: skip
    if st.session_state.get(ASKED) != asked:
        st.caption("Models: " + plain(", ".join(record.name for record in records)))
        return
    with errors_on_page():
        table = _answer(part, records)
    _draw_answers(table, records)


def _bring_texts() -> pd.DataFrame:
    """Columns `row`, from 1 as the lines or the file count them, and `text`; those without text are left out."""
    source = controls.choose_one("Texts from", (PASTE, UPLOAD), "emotions_many_source")
    if source == PASTE:
        text = st.text_area("One text a line", key="emotions_lines", height=160, label_visibility="collapsed",
                            placeholder=LINES)  # fmt: skip
        return _number([line.strip() for line in text.splitlines()])
    upload = st.file_uploader("CSV", type=["csv", "tsv", "txt"], key="emotions_csv", label_visibility="collapsed")
    if upload is None:
        return _number([])
    table = read_table(upload.getvalue(), upload.name)
    columns = list(table.columns)
    usual = find_column(table, TEXT_COLUMNS)
    column = st.selectbox("Column of texts", columns, index=columns.index(usual) if usual else 0, key="emotions_column")
    texts = table[column].tolist()
    if usual is None:
        st.warning("No column is named 'text', and the first line is read as names. Choose the column of the texts.")
        if st.toggle("The first line holds a text too", key="emotions_no_header"):
            texts = [column, *texts]
    numbered = _number(texts)
    if numbered.empty:
        raise InvalidInputError(f"The column '{column}' holds no text.")
    if len(numbered) < len(texts):
        st.caption(f"{len(texts) - len(numbered):,} of {len(texts):,} rows hold no text and are left out.")
    return numbered


def _number(texts: Sequence[str]) -> pd.DataFrame:
    rows = [(row, text) for row, text in enumerate(texts, start=1) if text.strip()]
    return pd.DataFrame(rows, columns=["row", "text"])


def _choose_part(brought: pd.DataFrame) -> pd.DataFrame:
    """All texts, or of more than are answered in one go the part that is chosen."""
    if len(brought) <= MOST:
        return brought
    st.warning(f"{len(brought):,} texts: {MOST:,} are answered in one go. Choose which.")
    ends = {start: min(start + MOST, len(brought)) for start in range(0, len(brought), MOST)}
    start = st.selectbox("Texts", list(ends), key="emotions_part",
                         format_func=lambda start: f"{start + 1:,} to {ends[start]:,}")  # fmt: skip
    return brought.iloc[start : ends[start]]


def _answer(part: pd.DataFrame, records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per text: each model's answer, then the probability of each."""
    bar = st.progress(0.0, "Reading")
    texts = part["text"].tolist()
    answers: dict[str, list[str]] = {}
    probabilities: dict[str, list[float]] = {}
    for number, record in enumerate(records):

        def show(done: float, said: str, number: int = number) -> None:
            bar.progress((number + done) / len(records), plain(said))

        found = text_loaders.answer_many(texts, record, show)
        answers[record.name] = [record.card.classes[label] for label in found.argmax(axis=1)]
        probabilities[_probability(record.name)] = found.max(axis=1).tolist()
    bar.empty()
    return part.reset_index(drop=True).assign(**answers, **probabilities)


def _draw_answers(table: pd.DataFrame, records: Sequence[RunRecord]) -> None:
    names = [record.name for record in records]
    agree = int((table[names].nunique(axis=1) == 1).sum())
    said = f"All {len(names)} models agree on {agree:,} of {len(table):,} texts" if len(names) > 1 else (
        f"{len(table):,} texts, most of them {table[names[0]].mode()[0]}")  # fmt: skip
    st.subheader(plain(said))
    wordless = sum(not split_words(text) for text in table["text"])
    if wordless:
        st.warning(f"{wordless:,} of these texts hold no word, so their answers say nothing about them.")
    bar = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    shown = {_probability(name): bar for name in names} | {"text": st.column_config.TextColumn(width=TEXT_WIDTH)}
    st.dataframe(table, hide_index=True, column_config=shown, height=420)
    st.download_button("CSV", lambda: table.to_csv(index=False), "emotions.csv", "text/csv", key="emotions_many_csv",
                       on_click="ignore")  # fmt: skip
    counts = pd.DataFrame({name: table[name].value_counts() for name in names}).fillna(0).astype(int)
    with st.expander("How many texts of each class"):
        st.dataframe(counts.rename_axis("class").reset_index(), hide_index=True)


def _probability(name: str) -> str:
    return f"{name}, probability"
