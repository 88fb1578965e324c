"""What the training engine asks of any data set, images or sentences: batches, and what a data set says of itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ccds_core.config.run_config import TrainConfig
from ccds_core.data.splits import SplitRows


@dataclass(frozen=True)
class Batch:
    """What one step sees: the model's inputs, in the order of its `forward`, and the labels."""

    inputs: tuple[Tensor, ...]
    labels: Tensor  # (B,) int64
    rows: Tensor  # (B,) int64, each example's place among all that are served


class Batches(Protocol):
    """Some examples, served in batches."""

    def __len__(self) -> int:
        """Examples in one epoch."""

    def epoch(self, batch_size: int, generator: torch.Generator) -> Iterator[Batch]:
        """All examples once, shuffled and augmented by `generator` alone."""

    def sweep(self, batch_size: int) -> Iterator[Batch]:
        """All examples once, as they are, in whatever order is quickest; `Batch.rows` says which."""

    def typical(self) -> Batch:
        """One example of ordinary size, to count the cost of."""


class TaskData(Protocol):
    """A data set ready to be trained and tested on."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names, in the labels' order."""

    @property
    def source(self) -> str:
        """Said beside every figure."""

    @property
    def digest(self) -> str:
        """Changes when the data do."""

    @property
    def split(self) -> SplitRows:
        """Which rows are train, val and test."""

    def train_batches(self, config: TrainConfig) -> Batches:
        """The training rows with the run's augmentation."""

    def batches(self, part: str) -> Batches:
        """The rows of "train", "val" or "test" as they are."""


def count_batches(n: int, size: int) -> int:
    """Batches in one epoch; a last single example joins the batch before, since batch norm cannot train on one."""
    whole, rest = divmod(n, size)
    return max(1, whole) if rest <= 1 < size or rest == 0 else whole + 1


def cut(places: Tensor, size: int) -> Iterator[Tensor]:
    """(N,) -> pieces of `size`, the last one shorter or one longer."""
    count = count_batches(len(places), size)
    for number in range(count):
        yield places[number * size : (number + 1) * size if number < count - 1 else None]


def cut_by_length(lengths: Sequence[int], most_tokens: int) -> Iterator[list[int]]:
    """Places of texts in batches of at most so many tokens, padding counted, the shortest texts first."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[place] * (len(batch) + 1) > most_tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
