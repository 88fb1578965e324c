"""At 200 % zoom a projector's 1280 pixels are 640: no page scrolls sideways; a chart that is wider does so alone."""

import pytest
from playwright.sync_api import expect

from pages.ui.shared import frame
from tests.support.cases import mostly_slow

ZOOMED = {"width": 640, "height": 360}


@pytest.mark.parametrize("name", mostly_slow([entry.name for entry in frame.PAGES], ("images", "emotions")))
def test_no_page_scrolls_sideways_at_double_zoom(visit, text_server, name):
    page = visit(f"{text_server}/{'' if name == 'home' else name}", viewport=ZOOMED)
    page.wait_for_load_state("networkidle")
    for holder in ("html", "[data-testid='stMain']"):
        assert page.locator(holder).evaluate("holder => holder.scrollWidth - holder.clientWidth") <= 0, holder
    expect(page.get_by_test_id("stException")).to_have_count(0)
