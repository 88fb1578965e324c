"""The buttons over a chart: on every page each can be clicked, also where the chart scrolls sideways."""

import re

import pytest
from playwright.sync_api import TimeoutError, expect

from pages.ui.home.opening import FRAMES, TICK
from tests.browser.conftest import charts, settle

FRAME = "xpath=ancestor::*[@data-testid='stFullScreenFrame'][1]"
BELOW_THE_HEADER = """chart => { chart.scrollIntoView({block: 'start'});
    document.querySelector('[data-testid=stMain]').scrollBy(0, -150); }"""
PHONE = {"width": 390, "height": 844}
VIEWS = {
    "home": "",
    "architectures": "architectures?architectures_view=First+100+steps",
    "images": "images",
    "attribution maps": "images?images_view=Attribution+maps",
    "faithfulness": "images?images_view=Faithfulness+test",
    "emotions": "emotions",
    "neighbours": "embeddings",
    "map": "embeddings?embeddings_view=Map",
    "signal": "architectures?architectures_view=Activations+%26+gradients+at+init",
    "train": "train",
    "arithmetic": "embeddings?embeddings_view=Arithmetic",
    "attention": "attention",
    "attention's test": "attention?attention_tab=Faithfulness+test",
    "countings": "tokens",
    "top words": "tokens?tokens_view=Top+words",
    "masking": "tokens?tokens_view=Masking+test",
    "rank correlation": "tokens?tokens_view=Rank+correlation",
    "scores": "compare",
    "classes": "compare?compare_view=Classes",
    "sentence runs": "compare?compare_task=Sentences",
    "curves": "compare?compare_view=Curves",
    "confusion": "compare?compare_view=Confusion",
}


PLAYED = 2_000 * FRAMES * TICK  # milliseconds until the training of the Home page is played, on busy cores


def click_every_button(page):
    """Every button over every chart, without its effect: nothing may lie over it or cut it off."""
    found = page.get_by_test_id("stVegaLiteChart")
    for chart in found.all():
        buttons = chart.locator(FRAME).get_by_test_id("stElementToolbarButton").get_by_role("button")
        point_at(chart)
        expect(buttons.first).to_be_visible()
        for button in buttons.all():
            try:
                button.click(trial=True, timeout=5_000)
            except TimeoutError:  # the page grew while it was pointed at, and what was under the pointer moved away
                point_at(chart)
                button.click(trial=True, timeout=5_000)
    return found.count()


def point_at(chart):
    chart.evaluate(BELOW_THE_HEADER)
    chart.hover(position={"x": 8, "y": 8})


@pytest.mark.parametrize(
    "view", [pytest.param(name, marks=[] if name == "emotions" else pytest.mark.slow) for name in VIEWS]
)
def test_every_button_of_every_chart_can_be_clicked(visit, text_server, view):
    page = visit(f"{text_server}/{VIEWS[view]}")
    expect(charts(page).first).to_be_visible()
    settle(page)
    if view == "home":
        page.wait_for_timeout(PLAYED)
    assert click_every_button(page)


def test_the_chart_fills_the_screen_and_comes_back_on_a_phone_too(visit, text_server):
    page = visit(f"{text_server}/emotions", viewport=PHONE)
    chart = page.get_by_test_id("stVegaLiteChart").first
    chart.hover(position={"x": 8, "y": 8})
    page.get_by_role("button", name=re.compile("^Fullscreen")).first.click()
    close = page.get_by_role("button", name=re.compile("^Close fullscreen"))
    expect(close).to_be_visible()
    close.click()
    expect(close).to_have_count(0)
