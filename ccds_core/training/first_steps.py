"""The first 100 steps of a network, trained by `loop.train` and measured after every step."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil

import torch

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.config.variants import N_STEPS
from ccds_core.data.batching import count_batches
from ccds_core.data.datasets import ImageData, load_image_data
from ccds_core.errors import TrainingError
from ccds_core.results import StepMetrics
from ccds_core.training import loop
from ccds_core.training.first_steps_records import FORMAT, LayerTrace, TrainingTrace
from ccds_core.training.signal import build_fresh, probe_batch, read_signal, read_step
from ccds_core.training.signal_records import Signal

PER_CLASS = 2  # probe images per class: a forward pass of 20 adds about 1/10 to a step of 64


@dataclass(frozen=True)
class StepReading:
    """One optimizer step, and the network after it."""

    step: int  # from 1; 0 is the network before training
    loss: float  # of the batch before the step; at step 0 of the probe
    signal: Signal


def play(config: RunConfig, n_steps: int = N_STEPS) -> Iterator[StepReading | TrainingTrace]:
    """Train a new network: yields a reading before the first step and after each, then the whole recording.

    Ends early if the loss is NaN or infinite. torch's global generator is unchanged whenever this yields.
    """
    data = load_image_data(config.data)
    readings = []
    for reading in _readings(config, data, n_steps):
        readings.append(reading)
        yield reading
    signals = [reading.signal for reading in readings]
    yield TrainingTrace(
        format=FORMAT,
        config=config,
        data_source=data.source,
        n_classes=len(data.classes),
        n_probe=signals[0].n_images,
        asked=n_steps,
        losses=tuple(reading.loss for reading in readings),
        feature_spread=tuple(signal.feature_spread for signal in signals),
        logit_spread=tuple(signal.logit_spread for signal in signals),
        layers=tuple(_trace(signals, index) for index in range(len(signals[0].layers))),
    )


def _readings(config: RunConfig, data: ImageData, n_steps: int) -> Iterator[StepReading]:
    assert isinstance(config.options, CnnOptions)
    probe, random_state = probe_batch(data, PER_CLASS), _SeparateRandomState(config.train.seed)
    model, _ = build_fresh(config.options, probe.n_classes, config.train.seed)
    fresh = read_signal(model, probe.images, probe.labels)
    yield StepReading(0, fresh.loss or 0.0, fresh)
    batches = data.train_batches(config.train)
    epochs = ceil(n_steps / count_batches(len(batches), config.train.batch_size))
    state = loop.start(model, replace(config.train, epochs=epochs))
    steps = loop.train(state, batches, data.batches("val"))
    done = 0
    while done < n_steps:
        try:
            with random_state.used():
                metrics = next(steps)
        except TrainingError:
            return
        if isinstance(metrics, StepMetrics):
            done += 1
            yield StepReading(done, metrics.loss, read_step(model, probe.images))


def _trace(signals: Sequence[Signal], index: int) -> LayerTrace:
    readings = [signal.layers[index] for signal in signals]
    saturated, dead = ([getattr(layer, name) for layer in readings] for name in ("saturated", "dead"))
    linear = readings[0].name.startswith("fc")
    return LayerTrace(
        name=readings[0].name,
        activation=readings[0].activation,
        pre_activation_mean=tuple(layer.pre_activation_mean for layer in readings) if linear else None,
        pre_activation_spread=tuple(layer.pre_activation_spread for layer in readings),
        gradient_rms=tuple(layer.gradient_rms or 0.0 for layer in readings),
        saturated=tuple(saturated) if saturated[0] is not None else None,
        dead=tuple(dead) if dead[0] is not None else None,
    )


class _SeparateRandomState:
    """A state of torch's global generator, used one step at a time, so that other users of it change nothing here."""

    def __init__(self, seed: int) -> None:
        self._state = torch.Generator().manual_seed(seed).get_state()

    @contextmanager
    def used(self) -> Iterator[None]:
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self._state)
            yield
            self._state = torch.get_rng_state()
