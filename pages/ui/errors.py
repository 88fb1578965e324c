"""The error edge: a core error becomes a sentence on the page, a bug stays a bug."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ccds_core.errors import CcdsError
from pages.ui.text import plain


@contextmanager
def errors_on_page() -> Iterator[None]:
    """Show what the core says went wrong, as plain text, and end this run of the page."""
    try:
        yield
    except CcdsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()
