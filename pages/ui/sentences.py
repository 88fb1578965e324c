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


def cell_of(event: Mapping[str, Any] | None, name: str) -> tuple[str, str] | None:
    """(label, prediction) of the cell that was clicked."""
    points = event["selection"].get(name, []) if event else []
    return (points[0]["label"], points[0]["prediction"]) if points else None


def draw_cell(record: RunRecord, cell: tuple[str, str] | None) -> None:
    """The sentences of one cell as plain text."""
    if cell is None:
        st.caption("Click a cell to read the sentences behind it.")
        return
    label, prediction = cell
    try:
        found = text_loaders.sentences_of_cell(record, label, prediction)
    except CcdsError as error:
        st.info(f"The sentences are shown where the data are. {plain(str(error))}")
        return
    said = "right" if label == prediction else f"taken for {prediction}"
    st.markdown(f"**{len(found):,} test sentences of {plain(label)}, {plain(said)}**")
    st.dataframe(pd.DataFrame({"sentence": found[:MOST]}), hide_index=True, height=min(420, 40 + 35 * len(found)))
