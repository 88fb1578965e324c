"""Any registered model, any recipe, any data set that is here -> a run."""

import time
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config import OPTIMIZERS, SCHEDULES, DataConfig, RunConfig, TrainConfig, splits_of
from ccds_core.lessons import EVALUATED
from ccds_core.models.registry import MODELS
from ccds_core.presets import PRESETS
from pages.ui import architecture_controls, lesson_controls, train_loaders
from pages.ui.text import plain

HELP_OWN = (
    "Put a folder with one subfolder of pictures per class, or a CSV with the columns 'text' and 'label', into the "
    "data folder, and it is listed here."
)
CNN = "CNN"
TEXTS = [name for name, preset in PRESETS.items() if MODELS[preset.model].task == "text"]
SHORT = 1_600  # pictures or texts of a first try: fifty batches of 32
FEW_EPOCHS = 3
LARGEST_BATCH = 64  # of a first try


def choose_own(bar: DeltaGenerator) -> None:
    """A model, its toggles, its data and its recipe; and the button that starts it."""
    name = bar.selectbox("Model", [CNN, *TEXTS], key="train_model", bind="query-params", width=230,
                         label_visibility="collapsed")  # fmt: skip
    task = "image" if name == CNN else "text"
    data_name = _choose_data(bar, task)
    recipe = bar.popover("Recipe", icon=":material/tune:")
    start = bar.empty()
    base = architecture_controls.choose_architecture("train") if name == CNN else PRESETS[name].config(name)
    with recipe:
        train, limit = _choose_recipe(base)
    start.button(
        "Train this network",
        type="primary",
        icon=":material/play_arrow:",
        key="train_own_start",
        disabled=data_name is None,
        on_click=_start,
        args=(replace(base, train=train), data_name, limit),
    )
    _say(base, train, limit)
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


def _choose_recipe(base: RunConfig) -> tuple[TrainConfig, int]:
    """The recipe, changed where the visitor wants it, and how many training examples are used; 0 means all."""
    usual = base.train
    key = f"train_{base.name}"
    left, right = st.columns(2)
    epochs = left.number_input("Epochs", 1, 200, min(usual.epochs, FEW_EPOCHS), key=f"{key}_epochs")
    limit = right.number_input("Training examples (0: all)", 0, 1_000_000, SHORT, step=100, key=f"{key}_limit")
    batch_size = left.number_input("Batch size", 1, 1024, min(usual.batch_size, LARGEST_BATCH), key=f"{key}_batch")
    seed = right.number_input("Seed", 0, 1_000_000, usual.seed, key=f"{key}_seed")
    optimizer = left.selectbox("Optimizer", OPTIMIZERS, OPTIMIZERS.index(usual.optimizer), key=f"{key}_optimizer")
    rate = right.number_input(
        "Learning rate", 1e-6, 10.0, usual.learning_rate, format="%.6f", step=1e-4, key=f"{key}_rate"
    )
    schedule = left.selectbox("Schedule", SCHEDULES, SCHEDULES.index(usual.schedule), key=f"{key}_schedule")
    decay = right.number_input(
        "Weight decay", 0.0, 1.0, usual.weight_decay, format="%.5f", step=1e-4, key=f"{key}_decay"
    )
    train = replace(usual, epochs=epochs, batch_size=batch_size, seed=seed, optimizer=optimizer, learning_rate=rate,
                    schedule=schedule, weight_decay=decay)  # fmt: skip
    return train, limit


def _say(base: RunConfig, train: TrainConfig, limit: int) -> None:
    """The recipe in a sentence."""
    summary = PRESETS[base.name].summary if base.name in PRESETS else "A network of your own"
    examples = f"{limit:,} training examples" if limit else "all training examples"
    st.caption(
        f"{plain(summary)}. {train.epochs} epochs over {examples} in batches of {train.batch_size}, "
        f"{train.optimizer}, rate {train.learning_rate:g}."
    )


def _start(base: RunConfig, data_name: str, limit: int) -> None:
    data = DataConfig(data_name, splits_of(data_name)[0], limit, EVALUATED if limit else 0)
    lesson_controls.start_runs([replace(base, name=f"{base.name}-{time.strftime('%m%d%H%M%S')}", data=data)])
