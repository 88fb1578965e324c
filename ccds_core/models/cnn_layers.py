"""The layers of a CNN as a list, from which the network is built, drawn, counted and written as a script."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Literal

from ccds_core.config.options import Activation, CnnOptions, Initialisation

Part = Literal["convs", "linears"]
Kind = Literal["conv", "pool", "linear", "batch norm", "activation", "dropout"]

# channels of the two convs of each stage, which a 2 x 2 max pool ends (workshop notebook, after Jovian's CIFAR-10 CNN)
STAGES = ((32, 64), (128, 128), (256, 256))
HIDDEN = (1024, 512)  # units of the linear layers before the last; further ones have as many as the second
PICTURE = (3, 32, 32)  # channels, height and width of what enters
KERNEL = 3  # height and width of every conv's kernel; padded so that a feature map keeps its size
# of `torch.nn`
MODULES: Mapping[Activation, str] = MappingProxyType(
    {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "gelu": "GELU"}
)
REDRAWN: Mapping[Initialisation, tuple[Kind, ...]] = MappingProxyType(  # which layers a scheme draws anew
    {"xavier": ("linear",), "xavier-everywhere": ("conv", "linear"), "he": ("conv", "linear")}
)


@dataclass(frozen=True)
class Layer:
    """One layer: its place, its shapes for one image, and the PyTorch module."""

    name: str  # in its part, as the state dict has it: conv1, conv1_norm, relu1, pool1, fc1, dropout1
    part: Part  # the `Sequential` that it stands in
    kind: Kind
    block: str  # the conv, pool or linear layer that it belongs to: its own name, or the one before it
    enters: tuple[int, ...]  # (C, h, w) or (units,)
    leaves: tuple[int, ...]
    module: str  # a class of `torch.nn`
    arguments: tuple[float, ...] = ()
    keywords: tuple[tuple[str, int], ...] = ()

    @property
    def parameters(self) -> int:
        """Weights and biases; batch norm's running statistics are none."""
        if self.kind == "batch norm":
            return 2 * self.leaves[0]
        if self.kind not in ("conv", "linear"):
            return 0
        return self._inputs_of_one * self.leaves[0] + self.leaves[0]

    @property
    def multiply_adds(self) -> int:
        """MACs per image, of convs and linear layers; the few of other layers are not counted."""
        return self._inputs_of_one * prod(self.leaves) if self.kind in ("conv", "linear") else 0

    @property
    def _inputs_of_one(self) -> int:
        """Numbers that one output is the weighted sum of."""
        return self.enters[0] * (KERNEL**2 if self.kind == "conv" else 1)


def list_layers(options: CnnOptions, n_classes: int = 10) -> tuple[Layer, ...]:
    """Every layer from the image to the logits, in order."""
    convs = tuple(_plan_convs(options))
    return convs + tuple(_plan_linears(options, prod(convs[-1].leaves), n_classes))


def is_redrawn(layer: Layer, scheme: Initialisation) -> bool:
    """Whether an initialisation draws a layer's weight anew and sets its bias to zero."""
    return layer.kind in REDRAWN.get(scheme, ())


def _plan_convs(options: CnnOptions) -> Iterator[Layer]:
    """conv1, relu1, ... with a pool after every second conv."""
    shape, number = PICTURE, 0
    for stage, widths in enumerate(STAGES, start=1):
        for width in widths:
            number += 1
            yield from _plan_conv(number, shape, width, options.conv_batch_norm)
            shape = (width, *shape[1:])
        halved = (shape[0], shape[1] // 2, shape[2] // 2)
        yield Layer(f"pool{stage}", "convs", "pool", f"pool{stage}", shape, halved, "MaxPool2d", (2,))
        shape = halved
    if options.extra_conv:
        yield from _plan_conv(number + 1, shape, shape[0], options.conv_batch_norm)


def _plan_conv(number: int, enters: tuple[int, int, int], width: int, batch_norm: bool) -> Iterator[Layer]:
    block, shape = f"conv{number}", (width, *enters[1:])
    around = (("kernel_size", KERNEL), ("padding", KERNEL // 2))
    yield Layer(block, "convs", "conv", block, enters, shape, "Conv2d", (enters[0], width), around)
    if batch_norm:
        yield Layer(f"{block}_norm", "convs", "batch norm", block, shape, shape, "BatchNorm2d", (width,))
    yield Layer(f"relu{number}", "convs", "activation", block, shape, shape, "ReLU")


def _plan_linears(options: CnnOptions, width: int, n_classes: int) -> Iterator[Layer]:
    """fc1, its norm, activation and dropout, fc2 likewise, and a bare last one."""
    units = HIDDEN[:1] + HIDDEN[1:] * (options.linear_layers - 2)
    activation = options.activation
    for number, hidden in enumerate(units, start=1):
        block, shape = f"fc{number}", (hidden,)
        yield Layer(block, "linears", "linear", block, (width,), shape, "Linear", (width, hidden))
        if options.linear_batch_norm:
            yield Layer(f"{block}_norm", "linears", "batch norm", block, shape, shape, "BatchNorm1d", (hidden,))
        yield Layer(f"{activation}{number}", "linears", "activation", block, shape, shape, MODULES[activation])
        if options.dropout:
            arguments = (options.dropout,)
            yield Layer(f"dropout{number}", "linears", "dropout", block, shape, shape, "Dropout", arguments)
        width = hidden
    last = f"fc{options.linear_layers}"
    yield Layer(last, "linears", "linear", last, (width,), (n_classes,), "Linear", (width, n_classes))
