"""Results -> panels that several pages draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from ccds_core.data.text_file import guard_table, write_table
from ccds_core.figures.export import Chart, Spec, chart_png, chart_svg, panels_of
from ccds_core.figures.probability_stacks import ROW_HEIGHT, probability_stacks
from ccds_core.results import Prediction, percent
from ccds_core.runs.claims import Claim
from ccds_core.runs.comparison import AccuracyRow
from ccds_core.runs.consensus import Verdict
from ccds_core.runs.resampling import ENOUGH
from ccds_core.training.metrics import wilson_interval
from pages.ui.shared.charts import unchecked
from pages.ui.shared.crude import on_screen, table_on_screen
from pages.ui.shared.markdown import plain

AROUND = 118  # pixels of a title above a chart and an axis with its title below
PADDING = {"left": 0, "top": 5, "right": 8, "bottom": 20}  # pixels; an axis' last number would lose its edge
ABSENT = "–"  # in a table, for a missing value
ONE_DIGIT = partial(percent, digits=1)
ROUNDED = 0.005  # the report gives whole percentages
NEAR = 0.05  # a run within five percentage points of the report's accuracy reproduces it
ENSEMBLE = "ensemble"  # the row of the mean probabilities
STACKS_AROUND = 112  # pixels of the axis and the legend
VERDICTS = (
    "yes, no: the 95 % interval allows no other answer. open: it does, or the claim is about a recipe of which fewer "
    f"than {ENOUGH} seeds were trained: another seed may do something else."
)
STACKS_HELP = (
    "The ensemble is the mean of the predicted probabilities over all networks with more than 60 % validation "
    "accuracy. Disagreement is the mean total variation distance between each network and the ensemble: 0 % is "
    "identical, 100 % no overlap."
)
ADVICE = {
    "sure": (":material/check_circle:", "{condition}, this prediction is very likely right."),
    "fairly sure": (":material/help:", "{condition}, this prediction is probably right."),
    "unsure": (":material/warning:", "The models are unsure: do not rely on this prediction."),
    "unknown": (":material/help:", "The reliability of this prediction was not measured."),
}


@dataclass(frozen=True)
class Subject:
    """What a prediction is about, in the words of its box."""

    condition: str  # under which the advice holds
    noun: str
    foreign: str  # the examples of none of the classes


IMAGE = Subject("If the image shows one of the classes", "image", "images of handwritten digits")
TEXT = Subject("If the text is about one of the classes", "text", "our own sentences without a feeling")


def stacks(
    predictions: Mapping[str, Prediction], verdict: Verdict, title: str, key: str, *, ensemble: bool = True
) -> None:
    """All class probabilities: a row per model, and one for the ensemble of several."""
    several = ensemble and len(predictions) > 1
    rows = {ENSEMBLE: verdict.consensus, **predictions} if several else predictions
    if several:
        answer, sure = verdict.consensus.label, percent(verdict.consensus.confidence)
        title += f". Ensemble: {answer}, {sure}; disagreement {percent(verdict.disagreement)}"
    st.markdown(f"**{plain(title)}**", help=STACKS_HELP if several else None)
    chart = probability_stacks(rows, bold=ENSEMBLE if several else "")
    st.altair_chart(unchecked(chart), height=ROW_HEIGHT * len(rows) + STACKS_AROUND, key=key, alt=title)


def trust_box(verdict: Verdict, subject: Subject, warning: str = "") -> None:
    """How often a prediction of this confidence was right; a warning about the input comes first."""
    icon, advice = ADVICE["unsure" if warning else verdict.level]
    show = st.warning if warning or verdict.level == "unsure" else st.info
    limit = f'There is no class "none of these": {_share_of_foreign(verdict, subject)}'
    parts = [warning or advice.format(condition=subject.condition), _share_of_right(verdict, subject)]
    show(" ".join(filter(None, [*parts, "" if warning else limit])), icon=icon)


def beside(charts: Mapping[str, alt.LayerChart], key: str, most: int, around: int = AROUND) -> None:
    """Charts by title, side by side, at most `most` in a row, together as wide as the page.

    `around`: pixels of title, axis and legend, which Streamlit includes in the height of a chart.
    """
    titles = list(charts)
    for start in range(0, len(titles), most):
        columns = st.columns(most)
        for column, title in enumerate(titles[start : start + most]):
            chart = charts[title].properties(padding=PADDING)
            columns[column].altair_chart(
                unchecked(chart),
                height=int(chart.height) + around,
                key=f"{key}_{start + column}",
                alt=on_screen(title),
            )


def facets(chart: alt.FacetChart, title: str, key: str, most: int, around: int = AROUND) -> None:
    """The panels of a chart side by side as in `beside`, under its title."""
    st.markdown(f"**{plain(title)}**")
    beside(panels_of(chart), key, most, around)


def exports(name: str, chart: Chart | Spec | None, table: pd.DataFrame, key: str) -> None:
    """The current view as CSV, PNG and SVG; each file is made when its button is clicked."""
    with st.container(horizontal=True):
        st.download_button(
            "CSV", lambda: write_table(table), f"{name}.csv", "text/csv", key=f"{key}_csv", on_click="ignore"
        )
        if chart is not None:
            st.download_button(
                "PNG", lambda: chart_png(chart), f"{name}.png", "image/png", key=f"{key}_png", on_click="ignore"
            )
            st.download_button(
                "SVG", lambda: chart_svg(chart), f"{name}.svg", "image/svg+xml", key=f"{key}_svg", on_click="ignore"
            )


def answer_table(predictions: Mapping[str, Prediction]) -> pd.DataFrame:
    """One row per model: its prediction, then the probability of each class."""
    return pd.DataFrame(
        [
            {
                "model": name,
                "prediction": prediction.label,
                **dict(zip(prediction.classes, prediction.probabilities.tolist(), strict=True)),
            }
            for name, prediction in predictions.items()
        ]
    )


def _share_of_right(verdict: Verdict, subject: Subject) -> str:
    """How often such predictions were right; empty where it was not measured."""
    if verdict.measured is None:
        return ""
    n, right = verdict.measured.n, verdict.measured.right
    low, high = (ONE_DIGIT(end) for end in wilson_interval(right, n))
    return (
        f"At this confidence ({percent(verdict.consensus.confidence)}), {ONE_DIGIT(verdict.measured.share)} of {n:,} "
        f"validation {subject.noun}s were classified correctly (95 % interval {low} to {high})."
    )


def _share_of_foreign(verdict: Verdict, subject: Subject) -> str:
    """What predictions cannot tell."""
    if verdict.measured is None:
        return f"any other {subject.noun} gets one of the classes, too."
    return f"{percent(verdict.foreign_share)} of {subject.foreign} got this confidence or more."


def table(rows: pd.DataFrame, percent: Sequence[str]) -> None:
    """A table in full height, fractions as percentages with one decimal; a dash for missing values."""
    guarded = table_on_screen(guard_table(rows))  # Streamlit's table has a CSV button of its own
    formats: dict[Any, Any] = {shown: ONE_DIGIT for name, shown in zip(rows, guarded, strict=True) if name in percent}
    st.dataframe(guarded.style.format(formats), hide_index=True, height="content", placeholder=ABSENT)


def number_table(rows: Sequence[Mapping[str, object]] | pd.DataFrame) -> None:
    """A small table of numbers with two decimals; a dash for missing values."""
    table = table_on_screen(guard_table(pd.DataFrame(rows)))
    numbers = [column for column in table.columns if table[column].dtype.kind == "f"]
    styled = table.style.format(dict.fromkeys(numbers, "{:.2f}"))
    st.dataframe(styled, hide_index=True, height="content", placeholder=ABSENT)


def claims_table(claims: Sequence[Claim]) -> None:
    """One row per conclusion of the report, next to our result."""
    rows = [{"task": c.task, "the report": c.report, "holds": c.holds, "our result": c.ours} for c in claims]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
    st.caption(VERDICTS)


def report_title(rows: Sequence[AccuracyRow]) -> str:
    """Which architectures reproduce the report's accuracy, as a chart's title."""
    report = {row.architecture: row.accuracy for row in rows if row.whose == "report"}
    ours = {name: [row.accuracy for row in rows if row.architecture == name and row.whose == "ours"] for name in report}
    near = [name for name in ours if max(abs(accuracy - report[name]) for accuracy in ours[name]) < NEAR]
    seeded = [name for name in ours if name not in near and max(ours[name]) - min(ours[name]) >= NEAR]
    far = [name for name in ours if name not in near and name not in seeded]
    plural = "s" if len(near) > 1 else ""
    parts = [f"Architecture{plural} {_verb(near, 'reproduce')}" if near else "No architecture reproduces"]
    parts += [f"{_verb(seeded, 'depend')} on the seed"] if seeded else []
    parts += [f"{_numbers(far)} {'does' if len(far) == 1 else 'do'} not reproduce"] if far else []
    return "; ".join(parts)


def texts_title(rows: Sequence[AccuracyRow]) -> str:
    """Which text models reproduce the report's accuracy, and what the keyword baseline reaches."""
    report = {row.architecture: row.accuracy for row in rows if row.whose == "report"}
    near = [
        row.run
        for row in rows
        if row.low and row.high and row.low - ROUNDED <= report.get(row.run, 0.0) <= row.high + ROUNDED
    ]
    floor = [row.accuracy for row in rows if row.architecture == "one-word-rule"]
    first = f"{' and '.join(near) or 'No text model'} reproduce{'' if len(near) > 1 else 's'} the report's accuracy"
    return first + (f"; the keyword baseline reaches {percent(floor[0], 1)}" if floor else "")


def _numbers(names: Sequence[str]) -> str:
    """architecture-1, -3, -4 -> "1, 3 and 4\""""
    *first, last = (name.rsplit("-", 1)[1] for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def _verb(names: Sequence[str], verb: str) -> str:
    return f"{_numbers(names)} {verb}{'s' * (len(names) == 1)}"
