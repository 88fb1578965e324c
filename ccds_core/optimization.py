"""Optimizers, and the learning rate of every update."""

from math import cos, pi

import torch
from torch import nn

from ccds_core.config import TrainConfig

ONE_CYCLE_PEAK = 0.25  # share of all steps after which "one-cycle" is at its highest rate


def build_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer | None:
    """Adam (coupled decay), AdamW (decoupled) or SGD with momentum, fused; None where there is nothing to train."""
    rate, decay = config.learning_rate, config.weight_decay
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        return None
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, rate, momentum=config.momentum, weight_decay=decay, fused=True)
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return kind(parameters, rate, weight_decay=decay, fused=True)


def learning_rate_at(config: TrainConfig, step: int, steps_per_epoch: int) -> float:
    """The rate of update number `step`, from 0 over the whole run; a pure function, so nothing needs saving."""
    epoch = step // steps_per_epoch
    rate = config.learning_rate
    if config.schedule == "step":
        rate *= config.step_factor ** (epoch // config.step_epochs)
    elif config.schedule == "cosine":  # stepped once an epoch, as in the workshop; T_max = epochs
        rate *= (1 + cos(pi * epoch / config.epochs)) / 2
    elif config.schedule == "linear":  # to zero after the last update
        rate *= 1 - step / max(1, config.epochs * steps_per_epoch)
    elif config.schedule == "one-cycle":  # cosine up to the peak, cosine down to zero
        done = step / max(1, config.epochs * steps_per_epoch)
        up = done / ONE_CYCLE_PEAK
        down = (done - ONE_CYCLE_PEAK) / (1 - ONE_CYCLE_PEAK)
        rate *= (1 - cos(pi * up)) / 2 if up < 1 else (1 + cos(pi * down)) / 2
    if step < config.warmup_steps:
        rate *= (step + 1) / config.warmup_steps
    for update, factor in reversed(config.rate_changes):
        if step >= update:
            return rate * factor
    return rate
