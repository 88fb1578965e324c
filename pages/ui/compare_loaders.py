"""What the Compare page draws of a run, made once for all visitors; keys are names, digests and scalars."""

import streamlit as st

from ccds_core.figures.confusion_heatmap import confusion_heatmap
from ccds_core.figures.export import Chart
from ccds_core.results import Evaluation
from ccds_core.run_folders import RunRecord


@st.cache_resource(max_entries=128, show_spinner=False)
def _heatmap_of(name: str, digest: str, title: str, rates: bool, _test: Evaluation) -> Chart:
    return confusion_heatmap(_test, title, rates)


def load_heatmap(record: RunRecord, test: Evaluation, title: str, rates: bool) -> Chart:
    """A run's confusion matrix; to be drawn, not changed."""
    return _heatmap_of(record.name, record.digest, title, rates, test)
