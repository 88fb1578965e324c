"""Attribution methods over any function from a tensor to logits, and Grad-CAM."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from captum.attr import Occlusion
from numpy.typing import NDArray
from torch import Tensor

LogitsFn = Callable[[Tensor], Tensor]  # inputs (B, ...) -> logits (B, n_classes)
BATCH_NUMBERS = 100_000  # input numbers in one pass of integrated gradients; more take memory and save no time
NOISE = 0.15  # of SmoothGrad: standard deviation as a share of the input's range (Smilkov et al. 2017: 0.1 to 0.2)


@dataclass(frozen=True)
class Attribution:
    """The attribution of each input number, pixel, token or word to one class."""

    values: NDArray[np.float64]  # the inputs' shape without the batch: (T, D), (3, H, W); fewer axes once summed
    signed: bool  # True: above 0 supports the target, below 0 opposes it
    method: str  # its name, for people
    target: int  # the class explained
    completeness_gap: float | None = None  # logit(inputs) - logit(baseline) - sum of all values; None: no such law


def input_gradient(logits_fn: LogitsFn, inputs: Tensor, target: int) -> Tensor:
    """d logit[target] / d inputs, with the shape of `inputs`."""
    inputs = inputs.detach().requires_grad_(True)
    with torch.enable_grad():
        score = logits_fn(inputs)[:, target].sum()
        (gradient,) = torch.autograd.grad(score, inputs)
    return gradient


def gradient_times_input(logits_fn: LogitsFn, inputs: Tensor, target: int) -> Attribution:
    """inputs (1, ...) times their gradient: the first-order effect of setting each number to zero."""
    values = input_gradient(logits_fn, inputs, target) * inputs.detach()
    return Attribution(_to_array(values), True, "gradient × input", target)


def saliency(logits_fn: LogitsFn, inputs: Tensor, target: int) -> Attribution:
    """inputs (1, ...): how strongly each number moves the class, whichever way (Simonyan et al. 2014)."""
    return Attribution(_to_array(input_gradient(logits_fn, inputs, target).abs()), False, "saliency", target)


def smooth_gradient(logits_fn: LogitsFn, inputs: Tensor, target: int, copies: int, seed: int = 0) -> Attribution:
    """inputs (1, ...): the mean gradient of noisy copies, without its sign (Smilkov et al. 2017)."""
    generator = torch.Generator().manual_seed(seed)  # torch's own is shared by all threads
    spread = NOISE * float(inputs.max() - inputs.min())
    noise = torch.randn((copies, *inputs.shape[1:]), generator=generator)
    gradients = input_gradient(logits_fn, inputs + spread * noise, target)  # (copies, ...)
    return Attribution(_to_array(gradients.mean(dim=0, keepdim=True).abs()), False, "SmoothGrad", target)


def occlusion(
    logits_fn: LogitsFn, images: Tensor, target: int, baseline: Tensor, window: tuple[int, int]
) -> Attribution:
    """images, baseline (1, C, H, W): what the logit loses under a square; window = its side and step, in pixels.

    Where squares overlap a pixel gets their mean (Zeiler and Fergus 2014).
    """
    side, step = window
    channels = images.shape[1]
    with torch.no_grad():
        values = Occlusion(logits_fn).attribute(
            images,
            (channels, side, side),
            (channels, step, step),
            baseline,
            target,
            perturbations_per_eval=max(1, BATCH_NUMBERS // images[0].numel()),
        )
    return Attribution(_to_array(values), True, "occlusion", target)


def grad_cam(head: LogitsFn, features: Tensor, target: int) -> Attribution:
    """features (1, C, h, w) -> (h, w): channels weighted by their mean gradient, the positive part.

    Selvaraju et al. 2017; `head` maps features to logits.
    """
    weights = input_gradient(head, features, target).mean(dim=(2, 3), keepdim=True)  # (1, C, 1, 1)
    values = (weights * features.detach()).sum(dim=1).clamp(min=0)  # (1, h, w)
    return Attribution(_to_array(values), False, "Grad-CAM", target)


def flatten_channels(attribution: Attribution) -> Attribution:
    """(C, H, W) -> (H, W): signed contributions add up; of unsigned ones the strongest channel counts."""
    values = attribution.values
    return replace(attribution, values=values.sum(axis=0) if attribution.signed else values.max(axis=0))


def sum_last_axis(attribution: Attribution) -> Attribution:
    """(T, D) -> (T,): one value per token."""
    return replace(attribution, values=attribution.values.sum(axis=-1))


def sum_over_words(attribution: Attribution, word_of: Sequence[int | None], n_words: int) -> Attribution:
    """(T,) -> (n_words,): pieces of one word added up; special tokens left out. `word_of` is an encoding's."""
    places = np.array([place is not None for place in word_of], dtype=bool)
    owners = np.array([place for place in word_of if place is not None], dtype=np.intp)
    values = np.zeros(n_words)
    np.add.at(values, owners, attribution.values[places])
    return replace(attribution, values=values)


def _to_array(values: Tensor) -> NDArray[np.float64]:
    """(1, ...) -> (...)"""
    return values.detach()[0].double().cpu().numpy()
