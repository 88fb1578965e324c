"""Points of a live chart: no run loses its shape by thinning, and the title says what the numbers say."""

from math import log

import pytest

from ccds_core import live_series
from ccds_core.step_log import LayerStep, StepRecord

LAYERS = {
    "fc1": LayerStep(0.01, 1e-3, 0.9, None),
    "conv10": LayerStep(0.5, None, None, 0.25),
    "conv2": LayerStep(0.0, 2e-3, None, None),
}


def steps(losses, layers=None):
    return [
        StepRecord(1, number, len(losses), number, loss, 0.5, 0.01, 100.0, layers)
        for number, loss in enumerate(losses, start=1)
    ]


def test_a_long_run_is_thinned_and_keeps_its_ends_in_sight():
    rows = live_series.points({"long": steps([1.0] * 20_000)}, "loss")
    assert len(rows) <= live_series.MOST_POINTS
    assert rows["update"].iloc[0] == 1
    assert rows["update"].iloc[-1] > 19_900
    assert rows["value"].tolist() == pytest.approx([1.0] * len(rows))


def test_what_is_not_a_number_is_left_out():
    rows = live_series.points({"run": steps([2.0, None, float("inf"), 1.0])}, "loss")
    assert rows["update"].tolist() == [1, 4]


def test_the_lowest_loss_is_named_after_as_many_updates_as_all_have():
    runs = {"good": steps([2.0, 1.0, 0.5]), "bad": steps([2.0, 2.0, 2.0, 2.0, 0.0])}
    said = live_series.finding(live_series.points(runs, "loss"), "loss", "", 10)
    assert said.startswith("good has the lowest loss after 3 updates")
    assert said.endswith("of bad")


def test_runs_that_guess_are_called_level_at_guessing():
    runs = {"one": steps([log(10)] * 4), "other": steps([log(10) + 0.01] * 4)}
    said = live_series.finding(live_series.points(runs, "loss"), "loss", "", 10)
    assert said == "Loss is level after 4 updates, at guessing (ln 10)"


def test_layers_stand_in_the_networks_order_and_only_where_the_quantity_is_known():
    runs = {"run": steps([1.0], LAYERS)}
    assert live_series.layers_of(runs, "gradient") == ["conv2", "conv10", "fc1"]
    assert live_series.layers_of(runs, "saturated") == ["fc1"]
    assert live_series.layers_of(runs, "dead") == ["conv10"]
    assert live_series.points(runs, "dead", "conv10")["value"].tolist() == [0.25]


def test_a_log_axis_gets_no_zero():
    assert live_series.points({"run": steps([1.0], LAYERS)}, "gradient", "conv2").empty


def test_no_update_yet_is_said():
    assert "No update yet" in live_series.finding(live_series.points({"a": []}, "loss"), "loss", "", 10)
    assert live_series.final_loss([]) is None


def test_all_that_are_as_low_as_the_lowest_have_won():
    runs = {"a": steps([0.50] * 5), "b": steps([0.52] * 5), "c": steps([0.9] * 5)}
    assert live_series.lowest(runs) == ["a", "b"]


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["plateau-sigmoid-7", "plateau-sigmoid-with-batch-norm-7"], ["sigmoid", "sigmoid with batch norm"]),
        (["lottery-seed-0-7", "lottery-seed-1-7"], ["seed 0", "seed 1"]),
        (["architecture-1-7", "architecture-4-8"], ["architecture-1-7", "architecture-4-8"]),
        (["architecture-1-digits-seed-0", "architecture-4-digits-seed-0"], ["architecture-1", "architecture-4"]),
        (["architecture-2-seed-0", "architecture-2-seed-1"], ["architecture-2-seed-0", "architecture-2-seed-1"]),
        (["architecture-2-seed-1", "architecture-5-repaired-seed-1"], ["architecture-2", "architecture-5-repaired"]),
        (["architecture-1-7"], ["architecture-1-7"]),
        (["a-7", "b-7"], ["a-7", "b-7"]),
    ],
)
def test_runs_of_one_lesson_are_called_by_what_parts_them(names, short):
    assert list(live_series.short_names(names).values()) == short
