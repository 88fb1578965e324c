"""The view of the Images page that shows what each layer makes of the picture, and the filters that make it."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ccds_core.figures.mosaic import colour_filter, mosaic
from pages.ui import image_loaders
from pages.ui.image_explaining import Answered, choose_network
from pages.ui.image_loaders import Brought
from pages.ui.text import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.insides import LayerMaps

SLIDER = 640  # pixels
ZOOMED = 168  # pixels of one enlarged map
KERNELS, KERNELS_A_ROW = 880, 32  # pixels of all kernels beside it


def draw_insides(brought: Brought, answered: Answered) -> None:
    """The feature maps of one layer, one of its channels enlarged, and the filters that made it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        record = choose_network("Network", answered.records, "images_network")
        names = list(image_loaders.load_layer_names(record))
        layer = st.select_slider(
            "Layer, from the picture on", names, value=names[1], key="images_layer", bind="query-params", width=SLIDER
        )
    found = image_loaders.load_layer(brought, record, layer)
    n_channels, side, _ = found.maps.shape
    st.markdown(
        f"**{plain(layer)}: {found.n_silent} of {n_channels} channels find nothing in this picture** "
        f"({side} × {side} pixels each)"
    )
    st.image(mosaic(found.maps, found.signed), output_format="PNG", width="content", alt=f"Feature maps of {layer}")
    strongest = int(found.maps.max(axis=(1, 2)).argmax()) + 1
    key = f"images_channel_{layer}"
    channel = st.number_input(f"Channel, 1 to {n_channels}", 1, n_channels, value=strongest, key=key, width=220)
    conv, weights = image_loaders.load_filters(record, layer)
    _draw_channel(found, int(channel), conv, weights)


def _draw_channel(found: "LayerMaps", channel: int, conv: str, weights: np.ndarray) -> None:
    """One channel enlarged beside the kernels of its conv."""
    enlarged, kernels = st.columns([ZOOMED + 24, KERNELS + 20], gap="medium")
    tile = mosaic(found.maps[channel - 1 : channel], found.signed)
    _show(enlarged, _enlarge(tile), f"Channel {channel}", "Its feature map")
    own = weights[channel - 1]  # (C_in, 3, 3)
    named = f"{conv}, channel {channel}: 3 × 3 weights"
    if len(own) == 3:
        picture = _enlarge(Image.fromarray(colour_filter(own)))
        _show(kernels, picture, f"{named} on red, green and blue, grey is zero", "A filter in colour")
        return
    picture = mosaic(own, signed=True, columns=KERNELS_A_ROW, widest=KERNELS)
    _show(kernels, picture, f"{named} on the {len(own)} channels before it; red adds, blue takes away", "Filters")


def _show(place: DeltaGenerator, picture: Image.Image, caption: str, alt: str) -> None:
    place.image(picture, caption=caption, output_format="PNG", width="content", alt=alt)


def _enlarge(image: Image.Image) -> Image.Image:
    return image.resize((ZOOMED, ZOOMED), Image.Resampling.NEAREST)
