"""The head grid for every eye and hand: by keyboard, as tables, in both themes, on a projector, with any token."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.attention.grid_visits import FOCUSED, head, open_display, painted, pinned, serve_grid, token
from tests.browser.attention.made_up_heads import HOSTILE, made_up_map

SMALLEST_TEXT = 12  # pixels
FONT_SIZES = """root => [...root.querySelectorAll("*")]
    .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(element => parseFloat(getComputedStyle(element).fontSize))"""


@pytest.fixture(scope="module")
def grid(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_grid(tmp_path_factory.mktemp("grid")) as address:
        yield address


@pytest.mark.slow
def test_the_theme_may_change_while_a_head_is_pinned(visit, grid):
    page = painted(visit(grid, color_scheme="light"))
    head(page, 1, 1).click()
    names = pinned(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".head-grid")).to_have_css("color", "rgb(232, 235, 240)")
    assert pinned(page) == names


def test_the_keyboard_alone_reaches_every_head_and_pins_it(visit, grid):
    page = painted(visit(f"{grid}/?layers=3&heads=4&tokens=8"))
    _tab_until(page, "0.0")
    reached = [page.evaluate(FOCUSED)]
    for key in ("ArrowRight", "ArrowLeft", "ArrowRight"):  # to the right, back in the next layer, and on
        for _ in range(3):
            page.keyboard.press(key)
            reached.append(page.evaluate(FOCUSED))
        page.keyboard.press("ArrowDown")
        reached.append(page.evaluate(FOCUSED))
    assert set(reached) == {f"{layer}.{number}" for layer in range(3) for number in range(4)}
    page.keyboard.press("Enter")
    assert "Layer 3, head 4" in pinned(page)
    page.keyboard.press(" ")
    assert "Layer 3, head 4" not in pinned(page)


@pytest.mark.slow
def test_the_keyboard_alone_reaches_every_control_value_and_token(visit, grid):
    page = painted(visit(f"{grid}/?layers=3&heads=4&tokens=8"))
    _tab_until(page, "0.0")
    open_display(page)
    for name in ("PNG", "CSV", "Copy link"):
        _tab_until(page, name)
    for _ in range(3):
        page.keyboard.press("Tab")
        if str(page.evaluate(FOCUSED)).startswith("Matrix of"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".readout")).to_contain_text("attends to")
    _tab_until(page, "0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(token(page, 2)).to_have_attribute("aria-selected", "true")


def test_tokens_are_text_whatever_they_look_like(visit, grid):
    page = painted(visit(f"{grid}/?kind=hostile&tokens=12"))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    token(page, 2).click()
    page.get_by_text("Show as tables").click()
    expect(page.locator(".tables th").get_by_text(HOSTILE[0], exact=True).first).to_be_visible()
    assert page.locator(".head-grid img, .head-grid script").count() == 0
    assert page.evaluate("window.hacked === undefined")


@pytest.mark.slow
def test_the_tables_say_what_the_images_show(visit, grid):
    page = painted(visit(f"{grid}/?layers=2&heads=2&tokens=6#heads.pins=2.1"))
    expect(page.locator("table")).to_have_count(0)  # made when somebody asks
    page.get_by_text("Show as tables").click()
    weights = made_up_map((2, 2, 6), 0).weights[1, 0]
    cells = page.locator("table").nth(1).locator("td").all_text_contents()
    assert np.allclose([float(cell) for cell in cells], weights.ravel(), atol=0.0026)
    assert page.locator("table").nth(2).locator("tbody tr").count() == 6


@pytest.mark.parametrize(
    ("n_layers", "n_heads"),
    [pytest.param(2, 2, marks=pytest.mark.slow), (12, 12), pytest.param(24, 16, marks=pytest.mark.slow)],
)
def test_all_heads_stand_on_one_projector_without_sideways_scrolling(visit, grid, n_layers, n_heads):
    page = painted(visit(f"{grid}/?layers={n_layers}&heads={n_heads}&tokens=20"))
    open_display(page)
    for view in ("Thumbnails", "Numbers"):
        page.get_by_text(view, exact=True).click()
        box = page.locator(".cells").bounding_box()
        top = page.locator(".head-grid").bounding_box()["y"]
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] - top <= 720 - 60  # under the app's header
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 1280
        assert min(page.locator(".head-grid").evaluate(FONT_SIZES)) >= SMALLEST_TEXT


def _tab_until(page, name):
    """Press Tab until what has the focus is called so."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    pytest.fail(f"no number of tabs reaches {name}")
