"""The attribution of each word of a sentence to one class, by any of `TEXT_METHODS`, and words to erase."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ccds_core.data.word_tokenizer import Encoding
from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention_forward import AttendedSentence, attend_embedded
from ccds_core.explain.attention_view import measure_tokens
from ccds_core.explain.attribution import Attribution
from ccds_core.explain.faithfulness import AskKept
from ccds_core.explain.methods import TEXT_METHODS, find_method, lacked_for, methods_of
from ccds_core.explain.text_inputs import (
    MOST_WORDS,
    EmbeddedWords,
    embed_words,
    integrate_gradients,
    leave_one_out,
    multiply_gradient,
    occlude,
    per_word,
)
from ccds_core.models.classifier import TextClassifier


@dataclass(frozen=True)
class WordExplanation:
    """One model's attribution of each word by one method."""

    words: tuple[str, ...]  # W of them
    attribution: Attribution  # (W,); a word that the model did not read has 0
    method: str  # of `TEXT_METHODS`
    seconds: float

    @property
    def completeness_gap(self) -> float | None:
        """The completeness gap in logits; None for methods without completeness."""
        return self.attribution.completeness_gap


def explain_text(classifier: TextClassifier, words: Sequence[str], target: int, method: str) -> WordExplanation:
    """The attribution of each word to one class.

    `target`: index of the class. `method`: a name in `TEXT_METHODS`, which also gives its source and unit. Returns (W,)
    values; words that the model did not read have 0. Raises `InvalidInputError` for an unknown method or class, a
    method that the model does not allow, no word, and more than `MOST_WORDS` words.

        explanation = explain_text(classifier, ["so", "glad"], target=1, method="integrated-gradients")
        explanation.attribution.values  # (2,)
    """
    find_method(method)
    if method not in measures_of(classifier):
        raise InvalidInputError(
            f"'{classifier.name}' has no {lacked_for(method)}, so {method} cannot explain it. Choose one of: "
            f"{', '.join(measures_of(classifier))}."
        )
    started = time.perf_counter()
    attribution = _explain(_ask(classifier, words, target), method)
    return WordExplanation(tuple(words), attribution, method, time.perf_counter() - started)


def explain_for_erasure(
    classifier: TextClassifier, words: Sequence[str], target: int
) -> tuple[dict[str, NDArray[np.float64]], AskKept]:
    """Every attribution that the model allows, (W,) each, high = supports the class; and a function for `erase`."""
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
class TextInput:
    """One sentence for one model; embeddings and attention are computed once for all methods."""

    classifier: TextClassifier
    words: tuple[str, ...]
    target: int
    encoding: Encoding

    @cached_property
    def embedded(self) -> EmbeddedWords:
        """Its tokens' vectors, and the baseline."""
        return embed_words(self.classifier, self.encoding)

    @cached_property
    def attended(self) -> AttendedSentence:
        """All of its attention."""
        return attend_embedded(self.classifier, self.embedded, self.target, gap=None)


def leave_out(question: TextInput) -> Attribution:
    """(W,): the target's probability minus the one without the word."""
    effects = leave_one_out(question.classifier, question.words)  # (W, n_classes)
    return Attribution(effects[:, question.target], True, "", question.target)


def occlude_words(question: TextInput) -> Attribution:
    """(W,): the target's probability minus the one with the baseline in the word's place."""
    return occlude(question.embedded, question.target)


def multiply_gradients(question: TextInput) -> Attribution:
    """(W,): gradient x input."""
    return per_word(multiply_gradient(question.embedded, question.target), question.encoding)


def integrate(question: TextInput) -> Attribution:
    """(W,): integrated gradients from the baseline."""
    return per_word(integrate_gradients(question.embedded, question.target), question.encoding)


def read_received(question: TextInput) -> Attribution:
    """(W,): attention received, as the Attention page shows it."""
    return _read_attention(question, "received")


def read_first_row(question: TextInput) -> Attribution:
    """(W,): the first token's row of the last layer."""
    return _read_attention(question, "first-row")


def read_rollout(question: TextInput) -> Attribution:
    """(W,): attention rollout."""
    return _read_attention(question, "rollout")


def read_relevance(question: TextInput) -> Attribution:
    """(W,): gradient x attention."""
    return _read_attention(question, "relevance")


def _ask(classifier: TextClassifier, words: Sequence[str], target: int) -> TextInput:
    if not words:
        raise InvalidInputError("There is no word to explain. Write a sentence.")
    if len(words) > MOST_WORDS:
        raise InvalidInputError(
            f"The text has {len(words):,} words; at most {MOST_WORDS} can be explained. Use a shorter text."
        )
    if not 0 <= target < len(classifier.classes):
        known = ", ".join(f"{number} {name}" for number, name in enumerate(classifier.classes))
        raise InvalidInputError(f"No class {target}. Classes of '{classifier.name}': {known}.")
    encoding = classifier.encode(words)
    if not encoding.words:
        raise InvalidInputError("No word of this text fits into the model. Write shorter words.")
    return TextInput(classifier, tuple(words), target, encoding)


def _explain(question: TextInput, method: str) -> Attribution:
    attribution: Attribution = TEXT_METHODS[method].explain(question)
    values = np.zeros(len(question.words))
    values[: len(attribution.values)] = attribution.values  # words at the end may not be read
    return replace(attribution, values=values, method=TEXT_METHODS[method].label)


def _read_attention(question: TextInput, name: str) -> Attribution:
    """A measure of the Attention page's strip: words, special tokens taken out, fractions that sum to 1."""
    measures = {measure.name: measure.values for measure in measure_tokens(question.attended)}
    return Attribution(measures[name], False, "", question.target)
