"""Where a CNN looked: right where the answer is known, complete where theory says so, and without a trace."""

import numpy as np
import pytest
import torch

from ccds_core.config.presets import PRESETS
from ccds_core.data.examples import EXAMPLES, open_example
from ccds_core.errors import InvalidConfigError
from ccds_core.explain.faithfulness import RANDOM, erase, gain, mean_gain
from ccds_core.explain.image_methods import (
    GRID,
    LARGEST_GAP,
    ask_patches,
    explain_everything,
    explain_for_erasure,
    explain_image,
    half_share,
    score_patches,
)
from ccds_core.explain.methods import IMAGE_METHODS
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.known_models import SIDE, corner_classifier

CNNS = [name for name, preset in PRESETS.items() if preset.model == "cnn"]


@pytest.fixture(scope="module")
def images():
    return torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0)) + 0.2


@pytest.fixture(scope="module")
def cnn():
    return load_classifier(find_run("architecture-4"))


@pytest.fixture(scope="module")
def cat(cnn):
    return cnn.encode(open_example("cat (drawn)"))


@pytest.mark.parametrize("method", IMAGE_METHODS)
def test_a_network_that_looks_at_one_corner_is_explained_by_that_corner(images, method):
    values = explain_image(corner_classifier(), images, 0, method).attribution.values
    height, width = values.shape
    corner = np.zeros((height, width), bool)
    reach = SIDE if method == "occlusion" else 0  # a square that only touches the corner hides a part of it
    corner[: (SIDE + reach) * height // 32, : (SIDE + reach) * width // 32] = True
    assert values[corner].max() > 0
    np.testing.assert_allclose(values[~corner], 0, atol=1e-6)
    assert 0 < half_share(values) <= corner.mean()


@pytest.mark.parametrize("method", [name for name, method in IMAGE_METHODS.items() if method.signed])
def test_what_speaks_for_one_of_two_opposite_classes_speaks_against_the_other(images, method):
    one, other = (explain_image(corner_classifier(), images, target, method).attribution for target in (0, 1))
    assert one.signed
    np.testing.assert_allclose(one.values, -other.values, atol=1e-5)


@pytest.mark.parametrize("name", CNNS)
@pytest.mark.parametrize("example", ["cat (drawn)", "ship (drawn)"])
def test_integrated_gradients_add_up_to_the_difference_of_the_logits(name, example):
    classifier = load_classifier(find_run(name))
    images = classifier.encode(open_example(example))
    target = classifier.predict(images).index
    found = explain_image(classifier, images, target, "integrated-gradients").attribution
    ends = classifier.model(torch.cat([images, torch.zeros_like(images)])).double()[:, target]
    difference = float(ends[0] - ends[1])
    assert found.values.sum() == pytest.approx(difference, abs=LARGEST_GAP)
    assert found.completeness_gap == pytest.approx(difference - found.values.sum(), abs=1e-3)


def test_only_integrated_gradients_promise_completeness_and_each_map_says_its_size_and_time(cnn, cat):
    for name, found in explain_everything(cnn, cat, 3).items():
        assert (found.attribution.completeness_gap is not None) == (name == "integrated-gradients")
        assert found.resolution == ("4 × 4" if name == "grad-cam" else "32 × 32")
        assert found.seconds > 0
        assert found.attribution.signed == IMAGE_METHODS[name].signed
        if not found.attribution.signed:
            assert found.attribution.values.min() >= 0


def test_explaining_leaves_the_network_as_it_was(cnn, cat, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a hook was registered, or gradients were left behind")

    for name in [name for name in dir(torch.nn.Module) if name.startswith("register_") and name.endswith("hook")]:
        monkeypatch.setattr(torch.nn.Module, name, refuse)
    monkeypatch.setattr(torch.Tensor, "backward", refuse)
    before = {name: value.clone() for name, value in cnn.model.state_dict().items()}  # batch norm's statistics too
    explain_everything(cnn, cat, 3)
    explain_for_erasure(cnn, cat, 3)
    for name, value in cnn.model.state_dict().items():
        assert torch.equal(value, before[name])
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in cnn.model.parameters())
    assert not any(module.training for module in cnn.model.modules())


def test_erasing_the_corner_ends_the_answer_and_keeping_it_keeps_it(images):
    scores, ask = explain_for_erasure(corner_classifier(), images, 0)
    erasures = erase(scores, ask)
    for name in IMAGE_METHODS:
        found = gain(erasures[name], erasures[RANDOM])
        assert found.comprehensiveness > 0.05, name
        assert found.sufficiency > 0.05, name


@pytest.mark.slow
def test_a_random_ranking_gains_about_nothing_on_a_real_network(cnn):
    gains = []
    for seed, name in enumerate(EXAMPLES):
        images = cnn.encode(open_example(name))
        ask = ask_patches(cnn, images, cnn.predict(images).index)
        noise = np.random.default_rng(seed + 100).normal(size=GRID**2)
        found = erase({"noise": noise}, ask, seed)
        gains.append(gain(found["noise"], found[RANDOM]).comprehensiveness)
    mean = mean_gain(gains)
    assert mean.low < 0 < mean.high
    assert abs(mean.mean) < 0.1


def test_patches_add_up_and_a_coarse_map_is_spread_over_them():
    fine = np.random.default_rng(0).normal(size=(32, 32))
    assert score_patches(fine).sum() == pytest.approx(fine.sum())
    assert score_patches(fine)[1] == pytest.approx(fine[:4, 4:8].sum())
    coarse = np.arange(16.0).reshape(4, 4)
    assert score_patches(coarse).reshape(GRID, GRID)[:2, :4].tolist() == [[0, 0, 1, 1], [0, 0, 1, 1]]


def test_half_of_the_evidence_is_counted_from_the_strongest_place_on():
    assert half_share(np.array([[4.0, 1], [1, -9]])) == 0.25
    assert half_share(np.array([[1.0, 1], [1, 1]])) == 0.5
    assert half_share(np.array([[-1.0, -2], [0, 0]])) == 0.0


@pytest.mark.parametrize(("target", "method", "said"), [(3, "lime", "integrated-gradients"), (99, "saliency", "99")])
def test_a_method_or_a_class_that_is_not_there_is_a_clear_error(cnn, cat, target, method, said):
    with pytest.raises(InvalidConfigError, match=said):
        explain_image(cnn, cat, target, method)
