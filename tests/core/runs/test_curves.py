"""What a run's curves say, read from hand-made histories whose answer is known."""

import contextlib
import math

import pytest

from ccds_core.errors import CcdsError
from ccds_core.figures.learning_curves import learning_curves
from ccds_core.runs.curves import CLEAR_RISE, curve_sentence, read_curves
from tests.support.made_up_runs import make_history, make_record

OVERFITTING = make_history((1.4, 1.0, 0.7, 0.9, 1.2), (1.5, 1.0, 0.6, 0.3, 0.1), (0.5, 0.6, 0.7, 0.75, 0.74))
STUCK = make_history((2.303, 2.303, 2.304), (2.31, 2.303, 2.303), (0.1, 0.1, 0.1))
FINE = make_history((1.5, 1.0, 0.8, 0.79))
# the second participant's published curve of architecture 1
WORKSHOP = make_history((1.34, 1.00, 0.81, 0.82, 0.76, 0.66, 0.69, 0.71, 0.78, 0.83))


def spec_of(*histories, quantity="loss"):
    records = [make_record(f"run-{number}", history) for number, history in enumerate(histories)]
    return learning_curves(records, quantity, "a title").to_dict()


def rows_of(spec):
    (rows,) = spec["datasets"].values()
    return rows


def test_overfitting_sets_in_where_the_validation_loss_is_lowest():
    reading = read_curves(OVERFITTING, 10)
    assert (reading.best_epoch, reading.lowest_loss_epoch) == (4, 3)
    assert reading.overfits
    assert not reading.stuck


def test_the_workshops_own_curve_overfits_after_epoch_6():
    reading = read_curves(WORKSHOP, 10)
    assert reading.overfits
    assert reading.lowest_loss_epoch == 6


def test_a_run_that_only_improves_does_not_overfit():
    assert not read_curves(FINE, 10).overfits


@pytest.mark.parametrize(("rise", "overfits"), [(0.5 * CLEAR_RISE, False), (2 * CLEAR_RISE, True)])
def test_a_wiggle_is_no_overfitting(rise, overfits):
    assert read_curves(make_history((1.0, 0.8, 0.8 + rise)), 10).overfits is overfits


def test_a_run_at_chance_is_stuck_and_chance_depends_on_the_classes():
    assert read_curves(STUCK, 10).stuck
    assert not read_curves(STUCK, 1000).stuck
    two = make_history((math.log(2),) * 3, (math.log(2),) * 3)
    assert read_curves(two, 2).stuck
    assert not read_curves(two, 10).stuck


def test_one_epoch_says_neither():
    reading = read_curves(make_history((1.0,)), 10)
    assert (reading.best_epoch, reading.overfits, reading.stuck) == (1, False, False)


@pytest.mark.parametrize(
    ("history", "text"),
    [
        (OVERFITTING, "best epoch 4 of 5 (validation accuracy 75.0 %); overfitting after epoch 3"),
        (OVERFITTING, "rises from 0.70 to 1.20 while training loss falls to 0.10"),
        (STUCK, "the training loss stays at chance (ln 10)"),
        (FINE, "no clear overfitting"),
        ((), "has no finished epoch yet"),
    ],
)
def test_curve_sentence(history, text):
    sentence = curve_sentence(make_record("run", history))
    assert text in sentence
    assert sentence.endswith(".")


def test_the_loss_rises_to_a_higher_value():
    bump = make_history((1.0, 0.7, 0.9, 0.7))
    assert read_curves(bump, 10).overfits
    assert "from 0.70 to 0.70" not in curve_sentence(make_record("run", bump))


@pytest.mark.parametrize("quantity", ["loss", "accuracy"])
def test_every_epoch_of_both_parts_is_drawn_in_a_panel_of_its_run(quantity):
    rows = rows_of(spec_of(OVERFITTING, FINE, quantity=quantity))
    curves = [row for row in rows if row["kind"] == "curve"]
    assert {(row["run"], row["epoch"], row["part"]) for row in curves} == {
        (f"run-{number}", epoch, part)
        for number, history in enumerate((OVERFITTING, FINE))
        for epoch in range(1, len(history) + 1)
        for part in ("train", "val")
    }
    third = next(row for row in curves if (row["run"], row["epoch"], row["part"]) == ("run-0", 3, "val"))
    assert third["value"] == getattr(OVERFITTING[2], f"val_{quantity}")


def test_the_best_epoch_is_marked_in_every_panel_and_the_onset_where_there_is_one():
    marks = {
        (row["run"], row["mark"], row["epoch"]) for row in rows_of(spec_of(OVERFITTING, FINE)) if row["kind"] == "mark"
    }
    assert marks == {("run-0", "best epoch", 4), ("run-0", "overfitting from here", 3), ("run-1", "best epoch", 4)}


def test_a_run_without_an_epoch_is_left_out_or_refused_in_words():
    with contextlib.suppress(CcdsError):
        spec_of(FINE, ())
