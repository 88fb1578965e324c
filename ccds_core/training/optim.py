"""Optimizers, and the learning rate at every step."""

from math import cos, pi

import torch
from torch import nn

from ccds_core.config.run_config import TrainConfig

ONE_CYCLE_PEAK = 0.25  # fraction of all steps after which "one-cycle" reaches its maximum


def build_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer | None:
    """Adam (coupled weight decay), AdamW (decoupled) or SGD with momentum, fused; None without trainable parameters."""
    learning_rate, decay = config.learning_rate, config.weight_decay
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        return None
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, learning_rate, momentum=config.momentum, weight_decay=decay, fused=True)
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return kind(parameters, learning_rate, weight_decay=decay, fused=True)


def learning_rate_at(config: TrainConfig, step: int, steps_per_epoch: int) -> float:
    """The learning rate at `step`, from 0 over the whole run; a pure function, so no scheduler state is saved."""
    epoch = step // steps_per_epoch
    rate = config.learning_rate
    if config.schedule == "step":
        rate *= config.step_factor ** (epoch // config.step_epochs)
    elif config.schedule == "cosine":  # changes once per epoch, as in the workshop; T_max = epochs
        rate *= (1 + cos(pi * epoch / config.epochs)) / 2
    elif config.schedule == "linear":  # to zero after the last step
        rate *= 1 - step / max(1, config.epochs * steps_per_epoch)
    elif config.schedule == "one-cycle":  # cosine up to the maximum, cosine down to zero
        done = step / max(1, config.epochs * steps_per_epoch)
        up = done / ONE_CYCLE_PEAK
        down = (done - ONE_CYCLE_PEAK) / (1 - ONE_CYCLE_PEAK)
        rate *= (1 - cos(pi * up)) / 2 if up < 1 else (1 + cos(pi * down)) / 2
    if step < config.warmup_steps:
        rate *= (step + 1) / config.warmup_steps
    for first_step, factor in reversed(config.rate_changes):
        if step >= first_step:
            return rate * factor
    return rate
