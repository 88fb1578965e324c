"""The layers between image and answer: the same numbers that the network computes, read without hooks."""

import numpy as np
import pytest
import torch

from ccds_core.data.examples import open_example
from ccds_core.errors import InvalidConfigError
from ccds_core.explain.activations import LayerMaps, conv_behind, layer_names, read_filters, read_layer, read_sum
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier


@pytest.fixture(scope="module")
def cnn():
    return load_classifier(find_run("architecture-3"))


@pytest.fixture(scope="module")
def cat(cnn):
    return cnn.encode(open_example("cat (drawn)"))


def test_the_last_layer_is_the_networks_own_last_feature_map(cnn, cat):
    found = read_layer(cnn, cat, layer_names(cnn)[-1])
    with torch.no_grad():
        np.testing.assert_array_equal(found.maps, cnn.model.features(cat)[0].numpy())


def test_a_conv_is_its_filters_over_the_layer_before_it(cnn, cat):
    before, after = read_layer(cnn, cat, "relu1").maps, read_layer(cnn, cat, "conv2").maps
    kernel, bias = read_filters(cnn, "conv2")[5], float(cnn.model.convs.conv2.bias[5])
    window = np.pad(before, ((0, 0), (1, 1), (1, 1)))[:, 9:12, 20:23]  # around row 9, column 20
    assert after[5, 9, 20] == pytest.approx(float((kernel * window).sum()) + bias, abs=1e-4)


@pytest.mark.parametrize(("conv", "channel"), [("conv1", 3), ("conv2", 5), ("conv5", 200)])
def test_the_products_and_the_bias_add_up_to_every_value_of_the_map_also_at_its_edge(cnn, cat, conv, channel):
    found = read_layer(cnn, cat, conv).maps[channel]
    last = len(found) - 1
    for row, column in ((0, 0), (0, last), (last, 0), (last, last), (last // 2, 3)):
        value = read_sum(cnn, cat, conv, (channel, row, column))
        assert value.value == pytest.approx(float(found[row, column]), abs=1e-4)
        np.testing.assert_array_equal(value.weights, read_filters(cnn, conv)[channel])
    assert (read_sum(cnn, cat, conv, (channel, 0, 0)).inputs[:, 0] == 0).all(), "nothing lies above the first row"
    with pytest.raises(InvalidConfigError, match="'relu1' is no conv"):
        read_sum(cnn, cat, "relu1", (0, 0, 0))


def test_every_layer_has_a_conv_behind_it_with_as_many_filters_as_it_has_channels(cnn, cat):
    for name in layer_names(cnn):
        conv = conv_behind(cnn, name)
        assert conv.startswith("conv")
        assert len(read_filters(cnn, conv)) == len(read_layer(cnn, cat, name).maps)
    assert conv_behind(cnn, "pool2") == "conv4"
    assert read_filters(cnn, "pool2") is None


def test_a_relu_has_no_sign_and_its_silent_channels_are_counted(cnn, cat):
    relu, conv = read_layer(cnn, cat, "relu3"), read_layer(cnn, cat, "conv3")
    assert conv.signed
    assert not relu.signed
    assert relu.n_silent == conv.n_silent
    assert LayerMaps("made up", np.array([[[0.0]], [[2.0]], [[0.0]]], np.float32), False).n_silent == 2


def test_a_layer_that_is_not_there_is_a_clear_error(cnn, cat):
    with pytest.raises(InvalidConfigError, match="conv7"):
        read_layer(cnn, cat, "conv99")
