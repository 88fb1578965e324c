"""The views of the Compare page; each draws the chosen runs and offers its data as files."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.data.text_file import guard_table
from ccds_core.figures.confusion_heatmap import CELL_SELECTION, largest_confusion
from ccds_core.figures.learning_curves import curve_panels, learning_curves
from ccds_core.figures.run_matrices import class_scores, class_title
from ccds_core.results import percent
from ccds_core.runs import comparison
from ccds_core.runs.curves import curve_sentence
from ccds_core.runs.hyperparameters import difference_table
from ccds_core.runs.records import RunRecord
from pages.ui.compare import confusion_cell, controls, loaders
from pages.ui.shared import frame, panels
from pages.ui.shared.charts import unchecked
from pages.ui.shared.controls import WRONG
from pages.ui.shared.markdown import plain

COST_FORMATS = {
    "parameters": st.column_config.NumberColumn(format="localized"),
    "MACs per example": st.column_config.NumberColumn(format="localized"),
    "training compute, PFLOP": st.column_config.NumberColumn(format="%.3f"),
    "training time, s": st.column_config.NumberColumn(format="%.0f"),
}
REDRAWN = "tensors redrawn by initialization"  # for image runs only: Task 4's Xavier bug
MATRICES_PER_ROW = 2
MATRIX_HEIGHT = 470  # pixels of a matrix and its names: what a projector has below the controls
MOST_STRETCHED = 14  # classes whose cells keep room for a number in half a projector
CURVE_HEIGHT, AROUND = 280, 140  # pixels of a panel, and of its title, legend and axis
PANELS_PER_ROW = {1: 1, 2: 2, 3: 3, 4: 4, 5: 3, 6: 3, 9: 3, 10: 4}  # by the number of runs
F1_HEIGHT = 440
NAMED = 4  # hyperparameters that the title names
NOT_TESTED = "None of these runs is finished, so none has test results yet."


def draw_curves(records: Sequence[RunRecord], bar: DeltaGenerator) -> None:
    """Loss or accuracy, as chosen in `bar`, by epoch, and a sentence per run."""
    quantity = controls.choose_quantity(bar)
    title = curves_title(records, quantity)
    st.subheader(plain(title))
    charts = curve_panels(records, quantity, CURVE_HEIGHT)
    panels.beside(charts, "compare_curves", PANELS_PER_ROW.get(len(charts), max(PANELS_PER_ROW.values())), AROUND)
    for record in records:
        st.markdown(f"- {plain(curve_sentence(record))}")
    rows = [
        {"run": record.name, **{key: value for key, value in vars(epoch).items() if key != "step_losses"}}
        for record in records
        for epoch in record.metrics.history
    ]
    chart = learning_curves(records, quantity, title)
    panels.exports("curves", chart, pd.DataFrame(rows), "compare_curves_export")


def draw_confusion(records: Sequence[RunRecord], bar: DeltaGenerator) -> None:
    """Confusion matrices of the test split, two to a row; what their cells hold is chosen in `bar`."""
    cells = controls.choose_cells(bar)
    tested = [record for record in records if record.metrics.test]
    if not tested:
        st.info(NOT_TESTED)
        return
    for start in range(0, len(tested), MATRICES_PER_ROW):
        columns = st.columns(MATRICES_PER_ROW)
        for column, record in zip(columns, tested[start : start + MATRICES_PER_ROW], strict=False):
            with column:
                _draw_matrix(record, rates=cells != controls.COUNTS)
        if start == 0:
            kind = "sentences" if any(record.task == "text" for record in tested) else "images"
            st.caption(f"Click a cell to see its {kind}.")


def draw_classes(records: Sequence[RunRecord]) -> None:
    """F1 by class of all runs as a matrix, then the classification report of each."""
    tested = [record for record in records if record.metrics.test]
    if not tested:
        st.info(NOT_TESTED)
        return
    tables = {record.name: comparison.class_table(record) for record in tested}
    f1 = {name: dict(zip(table["class"][:-1], table["F1"][:-1], strict=True)) for name, table in tables.items()}
    sets = set(comparison.data_sets(tested).values())
    title = class_title(f1) if len(sets) == 1 else f"F1 by class; tested on {len(sets)} data sets, not comparable"
    chart = class_scores(f1, title.split("; "))
    st.altair_chart(unchecked(chart), key="compare_f1", alt=title, height=max(F1_HEIGHT, int(chart.height)))
    summary = pd.concat({name: table.set_index("class")["F1"] for name, table in tables.items()}, axis=1).reset_index()
    panels.table(summary, percent=list(tables))
    panels.exports("classes", chart, summary, "compare_classes")
    for name, table in tables.items():
        with st.expander(f"Precision, recall and F1 of {plain(name)}"):
            panels.table(table, percent=["precision", "recall", "F1"])
            panels.exports(f"report-{name}", None, table, f"compare_report_{name}")


def draw_options(records: Sequence[RunRecord]) -> None:
    """The hyperparameters in which the runs differ, and the training cost of each."""
    differences, costs = difference_table(records), comparison.cost_table(records)
    if len(records) > 1:
        st.subheader(plain(options_title(differences)))
        st.dataframe(guard_table(differences), hide_index=True, height="content")
        panels.exports("options", None, differences, "compare_options")
    st.markdown("**Training cost**")
    if all(record.task == "text" for record in records):
        costs = costs.drop(columns=REDRAWN)
    st.dataframe(guard_table(costs), hide_index=True, column_config=COST_FORMATS)
    st.caption(f"Trained on: {plain('; '.join(comparison.machines(records)) or 'unknown')}.")
    panels.exports("cost", None, costs, "compare_cost")


def _draw_matrix(record: RunRecord, rates: bool) -> None:
    test = record.metrics.test
    if test is None:
        return
    label, prediction, count = largest_confusion(test)
    title = f"{record.name}, most confused: {label}→{prediction} ({count})"
    chart = loaders.load_heatmap(record, test, title, rates)
    key = f"compare_matrix_{record.name}"
    fits = len(test.classes) <= MOST_STRETCHED
    event = st.altair_chart(
        unchecked(chart),
        width="stretch" if fits else "content",
        height=MATRIX_HEIGHT if fits else "content",
        key=key,
        alt=title,
        on_select="rerun",
        selection_mode=CELL_SELECTION,
    )
    chosen = confusion_cell.cell_of(event, CELL_SELECTION)
    if record.task == "text":
        confusion_cell.draw_cell(record, chosen)
    elif chosen and chosen[0] != chosen[1]:
        _link_to_images(record, *chosen)
    rows = pd.DataFrame(test.confusion, columns=list(test.classes), index=pd.Index(test.classes, name="true class"))
    panels.exports(f"confusion-{record.name}", chart, rows.reset_index(), f"compare_confusion_{record.name}")


def _link_to_images(record: RunRecord, label: str, prediction: str) -> None:
    """A link to the misclassified images of one cell on the Images page."""
    query = (
        ("images_source", WRONG),
        ("images_wrong_run", record.name),
        ("images_wrong_label", label),
        ("images_wrong_answer", prediction),
        ("images_network", record.name),
        ("images_view", "Attribution maps"),
    )
    frame.link("images", plain(f"Test images: {label} classified as {prediction}"), query)


def curves_title(records: Sequence[RunRecord], quantity: str) -> str:
    """The best value that a run reaches in this quantity, where all runs see the same data; of one run, its own."""
    sets = {(data.name, data.split) for data in (record.card.config.data for record in records)}
    if len(sets) > 1:
        return f"Trained on {len(sets)} data sets: their {quantity} is not comparable"
    best, choose = ("lowest", min) if quantity == controls.LOSS else ("highest", max)
    epochs = {
        record.name: choose(record.metrics.history, key=lambda epoch: getattr(epoch, f"val_{quantity}"))
        for record in records
    }
    values = {name: getattr(epoch, f"val_{quantity}") for name, epoch in epochs.items()}
    name = choose(values, key=lambda run: values[run])
    value = f"{values[name]:.2f}" if quantity == controls.LOSS else percent(values[name], 1)
    if len(records) > 1:
        return f"{name} reaches the {best} validation {quantity}: {value} (epoch {epochs[name].epoch})"
    return f"{name}: validation {quantity} {value} in epoch {epochs[name].epoch} of {len(records[0].metrics.history)}"


def options_title(differences: pd.DataFrame) -> str:
    """The hyperparameters in which the runs differ; where they are many, their number."""
    labels = [f"{label[0].lower()}{label[1:]}" if label[1:2].islower() else label
              for label in differences["hyperparameter"]]  # fmt: skip
    if not labels:
        return "These runs have the same hyperparameters"
    if len(labels) > NAMED:
        return f"These runs differ in {len(labels)} hyperparameters"
    return f"These runs differ in {', '.join(labels)}"
