"""The Attention page with its model loaded, for the tests that visit it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import WAIT_LIMIT


@pytest.fixture(scope="session")
def warm(browser: Browser, text_server: str) -> None:
    """The first reading loads the model."""
    page = browser.new_page()
    page.goto(f"{text_server}/attention")
    page.wait_for_selector(".head-grid[data-painted]", timeout=4 * WAIT_LIMIT)
    page.close()
