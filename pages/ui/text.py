"""Text from outside, made harmless for Streamlit's Markdown."""

import re

# whatever Markdown, its maths, its colour directives or HTML could start with
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    """The text with every character that Markdown could act on escaped."""
    return SPECIAL.sub(r"\\\1", text)
