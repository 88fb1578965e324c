"""A sentence cut at its vectors: what a model reads, what stands for no word, and the function from one to logits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from captum.attr import FeatureAblation
from torch import Tensor

from ccds_core.attending import SMALL_GAP, mask_words
from ccds_core.attribution import (
    Attribution,
    LogitsFn,
    gradient_times_input,
    sum_last_axis,
    sum_over_words,
)
from ccds_core.classifier import BATCH_TOKENS, TextClassifier
from ccds_core.data.vocabulary import Encoding
from ccds_core.models.bert import BertClassifier
from ccds_core.path_integral import integrate_to_gap


class CutModel(Protocol):
    """A text model with vectors between its words and its answer."""

    embed: Callable[[Tensor], Tensor]  # (B, T) -> (B, T, D)
    forward_embedded: Callable[[Tensor, Tensor], Tensor]  # (B, T, D), (B, T) -> (B, n_classes)


@dataclass(frozen=True)
class EmbeddedWords:
    """One sentence, embedded once."""

    encoding: Encoding
    embedded: Tensor  # (1, T, D)
    baseline: Tensor  # (1, T, D): words as the mask token, or as zeros where the model has none; special tokens stay
    logits_fn: LogitsFn  # (B, T, D) -> (B, n_classes)


def embed_words(classifier: TextClassifier, encoding: Encoding) -> EmbeddedWords:
    """What a model with vectors reads of an encoded sentence."""
    model = cast(CutModel, classifier.model)
    embedded = model.embed(encoding.token_ids).detach()
    is_bert = isinstance(classifier.model, BertClassifier)
    baseline = mask_words(classifier, encoding, embedded).detach() if is_bert else torch.zeros_like(embedded)

    def logits_fn(some: Tensor) -> Tensor:
        return model.forward_embedded(some, encoding.mask.expand(len(some), -1))

    return EmbeddedWords(encoding, embedded, baseline, logits_fn)


def multiply_gradient(sentence: EmbeddedWords, target: int) -> Attribution:
    """(W,): gradient x input, in logits."""
    return _per_word(gradient_times_input(sentence.logits_fn, sentence.embedded, target), sentence)


def integrate_gradients(sentence: EmbeddedWords, target: int) -> Attribution:
    """(W,): integrated gradients from the baseline, in logits, to within `SMALL_GAP`."""
    found = integrate_to_gap(sentence.logits_fn, sentence.embedded, target, sentence.baseline, SMALL_GAP)
    return _per_word(found, sentence)


def occlude(sentence: EmbeddedWords, target: int) -> Attribution:
    """(W,): the probability that the target loses when a word's vectors are the baseline's (Zeiler and Fergus 2014)."""
    word_of = sentence.encoding.word_of
    groups = torch.tensor([0 if place is None else place + 1 for place in word_of])  # (T,); special tokens are one
    method = FeatureAblation(lambda some: sentence.logits_fn(some).double().softmax(dim=1))
    drops = method.attribute(
        sentence.embedded, sentence.baseline, target, feature_mask=groups[None, :, None],
        perturbations_per_eval=max(1, BATCH_TOKENS // len(word_of)),
    )  # (1, T, D), each number that of its word  # fmt: skip
    first = [word_of.index(place) for place in range(len(sentence.encoding.words))]
    return Attribution(drops[0, first, 0].double().numpy(), True, "occlusion", target)


def _per_word(attribution: Attribution, sentence: EmbeddedWords) -> Attribution:
    """(T, D) -> (W,)"""
    encoding = sentence.encoding
    return sum_over_words(sum_last_axis(attribution), encoding.word_of, len(encoding.words))
