"""Emotion from a table of word vectors: embedded words -> bidirectional GRU -> pooled over real words -> classes."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ccds_core.options import EmbeddingOptions


class EmbeddingClassifier(nn.Module):
    """Explanations need the embedded words, so the network is cut there."""

    def __init__(self, options: EmbeddingOptions, n_words: int, n_classes: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_words, options.vector_size, padding_idx=0)
        with torch.no_grad():
            self.embedding.weight.mul_(options.spread)
        self.dropout = nn.Dropout(options.dropout)
        self.encoder = nn.GRU(options.vector_size, options.hidden, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(4 * options.hidden, n_classes)
        if options.table == "frozen":
            self.embedding.weight.requires_grad_(False)

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """token_ids (B, T), mask (B, T) -> logits (B, n_classes)"""
        return self.forward_embedded(self.embed(token_ids), mask)

    def embed(self, token_ids: Tensor) -> Tensor:
        """(B, T) -> (B, T, D)"""
        embedded: Tensor = self.embedding(token_ids)
        return embedded

    def forward_embedded(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """(B, T, D), (B, T) -> (B, n_classes); padding stands on the right and changes nothing."""
        lengths = mask.sum(dim=1).cpu()  # (B,)
        packed = pack_padded_sequence(self.dropout(embedded), lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.encoder(packed)[0], batch_first=True, total_length=mask.shape[1])
        real = mask[:, :, None]  # (B, T, 1)
        highest = states.masked_fill(~real, -torch.inf).amax(dim=1)  # (B, 2 hidden)
        mean = (states * real).sum(dim=1) / real.sum(dim=1)  # (B, 2 hidden)
        logits: Tensor = self.linear(self.dropout(torch.cat([highest, mean], dim=1)))
        return logits


def put_vectors(model: EmbeddingClassifier, vectors: Tensor) -> None:
    """Replace the table's rows (n_words, D); padding stays zero, the unknown word is the mean of all others."""
    with torch.no_grad():
        model.embedding.weight.copy_(vectors)
        model.embedding.weight[0] = 0.0
        model.embedding.weight[1] = vectors[2:].mean(dim=0)
