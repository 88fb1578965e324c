"""The Attention page's first screen: heads and probabilities at once, in four windows; switching off is seen there."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from ccds_core.data.examples import EXAMPLE_SENTENCES
from tests.browser.attention.grid_visits import head, painted
from tests.browser.conftest import settle, still, take

SIZES = ((1280, 720), (1920, 1080), (1024, 768), (390, 844))
PHONE = 500  # pixels of width below which all stands in one column
HIGHEST_GRID = 300  # pixels from the top of the window
ONE_LINE = 8  # pixels by which the middles of two neighbours in a row may differ
SMALLEST = 14  # pixels of Streamlit's text
OFF = "Switch off a layer here, single heads in the grid"
CHANGED = "?attention_off=Layer+3&attention_off=Layer+6,+head+1"
OFFERED = [f"Layer {layer}" for layer in range(1, 7)]
TEXT_SIZES = """() => [...document.querySelectorAll('[data-testid=stMain] :is(p, label, button, h1)')]
    .filter(part => part.checkVisibility() && part.innerText?.trim())
    .map(part => parseFloat(getComputedStyle(part).fontSize))"""
pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture
def attention(visit, text_server):
    """attention(query, **options): the page, its grid painted and its bars drawn."""

    def open_page(query: str = "", **options: object) -> Page:
        page = painted(visit(f"{text_server}/attention{query}", **options))
        expect(bars(page).first).to_be_attached()
        return still(page)

    return open_page


def bars(page: Page) -> Locator:
    """The bars of the first chart."""
    return page.locator("[data-testid=stVegaLiteChart]").first.locator(".mark-rect path")


def switches(page: Page) -> Locator:
    """The layers and heads that can be switched off beside the grid."""
    return page.get_by_role("toolbar", name=OFF).get_by_role("button")


def box(part: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in pixels of the window."""
    found = part.bounding_box()
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def around(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    """What holds them all."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether the two share more than an edge."""
    return min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1


def middle(part: Locator) -> float:
    """Its height in the window."""
    _, top, _, bottom = box(part)
    return (top + bottom) / 2


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("query", "theme"), [("", "light"), (CHANGED, "light"), pytest.param("", "dark", marks=pytest.mark.slow)]
)
def test_heads_and_probabilities_lie_in_the_first_screen_and_nothing_overlaps(attention, size, theme, query):
    width, height = size
    page = attention(query, viewport={"width": width, "height": height}, color_scheme=theme, locale="en")
    expect(bars(page)).to_have_count(12 if query else 6)
    grid, answers = box(page.locator(".cells")), around([box(bar) for bar in bars(page).all()])
    assert grid[1] >= 0
    assert max(grid[3], answers[3]) <= height
    if width > PHONE:
        assert grid[1] < HIGHEST_GRID
        assert grid[2] <= answers[0]
    else:
        assert grid[3] <= answers[1]
        assert answers[3] <= box(page.get_by_role("radio", name="Mask", exact=True))[1]  # the second row of controls
    parts = {
        "title": page.locator("h1"),
        "lead": page.get_by_text("See what every attention head"),
        "source": page.get_by_role("radiogroup").first,
        "sentence": page.get_by_role("combobox", name="Example"),
        "options": page.get_by_role("button", name="Options"),
        "finding": page.locator(".headline"),
        "heads": page.locator(".cells"),
        "kinds": page.locator(".kinds"),
        "chart": page.locator("[data-testid=stVegaLiteChart]").first,
        "words": page.get_by_role("toolbar", name="Words to change"),
        "switches": page.get_by_role("toolbar", name=OFF),
        "tabs": page.get_by_role("tablist"),
    }
    boxes = {name: box(part) for name, part in parts.items()}
    names = list(boxes)
    crossing = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :] if overlap(boxes[a], boxes[b])]
    assert crossing == []
    assert max(right for _, _, right, _ in boxes.values()) <= width
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 0


@pytest.mark.parametrize("size", SIZES[:3], ids=str)
def test_title_and_lead_stand_in_one_line_and_controls_in_one_row(attention, size):
    width, height = size
    page = attention(viewport={"width": width, "height": height}, locale="en")
    assert abs(middle(page.locator("h1")) - middle(page.get_by_text("See what every attention head"))) < ONE_LINE
    row = [page.get_by_role("radio", name="Examples"), page.get_by_role("combobox", name="Example"),
           page.get_by_role("button", name="Options")]  # fmt: skip
    assert max(map(middle, row)) - min(map(middle, row)) < ONE_LINE
    right = box(page.get_by_role("button", name="Options"))[2]
    assert abs(right - box(page.locator("[data-testid=stVegaLiteChart]").first)[2]) <= 1
    assert min(page.evaluate(TEXT_SIZES)) >= SMALLEST


