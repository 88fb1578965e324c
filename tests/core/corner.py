"""A CNN's double that looks at one corner of the picture alone, cut like the real one."""

import torch
from torch import Tensor, nn

from ccds_core.classifier import ImageClassifier
from ccds_core.presets import PRESETS

SIDE = 8  # pixels of the corner that it looks at, at the top on the left


class CornerCnn(nn.Module):
    """The brighter and the more textured the corner, the surer it is of class 0; all else is nothing to it."""

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, 32, 32) -> (B, 2, 4, 4)"""
        seen = torch.zeros_like(images)
        seen[:, :, :SIDE, :SIDE] = images[:, :, :SIDE, :SIDE]
        bright = nn.functional.avg_pool2d(seen.mean(dim=1, keepdim=True), SIDE)  # (B, 1, 4, 4)
        return torch.cat([bright.relu(), (bright**2)], dim=1)

    def head(self, features: Tensor) -> Tensor:
        """(B, 2, 4, 4) -> (B, 2)"""
        found = features.sum(dim=(1, 2, 3))
        return torch.stack([3 * found, -3 * found], dim=1)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, 32, 32) -> (B, 2)"""
        return self.head(self.features(images))


def corner_classifier() -> ImageClassifier:
    """Two classes; its logits depend on 64 of the 1,024 pixels."""
    config = PRESETS["architecture-1"].config("corner")
    return ImageClassifier("corner", config, ("bright corner", "dark corner"), CornerCnn().eval())
