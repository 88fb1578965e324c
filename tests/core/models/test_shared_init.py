"""Runs that are compared begin alike: the same first weights where shapes match, the same order of examples."""

from dataclasses import replace
from itertools import combinations

import pytest
import torch

from ccds_core.config.options import CnnOptions, EmbeddingOptions
from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.errors import InvalidConfigError
from ccds_core.models.registry import prepare

ARCHITECTURES = [f"architecture-{number}" for number in (1, 2, 3, 4)]
TWIN = TrainConfig(batch_size=30, precision="float32", twin_start=True)
DIGITS = DataConfig("digits", "seeded", limit=90)


def fresh(options, train=TWIN):
    return prepare(RunConfig("a", options=options, data=DIGITS, train=train))


def weights(options, train=TWIN):
    return fresh(options, train).model.state_dict()


@pytest.fixture(autouse=True)
def small(small_cnn):
    """The small network."""


@pytest.mark.parametrize(("one", "other"), list(combinations(ARCHITECTURES, 2)))
def test_architectures_of_one_seed_share_every_tensor_that_both_have(one, other):
    first, second = (weights(PRESETS[name].config("a").options) for name in (one, other))
    common = [name for name in first if name in second and first[name].shape == second[name].shape]
    assert len(common) >= 18  # six convs and three linear layers, weight and bias
    assert all(torch.equal(first[name], second[name]) for name in common)


def test_without_it_an_extra_conv_moves_the_linear_layers_on():
    plain = replace(TWIN, twin_start=False)
    one, other = weights(CnnOptions(), plain), weights(CnnOptions(extra_conv=True), plain)
    assert not torch.equal(one["linears.fc1.weight"], other["linears.fc1.weight"])


def test_architecture_1_itself_begins_as_ever():
    one, other = weights(CnnOptions()), weights(CnnOptions(), replace(TWIN, twin_start=False))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_what_an_initialiser_redraws_is_its_own_and_the_rest_is_the_twins():
    plain, xavier = weights(CnnOptions()), weights(CnnOptions(extra_conv=True, initialisation="xavier"))
    assert torch.equal(plain["convs.conv3.weight"], xavier["convs.conv3.weight"])
    assert not torch.equal(plain["linears.fc1.weight"], xavier["linears.fc1.weight"])
    again = weights(CnnOptions(initialisation="xavier"))
    assert torch.equal(again["linears.fc1.weight"], xavier["linears.fc1.weight"])


def test_deeper_networks_share_what_has_the_same_shape():
    plain, deep = weights(CnnOptions()), weights(CnnOptions(linear_layers=5, conv_batch_norm=True))
    assert torch.equal(plain["linears.fc1.weight"], deep["linears.fc1.weight"])
    assert plain["linears.fc3.weight"].shape != deep["linears.fc3.weight"].shape


def test_equal_seed_and_batch_size_give_the_same_order_of_examples():
    orders = []
    for options in (CnnOptions(), CnnOptions("sigmoid", extra_conv=True, linear_batch_norm=True, dropout=0.5)):
        batches = fresh(options).data.train_batches(TWIN)
        orders.append([batch.rows.tolist() for batch in batches.epoch(30, torch.Generator().manual_seed(7))])
    assert orders[0] == orders[1]


def test_texts_have_no_twin():
    with pytest.raises(InvalidConfigError, match="twin_start is for images"):
        RunConfig("a", "text-embedding", EmbeddingOptions(), DataConfig("emotion", "official"), TWIN)
