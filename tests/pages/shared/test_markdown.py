"""`plain` makes any text from outside harmless: Markdown shows it as it stands."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pages.ui.shared.markdown import JOINER, plain

CONTROL = "\\`*_{}[]()<>#+-.!|~$:&"  # what Markdown, its maths, its colour directives and HTML begin with
LINES = st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(CONTROL + CONTROL + " "), min_size=1)


@given(st.text(st.sampled_from(CONTROL + "ab1 \n") | st.characters()))
def test_no_control_character_survives_unescaped(text):
    left = re.sub(r"\\.", "", plain(text), flags=re.S)
    assert not set(left) & set(CONTROL)


@given(st.text())
def test_nothing_is_lost(text):
    shown = re.sub(r"\\(.)", r"\1", plain(text), flags=re.S).replace(JOINER, "")
    assert shown == re.sub(r"[\r\n]+", " ", text).replace(JOINER, "")


@given(LINES.map(str.strip).filter(bool))
def test_markdown_renders_a_line_as_it_stands(text):
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(plain(text))
    assert html.unescape(rendered).replace(JOINER, "") == f"<p>{text.replace(JOINER, '')}</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![x](https://example.org/x.png)",
        ":red[text] :material/home: $x^2$ `code`",
        "1. one",
        "# title",
        "| a | b |",
        "~~gone~~ **loud** _soft_",
        "&lt;script&gt;",
    ],
)
def test_what_a_stranger_would_try_stays_text(text):
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(plain(text))
    assert re.findall(r"<(\w+)", rendered) == ["p"]
    assert html.unescape(rendered).replace(JOINER, "") == f"<p>{text.replace(JOINER, '')}</p>\n"
