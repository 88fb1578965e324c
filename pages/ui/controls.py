"""Widgets -> choices; nothing else turns widgets into options. Every choice lives in the URL where it can."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ccds_core.errors import CheckpointError
from ccds_core.run_folders import RunRecord
from pages.ui import loaders, mistake_views
from pages.ui.loaders import Crop

EXAMPLES, UPLOAD, CAMERA, WRONG = "Examples", "Upload", "Camera", "Wrong answers"
SOURCES = (EXAMPLES, UPLOAD, CAMERA, WRONG)
TASKS = {"Pictures": "image", "Sentences": "text"}
DRAWN = "Drawn by this project, with networks as judges: an example, not a test."
EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif", "bmp"]


def choose_picture(page: str, bar: DeltaGenerator) -> bytes | None:
    """A picture's bytes from the source that is chosen in `bar`; None while there is none, which is then said."""
    source = choose_one("Picture from", SOURCES, f"{page}_source", bar)
    if source == UPLOAD:
        upload = st.file_uploader("Picture", type=EXTENSIONS, key=f"{page}_upload", label_visibility="collapsed")
        return _content_of(upload)
    if source == CAMERA:
        photo = st.camera_input("Photo", key=f"{page}_camera", label_visibility="collapsed", width=480)
        return _content_of(photo)
    if source == WRONG:
        return mistake_views.choose_wrong_picture()
    names = loaders.example_names()
    name = st.pills(
        "Example",
        names,
        default=names[3],
        required=True,
        key=f"{page}_example",
        bind="query-params",
        label_visibility="collapsed",
    )
    st.caption(f"{loaders.example_caption(name or names[3])}. {DRAWN}")
    return loaders.load_example(name or names[3])


def choose_image_runs(page: str) -> list[RunRecord]:
    """The image runs to ask: all shipped ones unless chosen otherwise."""
    there = {record.name: record for record in loaders.load_runs() if record.task == "image" and record.has_weights}
    if not there:
        raise CheckpointError("No trained network is here. Train one: python -m ccds_core train --data digits.")
    shipped = [name for name, record in there.items() if record.shipped] or list(there)
    with st.popover("Models", icon=":material/tune:"):
        chosen = st.multiselect(
            "Models that answer", list(there), default=shipped, key=f"{page}_models", bind="query-params"
        )
    return [there[name] for name in chosen or shipped]


def choose_crop(page: str, size: tuple[int, int]) -> Crop:
    """Which square of a picture of this size (width, height) is looked at."""
    width, height = size
    with st.popover("Crop", icon=":material/crop:"):
        st.caption("Networks see a square. A squeezed picture misleads them, so the rest is cut off.")
        zoom = st.slider("Zoom", 1.0, 4.0, 1.0, 0.1, key=f"{page}_zoom", bind="query-params")
        along = "Left to right" if width >= height else "Top to bottom"
        offset = st.slider(along, 0.0, 1.0, 0.5, 0.05, key=f"{page}_offset", bind="query-params")
    return Crop(offset, zoom)


def choose_runs(page: str, records: Sequence[RunRecord], task: str) -> list[RunRecord]:
    """Any set of runs of one task with at least one epoch, in the order chosen; the shipped networks to begin with."""
    there = {record.name: record for record in records if record.metrics.history and record.task == task}
    shipped = [name for name, record in there.items() if record.shipped and record.has_weights]
    default = shipped or list(there)
    key = f"{page}_runs" if task == "image" else f"{page}_{task}_runs"
    chosen = st.multiselect("Runs", list(there), default=default[:6], key=key, bind="query-params")
    return [there[name] for name in chosen]


def choose_view(page: str, views: Sequence[str]) -> str:
    """One of several views of the same runs; only this one is computed and drawn."""
    return choose_one("View", views, f"{page}_view")


def choose_one(label: str, options: Sequence[str], key: str, place: DeltaGenerator | None = None) -> str:
    """A row of options of which one is always chosen, the first to begin with."""
    chosen = (place or st).segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen or options[0]


def _content_of(file: UploadedFile | None) -> bytes | None:
    if file is None:
        st.info("Bring a picture of one thing: a plane, a cat, a ship. JPEG, PNG, WebP, GIF or BMP, up to 10 MB.")
        return None
    return file.getvalue()
