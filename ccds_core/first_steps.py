"""The first hundred steps of a network, trained by the run's own engine and read after every update."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil

import torch

from ccds_core import training
from ccds_core.beginnings import N_STEPS
from ccds_core.config import RunConfig
from ccds_core.data.batches import count_batches
from ccds_core.data.catalog import ImageData, load_image_data
from ccds_core.diagnostics import read_signal, read_step
from ccds_core.errors import TrainingError
from ccds_core.fresh_signals import build_fresh, probe_batch
from ccds_core.options import CnnOptions
from ccds_core.results import StepMetrics
from ccds_core.signals import Signal
from ccds_core.step_records import FORMAT, FirstSteps, LayerCourse

PER_CLASS = 2  # pictures of each class in the probe: a forward pass of 20 adds about a tenth to a step of 64


@dataclass(frozen=True)
class StepReading:
    """One update, and the network after it."""

    step: int  # from 1; 0 is the fresh network
    loss: float  # of the batch before the update; at step 0 of the probe
    signal: Signal


def play(config: RunConfig, n_steps: int = N_STEPS) -> Iterator[StepReading | FirstSteps]:
    """Train a private fresh network: a reading before the first update and after each, then the whole recording.

    Ends early where the loss is no longer a number. torch's global generator is as it was whenever this yields.
    """
    data = load_image_data(config.data)
    readings = []
    for reading in _readings(config, data, n_steps):
        readings.append(reading)
        yield reading
    signals = [reading.signal for reading in readings]
    yield FirstSteps(
        format=FORMAT,
        config=config,
        data_source=data.source,
        n_classes=len(data.classes),
        n_probe=signals[0].n_images,
        asked=n_steps,
        losses=tuple(reading.loss for reading in readings),
        feature_spread=tuple(signal.feature_spread for signal in signals),
        logit_spread=tuple(signal.logit_spread for signal in signals),
        layers=tuple(_course(signals, place) for place in range(len(signals[0].layers))),
    )


def _readings(config: RunConfig, data: ImageData, n_steps: int) -> Iterator[StepReading]:
    assert isinstance(config.options, CnnOptions)
    probe, chance = probe_batch(data, PER_CLASS), _OwnChance(config.train.seed)
    model, _ = build_fresh(config.options, probe.n_classes, config.train.seed)
    fresh = read_signal(model, probe.images, probe.labels)
    yield StepReading(0, fresh.loss or 0.0, fresh)
    batches = data.train_batches(config.train)
    epochs = ceil(n_steps / count_batches(len(batches), config.train.batch_size))
    state = training.start(model, replace(config.train, epochs=epochs))
    told = training.train(state, batches, data.batches("val"))
    done = 0
    while done < n_steps:
        try:
            with chance.drawn():
                metrics = next(told)
        except TrainingError:
            return
        if isinstance(metrics, StepMetrics):
            done += 1
            yield StepReading(done, metrics.loss, read_step(model, probe.images))


def _course(signals: Sequence[Signal], place: int) -> LayerCourse:
    found = [signal.layers[place] for signal in signals]
    saturated, dead = ([getattr(layer, name) for layer in found] for name in ("saturated", "dead"))
    linear = found[0].name.startswith("fc")
    return LayerCourse(
        name=found[0].name,
        activation=found[0].activation,
        pre_activation_mean=tuple(layer.pre_activation_mean for layer in found) if linear else None,
        pre_activation_spread=tuple(layer.pre_activation_spread for layer in found),
        gradient_rms=tuple(layer.gradient_rms or 0.0 for layer in found),
        saturated=tuple(saturated) if saturated[0] is not None else None,
        dead=tuple(dead) if dead[0] is not None else None,
    )


class _OwnChance:
    """torch's global generator, lent for one step at a time: whoever draws in between changes nothing here."""

    def __init__(self, seed: int) -> None:
        self._state = torch.Generator().manual_seed(seed).get_state()

    @contextmanager
    def drawn(self) -> Iterator[None]:
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self._state)
            yield
            self._state = torch.get_rng_state()
