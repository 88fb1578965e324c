"""A cell of a confusion matrix -> its test sentences, where the data set is installed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ccds_core.data.text_file import guard_table
from ccds_core.errors import CcdsError
from ccds_core.runs.records import RunRecord
from pages.ui.compare import loaders
from pages.ui.shared.crude import table_on_screen
from pages.ui.shared.markdown import plain

MOST = 200  # sentences shown of one cell
ROW_HEIGHT, TALLEST = 66, 460  # pixels of a sentence, which wraps from 65 on, and of all of them
WIDTH = 530  # pixels of a line: half a projector


def cell_of(event: Mapping[str, Any] | None, name: str) -> tuple[str, str] | None:
    """(label, prediction) of the cell that was clicked."""
    points = event["selection"].get(name, []) if event else []
    return (points[0]["label"], points[0]["prediction"]) if points else None


def draw_cell(record: RunRecord, cell: tuple[str, str] | None) -> None:
    """The sentences of one cell as plain text."""
    if cell is None:
        return
    label, prediction = cell
    try:
        sentences = loaders.sentences_of_cell(record, label, prediction)
    except CcdsError as error:
        st.info(f"The sentences can be shown only where the data set is installed. {plain(str(error))}")
        return
    outcome = "classified correctly" if label == prediction else f"classified as {prediction}"
    st.markdown(f"**{len(sentences):,} test sentences of {plain(label)}, {plain(outcome)}**")
    shown = sentences[:MOST]
    if len(sentences) > MOST:
        st.caption(f"The first {MOST} are shown.")
    st.dataframe(
        table_on_screen(guard_table(pd.DataFrame({"sentence": shown}))),
        hide_index=True,
        height=min(TALLEST, 40 + ROW_HEIGHT * len(shown)),
        row_height=ROW_HEIGHT,
        column_config={"sentence": st.column_config.TextColumn(width=WIDTH)},
    )
