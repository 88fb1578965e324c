"""What each word of a sentence did to one class, by any of `TEXT_METHODS`, and the sentence with words left out."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ccds_core.attending import AttendedSentence, attend_embedded
from ccds_core.attribution import Attribution
from ccds_core.classifier import TextClassifier
from ccds_core.data.vocabulary import Encoding
from ccds_core.embedded_words import EmbeddedWords, embed_words, integrate_gradients, multiply_gradient, occlude
from ccds_core.errors import InvalidInputError
from ccds_core.faithfulness import AskKept
from ccds_core.leave_one_out import MOST_WORDS, leave_one_out
from ccds_core.sentence_view import measure_tokens
from ccds_core.text_methods import TEXT_METHODS, find_method, methods_of, needed_by


@dataclass(frozen=True)
class WordExplanation:
    """One model's words by one method."""

    words: tuple[str, ...]  # W of them
    attribution: Attribution  # (W,); a word that the model did not read has 0
    method: str  # of `TEXT_METHODS`
    seconds: float

    @property
    def completeness_gap(self) -> float | None:
        """What the values do not add up to, in logits; None where no law says that they add up to anything."""
        return self.attribution.completeness_gap


def explain_text(classifier: TextClassifier, words: Sequence[str], target: int, method: str) -> WordExplanation:
    """One number per word; `target` is the index of a class."""
    find_method(method)
    if method not in measures_of(classifier):
        raise InvalidInputError(
            f"'{classifier.name}' has no {needed_by(method)}, so it cannot be explained by {method}. "
            f"It can by {', '.join(measures_of(classifier))}."
        )
    started = time.perf_counter()
    attribution = _explain(_ask(classifier, words, target), method)
    return WordExplanation(tuple(words), attribution, method, time.perf_counter() - started)


def explain_for_erasure(
    classifier: TextClassifier, words: Sequence[str], target: int
) -> tuple[dict[str, NDArray[np.float64]], AskKept]:
    """Every measure that the model can do, (W,) each, high = speaks for the class; and the model to be asked again."""
    question = _ask(classifier, words, target)
    scores = {name: _explain(question, name).values for name in measures_of(classifier)}
    return scores, ask_words(classifier, words, target)


def ask_words(classifier: TextClassifier, words: Sequence[str], target: int) -> AskKept:
    """kept (K, W) -> the target's probability (K,) for the kept words alone, the others left out of the sentence.

    With none kept the model answers to no word: a table reads one unknown word, a BERT its special tokens, the
    one-word rule gives the shares of the classes in its training texts.
    """

    def ask(kept: NDArray[np.bool_]) -> NDArray[np.float64]:
        sentences = [[word for word, keep in zip(words, row, strict=True) if keep] for row in kept]
        return classifier.predict_many([classifier.encode(sentence) for sentence in sentences])[:, target]

    return ask


def measures_of(classifier: TextClassifier) -> tuple[str, ...]:
    """The methods of `TEXT_METHODS` that this model can do."""
    return methods_of(classifier.config.model)


@dataclass(frozen=True)
class _Question:
    """One sentence before one model; what several methods need is made once."""

    classifier: TextClassifier
    words: tuple[str, ...]
    target: int
    encoding: Encoding

    @cached_property
    def embedded(self) -> EmbeddedWords:
        return embed_words(self.classifier, self.encoding)

    @cached_property
    def attended(self) -> AttendedSentence:
        return attend_embedded(self.classifier, self.encoding, self.embedded.embedded, self.target, gap=None)


def _ask(classifier: TextClassifier, words: Sequence[str], target: int) -> _Question:
    if not words:
        raise InvalidInputError("There is no word to explain. Write a sentence.")
    if len(words) > MOST_WORDS:
        raise InvalidInputError(
            f"That are {len(words):,} words; at most {MOST_WORDS} are explained at a time. Bring a shorter text."
        )
    if not 0 <= target < len(classifier.classes):
        known = ", ".join(f"{number} {name}" for number, name in enumerate(classifier.classes))
        raise InvalidInputError(f"No class {target}: '{classifier.name}' knows {known}.")
    encoding = classifier.encode(words)
    if not encoding.words:
        raise InvalidInputError("No word of this text fits into the model. Write shorter words.")
    return _Question(classifier, tuple(words), target, encoding)


def _explain(question: _Question, method: str) -> Attribution:
    found = WAYS[method](question)
    values = np.zeros(len(question.words))
    values[: len(found.values)] = found.values  # words at the end may not be read
    return replace(found, values=values, method=TEXT_METHODS[method].label)


def _leave_out(question: _Question) -> Attribution:
    effects = leave_one_out(question.classifier, question.words)  # (W, n_classes)
    return Attribution(effects[:, question.target], True, "", question.target)


def _read_attention(name: str) -> Callable[[_Question], Attribution]:
    """A measure of `sentence_view`'s strip: words, special tokens taken out, shares that sum to 1."""

    def read(question: _Question) -> Attribution:
        measures = {measure.name: measure.values for measure in measure_tokens(question.attended)}
        return Attribution(measures[name], False, "", question.target)

    return read


WAYS: Mapping[str, Callable[[_Question], Attribution]] = MappingProxyType({
    "leave-one-out": _leave_out,
    "occlusion": lambda question: occlude(question.embedded, question.target),
    "gradient-x-input": lambda question: multiply_gradient(question.embedded, question.target),
    "integrated-gradients": lambda question: integrate_gradients(question.embedded, question.target),
    **{name: _read_attention(name) for name in ("received", "first-row", "rollout", "relevance")},
})  # fmt: skip
assert set(WAYS) == set(TEXT_METHODS), "every method of the table has a way"
