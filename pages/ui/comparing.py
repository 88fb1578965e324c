"""The views of the Compare page; each draws some runs, says what to see, and offers its files."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ccds_core import comparison
from ccds_core.figures.accuracy_dots import accuracy_dots
from ccds_core.figures.confusion_heatmap import CELL_SELECTION, largest_confusion
from ccds_core.figures.learning_curves import curve_sentence, learning_curves
from ccds_core.pairs import DEMONSTRATED, compare_pairs
from ccds_core.run_folders import RunRecord
from pages.ui import compare_loaders, controls, frame, panels, sentences
from pages.ui.charts import draw_as_wide_as_it_is, unchecked
from pages.ui.text import plain

COST_FORMATS = {
    "parameters": st.column_config.NumberColumn(format="localized"),
    "multiply-adds per example": st.column_config.NumberColumn(format="localized"),
    "training compute, PFLOP": st.column_config.NumberColumn(format="%.3f"),
    "training time, s": st.column_config.NumberColumn(format="%.0f"),
}
TOUCHED = "tensors the initialiser touched"  # of image runs alone: Task 4's Xavier step
MATRICES_A_ROW = 2


def draw_scores(records: Sequence[RunRecord]) -> None:
    """The Task 3 table, ours beside the report's, and its dots."""
    table = comparison.score_table(records)
    if all(record.status == "finished" for record in records):
        table = table.drop(columns="status")
    rows = comparison.accuracy_rows(records)
    chart = accuracy_dots(rows, _scores_title(records)) if rows else None
    if chart is not None:
        st.altair_chart(unchecked(chart), key="compare_dots", alt=_scores_title(records))
    scores = [column for column in table.columns if column.endswith((", ours", ", report"))]
    shown, measured = _drop_measured(table)
    panels.table(shown, percent=scores)
    st.caption(
        f"{measured}Precision, recall and F1 are macro averages. Bars: 95 % interval (Wilson) of one run's accuracy."
    )
    panels.exports("scores", chart, table, "compare_scores")
    _draw_pairs(records)


def _draw_pairs(records: Sequence[RunRecord]) -> None:
    """Which differences are demonstrated, where runs were tested on the same rows."""
    pairs = compare_pairs(records)
    if not pairs:
        return
    shown = sum(pair.demonstrated for pair in pairs)
    with st.expander(f"Which differences are real? {shown} of {len(pairs)} pairs differ beyond chance"):
        for pair in pairs:
            st.markdown(f"- {plain(pair.sentence)}")
        st.caption(
            "McNemar's exact test on the rows that only one of the two has right; each pair on its own, p below "
            f"{DEMONSTRATED:.0%} counts as demonstrated. It knows one run of each: another seed may turn a close pair."
        )


def draw_curves(records: Sequence[RunRecord]) -> None:
    """Loss or accuracy by epoch, and what the curves say."""
    quantity = controls.choose_one("Quantity", ["loss", "accuracy"], "compare_quantity")
    chart = learning_curves(records, quantity, _curves_title(records))
    draw_as_wide_as_it_is(chart, _curves_title(records), "compare_curves")
    for record in records:
        st.markdown(f"- {plain(curve_sentence(record))}")
    rows = [
        {"run": record.name, **{key: value for key, value in vars(epoch).items() if key != "step_losses"}}
        for record in records
        for epoch in record.metrics.history
    ]
    panels.exports("curves", chart, pd.DataFrame(rows), "compare_curves_export")


def draw_confusion(records: Sequence[RunRecord]) -> None:
    """Confusion matrices of the test split, two to a row."""
    shown = controls.choose_one("Cells", ["rates", "counts"], "compare_cells")
    tested = [record for record in records if record.metrics.test]
    if not tested:
        st.info("None of these runs is finished, so none was tested yet.")
    kind = "read the sentences" if any(record.task == "text" for record in tested) else "see the pictures"
    st.caption(f"Click a cell to {kind} behind it.")
    for start in range(0, len(tested), MATRICES_A_ROW):
        columns = st.columns(MATRICES_A_ROW)
        for column, record in zip(columns, tested[start : start + MATRICES_A_ROW], strict=False):
            with column:
                _draw_matrix(record, rates=shown != "counts")


