"""The CNN of the workshop under every toggle; cut at the last feature map, the tensor worth explaining."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from ccds_core.layers import Part, list_layers
from ccds_core.options import CnnOptions, Initialisation


class Cnn(nn.Module):
    """Three stages of two convs and a pool, then linear layers: the workshop's three, or more."""

    def __init__(self, options: CnnOptions, n_classes: int) -> None:
        super().__init__()
        self.convs = nn.Sequential(_build_layers("convs", options, n_classes))
        self.linears = nn.Sequential(_build_layers("linears", options, n_classes))

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, 32, 32) -> (B, 256, 4, 4)"""
        features: Tensor = self.convs(images)
        return features

    def head(self, features: Tensor) -> Tensor:
        """(B, 256, 4, 4) -> logits (B, n_classes), always in float32.

        After a sigmoid the signal is a few thousandths around 0.5, below what bfloat16 resolves there.
        """
        with torch.autocast(features.device.type, enabled=False):
            flat = features.float().flatten(1)  # (B, 4096)
            logits: Tensor = self.linears(flat)
            return logits

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, 32, 32) -> logits (B, n_classes)"""
        return self.head(self.features(images))


def build_cnn(options: CnnOptions, n_classes: int) -> Cnn:
    """A fresh network; its weights are drawn from torch's global generator, as PyTorch's own layers do."""
    model = Cnn(options, n_classes)
    initialise(model, options.initialisation)
    return model


def initialise(model: nn.Module, scheme: Initialisation) -> int:
    """Redraw weights by `scheme`; returns how many tensors were touched, which is 0 for "xavier-as-written"."""
    touched = 0
    for layer in _layers_of(model, scheme):
        if scheme == "he":
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        else:
            nn.init.xavier_uniform_(layer.weight)
        touched += 1
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
            touched += 1
    return touched


def _layers_of(model: nn.Module, scheme: Initialisation) -> list[nn.Linear | nn.Conv2d]:
    """The layers that a scheme redraws.

    The workshop report loops over `children()`, the direct children only; they are two `Sequential`s, so its test for
    `nn.Linear` never holds. "xavier" is the same loop over `modules()`.
    """
    if scheme == "default":
        return []
    if scheme == "xavier-as-written":
        return [layer for layer in model.children() if isinstance(layer, nn.Linear)]
    kinds = nn.Linear if scheme == "xavier" else (nn.Linear, nn.Conv2d)
    return [layer for layer in model.modules() if isinstance(layer, kinds)]


def _build_layers(part: Part, options: CnnOptions, n_classes: int) -> OrderedDict[str, nn.Module]:
    """The planned layers of one part; their weights are drawn in the plan's order."""
    return OrderedDict(
        (layer.name, getattr(nn, layer.module)(*layer.arguments, **dict(layer.keywords)))
        for layer in list_layers(options, n_classes)
        if layer.part == part
    )
