"""Many texts at once: pasted lines or a CSV, answered with progress, as a table and a file."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ccds_core.data.labelled_files import TEXT_COLUMNS, find_column, read_table
from ccds_core.errors import InvalidInputError
from ccds_core.run_folders import RunRecord
from pages.ui import controls, text_loaders
from pages.ui.errors import errors_on_page
from pages.ui.text import plain

MOST = 2_000  # texts answered in one go: a minute of the slowest model on two cores
LINES = "I was so glad that it rained at last.\nNobody answered and I felt forgotten."  # what the empty box shows
PASTE, UPLOAD = "Paste lines", "Upload a CSV"


def draw(records: Sequence[RunRecord]) -> None:
    """Ask for texts, answer them when told to, keep the answer until the texts change."""
    with errors_on_page():
        texts = _bring_texts()
    if not texts:
        st.info("Paste one text a line, or upload a CSV with a column of texts. Nothing is kept on the server.")
        return
    kept = texts[:MOST]
    if len(texts) > MOST:
        st.warning(
            f"{len(texts):,} texts: the first {MOST:,} are answered here. For all of them cut the file in parts."
        )
    asked = text_loaders.digest_of([*kept, *(record.digest for record in records)])
    if st.button(f"Classify {len(kept):,} texts", type="primary", key="emotions_many_go"):
        st.session_state["emotions_many_asked"] = asked
    if st.session_state.get("emotions_many_asked") != asked:
        st.caption("Models: " + plain(", ".join(record.name for record in records)))
        return
    with errors_on_page():
        table = _answer(kept, records)
    _draw_answers(table, records)


def _bring_texts() -> list[str]:
    source = controls.choose_one("Texts from", (PASTE, UPLOAD), "emotions_many_source")
    if source == PASTE:
        text = st.text_area("One text a line", key="emotions_lines", height=160, label_visibility="collapsed",
                            placeholder=LINES)  # fmt: skip
        return [line.strip() for line in text.splitlines() if line.strip()]
    upload = st.file_uploader("CSV", type=["csv", "tsv", "txt"], key="emotions_csv", label_visibility="collapsed")
    if upload is None:
        return []
    table = read_table(upload.getvalue(), upload.name)
    columns = list(table.columns)
    usual = find_column(table, TEXT_COLUMNS)
    if usual is None and len(columns) > 1:
        st.warning("No column is named 'text': choose the one that holds the texts.")
    column = st.selectbox("Column of texts", columns, index=columns.index(usual) if usual else 0, key="emotions_column")
    texts = [text for text in table[column].tolist() if text.strip()]
    if not texts:
        raise InvalidInputError(f"The column '{column}' holds no text.")
    return texts


def _answer(texts: Sequence[str], records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per text: each model's answer and its probability."""
    bar = st.progress(0.0, "Reading")
    columns: dict[str, list[object]] = {"text": list(texts)}
    for number, record in enumerate(records):

        def show(done: float, said: str, number: int = number) -> None:
            bar.progress((number + done) / len(records), plain(said))

        probabilities = text_loaders.answer_many(texts, record, show)
        best = probabilities.argmax(axis=1)
        columns[record.name] = [record.card.classes[label] for label in best]
        columns[f"{record.name}, probability"] = probabilities.max(axis=1).tolist()
    bar.empty()
    return pd.DataFrame(columns)


def _draw_answers(table: pd.DataFrame, records: Sequence[RunRecord]) -> None:
    names = [record.name for record in records]
    agree = int((table[names].nunique(axis=1) == 1).sum())
    said = f"All {len(names)} models agree on {agree:,} of {len(table):,} texts" if len(names) > 1 else (
        f"{len(table):,} texts, most of them {table[names[0]].mode()[0]}")  # fmt: skip
    st.subheader(plain(said))
    shown = {f"{name}, probability": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
             for name in names}  # fmt: skip
    st.dataframe(table, hide_index=True, column_config=shown, height=420)
    st.download_button("CSV", lambda: table.to_csv(index=False), "emotions.csv", "text/csv", key="emotions_many_csv",
                       on_click="ignore")  # fmt: skip
    counts = pd.DataFrame({name: table[name].value_counts() for name in names}).fillna(0).astype(int)
    with st.expander("How many texts of each class"):
        st.dataframe(counts.rename_axis("class").reset_index(), hide_index=True)
