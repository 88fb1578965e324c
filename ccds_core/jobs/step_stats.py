"""What a step did to each layer, measured from its weights and gradients after the step."""

from typing import cast

import torch
from torch import Tensor, nn

from ccds_core.models.cnn import Cnn
from ccds_core.runs.step_log import LayerStep
from ccds_core.training.signal import read_activations, rms

EACH_UNTIL = 40  # the first steps, in which the sigmoid network saturates, are all measured,
EVERY = 5  # later ones at this interval
SAMPLE = 16_384  # weights of a layer whose change is measured, evenly spaced: their RMS is accurate to about 1 %
PROBE = 10  # images on which saturated and dead units are counted: 1/20 of the cost of a step of 64


class SignalMeter:
    """Gradient RMS, update-to-weight ratio, saturated units and dead ReLUs by layer; does not change the model."""

    def __init__(self, model: nn.Module, probe: tuple[Tensor, ...] | None = None) -> None:
        """`probe` is the input on which units are counted in a network with feature maps; other models have none."""
        weights = [(name, weight) for name, weight in model.named_parameters() if weight.dim() > 1]
        self._model, self._probe = model, probe
        self._weights = {self._layer(name): weight for name, weight in weights if weight.requires_grad}
        self._before: list[Tensor] = []

    def remember(self, step: int) -> None:
        """Before a step (the first is 1): copy a sample of the weights if the step is to be measured."""
        if not self._before and (step <= EACH_UNTIL or step % EVERY == 0):
            self._before = [_sample(weight).clone() for weight in self._weights.values()]

    def measure(self) -> dict[str, LayerStep] | None:
        """After the step: measurements by layer; None if this step is not measured."""
        if not self._before:
            return None
        rows = []
        for weight, before in zip(self._weights.values(), self._before, strict=True):
            gradient = torch.zeros((), device=weight.device) if weight.grad is None else rms(weight.grad)
            rows.append(torch.stack([gradient, rms(_sample(weight) - before) / rms(before)]))
        self._before = []
        units = self._count_units()
        return {
            name: LayerStep(gradient, ratio, *units.get(name, (None, None)))
            for name, (gradient, ratio) in zip(self._weights, torch.stack(rows).tolist(), strict=True)
        }

    def _layer(self, name: str) -> str:
        """ "convs.conv1.weight" -> "conv1" for a CNN; other models keep their long names"""
        name = name.removesuffix(".weight")
        return name.rpartition(".")[2] if self._probe else name

    def _count_units(self) -> dict[str, tuple[float | None, float | None]]:
        if self._probe is None:
            return {}
        device = next(self._model.parameters()).device
        signal = read_activations(cast(Cnn, self._model), self._probe[0].to(device))
        return {layer.name: (layer.saturated, layer.dead) for layer in signal.layers}


def _sample(weight: Tensor) -> Tensor:
    """(N,), N at most about `SAMPLE`; a view where possible"""
    flat = weight.detach().reshape(-1)
    return flat[:: max(1, flat.numel() // SAMPLE)]
