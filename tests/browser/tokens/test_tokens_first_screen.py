"""Top tokens' first screen: what naive counting finds and what correction makes of it, in four windows."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import charts, still

SIZES = ((1280, 720), (1920, 1080), (1024, 768), (390, 844))
PHONE = 500  # pixels of width below which all stands in one column
ONE_LINE = 8  # pixels by which the middles of two neighbours in a row may differ


def opened(visit, server: str, size: tuple[int, int], path: str = "tokens", theme: str = "light") -> Page:
    """The page, its first bars drawn."""
    width, height = size
    page = visit(f"{server}/{path}", viewport={"width": width, "height": height}, color_scheme=theme)
    expect(charts(page).locator(".mark-rect path").first).to_be_attached()
    return still(page)


def boxes(page: Page) -> list[dict[str, float]]:
    """Of the charts."""
    return [chart.bounding_box() for chart in page.get_by_test_id("stVegaLiteChart").all()]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_three_countings_lie_in_the_first_screen(visit, text_server, size):
    width, height = size
    page = opened(visit, text_server, size)
    first = boxes(page)[: 3 if width > PHONE else 1]
    assert max(box["y"] + box["height"] for box in first) <= height
    assert max(box["x"] + box["width"] for box in first) <= width
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    slider = page.get_by_role("slider").bounding_box()
    assert slider["y"] > first[-1]["y"] + first[-1]["height"]
    if width >= 1280:
        captions = page.get_by_text("Of the report's words in the top 10")
        expect(captions).to_have_count(3)
        for caption in captions.all():
            box = caption.bounding_box()
            assert box["y"] + box["height"] <= height
        title, lead = (
            page.locator("h1").bounding_box(),
            page.get_by_text("See the most attended words").bounding_box(),
        )
        assert abs(title["y"] + title["height"] / 2 - lead["y"] - lead["height"] / 2) < ONE_LINE


@pytest.mark.slow
@pytest.mark.parametrize("view", ["Top+words", "Masking+test", "Rank+correlation"])
def test_every_view_has_its_picture_in_a_projectors_first_screen(visit, text_server, view):
    page = opened(visit, text_server, SIZES[0], f"tokens?tokens_view={view}", "dark")
    assert max(box["y"] + box["height"] for box in boxes(page)) <= SIZES[0][1]


def test_charts_grow_with_the_window(visit, text_server):
    small, large = (boxes(opened(visit, text_server, size))[0]["width"] for size in SIZES[:2])
    assert large > 1.4 * small
