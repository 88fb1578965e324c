"""Results -> blocks that more than one page draws."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st
from PIL import Image

from ccds_core.agreement import Verdict
from ccds_core.claims import Claim
from ccds_core.data.uploads import shrink
from ccds_core.figures.accuracy_dots import AccuracyRow
from ccds_core.figures.export import Chart, Spec, chart_png, chart_svg
from ccds_core.results import Prediction
from ccds_core.workshop import Task
from pages.ui import frame
from pages.ui.charts import unchecked
from pages.ui.text import plain

PICTURE = 224  # pixels on screen
AROUND = 118  # pixels of a title above a chart and an axis with its title below
PADDING = {"left": 0, "top": 5, "right": 8, "bottom": 20}  # pixels; an axis' last number would lose its edge
ABSENT = "–"  # in a table, where there is no number
ROUNDED = 0.005  # the report gives whole per cents
NEAR = 0.05  # a run within five points of the report's figure comes out as reported
MEAN = "The mean of the models that learned something"
DISTANCE = "Mean total variation distance between a model and the mean: 0 % = one answer, 100 % = no overlap"
SAID = {
    "sure": (":material/check_circle:", "If it is one of their ten classes, this answer is very likely right."),
    "fairly sure": (":material/help:", "If it is one of their ten classes, this answer is probably right."),
    "unsure": (":material/warning:", "The models are unsure: do not take this answer at its word."),
    "unknown": (":material/help:", "How far this answer can be trusted was not measured."),
}


def picture_and_verdict(square: Image.Image, verdict: Verdict) -> None:
    """What was brought, what the networks see, and what their answers amount to."""
    brought, seen, words = st.columns([PICTURE + 16, PICTURE + 16, 560], gap="medium")
    brought.image(square, caption="The square that is looked at", width=PICTURE, alt="The picture, cropped to a square")
    enlarged = shrink(square).resize((PICTURE, PICTURE), Image.Resampling.NEAREST)
    seen.image(
        enlarged,
        caption="What the networks see: 32 × 32 pixels",
        width=PICTURE,
        output_format="PNG",
        alt="The same picture at 32 by 32 pixels, enlarged",
    )
    with words:
        st.subheader(plain(verdict.title))
        icon, said = SAID[verdict.level]
        show = st.warning if verdict.level == "unsure" else st.info
        show(f"{said} {_evidence(verdict)}", icon=icon)
        numbers = st.columns(3)
        several = verdict.n_models > 1
        numbers[0].metric("Their mean says" if several else "It says", verdict.consensus.prediction, help=MEAN)
        numbers[1].metric("with probability", f"{verdict.consensus.confidence:.0%}")
        if several:
            numbers[2].metric("Disagreement", f"{verdict.disagreement:.0%}", help=DISTANCE)


def beside(charts: Mapping[str, alt.LayerChart], key: str, most: int, around: int = AROUND) -> None:
    """Charts by their titles, beside one another, at most so many a row, as wide as the page lets them be.

    `around`: pixels of title, axis and legend; Streamlit counts them into the height of a chart that it stretches.
    """
    titles = list(charts)
    for start in range(0, len(titles), most):
        columns = st.columns(most)
        for place, title in enumerate(titles[start : start + most]):
            chart = charts[title].properties(padding=PADDING)
            columns[place].altair_chart(
                unchecked(chart), height=int(chart.height) + around, key=f"{key}_{start + place}", alt=title
            )


def exports(name: str, chart: Chart | Spec | None, table: pd.DataFrame, key: str) -> None:
    """The current view as CSV, PNG and SVG; a file is made when it is asked for.

    Not before: the browser asks for a file that is there at once, and where a rerun has replaced it, finds none.
    """
    with st.container(horizontal=True):
        st.download_button(
            "CSV", lambda: table.to_csv(index=False), f"{name}.csv", "text/csv", key=f"{key}_csv", on_click="ignore"
        )
        if chart is not None:
            st.download_button(
                "PNG", lambda: chart_png(chart), f"{name}.png", "image/png", key=f"{key}_png", on_click="ignore"
            )
            st.download_button(
                "SVG", lambda: chart_svg(chart), f"{name}.svg", "image/svg+xml", key=f"{key}_svg", on_click="ignore"
            )


def answer_table(predictions: Mapping[str, Prediction]) -> pd.DataFrame:
    """One row per model: its answer, then the probability of each class."""
    return pd.DataFrame(
        [
            {
                "model": name,
                "prediction": prediction.prediction,
                **dict(zip(prediction.classes, prediction.probabilities.tolist(), strict=True)),
            }
            for name, prediction in predictions.items()
        ]
    )


def _evidence(verdict: Verdict) -> str:
    """The measured worth of such agreement, and its limit."""
    limit = "They cannot say 'none of these'"
    if verdict.measured is None:
        return f"{limit}: a picture of anything else gets one of their ten names too."
    found = verdict.measured
    return (
        f"Answers like this were right for {found.share:.0%} of {found.n:,} validation pictures. {limit}: of "
        f"handwritten digits, {verdict.foreign_share:.0%} got an answer at least this sure."
    )


def task_door(task: Task, figures: Sequence[str]) -> None:
    """One of the workshop's tasks as a card with its ways in."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**Task {task.number}: {task.title}**")
        st.markdown(task.asks)
        if figures:
            st.markdown(" ".join(f":blue-badge[{line}]" for line in figures))
        with st.container(horizontal=True):
            for door in task.doors:
                frame.link(door.page, door.says, door.query)


