"""What is here: the six workshop tasks as doors, and our figures beside the report's."""

import streamlit as st

from ccds_core import comparison, workshop
from ccds_core.claims import check_claims
from ccds_core.figures.accuracy_dots import accuracy_dots
from pages.ui import frame, loaders, panels
from pages.ui.charts import unchecked
from pages.ui.errors import errors_on_page

frame.open_page("home")

with errors_on_page():
    shipped = [record for record in loaders.load_runs() if record.shipped and record.metrics.test]

figures = comparison.task_figures(shipped)
for row in (workshop.TASKS[:3], workshop.TASKS[3:]):
    for column, task in zip(st.columns(3), row, strict=True):
        with column:
            panels.task_door(task, figures.get(task.number, []))

st.subheader("Our figures beside the report's")
if not shipped:
    st.info("No checkpoint is shipped here. Train one: python -m ccds_core train architecture-1 --data digits.")
    st.stop()
for kind, title_of in (("image", panels.report_title), ("text", panels.texts_title)):
    rows = comparison.accuracy_rows([record for record in shipped if record.task == kind])
    if rows:
        st.altair_chart(unchecked(accuracy_dots(rows, title_of(rows))), key=f"home_{kind}_dots", alt=title_of(rows))
with st.expander("What the report concludes, and what we see"):
    panels.claims_table(check_claims(shipped))
with st.expander("Why do the figures differ?"):
    for name, reason in workshop.DIFFERENCES:
        st.markdown(f"- **{name}.** {reason}")
