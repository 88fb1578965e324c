"""The feature maps of each layer of a CNN for one image, and its filters; read without hooks."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ccds_core.models.classifier import ImageClassifier
from ccds_core.models.cnn import Cnn
from ccds_core.validation import one_of, raise_faults


@dataclass(frozen=True)
class LayerMaps:
    """The feature maps of one layer for one image."""

    name: str
    maps: NDArray[np.float32]  # (C, h, w)
    signed: bool  # False after a ReLU or a pool, where nothing is below zero

    @property
    def n_silent(self) -> int:
        """Channels that are zero everywhere; before a ReLU, those that are nowhere above it."""
        return int((self.maps.max(axis=(1, 2)) <= 0).sum())


def layer_names(classifier: ImageClassifier) -> list[str]:
    """The layers up to the last feature map, from input to output."""
    return list(_convs(classifier)._modules)


def read_layer(classifier: ImageClassifier, images: Tensor, name: str) -> LayerMaps:
    """images (1, 3, 32, 32) -> what leaves the layer of this name."""
    raise_faults(list(one_of("a layer", name, tuple(layer_names(classifier)))))
    with torch.no_grad():
        for layer_name, layer in _convs(classifier).named_children():
            images = layer(images)
            if layer_name == name:
                break
    maps = images[0].numpy()
    return LayerMaps(name, maps, bool((maps < 0).any()))


def read_filters(classifier: ImageClassifier, name: str) -> NDArray[np.float32] | None:
    """(C, C_in, 3, 3): the weights of a conv, one block per channel that leaves it; None for other layers."""
    layer = _convs(classifier)._modules.get(name)
    return layer.weight.detach().numpy() if isinstance(layer, nn.Conv2d) else None


def conv_behind(classifier: ImageClassifier, name: str) -> str:
    """The conv whose channels a layer still shows: itself, or the nearest before it."""
    names = layer_names(classifier)
    before = names[: names.index(name) + 1]
    return next(layer_name for layer_name in reversed(before) if read_filters(classifier, layer_name) is not None)


def _convs(classifier: ImageClassifier) -> nn.Sequential:
    return cast(Cnn, classifier.model).convs