def table(rows: pd.DataFrame, percent: Sequence[str]) -> None:
    """A table in full height, its shares in per cent with one decimal; what is not there is a dash."""
    styled = rows.style.format(dict.fromkeys(percent, "{:.1%}"))
    st.dataframe(styled, hide_index=True, height="content", placeholder=ABSENT)


def number_table(rows: Sequence[Mapping[str, object]] | pd.DataFrame) -> None:
    """A small table of numbers with two decimals; what is not there is a dash."""
    table = pd.DataFrame(rows)
    numbers = [column for column in table.columns if table[column].dtype.kind == "f"]
    styled = table.style.format(dict.fromkeys(numbers, "{:.2f}"))
    st.dataframe(styled, hide_index=True, height="content", placeholder=ABSENT)


def claims_table(claims: Sequence[Claim]) -> None:
    """The report's conclusions beside our findings, one a row."""
    rows = [{"task": c.task, "the report": c.report, "holds": c.holds, "what we see": c.ours} for c in claims]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")


def report_title(rows: Sequence[AccuracyRow]) -> str:
    """How near our runs come to the report's, as a finding."""
    _, ours, near = _beside_report(rows)
    seeded = [name for name in ours if name not in near and max(ours[name]) - min(ours[name]) >= NEAR]
    far = [name for name in ours if name not in near and name not in seeded]
    parts = [f"the seed decides {_numbers(seeded)}"] if seeded else []
    parts += [f"not so {_numbers(far)}"] if far else []
    first = f"Architectures {_numbers(near)} come out as reported" if near else "No architecture comes out as reported"
    return first + (f"; {', and '.join(parts)}" if parts else "")


def texts_title(rows: Sequence[AccuracyRow]) -> str:
    """Which text models come out as reported, and what learning nothing reaches."""
    report = {row.architecture: row.accuracy for row in rows if row.whose == "report"}
    near = [
        row.run
        for row in rows
        if row.low and row.high and row.low - ROUNDED <= report.get(row.run, 0.0) <= row.high + ROUNDED
    ]
    floor = [row.accuracy for row in rows if row.architecture == "one-word-rule"]
    first = f"{' and '.join(near) or 'No text model'} {'come' if len(near) > 1 else 'comes'} out as reported"
    return first + (f"; looking up one word reaches {floor[0]:.1%}" if floor else "")


def _beside_report(rows: Sequence[AccuracyRow]) -> tuple[dict[str, float], dict[str, list[float]], list[str]]:
    """The report's figures, our runs' by architecture, and the architectures that come near the report's."""
    report = {row.architecture: row.accuracy for row in rows if row.whose == "report"}
    ours = {name: [row.accuracy for row in rows if row.architecture == name and row.whose == "ours"] for name in report}
    near = [name for name in ours if max(abs(accuracy - report[name]) for accuracy in ours[name]) < NEAR]
    return report, ours, near


def _numbers(names: Sequence[str]) -> str:
    return ", ".join(name.rsplit("-", 1)[1] for name in names)
