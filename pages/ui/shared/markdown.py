"""Text from outside, made harmless for Streamlit's Markdown."""

import re

from pages.ui.shared.crude import on_screen

# whatever Markdown, its maths, its colour directives or HTML could start with
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# what Streamlit acts on after the escapes are gone: addresses, icons, arrows, spaced dashes
LIVE = re.compile(r"(?<=www)(?=\.)|(?<=:)(?=/)|(?=@)|(?<=:)(?=material)|(?<=-)(?=>)|(?<=<)(?=-)|(?<= -)(?=- )")
JOINER = "\u2060"  # word joiner: no width, no break; never inside a command such as "--data"


def plain(text: str) -> str:
    """The text on one line, with every character that Markdown could act on escaped and every live pattern broken.

    Crude words are masked, unless they are shown.
    """
    return SPECIAL.sub(r"\\\1", LIVE.sub(JOINER, re.sub(r"[\r\n]+", " ", on_screen(text))))
