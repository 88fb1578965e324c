"""The Top tokens page in the browser: the shipped lists in every view, own texts with every correction, and links."""

import re
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from ccds_core.data.emotion import CLASSES
from ccds_core.explain.top_tokens.options import LADDER
from pages.ui.tokens import ladder_view, views
from pages.ui.tokens.controls import SWITCHES
from tests.browser.attention.grid_visits import painted
from tests.browser.conftest import SAID, charts, follow, settle

OWN = "tokens?tokens_source=Your+texts&tokens_view=Top+words"
VIEWS = {
    "Top words": "Top word per emotion: ",
    "The report's six words": "of the report's 6 answers hold",
    "Masking test": "Top words matter more than random words in",
    "Rank correlation": "Closest to the corrected measure",
}
WHO = ("my sister", "the baker", "our old teacher", "a quiet neighbour")
WHEN = ("when it rained", "after the long walk", "because the train was late")
FEELINGS = ("glad and glad and calm", "so furious", "terrified", "lonely and empty", "fond and tender")
SENTENCES = [f"{who} said i feel {how} {when}" for who, how, when in product(WHO, FEELINGS, WHEN)]  # our own
STILL = 300  # milliseconds without a change
DRAWN = "() => [...document.querySelectorAll('.marks .mark-rect path')].map(bar => bar.ariaLabel).sort().join()"


def upload(page: Page, name: str, text: str) -> None:
    """A CSV of one's own."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})


def read(page: Page) -> Page:
    """Upload our sentences and have them read."""
    follow(page, lambda: upload(page, "mine.csv", "text\n" + "\n".join(SENTENCES)))
    page.get_by_role("button", name=f"Read {len(SENTENCES)} sentences").click()
    expect(page.get_by_text(f"{len(SENTENCES)} sentences of mine.csv; model: bert-emotion")).to_be_visible()
    return settle(page)


def words(page: Page, chart: int) -> list[str]:
    """The words of one chart, the first on top, each with its n."""
    labels = page.get_by_test_id("stVegaLiteChart").nth(chart).locator(".role-axis-label text").all_text_contents()
    return [label for label in labels if label.endswith(")")]


def drawing(page: Page) -> str:
    """Word, count, score and interval of every bar, once they stay as they are."""
    before, now = "", page.evaluate(DRAWN)
    while now != before or not now:
        page.wait_for_timeout(STILL)
        before, now = now, page.evaluate(DRAWN)
    return now


def choose(page: Page, box: str, option: str) -> None:
    """One option of a select box."""
    field = page.get_by_role("combobox", name=box, exact=True)
    field.focus()
    page.wait_for_timeout(STILL)  # a list closes when the page is scrolled to it
    field.press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def test_it_opens_filled_and_every_view_says_what_it_found(visit, text_server):
    page = visit(f"{text_server}/tokens")
    expect(page.get_by_text("The same word leads all 6 emotions: i")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(3 + len(CLASSES))
    expect(charts(page).locator(".role-title text").nth(3)).to_have_text(CLASSES[0])
    drawing(page)
    assert [len(words(page, chart)) for chart in range(3)] == [ladder_view.FIRST * len(CLASSES)] * 3
    follow(page, page.get_by_role("radio", name="Top words", exact=True).click)
    expect(charts(page).locator(".role-title text")).to_have_text(CLASSES)
    drawing(page)
    assert [len(words(page, chart)) for chart in range(len(CLASSES))] == [views.SHOWN] * len(CLASSES)
    follow(page, page.get_by_role("radio", name="Rank correlation", exact=True).click)
    for view, finding in VIEWS.items():
        follow(page, page.get_by_role("radio", name=view, exact=True).click)
        expect(page.get_by_text(finding).first).to_be_visible()
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 0, view
        expect(page.locator("[data-testid=stVegaLiteChart], [data-testid=stTable]").first).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.slow
def test_feel_and_feeling_fall_as_the_slider_goes_from_naive_to_corrected(visit, text_server):
    page = visit(f"{text_server}/tokens")
    expect(charts(page)).to_have_count(9)
    drawing(page)
    firsts = [" ".join(words(page, chart)) for chart in (3, 4)]  # sadness and joy, under the three countings
    assert all("feel  (" in first for first in firsts)
    slider = page.get_by_role("slider")
    slider.focus()
    follow(page, lambda: slider.press("End"))
    expect(page.get_by_text(LADDER[-1].explanation)).to_be_visible()
    drawing(page)
    assert not any(re.match(r"feel(ing)?  ", word) for chart in range(3, 9) for word in words(page, chart))


@pytest.mark.slow
def test_a_link_brings_the_view_the_method_and_the_word_back(visit, text_server):
    page = visit(f"{text_server}/tokens?tokens_group=True+class&tokens_view=Top+words")
    follow(page, lambda: choose(page, "Method", "Integrated gradients"))
    third = words(page, CLASSES.index("anger"))[2].split()[0]
    choose(page, "Examples for", "anger")
    expect(page.get_by_text(re.compile(r"^\w+, anger: "))).to_be_visible()
    choose(page, "Word", third)
    expect(page.get_by_text(re.compile(rf"^{third}, anger: "))).to_be_visible()
    again = visit(page.url, locale="en")
    assert drawing(again) == drawing(page)
    assert again.evaluate(SAID) == page.evaluate(SAID)
    expect(again.get_by_role("combobox", name="Method", exact=True)).to_have_value("Integrated gradients")
    again.get_by_role("button", name="Options", exact=True).click()
    expect(again.get_by_role("radio", name="True class", exact=True)).to_be_checked()


@pytest.mark.slow
def test_of_own_texts_every_correction_changes_the_lists_and_a_sentence_leads_to_its_heads(visit, text_server):
    page = read(visit(f"{text_server}/{OWN}"))
    page.get_by_role("button", name="Options", exact=True).click()
    for label in reversed(SWITCHES.values()):  # down the ladder: one correction after the other is taken off
        before = drawing(page)
        page.get_by_text(label, exact=True).click()
        page.wait_for_function(f"before => ({DRAWN})() !== before", arg=before)
        settle(page)
        assert drawing(page) != before, label
    page.keyboard.press("Escape")
    sentence = page.get_by_role("blockquote").first.inner_text().strip()
    assert sentence in SENTENCES
    page.get_by_role("link", name="Show attention heads").first.click()
    expect(page.locator("h1")).to_have_text("Attention")
    painted(page)
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value(sentence)


def test_a_pass_says_how_far_it_is_and_can_be_cancelled(visit, text_server):
    page = visit(f"{text_server}/{OWN}")
    many = [f"{sentence} {number} times" for number in range(40) for sentence in SENTENCES]
    follow(page, lambda: upload(page, "many.csv", "text\n" + "\n".join(many)))
    page.get_by_role("button", name=f"Read {len(many):,} sentences").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text(f"of {len(many):,} sentences read")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    settle(page)
    expect(page.get_by_role("button", name=f"Read {len(many):,} sentences")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nameless.csv", "a,b\n1,2\n3,4", "No column is named 'text'"),
        ("empty.csv", "", "holds no table"),
        ("blank.csv", "text\n \n", "has no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_by_one_sentence(visit, text_server, name, text, said):
    page = visit(f"{text_server}/{OWN}")
    follow(page, lambda: upload(page, name, text))
    expect(page.get_by_test_id("stAlert")).to_have_count(1)
    expect(page.get_by_test_id("stAlert")).to_contain_text(said)
