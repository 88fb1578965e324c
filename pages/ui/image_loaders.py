"""What explains a picture, computed once for all visitors; keys are digests and scalars."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from ccds_core.faithfulness import Erasure
from ccds_core.run_folders import RunRecord
from pages.ui import loaders
from pages.ui.loaders import Crop

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.image_explanations import ImageMap
    from ccds_core.insides import LayerMaps


@dataclass(frozen=True)
class Brought:
    """A picture as it was brought, and the square of it that the networks see."""

    content: bytes
    crop: Crop
    square: Image.Image

    @property
    def key(self) -> str:
        """Of this square, for caches."""
        return f"{hashlib.sha256(self.content).hexdigest()}:{self.crop.offset}:{self.crop.zoom}"


@st.cache_data(max_entries=64, show_spinner=False)
@loaders.on_a_core
def _maps_of(
    key: str, name: str, digest: str, target: int, _brought: Brought, _record: RunRecord
) -> "dict[str, ImageMap]":
    from ccds_core.image_explanations import explain_everything

    classifier = loaders.load_classifier(_record)
    return explain_everything(classifier, classifier.encode(_brought.square), target)


def load_maps(brought: Brought, record: RunRecord, target: int) -> "dict[str, ImageMap]":
    """Every method's map of the picture, by method."""
    return _maps_of(brought.key, record.name, record.digest, target, brought, record)


@st.cache_data(max_entries=64, show_spinner="Erasing patches")
@loaders.on_a_core
def _erasures_of(
    key: str, name: str, digest: str, target: int, _brought: Brought, _record: RunRecord
) -> tuple[dict[str, Erasure], dict[str, np.ndarray]]:
    from ccds_core.faithfulness import erase
    from ccds_core.image_explanations import IMAGE_METHODS, explain_for_erasure

    classifier = loaders.load_classifier(_record)
    scores, ask = explain_for_erasure(classifier, classifier.encode(_brought.square), target)
    labelled = {IMAGE_METHODS[method].label: values for method, values in scores.items()}
    return erase(labelled, ask), labelled


def load_erasures(brought: Brought, record: RunRecord, target: int) -> tuple[dict[str, Erasure], dict[str, np.ndarray]]:
    """What erasing patches does by each method's order, and the methods' scores of the patches; by label."""
    return _erasures_of(brought.key, record.name, record.digest, target, brought, record)


@st.cache_data(max_entries=64, show_spinner=False)
def _layer_of(key: str, name: str, digest: str, layer: str, _brought: Brought, _record: RunRecord) -> "LayerMaps":
    from ccds_core.insides import read_layer

    classifier = loaders.load_classifier(_record)
    return read_layer(classifier, classifier.encode(_brought.square), layer)


def load_layer(brought: Brought, record: RunRecord, layer: str) -> "LayerMaps":
    """The feature maps of one layer."""
    return _layer_of(brought.key, record.name, record.digest, layer, brought, record)


def load_filters(record: RunRecord, layer: str) -> tuple[str, np.ndarray]:
    """The conv behind a layer, and its weights (C, C_in, 3, 3)."""
    from ccds_core.insides import conv_behind, read_filters

    classifier = loaders.load_classifier(record)
    conv = conv_behind(classifier, layer)
    weights = read_filters(classifier, conv)
    assert weights is not None  # `conv_behind` names convs only
    return conv, weights


def load_layer_names(record: RunRecord) -> Sequence[str]:
    """The layers of a run's network up to its last feature map."""
    from ccds_core.insides import layer_names

    return layer_names(loaders.load_classifier(record))
