"""One sentence before one text model: its answer, what it did not read, and what each word did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccds_core.results import Prediction

if TYPE_CHECKING:
    from ccds_core.classifier import TextClassifier


@dataclass(frozen=True)
class SentenceAnswer:
    """A text model's answer to one sentence."""

    prediction: Prediction
    words: tuple[str, ...]  # those it read
    known: tuple[bool, ...]  # for each of them
    n_left_out: int

    @property
    def unknown(self) -> list[str]:
        """The words that the model does not know, each once, in their order."""
        pairs = zip(self.words, self.known, strict=True)
        return list(dict.fromkeys(word for word, known in pairs if not known))

    @property
    def notices(self) -> list[str]:
        """What the model does not read or know, a sentence each."""
        notices = []
        if self.n_left_out:
            notices.append(f"Only the first {len(self.words):,} words are read; {self.n_left_out:,} more are not.")
        if self.words and not any(self.known):
            notices.append("Every word is unknown, so the answer says nothing about this text.")
        elif self.unknown:
            shown = ", ".join(word[:30] for word in self.unknown[:8]) + (" and others" if len(self.unknown) > 8 else "")
            notices.append(f"Unknown: {shown}.")
        return notices


def answer_sentence(classifier: "TextClassifier", words: Sequence[str]) -> SentenceAnswer:
    """The answer to the words of a sentence."""
    encoding = classifier.encode(words)
    return SentenceAnswer(classifier.predict(encoding), encoding.words, encoding.known, encoding.n_left_out)
