"""For every eye and hand: the dark theme, the keyboard alone, and files to take home."""

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from pages.ui.compare.controls import WORKSHOP
from tests.browser.conftest import charts, settle, take

BRIGHTNESS = """element => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
    const style = getComputedStyle(element);
    canvas.fillStyle = element instanceof SVGElement ? style.fill : style.%s;
    canvas.fillRect(0, 0, 1, 1);
    return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
}"""  # 0 to 255 of a text's or a background's brightest channel
MOST_TABS = 15


@pytest.mark.slow
def test_the_dark_theme_is_dark_and_its_charts_can_be_read(visit, server):
    page = visit(server, color_scheme="dark")
    for path in ("", "images", "compare", "compare?compare_view=Curves"):
        page.goto(f"{server}/{path}")
        settle(page)
        assert page.get_by_test_id("stApp").evaluate(BRIGHTNESS % "backgroundColor") < 60
        assert page.locator("h1").evaluate(BRIGHTNESS % "color") > 200
        expect(charts(page).first).to_be_visible()
        for text in charts(page).first.locator(".role-axis-label text").all():
            assert text.evaluate(BRIGHTNESS % "color") > 110


def test_the_light_theme_is_light(visit, server):
    page = visit(server)
    assert page.get_by_test_id("stApp").evaluate(BRIGHTNESS % "backgroundColor") > 240
    assert page.locator("h1").evaluate(BRIGHTNESS % "color") < 80


def test_the_keyboard_alone_reaches_the_uploader(visit, server):
    page = visit(f"{server}/images")
    _tab_to(page, page.get_by_role("radio", name="Examples", exact=True))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    settle(page)
    _tab_to(page, page.get_by_test_id("stFileUploader").get_by_test_id("stBaseButton-secondary"))


@pytest.mark.slow
def test_the_keyboard_alone_opens_the_first_experiment(visit, server):
    page = visit(server)
    _tab_to(page, page.get_by_role("button", name="Start the first experiment"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Train")
    settle(page)


@pytest.mark.slow
def test_a_table_and_a_figure_can_be_taken_home(visit, server):
    page = visit(f"{server}/compare")
    assert list(pd.read_csv(take(page, "CSV"))["run"]) == list(WORKSHOP)
    with Image.open(take(page, "PNG")) as image:
        assert image.format == "PNG"
    expect(charts(page)).to_have_count(2)  # taking a file changes nothing on the page


def _tab_to(page, element):
    """Press Tab until the element has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if element.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{MOST_TABS} tabs do not reach {element}")
