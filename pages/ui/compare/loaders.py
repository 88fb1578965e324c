"""What the Compare page draws of a run, computed once for all visitors; keys are names, digests and scalars."""

import streamlit as st

from ccds_core.config.run_config import DataConfig
from ccds_core.data.text_dataset import TextRows
from ccds_core.errors import MissingDataError
from ccds_core.figures.confusion_heatmap import confusion_heatmap
from ccds_core.figures.export import Chart
from ccds_core.results import Evaluation
from ccds_core.runs.records import RunRecord
from pages.ui.shared.loaders import BY_DIGEST


def sentences_of_cell(record: RunRecord, label: str, prediction: str) -> list[str]:
    """The test sentences with this label that the run classified as `prediction`."""
    from ccds_core.runs.comparison import rows_of_cell

    rows = _rows_of(record.card.config.data, record.metrics.data_digest)
    labels = rows.labels[rows.split.test].tolist()
    return [rows.texts[rows.split.test[row]] for row in rows_of_cell(record, labels, label, prediction)]


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=BY_DIGEST)
def load_heatmap(record: RunRecord, _test: Evaluation, title: str, rates: bool) -> Chart:
    """A run's confusion matrix; shared by all visitors, not to be changed."""
    return confusion_heatmap(_test, title, rates)


@st.cache_resource(max_entries=2, show_spinner="Reading the sentences")
def _rows_of(config: DataConfig, digest: str) -> TextRows:
    from ccds_core.data.datasets import load_text_rows

    rows = load_text_rows(config)
    if rows.digest != digest:
        raise MissingDataError("This data set is not the one that the run was tested on.")
    return rows
