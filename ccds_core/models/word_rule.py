"""The keyword baseline: the class of a text's most class-specific known word. Counted, not learned."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ccds_core.config.options import OneWordOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.data.datasets import load_text_rows
from ccds_core.data.text_batches import TextData, train_words
from ccds_core.data.word_tokenizer import VOCABULARY, WordEncoder, build_vocabulary, read_vocabulary
from ccds_core.models.registry import Fresh


class OneWordRule(nn.Module):
    """Counts each word's training texts per class; the word with the largest fraction in one class decides."""

    counts: Tensor  # (n_words, n_classes): training texts of each class that hold the word
    prior: Tensor  # (n_classes,): fraction of each class; the prediction where no word is known

    def __init__(self, options: OneWordOptions, n_words: int, n_classes: int) -> None:
        super().__init__()
        self.smoothing = options.smoothing
        self.register_buffer("counts", torch.zeros(n_words, n_classes))
        self.register_buffer("prior", torch.full((n_classes,), 1 / n_classes))

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """token_ids (B, T), mask (B, T) -> log-probabilities (B, n_classes)"""
        return self.forward_embedded(self.embed(token_ids), mask)

    def embed(self, token_ids: Tensor) -> Tensor:
        """(B, T) -> counts of each word (B, T, n_classes)"""
        return self.counts[token_ids]

    def forward_embedded(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """(B, T, n_classes), (B, T) -> (B, n_classes)"""
        smoothed = embedded + self.smoothing / len(self.prior)
        fractions = smoothed / smoothed.sum(dim=2, keepdim=True)  # (B, T, n_classes)
        known = mask & (embedded.sum(dim=2) > 0)  # (B, T)
        purity = fractions.amax(dim=2).masked_fill(~known, -1.0)  # (B, T)
        purest = purity.argmax(dim=1)  # (B,)
        chosen = fractions[torch.arange(len(fractions), device=fractions.device), purest]  # (B, n_classes)
        return torch.where(known.any(dim=1, keepdim=True), chosen, self.prior).log()


def count_words(rule: OneWordRule, texts: Sequence[Sequence[int]], labels: Sequence[int]) -> None:
    """Fill the rule from training texts, each a list of token ids; ids 0 and 1 are no words."""
    per_class = torch.zeros_like(rule.prior)
    for ids, label in zip(texts, labels, strict=True):
        rule.counts[sorted(set(ids) - {0, 1}), label] += 1
        per_class[label] += 1
    rule.prior.copy_(per_class / per_class.sum())


def build(options: OneWordOptions, n_classes: int, files: Mapping[str, str]) -> OneWordRule:
    """A rule that has counted nothing yet, for the vocabulary of `files`."""
    n_words = len(read_vocabulary(files[VOCABULARY], options.max_tokens, "run").vocabulary)
    return OneWordRule(options, n_words, n_classes)


def prepare(config: RunConfig) -> Fresh:
    """Texts, their vocabulary, and the rule counted on the training part."""
    options = config.options
    assert isinstance(options, OneWordOptions)
    rows = load_text_rows(config.data)
    texts = train_words(rows)
    encoder = WordEncoder(build_vocabulary(texts, options.min_count), options.max_tokens)
    files = dict([encoder.file])
    model = build(options, len(rows.classes), files)
    ids = [[encoder.ids.get(word, 1) for word in words] for words in texts]
    count_words(model, ids, rows.labels[rows.split.train].tolist())
    return Fresh(TextData(rows, encoder), model, files)
