"""Core errors become messages on the page; other exceptions are bugs and are not caught."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ccds_core.errors import CcdsError
from pages.ui.shared.markdown import plain


@contextmanager
def errors_on_page() -> Iterator[None]:
    """Show a core error as plain text, and stop this run of the page."""
    try:
        yield
    except CcdsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()