def draw_classes(records: Sequence[RunRecord]) -> None:
    """The classification report of each run."""
    tested = [record for record in records if record.metrics.test]
    if not tested:
        st.info("None of these runs is finished, so none was tested yet.")
        return
    f1 = pd.concat(
        {record.name: comparison.class_table(record).set_index("class")["F1"] for record in tested}, axis=1
    ).reset_index()
    st.markdown(f"**{plain(_classes_title(f1, tested[0].name))}**")
    panels.table(f1, percent=[record.name for record in tested])
    for record in tested:
        with st.expander(f"Precision, recall and F1 of {plain(record.name)}"):
            table = comparison.class_table(record)
            panels.table(table, percent=["precision", "recall", "F1"])
            panels.exports(f"report-{record.name}", None, table, f"compare_report_{record.name}")


def draw_options(records: Sequence[RunRecord]) -> None:
    """In which options the runs differ, and what each cost."""
    differences, costs = comparison.difference_table(records), comparison.cost_table(records)
    if len(records) > 1:
        st.markdown(f"**These runs differ in {len(differences)} options**")
        st.dataframe(differences, hide_index=True, height="content")
        panels.exports("options", None, differences, "compare_options")
    st.markdown("**What each took**")
    if all(record.task == "text" for record in records):
        costs = costs.drop(columns=TOUCHED)
    st.dataframe(costs, hide_index=True, column_config=COST_FORMATS)
    st.caption(f"Trained on: {plain('; '.join(comparison.machines(records)) or 'not known yet')}.")
    panels.exports("cost", None, costs, "compare_cost")


def _draw_matrix(record: RunRecord, rates: bool) -> None:
    test = record.metrics.test
    if test is None:
        return
    label, prediction, count = largest_confusion(test)
    title = f"{record.name}: {label} is taken for {prediction} {count} times"
    chart = compare_loaders.load_heatmap(record, test, title, rates)
    key = f"compare_matrix_{record.name}"
    event = st.altair_chart(
        unchecked(chart), width="content", key=key, alt=title, on_select="rerun", selection_mode=CELL_SELECTION
    )
    chosen = sentences.cell_of(event, CELL_SELECTION)
    if record.task == "text":
        sentences.draw_cell(record, chosen)
    elif chosen and chosen[0] != chosen[1]:
        _link_to_pictures(record, *chosen)
    rows = pd.DataFrame(test.confusion, columns=list(test.classes), index=pd.Index(test.classes, name="label"))
    panels.exports(f"confusion-{record.name}", chart, rows.reset_index(), f"compare_confusion_{record.name}")


def _link_to_pictures(record: RunRecord, label: str, prediction: str) -> None:
    """To the wrong answers of one cell on the Images page, where they are explained."""
    query = (
        ("images_source", controls.WRONG),
        ("images_wrong_run", record.name),
        ("images_wrong_label", label),
        ("images_wrong_answer", prediction),
        ("images_network", record.name),
        ("images_view", "Where it looked"),
    )
    frame.link("images", plain(f"The test pictures of {label} that it takes for {prediction}"), query)


def _drop_measured(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The table without what is the same for all of its runs, and that in a sentence."""
    columns = ["n", "measured on"]
    if len(table[columns].drop_duplicates()) > 1 or table[columns].isna().any(axis=None):
        return table, ""
    n, source = table[columns].iloc[0]
    return table.drop(columns=columns), f"Measured on {plain(source)}, n = {n:,}. "


def _scores_title(records: Sequence[RunRecord]) -> str:
    tested = [(record.metrics.test.accuracy, record.name) for record in records if record.metrics.test]
    if not tested:
        return "None of these runs was tested yet"
    accuracy, name = max(tested)
    first = f"{name} is the most accurate of these, {accuracy:.1%} on the test split"
    level = sum(name in (pair.better, pair.other) and not pair.demonstrated for pair in compare_pairs(records))
    return f"{first}, but {level} of the others may be as good" if level else first


def _curves_title(records: Sequence[RunRecord]) -> str:
    best = max(records, key=lambda record: max(epoch.val_accuracy for epoch in record.metrics.history))
    accuracy = max(epoch.val_accuracy for epoch in best.metrics.history)
    return f"{best.name} reaches the highest validation accuracy, {accuracy:.1%}"


def _classes_title(f1: pd.DataFrame, name: str) -> str:
    scores = f1[f1["class"] != "macro average"].set_index("class")[name]
    return f"F1 by class: {name} finds {scores.idxmax()} easiest and {scores.idxmin()} hardest"
