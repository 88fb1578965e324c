"""Images, beyond the answers: maps, their test, the layers, and the test images that a network got wrong."""

import json
import re

import numpy as np
import pytest
import streamlit as st

from ccds_core.data import cifar10
from ccds_core.explain.methods import IMAGE_METHODS
from ccds_core.paths import data_dir
from ccds_core.results import percent
from ccds_core.runs.records import find_run
from pages.ui.compare import confusion_cell
from pages.ui.shared.controls import WRONG
from pages.ui.shared.markdown import plain
from tests.support.page_reading import alerts, chart_rows, charts

MAPS, TEST, LAYERS = "Attribution maps", "Faithfulness test", "Feature maps"
NETWORK = "architecture-1"


@pytest.fixture
def whole_data():
    if cifar10.find() is None:
        pytest.skip(f"no CIFAR-10 in {data_dir()}")


@pytest.mark.usefixtures("shelf")
def test_the_maps_of_a_network_name_it_and_the_class(open_page):
    app = open_page("images", images_view=MAPS, images_network=NETWORK, images_target="ship")
    assert not app.exception
    (finding,) = [text.value for text in app.markdown if "carry half of the positive attribution" in text.value]
    assert finding.startswith("**" + plain(f"{NETWORK}, ship: "))
    _, *maps = charts(app)
    assert [each.alt for each in maps] == [method.label for method in IMAGE_METHODS.values()]


@pytest.mark.usefixtures("shelf")
def test_the_title_of_a_chart_that_scrolls_sideways_is_text_which_no_window_cuts(open_page):
    app = open_page("images", images_view=TEST, images_network=NETWORK)
    agreement = charts(app)[-1]
    assert not json.loads(agreement.spec).get("title")
    assert f"**{plain(agreement.alt)}**" in [text.value for text in app.markdown]


@pytest.mark.slow
@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("query", "second"),
    [
        ({"images_beside": "Compare classes", "images_other_target": "frog"}, f"{NETWORK}, frog"),
        ({"images_beside": "Compare networks", "images_other_network": "architecture-5"}, "architecture-5, ship"),
    ],
    ids=["class", "network"],
)
def test_another_class_or_network_stands_beneath(open_page, query, second):
    app = open_page("images", images_view=MAPS, images_network=NETWORK, images_target="ship", **query)
    assert not app.exception
    findings = [text.value for text in app.markdown if "carry half of the positive attribution" in text.value]
    assert findings[1].startswith("**" + plain(second))
    _, *maps = charts(app)
    first, other = maps[: len(IMAGE_METHODS)], maps[len(IMAGE_METHODS) :]
    assert [each.alt for each in first] == [each.alt for each in other]
    assert all(one.spec != two.spec for one, two in zip(first, other, strict=True))


@pytest.mark.usefixtures("shelf")
def test_pixels_and_overlay_are_two_images(open_page):
    over, pixels = (charts(open_page("images", images_view=MAPS, images_shown=shown))[1:] for shown in
                    ("Overlay", "Pixels"))  # fmt: skip
    assert [each.alt for each in over] == [each.alt for each in pixels]
    images = [{chart_rows(each)["image"].item() for each in drawn} for drawn in (over, pixels)]
    assert len(images[0]) == len(images[1]) == len(IMAGE_METHODS)
    assert images[0].isdisjoint(images[1])


@pytest.mark.usefixtures("shelf")
def test_the_faithfulness_test_shows_curves_gains_and_rank_correlations_and_says_what_was_not_measured(open_page):
    app = open_page("images", images_view=TEST, images_network=NETWORK)
    assert not app.exception
    _, deletion, insertion, *gains, agreement = charts(app)
    assert [each.alt for each in (deletion, insertion, *gains)] == [
        "Deletion", "Insertion", "Comprehensiveness (deletion)", "Sufficiency (insertion)"
    ]  # fmt: skip
    assert "random order" in set(chart_rows(insertion)["method"])
    for each in gains:
        assert set(chart_rows(each)["method"]) == set(chart_rows(deletion)["method"]) - {"random order"}
    assert "agree least" in agreement.alt
    assert any("Not measured" in caption.value for caption in app.caption)
    ends = chart_rows(deletion).query("fraction == 1")["probability"]
    assert ends.max() - ends.min() < 1e-9  # whatever the order: an image of one grey
    assert any(f"is {percent(ends.iloc[0])}: a model predicts one" in caption.value for caption in app.caption)


@pytest.mark.usefixtures("shipped_shelf")
def test_what_was_measured_over_many_rows_stands_beneath(open_page):
    app = open_page("images", images_view=TEST, images_network=NETWORK)
    assert not app.exception
    rows = chart_rows(charts(app)[-1])
    assert {"random ranking", "Occlusion"} <= set(rows["method"])
    assert ((rows["low"] <= rows["gain"]) & (rows["gain"] <= rows["high"])).all()
    chance = rows[rows["method"] == "random ranking"]
    assert chance["gain"].abs().max() < 0.05


