"""The head grid in a real browser: its pixels are the tensor, its choices stay in the browser and in the link."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.attention.grid_visits import (
    canvas_bytes,
    count_sent,
    differing_pixels,
    head,
    open_display,
    painted,
    pinned,
    serve_grid,
    token,
)
from tests.browser.attention.made_up_heads import made_up_map

CONTROLS = ".head-grid :is(select, input, [aria-pressed])"
CHOSEN = "controls => controls.map(control => [control.value, control.checked, control.ariaPressed].join())"
ANSWERED = 700  # milliseconds in which a click would have reached the server


@pytest.fixture(scope="module")
def grid(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_grid(tmp_path_factory.mktemp("grid")) as address:
        yield address


@pytest.mark.parametrize(
    "n_tokens", [8, pytest.param(64, marks=pytest.mark.slow), pytest.param(128, marks=pytest.mark.slow)]
)
def test_every_pixel_of_every_head_is_a_byte_of_the_tensor(visit, grid, n_tokens):
    page = painted(visit(f"{grid}/?layers=12&heads=12&tokens={n_tokens}"))
    expected = np.rint(255 * made_up_map((12, 12, n_tokens), 0).weights).astype(np.uint8)  # (L, H, T, T)
    thumbnails = canvas_bytes(page, "thumbnail")
    assert len(thumbnails) == 144
    for (layer, number), values in {**thumbnails, **canvas_bytes(page, "weights")}.items():
        assert np.array_equal(values, expected[layer, number])


def test_the_pixels_of_a_difference_are_its_signed_bytes(visit, grid):
    page = painted(visit(f"{grid}/?kind=difference&tokens=16"))
    after, before = (made_up_map((6, 12, 16), seed).weights.astype(np.float64) for seed in (0, 1))
    expected = np.rint(128 + 127 * (after - before)).astype(np.uint8)
    for (layer, number), values in canvas_bytes(page, "thumbnail").items():
        assert np.array_equal(values, expected[layer, number])
    token(page, 4).click()
    expect(page.locator(".strip")).to_have_attribute("data-links", "0")  # a difference has no mass to share out


@pytest.mark.slow
def test_the_weights_colours_differ_and_darken_step_by_step(visit, grid):
    page = painted(visit(grid))
    table = np.array(page.locator(".head-grid").evaluate("root => root.colourTable"))  # (256, 3)
    assert len(np.unique(table, axis=0)) == 256
    linear = np.where(table <= 0.04045 * 255, table / 255 / 12.92, ((table / 255 + 0.055) / 1.055) ** 2.4)
    assert (np.diff(linear @ (0.2126, 0.7152, 0.0722)) < 1e-4).all()


def test_pointing_pinning_and_choosing_never_reach_the_server(visit, grid):
    page = visit(grid)
    sent = count_sent(page)
    page.reload()
    painted(page)
    page.wait_for_timeout(ANSWERED)
    before = len(sent)
    head(page, 2, 3).hover()
    head(page, 2, 3).click()
    token(page, 5).hover()
    token(page, 5).click()
    open_display(page)
    page.get_by_label("Head statistic").select_option("distance")
    page.get_by_label("Sorted by").select_option("all")
    page.get_by_text("Numbers", exact=True).click()
    page.get_by_role("slider", name="Show top").press("ArrowRight")
    page.wait_for_timeout(ANSWERED)
    assert len(sent) == before
    page.get_by_role("button", name="Use layer 2, head 3").click()  # the one button that is meant to
    expect(page.get_by_text("Chosen: ((1, 2),)")).to_be_visible()


@pytest.mark.slow
def test_a_link_opened_in_a_clean_browser_restores_the_image(visit, grid):
    page = painted(visit(f"{grid}/?tokens=16"))
    head(page, 2, 3).click()
    head(page, 4, 12).click()
    token(page, 3).click()
    token(page, 7).click()
    open_display(page)
    page.get_by_label("Head statistic").select_option("distance")
    page.get_by_label("Sorted by").select_option("layer")
    page.get_by_label("Colour scale").select_option("head")
    page.get_by_role("button", name=re.compile("^sink")).click()
    page.mouse.move(0, 0)
    expect(page).to_have_url(re.compile("heads.badge=sink&.*heads.pins=[^&]*2.3,4.12.*heads.tokens=3,7"))
    again = painted(visit(page.url, locale="en"))
    open_display(again)
    again.mouse.move(0, 0)
    assert pinned(again) == pinned(page)
    for one in (page, again):
        one.evaluate("document.activeElement.blur()")
        one.wait_for_timeout(ANSWERED)
    for part in (".headline", ".cells-frame", ".details", ".strip"):  # the browser draws controls in its own way
        assert differing_pixels(again.locator(part), page.locator(part)) == 0
    words = ".head-grid > :not([role=status], .preview)"
    assert again.locator(words).all_inner_texts() == page.locator(words).all_inner_texts()
    assert again.locator(CONTROLS).evaluate_all(CHOSEN) == page.locator(CONTROLS).evaluate_all(CHOSEN)


def test_a_rerun_keeps_pins_and_link_while_the_data_change(visit, grid):
    page = painted(visit(f"{grid}/?tokens=16"))
    head(page, 2, 3).click()
    names = pinned(page)
    before = canvas_bytes(page, "weights")[1, 2]
    digest = page.locator(".head-grid").get_attribute("data-painted")
    page.get_by_role("radio", name="1", exact=True).click()  # a widget of the page, bound to the query
    page.wait_for_selector(f".head-grid[data-painted]:not([data-painted='{digest}'])")
    expect(page).to_have_url(re.compile(r"demo_sentence=1.*#heads\.pins="))
    assert pinned(page) == names
    after = canvas_bytes(page, "weights")[1, 2]
    assert not np.array_equal(after, before)
    assert np.array_equal(after, np.rint(255 * made_up_map((6, 12, 16), 1).weights[1, 2]))


@pytest.mark.slow
def test_a_lit_token_is_lit_in_every_view_and_chosen_ones_are_added_up(visit, grid):
    page = painted(visit(f"{grid}/?tokens=16"))
    token(page, 5).hover()
    expect(page.locator(".token.lit")).to_have_count(1)
    expect(page.locator("canvas.light")).to_be_visible()  # over the thumbnails
    expect(page.locator(".overlay rect[stroke-dasharray]")).to_have_count(2)  # its row and its column
    token(page, 3).click()
    token(page, 9).click()
    expect(page.locator(".strip [aria-selected='true']")).to_have_count(2)
    expect(page.locator(".strip")).to_contain_text("A · L6 H1, 2 rows")
    page.get_by_role("slider", name="Show top").press("End")  # the whole mass: every weight above 0
    assert 0 < int(page.locator(".strip").get_attribute("data-links")) <= 32


@pytest.mark.slow
def test_links_are_never_more_than_forty(visit, grid):
    page = painted(visit(f"{grid}/?tokens=64"))
    for place in (2, 9, 17, 30, 41):
        token(page, place).click()
    page.get_by_role("slider", name="Show top").press("End")
    expect(page.locator(".strip")).to_have_attribute("data-links", "40")
    expect(page.get_by_text("40 are drawn at most")).to_be_visible()
