"""The Top tokens page on the shipped BERT and its shipped lists; a pass of the visitor's own texts."""

import json

import pandas as pd
import pytest
import streamlit as st

from ccds_core.explain.top_tokens.options import CORRECTIONS
from ccds_core.explain.top_tokens.report_check import REPORT_TOKENS
from ccds_core.explain.top_tokens.results import load_results
from ccds_core.explain.top_tokens.table import METHODS
from ccds_core.runs.records import find_run
from pages.ui.shared import crude
from pages.ui.tokens import controls, ladder_view
from pages.ui.tokens.views import SHOWN
from tests.support.page_reading import assert_explained, assert_sentence, chart_rows, charts

pytestmark = pytest.mark.usefixtures("shipped_shelf")
CSV = b"text\n" + b"\n".join([b"i feel calm and glad", b"i feel so angry today", b"i was afraid of the dark"] * 4)


@pytest.fixture(autouse=True)
def no_cached_results():
    st.cache_data.clear()


@pytest.fixture
def results(shipped_shelf):
    found = load_results(find_run("bert-emotion"), "test")
    if found is None:
        pytest.skip("checkpoints/ does not hold the lists of bert-emotion; 'make checkpoints' makes them")
    return found


@pytest.mark.parametrize("method", ["contrast", "workshop", "integrated-gradients", "log-odds"])
def test_the_bars_are_the_shipped_lists(open_page, results, method, monkeypatch):
    monkeypatch.setenv(crude.VARIABLE, "1")
    app = open_page("tokens", tokens_view="Top words", tokens_method=METHODS[method].label)
    assert not app.exception
    assert not app.error
    rows = pd.concat([chart_rows(chart) for chart in charts(app)])
    for name, scores in results.views["predicted"].lists[method].items():
        shown = rows[rows["class"] == name].drop_duplicates("slot")
        assert list(shown["word"]) == [score.token for score in scores[:SHOWN]]


def test_feel_falls_from_the_naive_to_the_corrected_end(open_page, results):
    rungs = results.views["predicted"].ladder
    naive = open_page("tokens", tokens_ladder_tab=ladder_view.RANKS)
    assert not naive.exception
    rows = pd.concat([chart_rows(chart) for chart in charts(naive)[3:5]])
    assert set(rows["word"].dropna()) == {"feel", "feeling"}
    assert rungs[0].ranks["joy"]["feel"] < (rungs[-1].ranks["joy"]["feel"] or 10_000)


def test_the_reports_six_answers_stand_beside_ours(open_page, results):
    app = open_page("tokens", tokens_view="The report's six words")
    assert not app.exception
    table = app.table[0].value
    assert dict(zip(table["class"], table["the report"], strict=True)) == dict(REPORT_TOKENS)
    assert set(table["evidence"]) <= {"for", "against", "open"}


def test_masking_is_shown_with_its_caveat(open_page, results):
    app = open_page("tokens", tokens_view="Masking test")
    assert not app.exception
    assert charts(app)
    assert any("unlike those that the model was trained on" in caption.value for caption in app.caption)


def test_the_methods_agreement_is_a_table(open_page, results):
    app = open_page("tokens", tokens_view="Rank correlation")
    assert not app.exception
    assert {"rank correlation", "words in both"} <= set(app.dataframe[0].value.columns)


def test_own_texts_are_read_when_asked_and_not_before(open_page):
    app = open_page("tokens", tokens_source="Your texts")
    assert "Upload a CSV" in app.info[0].value
    app.file_uploader(key="tokens_csv").set_value(("mine.csv", CSV, "text/csv")).run()
    assert not charts(app)
    app.button(key="tokens_go").click().run()
    assert not app.exception
    assert not app.error
    assert any("12 sentences of mine.csv" in caption.value.replace("\\", "") for caption in app.caption)


def test_a_file_without_texts_is_answered_by_a_sentence(open_page):
    app = open_page("tokens", tokens_source="Your texts")
    app.file_uploader(key="tokens_csv").set_value(("mine.csv", b"text\n \n", "text/csv")).run()
    assert_sentence(app)


