"""Batches cut from the array on the fly: normalised, and augmented a whole batch at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ccds_core.data.batching import Batch, cut
from ccds_core.data.image_cache import ImageArrays


@dataclass(frozen=True)
class Normalisation:
    """Channel statistics on a 0..1 scale, as torchvision's Normalize takes them."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def apply(self, pixels: Tensor) -> Tensor:
        """(B, 32, 32, 3) uint8 -> (B, 3, 32, 32) float32, channels last in memory."""
        scale = 1.0 / (255.0 * torch.tensor(self.std))  # (3,)
        shift = torch.tensor(self.mean) / torch.tensor(self.std)  # (3,)
        return (pixels.float() * scale - shift).permute(0, 3, 1, 2)


@dataclass(frozen=True)
class ImageBatches:
    """Some rows of an `ImageArrays`, served in batches."""

    arrays: ImageArrays
    rows: NDArray[np.int64]
    normalisation: Normalisation
    flip: bool = False  # mirror half of the images
    shift: int = 0  # move by up to so many pixels, edges reflected

    def __len__(self) -> int:
        """Images in one epoch."""
        return len(self.rows)

    def epoch(self, batch_size: int, generator: torch.Generator) -> Iterator[Batch]:
        """All images once, shuffled and augmented by `generator` alone."""
        for places in cut(torch.randperm(len(self.rows), generator=generator), batch_size):
            batch = self._batch(places)
            yield replace(batch, inputs=(self._augment(batch.inputs[0], generator),))

    def sweep(self, batch_size: int) -> Iterator[Batch]:
        """All images once, in the order of `rows`, not augmented."""
        for places in cut(torch.arange(len(self.rows)), batch_size):
            yield self._batch(places)

    def typical(self) -> Batch:
        """The first image; all cost the same."""
        return self._batch(torch.zeros(1, dtype=torch.int64))

    def _batch(self, places: Tensor) -> Batch:
        rows = self.rows[places.numpy()]
        pixels = torch.from_numpy(self.arrays.images[rows])  # (B, 32, 32, 3), a copy
        return Batch((self.normalisation.apply(pixels),), torch.from_numpy(self.arrays.labels[rows]), places)

    def _augment(self, images: Tensor, generator: torch.Generator) -> Tensor:
        if self.flip:
            mirrored = torch.rand(len(images), generator=generator) < 0.5
            images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
        if self.shift:
            images = _shift_each(images, self.shift, generator)
        return images


def _shift_each(images: Tensor, most: int, generator: torch.Generator) -> Tensor:
    """(B, C, H, W) with each image moved on its own by -most..most pixels in both directions."""
    height, width = images.shape[2:]
    padded = functional.pad(images, (most,) * 4, mode="reflect").permute(0, 2, 3, 1)  # (B, H+2m, W+2m, C)
    top, left = torch.randint(0, 2 * most + 1, (2, len(images), 1), generator=generator)
    vertical = (top + torch.arange(height))[:, :, None]  # (B, H, 1)
    horizontal = (left + torch.arange(width))[:, None, :]  # (B, 1, W)
    image = torch.arange(len(images))[:, None, None]
    return padded[image, vertical, horizontal].permute(0, 3, 1, 2)
