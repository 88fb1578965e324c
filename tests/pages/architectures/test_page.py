"""The Architectures page: presets set the toggles, toggles make the network, and the URL keeps it."""

import json

import pytest

from ccds_core.config.options import CnnOptions
from ccds_core.config.presets import PRESETS
from ccds_core.models.cnn_diff import BASE, changes_title
from ccds_core.models.cnn_script import write_script
from pages.ui.shared.cnn_controls import NAMES, SHORT
from tests.support.page_reading import charts

TOGGLES = ("extra_conv", "linear_batch_norm", "conv_batch_norm")
LINK = {
    "architectures_activation": "tanh",
    "architectures_extra_conv": "true",
    "architectures_dropout": "0.3",
    "architectures_linear_layers": "5",
    "architectures_initialisation": "Xavier, conv layers too",
}
LINKED = CnnOptions("tanh", extra_conv=True, dropout=0.3, initialisation="xavier-everywhere", linear_layers=5)


def drawn(app):
    """The alt text of the drawing."""
    (chart,) = charts(app)
    return chart.alt


def choose(app, preset):
    return app.segmented_control(key="architectures_preset").set_value(preset).run()


def said(app):
    return " ".join(caption.value for caption in app.caption)


def test_it_opens_on_architecture_1_with_its_layers_and_their_sum(open_page):
    app = open_page("architectures")
    assert drawn(app) == changes_title(BASE)
    assert app.segmented_control(key="architectures_preset").value == "1"
    table = app.dataframe[0].value
    assert table["layer"].iloc[-1] == "all"
    assert table["params"].iloc[-1] == 5_851_338
    metrics = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert metrics == {"Layers": ("20", ""), "Parameters": ("5.85 M", ""), "Million MACs": ("137.7", "")}
    assert any("Change an option" in markdown.value for markdown in app.markdown)


def test_the_last_change_is_named_and_measured(open_page):
    """Beside the network stands what the last change did, not what all of them together did."""
    app = open_page("architectures")
    app.segmented_control(key="architectures_activation").set_value("sigmoid").run()
    assert last_change(app) == "**Last change: FC activation ReLU → sigmoid**"
    first = {metric.label: metric for metric in app.metric}
    assert first["Parameters"].delta == ""
    app.toggle(key="architectures_linear_batch_norm").set_value(True).run()
    assert last_change(app) == r"**Last change: Batch norm\: FC layers off → on**"
    second = {metric.label: metric for metric in app.metric}
    assert second["Layers"].delta == "+2"
    assert second["Parameters"].delta == "+3,072"  # a weight and a bias for each of 1,024 and 512 units
    before, after = (float(each["Output std"].value) for each in (first, second))
    assert after > 10 * before  # what batch norm is for
    assert second["Output std"].delta == f"× {after / before:,.0f}" or after / before == pytest.approx(
        float(second["Output std"].delta.removeprefix("× ").replace(",", "")), rel=0.05
    )
    again = app.run()
    assert last_change(again) == last_change(app)


def last_change(app):
    return next(markdown.value.strip() for markdown in app.markdown if "Last change" in markdown.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_sets_every_toggle(open_page, name):
    app = choose(open_page("architectures"), SHORT[name])
    options = PRESETS[name].options
    assert not app.exception
    assert drawn(app) == changes_title(options)
    assert [app.toggle(key=f"architectures_{toggle}").value for toggle in TOGGLES] == [
        getattr(options, toggle) for toggle in TOGGLES
    ]
    assert app.slider(key="architectures_dropout").value == options.dropout
    assert app.segmented_control(key="architectures_preset").value == SHORT[name]
    assert "Custom:" not in said(app)


def test_one_preset_after_another_leaves_nothing_of_the_first(open_page):
    app = choose(choose(open_page("architectures"), "5 repaired"), "2")
    assert drawn(app) == changes_title(PRESETS["architecture-2"].options)


def test_a_second_click_on_a_preset_changes_nothing(open_page):
    app = choose(open_page("architectures"), "4")
    assert drawn(choose(app, None)) == changes_title(PRESETS["architecture-4"].options)
    assert app.segmented_control(key="architectures_preset").value == "4"


def test_a_custom_network_names_the_nearest_preset_and_the_difference(open_page):
    app = choose(open_page("architectures"), "4")
    app.toggle(key="architectures_conv_batch_norm").set_value(True).run()
    assert "Custom: Architecture 4 with another batch norm: conv layers" in said(app)
    assert app.segmented_control(key="architectures_preset").value is None
    app.toggle(key="architectures_conv_batch_norm").set_value(False).run()
    assert app.segmented_control(key="architectures_preset").value == "4"


def test_toggles_that_equal_a_preset_select_it(open_page):
    app = open_page("architectures")
    app.segmented_control(key="architectures_activation").set_value("sigmoid").run()
    assert app.segmented_control(key="architectures_preset").value == "2"


def test_a_link_restores_the_network(open_page):
    app = open_page("architectures", **LINK)
    assert not app.exception
    assert drawn(app) == changes_title(LINKED)


@pytest.mark.parametrize(
    "query",
    [
        {"architectures_activation": "<script>"},
        {"architectures_linear_layers": "99"},
        {"architectures_linear_layers": "2"},
        {"architectures_dropout": "nan"},
        {"architectures_dropout": "1"},
        {"architectures_extra_conv": "perhaps"},
        {"architectures_initialisation": "../x"},
        {"architectures_view": "Nowhere"},
    ],
    ids=str,
)
def test_nonsense_in_the_url_falls_back_to_architecture_1(open_page, query):
    app = open_page("architectures", **query)
    assert not app.exception
    assert not app.error
    assert drawn(app) == changes_title(BASE)


@pytest.mark.parametrize(
    ("preset", "badge"),
    [
        ("5", ":red-badge[Xavier (report's bug): 0 tensors redrawn]"),
        ("5 repaired", ":green-badge[Xavier (fixed): 6 tensors redrawn]"),
    ],
)
def test_xavier_badge_is_red_for_the_bug_and_green_for_the_fix(open_page, preset, badge):
    app = choose(open_page("architectures"), preset)
    assert any(badge in markdown.value for markdown in app.markdown)


def test_the_code_uses_the_chosen_networks_hyperparameters(open_page):
    app = choose(open_page("architectures", architectures_view="Code"), "5 repaired")
    script = write_script(PRESETS["architecture-5-repaired"].config("architecture-5-repaired"))
    assert app.code[0].value == script.strip()


def test_the_optimizer_of_the_code_can_be_another(open_page):
    app = open_page("architectures", architectures_view="Code", architectures_optimizer="SGD, learning rate 0.01")
    assert "torch.optim.SGD" in app.code[0].value
    assert "LEARNING_RATE = 0.01" in app.code[0].value


def test_the_diff_to_architecture_1_is_empty_for_itself(open_page):
    app = open_page("architectures", architectures_view="Code", architectures_code="Diff to Architecture 1")
    assert not app.code
    assert "This is Architecture 1 itself" in app.info[0].value
    app = choose(app, "3")
    assert app.code[0].value.startswith("--- architecture-1.py\n+++ architecture-3.py\n")


def test_the_drawing_outlines_new_and_changed_layers(open_page):
    app = choose(open_page("architectures"), "4")
    (chart,) = charts(app)
    boxes = next(layer for layer in json.loads(chart.spec)["layer"] if layer["mark"]["type"] == "rect")
    differ = {row["layer"] for row in boxes["data"]["values"] if row["status"] != "same"}
    assert differ == {"conv7", "relu7", "fc1_norm", "fc2_norm", "sigmoid1", "sigmoid2"}
