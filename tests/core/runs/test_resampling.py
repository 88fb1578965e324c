"""Intervals by resampling: they hold what they should as often as they say, and know rows from seeds."""

import numpy as np
import pytest

from ccds_core.runs.resampling import ENOUGH, class_scores, compare_recipes, interval_of, is_ahead, judge
from ccds_core.training.metrics import evaluate_predictions, paired_interval
from tests.support.made_up_runs import make_evaluation, make_record

N = 400


def evaluated(right):
    """right (N,): which rows a made-up model of two classes gets right."""
    labels = np.arange(len(right)) % 2
    predicted = np.where(right, labels, 1 - labels)
    probabilities = np.full((len(right), 2), 0.2)
    probabilities[np.arange(len(right)), predicted] = 0.8
    return evaluate_predictions("test", ("up", "down"), labels, probabilities)


def recipe(name, rights):
    return [make_record(f"{name}-seed-{seed}", None, evaluated(right)) for seed, right in enumerate(rights)]


def test_of_one_seed_each_the_interval_is_that_of_the_rows():
    chance = np.random.default_rng(0)
    one, other = (chance.random(N) < share for share in (0.8, 0.7))
    gap = compare_recipes(recipe("a", [one]), recipe("b", [other]))
    low, high = paired_interval(int((one & ~other).sum()), int((other & ~one).sum()), N)
    assert gap.difference == pytest.approx(one.mean() - other.mean())
    assert (gap.low, gap.high) == (pytest.approx(low, abs=0.015), pytest.approx(high, abs=0.015))
    assert gap.sentence.endswith(f"(n = {N}, one seed each)")


def test_seeds_that_differ_make_the_interval_wider():
    steady = [np.arange(N) < 300] * 3
    loose = [np.arange(N) < end for end in (200, 300, 400)]
    narrow, wide = (compare_recipes(recipe("a", rights), recipe("b", steady)) for rights in (steady, loose))
    assert narrow.low == narrow.high == 0
    assert wide.high - wide.low > 0.2


def test_the_interval_holds_the_truth_in_nearly_all_of_many_studies():
    """Two recipes with the same true accuracy, five seeds each: 0 lies in 95 % intervals most of the time."""
    chance = np.random.default_rng(1)
    held = 0
    for _ in range(60):
        easy = chance.random(N)  # the same rows are easy for both
        runs = [[chance.random(N) < 0.6 + 0.3 * easy for _ in range(5)] for _ in range(2)]
        gap = compare_recipes(recipe("a", runs[0]), recipe("b", runs[1]))
        held += gap.low <= 0 <= gap.high
    assert held >= 50  # seeds are few, so the bootstrap is a little too narrow


def test_other_rows_cannot_be_compared():
    assert compare_recipes(recipe("a", [np.ones(10, bool)]), recipe("b", [np.ones(12, bool)])) is None
    assert compare_recipes([], recipe("b", [np.ones(12, bool)])) is None


def test_f1_is_resampled_around_the_measured_one():
    test = make_evaluation(0.8, 1_000)
    scores = class_scores(test)
    assert scores.shape[1] == len(test.classes)
    low, high = interval_of(scores.mean(axis=1))
    assert low < test.macro_f1 < high
    assert high - low < 0.1


def test_a_class_without_rows_has_no_f1():
    test = evaluate_predictions("test", ("up", "down", "none"), np.array([0, 1, 0]), np.eye(3)[[0, 1, 1]])
    assert (class_scores(test)[:, 2] == 0).all()


@pytest.mark.parametrize(("ends", "said"), [((0.1, 0.2), "yes"), ((-0.2, -0.1), "no"), ((-0.1, 0.1), "open")])
def test_an_interval_decides_where_it_lies_on_one_side(ends, said):
    assert judge(*ends) == said


def test_a_recipe_is_ahead_of_several_only_where_it_is_ahead_of_each():
    good, bad = ([np.arange(N) < end] * ENOUGH for end in (300, 200))
    ahead = compare_recipes(recipe("a", good), recipe("b", bad))
    behind = compare_recipes(recipe("b", bad), recipe("a", good))
    assert (is_ahead([ahead]), is_ahead([ahead, behind]), is_ahead([ahead, None])) == ("yes", "no", "open")
    assert is_ahead([compare_recipes(recipe("a", good[:2]), recipe("b", bad))]) == "open"
