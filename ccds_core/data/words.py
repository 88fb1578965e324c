"""A text -> its words, the same for every text model, written as the emotion data write them: no capitals, no signs."""

import re
import unicodedata

from ccds_core.errors import InvalidInputError

APOSTROPHE = re.compile(r"(?<=\w)['\u2019\u02bc\u0060\u00b4](?=\w)")  # "don't" -> "dont", as in the data
WORD = re.compile(r"[^\W_]+")
MAX_CHARACTERS = 200_000  # of one text; about 40,000 words, a short novel


def split_words(text: str) -> list[str]:
    """Letters and digits in runs, lower case, accents taken off (as BERT's uncased vocabulary does)."""
    simple = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("\u00b4", "'"))
    letters = "".join(sign for sign in simple if unicodedata.category(sign) != "Mn")
    return WORD.findall(APOSTROPHE.sub("", letters.lower()))


def has_pictographs(text: str) -> bool:
    """Whether the text holds emoji or other pictures that no model here reads."""
    return any(unicodedata.category(sign) in ("So", "Cs", "Co") for sign in text)


def read_text_words(text: str) -> list[str]:
    """A stranger's text -> its words, at least one; otherwise a sentence that says what is missing."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidInputError(
            f"That are {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. Bring a shorter text."
        )
    words = split_words(text)
    if not words:
        said = "There is no word in this text" if text.strip() else "There is no text yet"
        raise InvalidInputError(f"{said}. Write a sentence, for instance how your day was.")
    return words
