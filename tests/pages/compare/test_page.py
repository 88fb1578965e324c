"""Compare: every view with one run, two, six, one unfinished, one with figures only; nothing chosen, nothing there."""

import json
import re

import pandas as pd
import pytest

from ccds_core.results import percent
from ccds_core.runs.comparison import SCORES
from ccds_core.runs.records import list_runs
from pages.ui.compare.controls import WORKSHOP
from pages.ui.home import tasks
from tests.support.page_reading import alerts, assert_explained, chart_rows, charts
from tests.support.run_fixtures import BEGUN, DIGITS, FIGURES_ONLY, N_TEST, SHIPPED, UNFINISHED

pytestmark = pytest.mark.usefixtures("shelf")

VIEWS = ("Scores", "Curves", "Confusion", "Classes", "Hyperparameters & cost")
SETS = {
    "one": ["architecture-1"],
    "two": ["architecture-1", "architecture-4"],
    "six": list(SHIPPED),
    "unfinished": [UNFINISHED],
    "unfinished among others": ["architecture-1", UNFINISHED],
    "figures only": [FIGURES_ONLY],
    "other classes": ["architecture-1", DIGITS],
    "all": [*SHIPPED, FIGURES_ONLY, DIGITS, UNFINISHED],
}


def look(open_page, view, runs):
    """The page on one view of these runs."""
    app = open_page("compare", compare_view=view, compare_runs=runs)
    assert not app.exception
    assert not app.error
    assert app.multiselect(key="compare_runs").value == runs
    return app


def sentences(app):
    """What the page says below its charts, free of escapes."""
    return [markdown.value.replace("\\", "") for markdown in app.markdown if re.match(r"- [^*]", markdown.value)]


