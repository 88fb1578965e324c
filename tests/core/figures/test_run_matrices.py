"""Matrices of runs: every difference with its sign, its interval and its colour; every F1 in its cell; titles."""

import pytest

from ccds_core.figures.export import chart_svg
from ccds_core.figures.palette import NO_CLASS_COLOUR, SIGNED
from ccds_core.figures.run_matrices import class_scores, class_title, difference_matrix, difference_title
from ccds_core.runs.significance import PairedTest
from ccds_core.training.metrics import mcnemar

RUNS = ("one", "two", "three")


def pair(better, other, only_better, only_other):
    """Two runs on 1,000 rows."""
    return PairedTest(better, other, 1000, only_better, only_other, mcnemar(only_better, only_other), "images")


PAIRS = [pair("one", "two", 100, 20), pair("three", "one", 55, 45)]
F1 = {"one": {"cat": 0.5, "dog": 0.7, "ship": 0.9}, "two": {"cat": 0.6, "dog": 0.4, "ship": 0.9}}


def cells_of(chart):
    (rows,) = chart.to_dict()["datasets"].values()
    return {(row["row"], row["column"]): row for row in rows}


def test_a_cell_is_its_row_minus_its_column_with_the_interval_of_that():
    cells = cells_of(difference_matrix(PAIRS, RUNS, "title"))
    assert (cells["one", "two"]["difference"], cells["two", "one"]["difference"]) == ("+8.0", "−8.0")
    low, high = cells["one", "two"]["interval"].split(" to ")
    assert cells["two", "one"]["interval"] == f"−{high} to −{low}"
    assert float(low) < 8.0 < float(high)
    assert cells["one", "three"]["difference"] == "−1.0"


def test_what_is_not_significant_is_grey_and_the_rest_diverges():
    chart = difference_matrix(PAIRS, RUNS, "title")
    cells = cells_of(chart)
    assert cells["one", "two"]["significant"]
    assert not cells["one", "three"]["significant"]
    assert cells["one", "two"]["shade"] == -cells["two", "one"]["shade"] == 1
    colour = chart.to_dict()["layer"][0]["encoding"]["color"]
    assert colour["value"] == NO_CLASS_COLOUR
    assert colour["condition"]["scale"] == {"domain": [-1, 0, 1], "range": SIGNED, "interpolate": "rgb"}
    assert colour["condition"]["test"] == "datum.significant"


def test_runs_that_cannot_be_compared_have_an_empty_cell():
    assert ("two", "three") not in cells_of(difference_matrix(PAIRS, RUNS, "title"))
    assert b"three" in chart_svg(difference_matrix([], RUNS, "title"))


@pytest.mark.parametrize(("n", "layers"), [(5, 3), (6, 2)])
def test_many_runs_leave_no_room_for_intervals(n, layers):
    runs = tuple(f"run-{number}" for number in range(n))
    chart = difference_matrix([pair(runs[0], runs[1], 9, 1)], runs, "title").to_dict()
    assert len(chart["layer"]) == layers


def test_the_title_counts_the_significant_differences_and_of_two_runs_says_which():
    assert difference_title(PAIRS).startswith("1 of 2 differences in test accuracy are significant; not")
    assert difference_title(PAIRS[:1]) == "one: +8.0 points against two; significant (p < 0.001)"
    assert "not significant (p = 0.368)" in difference_title(PAIRS[1:])


def test_every_class_has_its_f1_in_every_run():
    (rows,) = class_scores(F1, "title").to_dict()["datasets"].values()
    assert {(row["run"], row["class"]): row["F1"] for row in rows} == {
        (run, name): score for run, scores in F1.items() for name, score in scores.items()
    }
    assert class_title(F1) == "Lowest F1 by class: cat (in 1 of 2 runs); highest: ship (in 2 of 2 runs)"
    assert class_title({"one": F1["one"]}) == "Lowest F1 by class: cat (50.0 %); highest: ship (90.0 %)"
