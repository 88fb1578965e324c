"""The Attention page on the shipped BERT: it opens filled, answers every touch, and a link brings the page back."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from ccds_core.data.emotion import CLASSES
from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.data.normalize import split_words
from ccds_core.paths import models_dir
from tests.browser.attention.grid_visits import (
    FOCUSED,
    canvas_bytes,
    differing_pixels,
    head,
    open_display,
    painted,
    pinned,
    token,
)
from tests.browser.conftest import SAID, WAIT_LIMIT, charts, settle

WRITE = "attention?attention_source=Write"
SENTENCE = next(iter(EXAMPLE_SENTENCES.values()))  # the one that the page opens on
HOSTILE = "<img src=x onerror=alert(1)> :red[x] $x$"
LIVE = "[data-testid=stMain] :is(script, .katex, img, [class*=stMarkdownColored]), .head-grid :is(script, img)"
BARS = "[...document.querySelectorAll('.marks .mark-rect path')].map(bar => [bar.ariaLabel, bar.getAttribute('d')])"
STATES = """() => [...document.querySelectorAll('[role=radio], [role=switch], [aria-pressed]')].map(
    part => [part.textContent, part.ariaLabel, part.checked, part.ariaChecked, part.ariaPressed].join())"""
MOST_TABS = 40
pytestmark = pytest.mark.usefixtures("warm")


def bars(page: Page) -> list[list[str]]:
    """Label and path of every bar of the answers, six a chart."""
    return page.evaluate(f"() => {BARS}")


def touch(page: Page, act) -> Page:
    """Act, then wait until the bars are others, every chart is whole, and the grid is drawn."""
    before = bars(page)
    act()
    page.wait_for_function(
        f"before => JSON.stringify({BARS}) !== JSON.stringify(before)", arg=before, timeout=4 * WAIT_LIMIT
    )
    settle(page)
    page.wait_for_function(f"() => {{ const n = {BARS}.length; return n > 0 && n % {len(CLASSES)} === 0; }}")
    return painted(page)


def digest(page: Page) -> str:
    """What the grid was drawn from."""
    return page.locator(".head-grid").first.get_attribute("data-painted")


def fill(page: Page, name: str, text: str) -> None:
    """Write into a field and enter it."""
    field = page.get_by_role("textbox", name=name, exact=True)
    field.fill(text)
    field.press("Enter")


def choose(page: Page, box: str, option: str) -> None:
    """One option of a select box."""
    page.get_by_role("combobox", name=box).press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()


def open_options(page: Page) -> None:
    """The rarely touched choices."""
    if not page.get_by_role("combobox", name="Compare with").is_visible():
        page.get_by_role("button", name="Options", exact=True).click()


def test_it_opens_filled_and_the_keyboard_alone_pins_a_head(visit, text_server):
    page = painted(visit(f"{text_server}/attention"))
    expect(page.get_by_text(re.compile(r"^Predicted: fear \(\d+ %\)$")).first).to_be_visible()
    assert [label.split("class: ")[1].split(";")[0] for label, _ in bars(page)] == list(CLASSES)
    assert len(canvas_bytes(page, "thumbnail")) == 6 * 12
    assert all(values.any() for values in canvas_bytes(page, "thumbnail").values())
    page.get_by_role("radio", name="Examples", exact=True).focus()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == "0.0":
            break
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert pinned(page) == ["Layer 2, head 2"]


@pytest.mark.slow
def test_words_and_heads_that_are_changed_move_the_six_probabilities_and_the_grid(visit, text_server):
    page = painted(visit(f"{text_server}/attention"))
    original, drawn = bars(page), digest(page)
    touch(page, page.get_by_role("button", name="terrified", exact=True).click)
    expect(page.get_by_text(re.compile(r"^P\(fear\): \d+ % → \d+ %"))).to_be_visible()
    assert len(bars(page)) == 2 * len(CLASSES)
    assert digest(page) != drawn
    expect(token(page, 3)).to_have_attribute("aria-label", re.compile(re.escape("[MASK]")))
    touch(page, page.get_by_role("radio", name="Leave out", exact=True).click)
    expect(page.locator("[data-token]")).to_have_count(len(split_words(SENTENCE)) - 1)
    touch(page, page.get_by_role("button", name="terrified", exact=True).click)  # the sentence as it was
    assert [label for label, _ in bars(page)] == [label for label, _ in original]
    head(page, 6, 10).click()
    touch(page, page.get_by_role("button", name="Switch off layer 6, head 10").click)
    expect(page.locator(".cell.off")).to_have_count(1)
    for name in ("Layer 1", "Layer 3"):
        touch(page, page.get_by_role("button", name=name, exact=True).click)
    expect(page.locator(".cell.off")).to_have_count(1 + 2 * 12)
    open_options(page)
    touch(page, page.get_by_text("Keep only the selected heads").click)
    expect(page.locator(".cell.off")).to_have_count(6 * 12 - 25)


@pytest.mark.slow
def test_what_a_stranger_would_write_is_text_and_what_is_too_long_is_cut(visit, text_server):
    page = visit(f"{text_server}/{WRITE}")
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    expect(page.get_by_text("Write a sentence about a feeling")).to_be_visible()
    touch(page, lambda: fill(page, "Sentence", HOSTILE))
    assert page.locator("[data-token]").evaluate_all("tokens => tokens.map(token => token.ariaLabel)") == split_words(
        HOSTILE
    )
    assert page.locator(LIVE).count() == 0
    touch(page, lambda: fill(page, "Sentence", "calm and " * 80))
    said = page.get_by_test_id("stAlert").inner_text()
    assert re.search(r"Only the first \d+ words are read; \d+ more are not\.", said)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 0


@pytest.mark.slow
def test_maps_are_compared_with_another_sentence_and_with_the_encoder_before_fine_tuning(visit, text_server):
    page = painted(visit(f"{text_server}/{WRITE}&attention_text=I+felt+calm+today"))
    open_options(page)
    choose(page, "Compare with", "Another sentence")
    expect(page.get_by_text("only maps of one size can be subtracted")).to_be_visible()
    expect(page.locator(".cells")).to_have_count(2)
    titles = page.locator(".panel .title strong")
    expect(titles).to_have_count(2)
    assert len(set(titles.all_text_contents())) == 1  # both open on the same head
    fill(page, "Another sentence", "you felt sad today")
    expect(page.get_by_text("This sentence minus the other sentence: layer")).to_be_visible()
    open_options(page)
    choose(page, "Compare with", "Encoder before fine-tuning")
    if (models_dir() / "all-MiniLM-L6-v2").is_dir():
        expect(page.get_by_text("After fine-tuning minus before fine-tuning: layer")).to_be_visible(timeout=120_000)
    else:
        expect(page.get_by_test_id("stAlert")).to_contain_text("all-MiniLM-L6-v2")


@pytest.mark.slow
def test_a_link_opened_in_a_clean_browser_brings_the_whole_page_back(visit, text_server):
    page = painted(visit(f"{text_server}/{WRITE}&attention_text=The+xylophonist+made+me+unhappy+again"))
    open_options(page)
    for name in ("Word pieces instead of words", "Show special tokens"):
        drawn = digest(page)
        page.get_by_text(name, exact=True).click()
        page.wait_for_selector(f".head-grid[data-painted]:not([data-painted='{drawn}'])")
    page.keyboard.press("Escape")
    settle(page)
    touch(page, page.get_by_role("button", name="unhappy", exact=True).click)
    touch(page, page.get_by_role("radio", name="Leave out", exact=True).click)
    head(page, 2, 4).click()
    touch(page, page.get_by_role("button", name="Switch off layer 2, head 4").click)
    head(page, 5, 12).click()
    token(page, 2).click()
    token(page, 4).click()
    open_display(page)
    page.get_by_label("Head statistic").select_option("distance")
    page.get_by_label("Sorted by").select_option("layer")
    expect(page).to_have_url(re.compile("heads.order=layer.*heads.pins=.*heads.tokens=2,4"))
    page.mouse.move(0, 0)
    again = painted(visit(page.url, locale="en"))
    expect(charts(again)).to_have_count(1)
    open_display(again)
    again.mouse.move(0, 0)
    assert pinned(again) == pinned(page)
    assert bars(again) == bars(page)
    assert again.evaluate(SAID) == page.evaluate(SAID)
    parts = ".head-grid > :not([role=status], .preview)"
    assert again.locator(parts).all_inner_texts() == page.locator(parts).all_inner_texts()
    assert again.evaluate(STATES) == page.evaluate(STATES)
    for kind in ("thumbnail", "weights"):
        ours, theirs = canvas_bytes(page, kind), canvas_bytes(again, kind)
        assert ours.keys() == theirs.keys()
        assert all(np.array_equal(values, theirs[pin]) for pin, values in ours.items())
    for one in (page, again):
        one.evaluate("document.activeElement.blur()")
    assert differing_pixels(again.locator(".strip"), page.locator(".strip")) == 0
