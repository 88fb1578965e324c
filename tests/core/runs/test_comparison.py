"""Runs side by side as tables: each figure in its row, the report's beside ours, and which data they were tested on."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from ccds_core.config.presets import PRESETS
from ccds_core.config.report import DIFFERENCES, REPORT
from ccds_core.config.run_config import DataConfig
from ccds_core.runs import comparison
from tests.support.made_up_runs import make_evaluation, make_history, make_record

TESTED = [make_record("architecture-1", test=make_evaluation(0.8)), make_record("mine", test=make_evaluation(0.6))]
UNTESTED = make_record("half-way", make_history((1.2,)))


def row_of(table, run):
    (row,) = table[table["run"] == run].to_dict("records")
    return row


def test_scores_stand_beside_the_reports_where_it_has_some():
    table = comparison.score_table(TESTED)
    ours, mine = row_of(table, "architecture-1"), row_of(table, "mine")
    assert (ours["accuracy, ours"], ours["accuracy, report"]) == (0.8, REPORT["architecture-1"].accuracy)
    assert (mine["accuracy, ours"], mine["n"], mine["measured on"]) == (0.6, 200, "made up")
    assert pd.isna(mine["accuracy, report"])


def test_a_run_with_a_seed_in_its_name_stands_beside_its_architectures_figures():
    row = row_of(
        comparison.score_table([make_record("architecture-2-seed-1", test=make_evaluation(0.1))]),
        "architecture-2-seed-1",
    )
    assert row["F1, report"] == REPORT["architecture-2"].f1


def test_a_run_without_scores_has_empty_cells_and_no_dot():
    row = row_of(comparison.score_table([*TESTED, UNTESTED]), "half-way")
    assert pd.isna(row["accuracy, ours"])
    assert pd.isna(row["n"])
    assert [dot.run for dot in comparison.accuracy_rows([UNTESTED])] == []


def test_costs_are_those_of_the_run():
    row = row_of(comparison.cost_table([*TESTED, UNTESTED]), "architecture-1")
    assert (row["parameters"], row["training compute, PFLOP"], row["training time, s"]) == (5_851_338, 0.4, 60.0)
    assert (row["epochs"], row["best epoch"]) == (3, 3)
    assert pd.isna(row_of(comparison.cost_table([*TESTED, UNTESTED]), "half-way")["parameters"])


def test_a_machine_is_named_once_and_only_for_runs_that_took_something():
    (machine,) = comparison.machines([*TESTED, UNTESTED])
    assert machine == "cpu, AVX2, float32, 2 threads, torch 2.15"
    assert comparison.machines([UNTESTED]) == []


def test_a_task_shows_the_reports_figures_beside_ours_for_each_run_that_is_there():
    runs = [make_record(f"architecture-{n}", test=make_evaluation(n / 10)) for n in (1, 2, 3, 4, 5)]
    figures = comparison.task_figures(runs)
    assert list(figures) == [1, 2, 3, 4]
    assert figures[2] == [
        "2, sigmoid: report 22 %, ours 20.0 %",
        "3, extra conv: report 43 %, ours 30.0 %",
        "4, batch norm: report 82 %, ours 40.0 %",
    ]
    assert figures[4] == ['Architecture 5: report "similar", ours 50.0 %']
    assert list(comparison.task_figures(runs[:1])) == [1]
    assert comparison.task_figures([UNTESTED]) == {}


def test_the_class_table_ends_with_the_macro_average():
    table = comparison.class_table(TESTED[0])
    assert len(table) == 11
    last = table.iloc[-1]
    assert last["class"] == "macro average"
    assert last["recall"] == pytest.approx(table["recall"][:-1].mean())
    assert last["support"] == table["support"][:-1].sum() == 200


def test_the_class_table_of_a_run_without_scores_is_empty():
    assert len(comparison.class_table(UNTESTED)) == 0


def test_our_dots_have_an_interval_and_the_reports_have_none():
    ours, mine, report = comparison.accuracy_rows(TESTED)
    assert ours.low < ours.accuracy < ours.high
    assert mine.architecture == "mine"
    assert (report.whose, report.architecture, report.accuracy) == ("report", "architecture-1", 0.78)
    assert report.low is None


def test_a_table_of_no_run_is_empty():
    assert len(comparison.score_table([])) == len(comparison.cost_table([])) == 0
    assert comparison.accuracy_rows([]) == []


def test_the_reports_figures_are_fractions_of_the_first_four_architectures_and_two_text_models():
    assert list(REPORT)[:4] == [f"architecture-{number}" for number in (1, 2, 3, 4)]
    assert [PRESETS[name].model for name in REPORT] == ["cnn"] * 4 + ["text-embedding"] * 2
    assert all(0 < value < 1 for figures in REPORT.values() for value in vars(figures).values())


def test_each_reason_for_a_difference_is_a_sentence():
    assert all(re.search(r"[.!?]$", reason) for _, reason in DIFFERENCES)


def run_on(name, data, n=200, digest="0" * 64):
    """A run of architecture 1's options that was tested on other data."""
    record = make_record(name, test=make_evaluation(0.7, n))
    card = replace(record.card, config=replace(record.card.config, data=data))
    return replace(record, card=card, metrics=replace(record.metrics, data_digest=digest))


def test_runs_have_the_same_data_only_where_they_were_tested_on_the_same_rows():
    digits = DataConfig("digits", "seeded")
    runs = [
        *TESTED, UNTESTED, run_on("a", digits), run_on("b", digits, 170), run_on("c", digits, 170, "1" * 64),
        run_on("d", DataConfig("/there/photos", "seeded")),
    ]  # fmt: skip
    sets = comparison.data_sets(runs)
    assert sets["architecture-1"] == sets["mine"] == "cifar10, n = 200"
    assert (sets["half-way"], sets["a"], sets["b"]) == ("cifar10", "digits, n = 200", "digits, n = 170")
    assert sets["c"].startswith("digits, n = 170")
    assert sets["d"] == "photos, n = 200"
    assert len(set(sets.values())) == len(runs) - 1


def test_a_line_names_its_data_where_the_runs_were_tested_on_different_ones():
    digits = run_on("mine", DataConfig("digits", "seeded"), 170)
    rows = comparison.accuracy_rows([TESTED[0], digits])
    assert [row.architecture for row in rows] == [
        "architecture-1 (cifar10, n = 200)", "mine (digits, n = 170)", "architecture-1 (cifar10, n = 200)",
    ]  # fmt: skip
    assert [row.architecture for row in comparison.accuracy_rows(TESTED)][:2] == ["architecture-1", "mine"]
