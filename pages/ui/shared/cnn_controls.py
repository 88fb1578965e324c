"""Widgets -> the config of a workshop CNN: its presets, and a toggle for each option."""

from dataclasses import replace
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config.options import LINEAR_LAYERS, CnnOptions, Wording
from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import Optimizer, RunConfig, TrainConfig
from ccds_core.models.cnn_diff import BASE, WORDINGS
from pages.ui.shared import controls

NAMES = [name for name, preset in PRESETS.items() if isinstance(preset.options, CnnOptions)]
SHORT = {name: name.removeprefix("architecture-").replace("-", " ") for name in NAMES}
OWN = "my-architecture"  # the name of a network that is not a preset
PRESETS_HELP = "The networks of the workshop. A click sets all options to those of one of them."
MOST_DROPOUT = 0.9
SLIDER, LIST = 130, 190  # pixels, in a row
MOST_BUTTONS = 4  # values drawn as buttons; more are a list
# label -> optimizer and learning rate that replace the preset's; the workshop trained every network with Adam
RECIPES: dict[str, tuple[Optimizer, float]] = {
    "Adam (workshop)": ("adam", 1e-3),
    "AdamW": ("adamw", 1e-3),
    "SGD, learning rate 0.01": ("sgd", 1e-2),
}


def choose_architecture(
    page: str, presets: DeltaGenerator, place: DeltaGenerator, *, in_row: bool = False
) -> RunConfig:
    """A preset with its hyperparameters, or any network with those of architecture 1.

    The options stand in `place`, one beneath the other, or `in_row` side by side, each as narrow as it may be.
    """
    first = presets.container(width="content")
    options = CnnOptions(**{name: _choose(page, name, place, in_row=in_row) for name in WORDINGS})
    name = next((name for name in NAMES if PRESETS[name].options == options), OWN)
    _choose_preset(page, name, first)
    if name == OWN:
        presets.caption(_nearest(options), width="stretch")
    return PRESETS[name].config(name) if name != OWN else RunConfig(OWN, options=options)


def choose_recipe(page: str, train: TrainConfig, place: DeltaGenerator) -> TrainConfig:
    """The same hyperparameters with another optimizer."""
    optimizer, rate = RECIPES[controls.choose_one("Optimizer", list(RECIPES), f"{page}_optimizer", place)]
    return replace(train, optimizer=optimizer, learning_rate=rate)


def _choose_preset(page: str, name: str, place: DeltaGenerator) -> None:
    """The row of presets, in which the one that the toggles equal is selected."""
    key = f"{page}_preset"
    st.session_state[key] = SHORT.get(name)
    place.segmented_control(
        "Architecture",
        list(SHORT.values()),
        key=key,
        on_change=_take_preset,
        args=(page, key),
        width="content",
        help=PRESETS_HELP,
    )


def _take_preset(page: str, key: str) -> None:
    """Set the toggles to the clicked preset. A second click on it changes nothing."""
    chosen = next((name for name in NAMES if SHORT[name] == st.session_state[key]), None)
    if chosen is None:
        return
    options = PRESETS[chosen].options
    assert isinstance(options, CnnOptions)
    for name, wording in WORDINGS.items():
        value = getattr(options, name)
        st.session_state[f"{page}_{name}"] = wording.names.get(value, value)


def _choose(page: str, name: str, place: DeltaGenerator, *, in_row: bool) -> Any:
    """The widget of one option: its kind follows from the field's type, its text from the field's wording."""
    wording, default, key = WORDINGS[name], getattr(BASE, name), f"{page}_{name}"
    if wording.names:
        values = {label: value for value, label in wording.names.items()}
        return values[_choose_value(place, wording, list(values), key, LIST if in_row else "stretch")]
    if isinstance(default, bool):
        return place.toggle(wording.label, key=key, bind="query-params", help=wording.sentence)
    least, most, step = (0.0, MOST_DROPOUT, 0.1) if isinstance(default, float) else (*LINEAR_LAYERS, 1)
    value = place.slider(
        wording.label,
        least,
        most,
        default,
        step,
        key=key,
        bind="query-params",
        help=wording.sentence,
        width=SLIDER if in_row else "stretch",
    )
    return round(value, 1) if isinstance(default, float) else value


def _choose_value(
    place: DeltaGenerator, wording: Wording, labels: list[str], key: str, width: int | Literal["stretch"]
) -> str:
    """Buttons for a few values, a list for many."""
    if len(labels) <= MOST_BUTTONS:
        chosen = place.segmented_control(
            wording.label, labels, default=labels[0], required=True, key=key, bind="query-params",
            help=wording.sentence, width="content" if width == LIST else width, wrap=True,
        )  # fmt: skip
    else:
        chosen = place.selectbox(
            wording.label, labels, key=key, bind="query-params", help=wording.sentence, width=width
        )
    return chosen or labels[0]


def _nearest(options: CnnOptions) -> str:
    """Which preset is nearest, and in which options this network differs from it."""
    differing = {
        name: [field for field in WORDINGS if getattr(options, field) != getattr(PRESETS[name].options, field)]
        for name in NAMES
    }
    nearest = min(NAMES, key=lambda name: len(differing[name]))
    labels = [WORDINGS[name].label for name in differing[nearest]]
    others = ", ".join(label if label[:2].isupper() else label[0].lower() + label[1:] for label in labels)
    return f"Custom: Architecture {SHORT[nearest]} with another {others}"
