"""An image -> what the networks get, and every CNN's prediction; attribution maps, their test, and feature maps."""

import streamlit as st

from ccds_core.data.uploads import centre_square
from pages.ui.images import activations_view, answers_view, views
from pages.ui.images.loaders import UploadedImage
from pages.ui.images.views import Predictions
from pages.ui.shared import controls, frame, loaders, upload_loaders
from pages.ui.shared.errors import errors_on_page

VIEWS = {
    "Probabilities": views.draw_probabilities,
    "Attribution maps": views.draw_maps,
    "Faithfulness test": views.draw_test,
    "Feature maps": activations_view.draw_feature_maps,
}

frame.open_page("images")

bar = st.container(horizontal=True, vertical_alignment="center")
chosen = controls.choose_image("images", bar)
if chosen is None:
    st.stop()

with errors_on_page():
    image = upload_loaders.load_image(chosen.content)
    with bar.popover("Options", icon=":material/tune:"):
        records = controls.choose_image_runs("images")
        crop = controls.choose_crop("images", image.size)
    square = centre_square(image, crop.offset, crop.zoom)
    cut = "" if image.width == image.height else " The ends of the longer side are cut off; Options move the square."
    uploaded = UploadedImage(chosen.content, crop, square, chosen.caption + cut)
    predictions = Predictions(records, loaders.predict_all(chosen.content, square, crop, records))
    answers_view.draw(uploaded, predictions)

for tab, draw in zip(st.tabs(list(VIEWS), key="images_view", bind="query-params"), VIEWS.values(), strict=True):
    if tab.open:
        with errors_on_page(), tab:
            draw(uploaded, predictions)
