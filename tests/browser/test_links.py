"""A choice lives in the URL: a reload, or the link opened by somebody else, shows the same."""

import re

import pytest
from playwright.sync_api import expect

from ccds_core.config.lessons import LESSONS
from pages.ui.compare.controls import WORKSHOP
from pages.ui.home.opening import LESSON
from tests.browser.conftest import charts, choose_example, follow, settle

LAST = WORKSHOP[-1]


def reopened(page, visit):
    """The same URL again, then in a clean context."""
    page.reload()
    yield settle(page)
    yield visit(page.url, locale="en")


def test_the_first_button_of_home_opens_the_first_experiment(visit, server):
    page = visit(server, locale="en")
    page.get_by_role("button", name="Start the first experiment").click()
    expect(page.get_by_text(LESSONS[LESSON].question)).to_be_visible()
    expect(page).to_have_url(re.compile("/train"))
    expect(page.get_by_role("button", name="Train 2 networks")).to_be_visible()


def test_a_page_is_set_back_to_what_it_was_when_it_was_opened(visit, server):
    """What came with a link and what was chosen since are both forgotten, in the URL too."""
    page = visit(f"{server}/architectures?architectures_activation=sigmoid")
    follow(page, page.get_by_text("Extra conv layer").click)
    expect(page).to_have_url(re.compile("architectures_extra_conv=true"))
    page.get_by_role("button", name="Help", exact=True).click()
    follow(page, page.get_by_role("button", name="Reset this page").click)
    expect(page).to_have_url(f"{server}/architectures")
    expect(page.get_by_role("radio", name="ReLU", exact=True)).to_be_checked()
    expect(page.get_by_role("switch", name="Extra conv layer")).not_to_be_checked()


def test_an_example_is_kept(visit, server):
    page = visit(f"{server}/images")
    assert page.url == f"{server}/images"  # what nobody chose is not in the URL
    choose_example(page, "deer")
    expect(page).to_have_url(f"{server}/images?images_example=deer")
    settle(page)
    title = page.get_by_test_id("stVegaLiteChart").first.get_attribute("aria-label")
    for again in reopened(page, visit):
        expect(again.get_by_role("combobox", name="Example")).to_have_value("deer")
        expect(again.get_by_test_id("stVegaLiteChart").first).to_have_attribute("aria-label", title)


@pytest.mark.slow
def test_a_view_its_runs_and_its_quantity_are_kept(visit, server):
    page = visit(f"{server}/compare")
    page.get_by_role("radio", name="Curves").click()
    settle(page)
    page.get_by_role("radio", name="accuracy").click()
    settle(page)
    page.get_by_role("button", name="Runs", exact=True).click()
    page.get_by_role("combobox", name="Runs").press("Backspace")  # takes the last one away
    expect(charts(page).get_by_text(LAST, exact=True)).to_have_count(0)
    settle(page)
    for again in reopened(page, visit):
        expect(again.get_by_role("radio", name="Curves")).to_be_checked()
        expect(again.get_by_role("radio", name="accuracy")).to_be_checked()
        expect(charts(again).get_by_text("architecture-1", exact=True)).to_be_visible()
        expect(charts(again).get_by_text(LAST, exact=True)).to_have_count(0)


@pytest.mark.slow
def test_the_crop_is_kept(visit, server):
    page = visit(f"{server}/images")
    page.get_by_role("button", name="Options", exact=True).click()
    page.get_by_role("slider", name="Zoom").press("End")
    expect(page).to_have_url(re.compile(r"[?&]images_zoom=4(\.0)?$"))
    settle(page)
    for again in reopened(page, visit):
        again.get_by_role("button", name="Options", exact=True).click()
        expect(again.get_by_role("slider", name="Zoom")).to_have_value("4")
