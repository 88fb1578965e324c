"""The signal in every layer agrees with autograd and with arithmetic by hand; reading it leaves no trace."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from ccds_core.config.options import ACTIVATIONS, CnnOptions
from ccds_core.errors import InvalidInputError
from ccds_core.models import cnn
from ccds_core.training.signal import read_activations, read_signal, read_step
from tests.support.shared_state import assert_untouched, state_of

OPTIONS = st.builds(
    CnnOptions,
    activation=st.sampled_from(ACTIVATIONS),
    extra_conv=st.booleans(),
    linear_batch_norm=st.booleans(),
    conv_batch_norm=st.booleans(),
    initialisation=st.sampled_from(["default", "xavier", "he"]),
    linear_layers=st.integers(3, 7),
)


class ByHand(nn.Module):
    """Two linear layers on flattened images of 2 x 2 grey pixels, nothing before them."""

    def __init__(self, activation):
        super().__init__()
        self.convs = nn.Sequential()
        self.linears = nn.Sequential()
        self.linears.add_module("fc1", nn.Linear(4, 3))
        self.linears.add_module("act1", activation)
        self.linears.add_module("fc2", nn.Linear(3, 2))


@pytest.fixture
def images():
    return torch.randn(6, 3, 32, 32, generator=torch.Generator().manual_seed(0))


LABELS = torch.tensor([0, 1, 2, 3, 4, 4])


def build(options, seed=0):
    torch.manual_seed(seed)
    return cnn.build(options, 5)


def rms(values):
    return float(np.sqrt(np.mean(np.square(np.asarray(values, np.float64)))))


def test_a_sigmoid_network_read_by_hand():
    torch.manual_seed(3)
    model = ByHand(nn.Sigmoid())
    with torch.no_grad():
        model.linears.fc1.weight.mul_(6)  # so that some units are near an end
    images = torch.randn(5, 1, 2, 2)
    labels = torch.tensor([0, 1, 1, 0, 1])
    found = read_signal(model, images, labels)

    x = images.flatten(1).numpy().astype(np.float64)
    w1, b1, w2, b2 = (p.detach().numpy().astype(np.float64) for p in model.parameters())
    before = x @ w1.T + b1
    hidden = 1 / (1 + np.exp(-before))
    logits = hidden @ w2.T + b2
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    wrong = odds / odds.sum(axis=1, keepdims=True)
    assert found.loss == pytest.approx(-np.log(wrong[np.arange(5), labels]).mean(), rel=1e-5)
    wrong[np.arange(5), labels] -= 1
    wrong /= len(x)  # d loss / d logits
    first, last = found.layers
    assert (first.name, first.activation, last.name, last.activation) == ("fc1", "sigmoid", "fc2", "")
    assert last.gradient_rms == pytest.approx(rms(wrong.T @ hidden), rel=1e-4)
    assert first.gradient_rms == pytest.approx(rms((wrong @ w2 * hidden * (1 - hidden)).T @ x), rel=1e-4)
    assert found.gradient_ratio == pytest.approx(first.gradient_rms / last.gradient_rms)
    assert first.pre_activation_mean == pytest.approx(before.mean(), abs=1e-5)
    assert first.pre_activation_abs == pytest.approx(np.abs(before).mean(), rel=1e-5)
    assert first.pre_activation_spread == pytest.approx(before.std(axis=0, ddof=1).mean(), rel=1e-4)
    assert first.output_spread == pytest.approx(hidden.std(axis=0, ddof=1).mean(), rel=1e-4)
    assert found.logit_spread == pytest.approx(logits.std(axis=0, ddof=1).mean(), rel=1e-4)
    assert found.feature_spread == pytest.approx(x.std(axis=0, ddof=1).mean(), rel=1e-4)
    share = ((hidden < 0.05) | (hidden > 0.95)).mean()
    assert 0 < share < 1
    assert first.saturated == found.saturated == pytest.approx(share)
    assert first.decay_ratio(1e-3) == pytest.approx(first.gradient_rms / (1e-3 * rms(w1)), rel=1e-4)
    assert first.decay_ratio(0) is None


def test_dead_and_saturated_units_are_counted_as_they_were_made():
    model = ByHand(nn.ReLU())
    with torch.no_grad():
        model.linears.fc1.weight.zero_()
        model.linears.fc1.bias.copy_(torch.tensor([-1.0, 2.0, -3.0]))
    relu = read_activations(model, torch.randn(4, 1, 2, 2)).layer("fc1")
    assert relu.dead == pytest.approx(2 / 3)
    assert relu.saturated is None
    model.linears.act1 = nn.Tanh()
    tanh = read_activations(model, torch.randn(4, 1, 2, 2)).layer("fc1")
    assert tanh.saturated == pytest.approx(2 / 3)  # tanh of 1 is 0.76, of 2 and 3 beyond 0.9
    assert tanh.dead is None
    assert tanh.output_spread == 0


@pytest.mark.usefixtures("small_cnn")
@example_settings(max_examples=25)
@given(options=OPTIONS, seed=st.integers(0, 99))
def test_loss_and_gradients_are_those_of_backward_in_training_mode(options, seed):
    model = build(options, seed)
    images = torch.randn(6, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
    twin = deepcopy(model).train()
    loss = functional.cross_entropy(twin(images), LABELS)
    loss.backward()
    found = read_signal(model, images, LABELS)
    assert found.loss == pytest.approx(loss.item(), rel=1e-5)
    weighted = {n.split(".")[-1]: m for n, m in twin.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    assert [layer.name for layer in found.layers] == list(weighted)
    for layer in found.layers:
        assert layer.gradient_rms == pytest.approx(rms(weighted[layer.name].weight.grad), rel=1e-3, abs=1e-12)
        assert layer.weight_rms == pytest.approx(rms(weighted[layer.name].weight.detach()), rel=1e-4)


@pytest.mark.usefixtures("small_cnn")
@pytest.mark.parametrize("mode", [True, False], ids=["training", "evaluating"])
@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "trainable"])
def test_reading_leaves_weights_statistics_gradients_chance_and_mode_alone(images, mode, frozen):
    model = build(CnnOptions(activation="sigmoid", linear_batch_norm=True, conv_batch_norm=True, dropout=0.5))
    model.train(mode).requires_grad_(not frozen)
    before, chance, given_images = state_of(model), torch.get_rng_state(), images.clone()
    read_signal(model, images, LABELS)
    read_activations(model, images)
    read_step(model, images)
    assert_untouched(before, model)
    assert torch.equal(chance, torch.get_rng_state())
    assert torch.equal(given_images, images)


@pytest.mark.usefixtures("small_cnn")
def test_what_a_step_left_in_place_is_read_and_kept(images):
    model = build(CnnOptions(activation="tanh"))
    functional.cross_entropy(model(images), LABELS).backward()
    kept = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    found = read_step(model, images)
    computed = read_signal(model, images, LABELS)
    for one, other in zip(found.layers, computed.layers, strict=True):
        assert one.gradient_rms == pytest.approx(other.gradient_rms, rel=1e-4)
    assert all(torch.equal(kept[name], parameter.grad) for name, parameter in model.named_parameters())
    assert read_activations(model, images).gradient_ratio is None


@pytest.mark.usefixtures("small_cnn")
@example_settings(max_examples=15)
@given(options=OPTIONS)
def test_shares_are_shares_and_only_where_they_mean_something(options):
    images = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    for layer in read_activations(build(options), images).layers:
        assert (layer.saturated is not None) == (layer.activation in ("sigmoid", "tanh"))
        assert (layer.dead is not None) == (layer.activation == "relu")
        assert all(0 <= share <= 1 for share in (layer.saturated, layer.dead) if share is not None)
        assert layer.pre_activation_abs >= abs(layer.pre_activation_mean) - 1e-6
        assert layer.output_spread <= layer.pre_activation_spread * 1.15 or layer.activation == "gelu"


@pytest.mark.usefixtures("small_cnn")
def test_one_image_has_no_std(images):
    with pytest.raises(InvalidInputError, match="two images"):
        read_activations(build(CnnOptions()), images[:1])
