"""Erasure tells a true measure from a false one, and gives a random one nothing."""

import numpy as np
import pytest

from ccds_core.explain.faithfulness import RANDOM, SHARES, agree, erase, gain, mean_gain

N = 20
WEIGHTS = np.linspace(0.5, 0.01, N) / np.linspace(0.5, 0.01, N).sum()  # what each part really adds


def ask(kept):
    """A model whose probability is the sum of what the kept parts add."""
    return kept @ WEIGHTS


@pytest.fixture(scope="module")
def erasures():
    noise = np.random.default_rng(3).normal(size=N)
    return erase({"true": WEIGHTS, "upside down": -WEIGHTS, "noise": noise}, ask)


def test_the_curves_begin_and_end_with_everything_and_nothing(erasures):
    for erasure in erasures.values():
        assert erasure.deletion[[0, -1]] == pytest.approx([1, 0])
        assert erasure.insertion[[0, -1]] == pytest.approx([0, 1])
        assert len(erasure.deletion) == len(SHARES)


def test_the_true_order_is_ahead_of_random_and_the_reverse_behind(erasures):
    over = erasures[RANDOM]
    for found in vars(gain(erasures["true"], over)).values():
        assert found > 0.1
    for found in vars(gain(erasures["upside down"], over)).values():
        assert found < -0.1
    assert gain(over, over).comprehensiveness == 0


def test_a_random_ranking_gains_about_nothing():
    gains = []
    for seed in range(300):
        scores = np.random.default_rng(seed + 1000).normal(size=N)
        found = erase({"noise": scores}, ask, seed)
        gains.append(gain(found["noise"], found[RANDOM]))
    for name in ("comprehensiveness", "sufficiency"):
        mean = mean_gain([getattr(each, name) for each in gains])
        assert mean.low < 0 < mean.high
        assert mean.high - mean.low < 0.03


def test_the_curves_of_a_sum_can_be_worked_out_by_hand():
    found = erase({"two": np.array([2.0, 1.0])}, lambda kept: kept @ np.array([0.7, 0.3]))["two"]
    assert found.deletion == pytest.approx([1.0] + [0.3] * 5 + [0.0] * 5)  # half of two parts is one
    assert found.insertion == pytest.approx([0.0] + [0.7] * 5 + [1.0] * 5)
    assert found.comprehensiveness == pytest.approx(0.7)
    assert found.sufficiency == pytest.approx(0.3)


def test_no_set_of_parts_is_asked_for_twice():
    asked = []

    def count(kept):
        asked.append(len(kept))
        assert len(np.unique(kept, axis=0)) == len(kept)
        return ask(kept)

    erase({"true": WEIGHTS, "again": WEIGHTS * 2}, count)
    assert len(asked) == 1


def test_equal_scores_are_ordered_by_chance_and_not_by_place():
    firsts = {
        int(np.argmin(erase({"flat": np.zeros(N)}, lambda kept: kept @ np.eye(N)[0], seed)["flat"].deletion))
        for seed in range(20)
    }
    assert len(firsts) > 3


def test_measures_agree_with_themselves_and_disagree_with_their_reverse():
    found = agree({"true": WEIGHTS, "same": WEIGHTS**2, "reverse": -WEIGHTS})
    assert np.allclose(found, [[1, 1, -1], [1, 1, -1], [-1, -1, 1]])
