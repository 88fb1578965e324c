"""Explanations of an image, computed once for all visitors; keys are digests and scalars."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from ccds_core.explain.faithfulness import Erasure
from ccds_core.runs.records import RunRecord
from pages.ui.shared import loaders
from pages.ui.shared.loaders import Crop

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.explain.activations import ConvSum, LayerMaps
    from ccds_core.explain.image_methods import ImageMap


@dataclass(frozen=True)
class UploadedImage:
    """An image as it was uploaded, and the square crop that the networks see."""

    content: bytes
    crop: Crop
    square: Image.Image
    caption: str = ""  # of an example: its source and licence

    @property
    def key(self) -> str:
        """Cache key of this square."""
        return f"{hashlib.sha256(self.content).hexdigest()}:{self.crop.offset}:{self.crop.zoom}"


KEYS: loaders.HashFuncs = {**loaders.BY_DIGEST, UploadedImage: lambda uploaded: uploaded.key}


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=KEYS)
@loaders.limit_concurrency
def load_maps(uploaded: UploadedImage, record: RunRecord, target: int) -> "dict[str, ImageMap]":
    """Every method's map of the image, by method."""
    from ccds_core.explain.image_methods import explain_everything

    classifier = loaders.load_classifier(record)
    return explain_everything(classifier, classifier.encode(uploaded.square), target)


@st.cache_data(max_entries=64, show_spinner="Erasing patches", hash_funcs=KEYS)
@loaders.limit_concurrency
def load_erasures(
    uploaded: UploadedImage, record: RunRecord, target: int
) -> tuple[dict[str, Erasure], dict[str, np.ndarray]]:
    """Each method's erasure curves, and its scores of the patches; by label."""
    from ccds_core.explain.faithfulness import erase
    from ccds_core.explain.image_methods import explain_for_erasure
    from ccds_core.explain.methods import IMAGE_METHODS

    classifier = loaders.load_classifier(record)
    scores, ask = explain_for_erasure(classifier, classifier.encode(uploaded.square), target)
    labelled = {IMAGE_METHODS[method].label: values for method, values in scores.items()}
    return erase(labelled, ask), labelled


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=KEYS)
def load_layer(uploaded: UploadedImage, record: RunRecord, layer: str) -> "LayerMaps":
    """The feature maps of one layer."""
    from ccds_core.explain.activations import read_layer

    classifier = loaders.load_classifier(record)
    return read_layer(classifier, classifier.encode(uploaded.square), layer)


def load_sum(uploaded: UploadedImage, record: RunRecord, conv: str, at: tuple[int, int, int]) -> "ConvSum":
    """How one value of a conv's output is computed; `at`: channel, row and column from 0."""
    from ccds_core.explain.activations import read_sum

    classifier = loaders.load_classifier(record)
    return read_sum(classifier, classifier.encode(uploaded.square), conv, at)


def load_filters(record: RunRecord, layer: str) -> tuple[str, np.ndarray]:
    """The conv of a layer's channels, and its weights (C, C_in, 3, 3)."""
    from ccds_core.explain.activations import conv_behind, read_filters

    classifier = loaders.load_classifier(record)
    conv = conv_behind(classifier, layer)
    weights = read_filters(classifier, conv)
    assert weights is not None  # `conv_behind` names convs only
    return conv, weights


def load_layer_names(record: RunRecord) -> Sequence[str]:
    """The layers of a run's network up to its last feature map."""
    from ccds_core.explain.activations import layer_names

    return layer_names(loaders.load_classifier(record))
