"""The view of the Images page with the feature maps of each layer and the filters behind them."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ccds_core.figures.attribution_maps import colour_filter, mosaic
from pages.ui.images import loaders
from pages.ui.images.loaders import UploadedImage
from pages.ui.images.views import Predictions, choose_network
from pages.ui.shared.markdown import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.explain.activations import LayerMaps

LAYER = "The layer whose output is drawn, from the first after the image to the last before the classes."
CHANNEL = "The channel that is drawn large, with the filter that made it; the strongest one to begin with."
SLIDER = 640  # pixels
ZOOMED = 168  # pixels of one enlarged map
KERNELS, KERNELS_A_ROW = 880, 32  # pixels of all kernels beside it


def draw_feature_maps(uploaded: UploadedImage, predictions: Predictions) -> None:
    """The feature maps of one layer, one of its channels enlarged, and the filters that made it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        record = choose_network("Network", predictions.records, "images_network")
        names = list(loaders.load_layer_names(record))
        layer = st.select_slider(
            "Layer (input → output)",
            names,
            value=names[1],
            key="images_layer",
            bind="query-params",
            width=SLIDER,
            help=LAYER,
        )
    features = loaders.load_layer(uploaded, record, layer)
    n_channels, side, _ = features.maps.shape
    n_active = n_channels - features.n_silent
    active = f"all {n_channels}" if n_active == n_channels else f"{n_active} of {n_channels}"
    st.markdown(f"**{plain(layer)}: {active} channels active** ({side} × {side} pixels each)")
    tiles = mosaic(features.maps, features.signed)
    st.image(tiles, output_format="PNG", width="stretch", alt=f"Feature maps of {layer}")
    strongest = int(features.maps.max(axis=(1, 2)).argmax()) + 1
    key = f"images_channel_{layer}"
    channel = st.number_input(
        f"Channel, 1 to {n_channels}", 1, n_channels, value=strongest, key=key, width=220, help=CHANNEL
    )
    conv, weights = loaders.load_filters(record, layer)
    _draw_channel(features, int(channel), conv, weights)


def _draw_channel(features: "LayerMaps", channel: int, conv: str, weights: np.ndarray) -> None:
    """One channel enlarged beside the kernels of its conv."""
    enlarged, kernels = st.columns([ZOOMED + 24, KERNELS + 20], gap="medium")
    tile = mosaic(features.maps[channel - 1 : channel], features.signed)
    _show(enlarged, _enlarge(tile), f"Channel {channel}", "Feature map")
    kernel = weights[channel - 1]  # (C_in, 3, 3)
    label = f"{conv}, channel {channel}: 3 × 3 weights"
    if len(kernel) == 3:
        image = _enlarge(Image.fromarray(colour_filter(kernel)))
        _show(kernels, image, f"{label} for red, green and blue; grey is zero", "A filter in colour")
        return
    label = f"{label} for each of the {len(kernel)} channels of the layer before, which they are applied to and summed"
    image = mosaic(kernel, signed=True, columns=KERNELS_A_ROW, widest=KERNELS)
    _show(kernels, image, f"{label}; red is positive, blue negative", "Filters")


def _show(column: DeltaGenerator, image: Image.Image, caption: str, alt: str) -> None:
    column.image(image, caption=caption, output_format="PNG", width=image.width, alt=alt)


def _enlarge(image: Image.Image) -> Image.Image:
    return image.resize((ZOOMED, ZOOMED), Image.Resampling.NEAREST)
