"""One text model's prediction for one sentence, and the words that it did not read or know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccds_core.results import Prediction

if TYPE_CHECKING:
    from ccds_core.models.classifier import TextClassifier


@dataclass(frozen=True)
class SentenceAnswer:
    """A text model's prediction for one sentence."""

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
        """The words that the model does not read or know, one sentence per notice."""
        notices = []
        if self.n_left_out:
            notices.append(f"Only the first {len(self.words):,} words are read; {self.n_left_out:,} more are not.")
        if self.words and not any(self.known):
            notices.append("Every word is out of vocabulary, so the prediction says nothing about this text.")
        elif self.unknown:
            shown = ", ".join(word[:30] for word in self.unknown[:8]) + (" and others" if len(self.unknown) > 8 else "")
            notices.append(f"Out of vocabulary: {shown}.")
        return notices


def answer_sentence(classifier: "TextClassifier", words: Sequence[str]) -> SentenceAnswer:
    """The prediction for the words of a sentence."""
    encoding = classifier.encode(words)
    return SentenceAnswer(classifier.predict(encoding), encoding.words, encoding.known, encoding.n_left_out)
