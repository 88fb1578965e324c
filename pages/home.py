"""Where to start, the six workshop tasks with links, and our results vs. the report's."""

import streamlit as st

from ccds_core.config import report
from ccds_core.figures.accuracy_dots import accuracy_dots
from ccds_core.runs import comparison
from pages.ui.home.opening import draw_opening
from pages.ui.home.tasks import TASKS, draw_task
from pages.ui.shared import frame, loaders, panels
from pages.ui.shared.charts import unchecked
from pages.ui.shared.errors import errors_on_page

THE_REPORT = (
    "The workshop (CCDS, Independent University, Bangladesh) published a report with its results. We trained its "
    "networks again: *report* names its results, *ours* names ours."
)

frame.open_page("home")
draw_opening()

with errors_on_page():
    shipped = [record for record in loaders.load_runs() if record.shipped and record.metrics.test]

st.subheader("The workshop's six tasks")
st.markdown(THE_REPORT)
figures = comparison.task_figures(shipped)
for row in (TASKS[:3], TASKS[3:]):
    for column, task in zip(st.columns(3), row, strict=True):
        with column:
            draw_task(task, figures.get(task.number, []))

st.subheader("Our results vs. the report's")
if not shipped:
    st.info("No checkpoint is available. Train one: python -m ccds_core train architecture-1 --data digits.")
    st.stop()
for kind, title_of in (("image", panels.report_title), ("text", panels.texts_title)):
    rows = comparison.accuracy_rows([record for record in shipped if record.task == kind])
    if rows:
        st.altair_chart(unchecked(accuracy_dots(rows, title_of(rows))), key=f"home_{kind}_dots", alt=title_of(rows))
conclusions = st.expander("The report's conclusions vs. our results", key="home_claims", bind="query-params")
if conclusions.open:
    with conclusions:
        panels.claims_table(loaders.load_claims(shipped))
with st.expander("Why do the results differ?"):
    for name, reason in report.DIFFERENCES:
        st.markdown(f"- **{name}.** {reason}")
