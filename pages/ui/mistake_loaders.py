"""Test pictures and sentences and the wrong answers they got, read once for all visitors."""

import io
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from ccds_core.run_folders import RunRecord
from pages.ui import loaders

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.mistakes import HeldOut, Mistake


@st.cache_resource(max_entries=4, show_spinner="Reading the data")
def _held_out_of(name: str, data_digest: str, _record: RunRecord) -> "HeldOut":
    from ccds_core.mistakes import load_held_out

    return load_held_out(_record)


@st.cache_resource(max_entries=16, show_spinner="Asking for the wrong answers again")
def _mistakes_of(name: str, digest: str, _record: RunRecord) -> "list[Mistake]":
    from ccds_core.mistakes import rank_mistakes

    return rank_mistakes(loaders.load_classifier(_record), _record, _held_out(_record))


def load_cell(record: RunRecord, label: str | None, prediction: str | None) -> "list[Mistake]":
    """A run's mistakes of one label and one answer, the surest first; None takes any."""
    from ccds_core.mistakes import of_cell

    return of_cell(_mistakes_of(record.name, record.digest, record), label, prediction)


def load_picture(record: RunRecord, place: int) -> bytes:
    """The test picture in a row, as PNG bytes of 32 x 32 pixels."""
    from ccds_core.mistakes import HeldOutPictures

    held = _held_out(record)
    assert isinstance(held, HeldOutPictures)
    buffer = io.BytesIO()
    Image.fromarray(held.pixels(np.array([place]))[0]).save(buffer, format="PNG")
    return buffer.getvalue()


def load_sentence(record: RunRecord, place: int) -> str:
    """The test sentence in a row."""
    from ccds_core.mistakes import HeldOutTexts

    held = _held_out(record)
    assert isinstance(held, HeldOutTexts)
    return held.text(place)


def _held_out(record: RunRecord) -> "HeldOut":
    return _held_out_of(record.name, record.metrics.data_digest, record)
