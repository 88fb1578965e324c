"""The CNN of the workshop under every toggle; cut at the last feature map, the tensor worth explaining."""

from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

from ccds_core.config.options import CnnOptions, Initialisation
from ccds_core.config.run_config import RunConfig
from ccds_core.data.datasets import load_image_data
from ccds_core.errors import InvalidConfigError
from ccds_core.models.cnn_layers import Part, list_layers
from ccds_core.models.registry import Fresh


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


def build(options: CnnOptions, n_classes: int, files: Mapping[str, str] = MappingProxyType({})) -> Cnn:
    """A fresh network; its weights are drawn from torch's global generator, as PyTorch's own layers do."""
    model = Cnn(options, n_classes)
    initialise(model, options.initialisation)
    return model


def initialise(model: nn.Module, scheme: Initialisation) -> int:
    """Redraw weights by `scheme`; returns how many tensors were touched, which is 0 for "xavier-as-written"."""
    n_redrawn = 0
    for layer in _layers_of(model, scheme):
        if scheme == "he":
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        else:
            nn.init.xavier_uniform_(layer.weight)
        n_redrawn += 1
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
            n_redrawn += 1
    return n_redrawn


def prepare(config: RunConfig) -> Fresh:
    """Images and a fresh network, drawn from torch's generator with the run's seed."""
    assert isinstance(config.options, CnnOptions)
    data = load_image_data(config.data)
    normed = config.options.linear_batch_norm or config.options.conv_batch_norm
    if normed and min(config.train.batch_size, len(data.split.train)) < 2:
        raise InvalidConfigError("Batch norm needs at least two examples in a batch; raise batch_size or limit.")
    torch.manual_seed(config.train.seed)
    model = build(config.options, len(data.classes))
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        n_redrawn = initialise(Cnn(config.options, len(data.classes)), config.options.initialisation)
    if config.train.twin_start:
        _copy_matching_weights(model, config, len(data.classes))
    return Fresh(data, model, tensors_initialised=n_redrawn)


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


def _copy_matching_weights(model: nn.Module, config: RunConfig, n_classes: int) -> None:
    """Give the model the first weights that architecture 1 has with this seed and initialisation, where they fit.

    An extra conv draws before the linear layers do, so that without this they would begin elsewhere.
    """
    assert isinstance(config.options, CnnOptions)
    torch.manual_seed(config.train.seed)
    plain = CnnOptions(initialisation=config.options.initialisation)
    twin = build(plain, n_classes).state_dict()
    state = model.state_dict()
    for name in state.keys() & twin.keys():
        if state[name].shape == twin[name].shape:
            state[name].copy_(twin[name])
