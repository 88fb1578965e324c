"""The Architectures page: presets set the toggles, toggles make the network, and the URL keeps it."""

import json

import pytest

from ccds_core.network_changes import BASE, changes_title
from ccds_core.network_code import write_script
from ccds_core.options import CnnOptions
from ccds_core.presets import PRESETS
from pages.ui.architecture_controls import NAMES, SHORT
from tests.pages.reading import charts

TOGGLES = ("extra_conv", "linear_batch_norm", "conv_batch_norm")
LINK = {
    "architectures_activation": "tanh",
    "architectures_extra_conv": "true",
    "architectures_dropout": "0.3",
    "architectures_linear_layers": "5",
    "architectures_initialisation": "Xavier everywhere",
}
LINKED = CnnOptions("tanh", extra_conv=True, dropout=0.3, initialisation="xavier-everywhere", linear_layers=5)


def drawn(app):
    """What the picture says it shows."""
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
    assert table["parameters"].iloc[-1] == 5_851_338
    assert any("5,851,338 parameters" in markdown.value for markdown in app.markdown)


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
    assert "Not a preset" not in said(app)


def test_one_preset_after_another_leaves_nothing_of_the_first(open_page):
    app = choose(choose(open_page("architectures"), "5 repaired"), "2")
    assert drawn(app) == changes_title(PRESETS["architecture-2"].options)


def test_a_second_click_on_a_preset_changes_nothing(open_page):
    app = choose(open_page("architectures"), "4")
    assert drawn(choose(app, None)) == changes_title(PRESETS["architecture-4"].options)
    assert app.segmented_control(key="architectures_preset").value == "4"


def test_what_is_no_preset_is_said_with_what_sets_it_apart(open_page):
    app = choose(open_page("architectures"), "4")
    app.toggle(key="architectures_conv_batch_norm").set_value(True).run()
    assert said(app).startswith("Not a preset: 4 but for norm on convs")
    assert app.segmented_control(key="architectures_preset").value is None
    app.toggle(key="architectures_conv_batch_norm").set_value(False).run()
    assert app.segmented_control(key="architectures_preset").value == "4"


def test_toggles_that_amount_to_a_preset_are_told_to_be_it(open_page):
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


@pytest.mark.parametrize(("preset", "badge"), [("5", ":red-badge[Xavier as written: 0 tensors redrawn]"),
                                              ("5 repaired", ":green-badge[Xavier: 6 tensors redrawn]")])  # fmt: skip
def test_xavier_as_written_is_red_and_the_one_that_runs_green(open_page, preset, badge):
    app = choose(open_page("architectures"), preset)
    assert any(badge in markdown.value for markdown in app.markdown)


def test_the_code_is_the_chosen_networks_with_its_own_recipe(open_page):
    app = choose(open_page("architectures", architectures_view="Code"), "5 repaired")
    script = write_script(PRESETS["architecture-5-repaired"].config("architecture-5-repaired"))
    assert app.code[0].value == script.strip()


def test_the_optimizer_of_the_code_can_be_another(open_page):
    app = open_page("architectures", architectures_view="Code", architectures_optimizer="SGD, rate 0.01")
    assert "torch.optim.SGD" in app.code[0].value
    assert "LEARNING_RATE = 0.01" in app.code[0].value


def test_the_difference_is_that_to_architecture_1_which_has_none(open_page):
    app = open_page("architectures", architectures_view="Code", architectures_code="Difference to architecture 1")
    assert not app.code
    assert "This is architecture 1 itself" in app.info[0].value
    app = choose(app, "3")
    assert app.code[0].value.startswith("--- architecture-1.py\n+++ architecture-3.py\n")


def test_the_picture_outlines_what_is_new_or_changed(open_page):
    app = choose(open_page("architectures"), "4")
    (chart,) = charts(app)
    boxes = next(layer for layer in json.loads(chart.spec)["layer"] if layer["mark"]["type"] == "rect")
    differ = {row["layer"] for row in boxes["data"]["values"] if row["status"] != "same"}
    assert differ == {"conv7", "relu7", "fc1_norm", "fc2_norm", "sigmoid1", "sigmoid2"}
