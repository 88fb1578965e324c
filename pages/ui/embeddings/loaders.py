"""The core's functions for the Embeddings page, cached."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from ccds_core.models.word_vectors import WordTable
from ccds_core.runs.records import RunRecord
from pages.ui.shared.loaders import BY_DIGEST, LOADING, load_classifier


@st.cache_resource(max_entries=8, show_spinner=LOADING, hash_funcs=BY_DIGEST)
def load_table(record: RunRecord) -> WordTable:
    """A run's word embeddings."""
    from ccds_core.models.word_vectors import read_table

    return read_table(load_classifier(record))


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_DIGEST)
def load_counts(record: RunRecord) -> dict[str, np.ndarray]:
    """word -> training texts of each class that hold it."""
    from ccds_core.models.word_vectors import count_classes

    return count_classes(load_classifier(record))


def load_word_classes(record: RunRecord) -> dict[str, str]:
    """word -> the class of most of its training texts, by a keyword baseline's counts; neutral words are left out."""
    from ccds_core.models.word_vectors import classes_of_words

    return classes_of_words(load_counts(record), record.card.classes)


@st.cache_data(max_entries=8, show_spinner="Computing t-SNE", hash_funcs=BY_DIGEST)
def load_layout(record: RunRecord, words: Sequence[str]) -> np.ndarray:
    """(len(words), 2): the words' places on the map."""
    from ccds_core.models.word_vectors import lay_out

    return lay_out(load_table(record), words)
