"""The pages on the runs that this repository ships; skipped where it ships none yet."""

import json

import pytest
import streamlit as st

from ccds_core.data.examples import EXAMPLES
from ccds_core.presets import PRESETS
from ccds_core.run_folders import MANIFEST, WEIGHTS
from ccds_core.runtime import PROJECT
from tests.pages.reading import answers, chart_rows, charts

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
    assert set(answers(app).index) == {name for name, has_weights in SHIPPED.items() if has_weights}


def test_the_networks_that_learned_tell_the_examples_apart(open_page):
    """Drawn pictures are not photos; a network that read them upside down would be right once in ten."""
    shown = {name: example.label for name, example in EXAMPLES.items() if example.label}
    said = {name: answers(open_page("images", images_example=name)).loc["architecture-4"].idxmax() for name in shown}
    assert sum(said[name] == label for name, label in shown.items()) >= 4


def test_home_shows_every_shipped_run(open_page):
    app = open_page("home")
    rows = chart_rows(charts(app)[0])
    assert set(rows[rows["whose"] == "ours"]["run"]) == set(SHIPPED)


@pytest.mark.parametrize("view", ["Scores", "Curves", "Confusion", "Classes", "Options and cost"])
def test_compare_shows_all_of_them_at_once(open_page, view):
    app = open_page("compare", compare_view=view, compare_runs=list(SHIPPED))
    assert not app.exception
    assert not app.error
    assert charts(app) or app.dataframe
