"""A data set of texts, encoded for one model, in batches of texts of about one length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccds_core.config.run_config import TrainConfig
from ccds_core.data.batching import Batch, cut
from ccds_core.data.normalize import split_words
from ccds_core.data.splits import SplitRows
from ccds_core.data.text_dataset import TextRows
from ccds_core.data.word_tokenizer import Encoding, TextEncoder, pad

POOL = 50  # batches whose texts are sorted by length together: similar lengths in a batch, chance between batches


@dataclass(frozen=True)
class TextBatches:
    """Encoded texts with their labels."""

    encodings: Sequence[Encoding]
    labels: Tensor  # (N,) int64
    unknown_share: float = 0.0  # share of words that `epoch` shows as unknown (token id 1)

    def __len__(self) -> int:
        """Texts in one epoch."""
        return len(self.encodings)

    def epoch(self, batch_size: int, generator: torch.Generator) -> Iterator[Batch]:
        """All texts once, shuffled by `generator`; those of a batch are of about one length."""
        lengths = self._lengths()
        shuffled = torch.randperm(len(self), generator=generator)
        pools = [pool[lengths[pool].argsort(stable=True)] for pool in shuffled.split(POOL * batch_size)]
        batches = list(cut(torch.cat(pools), batch_size))
        for number in torch.randperm(len(batches), generator=generator).tolist():
            batch = self._batch(batches[number])
            yield Batch(self._hide(batch.inputs, generator), batch.labels, batch.rows)

    def sweep(self, batch_size: int) -> Iterator[Batch]:
        """All texts once, the shortest first."""
        for places in cut(self._lengths().argsort(stable=True), batch_size):
            yield self._batch(places)

    def typical(self) -> Batch:
        """The text of median length."""
        middle = self._lengths().argsort(stable=True)[len(self) // 2]
        return self._batch(middle[None])

    def _lengths(self) -> Tensor:
        return torch.tensor([encoding.mask.shape[1] for encoding in self.encodings])

    def _batch(self, places: Tensor) -> Batch:
        return Batch(pad([self.encodings[place] for place in places.tolist()]), self.labels[places], places)

    def _hide(self, inputs: tuple[Tensor, ...], generator: torch.Generator) -> tuple[Tensor, ...]:
        if not self.unknown_share:
            return inputs
        token_ids, mask = inputs  # (B, T) each
        hidden = (torch.rand(token_ids.shape, generator=generator) < self.unknown_share) & mask
        return token_ids.masked_fill(hidden, 1), mask


@dataclass(frozen=True)
class TextData:
    """Texts that one model's encoder reads."""

    rows: TextRows
    encoder: TextEncoder
    unknown_share: float = 0.0

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the labels."""
        return self.rows.classes

    @property
    def source(self) -> str:
        """Said beside every figure."""
        return self.rows.source

    @property
    def digest(self) -> str:
        """Of texts and labels."""
        return self.rows.digest

    @property
    def split(self) -> SplitRows:
        """Which rows are train, val and test."""
        return self.rows.split

    def train_batches(self, config: TrainConfig) -> TextBatches:  # the engine's contract
        """The training texts; some words are hidden from the network, if so configured."""
        return self._serve(self.rows.split.train, self.unknown_share)

    def batches(self, part: str) -> TextBatches:
        """The texts of "train", "val" or "test" as they are."""
        return self._serve(self.rows.split.part(part), 0.0)

    def _serve(self, rows: NDArray[np.int64], unknown_share: float) -> TextBatches:
        encodings = [self.encoder.encode(split_words(self.rows.texts[row])) for row in rows]
        return TextBatches(encodings, torch.from_numpy(self.rows.labels[rows]), unknown_share)


def train_words(rows: TextRows) -> list[list[str]]:
    """The words of the training texts; nothing else may shape a vocabulary or its vectors."""
    return [split_words(rows.texts[row]) for row in rows.split.train]
