"""A picture -> the answer of every CNN, what it really sees, where it looked, and whether that is true."""

import streamlit as st

from ccds_core.data.uploads import centre_square, read_image
from pages.ui import controls, frame, image_explaining, inside_views, loaders
from pages.ui.errors import errors_on_page
from pages.ui.image_explaining import Answered
from pages.ui.image_loaders import Brought

VIEWS = {
    "Answers": image_explaining.draw_answers,
    "Where it looked": image_explaining.draw_maps,
    "Is it true?": image_explaining.draw_test,
    "Inside": inside_views.draw_insides,
}

frame.open_page("images")

bar = st.container(horizontal=True, vertical_alignment="center")
content = controls.choose_picture("images", bar)
if content is None:
    st.stop()

with errors_on_page():
    image = read_image(content)
    with bar:
        records = controls.choose_image_runs("images")
        crop = controls.choose_crop("images", image.size)
    brought = Brought(content, crop, centre_square(image, crop.offset, crop.zoom))
    answered = Answered(records, loaders.predict_all(content, brought.square, crop, records))
    VIEWS[controls.choose_view("images", list(VIEWS))](brought, answered)
