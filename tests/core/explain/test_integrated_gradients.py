"""The way from the baseline, cut where the gradient turns: complete to the gap asked for, and no denser than needed."""

import numpy as np
import pytest
import torch

from ccds_core.explain import integrated_gradients
from ccds_core.explain.integrated_gradients import FIRST_PARTS, MOST_CUTS, POINTS, integrate_to_gap

BASELINE = torch.zeros(1, 3, dtype=torch.float64)
INPUTS = torch.tensor([[1.0, 2.0, -1.0]], dtype=torch.float64)
WEIGHTS = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)  # how much each number can add to the logit


def turn_at(place, sharpness):
    """Two logits: none, and one that rises within about 1 / `sharpness` of the way around `place`, for each number."""

    def logits(some):
        rise = (sharpness * (some / INPUTS - place)).sigmoid() * WEIGHTS
        return torch.stack([torch.zeros(len(some), dtype=torch.float64), rise.sum(dim=1)], dim=1)

    return logits


class Asked:
    """A function, and at which shares of the way it was asked."""

    def __init__(self, function):
        self.function = function
        self.places = []
        self.sizes = []

    def __call__(self, some):
        self.places += (some[:, 0] / INPUTS[0, 0]).tolist()
        self.sizes.append(len(some))
        return self.function(some)


@pytest.mark.parametrize("gap", [0.1, 1e-3, 1e-6])
@pytest.mark.parametrize("sharpness", [1, 30, 200])
def test_values_add_up_to_what_the_logit_gained_within_the_gap(sharpness, gap):
    logits = turn_at(0.7, sharpness)
    found = integrate_to_gap(logits, INPUTS, 1, BASELINE, gap)
    difference = float((logits(INPUTS) - logits(BASELINE))[0, 1])
    assert found.values.sum() == pytest.approx(difference, abs=gap)
    assert found.completeness_gap == pytest.approx(difference - found.values.sum(), abs=1e-12)
    assert (found.values.shape, found.signed, found.target) == ((3,), True, 1)


@pytest.mark.parametrize("sharpness", [3, 60])
def test_values_are_those_of_the_integral(sharpness):
    """No number here hangs on another, so each one's integral is what it adds at the end less what at the start."""
    ends = torch.tensor([0.0, 1.0], dtype=torch.float64)
    start, end = (sharpness * (ends - 0.37)).sigmoid()
    values = integrate_to_gap(turn_at(0.37, sharpness), INPUTS, 1, BASELINE, 1e-6).values
    np.testing.assert_allclose(values, (end - start) * WEIGHTS, atol=1e-6)


def test_a_straight_line_is_asked_no_more_than_its_first_parts_take():
    line = Asked(lambda some: torch.stack([some.sum(dim=1), -some.sum(dim=1)], dim=1))
    found = integrate_to_gap(line, INPUTS, 0, BASELINE, 1e-6)
    np.testing.assert_allclose(found.values, INPUTS[0], rtol=1e-6)
    assert len(line.places) <= 2 * FIRST_PARTS * POINTS + FIRST_PARTS + 1


def test_only_the_part_that_turns_is_cut():
    asked = Asked(turn_at(0.9, 300))
    integrate_to_gap(asked, INPUTS, 1, BASELINE, 1e-4)
    places = np.array(sorted(set(asked.places)))
    near, far = (places > 0.75).sum(), (places < 0.5).sum()
    assert far == 2 * POINTS + 2, "two parts, asked once"
    assert near > 4 * POINTS


def test_what_no_cut_explains_is_told():
    """A step has no gradient anywhere, so no value can say what the logit gained."""
    step = lambda some: torch.stack([(some[:, 0] > 0.5).double() + 0 * some.sum(dim=1)] * 2, dim=1)  # noqa: E731
    asked = Asked(step)
    found = integrate_to_gap(asked, INPUTS, 0, BASELINE, 0.05)
    assert found.completeness_gap == pytest.approx(1.0)
    narrowest = np.diff(sorted({place for place in asked.places if place * 2 ** (MOST_CUTS + 2) % 1 == 0})).min()
    assert narrowest == pytest.approx(1 / FIRST_PARTS / 2**MOST_CUTS)


def test_how_much_is_asked_at_once_changes_memory_and_not_results(monkeypatch):
    logits = turn_at(0.6, 50)
    whole = integrate_to_gap(logits, INPUTS, 1, BASELINE, 1e-4)
    for at_once in (1, 2, 5):
        monkeypatch.setattr(integrated_gradients, "BATCH_NUMBERS", at_once * INPUTS.numel())
        asked = Asked(logits)
        parts = integrate_to_gap(asked, INPUTS, 1, BASELINE, 1e-4)
        assert max(asked.sizes) <= at_once
        np.testing.assert_allclose(parts.values, whole.values, rtol=1e-9)
