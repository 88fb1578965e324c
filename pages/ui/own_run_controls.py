"""Any registered model, any recipe, any data set that is here -> a run."""

import time
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config import OPTIMIZERS, SCHEDULES, DataConfig, RunConfig, TrainConfig, splits_of
from ccds_core.models.registry import MODELS
from ccds_core.options import CnnOptions, Options
from ccds_core.presets import PRESETS, Preset
from pages.ui import lesson_controls, train_loaders
from pages.ui.text import plain

HELP_OWN = (
    "Put a folder with one subfolder of pictures per class, or a CSV with the columns 'text' and 'label', into the "
    "data folder, and it is listed here."
)
SHORT = 1_600  # pictures or texts of a first try: fifty batches of 32


def choose_own(bar: DeltaGenerator) -> None:
    """A model, its toggles, its data and its recipe; and the button that starts it."""
    name = bar.selectbox("Model", list(PRESETS), key="train_model", bind="query-params", width=230,
                         label_visibility="collapsed")  # fmt: skip
    preset = PRESETS[name]
    task = MODELS[preset.model].task
    data_name = _choose_data(bar, task)
    with bar.popover("Recipe", icon=":material/tune:"):
        train, limit = _choose_recipe(preset)
    options = preset.options
    if isinstance(options, CnnOptions):
        with bar.popover("Network", icon=":material/account_tree:"):
            options = _choose_network(options)
    bar.button("Train this network", type="primary", icon=":material/play_arrow:", key="train_own_start",
               disabled=data_name is None, on_click=_start,
               args=(preset, options, DataConfig(data_name, splits_of(data_name)[0], limit) if data_name else None,
                     train))  # fmt: skip
    st.markdown(f"{plain(preset.summary)}. {train.epochs} epochs, {train.optimizer}, rate {train.learning_rate:g}.")
    lesson_controls.tell_refused()


def _choose_data(bar: DeltaGenerator, task: str) -> str | None:
    """The name or path of a data set; None where there is none for this task."""
    own = [str(path) for path in train_loaders.own_data(task)]
    if task == "image":
        there = [*(["cifar10"] if train_loaders.has_cifar10() else []), "digits", *own]
    else:
        there = [*(["emotion"] if train_loaders.has_emotion() else []), *own]
    chosen = bar.selectbox(
        "Data", there, format_func=lambda name: Path(name).name, key=f"train_data_{task}", width=180,
        label_visibility="collapsed", placeholder="No data set of texts is here",
    )  # fmt: skip
    if not there:
        st.info(f"No data set for this model is here. {HELP_OWN} Or fetch one: python -m ccds_core data fetch.")
    return chosen if there else None


def _choose_recipe(preset: Preset) -> tuple[TrainConfig, int]:
    """The preset's recipe, changed where the visitor wants it, and how many training examples are used."""
    base = preset.train
    key = f"train_{preset.name}"
    left, right = st.columns(2)
    epochs = left.number_input("Epochs", 1, 200, min(base.epochs, 3), key=f"{key}_epochs")
    limit = right.number_input("Training examples (0: all)", 0, 1_000_000, SHORT, step=100, key=f"{key}_limit")
    batch_size = left.number_input("Batch size", 1, 1024, min(base.batch_size, 64), key=f"{key}_batch")
    seed = right.number_input("Seed", 0, 1_000_000, base.seed, key=f"{key}_seed")
    optimizer = left.selectbox("Optimizer", OPTIMIZERS, OPTIMIZERS.index(base.optimizer), key=f"{key}_optimizer")
    rate = right.number_input(
        "Learning rate", 1e-6, 10.0, base.learning_rate, format="%.6f", step=1e-4, key=f"{key}_rate"
    )
    schedule = left.selectbox("Schedule", SCHEDULES, SCHEDULES.index(base.schedule), key=f"{key}_schedule")
    decay = right.number_input(
        "Weight decay", 0.0, 1.0, base.weight_decay, format="%.5f", step=1e-4, key=f"{key}_decay"
    )
    train = replace(base, epochs=epochs, batch_size=batch_size, seed=seed, optimizer=optimizer, learning_rate=rate,
                    schedule=schedule, weight_decay=decay)  # fmt: skip
    return train, limit


def _choose_network(options: CnnOptions) -> CnnOptions:
    return options


def _start(preset: Preset, options: Options, data: DataConfig, train: TrainConfig) -> None:
    name = f"{preset.name}-{time.strftime('%m%d%H%M%S')}"
    lesson_controls.start_runs([RunConfig(name, preset.model, options, data, train)])
