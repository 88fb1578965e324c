"""Compare's first screen: in four windows its controls stand in one row, and its picture with its finding is seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import charts, still
from tests.support.cases import mostly_slow

SIZES = ((1280, 720), (1920, 1080), (1024, 768), (390, 844))
PHONE = 500  # pixels of width below which all stands in one column
ONE_LINE = 8  # pixels by which the middles of two neighbours in a row may differ
VIEWS = {
    "scores": "",
    "curves": "?compare_view=Curves",
    "confusion": "?compare_view=Confusion",
    "classes": "?compare_view=Classes",
}
DRAWN = {"scores": ".mark-rect path", "curves": ".mark-line path", "confusion": ".mark-rect path",
         "classes": ".mark-rect path"}  # fmt: skip
NUMBER = "[data-testid=stVegaLiteChart] .mark-text text"


def box(part: Locator) -> dict[str, float]:
    """Left, top, right and bottom, in pixels of the window."""
    found = part.bounding_box()
    assert found is not None
    return {"left": found["x"], "top": found["y"], "right": found["x"] + found["width"],
            "bottom": found["y"] + found["height"]}  # fmt: skip


def opened(visit, server: str, view: str, size: tuple[int, int], theme: str = "light") -> Page:
    """The page, its first chart drawn."""
    width, height = size
    page = visit(f"{server}/compare{VIEWS[view]}", viewport={"width": width, "height": height}, color_scheme=theme)
    expect(charts(page).locator(DRAWN[view]).first).to_be_attached()
    return still(page)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("view", mostly_slow(VIEWS, ("scores",)))
def test_the_picture_and_its_finding_lie_in_the_first_screen(visit, text_server, view, size):
    width, height = size
    page = opened(visit, text_server, view, size)
    chart = box(page.get_by_test_id("stVegaLiteChart").first)
    assert chart["top"] < height * (0.45 if width > PHONE else 0.6)
    assert chart["bottom"] <= height or width < PHONE
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    if width > PHONE:
        assert max(box(each)["bottom"] for each in page.get_by_test_id("stVegaLiteChart").all()[:2]) <= height
    if width >= 1280:
        title, lead = box(page.locator("h1")), box(page.get_by_text("Compare runs: test scores"))
        middles = [(each["top"] + each["bottom"]) / 2 for each in (title, lead)]
        assert abs(middles[0] - middles[1]) < ONE_LINE
        row = [box(page.get_by_role("radio", name=name, exact=True)) for name in ("Images", "Classes")]
        row.append(box(page.get_by_role("button", name="Runs", exact=True)))
        assert max(each["bottom"] for each in row) - min(each["bottom"] for each in row) < ONE_LINE


@pytest.mark.parametrize("view", mostly_slow(VIEWS, ("confusion",)))
def test_charts_grow_with_the_window(visit, text_server, view):
    small, large = (
        box(opened(visit, text_server, view, size).get_by_test_id("stVegaLiteChart").first) for size in SIZES[:2]
    )
    assert large["right"] - large["left"] > 1.4 * (small["right"] - small["left"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_names_of_predicted_classes_are_seen_with_the_matrix(visit, text_server, theme):
    page = opened(visit, text_server, "confusion", SIZES[0], theme)
    for name in ("airplane", "truck"):
        for label in charts(page).first.get_by_text(name, exact=True).all():
            assert box(label)["bottom"] <= SIZES[0][1]
    last = charts(page).first.locator("path[aria-label*='true class: truck'][aria-label*='predicted class: truck']")
    assert box(last)["bottom"] <= SIZES[0][1]


def test_the_matrix_of_differences_says_its_numbers_and_the_help_of_a_control_can_be_read(visit, text_server):
    page = opened(visit, text_server, "scores", SIZES[0])
    numbers = page.locator(NUMBER).all_text_contents()
    assert {"+3.2", "−3.2"} <= set(numbers)
    page.get_by_test_id("stTooltipIcon").first.hover()
    expect(page.get_by_text("images (CIFAR-10, digits) or sentences")).to_be_visible()
