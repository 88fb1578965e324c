"""The pages on the runs that this repository ships; skipped where it ships none yet."""

import json

import pandas as pd
import pytest
import streamlit as st

from ccds_core.config.presets import PRESETS
from ccds_core.data.examples import DRAWN, EXAMPLES
from ccds_core.paths import PROJECT
from ccds_core.runs.records import MANIFEST, WEIGHTS
from pages.ui.shared.panels import ENSEMBLE
from tests.support.page_reading import answers, chart_rows, charts

CHECKPOINTS = PROJECT / "checkpoints"
SHIPPED = {
    path.parent.name: WEIGHTS in json.loads(path.read_text()) for path in sorted(CHECKPOINTS.glob(f"*/{MANIFEST}"))
}  # name -> whether it has weights

pytestmark = pytest.mark.skipif(
    not set(PRESETS) <= set(SHIPPED), reason="checkpoints/ does not hold the shipped runs; 'make checkpoints' does that"
)


@pytest.fixture(autouse=True)
def shipped_runs_alone(monkeypatch, tmp_path):
    """No run that was made on this machine takes part."""
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(CHECKPOINTS))
    monkeypatch.setenv("CCDS_RUNS_DIR", str(tmp_path))
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def test_every_shipped_network_answers_a_picture(open_page):
    app = open_page("images")
    assert not app.exception
    assert not app.error
    assert set(answers(app).index) == {
        name for name, has_weights in SHIPPED.items() if has_weights and name.startswith("architecture")
    }


def test_every_kind_of_text_model_answers_an_example(open_page):
    app = open_page("emotions")
    assert not app.exception
    assert not app.error
    bars, strip = (chart_rows(chart) for chart in charts(app))
    kinds = {"one-word-rule", "text-embedding", "bert-emotion"}
    for rows in (bars, strip):
        assert kinds < set(rows["model"])
        assert len(set(rows["model"]) - {ENSEMBLE}) == 4
    assert bars.groupby("model")["probability"].sum().tolist() == pytest.approx([1.0] * 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "\U0001f600 !!",
        "<script>alert(1)</script>",
        "$x$ :red[x]",
        "\u043f\u0440\u0438\u0432\u0435\u0442",
        "a" * 10_000,
    ],
)
def test_a_strange_sentence_gets_an_answer_or_a_sentence(open_page, text):
    app = open_page("emotions", emotions_source="Write")
    app.text_input(key="emotions_text").set_value(text).run()
    assert not app.exception
    assert charts(app) or app.error or app.info


@pytest.mark.parametrize("view", ["Neighbours", "Arithmetic", "Map"])
def test_the_tables_of_words_are_shown_in_every_view(open_page, view):
    app = open_page("embeddings", embeddings_view=view)
    assert not app.exception
    assert not app.error
    assert len(charts(app)) == (1 if view == "Map" else 2)


def test_the_networks_that_learned_tell_the_examples_apart(open_page):
    """Drawn images are not test images; a network that read them upside down would be right once in ten."""
    shown = {name: example.label for name, example in EXAMPLES.items() if example.label and example.origin == DRAWN}
    said = {name: answers(open_page("images", images_example=name)).loc["architecture-4"].idxmax() for name in shown}
    assert sum(said[name] == label for name, label in shown.items()) >= 4


def test_home_shows_every_shipped_run(open_page):
    app = open_page("home")
    rows = pd.concat([chart_rows(chart) for chart in charts(app)])
    assert set(rows[rows["whose"] == "ours"]["run"]) == set(SHIPPED)


@pytest.mark.parametrize("view", ["Scores", "Curves", "Confusion", "Classes", "Hyperparameters & cost"])
def test_compare_shows_all_of_them_at_once(open_page, view):
    app = open_page("compare", compare_view=view, compare_runs=list(SHIPPED))
    assert not app.exception
    assert not app.error
    assert charts(app) or app.dataframe
