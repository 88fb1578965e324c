"""A sentence before a BERT: its answer, all of its attention, and what gradients say about one class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccds_core.attention import AttentionMap, build_map, gradient_rollout
from ccds_core.attribution import (
    Attribution,
    LogitsFn,
    gradient_times_input,
    sum_last_axis,
)
from ccds_core.classifier import TextClassifier
from ccds_core.data.vocabulary import Encoding
from ccds_core.errors import InvalidInputError
from ccds_core.models.bert import BertClassifier
from ccds_core.path_integral import integrate_to_gap
from ccds_core.results import Prediction
from ccds_core.sentence import SentenceAnswer
from ccds_core.word_changes import find_mask

SMALL_GAP = 0.05  # logits of a sentence that integrated gradients may leave unexplained


@dataclass(frozen=True)
class AttendedSentence:
    """What one BERT did with one sentence; every number is per word piece, special tokens included."""

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
    """`target`: a class's index, None = the predicted one; `gap`: the largest, None = no integrated gradients."""
    encoding = classifier.encode(words)
    embedded = find_bert(classifier).embed(encoding.token_ids)  # (1, T, D)
    return attend_embedded(classifier, encoding, embedded, target, gap)


def attend_embedded(
    classifier: TextClassifier, encoding: Encoding, embedded: Tensor, target: int | None, gap: float | None
) -> AttendedSentence:
    """The same for pieces embedded already, (1, T, D)."""
    if not encoding.words:
        raise InvalidInputError("No word of this text fits into the model. Write shorter words.")
    model = find_bert(classifier)
    logits, weights, slopes, target = _read(model, embedded, encoding.mask, target)
    attention = build_map(encoding.tokens, encoding.word_of, weights)
    prediction = Prediction(classifier.classes, logits.double().softmax(dim=0).numpy())
    return AttendedSentence(
        answer=SentenceAnswer(prediction, encoding.words, encoding.known, encoding.n_left_out),
        target=target,
        attention=attention,
        relevance=gradient_rollout(attention, slopes)[0],
        gate_gradients=(weights.astype(np.float64) * slopes).sum(axis=(2, 3)),
        attributions=_attribute(classifier, encoding, embedded, target, gap),
    )


def find_bert(classifier: TextClassifier) -> BertClassifier:
    """The classifier's network, or an error if it is none with attention."""
    if not isinstance(classifier.model, BertClassifier):
        raise InvalidInputError(f"'{classifier.name}' has no attention heads. Choose a run of the family 'bert'.")
    return classifier.model


def logits_of(model: BertClassifier, mask: Tensor) -> LogitsFn:
    """mask (1, T) -> the function from embedded sentences (B, T, D) to logits (B, n_classes)."""
    return lambda embedded: model.forward_embedded(embedded, mask.expand(len(embedded), -1))


def mask_words(classifier: TextClassifier, encoding: Encoding, embedded: Tensor) -> Tensor:
    """(1, T, D): each word piece as the mask token, or as zeros where the model has none; special tokens stay."""
    own = torch.tensor([place is not None for place in encoding.word_of])[None, :, None]  # (1, T, 1)
    model, mask = find_bert(classifier), find_mask(classifier.encoder)
    pieces = model.embed(encoding.token_ids)  # (1, T, D)
    masked = torch.zeros_like(pieces) if mask is None else model.embed(torch.full_like(encoding.token_ids, mask.id))
    return torch.where(own, embedded - pieces + masked, embedded)


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


def _attribute(
    classifier: TextClassifier, encoding: Encoding, embedded: Tensor, target: int, gap: float | None
) -> tuple[Attribution, ...]:
    logits_fn = logits_of(find_bert(classifier), encoding.mask)
    found = [gradient_times_input(logits_fn, embedded, target)]
    if gap is not None:
        found.append(integrate_to_gap(logits_fn, embedded, target, mask_words(classifier, encoding, embedded), gap))
    return tuple(sum_last_axis(attribution) for attribution in found)
