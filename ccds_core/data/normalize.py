"""A text -> its words, the same for every text model, written as the emotion data write them: no capitals, no signs."""

import re
import unicodedata
from functools import lru_cache

from ccds_core.errors import InvalidInputError

APOSTROPHE = re.compile(r"(?<=\w)['\u2019\u02bc\u0060\u00b4](?=\w)")  # "don't" -> "dont", as in the data
APOSTROPHES = {0x2019: "'", 0xB4: "'"}  # signs that their decomposition would turn into something else
WORD = re.compile(r"[^\W_]+")
MAX_CHARACTERS = 200_000  # of one text; about 40,000 words, a short novel


class _Plain:
    """Code point -> its letters without accents, for `str.translate`, whose time grows with the length alone.

    `unicodedata.normalize` sorts the marks after a letter: 200,000 marks of two kinds took it 31 s.
    """

    @staticmethod
    @lru_cache(maxsize=65_536)
    def __getitem__(code: int) -> str:
        letters = unicodedata.normalize("NFKD", APOSTROPHES.get(code) or chr(code))
        return "".join(sign for sign in letters if unicodedata.category(sign) != "Mn")


PLAIN = _Plain()


def split_words(text: str) -> list[str]:
    """Letters and digits in runs, lower case, accents taken off (as BERT's uncased vocabulary does)."""
    return WORD.findall(APOSTROPHE.sub("", text.translate(PLAIN).lower()))


def has_pictographs(text: str) -> bool:
    """Whether the text has emoji or other symbols that no model here reads."""
    return any(unicodedata.category(sign) in ("So", "Cs", "Co") for sign in text)


def read_text_words(text: str) -> list[str]:
    """A visitor's text -> its words, at least one; otherwise an `InvalidInputError` that says what is missing."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidInputError(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. Use a shorter text."
        )
    words = split_words(text)
    if not words:
        fault = "There is no word in this text" if text.strip() else "There is no text yet"
        raise InvalidInputError(f"{fault}. Write a sentence, for instance how your day was.")
    return words


def text_notices(text: str) -> list[str]:
    """Notices about the parts of a text that no model reads."""
    return ["Emoji and other symbols are not read: the models know words only."] if has_pictographs(text) else []
