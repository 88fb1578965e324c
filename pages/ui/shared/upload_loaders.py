"""A visitor's file, decoded once for all reruns. Keys are digests of its content; a refusal is kept too."""

from typing import TypeVar

import streamlit as st
from PIL import Image

from ccds_core.data.text_file import Table, read_table
from ccds_core.data.uploads import read_image
from ccds_core.errors import InvalidInputError
from pages.ui.shared.loaders import limit_concurrency

Decoded = TypeVar("Decoded", Image.Image, Table)


@st.cache_resource(max_entries=32, show_spinner=False)  # 3 MB each
@limit_concurrency
def _image_of(content: bytes) -> Image.Image | InvalidInputError:
    try:
        return read_image(content)
    except InvalidInputError as error:
        return error


@st.cache_resource(max_entries=4, show_spinner=False)  # up to 100 MB each, mostly a tenth of it
@limit_concurrency
def _table_of(content: bytes, name: str) -> Table | InvalidInputError:
    try:
        return read_table(content, name)
    except InvalidInputError as error:
        return error


def load_image(content: bytes) -> Image.Image:
    """`read_image` of an upload; shared by all visitors, so read only."""
    return _accepted(_image_of(content))


def load_table(content: bytes, name: str) -> Table:
    """`read_table` of an upload; shared by all visitors, so read only."""
    return _accepted(_table_of(content, name))


def _accepted(result: Decoded | InvalidInputError) -> Decoded:
    if isinstance(result, InvalidInputError):
        raise InvalidInputError(str(result))  # a new one: the kept one would collect a traceback at each rerun
    return result
