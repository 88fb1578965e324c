"""Test scores on the Compare page: accuracies and intervals, their differences as a matrix, all scores as a table."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ccds_core.config.options import CnnOptions
from ccds_core.figures.accuracy_dots import accuracy_dots
from ccds_core.figures.export import Chart
from ccds_core.figures.run_matrices import difference_matrix, difference_title
from ccds_core.models.cnn_diff import describe_changes
from ccds_core.results import percent
from ccds_core.runs import comparison
from ccds_core.runs.records import RunRecord
from ccds_core.runs.significance import SIGNIFICANT, PairedTest, compare_pairs
from pages.ui.shared import loaders, panels
from pages.ui.shared.charts import unchecked
from pages.ui.shared.markdown import plain

HEIGHT = 410  # pixels of the charts: what a projector has below the controls
MOST_BESIDE = 6  # runs up to which the matrix stands beside the accuracies
PART = "; "  # in a title: half a screen has no room for both parts in one line
TABLE, TESTS = "Table of scores", "How the differences were tested"
REASONS = (
    "**A cell is the accuracy of its row minus that of its column**, in percentage points, with its 95 % interval. "
    "Red: significantly higher; blue: significantly lower; grey: the interval contains 0, so the difference may be "
    "chance.",
    f"**McNemar's exact test** uses only the examples that one run gets right and the other wrong; significant if "
    f"p < {SIGNIFICANT}, not corrected for multiple comparisons. The interval is exact, given the number of these "
    "examples.",
    "**It compares one run with one run.** With another seed a close result may change.",
)


def draw_scores(records: Sequence[RunRecord]) -> None:
    """The accuracies, the report's beside them, and which of their differences are significant."""
    rows, pairs = comparison.accuracy_rows(records), compare_pairs(records)
    title = scores_title(records, pairs)
    chart = accuracy_dots(rows, title.split(PART)) if rows else None
    beside = bool(pairs) and len(records) <= MOST_BESIDE
    left, right = st.columns([10, 12], gap="medium") if beside else (st.container(), st.container())
    if chart is None:
        left.info(title)
    else:
        height = max(HEIGHT, int(chart.height)) if not pairs or beside else int(chart.height)
        left.altair_chart(unchecked(chart), key="compare_dots", alt=title, height=height)
        left.caption(_changes_sentence(records))
    if pairs:
        compared = [record.name for record in records if any(record.name in (p.better, p.other) for p in pairs)]
        matrix = difference_matrix(pairs, compared, difference_title(pairs).split(PART))
        height = HEIGHT if beside else max(HEIGHT, int(matrix.height))
        right.altair_chart(unchecked(matrix), key="compare_matrix", alt=difference_title(pairs), height=height)
        right.caption(_seeds_sentence(records))
    table, tests = st.tabs([TABLE, TESTS], key="compare_scores_tab")
    with table:
        _draw_table(records, chart)
    with tests:
        for reason in REASONS:
            st.markdown(f"- {reason}")
        for pair in pairs:
            st.markdown(f"- {plain(pair.sentence)}")


def scores_title(records: Sequence[RunRecord], pairs: Sequence[PairedTest]) -> str:
    """The most accurate run, where all were tested on the same data; of a single run, its accuracy."""
    tested = [record for record in records if record.metrics.test]
    accuracies = {record.name: record.metrics.test.accuracy for record in tested if record.metrics.test}
    if not tested:
        return "None of these runs has test results yet"
    sets = set(comparison.data_sets(tested).values())
    if len(sets) > 1:
        return f"Tested on {len(sets)} data sets: accuracies on different data are not comparable"
    name = max(accuracies, key=lambda run: accuracies[run])
    if len(tested) == 1:
        return f"{name}: {percent(accuracies[name], 1)} of the test split classified correctly"
    title = f"{name} is the most accurate: {percent(accuracies[name], 1)}"
    close = sum(name in (pair.better, pair.other) and not pair.significant for pair in pairs)
    return f"{title}; {close} other{'s are' if close > 1 else ' is'} not significantly worse" if close else title


def _changes_sentence(records: Sequence[RunRecord]) -> str:
    """What is different in each of the CNNs from architecture 1; empty where there is none."""
    changes = {
        record.name: describe_changes(options)
        for record in records
        if isinstance(options := record.card.config.options, CnnOptions)
    }
    told = "; ".join(f"{name}: {', '.join(parts)}" for name, parts in changes.items() if parts)
    return plain(f"Different from architecture 1 are {told}.") if told else ""


def _seeds_sentence(records: Sequence[RunRecord]) -> str:
    """That a cell compares two runs; and how far the seeds of one of these networks lie apart, where there are some."""
    first = (
        "Each pair stands twice, once with each sign. Its interval is about the test examples, not about other seeds."
    )
    kinds = {record.kind for record in records}
    seeds: dict[str, list[float]] = {}
    for record in loaders.load_runs():
        if record.kind in kinds and record.metrics.test:
            seeds.setdefault(record.kind, []).append(record.metrics.test.accuracy)
    several = {kind: values for kind, values in seeds.items() if len(values) > 1}
    if not several:
        return first
    kind = max(several, key=lambda name: max(several[name]) - min(several[name]))
    low, high = percent(min(several[kind]), 1), percent(max(several[kind]), 1)
    return f"{first} With other seeds {plain(kind)} reaches {low} to {high} (n = {len(several[kind])})."


def _draw_table(records: Sequence[RunRecord], chart: Chart | None) -> None:
    table = comparison.score_table(records)
    if all(record.status == "finished" for record in records):
        table = table.drop(columns="status")
    scores = [column for column in table.columns if column.endswith((", ours", ", report"))]
    scores_only, measured = _drop_measured(table)
    panels.table(scores_only, percent=scores)
    st.caption(
        f"{measured}Precision, recall and F1 are macro averages. The line through a dot is the 95 % Wilson interval of "
        "one run's accuracy; with many examples it is shorter than the dot."
    )
    panels.exports("scores", chart, table, "compare_scores")


def _drop_measured(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The table without the columns that are the same for all runs, and these columns as a sentence."""
    columns = ["n", "measured on"]
    if len(table[columns].drop_duplicates()) > 1 or table[columns].isna().any(axis=None):
        return table, ""
    n, source = table[columns].iloc[0]
    return table.drop(columns=columns), f"Measured on: {plain(source)}, n = {n:,}. "
