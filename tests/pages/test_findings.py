"""What the pages say above their charts is no more than what was measured."""

import re

import pytest

from ccds_core.runs.comparison import AccuracyRow
from ccds_core.runs.records import find_run
from ccds_core.runs.significance import compare_pairs
from pages.ui.shared import panels
from tests.support.page_reading import charts

RUNS = ["one-word-rule", "text-embedding", "text-word2vec-frozen", "bert-emotion"]


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize("runs", [RUNS, RUNS[:2], RUNS[:1], RUNS[1:4:2]], ids="+".join)
def test_title_counts_runs_that_are_not_significantly_worse(open_page, runs):
    app = open_page("compare", compare_task="Sentences", compare_text_runs=runs)
    assert not app.exception
    title = charts(app)[0].alt
    best = title.split(" is ")[0].split(": ")[0]
    level = sum(best in (pair.better, pair.other) and not pair.significant
                for pair in compare_pairs([find_run(name) for name in runs]))  # fmt: skip
    match = re.search(r"(\d+) others? (?:is|are) not significantly worse", title)
    assert (int(match.group(1)) if match else 0) == level
    scores = app.dataframe[0].value.set_index("run")["accuracy, ours"]
    assert scores[best] == scores.max()


@pytest.mark.usefixtures("shipped_shelf")
def test_what_all_runs_were_measured_on_is_said_once(open_page):
    app = open_page("compare", compare_task="Sentences", compare_text_runs=RUNS)
    assert not {"n", "measured on"} & set(app.dataframe[0].value.columns)
    assert sum("n = 2,000" in caption.value for caption in app.caption) == 1


@pytest.mark.usefixtures("shipped_shelf")
def test_models_that_know_no_word_do_not_make_the_headline(open_page):
    app = open_page("emotions", emotions_example="no known word")
    (headline,) = (subheader.value.replace("\\", "") for subheader in app.subheader)
    assert headline.startswith("3 of 4 models know no word of this text; bert-emotion predicts ")
    target = headline.rsplit(" ", 1)[1]
    assert any(f"Red supports {target}" in caption.value for caption in app.caption)
    (alone,) = (
        subheader.value
        for subheader in open_page("emotions", emotions_example="no known word", emotions_models=RUNS[:2]).subheader
    )
    assert alone == "No model here knows a word of this text"


def test_a_run_reproduces_the_report_if_its_interval_includes_the_rounded_accuracy():
    def title(low, high):
        ours = AccuracyRow("text-embedding", "ours", "text-embedding", 0.93, low, high)
        return panels.texts_title([ours, AccuracyRow("text-embedding", "report", "workshop report", 0.92)])

    assert title(0.91, 0.94) == title(0.924, 0.94) == "text-embedding reproduces the report's accuracy"
    assert title(0.926, 0.94) == title(0.89, 0.914) == "No text model reproduces the report's accuracy"
