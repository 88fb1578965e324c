"""The view of the Images page with the feature maps of each layer and the filters behind them."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ccds_core.figures.attribution_maps import colour_filter, mosaic, product_grid
from ccds_core.runs.records import RunRecord
from pages.ui.images import loaders
from pages.ui.images.loaders import UploadedImage
from pages.ui.images.views import Predictions, choose_network
from pages.ui.shared.charts import unchecked
from pages.ui.shared.markdown import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.explain.activations import LayerMaps

LAYER = "The layer whose output is drawn, from the first after the image to the last before the classes."
CHANNEL = "The channel that is drawn large, with the filter that made it; the strongest one to begin with."
PLACE = "Where in the map the value stands; the largest one to begin with."
COLOURS, MOST_CHANNELS = ("red", "green", "blue"), 3
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
    panel = st.expander("How one value of this map is computed", key="images_sum", bind="query-params")
    if panel.open:
        with panel:
            _draw_sum(uploaded, record, conv, int(channel))


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


def _draw_sum(uploaded: UploadedImage, record: RunRecord, conv: str, channel: int) -> None:
    """One value of a conv's output: 3 × 3 inputs of each channel before it, times the weights, summed."""
    found = loaders.load_layer(uploaded, record, conv).maps[channel - 1]  # (h, w)
    largest = np.unravel_index(int(found.argmax()), found.shape)
    with st.container(horizontal=True):
        row, column = (
            st.number_input(
                f"{name}, 1 to {size}", 1, size, value=int(at) + 1,
                key=f"images_{name.lower()}_{conv}_{channel}", width=180, help=PLACE,
            )
            for name, size, at in zip(("Row", "Column"), found.shape, largest, strict=True)
        )  # fmt: skip
    value = loaders.load_sum(uploaded, record, conv, (channel - 1, int(row) - 1, int(column) - 1))
    of_channels = value.products.sum(axis=(1, 2))  # (C_in,)
    most = np.argsort(-np.abs(of_channels))[:MOST_CHANNELS]
    colour = len(of_channels) == len(COLOURS)
    channels = range(MOST_CHANNELS) if colour else [int(place) for place in most]
    names = COLOURS if colour else [f"channel {place + 1}" for place in channels]
    bias = round(value.bias, 2)
    total = round(value.value, 2) - bias  # of rounded numbers, so that the line adds up
    place = f"{conv}, channel {channel}, row {int(row)}, column {int(column)}"
    terms = f"{total:.2f} (sum of {value.products.size:,} products) {'−' if bias < 0 else '+'} {abs(bias):.2f} (bias)"
    st.markdown(f"{plain(f'{place}: {terms} =')} **{plain(f'{value.value:.2f}')}**")
    parts = {"inputs": value.inputs, "× weights": value.weights, "= products": value.products}
    alt = f"One value of {conv}: inputs, weights and their products"
    chart = product_grid(parts, channels, names)
    st.altair_chart(unchecked(chart), width="content", key="images_sum_chart", alt=alt)
    shown = "" if colour else f"Shown are the {MOST_CHANNELS} of {len(of_channels)} channels that add or take most. "
    st.caption(f"{shown}Inputs beyond the edge are 0. Batch norm and ReLU come after the sum.")


def _show(column: DeltaGenerator, image: Image.Image, caption: str, alt: str) -> None:
    column.image(image, caption=caption, output_format="PNG", width=image.width, alt=alt)


def _enlarge(image: Image.Image) -> Image.Image:
    return image.resize((ZOOMED, ZOOMED), Image.Resampling.NEAREST)
