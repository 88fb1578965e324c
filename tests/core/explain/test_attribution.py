"""Explanations of any function from a tensor to logits: exact where theory says so, and no trace left on the model."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from ccds_core.explain.attribution import (
    Attribution,
    gradient_times_input,
    input_gradient,
    sum_last_axis,
    sum_over_words,
)
from ccds_core.explain.integrated_gradients import integrate_to_gap

METHODS = {
    "gradient": input_gradient,
    "gradient × input": gradient_times_input,
    "integrated gradients": lambda *words: integrate_to_gap(*words, torch.zeros(1, 5, 3), 0.05),
}


@pytest.fixture
def network():
    """A curved function of (B, 5, 3) to (B, 4), frozen as loaded models are."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Flatten(), nn.Linear(15, 8), nn.Tanh(), nn.Linear(8, 4)).double()
    return model.eval().requires_grad_(False)


@pytest.fixture
def inputs():
    return torch.randn(1, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("target", range(4))
def test_integrated_gradients_add_up_to_the_difference_of_the_logits(network, inputs, target):
    baseline = torch.full_like(inputs, 0.3)
    explained = integrate_to_gap(network, inputs, target, baseline, 1e-6)
    difference = float((network(inputs) - network(baseline))[0, target])
    assert explained.values.sum() == pytest.approx(difference, abs=1e-6)
    assert explained.completeness_gap == pytest.approx(difference - explained.values.sum(), abs=1e-12)
    assert (explained.values.shape, explained.signed, explained.target) == ((5, 3), True, target)


def test_on_a_linear_function_both_methods_are_the_weights_times_the_inputs(inputs):
    weights = torch.arange(30.0, dtype=torch.float64).reshape(15, 2)
    baseline = torch.ones_like(inputs)
    linear = lambda tensor: tensor.flatten(1) @ weights  # noqa: E731
    expected = weights[:, 1].reshape(5, 3)
    np.testing.assert_allclose(input_gradient(linear, inputs, 1)[0], expected)
    np.testing.assert_allclose(gradient_times_input(linear, inputs, 1).values, expected * inputs[0])
    difference = integrate_to_gap(linear, inputs, 1, baseline, 1e-6)
    np.testing.assert_allclose(difference.values, expected * (inputs - baseline)[0], rtol=1e-6)


def test_the_gradient_is_the_slope(network, inputs):
    gradient = input_gradient(network, inputs, 2)
    step = torch.zeros_like(inputs)
    step[0, 3, 1] = 1e-6
    slope = (network(inputs + step) - network(inputs - step))[0, 2] / 2e-6
    assert float(gradient[0, 3, 1]) == pytest.approx(float(slope), rel=1e-6)


@pytest.mark.parametrize("explain", METHODS.values(), ids=METHODS)
def test_explaining_leaves_no_trace_and_registers_nothing(network, inputs, explain, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a hook was registered")

    for name in [name for name in dir(nn.Module) if name.startswith("register_") and name.endswith("hook")]:
        monkeypatch.setattr(nn.Module, name, refuse)
    monkeypatch.setattr(torch.Tensor, "register_hook", refuse)
    monkeypatch.setattr(torch.Tensor, "backward", refuse)
    weights = [parameter.clone() for parameter in network.parameters()]
    before = inputs.clone()
    explain(network, inputs, 1)
    assert torch.equal(inputs, before)
    assert not inputs.requires_grad
    assert inputs.grad is None
    for parameter, weight in zip(network.parameters(), weights, strict=True):
        assert torch.equal(parameter, weight)
        assert parameter.grad is None
        assert not parameter.requires_grad
    assert not network.training


@pytest.mark.parametrize("explain", METHODS.values(), ids=METHODS)
def test_explaining_works_where_gradients_are_switched_off(network, inputs, explain):
    with torch.no_grad():
        explain(network, inputs, 0)
        assert not torch.is_grad_enabled()


def test_eight_visitors_at_once_get_what_each_gets_alone(network):
    asked = [torch.randn(1, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(n)) for n in range(8)]
    explain = partial(integrate_to_gap, network, target=3, baseline=torch.zeros(1, 5, 3).double(), largest_gap=1e-4)
    alone = [explain(each).values for each in asked]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda each: explain(each).values, asked))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_words_take_the_sum_of_their_pieces_and_special_tokens_are_left_out():
    pieces = Attribution(np.array([[4.0, 4], [1, 0], [2, 1], [-5, 1], [7, 0]]), True, "made up", 0)
    tokens = sum_last_axis(pieces)
    np.testing.assert_array_equal(tokens.values, [8, 1, 3, -4, 7])
    words = sum_over_words(tokens, [None, 0, 2, 2, None], 3)
    np.testing.assert_array_equal(words.values, [1, 0, -1])
    assert (words.method, words.signed) == ("made up", True)
