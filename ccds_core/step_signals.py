"""What an update did to each layer, read from the weights and gradients that it leaves behind."""

import torch
from torch import Tensor, nn

from ccds_core.diagnostics import read_activations
from ccds_core.models.cnn import Cnn
from ccds_core.step_log import LayerStep

EACH_UNTIL = 40  # the first updates are all measured, in which the sigmoid network saturates,
EVERY = 5  # later ones now and then
SAMPLE = 16_384  # weights of a layer whose change is looked at, evenly spread: an rms over so many is true to about 1 %
PROBE = 10  # pictures on which saturated and dead units are counted: a twentieth of the work of a step of 64


class SignalMeter:
    """Gradient rms, update-to-weight ratio, saturated and dead shares by layer; leaves the model as it was."""

    def __init__(self, model: nn.Module, probe: tuple[Tensor, ...] | None = None) -> None:
        """`probe` is the input on which a CNN's activations are looked at; other models have none."""
        weights = [(name, weight) for name, weight in model.named_parameters() if weight.dim() > 1]
        self._model, self._probe = model, probe
        self._weights = {_layer(model, name): weight for name, weight in weights if weight.requires_grad}
        self._before: list[Tensor] = []

    def remember(self, update: int) -> None:
        """Before an update (the first is 1): keep a sample of the weights if it will be measured."""
        if not self._before and (update <= EACH_UNTIL or update % EVERY == 0):
            self._before = [_sample(weight).clone() for weight in self._weights.values()]

    def measure(self) -> dict[str, LayerStep] | None:
        """After the update: by layer; None if it is not one of those measured."""
        if not self._before:
            return None
        rows = []
        for weight, before in zip(self._weights.values(), self._before, strict=True):
            gradient = torch.zeros((), device=weight.device) if weight.grad is None else _rms(weight.grad)
            rows.append(torch.stack([gradient, _rms(_sample(weight) - before) / _rms(before)]))
        self._before = []
        shares = self._shares()
        return {
            name: LayerStep(gradient, ratio, *shares.get(name, (None, None)))
            for name, (gradient, ratio) in zip(self._weights, torch.stack(rows).tolist(), strict=True)
        }

    def _shares(self) -> dict[str, tuple[float | None, float | None]]:
        if not isinstance(self._model, Cnn) or self._probe is None:
            return {}
        device = next(self._model.parameters()).device
        signal = read_activations(self._model, self._probe[0].to(device))
        return {layer.name: (layer.saturated, layer.dead) for layer in signal.layers}


def _layer(model: nn.Module, name: str) -> str:
    """ "convs.conv1.weight" -> "conv1", as the diagnosis calls it; other models' names stay long"""
    name = name.removesuffix(".weight")
    return name.rpartition(".")[2] if isinstance(model, Cnn) else name


def _sample(weight: Tensor) -> Tensor:
    """(N,), N at most about `SAMPLE`, a view where the layout allows one"""
    flat = weight.detach().reshape(-1)
    return flat[:: max(1, flat.numel() // SAMPLE)]


def _rms(values: Tensor) -> Tensor:
    return values.float().norm() / values.numel() ** 0.5
