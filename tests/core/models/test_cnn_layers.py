"""The plan of a CNN counts what the real one has, and says what architecture 1 has not."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ccds_core.config.options import ACTIVATIONS, INITIALISATIONS, CnnOptions
from ccds_core.config.presets import PRESETS
from ccds_core.models.cnn import build as build_cnn
from ccds_core.models.cnn import initialise
from ccds_core.models.cnn_diff import (
    BASE,
    changes_title,
    compare_layers,
    count_redrawn,
    describe_changes,
    layer_table,
    say_shape,
)
from ccds_core.models.cnn_layers import list_layers
from ccds_core.runs.execute import count_multiply_adds

ANY_OPTIONS = st.builds(
    CnnOptions,
    activation=st.sampled_from(ACTIVATIONS),
    extra_conv=st.booleans(),
    linear_batch_norm=st.booleans(),
    conv_batch_norm=st.booleans(),
    dropout=st.sampled_from((0.0, 0.1, 0.5)),
    initialisation=st.sampled_from(INITIALISATIONS),
    linear_layers=st.integers(3, 7),
)
FEW = settings(max_examples=25)


def planless(options, n_classes=10):
    """The network on torch's meta device: shapes without numbers."""
    with torch.device("meta"):
        return build_cnn(options, n_classes)


@FEW
@given(ANY_OPTIONS, st.integers(2, 20))
def test_the_plan_counts_what_the_network_has_and_does(options, n_classes):
    model, layers = planless(options, n_classes), list_layers(options, n_classes)
    assert sum(layer.parameters for layer in layers) == sum(parameter.numel() for parameter in model.parameters())
    chain = nn.Sequential(model.convs, nn.Flatten(), model.linears)  # no autocast, which has no meta device
    images = torch.zeros(1, 3, 32, 32, device="meta")
    assert sum(layer.multiply_adds for layer in layers) == count_multiply_adds(chain, (images,))


@FEW
@given(ANY_OPTIONS)
def test_each_planned_layer_is_the_networks_in_name_shape_and_parameters(options):
    model = planless(options).eval()
    modules = {name: module for name, module in model.named_modules() if "." in name}
    layers = list_layers(options)
    assert [f"{layer.part}.{layer.name}" for layer in layers] == list(modules)
    reached = torch.zeros(1, 3, 32, 32, device="meta")
    for layer in layers:
        reached = reached.flatten(1) if layer.part == "linears" else reached
        assert reached.shape[1:] == layer.enters
        module = modules[f"{layer.part}.{layer.name}"]
        reached = module(reached)
        assert reached.shape[1:] == layer.leaves, layer.name
        assert sum(parameter.numel() for parameter in module.parameters()) == layer.parameters, layer.name


def test_architecture_1_has_its_stored_figures():
    table = layer_table(compare_layers(BASE))
    total = table.iloc[-1]
    assert total["params"] == 5_851_338
    assert total["MACs"] == pytest.approx(137.7e6, rel=1e-3)
    assert total["Δ params"] == total["Δ MACs"] == 0
    assert set(table["vs. A1"][:-1]) == {"same"}
    assert "72 %" in changes_title(BASE)


@FEW
@given(ANY_OPTIONS)
def test_what_a_network_has_more_is_its_size_less_architecture_1s(options):
    table, base = layer_table(compare_layers(options)), layer_table(compare_layers(BASE))
    for name in ("params", "MACs"):
        assert table[name].iloc[-1] - base[name].iloc[-1] == table[f"Δ {name}"].iloc[-1]
        assert table[name].iloc[:-1].sum() == table[name].iloc[-1]
        assert table[f"% of {name}"].iloc[:-1].sum() == pytest.approx(1)
    assert len(table) - len(base) == (table["vs. A1"] == "new").sum(), "nothing is ever taken away"


@FEW
@given(ANY_OPTIONS)
def test_the_redrawn_tensors_are_those_that_the_initialisation_touches(options):
    touched = initialise(planless(options), options.initialisation)
    assert count_redrawn(options) == touched


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (CnnOptions("sigmoid"), "2 layers differ from architecture 1: sigmoid instead of ReLU after 2 FC layers"),
        (CnnOptions(extra_conv=True), "2 layers differ from architecture 1: an extra conv layer"),
        (CnnOptions(conv_batch_norm=True), "6 layers differ from architecture 1: batch norm on 6 conv layers"),
        (CnnOptions(linear_layers=4), "2 layers differ from architecture 1: 4 FC layers instead of 3"),
        (
            CnnOptions(initialisation="xavier-as-written"),
            "No layer differs from architecture 1: Xavier (report's bug) redraws 0 tensors",
        ),
    ],
)
def test_the_title_says_what_differs_and_how_much(options, said):
    assert changes_title(options) == said


@given(ANY_OPTIONS)
def test_every_toggle_that_is_moved_is_told_and_no_other(options):
    moved = sum(value != getattr(BASE, name) for name, value in vars(options).items())
    assert len(describe_changes(options)) == moved


def test_the_repaired_architecture_5_redraws_its_linear_layers_and_the_one_as_written_none():
    statuses = {
        name: {each.layer.name: each.status for each in compare_layers(PRESETS[name].options)}
        for name in ("architecture-5", "architecture-5-repaired")
    }
    assert statuses["architecture-5"]["fc1"] == "same"
    assert statuses["architecture-5-repaired"]["fc1"] == "redrawn"
    assert statuses["architecture-5"]["sigmoid1"] == "changed"
    assert statuses["architecture-5"]["conv7"] == statuses["architecture-5"]["dropout2"] == "new"


def test_a_longer_head_keeps_its_last_layer():
    statuses = {each.layer.name: each.status for each in compare_layers(CnnOptions(linear_layers=5))}
    assert statuses["fc5"] == "same"
    assert statuses["fc3"] == statuses["fc4"] == statuses["relu4"] == "new"


def test_a_shape_is_said_as_height_width_channels():
    assert say_shape((64, 32, 32)) == "32 × 32 × 64"
    assert say_shape((1024,)) == "1,024"
