"""Widgets -> a CNN of the workshop: its presets, and a toggle for each thing that sets them apart."""

from dataclasses import fields, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config import Optimizer, RunConfig, TrainConfig
from ccds_core.network_changes import ACTIVATION_NAMES, SCHEME_NAMES
from ccds_core.options import LINEAR_LAYERS, Activation, CnnOptions
from ccds_core.presets import PRESETS
from pages.ui import controls

NAMES = [name for name, preset in PRESETS.items() if isinstance(preset.options, CnnOptions)]
SHORT = {name: name.removeprefix("architecture-").replace("-", " ") for name in NAMES}
OWN = "my-architecture"  # the name of what is no preset
ACTIVATIONS = {label: name for name, label in ACTIVATION_NAMES.items()}
SCHEMES = {label: name for name, label in SCHEME_NAMES.items()}
TOGGLES = {"extra_conv": "Seventh conv", "linear_batch_norm": "Norm on linears", "conv_batch_norm": "Norm on convs"}
FIELDS = {  # what a field of the options is called where a network is said to be nearly a preset
    "activation": "activation",
    "extra_conv": "seventh conv",
    "linear_batch_norm": "norm on linears",
    "conv_batch_norm": "norm on convs",
    "dropout": "dropout",
    "initialisation": "initialisation",
    "linear_layers": "linear layers",
}
MOST_DROPOUT = 0.9
# optimizer and highest rate, put over the recipe of the preset; the workshop trained all of them with Adam
RECIPES: dict[str, tuple[Optimizer, float]] = {
    "Adam, as the workshop": ("adam", 1e-3),
    "AdamW": ("adamw", 1e-3),
    "SGD, rate 0.01": ("sgd", 1e-2),
}


def choose_architecture(page: str) -> RunConfig:
    """A preset with its recipe, or whatever the toggles say with the recipe of architecture 1."""
    first = st.container(horizontal=True, vertical_alignment="bottom")
    second = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    presets = first.container(width="content")
    with first:
        label = st.segmented_control(
            "After a linear layer", list(ACTIVATIONS), default="ReLU", required=True, key=f"{page}_activation",
            bind="query-params", width="content",
        )  # fmt: skip
    with second:
        options = _choose_further(page, ACTIVATIONS[label or "ReLU"])
    name = next((name for name in NAMES if PRESETS[name].options == options), OWN)
    _choose_preset(page, name, presets)
    if name == OWN:
        first.caption(_nearest(options), width="stretch")
    return PRESETS[name].config(name) if name != OWN else RunConfig(OWN, options=options)


def choose_recipe(page: str, train: TrainConfig, place: DeltaGenerator) -> TrainConfig:
    """The recipe itself, or with another optimizer."""
    optimizer, rate = RECIPES[controls.choose_one("Optimizer", list(RECIPES), f"{page}_optimizer", place)]
    return replace(train, optimizer=optimizer, learning_rate=rate)


def _choose_preset(page: str, name: str, place: DeltaGenerator) -> None:
    """The row of presets, in which the one stands out that the toggles amount to."""
    key = f"{page}_preset"
    st.session_state[key] = SHORT.get(name)
    place.segmented_control(
        "Architecture", list(SHORT.values()), key=key, on_change=_take_preset, args=(page, key), width="content"
    )


def _take_preset(page: str, key: str) -> None:
    """A preset was clicked: its options -> the toggles. A second click on it changes nothing."""
    chosen = next((name for name in NAMES if SHORT[name] == st.session_state[key]), None)
    if chosen is None:
        return
    options = PRESETS[chosen].options
    assert isinstance(options, CnnOptions)
    st.session_state[f"{page}_activation"] = ACTIVATION_NAMES[options.activation]
    st.session_state[f"{page}_initialisation"] = SCHEME_NAMES[options.initialisation]
    for name in (*TOGGLES, "dropout", "linear_layers"):
        st.session_state[f"{page}_{name}"] = getattr(options, name)


def _choose_further(page: str, activation: Activation) -> CnnOptions:
    """All toggles but the activation, with that."""
    on = {name: st.toggle(label, key=f"{page}_{name}", bind="query-params") for name, label in TOGGLES.items()}
    dropout = st.slider("Dropout", 0.0, MOST_DROPOUT, 0.0, 0.1, key=f"{page}_dropout", bind="query-params", width=150)
    least, most = LINEAR_LAYERS
    linear_layers = st.slider(
        "Linear layers", least, most, least, key=f"{page}_linear_layers", bind="query-params", width=150
    )
    scheme = st.selectbox("First weights", list(SCHEMES), key=f"{page}_initialisation", bind="query-params", width=190)
    return CnnOptions(
        activation, on["extra_conv"], on["linear_batch_norm"], on["conv_batch_norm"],
        dropout=round(dropout, 1), initialisation=SCHEMES[scheme], linear_layers=linear_layers,
    )  # fmt: skip


def _nearest(options: CnnOptions) -> str:
    """Which preset comes nearest, and what sets this network apart from it."""
    apart = {
        name: [each.name for each in fields(options) if getattr(options, each.name) != getattr(preset, each.name)]
        for name, preset in ((name, PRESETS[name].options) for name in NAMES)
    }
    nearest = min(NAMES, key=lambda name: len(apart[name]))
    return f"Not a preset: {SHORT[nearest]} but for {', '.join(FIELDS[name] for name in apart[nearest])}"
