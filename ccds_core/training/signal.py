"""Activations and gradients in every layer of a CNN on a probe batch; no hooks, the model is not changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ccds_core.config.options import CnnOptions
from ccds_core.data.datasets import NORMALISATION, ImageData
from ccds_core.errors import InvalidInputError
from ccds_core.models.cnn import Cnn, initialise
from ccds_core.training.signal_records import FreshSignal, LayerSignal, Signal, TensorRecord

# outside this range a sigmoid's slope is less than 1/5 of its maximum, 0.25 (saturation: Glorot and Bengio 2010);
# tanh(x) = 2 sigmoid(2x) - 1, so the same limit is 0.9 there
SATURATED_SIGMOID = (0.05, 0.95)
SATURATED_TANH = 0.9
BOUNDED = (nn.Sigmoid, nn.Tanh)
ACTIVATIONS = (nn.ReLU, nn.Sigmoid, nn.Tanh, nn.GELU)

# images per class: building and measuring a network takes 0.13 s with 10 images and 0.2 s with 20 (two AVX2 cores),
# and a page should react to a toggle within 0.25 s
PER_CLASS = 1
PROBE_SEED = 0


def read_activations(model: Cnn, images: Tensor) -> Signal:
    """images (B, 3, 32, 32), B at least 2 -> activations as in training mode but without dropout; no gradients.

    Batch norm uses the batch's statistics and does not change its running ones.
    """
    with torch.no_grad():
        return _read(model, images, _weights_of(model))[0]


def read_step(model: Cnn, images: Tensor) -> Signal:
    """`read_activations` of a network in training, with the gradients of its last step."""
    gradients = {name: layer.weight.grad for name, layer in _weighted_layers(model) if layer.weight.grad is not None}
    return _with_gradients(read_activations(model, images), gradients)


def read_signal(model: Cnn, images: Tensor, labels: Tensor) -> Signal:
    """Activations, the loss on labels (B,), and its gradient in each weight; also for frozen networks."""
    with torch.enable_grad():
        # new leaf tensors on the model's storage: its flags and gradients are not changed
        weights = {name: weight.detach().requires_grad_() for name, weight in _weights_of(model).items()}
        signal, logits = _read(model, images, weights)
        loss = functional.cross_entropy(logits, labels)
        gradients = torch.autograd.grad(loss, list(weights.values()))
    return replace(_with_gradients(signal, dict(zip(weights, gradients, strict=True))), loss=loss.item())


def rms(values: Tensor) -> Tensor:
    """Any shape -> root mean square, a 0-dimensional tensor on the same device."""
    return values.detach().float().norm() / values.numel() ** 0.5


@dataclass(frozen=True)
class Probe:
    """A few training images, equally many of each class; the same for every network."""

    images: Tensor  # (n, 3, 32, 32), normalised
    labels: Tensor  # (n,)
    n_classes: int
    source: str  # of the data, shown with every result


def probe_batch(data: ImageData, per_class: int = PER_CLASS) -> Probe:
    """`per_class` training images of each class, drawn with a fixed seed; the classes alternate."""
    generator = np.random.default_rng(PROBE_SEED)
    rows, labels = data.split.train, np.asarray(data.arrays.labels)[data.split.train]
    drawn = []
    for label in range(len(data.classes)):
        class_rows = rows[labels == label]
        if len(class_rows) < per_class:
            raise InvalidInputError(
                f"The probe needs {per_class} training images per class; '{data.classes[label]}' has {len(class_rows)}."
            )
        drawn.append(generator.choice(class_rows, per_class, replace=False))
    chosen = np.stack(drawn, axis=1).ravel()  # (per_class * n_classes,)
    pixels = torch.from_numpy(np.array(data.arrays.images[chosen]))
    return Probe(
        NORMALISATION.apply(pixels).contiguous(),
        torch.from_numpy(np.array(data.arrays.labels[chosen])),
        len(data.classes),
        data.source,
    )


def read_fresh(options: CnnOptions, probe: Probe, seed: int = 0) -> FreshSignal:
    """The signal of a new network with the initial weights of a run with this seed; torch's generator is unchanged."""
    model, touched = build_fresh(options, probe.n_classes, seed)
    tensors = tuple(
        TensorRecord(name, tuple(tensor.shape), rms(tensor).item(), name in touched)
        for name, tensor in model.named_parameters()
    )
    return FreshSignal(options, seed, read_signal(model, probe.images, probe.labels), tensors)


def build_fresh(options: CnnOptions, n_classes: int, seed: int) -> tuple[Cnn, frozenset[str]]:
    """A network with the initial weights of a run with this seed, and the tensors that its initialization redrew."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Cnn(options, n_classes)
        written = {name: tensor._version for name, tensor in model.named_parameters()}  # counts in-place writes
        initialise(model, options.initialisation)
    return model, frozenset(name for name, tensor in model.named_parameters() if tensor._version > written[name])


def _read(model: Cnn, images: Tensor, weights: Mapping[str, Tensor]) -> tuple[Signal, Tensor]:
    """The signal and the logits (B, n_classes) under these weights."""
    if len(images) < 2:
        raise InvalidInputError(f"The probe needs at least two images, got {len(images)}.")
    readings: list[LayerSignal] = []
    features = _walk(model.convs, images, weights, readings)
    logits = _walk(model.linears, features.float().flatten(1), weights, readings)
    return Signal(tuple(readings), len(images), _spread(features.detach()), _spread(logits.detach())), logits


def _walk(layers: nn.Sequential, values: Tensor, weights: Mapping[str, Tensor], readings: list[LayerSignal]) -> Tensor:
    """Apply the layers as in training mode; appends a reading for each layer with a weight."""
    name = ""
    for child, layer in layers.named_children():
        if isinstance(layer, nn.Dropout):
            continue
        if child in weights:
            if name:
                readings.append(_reading(name, None, values, values, weights))
            values, name = _apply(layer, values, weights[child]), child
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
        weight_rms=rms(weights[name]).item(),
    )


def _saturated(activation: nn.Module | None, outputs: Tensor) -> float | None:
    if not isinstance(activation, BOUNDED):
        return None
    low, high = SATURATED_SIGMOID if isinstance(activation, nn.Sigmoid) else (-SATURATED_TANH, SATURATED_TANH)
    return ((outputs < low) | (outputs > high)).float().mean().item()


def _dead(outputs: Tensor) -> float:
    """(B, C, h, w) or (B, units), ReLU outputs -> fraction of channels or units that are zero for all images."""
    return (outputs.transpose(0, 1).flatten(1).amax(dim=1) == 0).float().mean().item()


def _spread(values: Tensor) -> float:
    """(B, ...) -> std across images, mean over units."""
    centred = values - values.mean(dim=0)
    return (centred.square_().sum(dim=0) / (len(values) - 1)).sqrt_().mean().item()


def _with_gradients(signal: Signal, gradients: Mapping[str, Tensor]) -> Signal:
    by_name = {name: rms(gradient).item() for name, gradient in gradients.items()}
    layers = tuple(replace(layer, gradient_rms=by_name.get(layer.name)) for layer in signal.layers)
    return replace(signal, layers=layers)


def _weighted_layers(model: Cnn) -> Iterator[tuple[str, nn.Conv2d | nn.Linear]]:
    for part in (model.convs, model.linears):
        for name, layer in part.named_children():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                yield name, layer


def _weights_of(model: Cnn) -> dict[str, Tensor]:
    return {name: layer.weight for name, layer in _weighted_layers(model)}
