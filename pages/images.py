"""A picture -> the answer of every CNN, and what it really sees."""

import streamlit as st

from ccds_core import agreement
from ccds_core.data.uploads import centre_square, read_image
from ccds_core.figures.probability_bars import probability_bars
from pages.ui import controls, frame, loaders, panels
from pages.ui.errors import errors_on_page
from pages.ui.text import plain

frame.open_page("images")

bar = st.container(horizontal=True, vertical_alignment="center")
content = controls.choose_picture("images", bar)
if content is None:
    st.info("Bring a picture of one thing: a plane, a cat, a ship. JPEG, PNG, WebP, GIF or BMP, up to 10 MB.")
    st.stop()

with errors_on_page():
    image = read_image(content)
    with bar:
        records = controls.choose_image_runs("images")
        crop = controls.choose_crop("images", image.size)
    square = centre_square(image, crop.offset, crop.zoom)
    predictions = loaders.predict_all(content, square, crop, records)
    reliability = loaders.load_reliability()

for number, group in enumerate(agreement.group_by_classes(predictions)):
    verdict = agreement.judge(group, reliability)
    if number == 0:
        panels.picture_and_verdict(square, verdict)
    else:
        st.subheader(plain(verdict.title))
    title = agreement.sureness_title(group)
    chart = probability_bars(group, title)
    st.altair_chart(chart, width="content", key=f"images_bars_{number}", alt=title)
    table = panels.answer_table(group)
    with st.expander("The same as a table"):
        panels.table(table, percent=verdict.consensus.classes)
        panels.exports("answers", chart, table, f"images_export_{number}")
