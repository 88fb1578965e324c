"""What signal and gradient do in every layer of a CNN over one probe batch; read without hooks, leaving no trace."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from ccds_core.errors import InvalidInputError
from ccds_core.models.cnn import Cnn
from ccds_core.signals import LayerSignal, Signal

# a sigmoid outside this range keeps less than a fifth of its steepest slope, 0.25 (science of the plateau: Glorot and
# Bengio 2010); tanh(x) = 2 sigmoid(2x) - 1, so the same cut lies at 0.9 there
SATURATED_SIGMOID = (0.05, 0.95)
SATURATED_TANH = 0.9
BOUNDED = (nn.Sigmoid, nn.Tanh)
ACTIVATIONS = (nn.ReLU, nn.Sigmoid, nn.Tanh, nn.GELU)


def read_activations(model: Cnn, images: Tensor) -> Signal:
    """images (B, 3, 32, 32), B at least 2 -> the signal as in training mode, dropout aside; no gradients.

    Batch norm takes the batch's statistics and leaves its running ones alone.
    """
    with torch.no_grad():
        return _read(model, images, _weights_of(model))[0]


def read_step(model: Cnn, images: Tensor) -> Signal:
    """`read_activations` of a network under training, with the gradients that its last step left in place."""
    gradients = {name: layer.weight.grad for name, layer in _weighted_layers(model) if layer.weight.grad is not None}
    return _with_gradients(read_activations(model, images), gradients)


def read_signal(model: Cnn, images: Tensor, labels: Tensor) -> Signal:
    """The signal with the loss on labels (B,) and its gradient in each weight; works on frozen networks too."""
    with torch.enable_grad():
        # own leaves on the model's storage: neither its flags nor its gradients are touched
        weights = {name: weight.detach().requires_grad_() for name, weight in _weights_of(model).items()}
        signal, logits = _read(model, images, weights)
        loss = functional.cross_entropy(logits, labels)
        gradients = torch.autograd.grad(loss, list(weights.values()))
    return replace(_with_gradients(signal, dict(zip(weights, gradients, strict=True))), loss=loss.item())


def _read(model: Cnn, images: Tensor, weights: Mapping[str, Tensor]) -> tuple[Signal, Tensor]:
    """The signal and the logits (B, n_classes) under these weights."""
    if len(images) < 2:
        raise InvalidInputError(f"A probe needs at least two pictures to see a spread; got {len(images)}.")
    readings: list[LayerSignal] = []
    features = _walk(model.convs, images, weights, readings)
    logits = _walk(model.linears, features.float().flatten(1), weights, readings)
    return Signal(tuple(readings), len(images), _spread(features.detach()), _spread(logits.detach())), logits


def _walk(layers: nn.Sequential, values: Tensor, weights: Mapping[str, Tensor], readings: list[LayerSignal]) -> Tensor:
    """Child by child, as in training mode; appends the reading of each layer that has a weight."""
    name = ""
    for own, layer in layers.named_children():
        if isinstance(layer, nn.Dropout):
            continue
        if own in weights:
            if name:
                readings.append(_reading(name, None, values, values, weights))
            values, name = _apply(layer, values, weights[own]), own
        elif isinstance(layer, ACTIVATIONS):
            before, values = values, layer(values)
            readings.append(_reading(name, layer, before, values, weights))
            name = ""
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            values = functional.batch_norm(values, None, None, layer.weight, layer.bias, training=True, eps=layer.eps)
        else:
            values = layer(values)
    if name:
        readings.append(_reading(name, None, values, values, weights))
    return values


def _apply(layer: nn.Module, values: Tensor, weight: Tensor) -> Tensor:
    if isinstance(layer, nn.Conv2d):
        return functional.conv2d(values, weight, layer.bias, layer.stride, cast(tuple[int, int], layer.padding))
    return functional.linear(values, weight, cast(nn.Linear, layer).bias)


def _reading(
    name: str, activation: nn.Module | None, before: Tensor, after: Tensor, weights: Mapping[str, Tensor]
) -> LayerSignal:
    before, after = before.detach(), after.detach()
    return LayerSignal(
        name=name,
        activation=type(activation).__name__.lower() if activation else "",
        pre_activation_mean=before.mean().item(),
        pre_activation_abs=before.abs().mean().item(),
        pre_activation_spread=_spread(before),
        output_spread=_spread(after),
        saturated=_saturated(activation, after),
        dead=_dead(after) if isinstance(activation, nn.ReLU) else None,
        weight_rms=_rms(weights[name]),
    )


def _saturated(activation: nn.Module | None, outputs: Tensor) -> float | None:
    if not isinstance(activation, BOUNDED):
        return None
    low, high = SATURATED_SIGMOID if isinstance(activation, nn.Sigmoid) else (-SATURATED_TANH, SATURATED_TANH)
    return ((outputs < low) | (outputs > high)).float().mean().item()


def _dead(outputs: Tensor) -> float:
    """(B, C, h, w) or (B, units), nowhere below zero -> share of channels or units that are zero throughout."""
    return (outputs.transpose(0, 1).flatten(1).amax(dim=1) == 0).float().mean().item()


def _spread(values: Tensor) -> float:
    """(B, ...) -> s.d. across images, mean over units."""
    centred = values - values.mean(dim=0)
    return (centred.square_().sum(dim=0) / (len(values) - 1)).sqrt_().mean().item()


def _rms(values: Tensor) -> float:
    return (values.detach().norm() / values.numel() ** 0.5).item()


def _with_gradients(signal: Signal, gradients: Mapping[str, Tensor]) -> Signal:
    found = {name: _rms(gradient) for name, gradient in gradients.items()}
    return replace(signal, layers=tuple(replace(each, gradient_rms=found.get(each.name)) for each in signal.layers))


def _weighted_layers(model: Cnn) -> Iterator[tuple[str, nn.Conv2d | nn.Linear]]:
    for part in (model.convs, model.linears):
        for name, layer in part.named_children():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                yield name, layer


def _weights_of(model: Cnn) -> dict[str, Tensor]:
    return {name: layer.weight for name, layer in _weighted_layers(model)}
