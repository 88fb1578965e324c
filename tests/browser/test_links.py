"""A choice lives in the URL: a reload, or the link opened by somebody else, shows the same."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import charts, settle
from tests.pages.shelf import SHIPPED

LAST = list(SHIPPED)[-1]


def reopened(page, visit):
    """The same URL again, then in a clean context."""
    page.reload()
    yield settle(page)
    yield visit(page.url, locale="en")


def test_an_example_is_kept(visit, server):
    page = visit(f"{server}/images")
    assert page.url == f"{server}/images"  # what nobody chose is not in the URL
    page.get_by_role("radio", name="frog", exact=True).click()
    expect(page).to_have_url(f"{server}/images?images_example=frog")
    settle(page)
    title = page.get_by_test_id("stVegaLiteChart").get_attribute("aria-label")
    for again in reopened(page, visit):
        expect(again.get_by_role("radio", name="frog", exact=True)).to_be_checked()
        expect(again.get_by_test_id("stVegaLiteChart")).to_have_attribute("aria-label", title)


@pytest.mark.slow
def test_a_view_its_runs_and_its_quantity_are_kept(visit, server):
    page = visit(f"{server}/compare")
    page.get_by_role("radio", name="Curves").click()
    settle(page)
    page.get_by_role("radio", name="accuracy").click()
    settle(page)
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
    page.get_by_role("button", name="Crop", exact=True).click()
    page.get_by_role("slider", name="Zoom").press("End")
    expect(page).to_have_url(re.compile(r"[?&]images_zoom=4(\.0)?$"))
    settle(page)
    for again in reopened(page, visit):
        again.get_by_role("button", name="Crop", exact=True).click()
        expect(again.get_by_role("slider", name="Zoom")).to_have_value("4")
