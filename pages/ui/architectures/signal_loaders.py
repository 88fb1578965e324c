"""What the views of activations and gradients show, computed once for all visitors; keys are options and seeds."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig
from ccds_core.config.variants import N_STEPS
from ccds_core.data.cifar10 import usual_data
from ccds_core.runtime import limit_threads
from ccds_core.training.first_steps_records import TrainingTrace, find_steps, save_steps, steps_changed
from ccds_core.training.signal_records import FreshSignal

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.training.first_steps import StepReading
    from ccds_core.training.signal import Probe


@st.cache_resource(show_spinner=False)
def _rng_lock() -> threading.Lock:
    """New networks and dropout use torch's one global generator: one visitor at a time, one step at a time."""
    return threading.Lock()


@st.cache_resource(max_entries=4, show_spinner="Reading the probe images")
def _probe_of(data: DataConfig) -> "Probe":
    from ccds_core.data.datasets import load_image_data
    from ccds_core.training.signal import probe_batch

    limit_threads()
    return probe_batch(load_image_data(data))


@st.cache_data(max_entries=512, show_spinner=False)
def _fresh_of(options: CnnOptions, seed: int, data: DataConfig) -> FreshSignal:
    from ccds_core.training.signal import read_fresh

    probe = _probe_of(data)
    with _rng_lock():
        return read_fresh(options, probe, seed)


def load_fresh(options: CnnOptions, seed: int) -> FreshSignal:
    """Activations and gradients of a new network, on CIFAR-10 or, without it, on the digits."""
    return _fresh_of(options, seed, usual_data())


def probe_source() -> str:
    """The data set that the probe images come from."""
    return _probe_of(usual_data()).source


@st.cache_resource(max_entries=256, show_spinner=False)
def _steps_of(config: RunConfig, changed: int) -> TrainingTrace | None:
    return find_steps(config, N_STEPS)


def load_steps(config: RunConfig) -> TrainingTrace | None:
    """The recording of a training's first steps, shipped or made here; read again when its file changes."""
    return _steps_of(config, steps_changed(config, N_STEPS))


def play_steps(config: RunConfig) -> "Iterator[StepReading]":
    """Train the first steps now, step by step, and keep the recording."""
    from ccds_core.training.first_steps import play

    readings = play(config)
    while True:
        with _rng_lock():
            reading = next(readings)
        if isinstance(reading, TrainingTrace):
            save_steps(reading)
            return
        yield reading
