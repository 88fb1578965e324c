"""The floor under every text model: the class of a text's purest known word. Counted, not learned."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ccds_core.options import OneWordOptions


class OneWordRule(nn.Module):
    """For each word the classes of the training texts it stands in; the word most faithful to one class decides."""

    counts: Tensor  # (n_words, n_classes): training texts of each class that hold the word
    prior: Tensor  # (n_classes,): share of each class; the answer where no word is known

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
        shares = smoothed / smoothed.sum(dim=2, keepdim=True)  # (B, T, n_classes)
        known = mask & (embedded.sum(dim=2) > 0)  # (B, T)
        purity = shares.amax(dim=2).masked_fill(~known, -1.0)  # (B, T)
        purest = purity.argmax(dim=1)  # (B,)
        chosen = shares[torch.arange(len(shares), device=shares.device), purest]  # (B, n_classes)
        return torch.where(known.any(dim=1, keepdim=True), chosen, self.prior).log()


def count_words(rule: OneWordRule, texts: Sequence[Sequence[int]], labels: Sequence[int]) -> None:
    """Fill the rule from training texts, each a list of token ids; ids 0 and 1 are no words."""
    per_class = torch.zeros_like(rule.prior)
    for ids, label in zip(texts, labels, strict=True):
        rule.counts[sorted(set(ids) - {0, 1}), label] += 1
        per_class[label] += 1
    rule.prior.copy_(per_class / per_class.sum())
