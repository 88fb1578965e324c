"""The misclassified test images or sentences of a run, by true and predicted class; one row is explained."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ccds_core.data.text_file import guard_table
from ccds_core.errors import CcdsError
from ccds_core.results import percent
from ccds_core.runs.records import RunRecord
from pages.ui.shared import loaders, mistake_loaders
from pages.ui.shared.crude import table_on_screen
from pages.ui.shared.markdown import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.runs.mistakes import Mistake

ANY = "any"
MOST = 60  # rows in the table
ROW, TALLEST = 44, 240  # pixels of a row, and of the table
NAMES, CLASSES, NUMBER = 230, 150, 110  # pixels of the controls
SENTENCE = 560  # pixels of a sentence in its row
ABSENT = "Misclassified examples need the data set."


@dataclass(frozen=True)
class _Kind:
    """What a page lists."""

    page: str
    task: str
    noun: str
    load: Callable[[RunRecord, int], object]  # the example in a row of the test split
    column: Any  # how Streamlit shows it: what `st.column_config` makes has no public type


def choose_wrong_image() -> bytes | None:
    """The PNG of a misclassified test image; None, and a note on the page, where there is none."""
    column = st.column_config.ImageColumn(width=90)
    chosen = _choose(_Kind("images", "image", "image", _image_url, column))
    return None if chosen is None else mistake_loaders.load_image(chosen[0], chosen[1].place)


def choose_wrong_sentence() -> str | None:
    """A misclassified test sentence; None, and a note on the page, where there is none."""
    column = st.column_config.TextColumn(width=SENTENCE)
    chosen = _choose(_Kind("emotions", "text", "sentence", mistake_loaders.load_sentence, column))
    return None if chosen is None else mistake_loaders.load_sentence(chosen[0], chosen[1].place)


def _choose(kind: _Kind) -> "tuple[RunRecord, Mistake] | None":
    """A run and the one of its mistakes that is explained."""
    runs = {
        record.name: record
        for record in loaders.load_runs()
        if record.task == kind.task and record.has_weights and record.metrics.test and record.metrics.test.mistakes
    }
    if not runs:
        st.info(f"No model here has test results for each {kind.noun}.")
        return None
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    key = f"{kind.page}_wrong"
    with bar:
        name = st.selectbox("Model", list(runs), key=f"{key}_run", bind="query-params", width=NAMES)
        classes = [ANY, *runs[name].card.classes]
        label = st.selectbox("True class", classes, key=f"{key}_label", bind="query-params", width=CLASSES)
        answer = st.selectbox("Predicted class", classes, key=f"{key}_answer", bind="query-params", width=CLASSES)
    record = runs[name]
    try:
        mistakes = mistake_loaders.load_cell(record, *(None if name == ANY else name for name in (label, answer)))
        if not mistakes:
            st.info(f"{plain(name)} makes no such mistake. Choose another true or predicted class.")
            return None
        with bar:
            most = min(len(mistakes), MOST)
            number = st.number_input("Row", 1, most, key=f"{key}_number", bind="query-params", width=NUMBER)
        _draw_rows(mistakes, record, kind)
    except CcdsError as error:
        st.info(f"{ABSENT} {plain(str(error))}")
        return None
    mistake = mistakes[int(number) - 1]
    predicted = f"{record.name} predicts {mistake.prediction} ({percent(mistake.confidence, 1)})"
    st.caption(plain(f"Row {number}: true class {mistake.label}, {predicted}."))
    return record, mistake


def _draw_rows(mistakes: "Sequence[Mistake]", record: RunRecord, kind: _Kind) -> None:
    """The mistakes of highest confidence; a click on a row explains it."""
    shown = mistakes[:MOST]
    key = f"{kind.page}_wrong"
    noun = kind.noun if len(mistakes) == 1 else f"{kind.noun}s"
    st.markdown(f"**{len(mistakes):,} misclassified {noun}, highest confidence first**: click a row to explain it")
    table = pd.DataFrame(
        {
            "row": range(1, len(shown) + 1),
            kind.noun: [kind.load(record, mistake.place) for mistake in shown],
            "true class": [mistake.label for mistake in shown],
            "predicted class": [mistake.prediction for mistake in shown],
            "confidence": [100 * mistake.confidence for mistake in shown],
        }
    )

    def explain_clicked() -> None:
        rows = st.session_state[f"{key}_rows"]["selection"]["rows"]
        if rows:
            st.session_state[f"{key}_number"] = rows[0] + 1

    st.dataframe(
        table_on_screen(guard_table(table)),
        hide_index=True,
        height=min(TALLEST, ROW * (len(shown) + 1)),
        row_height=ROW,
        width="content",
        column_config={
            "row": st.column_config.NumberColumn(width=70),
            kind.noun: kind.column,
            "true class": st.column_config.TextColumn(width=110),
            "predicted class": st.column_config.TextColumn(width=130),
            "confidence": st.column_config.NumberColumn(format="%.1f %%", width=110),
        },
        on_select=explain_clicked,
        selection_mode="single-row",
        key=f"{key}_rows",
    )


def _image_url(record: RunRecord, place: int) -> str:
    png = mistake_loaders.load_image(record, place)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
