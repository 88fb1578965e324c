"""Widgets -> choices. Every choice is in the URL where Streamlit allows it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ccds_core.errors import CheckpointError
from ccds_core.runs.records import RunRecord
from pages.ui.shared import loaders, mistakes_view
from pages.ui.shared.loaders import Crop

EXAMPLES, UPLOAD, CAMERA, WRONG = "Examples", "Upload", "Camera", "Misclassified"
SOURCES = (EXAMPLES, UPLOAD, CAMERA, WRONG)
EXAMPLE = 210  # pixels of the list of examples
NETWORKS = "Every trained CNN that classifies the image. The ensemble is the mean of the accurate ones."
SQUARE = "The part of the image that is kept: a CNN needs a square, and a squeezed image would mislead it."
OFFSET = "Where the square lies along the longer side of the image."
TASKS = {"Images": "image", "Sentences": "text"}


@dataclass(frozen=True)
class ChosenImage:
    """An image file's bytes, and what is to be said of it: its source and licence."""

    content: bytes
    caption: str = ""


def choose_image(page: str, bar: DeltaGenerator) -> ChosenImage | None:
    """An image from the source chosen in `bar`; None while there is none."""
    source = choose_one("Image from", SOURCES, f"{page}_source", bar)
    if source == UPLOAD:
        # of any type: the uploader would refuse a HEIC by itself and keep the image before, with its predictions
        key, kept = f"{page}_upload", f"{page}_uploaded"
        upload = st.file_uploader(
            "Image", key=key, label_visibility="collapsed", on_change=_forget_removed, args=(key, kept)
        )
        if upload is not None:  # kept in memory, since an uploader is empty when one comes back from another page
            st.session_state[kept] = ChosenImage(upload.getvalue())
        return st.session_state[kept] if kept in st.session_state else _content_of(None)
    if source == CAMERA:
        photo = st.camera_input("Photo", key=f"{page}_camera", label_visibility="collapsed", width=480)
        return _content_of(photo)
    if source == WRONG:
        content = mistakes_view.choose_wrong_image()
        return None if content is None else ChosenImage(content)
    names = loaders.example_names()
    name = bar.selectbox(
        "Example", names, key=f"{page}_example", bind="query-params", label_visibility="collapsed", width=EXAMPLE
    )
    return ChosenImage(loaders.load_example(name or names[0]), loaders.example_caption(name or names[0]))


def choose_image_runs(page: str) -> list[RunRecord]:
    """The image runs that predict: all shipped ones by default."""
    runs = [record for record in loaders.load_runs() if record.task == "image" and record.has_weights]
    available = {record.name: record for record in runs}
    if not available:
        raise CheckpointError("No trained network is here. Train one: python -m ccds_core train --data digits.")
    shipped = [name for name, record in available.items() if record.shipped] or list(available)
    chosen = st.multiselect(
        "Networks", list(available), default=shipped, key=f"{page}_models", bind="query-params", help=NETWORKS
    )
    return [available[name] for name in chosen or shipped]


def choose_crop(page: str, size: tuple[int, int]) -> Crop:
    """Which square of an image of this size (width, height) the networks get."""
    width, height = size
    zoom = st.slider("Zoom", 1.0, 4.0, 1.0, 0.1, key=f"{page}_zoom", bind="query-params", help=SQUARE)
    along = "Left to right" if width >= height else "Top to bottom"
    offset = st.slider(along, 0.0, 1.0, 0.5, 0.05, key=f"{page}_offset", bind="query-params", help=OFFSET)
    return Crop(offset, zoom)


def choose_view(page: str, views: Sequence[str]) -> str:
    """One of several views; only this one is computed and drawn."""
    return choose_one("View", views, f"{page}_view")


def choose_one(
    label: str, options: Sequence[str], key: str, place: DeltaGenerator | None = None, explanation: str | None = None
) -> str:
    """A row of options, exactly one chosen, the first by default. With an explanation its label is shown."""
    chosen = (place or st).segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        bind="query-params",
        help=explanation,
        label_visibility="visible" if explanation else "collapsed",
    )
    return chosen or options[0]


def _forget_removed(key: str, kept: str) -> None:
    """The visitor removed the file."""
    if st.session_state[key] is None:
        st.session_state.pop(kept, None)


def _content_of(file: UploadedFile | None) -> ChosenImage | None:
    if file is None:
        st.info("Upload an image of one object: an airplane, a cat, a ship. JPEG, PNG, WebP, GIF or BMP, up to 10 MB.")
        return None
    return ChosenImage(file.getvalue())