@pytest.mark.usefixtures("shelf")
def test_every_layer_opens_with_one_of_its_channels_and_the_filters_behind_it(open_page):
    app = open_page("images", images_view=LAYERS, images_network=NETWORK)
    slider = app.select_slider(key="images_layer")
    assert slider.options[0] == "conv1"
    for layer in ("conv1", "relu4", slider.options[-1]):
        app.select_slider(key="images_layer").set_value(layer).run()
        assert not app.exception
        _, maps, channel, filters = app.image
        assert layer in maps.proto.imgs[0].alt
        assert channel.captions
        assert "3 × 3 weights" in filters.captions[0]
    app.number_input(key=f"images_channel_{layer}").set_value(2).run()
    assert "Channel 2" in app.image[2].captions[0]


@pytest.mark.slow
@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(("layer", "n_before"), [("conv1", 3), ("relu4", 128)])
def test_one_value_of_a_map_is_computed_before_the_class(open_page, layer, n_before):
    app = open_page("images", images_view=LAYERS, images_network=NETWORK, images_layer=layer, images_sum="true")
    assert not app.exception
    texts = [text.value.replace("\\", "") for text in app.markdown]
    sums = [text for text in texts if "(bias)" in text]
    total, n_products, sign, bias, value = re.search(
        r": (\S+) \(sum of (\S+) products\) (\S) (\S+) \(bias\) = \*\*(\S+)\*\*$", sums[0]
    ).groups()
    assert int(n_products.replace(",", "")) == 9 * n_before
    assert float(total) + float(bias) * (1 if sign == "+" else -1) == pytest.approx(float(value), abs=1e-9)
    rows = chart_rows(charts(app)[-1])
    assert set(rows["part"]) == {"inputs", "× weights", "= products"}
    assert len(rows) == 3 * 3 * 9
    wide = rows.pivot(index=["channel", "row", "column"], columns="part", values="value")
    assert np.allclose(wide["inputs"] * wide["× weights"], wide["= products"], atol=1e-6)


@pytest.mark.slow
@pytest.mark.usefixtures("shipped_shelf", "whole_data")
def test_misclassified_images_are_listed_by_confidence_and_the_first_is_explained(open_page):
    app = open_page("images", images_source=WRONG, images_wrong_run=NETWORK, images_wrong_label="cat")
    assert not app.exception
    table = app.dataframe[0].value
    assert set(table["true class"]) == {"cat"}
    assert "cat" not in set(table["predicted class"])
    assert table["confidence"].is_monotonic_decreasing
    heading = next(line.value for line in app.markdown if "highest confidence first" in line.value)
    test = find_run(NETWORK).metrics.test
    row = test.classes.index("cat")
    wrong = sum(test.confusion[row]) - test.confusion[row][row]
    assert f"{wrong:,} misclassified images" in heading
    rows = chart_rows(charts(app)[0])
    answer = rows[rows["model"] == NETWORK].set_index("class")["probability"]
    assert answer[table["predicted class"][0]] == pytest.approx(table["confidence"][0] / 100, abs=0.002)


@pytest.mark.usefixtures("shipped_shelf", "whole_data")
def test_a_link_leads_to_a_mistake_and_outlives_a_cell_with_fewer(open_page):
    """The number of the mistake stands in the link; where another cell has fewer, one of those is explained."""
    app = open_page("images", images_source=WRONG, images_wrong_run=NETWORK, images_wrong_number=60)
    assert not app.exception
    table = app.dataframe[0].value
    label = table["true class"][59]
    assert any(caption.value.startswith(rf"Row 60\: true class {label}") for caption in app.caption)
    app.selectbox(key="images_wrong_label").select("ship").run()
    app.selectbox(key="images_wrong_answer").select("horse").run()
    assert not app.exception
    assert 1 <= len(app.dataframe[0].value) < 60
    assert app.number_input(key="images_wrong_number").value <= len(app.dataframe[0].value)


@pytest.mark.usefixtures("shipped_shelf", "whole_data")
def test_a_mistake_that_was_never_made_is_said(open_page):
    app = open_page("images", images_source=WRONG, images_wrong_run=NETWORK, images_wrong_label="cat",
                    images_wrong_answer="cat")  # fmt: skip
    assert not app.exception
    assert any("makes no such mistake" in alert for alert in alerts(app))


@pytest.mark.usefixtures("shipped_shelf")
def test_without_the_data_the_page_says_what_misclassified_images_need(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("CCDS_DATA_DIR", str(tmp_path))
    st.cache_resource.clear()
    app = open_page("images", images_source=WRONG)
    assert not app.exception
    assert any("need the data set" in alert for alert in alerts(app))


@pytest.mark.usefixtures("shipped_shelf")
def test_a_cell_of_images_leads_to_them(open_page, monkeypatch):
    monkeypatch.setattr(confusion_cell, "cell_of", lambda event, name: ("cat", "dog"))
    app = open_page("compare", compare_view="Confusion", compare_runs=[NETWORK])
    assert not app.exception
    (link,) = [link for link in app.page_link if link.page == "images"]
    assert "cat" in link.label
    assert "dog" in link.label
