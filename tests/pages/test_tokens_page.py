"""The Top tokens page on the shipped BERT and its shipped lists; a pass of the visitor's own texts."""

import pandas as pd
import pytest
import streamlit as st

from ccds_core.report_tokens import REPORT_TOKENS
from ccds_core.run_folders import find_run
from ccds_core.token_results import load_results
from ccds_core.tokens import METHODS
from tests.pages.reading import assert_sentence, chart_rows, charts

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
def test_the_bars_are_the_shipped_lists(open_page, results, method):
    app = open_page("tokens", tokens_method=METHODS[method].label)
    assert not app.exception
    assert not app.error
    rows = pd.concat([chart_rows(chart) for chart in charts(app)])
    for name, scores in results.views["predicted"].lists[method].items():
        shown = rows[rows["class"] == name].drop_duplicates("slot")
        assert list(shown["word"]) == [score.token for score in scores[:8]]


def test_feel_falls_from_the_naive_to_the_corrected_end(open_page, results):
    rungs = results.views["predicted"].ladder
    naive = open_page("tokens", tokens_view="From naive to corrected")
    assert not naive.exception
    rows = pd.concat([chart_rows(chart) for chart in charts(naive)[:2]])
    assert set(rows["word"].dropna()) == {"feel", "feeling"}
    assert rungs[0].ranks["joy"]["feel"] < (rungs[-1].ranks["joy"]["feel"] or 10_000)


def test_the_reports_six_answers_stand_beside_ours(open_page, results):
    app = open_page("tokens", tokens_view="The report's six")
    assert not app.exception
    table = app.table[0].value
    assert dict(zip(table["class"], table["the report"], strict=True)) == dict(REPORT_TOKENS)
    assert set(table["evidence"]) <= {"for", "against", "open"}


def test_masking_is_shown_with_its_caveat(open_page, results):
    app = open_page("tokens", tokens_view="Do they matter?")
    assert not app.exception
    assert charts(app)
    assert any("unlike those that the model was trained on" in caption.value for caption in app.caption)


def test_the_methods_agreement_is_a_table(open_page, results):
    app = open_page("tokens", tokens_view="Do the methods agree?")
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
    app = open_page("tokens")
    st.cache_resource.clear()
    assert not app.exception
    assert charts(app)
    assert any("where the emotion data are" in caption.value for caption in app.caption)


def test_another_split_without_the_data_says_what_is_missing(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("CCDS_DATA_DIR", str(tmp_path))
    st.cache_resource.clear()
    app = open_page("tokens", tokens_source="Another split")
    st.cache_resource.clear()
    assert_sentence(app, ["emotion"])