@pytest.mark.parametrize("runs", SETS.values(), ids=SETS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_something_of_every_set_of_runs(open_page, view, runs):
    app = look(open_page, view, runs)
    assert charts(app) or app.dataframe or alerts(app)
    assert all(chart.alt for chart in charts(app))


def test_the_views_are_the_ones_tested_here(open_page):
    assert tuple(open_page("compare").segmented_control(key="compare_view").options) == VIEWS


def test_to_begin_with_the_workshops_four_are_chosen_and_scored(open_page):
    app = open_page("compare")
    assert app.multiselect(key="compare_runs").value == list(WORKSHOP)
    assert list(app.dataframe[0].value["run"]) == list(WORKSHOP)


@pytest.mark.parametrize(("task", "links"), {2: 1, 3: 2, 4: 1}.items())
def test_a_link_of_home_opens_the_runs_of_its_task(open_page, task, links):
    queries = [dict(link.query) | {"compare_runs": [value for key, value in link.query if key == "compare_runs"]}
               for link in tasks.TASKS[task - 1].links if link.page == "compare"]  # fmt: skip
    assert len(queries) == links
    runs = {3: list(WORKSHOP), 4: ["architecture-4", "architecture-5", "architecture-5-repaired"]}.get(task, WORKSHOP)
    for query in queries:
        app = open_page("compare", **{key: value for key, value in query.items() if value})
        assert app.multiselect(key="compare_runs").value == list(runs)


def test_a_run_without_an_epoch_cannot_be_chosen_and_an_unfinished_one_can(open_page):
    options = open_page("compare").multiselect(key="compare_runs").options
    assert UNFINISHED in options
    assert BEGUN not in options


def test_with_no_run_chosen_the_page_asks_for_one(open_page):
    app = open_page("compare")
    app.multiselect(key="compare_runs").set_value([]).run()
    assert not app.exception
    assert not charts(app)
    assert any("run" in said for said in alerts(app))
    app.multiselect(key="compare_runs").set_value(["architecture-4"]).run()
    assert charts(app)


def test_runs_of_the_url_that_are_not_there_are_left_out(open_page):
    app = open_page("compare", compare_runs=["architecture-1", "no-such-run", "../../etc"])
    assert not app.exception
    assert set(app.multiselect(key="compare_runs").value) <= set(SHIPPED)
    assert charts(app)


def test_the_table_of_scores_sets_the_reports_beside_ours(open_page):
    table = look(open_page, "Scores", ["architecture-1", "architecture-5", UNFINISHED]).dataframe[0].value
    table = table.set_index("run")
    assert all(f"{score}, {whose}" in table.columns for score in SCORES.values() for whose in ("ours", "report"))
    assert table.loc["architecture-1", "accuracy, report"] == 0.78
    assert table.loc["architecture-1", "accuracy, ours"] == SHIPPED["architecture-1"][1]
    assert table["accuracy, report"].isna()["architecture-5"]  # the report gives no figure
    assert table["accuracy, ours"].isna()[UNFINISHED]


def test_overfitting_is_said_in_a_sentence_where_it_is_seen_and_only_there(open_page):
    app = look(open_page, "Curves", ["architecture-1", "architecture-2", "architecture-4"])
    overfitting, stuck, steady = sentences(app)
    assert "architecture-1" in overfitting
    assert "overfitting after epoch 3" in overfitting
    assert "epoch 3" in overfitting  # the lowest validation loss of the shelf's history
    assert "chance" in stuck
    assert "overfitting after" not in stuck + steady


def test_the_onset_is_marked_in_the_curves_of_the_run_that_overfits(open_page):
    rows = pd.concat(map(chart_rows, charts(look(open_page, "Curves", ["architecture-1", "architecture-4"]))))
    marks = rows[rows["kind"] == "mark"]
    onset = marks[marks["mark"].str.contains("overfitting")]
    assert list(zip(onset["run"], onset["epoch"], strict=True)) == [("architecture-1", 3)]
    assert set(marks[marks["mark"] == "best epoch"]["run"]) == {"architecture-1", "architecture-4"}


def test_curves_show_loss_or_accuracy(open_page):
    app = look(open_page, "Curves", ["architecture-1"])
    loss = chart_rows(charts(app)[0])["value"].max()
    app.segmented_control(key="compare_quantity").set_value("accuracy").run()
    assert not app.exception
    assert chart_rows(charts(app)[0])["value"].max() <= 1 < loss


def test_each_confusion_matrix_counts_every_test_image_once(open_page):
    app = look(open_page, "Confusion", ["architecture-1", "architecture-4"])
    assert len(charts(app)) == 2
    for chart in charts(app):
        cells = chart_rows(chart)
        assert cells["count"].sum() == N_TEST
        assert cells["shown"].str.fullmatch(r"(1?\.\d\d)?").all()
    app.segmented_control(key="compare_cells").set_value("counts").run()
    assert not app.exception
    shown = chart_rows(charts(app)[0])["shown"]
    assert sum(int(number) for number in shown if number) == N_TEST


def test_a_run_that_was_not_tested_has_no_matrix_and_the_page_says_so(open_page):
    app = look(open_page, "Confusion", [UNFINISHED])
    assert not charts(app)
    assert alerts(app)


def test_the_classification_report_ends_with_the_macro_average(open_page):
    summary, first, second = (frame.value for frame in look(open_page, "Classes", SETS["two"]).dataframe)
    assert list(summary.columns) == ["class", *SETS["two"]]
    for table in (summary, first, second):
        assert list(table["class"])[-1] == "macro average"
        assert len(table) == 11


def test_runs_on_other_classes_share_the_classification_table(open_page):
    summary = look(open_page, "Classes", SETS["other classes"]).dataframe[0].value
    assert {"airplane", "zero", "macro average"} <= set(summary["class"])


def test_options_lists_only_what_differs(open_page):
    differences = look(open_page, "Hyperparameters & cost", SETS["two"]).dataframe[0].value
    assert set(differences["hyperparameter"]) == {"FC activation", "Extra conv layer", "Batch norm: FC layers"}
    assert (differences["architecture-1"] != differences["architecture-4"]).all()


def test_the_choices_are_bound_to_the_url(open_page):
    query = {"compare_runs": ["architecture-4"], "compare_view": "Confusion", "compare_cells": "counts"}
    app = open_page("compare", **query)
    assert {key: app.session_state[key] for key in query} == query


HEADLINES = {
    ("loss", "two"): "architecture-1 reaches the lowest validation loss: 0.90 (epoch 3)",
    ("accuracy", "two"): "architecture-1 reaches the highest validation accuracy: 57.3 % (epoch 3)",
    ("loss", "one"): "architecture-1: validation loss 0.90 in epoch 3 of 5",
    ("accuracy", "one"): "architecture-1: validation accuracy 57.3 % in epoch 3 of 5",
    ("loss", "other classes"): "Trained on 2 data sets: their loss is not comparable",
}


@pytest.mark.parametrize(("quantity", "runs"), HEADLINES)
def test_the_headline_of_the_curves_is_about_the_quantity_and_compares_only_several(open_page, quantity, runs):
    app = open_page("compare", compare_view="Curves", compare_quantity=quantity, compare_runs=SETS[runs])
    assert [heading.value.replace("\\", "") for heading in app.subheader] == [HEADLINES[quantity, runs]]


def test_all_panels_of_curves_share_their_axis(open_page):
    drawn = charts(look(open_page, "Curves", SETS["six"]))
    assert len(drawn) == 6
    domains = [json.loads(chart.spec)["layer"][0]["encoding"]["y"]["scale"]["domain"] for chart in drawn]
    assert domains == [[0, 2.31]] * 6


@pytest.mark.parametrize("view", ["Scores", "Classes"])
def test_of_a_single_run_nothing_is_said_to_be_the_most(open_page, view):
    titles = [chart.alt for chart in charts(look(open_page, view, SETS["one"]))]
    assert titles
    assert not any("most accurate" in title or "runs" in title for title in titles)


def test_runs_on_different_data_are_not_ranked_and_each_line_names_its_data(open_page):
    app = look(open_page, "Scores", SETS["other classes"])
    assert charts(app)[0].alt == "Tested on 2 data sets: accuracies on different data are not comparable"
    lines = set(chart_rows(charts(app)[0])["architecture"])
    assert lines == {f"architecture-1 (cifar10, n = {N_TEST})", f"{DIGITS} (digits, n = {N_TEST})"}
    assert "not comparable" in charts(look(open_page, "Classes", SETS["other classes"]))[0].alt


def test_differences_are_a_matrix_beside_the_scores_and_the_tests_fold_away(open_page):
    app = look(open_page, "Scores", SETS["six"])
    matrix = chart_rows(charts(app)[1])
    assert len(matrix) == 6 * 5
    assert matrix["significant"].any()
    assert not matrix["significant"].all()
    assert "differences in test accuracy are significant" in charts(app)[1].alt
    assert [tab.label for tab in app.tabs] == ["Table of scores", "How the differences were tested"]
    assert not app.expander


def test_names_of_predicted_classes_stand_above_the_matrix(open_page):
    spec = json.loads(charts(look(open_page, "Confusion", SETS["one"]))[0].spec)
    assert spec["layer"][0]["encoding"]["x"]["axis"]["orient"] == "top"


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_is_explained_in_one_sentence(open_page, view):
    assert_explained(look(open_page, view, SETS["two"]))


def test_beside_the_differences_stands_that_they_are_of_one_run_each_and_how_far_seeds_lie_apart(open_page):
    """An interval over test examples says nothing of another seed: architecture 2 is learned, or it is not."""
    accuracies = [run.metrics.test.accuracy for run in list_runs() if run.kind == "architecture-2"]
    assert len(accuracies) > 1
    said = " ".join(caption.value for caption in open_page("compare").caption).replace("\\", "")
    low, high = percent(min(accuracies), 1), percent(max(accuracies), 1)
    assert "Its interval is about the test examples, not about other seeds" in said
    assert "architecture-2: sigmoid instead of ReLU after 2 FC layers;" in said
    assert f"With other seeds architecture-2 reaches {low} to {high} (n = {len(accuracies)})." in said
