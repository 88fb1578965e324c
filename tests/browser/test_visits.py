"""Every page in a real browser: by deep link on a fresh server, from the navigation, and no wider than a projector."""

import pytest
from playwright.sync_api import expect

from ccds_core.paths import PROJECT
from pages.ui.shared import frame
from pages.ui.shared.loaders import LOADING
from tests.browser.conftest import charts, entry_of, serve, settle, still
from tests.support.cases import mostly_slow
from tests.support.run_fixtures import Shelf

PATHS = {entry.name: "" if entry.name == "home" else entry.name for entry in frame.PAGES}
STATES = {
    "home": "",
    "examples": "images",
    "upload": "images?images_source=Upload",
    "a network": "architectures",
    "a long network": "architectures?architectures_linear_layers=7&architectures_conv_batch_norm=true",
    "its code": "architectures?architectures_view=Code",
    "its signal": "architectures?architectures_view=Activations+%26+gradients+at+init&architectures_linear_layers=7",
    "its first steps": "architectures?architectures_view=First+100+steps",
    "scores": "compare",
    "curves": "compare?compare_view=Curves",
    "confusion": "compare?compare_view=Confusion",
    "classes": "compare?compare_view=Classes",
    "options": "compare?compare_view=Hyperparameters+%26+cost",
    "one run": "compare?compare_view=Curves&compare_runs=architecture-1",
    "unfinished": "compare?compare_view=Curves&compare_runs=half-way",
}


EVERY_TEXT = """
new MutationObserver(() => {
    window.texts = [...(window.texts ?? []), document.body?.innerText ?? ""];
}).observe(document, {childList: true, subtree: true, characterData: true});
"""


def texts_of(browser, address):
    """Every text that a first visitor sees until the page is there."""
    page = browser.new_page()
    page.add_init_script(EVERY_TEXT)
    page.goto(address)
    texts = settle(page).evaluate("window.texts")
    page.close()
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("page", ["images", "emotions", "embeddings"])
def test_the_first_visitor_is_told_that_models_load(browser, tmp_path, page):
    """Those that this repository ships: without a word, some ten seconds look like a page that hangs."""
    with serve(Shelf(PROJECT / "checkpoints", tmp_path / "runs"), tmp_path / "log.txt") as address:
        texts = texts_of(browser, f"{address}/{page}")
    assert any(LOADING in text for text in texts)


def test_the_first_visitor_never_sees_the_names_of_files(fresh_server, browser):
    texts = texts_of(browser, fresh_server)
    assert any(frame.PAGES[0].lead in text for text in texts)
    assert not any("streamlit app" in text.lower() for text in texts)


@pytest.mark.parametrize("name", mostly_slow(PATHS, ("home",)))
def test_a_deep_link_on_a_fresh_server_shows_the_page_in_its_frame(fresh_server, visit, name):
    page = visit(f"{fresh_server}/{PATHS[name]}")
    entry = next(entry for entry in frame.PAGES if entry.name == name)
    bar = page.get_by_role("navigation")
    expect(bar.get_by_role("link")).to_have_count(len([entry for entry in frame.PAGES if not entry.group]))
    expect(bar.get_by_role("button")).to_have_text([frame.IMAGE_MODELS, frame.SENTENCE_MODELS])
    expect(entry_of(page, entry.title)).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(page).to_have_title("CCDS Explorer")  # from the entrypoint's page config
    expect(page.get_by_text(entry.lead)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # "Page not found"
    assert page.evaluate("document.querySelector('link[rel~=icon]').href").startswith(fresh_server)


@pytest.mark.parametrize("state", mostly_slow(STATES, ("home", "examples", "a network", "scores")))
def test_no_state_is_wider_than_a_projector(visit, server, state):
    """And, as everywhere here, no request strays and the console holds no error."""
    page = visit(f"{server}/{STATES[state]}")
    still(page)
    for holder in ("html", "[data-testid='stMain']"):
        assert page.locator(holder).evaluate("holder => holder.scrollWidth - holder.clientWidth") <= 0, holder
    for box in [chart.bounding_box() for chart in charts(page).all()]:
        assert box is not None
        assert box["x"] + box["width"] <= 1280
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.slow
def test_the_navigation_leads_to_every_page_and_back(visit, server):
    page = visit(server)
    for entry in [*frame.PAGES, frame.PAGES[0], frame.PAGES[-1]]:
        entry_of(page, entry.title).click()
        expect(page.get_by_text(entry.lead)).to_be_visible()
        settle(page)
        expect(page.locator("h1")).to_have_count(1)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    page.go_back()
    expect(page.get_by_text(frame.PAGES[0].lead)).to_be_visible()


@pytest.mark.slow
def test_a_choice_does_not_follow_to_another_page_as_a_fault(visit, server):
    page = visit(f"{server}/images?images_example=horse")
    for title in ("Compare", "Images"):
        entry_of(page, title).click()
        expect(page.locator("h1")).to_have_text(title)
        settle(page)
        expect(charts(page).first).to_be_visible()


def test_a_link_on_the_home_page_opens_its_task(visit, server):
    page = visit(server)
    page.get_by_role("link", name="Loss curves", exact=True).click()
    expect(page.locator("h1")).to_have_text("Compare")
    settle(page)
    expect(page.get_by_role("radio", name="Curves")).to_be_checked()
    expect(charts(page)).to_have_count(1)
    expect(charts(page).get_by_text("architecture-1", exact=True)).to_be_visible()
