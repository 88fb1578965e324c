"""Misclassified test images and sentences, loaded once for all visitors."""

import io
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from ccds_core.runs.records import RunRecord
from pages.ui.shared import loaders

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.runs.mistakes import HeldOut, Mistake


@st.cache_resource(max_entries=4, show_spinner="Loading the data", hash_funcs=loaders.BY_DIGEST)
def _held_out(record: RunRecord) -> "HeldOut":
    from ccds_core.runs.mistakes import load_held_out

    return load_held_out(record)


@st.cache_resource(max_entries=16, show_spinner="Finding misclassified examples", hash_funcs=loaders.BY_DIGEST)
def _mistakes_of(record: RunRecord) -> "list[Mistake]":
    from ccds_core.runs.mistakes import rank_mistakes

    return rank_mistakes(loaders.load_classifier(record), record, _held_out(record))


def load_cell(record: RunRecord, label: str | None, prediction: str | None) -> "list[Mistake]":
    """A run's mistakes of one true and one predicted class, the highest confidence first; None takes any."""
    from ccds_core.runs.mistakes import of_cell

    return of_cell(_mistakes_of(record), label, prediction)


def load_image(record: RunRecord, place: int) -> bytes:
    """The test image in a row, as PNG bytes of 32 x 32 pixels."""
    from ccds_core.runs.mistakes import HeldOutPictures

    held = _held_out(record)
    assert isinstance(held, HeldOutPictures)
    buffer = io.BytesIO()
    Image.fromarray(held.pixels(np.array([place]))[0]).save(buffer, format="PNG")
    return buffer.getvalue()


def load_sentence(record: RunRecord, place: int) -> str:
    """The test sentence in a row."""
    from ccds_core.runs.mistakes import HeldOutTexts

    held = _held_out(record)
    assert isinstance(held, HeldOutTexts)
    return held.text(place)
