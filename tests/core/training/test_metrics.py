"""Scores: worked by hand where that is possible, scikit-learn's elsewhere, and an interval that keeps its promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm
from sklearn.metrics import accuracy_score, classification_report, log_loss

from ccds_core.training.metrics import evaluate_predictions, wilson_interval

CLASSES = ("cat", "dog", "ship")


def evaluate(labels, predictions, confidence=0.8, classes=CLASSES):
    probabilities = np.full((len(labels), len(classes)), (1 - confidence) / (len(classes) - 1))
    probabilities[np.arange(len(labels)), predictions] = confidence
    return evaluate_predictions("val", classes, np.array(labels), probabilities)


def test_a_small_case_worked_by_hand():
    found = evaluate(labels=[0, 0, 0, 1, 1, 2], predictions=[0, 0, 1, 1, 0, 0])
    assert found.confusion == ((2, 1, 0), (1, 1, 0), (1, 0, 0))
    assert (found.split, found.n, found.accuracy) == ("val", 6, 0.5)
    cat, dog, ship = (found.per_class[name] for name in CLASSES)
    assert (cat.precision, cat.recall, cat.support) == (0.5, pytest.approx(2 / 3), 3)
    assert (dog.precision, dog.recall, dog.f1, dog.support) == (0.5, 0.5, 0.5, 2)
    assert (ship.precision, ship.recall, ship.f1, ship.support) == (0.0, 0.0, 0.0, 1)
    assert found.macro_recall == pytest.approx((2 / 3 + 0.5 + 0) / 3)
    assert found.loss == pytest.approx(-(3 * np.log(0.8) + 3 * np.log(0.1)) / 6)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60))
def test_scores_are_scikit_learns(pairs):
    labels, predictions = map(list, zip(*pairs, strict=True))
    found = evaluate(labels, predictions)
    theirs = classification_report(
        labels, predictions, labels=[0, 1, 2], target_names=CLASSES, output_dict=True, zero_division=0.0
    )
    for name in CLASSES:
        scores = found.per_class[name]
        assert (scores.precision, scores.recall, scores.f1, scores.support) == pytest.approx(
            tuple(theirs[name][key] for key in ("precision", "recall", "f1-score", "support"))
        )
    assert found.macro_f1 == pytest.approx(theirs["macro avg"]["f1-score"])
    assert found.macro_precision == pytest.approx(theirs["macro avg"]["precision"])
    assert found.accuracy == accuracy_score(labels, predictions)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60))
def test_rows_of_the_confusion_are_labels_columns_predictions_and_the_diagonal_is_right(pairs):
    labels, predictions = map(list, zip(*pairs, strict=True))
    found = evaluate(labels, predictions)
    confusion = np.array(found.confusion)
    assert confusion.sum(axis=1).tolist() == np.bincount(labels, minlength=3).tolist()
    assert confusion.sum(axis=0).tolist() == np.bincount(predictions, minlength=3).tolist()
    assert confusion.trace() / len(pairs) == found.accuracy


def test_the_loss_is_scikit_learns_log_loss_and_finite_even_when_surely_wrong():
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.ones(3), 50)
    labels = random.integers(0, 3, 50)
    found = evaluate_predictions("val", CLASSES, labels, probabilities)
    assert found.loss == pytest.approx(log_loss(labels, probabilities, labels=[0, 1, 2]))
    assert np.isfinite(evaluate([0], [1], confidence=1.0).loss)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_in_zero_to_one(counts):
    correct, n = counts
    low, high = wilson_interval(correct, n)
    assert 0 <= low <= correct / n + 1e-12
    assert correct / n - 1e-12 <= high <= 1


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_the_wrong_answers_is_the_mirror_image(counts):
    correct, n = counts
    low, high = wilson_interval(correct, n)
    assert wilson_interval(n - correct, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_are_the_shares_that_are_just_not_rejected(counts):
    correct, n = counts
    for bound in wilson_interval(correct, n):
        if 1e-9 < bound < 1 - 1e-9:
            distance = abs(correct / n - bound) / np.sqrt(bound * (1 - bound) / n)
            assert distance == pytest.approx(norm.ppf(0.975), rel=1e-6)


def test_more_pictures_give_a_narrower_interval():
    widths = [np.diff(wilson_interval(8 * n, 10 * n))[0] for n in (1, 10, 100, 1000)]
    assert widths == sorted(widths, reverse=True)
    assert np.diff(wilson_interval(4740, 6000))[0] == pytest.approx(0.0206, abs=0.0005), "one point at n = 6,000"


def test_the_interval_covers_the_true_share_about_95_times_in_100():
    n = 200
    for share in (0.1, 0.5, 0.8):
        bounds = [wilson_interval(correct, n) for correct in range(n + 1)]
        covered = sum(
            binom.pmf(correct, n, share) for correct, (low, high) in enumerate(bounds) if low <= share <= high
        )
        assert 0.93 < covered < 0.975


def test_nothing_seen_says_nothing():
    assert wilson_interval(0, 0) == (0.0, 1.0)
