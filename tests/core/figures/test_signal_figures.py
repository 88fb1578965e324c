"""Figures of the signal: every reading is drawn where it belongs, on a log axis without zeros, the rule at the step."""

from math import log

import pytest

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig
from ccds_core.config.variants import variant_config
from ccds_core.figures.export import chart_svg
from ccds_core.figures.layer_lines import layer_chart, signal_panels, signal_table
from ccds_core.figures.step_lines import layer_maps, step_panels, steps_table
from ccds_core.training.first_steps_records import FORMAT, LayerTrace, TrainingTrace
from ccds_core.training.signal_records import FreshSignal, LayerSignal, Signal

SIGMOID = CnnOptions(activation="sigmoid")


def fresh(gradients, activation="sigmoid"):
    layers = tuple(
        LayerSignal(
            name, activation, 0.0, 0.1, 0.1, 0.1, 0.2 if activation == "sigmoid" else None, None, 0.01, gradient
        )
        for name, gradient in gradients.items()
    )
    return FreshSignal(SIGMOID, 0, Signal(layers, 10, 0.002, 3e-5, 2.3), ())


def recording(n=11, saturated=0.5, asked=10):
    down = (*(0.1**step for step in range(n - 1)), 0.0)
    course = LayerTrace("fc1", "sigmoid", down, down, down, (saturated,) * n, None)
    conv = LayerTrace("conv1", "relu", None, down, down, None, (0.1,) * n)
    config = variant_config(SIGMOID, "adam", DataConfig("digits", "seeded"))
    losses = tuple(2.3 - 0.1 * step for step in range(n))
    return TrainingTrace(FORMAT, config, "made up", 10, 20, asked, losses, down, down, (conv, course))


def rows_of(chart):
    """What each layer of a chart draws, as lists of records."""
    spec = chart.to_dict()
    data = spec["datasets"]
    return [data[layer["data"]["name"]] for layer in spec["layer"] if "data" in layer] or list(data.values())


def test_layers_stand_in_the_signals_order_also_where_networks_differ_in_depth():
    networks = {"shallow": fresh({"conv1": 1e-5, "fc1": 1e-3, "fc2": 1e-2}),
                "deep": fresh({"conv1": 1e-6, "conv2": 1e-6, "fc1": 1e-4, "fc2": 1e-3, "fc10": 1e-2})}  # fmt: skip
    chart = layer_chart(signal_table(networks, 1e-4), "gradient", "x").to_dict()
    x = chart["layer"][0]["encoding"]["x"]
    assert x["sort"] == x["scale"]["domain"] == ["conv1", "conv2", "fc1", "fc2", "fc10"]


def test_what_is_zero_has_no_place_on_a_log_axis_and_the_axis_covers_the_rest():
    table = signal_table({"one": fresh({"conv1": 0.0, "fc1": 3e-9, "fc2": 2e-2})}, 1e-4)
    chart = layer_chart(table, "gradient", "x")
    (rows,) = rows_of(chart)
    assert [row["layer"] for row in rows] == ["fc1", "fc2"]
    low, high = chart.to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low <= 3e-9
    assert high >= 2e-2
    assert len(chart.to_dict()["layer"][0]["encoding"]["y"]["axis"]["values"]) <= 7


def test_the_titles_state_the_finding_of_the_first_network_and_the_panels_can_be_written():
    networks = {"mine": fresh({"conv1": 1e-6, "fc1": 1e-3}), "other": fresh({"conv1": 1.0, "fc1": 1.0})}
    charts = signal_panels(networks, 1e-4)
    assert list(charts) == [
        "First-layer gradient: 1/1,000 of the last layer's",
        "Logits vary by 3e-5 between images",
        "conv1: gradient is 1× the weight decay",
    ]
    assert all(chart_svg(chart).startswith(b"<svg") for chart in charts.values())


def test_a_share_that_means_nothing_is_missing_from_the_table():
    table = signal_table({"relu": fresh({"conv1": 1.0}, "relu"), "sigmoid": fresh({"conv1": 1.0})}, 1e-4)
    assert table.set_index("network")["saturated"].isna().to_dict() == {"relu": True, "sigmoid": False}


def test_the_steps_stand_on_one_axis_with_the_rule_at_the_step_and_the_level_of_guessing():
    charts = step_panels({"a": recording(), "b": recording()}, 4)
    loss, saturated, features, _ = charts
    assert loss == "Lowest loss after 10 steps: a, 1.30"
    assert saturated == "Most saturated: a, 50 % of a layer"
    level, rule, lines = rows_of(charts[loss])
    assert level == [{"value": pytest.approx(log(10))}]
    assert rule == [{"step": 4}]
    assert len(lines) == 22
    assert all(row["value"] > 0 for row in rows_of(charts[features])[1])


def test_a_training_that_ended_early_is_drawn_as_far_as_it_went():
    whole, short = recording(), recording(n=4)
    table = steps_table({"whole": whole, "short": short})
    assert table.groupby("training")["step"].max().to_dict() == {"whole": 10, "short": 3}
    assert step_panels({"whole": whole, "short": short}, 9)


def test_a_map_has_a_cell_for_each_layer_and_step_with_the_reading_and_one_scale_for_all():
    maps = layer_maps({"a": recording(), "b": recording(saturated=0.9)}, "saturated", 3)
    assert list(maps) == ["a", "b"]
    assert {row["layer"] for row in rows_of(maps["a"])[0]} == {"fc1"}
    maps = layer_maps({"a": recording(), "b": recording()}, "gradient_rms", 3)
    cells, rule = rows_of(maps["b"])
    assert len(cells) == 2 * 10  # the last step's zero has no colour
    assert rule == [{"step": 3.5}]
    domains = [chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]["domain"] for chart in maps.values()]
    assert domains[0] == domains[1]
    assert layer_maps({"a": recording()}, "dead", 0)["a"]
