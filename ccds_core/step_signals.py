"""What an update did to each layer, read from the weights and gradients that it leaves behind."""

import torch
from torch import Tensor, nn

from ccds_core.step_log import LayerSignal

EACH_UNTIL = 100  # the first updates are all measured,
EVERY = 10  # later ones now and then
SAMPLE = 16_384  # weights of a layer that are looked at, evenly spread: an rms over so many is true to about 1 %


class SignalMeter:
    """Gradient rms and update-to-weight ratio per layer; leaves the model as it was."""

    def __init__(self, model: nn.Module) -> None:
        weights = [(name, weight) for name, weight in model.named_parameters() if weight.dim() > 1]
        self._names = [name.removesuffix(".weight") for name, weight in weights if weight.requires_grad]
        self._weights = [weight for _, weight in weights if weight.requires_grad]
        self._before: list[Tensor] = []

    def remember(self, update: int) -> None:
        """Before an update (the first is 1): keep a sample of the weights if it will be measured."""
        if not self._before and (update <= EACH_UNTIL or update % EVERY == 0):
            self._before = [_sample(weight.detach()).clone() for weight in self._weights]

    def measure(self) -> dict[str, LayerSignal] | None:
        """After the update: by layer; None if it is not one of those measured."""
        if not self._before:
            return None
        rows = []
        for weight, before in zip(self._weights, self._before, strict=True):
            gradient = torch.zeros(()) if weight.grad is None else _rms(_sample(weight.grad))
            rows.append(torch.stack([gradient, _rms(_sample(weight.detach()) - before) / _rms(before)]))
        self._before = []
        numbers = torch.stack(rows).tolist() if rows else []
        return {name: LayerSignal(row[0], row[1], None) for name, row in zip(self._names, numbers, strict=True)}


def _sample(values: Tensor) -> Tensor:
    """(N,), N at most about `SAMPLE`, a view where the layout allows one"""
    flat = values.reshape(-1)
    return flat[:: max(1, flat.numel() // SAMPLE)]


def _rms(values: Tensor) -> Tensor:
    return values.float().square().mean().sqrt()
