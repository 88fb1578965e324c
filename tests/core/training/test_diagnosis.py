"""The sentence fits the numbers: each case made by hand is called by its name, and quotes its evidence."""

from dataclasses import replace
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig
from ccds_core.config.variants import variant_config
from ccds_core.data.datasets import load_image_data
from ccds_core.training.diagnosis import (
    DEAD,
    SATURATED,
    diagnose_fresh,
    diagnose_signal,
    diagnose_steps,
    gradient_ratio_text,
)
from ccds_core.training.first_steps_records import FORMAT, LayerTrace, TrainingTrace
from ccds_core.training.signal import Probe, probe_batch, read_fresh
from ccds_core.training.signal_records import FreshSignal, LayerSignal, Signal, TensorRecord

SIGMOID = CnnOptions(activation="sigmoid")


def layer(name, activation="", gradient=1e-3, **changes):
    whole = {"pre_activation_mean": 0.0, "pre_activation_abs": 0.1, "pre_activation_spread": 0.1, "output_spread": 0.1,
             "saturated": None, "dead": None, "weight_rms": 0.01, "gradient_rms": gradient}  # fmt: skip
    return LayerSignal(name, activation, **(whole | changes))


def network(first=1e-3, middle=None, logit_spread=0.1):
    middle = middle or layer("fc1", "sigmoid", saturated=0.0)
    layers = (layer("conv1", "relu", first, dead=0.1), middle, layer("fc2"))
    return Signal(layers, 10, 0.002, logit_spread, 2.3)


def recording(losses=None, saturated=None, dead=None, asked=None):
    n = 21
    losses = tuple(losses or [2.303] * n)
    flat = (0.1,) * len(losses)
    course = LayerTrace("fc1", "sigmoid" if saturated else "relu", flat, flat, flat, saturated, dead)
    config = variant_config(SIGMOID, "adam", DataConfig("digits", "seeded"))
    asked = asked or len(losses) - 1
    return TrainingTrace(FORMAT, config, "made up", 10, 20, asked, losses, flat, flat, (course,))


@pytest.mark.parametrize(
    ("signal", "kind", "evidence"),
    [
        (network(), "healthy", ["1× the last", "no unit"]),
        (network(first=2e-7, middle=layer("fc1", "sigmoid", output_spread=4e-5, saturated=0.0)), "collapsed",
         ["1/5,000", "no unit is saturated", "4e-5 between images", "Collapsed signal: after fc1"]),
        (network(first=2e-7, middle=layer("fc1", "gelu")), "vanishing", ["1/5,000", "logits vary by 0.1"]),
        (network(first=0.0), "vanishing", ["zero"]),
        (network(middle=layer("fc1", "sigmoid", saturated=0.94)), "saturated", ["94 %", "fc1"]),
        (network(middle=layer("fc1", "relu", dead=0.97)), "dead", ["97 %", "fc1"]),
        (network(first=0.5), "exploding", ["500×"]),
    ],
    ids=["healthy", "collapsed", "vanishing", "no gradient", "saturated", "dead", "exploding"],
)  # fmt: skip
def test_diagnosis_kind_and_numbers(signal, kind, evidence):
    diagnosis = diagnose_signal(signal)
    assert diagnosis.kind == kind
    assert all(word in diagnosis.sentence for word in evidence), diagnosis.sentence
    assert diagnosis.sentence.endswith(".")


@pytest.mark.parametrize(
    ("steps", "kind", "evidence"),
    [
        (recording(losses=[2.3] * 10 + [1.2] * 11), "healthy", ["Learns", "loss is 1.20 after 20 steps"]),
        (recording(saturated=(0.0,) * 21), "collapsed", ["Plateau", "no unit", "2.303"]),
        (recording(saturated=(0.0,) * 7 + (0.94,) * 14), "saturated", ["at step 7", "94 %", "and the loss is 2.30"]),
        (recording([1.0] * 21, saturated=(0.9,) * 21), "saturated", ["at step 0", "but", "1.00"]),
        (recording(dead=(0.2,) * 20 + (0.99,)), "dead", ["99 %", "fc1"]),
        (recording(losses=[2.3, 400.0], asked=20), "exploding", ["step 1"]),
    ],
    ids=["learns", "plateau", "saturates", "saturated and learns", "dies", "runs away"],
)
def test_diagnosis_over_first_steps(steps, kind, evidence):
    diagnosis = diagnose_steps(steps)
    assert diagnosis.kind == kind
    assert all(word in diagnosis.sentence for word in evidence), diagnosis.sentence


@given(share=st.floats(0, 1), dead=st.floats(0, 1), first=st.floats(1e-9, 10))
def test_saturated_and_dead_start_exactly_at_their_thresholds(share, dead, first):
    middle = layer("fc1", "sigmoid", saturated=share)
    assert (diagnose_signal(network(first, middle)).kind == "saturated") == (share >= SATURATED)
    middle = layer("fc1", "relu", dead=dead)
    assert (diagnose_signal(network(first, middle)).kind == "dead") == (dead >= DEAD)


@pytest.mark.parametrize(
    ("times", "kind"), [(0.0099, "vanishing"), (0.0101, "healthy"), (99, "healthy"), (100.5, "exploding")]
)
def test_gradients_a_hundred_times_apart_are_a_problem(times, kind):
    """The bounds were measured; `VANISHING` and `EXPLODING` say on what."""
    assert diagnose_signal(network(1e-3 * times, layer("fc1", "tanh"))).kind == kind


def test_loss_at_chance_is_not_learning():
    assert diagnose_steps(recording(losses=[log(10)] * 21)).kind == "collapsed"
    assert diagnose_steps(recording(losses=[log(10) - 0.2] * 21)).kind == "healthy"


def test_initialization_that_redraws_nothing_is_reported():
    tensors = (TensorRecord("linears.fc1.weight", (4, 4), 0.1, False),)
    written = replace(SIGMOID, initialisation="xavier-as-written")
    diagnosis = diagnose_fresh(FreshSignal(written, 0, network(), tensors))
    assert diagnosis.kind == "untouched"
    assert "0 of 1 tensors" in diagnosis.sentence
    assert "healthy" in diagnosis.sentence
    assert diagnose_fresh(FreshSignal(SIGMOID, 0, network(), tensors)).kind == "healthy"


@pytest.mark.parametrize(
    ("ratio", "said"), [(0.59, "0.59×"), (1 / 612, "1/610 of"), (2.3e-7, "1/4,300,000 of"), (0.0, "zero")]
)
def test_gradient_ratio_in_words(ratio, said):
    assert gradient_ratio_text(ratio).startswith(said)


@pytest.fixture(scope="module")
def probe() -> Probe:
    return probe_batch(load_image_data(DataConfig("digits", "seeded")))


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (CnnOptions(), "healthy"),
        (SIGMOID, "collapsed"),
        (replace(SIGMOID, extra_conv=True), "collapsed"),
        (replace(SIGMOID, linear_layers=7), "collapsed"),
        (replace(SIGMOID, linear_layers=7, linear_batch_norm=True), "healthy"),
        (CnnOptions(activation="gelu", linear_layers=7), "vanishing"),
        (replace(SIGMOID, initialisation="xavier-as-written"), "untouched"),
    ],
)
def test_diagnosis_of_the_workshops_networks(options, kind, probe):
    assert diagnose_fresh(read_fresh(options, probe)).kind == kind
