"""What the signal views show, computed or read once for all visitors; keys are options, seeds and names."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

from ccds_core.beginnings import N_STEPS, usual_data
from ccds_core.config import DataConfig, RunConfig
from ccds_core.options import CnnOptions
from ccds_core.runtime import share_machine
from ccds_core.signals import FreshSignal
from ccds_core.step_records import FirstSteps, find_steps, save_steps, steps_changed

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.first_steps import StepReading
    from ccds_core.fresh_signals import Probe


@st.cache_resource(show_spinner=False)
def _turn() -> threading.Lock:
    """Fresh networks and dropout draw from torch's one generator: one visitor at a time, a step at a time."""
    return threading.Lock()


@st.cache_resource(max_entries=4, show_spinner="Reading the probe's pictures")
def _probe_of(data: DataConfig) -> "Probe":
    from ccds_core.data.catalog import load_image_data
    from ccds_core.fresh_signals import probe_batch

    share_machine()
    return probe_batch(load_image_data(data))


@st.cache_data(max_entries=512, show_spinner=False)
def _fresh_of(options: CnnOptions, seed: int, data: DataConfig) -> FreshSignal:
    from ccds_core.fresh_signals import read_fresh

    probe = _probe_of(data)
    with _turn():
        return read_fresh(options, probe, seed)


def load_fresh(options: CnnOptions, seed: int) -> FreshSignal:
    """The signal of a fresh network on the usual data."""
    return _fresh_of(options, seed, usual_data())


def probe_source() -> str:
    """What the probe's pictures were taken from."""
    return _probe_of(usual_data()).source


@st.cache_resource(max_entries=256, show_spinner=False)
def _steps_of(config: RunConfig, changed: int) -> FirstSteps | None:
    return find_steps(config, N_STEPS)


def load_steps(config: RunConfig) -> FirstSteps | None:
    """The recording of a training's first steps, shipped or made here; read again when its file has changed."""
    return _steps_of(config, steps_changed(config, N_STEPS))


def play_steps(config: RunConfig) -> "Iterator[StepReading]":
    """Train the first steps now, step by step, and keep the recording."""
    from ccds_core.first_steps import play

    told = play(config)
    while True:
        with _turn():
            each = next(told)
        if isinstance(each, FirstSteps):
            save_steps(each)
            return
        yield each
