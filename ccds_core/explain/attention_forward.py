"""A BERT on one sentence: prediction, attention of all heads, and gradients for one class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccds_core.data.word_tokenizer import Encoding
from ccds_core.data.wordpiece_tokenizer import PieceEncoder
from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention import AttentionMap, build_map, gradient_rollout
from ccds_core.explain.attribution import Attribution
from ccds_core.explain.text_inputs import (
    SMALL_GAP,
    EmbeddedWords,
    embed_words,
    integrate_gradients,
    multiply_gradient,
)
from ccds_core.models.bert import BertClassifier, find_bert
from ccds_core.models.classifier import TextClassifier
from ccds_core.models.sentence_answer import SentenceAnswer
from ccds_core.results import Prediction


@dataclass(frozen=True)
class AttendedSentence:
    """The attention of one BERT over one sentence; every number is per word piece, special tokens included."""

    answer: SentenceAnswer
    target: int  # the class that gradients are about
    attention: AttentionMap
    relevance: NDArray[np.float64]  # (T,), at least 0: the first token's row of `gradient_rollout`
    gate_gradients: NDArray[np.float64]  # (L, H): d logit / d gate of each head; signed
    attributions: tuple[Attribution, ...]  # (T,) each, signed: gradient x input and, if asked for, integrated gradients
    n_first: int | None = None  # of a pair: how many of the words are the first sentence's


def attend(
    classifier: TextClassifier, words: Sequence[str], target: int | None = None, gap: float | None = SMALL_GAP
) -> AttendedSentence:
    """One BERT's attention over a sentence, with gradients and attributions for one class.

    `words`: as `normalize.split_words` gives them. `target`: index of the class, None = the predicted one. `gap`:
    largest completeness gap of integrated gradients in logits, None = without them. Raises `InvalidInputError` for a
    model without attention and for a text of which no word fits. Gradient × attention after Chefer et al. 2021.

        attended = attend(classifier, ["i", "am", "glad"])
        attended.attention.weights.shape  # (L, H, T, T)
    """
    find_bert(classifier)  # says so where there is no attention
    return attend_embedded(classifier, embed_words(classifier, classifier.encode(words)), target, gap)


def attend_embedded(
    classifier: TextClassifier, sentence: EmbeddedWords, target: int | None, gap: float | None
) -> AttendedSentence:
    """The same for a sentence that is embedded already."""
    encoding = sentence.encoding
    if not encoding.words:
        raise InvalidInputError("No word of this text fits into the model. Write shorter words.")
    model = find_bert(classifier)
    logits, weights, slopes, target = _read(model, sentence.embedded, encoding.mask, target)
    attention = build_map(encoding.tokens, encoding.word_of, weights)
    prediction = Prediction(classifier.classes, logits.double().softmax(dim=0).numpy())
    return AttendedSentence(
        answer=SentenceAnswer(prediction, encoding.words, encoding.known, encoding.n_left_out),
        target=target,
        attention=attention,
        relevance=gradient_rollout(attention, slopes)[0],
        gate_gradients=(weights.astype(np.float64) * slopes).sum(axis=(2, 3)),
        attributions=tuple(_attribute(sentence, target, gap)),
    )


def attend_pair(
    classifier: TextClassifier,
    sentences: tuple[Sequence[str], Sequence[str]],
    target: int | None = None,
    gap: float | None = SMALL_GAP,
) -> AttendedSentence:
    """As `attend`; words of the second sentence count on from those of the first."""
    model = find_bert(classifier)
    encoding, types, n_first = encode_pair(classifier, sentences)
    sentence = embed_words(classifier, encoding, model.embed_types(types))
    return replace(attend_embedded(classifier, sentence, target, gap), n_first=n_first)


def encode_pair(
    classifier: TextClassifier, sentences: tuple[Sequence[str], Sequence[str]]
) -> tuple[Encoding, Tensor, int]:
    """`Encoding`, token types (1, T), words read of the first; the longer loses words at its end until both fit."""
    encoder = classifier.encoder
    if not isinstance(encoder, PieceEncoder):
        raise InvalidInputError(f"'{classifier.name}' reads one sentence at a time.")
    if encoder.tokenizer.num_special_tokens_to_add(True) <= encoder.tokenizer.num_special_tokens_to_add(False):
        raise InvalidInputError(f"The tokenizer of '{classifier.name}' puts nothing between two sentences.")
    first, second = (list(words[: encoder.max_tokens]) for words in sentences)
    pieces = encoder.tokenizer.encode(first, second, is_pretokenized=True)
    while len(pieces.ids) > encoder.max_tokens and (first or second):
        max(first, second, key=len).pop()
        pieces = encoder.tokenizer.encode(first, second, is_pretokenized=True)
    if not first or not second:
        raise InvalidInputError("Both sentences need a word that fits into the model.")
    word_of = tuple(
        None if word is None else word + (len(first) if sentence else 0)
        for word, sentence in zip(pieces.word_ids, pieces.sequence_ids, strict=True)
    )
    unknown = {word for word, token in zip(word_of, pieces.tokens, strict=True) if token == encoder.unknown}
    encoding = Encoding(
        token_ids=torch.tensor([pieces.ids]),
        mask=torch.ones(1, len(pieces.ids), dtype=torch.bool),
        tokens=tuple(pieces.tokens),
        words=(*first, *second),
        word_of=word_of,
        known=tuple(place not in unknown for place in range(len(first) + len(second))),
        n_left_out=sum(map(len, sentences)) - len(first) - len(second),
    )
    return encoding, torch.tensor([pieces.type_ids]), len(first)


def _read(
    model: BertClassifier, embedded: Tensor, mask: Tensor, target: int | None
) -> tuple[Tensor, NDArray[np.float32], NDArray[np.float32], int]:
    """One pass forward and one back: logits (n_classes,), weights and their gradients (L, H, T, T), the class."""
    with torch.enable_grad():
        logits, layers = model.attend(embedded.detach().requires_grad_(True), mask)
        target = int(logits[0].argmax()) if target is None else target
        slopes = torch.autograd.grad(logits[0, target], layers)
    weights, gradients = (torch.cat([layer.detach() for layer in of]).numpy() for of in (layers, slopes))
    return logits[0].detach(), weights, gradients, target


def _attribute(sentence: EmbeddedWords, target: int, gap: float | None) -> Iterator[Attribution]:
    yield multiply_gradient(sentence, target)
    if gap is not None:
        yield integrate_gradients(sentence, target, gap)
