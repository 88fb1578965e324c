"""The training loop for every model family: `train` yields each step and each epoch; resumable after any epoch."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ccds_core.config.run_config import TrainConfig
from ccds_core.data.batching import Batch, Batches, count_batches
from ccds_core.errors import TrainingError
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.training.optim import build_optimizer, learning_rate_at

EVALUATION_BATCH = 256  # examples; affects speed and memory, not results
EPOCH_SEED_STRIDE = 1_000_003  # so that (seed, epoch) pairs have different random seeds


@dataclass
class TrainingState:
    """The full state of a run: weights, optimizer, history, and the weights of the best epoch so far."""

    model: nn.Module
    config: TrainConfig
    optimizer: torch.optim.Optimizer | None  # None for a model without trainable parameters
    history: list[EpochMetrics] = field(default_factory=list)
    best_weights: dict[str, Tensor] = field(default_factory=dict)

    @property
    def best_epoch(self) -> int:
        """The epoch with the highest validation accuracy, the first of equals; 0 before the first epoch."""
        return max(self.history, key=lambda epoch: epoch.val_accuracy).epoch if self.history else 0

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or none was better for `patience` epochs."""
        waited = len(self.history) - self.best_epoch
        return len(self.history) >= self.config.epochs or 0 < self.config.patience <= waited


def start(model: nn.Module, config: TrainConfig) -> TrainingState:
    """The state before the first step. `config.precision` must not be "auto"."""
    if config.precision == "bfloat16":
        model.to(memory_format=torch.channels_last)
    return TrainingState(model, config, build_optimizer(model, config))


def train(
    state: TrainingState, train_batches: Batches, val_batches: Batches, accelerator: Accelerator | None = None
) -> Iterator[StepMetrics | EpochMetrics]:
    """Train to the end: yields `StepMetrics` after every optimizer step, `EpochMetrics` after every epoch.

    `state` is changed in place; it may be saved at each `EpochMetrics`. Not pulling pauses the training. All randomness
    of an epoch depends only on (seed, epoch), so a run resumed after an epoch gives exactly the same results.
    Raises `TrainingError` if the loss is NaN or infinite.
    """
    if state.optimizer is None:
        yield from _evaluate_once(state, train_batches, val_batches)
        return
    accelerator = accelerator or Accelerator(cpu=True, mixed_precision="no")
    state.model.to(accelerator.device)
    model, optimizer = accelerator.prepare(state.model, state.optimizer)
    while not state.finished:
        epoch = len(state.history) + 1
        n_steps = count_batches(len(train_batches), state.config.batch_size)
        run = _Epoch(state, accelerator, model, optimizer, epoch, n_steps)
        yield from run.steps(train_batches)
        val_loss, val_accuracy = _validate(state, val_batches)
        metrics = EpochMetrics(
            epoch=epoch,
            train_loss=run.mean_loss,
            train_accuracy=run.accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            learning_rate=run.learning_rate,
            seconds=run.seconds,
            step_losses=tuple(round(loss, 5) for loss in run.losses),
        )
        _record(state, metrics)
        yield metrics


def predict_batches(
    model: nn.Module, batches: Batches, precision: str = "float32"
) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """Labels (N,), probabilities (N, n_classes), both in the order of the rows, and the mean cross-entropy."""
    device = next(chain(model.parameters(), model.buffers())).device
    was_training = model.training
    model.eval()
    labels, logits, rows = [], [], []
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        for batch in batches.sweep(EVALUATION_BATCH):
            logits.append(model(*(tensor.to(device) for tensor in batch.inputs)).double().cpu())
            labels.append(batch.labels)
            rows.append(batch.rows)
    model.train(was_training)
    order = torch.cat(rows).argsort()
    all_logits, all_labels = torch.cat(logits)[order], torch.cat(labels)[order]
    loss = float(functional.cross_entropy(all_logits, all_labels))
    return all_labels.numpy(), all_logits.softmax(dim=1).numpy(), loss


def _evaluate_once(state: TrainingState, train_batches: Batches, val_batches: Batches) -> Iterator[EpochMetrics]:
    """The only epoch of a model without trainable parameters."""
    if state.history:
        return
    started = time.perf_counter()
    labels, probabilities, train_loss = predict_batches(state.model, train_batches)
    seconds = time.perf_counter() - started
    train_accuracy = float((probabilities.argmax(axis=1) == labels).mean())
    labels, probabilities, val_loss = predict_batches(state.model, val_batches)
    val_accuracy = float((probabilities.argmax(axis=1) == labels).mean())
    metrics = EpochMetrics(1, train_loss, train_accuracy, val_loss, val_accuracy, 0.0, seconds, ())
    _record(state, metrics)
    yield metrics


