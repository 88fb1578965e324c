"""The views of activations and gradients and of the first 100 steps, with and without CIFAR-10."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ccds_core.models import cnn_layers
from ccds_core.paths import PROJECT
from ccds_core.training.first_steps_records import FOLDER
from tests.support.page_reading import chart_rows, charts

TIMEOUT = 60  # seconds, on a machine that may be busy
SCRIPT = """
import streamlit as st
from dataclasses import replace
from ccds_core.config.presets import PRESETS
from pages.ui.architectures import {module}
config = PRESETS[{preset!r}].config({preset!r})
{module}.{view}(replace(config, options=replace(config.options, linear_layers={depth})))
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The small network, no CIFAR-10, a cache of its own, and the recordings that are shipped."""
    monkeypatch.setattr(cnn_layers, "STAGES", ((4, 8), (8, 8), (8, 8)))
    monkeypatch.setattr(cnn_layers, "HIDDEN", (32, 16))
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"CCDS_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def open_view(view, preset, depth=3, **query):
    module = "signal_view" if view == "draw_signal" else "first_steps_view"
    app = AppTest.from_string(
        SCRIPT.format(view=view, module=module, preset=preset, depth=depth), default_timeout=TIMEOUT
    )
    app.query_params = query
    app.run()
    assert not app.exception
    return app


def test_initialization_view_without_cifar_10_uses_the_digits():
    app = open_view("draw_signal", "architecture-2")
    assert "Collapsed signal: after" in app.warning[0].value.replace("\\", "")
    assert any("scikit" in caption.value for caption in app.caption)
    gradient, spread, decay = charts(app)
    assert gradient.alt.startswith("First-layer gradient: 1/")
    assert set(chart_rows(gradient)["network"]) == {"this network", "architecture-1"}
    assert "Logits vary" in spread.alt
    assert "weight decay" in decay.alt


def test_xavier_bug_is_red_and_compared_with_the_fix():
    app = open_view("draw_signal", "architecture-5")
    assert "redrew 0 of 24 tensors" in app.error[0].value
    (badges,) = [block.value for block in app.markdown if "badge" in block.value]
    assert ":red-badge[Xavier (report's bug): 0 of 24 tensors redrawn]" in badges
    assert ":green-badge[Xavier (fixed): 6 of 24 tensors redrawn]" in badges
    assert "with Xavier (fixed)" in set(chart_rows(charts(app)[0])["network"])


def test_the_seed_draws_other_networks_and_the_same_seed_the_same():
    first, same, other = (chart_rows(charts(open_view("draw_signal", "architecture-4", **query))[0])
                          for query in ({}, {}, {"architectures_signal_seed": "7"}))  # fmt: skip
    assert first.equals(same)
    assert not first.equals(other)


def test_the_shipped_steps_of_architecture_2_open_filled_and_end_saturated():
    app = open_view("draw_first_steps", "architecture-2")
    assert [button.key for button in app.button if "reset" not in button.key] == []
    loss, saturated, *_ = charts(app)
    rows = chart_rows(saturated)
    assert rows[rows["training"] == "as it is (Adam)"]["value"].max() > 0.9
    assert {"as it is (Adam)", "with SGD, learning rate 0.01", "with Xavier", "with batch norm"} <= set(
        chart_rows(loss)["training"].dropna()
    )
    assert any("JPEG copy of CIFAR-10" in caption.value.replace("\\", "") for caption in app.caption)


def test_the_step_slider_moves_the_table():
    app = open_view("draw_first_steps", "architecture-2", architectures_step="7")
    assert set(app.dataframe[0].value["step"]) == {7}
    app.slider(key="architectures_step").set_value(90).run()
    assert set(app.dataframe[0].value["step"]) == {90}


def test_several_seeds_are_shown_together():
    app = open_view(
        "draw_first_steps",
        "architecture-2",
        architectures_starts=["as it is (Adam)"],
        architectures_seeds=["0", "1", "2"],
    )
    assert set(app.dataframe[0].value["training"]) == {
        "as it is (Adam), seed 0",
        "as it is (Adam), seed 1",
        "as it is (Adam), seed 2",
    }


def test_a_missing_recording_can_be_trained_and_is_kept(tmp_path):
    app = open_view(
        "draw_first_steps", "architecture-2", depth=4, architectures_starts=["with SGD, learning rate 0.01"]
    )
    assert any("Not recorded yet" in caption.value for caption in app.caption)
    assert charts(app)
    app.button(key="architectures_record").click().run()
    assert not app.exception
    assert len(list((tmp_path / "cache" / FOLDER).iterdir())) == 1
    assert [button.key for button in app.button if "reset" not in button.key] == []
    assert set(app.dataframe[0].value["training"]) == {"with SGD, learning rate 0.01"}
    assert any("scikit" in caption.value for caption in app.caption)


def test_two_labels_of_one_training_are_drawn_once():
    app = open_view("draw_first_steps", "architecture-4", architectures_starts=["as it is (Adam)", "with batch norm"])
    assert set(app.dataframe[0].value["training"]) == {"as it is (Adam)"}
