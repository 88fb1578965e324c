"""A sentence cut at its vectors: what a model reads, what stands for no word, and the function from one to logits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import torch
from captum.attr import FeatureAblation
from numpy.typing import NDArray
from torch import Tensor

from ccds_core.data.word_tokenizer import Encoding
from ccds_core.explain.attribution import Attribution, LogitsFn, gradient_times_input, sum_last_axis, sum_over_words
from ccds_core.explain.integrated_gradients import integrate_to_gap
from ccds_core.explain.perturbation import find_mask
from ccds_core.models.classifier import BATCH_TOKENS, TextClassifier

SMALL_GAP = 0.05  # logits of a sentence that integrated gradients may leave unexplained

MOST_WORDS = 64  # of a sentence; one more sentence is asked for each


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


def embed_words(classifier: TextClassifier, encoding: Encoding, types: Tensor | None = None) -> EmbeddedWords:
    """What a model with vectors reads of an encoded sentence; `types` (1, T, D) is added to each vector of a pair.

    The baseline is what integrated gradients and occlusion put in a word's place, on every page: the mask token's
    vector, or zeros where the model has no mask token. Special tokens and `types` stay.
    """
    model = cast(CutModel, classifier.model)
    pieces = model.embed(encoding.token_ids).detach()  # (1, T, D)
    types = torch.zeros_like(pieces) if types is None else types.detach()
    is_word = torch.tensor([place is not None for place in encoding.word_of])[None, :, None]  # (1, T, 1)
    mask = find_mask(classifier.encoder)
    empty = torch.zeros_like(pieces) if mask is None else model.embed(torch.full_like(encoding.token_ids, mask.id))
    baseline = torch.where(is_word, empty.detach(), pieces) + types

    def logits_fn(some: Tensor) -> Tensor:
        return model.forward_embedded(some, encoding.mask.expand(len(some), -1))

    return EmbeddedWords(encoding, pieces + types, baseline, logits_fn)


def multiply_gradient(sentence: EmbeddedWords, target: int) -> Attribution:
    """(T,): gradient x input of each token, in logits."""
    return sum_last_axis(gradient_times_input(sentence.logits_fn, sentence.embedded, target))


def integrate_gradients(sentence: EmbeddedWords, target: int, gap: float = SMALL_GAP) -> Attribution:
    """(T,): integrated gradients of each token from the baseline, in logits, to within `gap`."""
    attribution = integrate_to_gap(sentence.logits_fn, sentence.embedded, target, sentence.baseline, gap)
    return sum_last_axis(attribution)


def per_word(attribution: Attribution, encoding: Encoding) -> Attribution:
    """(T,) -> (W,): pieces of one word added up; special tokens left out."""
    return sum_over_words(attribution, encoding.word_of, len(encoding.words))


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


def leave_one_out(classifier: TextClassifier, words: Sequence[str]) -> NDArray[np.float64]:
    """(W, n_classes): the probability of each class minus the one without the word. Signed: above 0 speaks for it."""
    read = list(words[:MOST_WORDS])
    rest = list(words[MOST_WORDS:])
    shortened = [classifier.encode(read[:place] + read[place + 1 :] + rest) for place in range(len(read))]
    probabilities = classifier.predict_many([classifier.encode(words), *shortened])  # (1 + W, n_classes)
    return probabilities[:1] - probabilities[1:]