def _record(state: TrainingState, metrics: EpochMetrics) -> None:
    """Add an epoch, and keep its weights if it is the best."""
    state.history.append(metrics)
    if state.best_epoch == metrics.epoch:
        state.best_weights = {name: tensor.detach().clone() for name, tensor in state.model.state_dict().items()}


def _validate(state: TrainingState, batches: Batches) -> tuple[float, float]:
    """Loss and accuracy of the first process, so that all processes stop at the same epoch."""
    labels, probabilities, loss = predict_batches(state.model, batches, state.config.precision)
    accuracy = float((probabilities.argmax(axis=1) == labels).mean())
    values = [loss, accuracy]
    broadcast_object_list(values)
    val_loss, val_accuracy = values
    return val_loss, val_accuracy


@dataclass
class _Epoch:
    """One pass over the training data: its steps and its running sums."""

    state: TrainingState  # its config may change between steps, to change the learning rate
    accelerator: Accelerator
    model: nn.Module
    optimizer: torch.optim.Optimizer
    epoch: int
    n_steps: int
    losses: list[float] = field(default_factory=list)
    loss_sum: float = 0.0
    correct: int = 0
    examples: int = 0
    learning_rate: float = 0.0
    seconds: float = 0.0

    @property
    def config(self) -> TrainConfig:
        return self.state.config

    @property
    def mean_loss(self) -> float:
        return self.loss_sum / self.examples

    @property
    def accuracy(self) -> float:
        return self.correct / self.examples

    def steps(self, batches: Batches) -> Iterator[StepMetrics]:
        seed = self.config.seed * EPOCH_SEED_STRIDE + self.epoch
        torch.manual_seed(seed + self.accelerator.process_index * 7919)  # for dropout; different in each process
        generator = torch.Generator().manual_seed(seed)
        self.model.train()
        started = time.perf_counter()
        for step, batch in enumerate(batches.epoch(self.config.batch_size, generator), start=1):
            self._set_learning_rate((self.epoch - 1) * self.n_steps + step - 1)
            loss, accuracy = self._step(batch)
            if not isfinite(loss):
                raise TrainingError(
                    f"The loss is NaN or infinite at step {step} of epoch {self.epoch}: training diverged. "
                    f"Use a lower learning rate than {self.config.learning_rate} or clip the gradient, and start again."
                )
            self.losses.append(loss)
            self.seconds += time.perf_counter() - started
            yield StepMetrics(self.epoch, step, self.n_steps, loss, accuracy, self.learning_rate, len(batch.labels))
            started = time.perf_counter()

    def _set_learning_rate(self, step: int) -> None:
        self.learning_rate = learning_rate_at(self.config, step, self.n_steps)
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate

    def _step(self, batch: Batch) -> tuple[float, float]:
        """One optimizer step on this process's part of the batch; returns loss and accuracy of the whole batch."""
        accelerator, config = self.accelerator, self.config
        part = slice(accelerator.process_index, None, accelerator.num_processes)
        labels = batch.labels[part].to(accelerator.device)
        inputs = [tensor[part].to(accelerator.device) for tensor in batch.inputs]
        with torch.autocast(accelerator.device.type, torch.bfloat16, enabled=config.precision == "bfloat16"):
            logits = self.model(*inputs)
        loss_sum = functional.cross_entropy(
            logits.float(), labels, reduction="sum", label_smoothing=config.label_smoothing
        )
        self.optimizer.zero_grad()
        # processes average their gradients; this scale makes the average the gradient of the whole batch's mean loss
        accelerator.backward(loss_sum * (accelerator.num_processes / len(batch.labels)))
        if config.clip_norm:
            accelerator.clip_grad_norm_(self.model.parameters(), config.clip_norm)
        self.optimizer.step()
        correct = (logits.argmax(dim=1) == labels).sum()
        sums = accelerator.reduce(torch.stack([loss_sum.detach().double(), correct.double()]), reduction="sum")
        batch_loss, batch_correct = sums.tolist()
        self.loss_sum += batch_loss
        self.correct += int(batch_correct)
        self.examples += len(batch.labels)
        return batch_loss / len(batch.labels), batch_correct / len(batch.labels)
