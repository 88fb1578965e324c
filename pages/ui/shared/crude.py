"""Crude words of the tweets, masked where a class would read them, like "s****y", unless the teacher shows them.

`CCDS_CRUDE_WORDS=1` writes them out from the start. Files that visitors save are never masked. The choice is in no
link: who opens one has not asked for such words.
"""

import os
import re
from functools import cache
from pathlib import Path

import pandas as pd
import streamlit as st

FILE = Path(__file__).with_name("crude_words.txt")  # our own list, one word a line
VARIABLE = "CCDS_CRUDE_WORDS"
SHOWN = "crude_words_shown"  # the choice of this visitor, kept from page to page
HELP = "The texts are tweets. Their crude words are masked on screen, like s****y, but not in saved files."


def switch(page: str) -> None:
    """The toggle of a page that shows words of the data; to be drawn before them."""
    st.session_state[SHOWN] = st.toggle("Show crude words", value=_are_shown(), key=f"{page}_crude", help=HELP)


def on_screen(text: str) -> str:
    """The text, its crude words masked unless they are shown."""
    return text if _are_shown() else mask(text)


def table_on_screen(table: pd.DataFrame) -> pd.DataFrame:
    """The table, the crude words in its texts masked unless they are shown."""
    return table.map(lambda value: on_screen(value) if isinstance(value, str) else value)


def mask(text: str) -> str:
    """The text with stars for the letters between the first and the last of each crude word.

    Two words of the list never look the same, so that a chart of both keeps two bars.
    """
    return _pattern().sub(lambda found: found[0][0] + "*" * _stars()[found[0].lower()] + found[0][-1], text)


def _are_shown() -> bool:
    return bool(st.session_state.get(SHOWN, os.environ.get(VARIABLE) == "1"))


@cache
def _pattern() -> re.Pattern[str]:
    """A word of the list, between other signs than letters."""
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(_stars())})(?![^\W\d_])", re.IGNORECASE)


@cache
def _stars() -> dict[str, int]:
    """word -> its number of stars: its inner letters, and one more for each word before it that would look the same."""
    stars: dict[str, int] = {}
    taken = set()
    for word in FILE.read_text(encoding="utf-8").split():
        n = len(word) - 2
        while (word[0], n, word[-1]) in taken:
            n += 1
        taken.add((word[0], n, word[-1]))
        stars[word] = n
    return stars
