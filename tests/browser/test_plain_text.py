"""Text from outside as Streamlit's own Markdown shows it, which knows more tricks than the standard's."""

import pytest
from playwright.sync_api import expect

from pages.ui.shared.markdown import JOINER
from tests.browser.conftest import serve

SCRIPT = """
import streamlit as st
from pages.ui.shared.markdown import plain
st.title("Text")
for text in {texts!r}:
    st.error(plain(text))
"""
HARMLESS = [
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](x.png)",
    ":red[loud] :blue-badge[badge] :small[small] :smile:",
    "$x^2$ `code` **bold** _soft_ ~~gone~~",
    "# title",
    "1. one",
    "| a | b |",
    "python -m ccds_core train --data digits",
]
TREACHEROUS = [  # what works on the text after Markdown has taken the escapes away
    "www.example.org",
    "https://example.org/x",
    "me@example.org",
    ":material/home:",
    "a -> b",
    "one -- two",
    "line\n===",
]


@pytest.fixture(scope="module")
def text_server(browser, browser_shelf, tmp_path_factory):
    """A page that shows each of these texts in an alert."""
    folder = tmp_path_factory.mktemp("texts")
    script = folder / "texts.py"
    script.write_text(SCRIPT.format(texts=HARMLESS + TREACHEROUS))
    with serve(browser_shelf, folder / "log.txt", script) as address:
        yield address


def as_shown(page):
    """text -> what its alert reads, and how many links, images and headings it holds."""
    alerts = page.get_by_role("alert")
    expect(alerts).to_have_count(len(HARMLESS + TREACHEROUS))
    found = [
        (alert.inner_text().replace(JOINER, ""), alert.locator("a, img, svg, h1, [role=img]").count())
        for alert in alerts.all()
    ]
    return dict(zip(HARMLESS + TREACHEROUS, found, strict=True))


def test_markdown_html_and_directives_stay_text(text_server, visit):
    shown = as_shown(visit(text_server))
    assert {text: shown[text] for text in HARMLESS} == {text: (text, 0) for text in HARMLESS}


def test_links_icons_and_arrows_stay_text(text_server, visit):
    shown = as_shown(visit(text_server))
    assert {text: shown[text] for text in TREACHEROUS} == {text: (" ".join(text.split()), 0) for text in TREACHEROUS}