def test_without_the_data_the_lists_stand_and_the_sentences_do_not(open_page, results, monkeypatch, tmp_path):
    monkeypatch.setenv("CCDS_DATA_DIR", str(tmp_path))
    st.cache_resource.clear()
    app = open_page("tokens", tokens_view="Top words")
    st.cache_resource.clear()
    assert not app.exception
    assert charts(app)
    assert any("need the emotion data" in caption.value and "data fetch emotion" in caption.value
               for caption in app.caption)  # fmt: skip


def test_another_split_without_the_data_says_what_is_missing(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("CCDS_DATA_DIR", str(tmp_path))
    st.cache_resource.clear()
    app = open_page("tokens", tokens_source="Another split")
    st.cache_resource.clear()
    assert not app.exception
    assert not app.error
    (note,) = app.info
    assert all(way in note.value.replace("\\", "") for way in ("not on this computer", "data fetch emotion"))


def test_it_opens_on_the_naive_sum_beside_the_reports_procedure_and_the_corrected_measure(open_page, results):
    app = open_page("tokens")
    assert not app.exception
    titles = [chart.alt for chart in charts(app)[:3]]
    assert titles == [
        "Naive sum: 'i' leads all 6 emotions",
        "Report: 6 different words lead",
        "Corrected: 6 different words lead",
    ]
    naive = chart_rows(charts(app)[0])
    assert set(naive.groupby("class").first()["word"]) == {"i"}
    assert list(app.segmented_control(key="tokens_view").options) == list(controls.VIEWS)
    assert controls.VIEWS[0] == controls.LADDER == app.segmented_control(key="tokens_view").value


def test_each_counting_says_what_it_counts_and_which_of_the_reports_words_lead(open_page, results):
    app = open_page("tokens")
    said = [caption.value.replace("\\", "") for caption in app.caption]
    naive, report, corrected = [text for text in said if "Of the report's words in the top 10" in text]
    assert "every occurrence of a word" in naive
    assert "feel (joy, rank 2)" in naive
    assert "the most attended word of each sentence" in report
    assert "shy (fear, rank 2); lower: depressed, feeling, fond, overwhelmed, feel." in report
    assert "with that in the other emotions" in corrected
    assert "fond (love, rank 5)" in corrected


def test_no_title_repeats_a_word(open_page, results):
    app = open_page("tokens")
    assert [heading.value.replace("\\", "") for heading in app.subheader] == ["The same word leads all 6 emotions: i"]


@pytest.mark.parametrize("step", CORRECTIONS.values(), ids=list(CORRECTIONS))
def test_the_axis_of_every_step_names_its_scores(open_page, results, step):
    app = open_page("tokens", tokens_step=step.label)
    axes = {json.loads(chart.spec)["layer"][0]["encoding"]["x"]["title"] for chart in charts(app)[3:]}
    assert axes == {ladder_view.axis_of(step.name)}
    assert ladder_view.axis_of("sum") == "summed attention"
    assert ladder_view.axis_of("shrunk") == "mean attention (1 = uniform)"
    assert ladder_view.axis_of("contrast") == "contrast vs. the other emotions"


@pytest.mark.parametrize("method", ["contrast", "integrated-gradients", "log-odds"])
def test_a_score_names_what_it_compares_and_only_counts_are_called_a_z_score(open_page, results, method):
    app = open_page("tokens", tokens_view="Top words", tokens_method=METHODS[method].label)
    axes = {json.loads(chart.spec)["layer"][0]["encoding"]["x"]["title"] for chart in charts(app)}
    name = "z-score" if method == "log-odds" else "contrast"
    assert axes == {f"{name} vs. the other emotions"}
    if method != "log-odds":
        assert any("it is no test" in caption.value for caption in app.caption)


@pytest.mark.parametrize("query", [
    *({"tokens_view": view} for view in controls.VIEWS),
    {"tokens_source": "Another split"}, {"tokens_source": "Your texts"},
], ids=str)  # fmt: skip
def test_every_control_is_explained_in_one_sentence(open_page, results, query):
    assert_explained(open_page("tokens", **query))