def test_no_head_is_pinned_at_the_start_and_the_button_switches_off_those_that_were_clicked(attention):
    page = attention(locale="en")
    expect(page.locator(".cell[aria-selected=true]")).to_have_count(0)
    expect(page.locator(".cell .letter:not(:empty)")).to_have_count(0)
    button = page.get_by_role("button", name=re.compile("^Switch off (layer|the)"))
    expect(button).to_be_hidden()
    head(page, 2, 3).click()
    expect(button).to_have_text("Switch off layer 2, head 3")
    head(page, 5, 12).click()
    expect(button).to_have_text("Switch off the 2 pinned heads")
    button.click()
    expect(page.locator(".cell.off")).to_have_count(2)
    for layer, number in ((2, 3), (5, 12)):
        expect(head(page, layer, number)).to_have_class(re.compile(r"\boff\b"))
        expect(page.get_by_role("button", name=f"Layer {layer}, head {number}", exact=True)).to_be_visible()
    expect(bars(page)).to_have_count(12)  # before and after, beside the grid
    expect(page.get_by_text(re.compile(r"^P\(fear\)")).first).to_be_in_viewport()
    settle(page)
    page.get_by_role("button", name="Layer 2, head 3", exact=True).click()
    expect(page.locator(".cell.off")).to_have_count(1)


def test_what_can_be_switched_off_is_named_in_words_and_a_short_link_means_the_same(attention):
    page = attention(locale="en")
    assert switches(page).all_text_contents() == OFFERED
    short = attention("?attention_off=L3&attention_off=L6+H1", locale="en")
    expect(short.locator(".cell.off")).to_have_count(12 + 1)
    assert switches(short).all_text_contents() == [*OFFERED, "Layer 6, head 1"]


def test_every_kind_of_head_is_explained_below_the_grid(attention):
    page = attention(locale="en")
    kinds = [text.split()[0] for text in page.locator(".kinds .chip").all_text_contents()[1:]]
    meanings = page.locator(".meanings")
    assert page.locator(".meanings b").all_text_contents() == kinds
    expect(meanings).to_be_in_viewport()
    page.get_by_role("button", name=re.compile("^sink")).click()
    expect(meanings).to_have_text("sink attends to special tokens: more than 50 % of the mass.")


def test_the_enlarged_head_covers_no_pinned_matrix_and_no_answer(attention):
    page = attention("#heads.pins=1.1,3.4,6.12", locale="en")
    matrices = [box(part) for part in page.locator(".panel .matrix").all()]
    assert len(matrices) == 3
    for layer, number in ((1, 1), (1, 12), (4, 6), (6, 1), (6, 12)):
        head(page, layer, number).hover()
        enlarged = box(page.locator(".preview:visible"))
        matrices = [box(part) for part in page.locator(".panel .matrix").all()]
        others = [*matrices, box(page.locator("[data-testid=stVegaLiteChart]").first), box(head(page, layer, number))]
        assert not any(overlap(enlarged, other) for other in others)


def test_the_sentence_stands_written_and_each_of_its_words_as_it_was_typed(attention):
    page = attention(locale="en")
    name, sentence = next(iter(EXAMPLE_SENTENCES.items()))
    expect(page.get_by_role("combobox", name="Example")).to_have_value(f"{name}: {sentence}")
    words = page.get_by_role("toolbar", name="Words to change").get_by_role("button").all_text_contents()
    assert " ".join(words) == sentence


def test_the_target_class_names_the_prediction_of_this_sentence(attention):
    page = attention(locale="en")
    seen = set()
    for name, sentence in list(EXAMPLE_SENTENCES.items())[:4]:
        page.get_by_role("combobox", name="Example").click()
        page.get_by_role("option", name=f"{name}: {sentence}", exact=True).click()
        expect(page.get_by_role("combobox", name="Example")).to_have_value(f"{name}: {sentence}")
        settle(page)
        title = page.locator("[data-testid=stVegaLiteChart]").first.get_attribute("aria-label")
        predicted = re.match(r"Predicted: (\w+)", title)[1]
        page.get_by_role("button", name="Options").click()
        expect(page.get_by_text(f"Target class (predicted: {predicted})", exact=True)).to_be_visible()
        page.keyboard.press("Escape")
        seen.add(predicted)
    assert len(seen) > 1


def test_the_exported_picture_has_its_legend_and_its_pinned_heads(attention):
    page = attention("#heads.pins=2.3", locale="en")
    page.get_by_text("Display and export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert download.value.suggested_filename == "attention.png"
    drawing = take(page, "SVG").read_text()
    assert "Attention weight" in drawing
    assert "Layer 2, head 3" in drawing
