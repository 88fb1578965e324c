"""Words in the browser: neighbours, sums and a map in two tables; what no table knows gets one sentence."""

import json
import re

import pytest
from playwright.sync_api import expect

from ccds_core.paths import PROJECT
from tests.browser.conftest import charts, follow

LEARNED, WORD2VEC = "text-embedding", "text-word2vec-frozen"
BAD = {  # what is written -> what the one sentence says
    "qwertz": "'qwertz' is not among",
    "<script>alert(1)</script>": "One word at a time",
    "?!": "Write one word",
    "$x$ :red[y]": "One word at a time",
    "a" * 60: "is not among",
    " ": "Write one word",
}
NUMBER = re.compile(r"^[-\u2212]?\d")
DOTS = "[...document.querySelectorAll('.marks .mark-symbol.role-mark path')].map(dot => dot.getAttribute('transform'))"


def write(page, box, text):
    """The page after a field was filled in."""
    field = page.get_by_role("textbox", name=box, exact=True)

    def fill():
        field.fill(text)
        field.press("Enter")

    return follow(page, fill)


def words(page, place):
    """The words along a chart of neighbours, the nearest first."""
    return charts(page).nth(place).locator(".role-axis-label text").filter(has_not_text=NUMBER).all_text_contents()


def cosines(page, place):
    """The numbers at its bars."""
    return [float(text.replace("\u2212", "-")) for text in charts(page).nth(place).locator(".mark-text.role-mark text")
            .all_text_contents()]  # fmt: skip


def title(page, place):
    """The finding over a chart."""
    chart = page.get_by_test_id("stVegaLiteChart").nth(place)
    expect(chart).to_have_attribute("aria-label", re.compile("."))  # it is there before it is drawn
    return chart.get_attribute("aria-label")


def test_both_tables_show_the_nearest_words_of_a_word_nearest_first(visit, text_server):
    page = write(visit(f"{text_server}/embeddings"), "Word", "Furious")
    expect(charts(page)).to_have_count(2)
    for place in (0, 1):
        assert len(set(words(page, place))) == 12
        assert "furious" not in words(page, place)
        assert cosines(page, place) == sorted(cosines(page, place), reverse=True)
        assert cosines(page, place)[0] < 1
    assert words(page, 0) != words(page, 1)


def test_the_lesson_is_that_word2vec_alone_puts_sad_beside_happy(visit, text_server):
    page = visit(f"{text_server}/embeddings")
    for name in (LEARNED, WORD2VEC):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    assert title(page, 0).startswith("'sad' is farther from 'happy'")
    assert title(page, 1).startswith("'sad' is nearer to 'happy'")


@pytest.mark.slow
def test_a_rare_word_has_neighbours_though_rare_words_are_left_out_of_them(visit, text_server):
    vocabulary = json.loads((PROJECT / "checkpoints" / LEARNED / "vocabulary.json").read_text())
    rarest = vocabulary[-1]  # the most frequent come first
    page = write(visit(f"{text_server}/embeddings"), "Word", rarest)
    expect(charts(page)).to_have_count(2)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert set(words(page, 0)) < set(vocabulary[: len(vocabulary) // 2])


@pytest.mark.slow
def test_a_sum_leaves_its_own_words_out_and_taking_one_away_changes_it(visit, text_server):
    page = write(visit(f"{text_server}/embeddings?embeddings_view=Arithmetic"), "Add", "happy lonely")
    both = [words(page, place) for place in (0, 1)]
    assert all(len(found) == 12 and not {"happy", "lonely"} & set(found) for found in both)
    assert title(page, 0) == f"Nearest neighbour of the sum: '{both[0][0]}'"
    write(page, "Subtract", "sad")
    assert all(words(page, place) != both[place] and "sad" not in words(page, place) for place in (0, 1))


@pytest.mark.slow
def test_a_search_finds_a_word_on_the_map_and_the_map_stays_as_it_is(visit, text_server):
    page = write(visit(f"{text_server}/embeddings?embeddings_view=Map"), "Find a word", "furious")
    bold = charts(page).locator("text[font-weight=bold]")
    expect(bold.filter(has_text=re.compile("^furious$"))).to_be_visible()
    dots = page.evaluate(DOTS)
    write(page, "Find a word", "dog")
    expect(bold.filter(has_text=re.compile("^dog$"))).to_be_visible()
    expect(page.get_by_text("'dog' is not one of them: it is placed between its 3 nearest neighbours.")).to_be_visible()
    expect(bold.filter(has_text="furious")).to_have_count(0)
    assert len(dots) > 200
    assert set(dots[:-1]) <= set(page.evaluate(DOTS))  # the last is the ring


@pytest.mark.slow
def test_the_map_of_the_other_table_is_another(visit, text_server):
    page = visit(f"{text_server}/embeddings?embeddings_view=Map")
    learned = title(page, 0)
    page.get_by_role("radio", name=WORD2VEC, exact=True).click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_attribute("aria-label", re.compile(f"^{WORD2VEC}"))
    shares = [int(re.search(r"(\d+) %", said).group(1)) for said in (learned, title(page, 0))]
    assert shares[0] > shares[1], "a table that learned emotions keeps their words together"


@pytest.mark.parametrize(
    ("view", "box"),
    [
        ("Neighbours", "Word"),
        pytest.param("Arithmetic", "Add", marks=pytest.mark.slow),
        pytest.param("Map", "Find a word", marks=pytest.mark.slow),
    ],
)
def test_what_no_table_knows_gets_one_sentence_and_the_next_word_its_answer(visit, text_server, view, box):
    page = visit(f"{text_server}/embeddings?embeddings_view={view}")
    kept = 1 if view == "Map" else 0
    for text, said in BAD.items():
        if box != "Word" and " " in text:
            continue  # a sum of several words, and a search for nothing, are no faults
        write(page, box, text)
        expect(page.get_by_test_id("stAlert")).to_have_count(1)
        expect(page.get_by_test_id("stAlert")).to_contain_text(said)
        assert page.locator("[data-testid=stMain] :is(script, .katex, [class*=stMarkdownColored])").count() == 0
        expect(charts(page)).to_have_count(kept)
    write(page, box, "angry")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(charts(page)).to_have_count(kept or 2)
