"""Crude words of the data: masked on screen, written out where the teacher asks for them, and never masked in files."""

import pandas as pd
import pytest

from pages.ui.shared import crude
from pages.ui.shared.markdown import plain
from tests.support.page_reading import chart_rows, charts

CRUDE = "naughty"  # stands among the first words of a class


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("A shitty assignment.", "A s****y assignment."),
        ("SHITTY", "S****Y"),
        ("003shitty", "003s****y"),  # as a word strip numbers its words
        ("class, assess, Scunthorpe, dickens", "class, assess, Scunthorpe, dickens"),
        ("", ""),
    ],
)
def test_the_inner_letters_of_a_crude_word_are_stars(text, masked):
    assert crude.mask(text) == masked


def test_no_two_masked_words_look_alike():
    words = crude.FILE.read_text().split()
    assert words == sorted(set(words))
    assert len({crude.mask(word) for word in words}) == len(words)
    assert not {word for word in words if crude.mask(word) == word}


def test_markdown_and_tables_are_masked_unless_the_variable_says_otherwise(monkeypatch):
    table = pd.DataFrame({"text": ["so shitty"], "n": [1]})
    monkeypatch.delenv(crude.VARIABLE, raising=False)
    assert plain("shitty") == r"s\*\*\*\*y"
    assert crude.table_on_screen(table).to_dict("list") == {"text": ["so s****y"], "n": [1]}
    monkeypatch.setenv(crude.VARIABLE, "1")
    assert plain("shitty") == "shitty"
    assert crude.table_on_screen(table).equals(table)


def words_of(app):
    return {word for chart in charts(app) for word in chart_rows(chart)["word"]}


@pytest.mark.usefixtures("shipped_shelf")
def test_the_switch_writes_crude_words_out_on_this_page_and_the_next(open_page):
    app = open_page("tokens", tokens_view="Top words")
    assert crude.mask(CRUDE) in words_of(app)
    assert CRUDE not in words_of(app)
    app.toggle(key="tokens_crude").set_value(True).run()
    assert CRUDE in words_of(app)
    app.switch_page("pages/embeddings.py").run()
    assert app.toggle(key="embeddings_crude").value


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("embeddings", {"embeddings_word": CRUDE}),
        ("embeddings", {"embeddings_view": "Map", "embeddings_search": CRUDE}),
        ("emotions", {"emotions_source": "Write", "emotions_text": f"I felt {CRUDE} today"}),
    ],
)
def test_charts_and_what_is_said_of_them_are_masked(open_page, page, query):
    app = open_page(page, **query)
    assert not app.exception
    shown = [str(value) for chart in charts(app) for value in chart_rows(chart).to_numpy().ravel()]
    shown += [chart.alt for chart in charts(app)]
    shown += [part.value for kind in ("subheader", "caption", "warning", "info") for part in app.get(kind)]
    assert not [text for text in shown if CRUDE in text]
    assert any(crude.mask(CRUDE) in text.replace("\\", "") for text in shown)


@pytest.mark.usefixtures("shipped_shelf")
def test_a_saved_file_holds_the_words_as_they_are(open_page, monkeypatch):
    tables = []
    monkeypatch.setattr("pages.ui.shared.panels.exports", lambda name, chart, table, key: tables.append((chart, table)))
    open_page("tokens", tokens_view="Top words")
    ((chart, table),) = tables
    assert CRUDE in set(table["word"])
    assert CRUDE in str(chart.to_dict())
