"""Text classification from word embeddings: bidirectional GRU, pooled over real words, linear layer."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ccds_core.config.options import EmbeddingOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.data.datasets import load_text_rows
from ccds_core.data.text_batches import TextData, train_words
from ccds_core.data.word_tokenizer import VOCABULARY, WordEncoder, build_vocabulary, read_vocabulary
from ccds_core.errors import InvalidConfigError
from ccds_core.models.registry import Fresh


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


def build(options: EmbeddingOptions, n_classes: int, files: Mapping[str, str]) -> EmbeddingClassifier:
    """A fresh network for the vocabulary of `files`."""
    n_words = len(read_vocabulary(files[VOCABULARY], options.max_tokens, "run").vocabulary)
    return EmbeddingClassifier(options, n_words, n_classes)


def prepare(config: RunConfig) -> Fresh:
    """Texts, their vocabulary and a fresh network; its table as the options say."""
    options = config.options
    assert isinstance(options, EmbeddingOptions)
    rows = load_text_rows(config.data)
    texts = train_words(rows)
    encoder = WordEncoder(build_vocabulary(texts, options.min_count), options.max_tokens)
    vectors = None if options.table == "learned" else _draw_vectors(config, texts, encoder.vocabulary)
    if vectors is not None and vectors.shape[1] != options.vector_size:
        raise InvalidConfigError(
            f"The vectors file has {vectors.shape[1]} numbers per word: set vector_size to {vectors.shape[1]}."
        )
    files = dict([encoder.file])
    torch.manual_seed(config.train.seed)
    model = build(options, len(rows.classes), files)
    if vectors is not None:
        put_vectors(model, vectors)
    return Fresh(TextData(rows, encoder, options.unknown_share), model, files)


def _draw_vectors(config: RunConfig, texts: list[list[str]], vocabulary: tuple[str, ...]) -> Tensor:
    """(n_words, size): Word2Vec's, from the training texts or a file, or random ones with their spread."""
    from ccds_core.models.word2vec import random_vectors, read_vectors, train_vectors

    options, seed = config.options, config.train.seed
    assert isinstance(options, EmbeddingOptions)
    if options.vectors:
        return read_vectors(Path(options.vectors), vocabulary, seed)
    vectors = train_vectors(texts, vocabulary, options.vector_size, seed)
    return random_vectors(vectors, seed) if options.table == "random" else vectors
