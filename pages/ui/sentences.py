"""A cell of a confusion matrix -> the test sentences behind it, where the data are here."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ccds_core.errors import CcdsError
from ccds_core.run_folders import RunRecord
from pages.ui import text_loaders
from pages.ui.text import plain

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
        found = text_loaders.sentences_of_cell(record, label, prediction)
    except CcdsError as error:
        st.info(f"The sentences are shown where the data are. {plain(str(error))}")
        return
    said = "right" if label == prediction else f"taken for {prediction}"
    st.markdown(f"**{len(found):,} test sentences of {plain(label)}, {plain(said)}**")
    shown = found[:MOST]
    if len(found) > MOST:
        st.caption(f"The first {MOST} of them.")
    st.dataframe(
        pd.DataFrame({"sentence": shown}),
        hide_index=True,
        height=min(TALLEST, 40 + ROW_HEIGHT * len(shown)),
        row_height=ROW_HEIGHT,
        column_config={"sentence": st.column_config.TextColumn(width=WIDTH)},
    )
