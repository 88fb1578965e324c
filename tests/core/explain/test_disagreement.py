"""Where two measures part is said in their own numbers."""

import numpy as np
import pytest

from ccds_core.explain.faithfulness import compare_measures, erase

WORDS = ["so", "very", "glad", "today"]
WEIGHTS = np.array([0.1, 0.2, 0.6, 0.1])
SCORES = {"Truth": WEIGHTS, "Reverse": -WEIGHTS}


@pytest.fixture(scope="module")
def erasures():
    return erase(SCORES, lambda kept: kept @ WEIGHTS)


def test_each_measures_first_word_and_what_its_order_costs(erasures):
    found = compare_measures(WORDS, SCORES, erasures, ("Truth", "Reverse"))
    assert found.first[0] == "glad"
    assert found.first[1] in ("so", "today")
    assert found.correlation == pytest.approx(-1)
    assert found.costs[0] > found.chance > found.costs[1]
    assert f"lowers the probability by {found.costs[0] * 100:.0f} percentage points" in found.sentence
    assert "Truth ranks “glad” first, reverse “" in found.sentence
    assert "words: -1.00" in found.sentence


def test_a_measure_agrees_with_itself(erasures):
    found = compare_measures(WORDS, SCORES, erasures, ("Truth", "Truth"))
    assert "both rank “glad” first" in found.sentence
    assert found.correlation == pytest.approx(1)
    assert found.costs[0] == found.costs[1]


def test_two_words_have_no_ranks_to_compare():
    scores = {name: values[:2] for name, values in SCORES.items()}
    erasures = erase(scores, lambda kept: kept @ WEIGHTS[:2])
    assert "correlation" not in compare_measures(WORDS[:2], scores, erasures, ("Truth", "Reverse")).sentence
