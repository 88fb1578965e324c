"""What each input number did to a class: gradients and integrated gradients of any function from a tensor to logits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from captum.attr import IntegratedGradients
from numpy.typing import NDArray
from torch import Tensor

LogitsFn = Callable[[Tensor], Tensor]  # inputs (B, ...) -> logits (B, n_classes)
STEPS = 64  # of integrated gradients; `bert-emotion`, 100 test texts: a gap of at most 0.04 logits, with 32 steps 0.9
BATCH_NUMBERS = 1 << 18  # input numbers in one pass of integrated gradients: memory and speed, not results


@dataclass(frozen=True)
class Attribution:
    """What an explanation says about each input number, pixel, token or word."""

    values: NDArray[np.float64]  # the inputs' shape without the batch: (T, D), (3, H, W); fewer axes once summed
    signed: bool  # True: above 0 speaks for the target, below 0 against it
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


def integrated_gradients(
    logits_fn: LogitsFn, inputs: Tensor, target: int, baseline: Tensor, steps: int = STEPS
) -> Attribution:
    """inputs, baseline (1, ...): the gradient along the straight way between them (Sundararajan et al. 2017).

    `logits_fn` is asked for several inputs at once, so a mask bound to it must fit any number of them.
    """
    inputs, baseline = inputs.detach(), baseline.detach()
    at_once = max(1, min(steps, BATCH_NUMBERS // max(1, inputs[0].numel())))
    method = IntegratedGradients(logits_fn)
    values = method.attribute(inputs, baseline, target, n_steps=steps, internal_batch_size=at_once)
    with torch.no_grad():
        ends = logits_fn(torch.cat([inputs, baseline])).double()[:, target]  # (2,)
    gap = float(ends[0] - ends[1] - values.double().sum())
    return Attribution(_to_array(values), True, "integrated gradients", target, gap)


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
