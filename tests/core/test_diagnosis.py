"""The sentence fits the numbers: each case made by hand is called by its name, and quotes its evidence."""

from dataclasses import replace
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.beginnings import variant_config
from ccds_core.config import DataConfig
from ccds_core.data.catalog import load_image_data
from ccds_core.diagnosis import DEAD, SATURATED, beside_last, diagnose_fresh, diagnose_signal, diagnose_steps
from ccds_core.fresh_signals import Probe, probe_batch, read_fresh
from ccds_core.options import CnnOptions
from ccds_core.signals import FreshSignal, LayerSignal, Signal, TensorRecord
from ccds_core.step_records import FORMAT, FirstSteps, LayerCourse

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
    course = LayerCourse("fc1", "sigmoid" if saturated else "relu", flat, flat, flat, saturated, dead)
    config = variant_config(SIGMOID, "adam", DataConfig("digits", "seeded"))
    asked = asked or len(losses) - 1
    return FirstSteps(FORMAT, config, "made up", 10, 20, asked, losses, flat, flat, (course,))


@pytest.mark.parametrize(
    ("signal", "kind", "evidence"),
    [
        (network(), "healthy", ["1 times", "no unit"]),
        (network(first=2e-7, middle=layer("fc1", "sigmoid", output_spread=4e-5, saturated=0.0)), "washed-out",
         ["1/5,000", "0% of units", "4e-05", "not saturated", "fc1"]),
        (network(first=2e-7, middle=layer("fc1", "gelu")), "vanishing", ["1/5,000", "0.1 in the logits"]),
        (network(first=0.0), "vanishing", ["zero"]),
        (network(middle=layer("fc1", "sigmoid", saturated=0.94)), "saturated", ["94%", "fc1"]),
        (network(middle=layer("fc1", "relu", dead=0.97)), "dead", ["97%", "fc1"]),
        (network(first=0.5), "exploding", ["500 times"]),
    ],
    ids=["healthy", "washed out", "vanishing", "no gradient", "saturated", "dead", "exploding"],
)  # fmt: skip
def test_each_case_is_called_by_its_name_with_its_evidence(signal, kind, evidence):
    found = diagnose_signal(signal)
    assert found.kind == kind
    assert all(word in found.sentence for word in evidence), found.sentence
    assert found.sentence.endswith(".")


@pytest.mark.parametrize(
    ("steps", "kind", "evidence"),
    [
        (recording(losses=[2.3] * 10 + [1.2] * 11), "healthy", ["down to 1.20", "20 steps"]),
        (recording(saturated=(0.0,) * 21), "washed-out", ["plateau", "no unit", "2.303"]),
        (recording(saturated=(0.0,) * 7 + (0.94,) * 14), "saturated", ["at step 7", "94%", "and the loss is 2.30"]),
        (recording([1.0] * 21, saturated=(0.9,) * 21), "saturated", ["from the start", "and yet", "1.00"]),
        (recording(dead=(0.2,) * 20 + (0.99,)), "dead", ["99%", "fc1"]),
        (recording(losses=[2.3, 400.0], asked=20), "exploding", ["step 1"]),
    ],
    ids=["learns", "plateau", "saturates", "saturated and learns", "dies", "runs away"],
)
def test_what_happened_over_the_steps_is_called_by_its_name(steps, kind, evidence):
    found = diagnose_steps(steps)
    assert found.kind == kind
    assert all(word in found.sentence for word in evidence), found.sentence


@given(share=st.floats(0, 1), dead=st.floats(0, 1), first=st.floats(1e-9, 10))
def test_saturation_and_death_are_said_exactly_from_their_thresholds_on(share, dead, first):
    middle = layer("fc1", "sigmoid", saturated=share)
    assert (diagnose_signal(network(first, middle)).kind == "saturated") == (share >= SATURATED)
    middle = layer("fc1", "relu", dead=dead)
    assert (diagnose_signal(network(first, middle)).kind == "dead") == (dead >= DEAD)


def test_chance_is_not_called_learning_and_a_little_below_it_is():
    assert diagnose_steps(recording(losses=[log(10)] * 21)).kind == "washed-out"
    assert diagnose_steps(recording(losses=[log(10) - 0.2] * 21)).kind == "healthy"


def test_an_initialisation_that_wrote_nothing_is_said_first_and_the_default_is_not_blamed():
    tensors = (TensorRecord("linears.fc1.weight", (4, 4), 0.1, False),)
    written = replace(SIGMOID, initialisation="xavier-as-written")
    found = diagnose_fresh(FreshSignal(written, 0, network(), tensors))
    assert found.kind == "untouched"
    assert "0 of 1 tensors" in found.sentence
    assert "healthy" in found.sentence
    assert diagnose_fresh(FreshSignal(SIGMOID, 0, network(), tensors)).kind == "healthy"


@pytest.mark.parametrize(
    ("ratio", "said"), [(0.59, "0.59 times"), (1 / 612, "1/610 of"), (2.3e-7, "1/4,300,000 of"), (0.0, "zero")]
)
def test_a_ratio_is_said_as_a_person_would(ratio, said):
    assert beside_last(ratio).startswith(said)


@pytest.fixture(scope="module")
def probe() -> Probe:
    return probe_batch(load_image_data(DataConfig("digits", "seeded")))


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (CnnOptions(), "healthy"),
        (SIGMOID, "washed-out"),
        (replace(SIGMOID, extra_conv=True), "washed-out"),
        (replace(SIGMOID, linear_layers=7), "washed-out"),
        (replace(SIGMOID, linear_layers=7, linear_batch_norm=True), "healthy"),
        (CnnOptions(activation="gelu", linear_layers=7), "vanishing"),
        (replace(SIGMOID, initialisation="xavier-as-written"), "untouched"),
    ],
)
def test_the_workshops_own_networks_get_the_diagnosis_that_the_notes_give_them(options, kind, probe):
    assert diagnose_fresh(read_fresh(options, probe)).kind == kind
