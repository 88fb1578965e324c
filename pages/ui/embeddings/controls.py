"""Widgets -> the embeddings of a page."""

import streamlit as st

from ccds_core.errors import CheckpointError
from ccds_core.runs.records import RunRecord
from pages.ui.shared import crude, loaders
from pages.ui.shared.text_controls import MISSING

TABLES = "Trained models with a vector for every word; two of them are drawn side by side."


def choose_tables(page: str) -> list[RunRecord]:
    """Two runs with word embeddings, the learned ones and Word2Vec's unless chosen otherwise."""
    runs = {record.name: record for record in loaders.load_runs() if record.can("word-vectors") and record.has_weights}
    if not runs:
        raise CheckpointError(MISSING)
    default = [name for name in ("text-embedding", "text-word2vec-frozen") if name in runs] or list(runs)[:2]
    chosen = st.multiselect(
        "Embeddings side by side", list(runs), default=default, max_selections=2, key=f"{page}_tables",
        bind="query-params", help=TABLES,
    )  # fmt: skip
    crude.switch(page)
    return [runs[name] for name in chosen or default]
