"""Points of a live chart: thinning keeps the ends, and the title states the result."""

from math import log

import pytest

from ccds_core.jobs import series
from ccds_core.runs.step_log import LayerStep, StepRecord

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
    rows = series.points({"long": steps([1.0] * 20_000)}, "loss")
    assert len(rows) <= series.MOST_POINTS
    assert rows["step"].iloc[0] == 1
    assert rows["step"].iloc[-1] > 19_900
    assert rows["value"].tolist() == pytest.approx([1.0] * len(rows))


def test_what_is_not_a_number_is_left_out():
    rows = series.points({"run": steps([2.0, None, float("inf"), 1.0])}, "loss")
    assert rows["step"].tolist() == [1, 4]


def test_title_names_the_lowest_loss_at_the_last_common_step():
    runs = {"good": steps([2.0, 1.0, 0.5]), "bad": steps([2.0, 2.0, 2.0, 2.0, 0.0])}
    title = series.chart_title(series.points(runs, "loss"), "loss", "", 10)
    assert title.startswith("good has the lowest loss after 3 steps")
    assert title.endswith("for bad")


def test_title_says_when_all_runs_are_at_chance():
    runs = {"one": steps([log(10)] * 4), "other": steps([log(10) + 0.01] * 4)}
    title = series.chart_title(series.points(runs, "loss"), "loss", "", 10)
    assert title == "No clear difference in loss after 4 steps: at chance (ln 10)"


def test_layers_stand_in_the_networks_order_and_only_where_the_quantity_is_known():
    runs = {"run": steps([1.0], LAYERS)}
    assert series.layers_of(runs, "gradient") == ["conv2", "conv10", "fc1"]
    assert series.layers_of(runs, "saturated") == ["fc1"]
    assert series.layers_of(runs, "dead") == ["conv10"]
    assert series.points(runs, "dead", "conv10")["value"].tolist() == [0.25]


def test_a_log_axis_gets_no_zero():
    assert series.points({"run": steps([1.0], LAYERS)}, "gradient", "conv2").empty


def test_title_before_the_first_step():
    assert "waiting for the first step" in series.chart_title(series.points({"a": []}, "loss"), "loss", "", 10)
    assert series.final_loss([]) is None


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["plateau-sigmoid-7", "plateau-sigmoid-with-batch-norm-7"], ["sigmoid", "sigmoid with batch norm"]),
        (["seeds-seed-0-7", "seeds-seed-1-7"], ["seed 0", "seed 1"]),
        (["architecture-1-7", "architecture-4-8"], ["architecture-1-7", "architecture-4-8"]),
        (["architecture-1-digits-seed-0", "architecture-4-digits-seed-0"], ["architecture-1", "architecture-4"]),
        (["architecture-2-seed-0", "architecture-2-seed-1"], ["architecture-2-seed-0", "architecture-2-seed-1"]),
        (["architecture-2-seed-1", "architecture-5-repaired-seed-1"], ["architecture-2", "architecture-5-repaired"]),
        (["architecture-1-7"], ["architecture-1-7"]),
        (["a-7", "b-7"], ["a-7", "b-7"]),
        (["a-7", "a-x-7"], ["a-7", "a-x-7"]),
    ],
)
def test_short_names(names, short):
    assert list(series.short_names(names).values()) == short
