"""The test pictures that a run got wrong, to be looked through by class and answer; one of them is explained."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ccds_core.errors import CcdsError
from ccds_core.run_folders import RunRecord
from pages.ui import loaders, mistake_loaders
from pages.ui.text import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.mistakes import Mistake

ANY = "any"
MOST = 60  # pictures in the table
ROW, TALLEST = 44, 240  # pixels of a row, and of the table
NAMES, CLASSES = 210, 150  # pixels of the controls
ABSENT = "The pictures that a network got wrong are shown where the data are."


def choose_mistake() -> bytes | None:
    """The PNG of a test picture that a run got wrong; None where there is none to show."""
    there = {
        record.name: record
        for record in loaders.load_runs()
        if record.task == "image" and record.has_weights and record.metrics.test and record.metrics.test.mistakes
    }
    if not there:
        st.info("No network here was tested picture by picture.")
        return None
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    with bar:
        name = st.selectbox("Wrong answers of", list(there), key="images_wrong_run", bind="query-params", width=NAMES)
        classes = [ANY, *there[name].card.classes]
        label = st.selectbox("Label", classes, key="images_wrong_label", bind="query-params", width=CLASSES)
        answer = st.selectbox("Its answer", classes, key="images_wrong_answer", bind="query-params", width=CLASSES)
    record = there[name]
    cell = [None if chosen == ANY else chosen for chosen in (label, answer)]
    try:
        found = mistake_loaders.load_cell(record, *cell)
        if not found:
            st.info(f"{plain(name)} makes no such mistake. Choose another label or answer.")
            return None
        return mistake_loaders.load_picture(record, _choose_row(found, record).place)
    except CcdsError as error:
        st.info(f"{ABSENT} {plain(str(error))}")
        return None


def _choose_row(found: "Sequence[Mistake]", record: RunRecord) -> "Mistake":
    """The row that was clicked, the surest mistake to begin with."""
    shown = found[:MOST]
    st.markdown(f"**{len(found):,} mistakes, the surest first**: click a row to explain its picture")
    table = pd.DataFrame(
        {
            "picture": [_data_url(mistake_loaders.load_picture(record, mistake.place)) for mistake in shown],
            "label": [mistake.label for mistake in shown],
            "answer": [mistake.prediction for mistake in shown],
            "probability of the answer": [100 * mistake.confidence for mistake in shown],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        height=min(TALLEST, ROW * (len(shown) + 1)),
        row_height=ROW,
        width="content",
        column_config={
            "picture": st.column_config.ImageColumn(width=90),
            "label": st.column_config.TextColumn(width=130),
            "answer": st.column_config.TextColumn(width=130),
            "probability of the answer": st.column_config.NumberColumn(format="%.1f%%", width=200),
        },
        on_select="rerun",
        selection_mode="single-row",
        key="images_wrong_rows",
    )
    rows = event["selection"]["rows"]
    mistake = shown[rows[0] if rows and rows[0] < len(shown) else 0]
    st.caption(
        plain(f"Labelled {mistake.label}; {record.name} says {mistake.prediction} with {mistake.confidence:.1%}.")
    )
    return mistake


def _data_url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
