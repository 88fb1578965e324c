"""The lab's views of the signal: open filled with and without CIFAR-10, say what is wrong in red, record on request."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ccds_core import layers
from ccds_core.runtime import PROJECT
from ccds_core.step_records import FOLDER
from tests.pages.reading import chart_rows, charts

TIMEOUT = 60  # seconds, on a machine that may be busy
SCRIPT = """
import streamlit as st
from dataclasses import replace
from ccds_core.presets import PRESETS
from pages.ui import {module}
config = PRESETS[{preset!r}].config({preset!r})
{module}.{view}(replace(config, options=replace(config.options, linear_layers={depth})))
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The small network, no CIFAR-10, a cache of its own, and the recordings that are shipped."""
    monkeypatch.setattr(layers, "STAGES", ((4, 8), (8, 8), (8, 8)))
    monkeypatch.setattr(layers, "HIDDEN", (32, 16))
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"CCDS_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def open_view(view, preset, depth=3, **query):
    module = "signal_views" if view == "draw_signal" else "step_views"
    app = AppTest.from_string(
        SCRIPT.format(view=view, module=module, preset=preset, depth=depth), default_timeout=TIMEOUT
    )
    app.query_params = query
    app.run()
    assert not app.exception
    return app


def test_step_0_opens_filled_without_cifar_10_and_says_so():
    app = open_view("draw_signal", "architecture-2")
    assert "Washed out, not saturated" in app.warning[0].value.replace("\\", "")
    assert any("scikit" in caption.value for caption in app.caption)
    gradient, spread, decay = charts(app)
    assert gradient.alt.startswith("First gradient: 1/")
    assert set(chart_rows(gradient)["network"]) == {"this network", "architecture-1"}
    assert "logits" in spread.alt
    assert "weight decay" in decay.alt


def test_xavier_as_written_is_red_beside_the_one_that_runs():
    app = open_view("draw_signal", "architecture-5")
    assert "touched 0 of 24 tensors" in app.error[0].value
    (badges,) = [block.value for block in app.markdown if "badge" in block.value]
    assert ":red-badge[Xavier as written: 0 of 24 tensors touched]" in badges
    assert ":green-badge[Xavier that runs: 6 of 24 tensors touched]" in badges
    assert "with Xavier that runs" in set(chart_rows(charts(app)[0])["network"])


def test_the_seed_draws_other_networks_and_the_same_seed_the_same():
    first, same, other = (chart_rows(charts(open_view("draw_signal", "architecture-4", **query))[0])
                          for query in ({}, {}, {"architectures_signal_seed": "7"}))  # fmt: skip
    assert first.equals(same)
    assert not first.equals(other)


def test_the_shipped_steps_of_architecture_2_open_filled_and_end_saturated():
    app = open_view("draw_first_steps", "architecture-2")
    assert not app.button
    loss, saturated, *_ = charts(app)
    rows = chart_rows(saturated)
    assert rows[rows["training"] == "Adam"]["value"].max() > 0.9
    assert {"Adam", "SGD 0.01", "Xavier", "Batch norm"} <= set(chart_rows(loss)["training"].dropna())
    assert any("JPEG copy of CIFAR-10" in caption.value.replace("\\", "") for caption in app.caption)


def test_scrubbing_moves_the_rule_and_the_table():
    app = open_view("draw_first_steps", "architecture-2", architectures_step="7")
    assert set(app.dataframe[0].value["step"]) == {7}
    app.slider(key="architectures_step").set_value(90).run()
    assert set(app.dataframe[0].value["step"]) == {90}


def test_several_seeds_stand_beside_one_another():
    app = open_view(
        "draw_first_steps", "architecture-2", architectures_starts=["Adam"], architectures_seeds=["0", "1", "2"]
    )
    assert set(app.dataframe[0].value["training"]) == {"Adam, seed 0", "Adam, seed 1", "Adam, seed 2"}


def test_what_was_never_recorded_is_offered_trained_and_kept(tmp_path):
    app = open_view("draw_first_steps", "architecture-2", depth=4, architectures_starts=["SGD 0.01"])
    assert any("Not recorded yet" in caption.value for caption in app.caption)
    assert charts(app)
    app.button(key="architectures_record").click().run()
    assert not app.exception
    assert len(list((tmp_path / "cache" / FOLDER).iterdir())) == 1
    assert not app.button
    assert set(app.dataframe[0].value["training"]) == {"SGD 0.01"}
    assert any("scikit" in caption.value for caption in app.caption)


def test_two_labels_of_one_training_are_drawn_once():
    app = open_view("draw_first_steps", "architecture-4", architectures_starts=["Adam", "Batch norm"])
    assert set(app.dataframe[0].value["training"]) == {"Adam"}
