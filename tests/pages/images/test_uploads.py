"""A stranger's file: answered where it is an image, one sentence where it is not, and the page goes on."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from ccds_core.data import uploads
from pages.ui.shared import upload_loaders
from tests.support.hostile_files import filled
from tests.support.page_reading import alerts, answers, assert_sentence, charts
from tests.support.run_fixtures import SHIPPED
from tests.support.uploaded_images import BAD, ODD, lying_jpeg, png, wide

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def app(open_page):
    return open_page("images", images_source="Upload")


def bring(app, name, content):
    """The page after this file was put in place of any before it."""
    app.file_uploader(key="images_upload").set_value((name, content, "image/png"))
    return app.run()


def test_before_an_upload_the_page_says_what_to_bring(app):
    assert not app.exception
    assert not app.error
    assert not charts(app)
    (said,) = alerts(app)
    assert "JPEG" in said


def test_every_file_can_be_chosen_so_that_none_leaves_the_answers_of_the_image_before(app):
    assert not app.file_uploader(key="images_upload").allowed_type
    bring(app, "image.png", png(wide()))
    assert len(answers(app)) == len(SHIPPED)
    bring(app, "drawing.svg", b"<svg><script>alert(1)</script></svg>")
    assert_sentence(app, ["JPEG"])
    assert not charts(app)


def test_a_png_is_answered(app):
    bring(app, "image.png", png(wide()))
    assert not app.error
    assert len(answers(app)) == len(SHIPPED)


def test_a_lying_jpeg_is_answered_as_if_it_stood_upright(app):
    lying = lying_jpeg()
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(lying)))
    as_brought = answers(bring(app, "phone.jpg", lying))
    assert np.allclose(as_brought, answers(bring(app, "upright.png", png(upright))))
    assert upright.height > upright.width


def test_an_image_is_decoded_once_however_often_the_page_is_drawn(app, monkeypatch):
    decoded = []
    monkeypatch.setattr(upload_loaders, "read_image", lambda file: decoded.append(file) or uploads.read_image(file))
    for content in (png(wide(height=71)), filled("PNG chunks", 5_000_000)):
        bring(app, "image.png", content)
        app.run()
        app.run()
    assert len(decoded) == 2
    assert_sentence(app)


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_gets_one_sentence_and_the_next_image_its_answer(app, kind):
    name, make = BAD[kind]
    bring(app, name, make())
    assert_sentence(app)
    assert not charts(app)
    bring(app, "image.png", png(wide()))
    assert not app.error
    assert len(answers(app)) == len(SHIPPED)


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_image_is_answered(app, kind):
    name, make = ODD[kind]
    bring(app, name, make())
    assert not app.exception
    assert not app.error
    assert np.allclose(answers(app).sum(axis=1), 1)


@pytest.mark.parametrize(
    "name", ["../../x.png", "<script>alert(1)</script>.png", "a" * 300 + ".png", "$x$ `y` :red[z].png"]
)
def test_a_strange_name_does_nothing(app, shelf, name):
    before = sorted(shelf.checkpoints.rglob("*")) + sorted(shelf.runs.rglob("*"))
    bring(app, name, png(wide()))
    assert not app.exception
    assert len(answers(app)) == len(SHIPPED)
    assert not any(name in element.value for element in (*app.markdown, *app.caption, *app.subheader))
    assert before == sorted(shelf.checkpoints.rglob("*")) + sorted(shelf.runs.rglob("*"))


def test_taking_the_image_away_asks_for_one_again(app):
    bring(app, "image.png", png(wide()))
    app.file_uploader(key="images_upload").set_value(None).run()
    assert not app.exception
    assert not charts(app)
    assert alerts(app)


def test_a_photo_from_the_camera_is_answered(open_page):
    app = open_page("images", images_source="Camera")
    assert not charts(app)
    app.camera_input(key="images_camera").upload("photo.jpg", lying_jpeg(), "image/jpeg").run()
    assert not app.exception
    assert len(answers(app)) == len(SHIPPED)


def test_an_upload_comes_back_after_a_look_at_the_examples_or_is_asked_for_again(app):
    bring(app, "image.png", png(wide()))
    app.segmented_control(key="images_source").set_value("Examples").run()
    assert len(answers(app)) == len(SHIPPED)
    app.segmented_control(key="images_source").set_value("Upload").run()
    assert not app.exception
    assert charts(app) or alerts(app)
