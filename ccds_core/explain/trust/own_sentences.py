"""Our own sentences in five languages, written for this project: what the warnings of the Emotions page are tested on.

The rules of the warnings were chosen on the part "develop". The sentences of the part "test" were written after the
rules were fixed, and no rule was changed since.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ccds_core.data import emotion
from ccds_core.validation import one_of, raise_faults

FILE = Path(__file__).with_name("own_sentences.csv")
LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "bn": "Bangla"}
NEUTRAL = "neutral"
DEVELOP, TEST = "develop", "test"


@dataclass(frozen=True)
class OwnSentence:
    """A sentence and what its author meant by it."""

    text: str
    language: str  # a key of `LANGUAGES`
    emotion: str  # one of the six, or `NEUTRAL`
    negated: bool  # whether a word of feeling is negated
    rare: bool  # whether its only words of feeling are rare ones
    part: str  # `DEVELOP` or `TEST`

    def __post_init__(self) -> None:
        """The language, the emotion and the part are known ones."""
        raise_faults(
            [
                *one_of("language", self.language, tuple(LANGUAGES)),
                *one_of("emotion", self.emotion, (*emotion.CLASSES, NEUTRAL)),
                *one_of("part", self.part, (DEVELOP, TEST)),
            ]
        )


@cache
def load_own_sentences() -> tuple[OwnSentence, ...]:
    """All of them, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            OwnSentence(
                row["text"], row["language"], row["emotion"], row["negated"] == "1", row["rare"] == "1", row["part"]
            )
            for row in csv.DictReader(file)
        )
