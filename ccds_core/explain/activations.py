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


@dataclass(frozen=True)
class ConvSum:
    """How a conv computes one value: each input times its weight, all of them summed, and the bias."""

    inputs: NDArray[np.float32]  # (C_in, 3, 3)
    weights: NDArray[np.float32]  # (C_in, 3, 3)
    bias: float

    @property
    def products(self) -> NDArray[np.float32]:
        """(C_in, 3, 3)"""
        return self.inputs * self.weights

    @property
    def value(self) -> float:
        """What leaves the conv at this place, before batch norm and ReLU."""
        return float(self.products.sum(dtype=np.float64)) + self.bias


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


def read_sum(classifier: ImageClassifier, images: Tensor, conv: str, at: tuple[int, int, int]) -> ConvSum:
    """images (1, 3, 32, 32) -> one value of a conv's output; `at`: channel, row and column from 0, in its (C, h, w)."""
    channel, row, column = at
    layer = _convs(classifier)._modules.get(conv)
    raise_faults([] if isinstance(layer, nn.Conv2d) else [f"'{conv}' is no conv of this network"])
    conv_layer = cast(nn.Conv2d, layer)
    names = layer_names(classifier)
    before = names[: names.index(conv)]
    inputs = images[0].numpy() if not before else read_layer(classifier, images, before[-1]).maps
    edge = conv_layer.kernel_size[0] // 2
    window = np.pad(inputs, ((0, 0), (edge, edge), (edge, edge)))  # zeros around it, as the conv has
    window = window[:, row : row + 2 * edge + 1, column : column + 2 * edge + 1]
    bias = 0.0 if conv_layer.bias is None else float(conv_layer.bias[channel])
    return ConvSum(window, conv_layer.weight[channel].detach().numpy(), bias)


def _convs(classifier: ImageClassifier) -> nn.Sequential:
    return cast(Cnn, classifier.model).convs
