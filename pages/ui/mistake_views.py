"""The test pictures or sentences that a run got wrong, to be looked through by class and answer; one is explained."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ccds_core.errors import CcdsError
from ccds_core.run_folders import RunRecord
from pages.ui import loaders, mistake_loaders
from pages.ui.text import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.mistakes import Mistake

ANY = "any"
MOST = 60  # rows in the table
ROW, TALLEST = 44, 240  # pixels of a row, and of the table
NAMES, CLASSES, NUMBER = 230, 150, 110  # pixels of the controls
SENTENCE = 560  # pixels of a sentence in its row
ABSENT = "What a network got wrong is shown where the data are."


@dataclass(frozen=True)
class _Kind:
    """What is looked through on a page."""

    page: str
    task: str
    thing: str
    load: Callable[[RunRecord, int], object]  # the thing in a row of the test part
    column: Any  # how Streamlit shows it: what `st.column_config` makes has no public type


def choose_wrong_picture() -> bytes | None:
    """The PNG of a test picture that a run got wrong; None where there is none to show, which is then said."""
    column = st.column_config.ImageColumn(width=90)
    chosen = _choose(_Kind("images", "image", "picture", _picture_url, column))
    return None if chosen is None else mistake_loaders.load_picture(chosen[0], chosen[1].place)


def choose_wrong_sentence() -> str | None:
    """A test sentence that a run got wrong; None where there is none to show, which is then said."""
    column = st.column_config.TextColumn(width=SENTENCE)
    chosen = _choose(_Kind("emotions", "text", "sentence", mistake_loaders.load_sentence, column))
    return None if chosen is None else mistake_loaders.load_sentence(chosen[0], chosen[1].place)


def _choose(kind: _Kind) -> "tuple[RunRecord, Mistake] | None":
    """A run and the one of its mistakes that is to be explained."""
    there = {
        record.name: record
        for record in loaders.load_runs()
        if record.task == kind.task and record.has_weights and record.metrics.test and record.metrics.test.mistakes
    }
    if not there:
        st.info(f"No network here was tested {kind.thing} by {kind.thing}.")
        return None
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    key = f"{kind.page}_wrong"
    with bar:
        name = st.selectbox("Wrong answers of", list(there), key=f"{key}_run", bind="query-params", width=NAMES)
        classes = [ANY, *there[name].card.classes]
        label = st.selectbox("Label", classes, key=f"{key}_label", bind="query-params", width=CLASSES)
        answer = st.selectbox("Its answer", classes, key=f"{key}_answer", bind="query-params", width=CLASSES)
    record = there[name]
    try:
        found = mistake_loaders.load_cell(record, *(None if chosen == ANY else chosen for chosen in (label, answer)))
        if not found:
            st.info(f"{plain(name)} makes no such mistake. Choose another label or answer.")
            return None
        with bar:
            most = min(len(found), MOST)
            number = st.number_input("Explained", 1, most, key=f"{key}_number", bind="query-params", width=NUMBER)
        _draw_rows(found, record, kind)
    except CcdsError as error:
        st.info(f"{ABSENT} {plain(str(error))}")
        return None
    mistake = found[int(number) - 1]
    said = f"Number {number} is labelled {mistake.label}; {record.name} says {mistake.prediction} with "
    st.caption(plain(f"{said}{mistake.confidence:.1%}."))
    return record, mistake


def _draw_rows(found: "Sequence[Mistake]", record: RunRecord, kind: _Kind) -> None:
    """The surest mistakes; a click on a row explains it."""
    shown = found[:MOST]
    key = f"{kind.page}_wrong"
    st.markdown(f"**{len(found):,} mistakes, the surest first**: click a row to explain its {kind.thing}")
    table = pd.DataFrame(
        {
            "number": range(1, len(shown) + 1),
            kind.thing: [kind.load(record, mistake.place) for mistake in shown],
            "label": [mistake.label for mistake in shown],
            "answer": [mistake.prediction for mistake in shown],
            "probability of the answer": [100 * mistake.confidence for mistake in shown],
        }
    )

    def explain_clicked() -> None:
        rows = st.session_state[f"{key}_rows"]["selection"]["rows"]
        if rows:
            st.session_state[f"{key}_number"] = rows[0] + 1

    st.dataframe(
        table,
        hide_index=True,
        height=min(TALLEST, ROW * (len(shown) + 1)),
        row_height=ROW,
        width="content",
        column_config={
            "number": st.column_config.NumberColumn(width=70),
            kind.thing: kind.column,
            "label": st.column_config.TextColumn(width=110),
            "answer": st.column_config.TextColumn(width=110),
            "probability of the answer": st.column_config.NumberColumn(format="%.1f%%", width=190),
        },
        on_select=explain_clicked,
        selection_mode="single-row",
        key=f"{key}_rows",
    )


def _picture_url(record: RunRecord, place: int) -> str:
    png = mistake_loaders.load_picture(record, place)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
