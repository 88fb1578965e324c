"""Plain words on every page and in each of its views; `tests/support/words.py` lists the words to avoid."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from pages.ui.shared import frame
from tests.support.run_fixtures import TEXT_PAGES
from tests.support.words import find_words

NAMES = [entry.name for entry in frame.PAGES]
# Fields of Streamlit's messages that are not read by a person: names of widgets, addresses, bytes, data.
HIDDEN = {"id", "key", "formId", "elementId", "queryParamKey", "url", "data", "styler", "datasets", "spec", "format"}
HIDDEN |= {"jsContent", "htmlContent", "cssContent", "json", "mixed", "bytes"}  # of a component: its program and data
SHOWN = {"title", "text", "subtitle"}  # of a Vega-Lite specification


def strings_in(value: Any) -> Iterator[str]:
    """Every string in a nested value, except below hidden fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from strings_in(part) if key not in HIDDEN else ()


def titles_in(spec: Any) -> Iterator[str]:
    """Every title and text of a Vega-Lite specification."""
    for key, part in spec.items() if isinstance(spec, dict) else enumerate(spec if isinstance(spec, list) else ()):
        yield from strings_in(part) if key in SHOWN else titles_in(part)


def texts_on(app: AppTest) -> list[str]:
    """All that a page says: titles, text, labels, options, help, alerts, metrics, titles of charts, heads of tables."""
    texts: list[str] = []
    nodes = [app._tree]
    while nodes:
        node = nodes.pop()
        nodes += list(getattr(node, "children", {}).values())
        if (proto := getattr(node, "proto", None)) is None:
            continue
        texts += strings_in(MessageToDict(proto))
        if spec := getattr(proto, "spec", ""):
            texts += titles_in(json.loads(spec))
    return texts + [str(column) for table in app.dataframe for column in table.value.columns]


def views_of(app: AppTest, name: str) -> Iterator[dict[str, str]]:
    """The choices that show other parts of the page: each option of its view and of its source."""
    for widget in (*app.button_group, *app.radio, *app.selectbox):
        if widget.key in (f"{name}_view", f"{name}_source"):
            yield from ({widget.key: option} for option in map(str, widget.options) if option != widget.value)


@pytest.fixture
def assert_plain(open_page):
    """Open a page, and every view of it, and find none of the words."""

    def check(name: str) -> None:
        app = open_page(name)
        texts = texts_on(app)
        for query in views_of(app, name):
            view = open_page(name, **query)
            assert not view.exception, query
            texts += texts_on(view)
        assert len(texts) > 20
        words = find_words(texts)
        assert not words, "\n".join(words)

    return check


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("name", [name for name in NAMES if name not in TEXT_PAGES])
def test_a_page_uses_plain_words(assert_plain, name):
    assert_plain(name)


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize("name", TEXT_PAGES)
def test_a_page_of_texts_uses_plain_words(assert_plain, name):
    assert_plain(name)
