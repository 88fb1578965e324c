"""The CNN of the workshop under every toggle; cut at the last feature map, the tensor worth explaining."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from ccds_core.options import CnnOptions, Initialisation

# channels of the two convs of each stage, which a 2 x 2 max pool ends (workshop notebook, after Jovian's CIFAR-10 CNN)
STAGES = ((32, 64), (128, 128), (256, 256))
HIDDEN = (1024, 512)  # units of the linear layers before the last; further ones have as many as the second
FEATURE_SIZE = 4  # height and width of the last feature map: 32 pixels halved three times

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "gelu": nn.GELU,
}


class Cnn(nn.Module):
    """Three stages of two convs and a pool, then linear layers: the workshop's three, or more."""

    def __init__(self, options: CnnOptions, n_classes: int) -> None:
        super().__init__()
        self.convs = nn.Sequential(_conv_layers(options))
        self.linears = nn.Sequential(_linear_layers(options, n_classes))

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


def _conv_layers(options: CnnOptions) -> OrderedDict[str, nn.Module]:
    """conv1, relu1, ... with a pool after every second conv."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels, number = 3, 0
    for stage, widths in enumerate(STAGES, start=1):
        for width in widths:
            number += 1
            _add_conv(layers, number, (channels, width), options.conv_batch_norm)
            channels = width
        layers[f"pool{stage}"] = nn.MaxPool2d(2)  # halves height and width
    if options.extra_conv:
        _add_conv(layers, number + 1, (channels, channels), options.conv_batch_norm)
    return layers


def _add_conv(layers: OrderedDict[str, nn.Module], number: int, channels: tuple[int, int], batch_norm: bool) -> None:
    layers[f"conv{number}"] = nn.Conv2d(*channels, kernel_size=3, padding=1)
    if batch_norm:
        layers[f"conv{number}_norm"] = nn.BatchNorm2d(channels[1])
    layers[f"relu{number}"] = nn.ReLU()


def _linear_layers(options: CnnOptions, n_classes: int) -> OrderedDict[str, nn.Module]:
    """fc1, its norm, activation and dropout, fc2 likewise, and a bare last one."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    width = STAGES[-1][-1] * FEATURE_SIZE**2
    units = HIDDEN[:1] + HIDDEN[1:] * (options.linear_layers - 2)
    for number, hidden in enumerate(units, start=1):
        layers[f"fc{number}"] = nn.Linear(width, hidden)
        if options.linear_batch_norm:
            layers[f"fc{number}_norm"] = nn.BatchNorm1d(hidden)
        layers[f"{options.activation}{number}"] = ACTIVATIONS[options.activation]()
        if options.dropout:
            layers[f"dropout{number}"] = nn.Dropout(options.dropout)
        width = hidden
    layers[f"fc{options.linear_layers}"] = nn.Linear(width, n_classes)
    return layers
