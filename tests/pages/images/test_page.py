"""Images: an example -> the answers of every model; models, crop and zoom chosen; each choice seeded from the URL."""

import numpy as np
import pytest

from ccds_core.data import cifar10, digits
from ccds_core.data.examples import EXAMPLES
from tests.support.page_reading import answers, chart_rows, charts
from tests.support.run_fixtures import DIGITS, FIGURES_ONLY, SHIPPED
from tests.support.uploaded_images import png, wide

pytestmark = pytest.mark.usefixtures("shelf")


def upload(app, image):
    """The page after an image of any size was brought."""
    app.file_uploader(key="images_upload").upload("image.png", png(image), "image/png")
    return app.run()


def test_an_example_is_answered_by_every_shipped_model_with_weights(open_page):
    app = open_page("images")
    table = answers(app)
    assert list(table.index) == list(SHIPPED)
    assert set(table.columns) == set(cifar10.CLASSES)
    assert np.allclose(table.sum(axis=1), 1)
    assert FIGURES_ONLY not in app.multiselect(key="images_models").options


def test_the_image_and_what_the_networks_see_stand_side_by_side_and_are_described(open_page):
    (both,) = open_page("images").image
    assert "32 by 32 pixels" in both.proto.imgs[0].alt
    assert "what the networks get" in both.captions[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_answered(open_page, name):
    app = open_page("images", images_example=name)
    assert not app.exception
    assert not app.error
    assert len(answers(app)) == len(SHIPPED)


def test_another_example_gets_other_answers_and_the_first_one_its_own_again(open_page):
    app = open_page("images")
    examples = app.selectbox(key="images_example")
    first = answers(app)
    other = answers(examples.set_value("frog (drawn)").run())
    again = answers(app.selectbox(key="images_example").set_value(examples.options[0]).run())
    assert not np.allclose(first, other)
    assert first.equals(again)


def test_chosen_models_alone_answer_in_the_order_chosen(open_page):
    app = open_page("images")
    app.multiselect(key="images_models").set_value(["architecture-4", "architecture-1"]).run()
    assert list(answers(app).index) == ["architecture-4", "architecture-1"]


def test_choosing_no_model_asks_the_shipped_ones(open_page):
    app = open_page("images")
    app.multiselect(key="images_models").set_value([]).run()
    assert not app.exception
    assert list(answers(app).index) == list(SHIPPED)


def test_one_model_alone_is_judged_without_a_fault(open_page):
    app = open_page("images")
    app.multiselect(key="images_models").set_value(["architecture-3"]).run()
    assert not app.exception
    assert len(answers(app)) == 1


def test_a_run_on_digits_is_drawn_in_its_own_group(open_page):
    app = open_page("images")
    app.multiselect(key="images_models").set_value(["architecture-1", DIGITS, "architecture-4"]).run()
    assert not app.exception
    images, numbers, *_ = charts(app)
    assert set(chart_rows(images)["model"]) == {"ensemble", "architecture-1", "architecture-4"}
    assert set(chart_rows(numbers)["model"]) == {DIGITS}
    assert set(answers(app, 1).columns) == set(digits.CLASSES)


def test_a_run_on_digits_alone_is_answered_too(open_page):
    app = open_page("images")
    app.multiselect(key="images_models").set_value([DIGITS]).run()
    assert not app.exception
    assert set(answers(app).columns) == set(digits.CLASSES)


def test_zoom_changes_what_the_networks_answer_from(open_page):
    app = open_page("images")
    before = answers(app)
    app.slider(key="images_zoom").set_value(2.5).run()
    assert not app.exception
    assert not np.allclose(before, answers(app))


@pytest.mark.parametrize("size", [(96, 32), (32, 96)], ids=["wide", "tall"])
def test_the_crop_moves_along_the_longer_side(open_page, size):
    image = wide(*size) if size[0] > size[1] else wide(size[1], size[0]).transpose(2)  # rotated by 90 degrees
    app = upload(open_page("images", images_source="Upload"), image)
    one_end = answers(app.slider(key="images_offset").set_value(0.0).run())
    other_end = answers(app.slider(key="images_offset").set_value(1.0).run())
    assert not np.allclose(one_end, other_end)


def test_a_square_image_stays_the_same_wherever_the_crop_is(open_page):
    app = upload(open_page("images", images_source="Upload"), wide(64, 64))
    before = answers(app)
    app.slider(key="images_offset").set_value(1.0).run()
    assert before.equals(answers(app))


def test_the_url_seeds_every_choice(open_page):
    app = open_page("images", images_example="horse", images_zoom="2.0", images_offset="0.25")
    assert app.selectbox(key="images_example").value == "horse"
    assert app.slider(key="images_zoom").value == 2.0
    assert app.slider(key="images_offset").value == 0.25
    assert open_page("images", images_source="Upload").segmented_control(key="images_source").value == "Upload"


@pytest.mark.parametrize(
    "query",
    [{"images_example": "unicorn"}, {"images_zoom": "99"}, {"images_zoom": "nan"}, {"images_source": "<script>"}],
    ids=str,
)
def test_nonsense_in_the_url_falls_back_to_a_page_that_answers(open_page, query):
    app = open_page("images", **query)
    assert not app.exception
    assert not app.error
    assert len(answers(app)) == len(SHIPPED)


def test_the_answers_stand_in_a_table_too(open_page):
    app = open_page("images")
    table = app.dataframe[0].value
    assert list(table["model"]) == list(SHIPPED)
    assert np.allclose(table[list(cifar10.CLASSES)], answers(app)[list(cifar10.CLASSES)])
