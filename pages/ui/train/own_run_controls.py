"""Any model, any hyperparameters, any data set on disk -> a run."""

from dataclasses import replace
from pathlib import Path
from typing import Literal, TypedDict

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config.lessons import EVALUATED
from ccds_core.config.options import wordings_of
from ccds_core.config.presets import PRESETS, with_preset
from ccds_core.config.run_config import OPTIMIZERS, SCHEDULES, DataConfig, RunConfig, TrainConfig, splits_of
from ccds_core.jobs.queue import new_ending
from ccds_core.models.registry import MODELS
from ccds_core.runs.disk_space import run_bytes
from pages.ui.shared import cnn_controls
from pages.ui.shared.markdown import plain
from pages.ui.train import lesson_controls, loaders

HELP_OWN = (
    "To use your own data, put a folder with one subfolder of images per class, or a CSV with the columns 'text' and "
    "'label', into the data folder."
)
CNN = "CNN"
TEXTS = [name for name, preset in PRESETS.items() if MODELS[preset.model].task == "text"]
SHORT = 1_600  # images or texts of a first try: 50 batches of 32
FEW_EPOCHS = 3
LARGEST_BATCH = 64  # of a first try

HELP = wordings_of(TrainConfig)
LIMIT = "How many training examples are used, the first of the shuffled training part; 0 means all."


class _More(TypedDict):
    """What every widget here is given besides its label and values."""

    key: str
    bind: Literal["query-params"]
    help: str


def choose_network(bar: DeltaGenerator) -> str:
    """A model, its options, its data and its hyperparameters; and the button that starts it. Returns no experiment."""
    name = bar.selectbox("Model", [CNN, *TEXTS], key="train_model", bind="query-params", width=230,
                         label_visibility="collapsed")  # fmt: skip
    task = "image" if name == CNN else "text"
    data_name = _choose_data(bar, task)
    hyperparameters = bar.popover("Hyperparameters", icon=":material/tune:")
    start = bar.empty()
    base = _choose_cnn() if name == CNN else PRESETS[name].config(name)
    with hyperparameters:
        train, limit = _choose_hyperparameters(base)
    start.button(
        "Train this network",
        type="primary",
        icon=":material/play_arrow:",
        key="train_own_start",
        disabled=data_name is None,
        on_click=_start,
        args=(replace(base, train=train), data_name, limit),
    )
    _summarize(base, train, limit)
    lesson_controls.show_refused()
    return ""


def _choose_cnn() -> RunConfig:
    """The options of a CNN in two rows, between the model and the chart."""
    rows = [st.container(horizontal=True, vertical_alignment="bottom") for _ in range(2)]
    return cnn_controls.choose_architecture("train", *rows, in_row=True)


def _choose_data(bar: DeltaGenerator, task: str) -> str | None:
    """The name or path of a data set; None where there is none for this task."""
    own = [str(path) for path in loaders.own_data(task)]
    if task == "image":
        available = [*(["cifar10"] if loaders.has_cifar10() else []), "digits", *own]
    else:
        available = [*(["emotion"] if loaders.has_emotion() else []), *own]
    chosen = bar.selectbox(
        "Data", available, format_func=lambda name: Path(name).name, key=f"train_data_{task}", width=180,
        label_visibility="collapsed", placeholder="No data set available",
    )  # fmt: skip
    if not available:
        st.info(f"No data set for this model is available. {HELP_OWN} Or fetch one: python -m ccds_core data fetch.")
    return chosen if available else None


def _choose_hyperparameters(base: RunConfig) -> tuple[TrainConfig, int]:
    """The hyperparameters, each with its help and kept in the URL, and how many training examples are used."""
    default, keys = base.train, f"train_{base.name}"
    left, right = st.columns(2)

    def more(name: str, help_: str = "") -> _More:
        return {
            "key": f"{keys}_{name}",
            "bind": "query-params",
            "help": help_ or HELP[name].sentence,
        }

    epochs = left.number_input("Epochs", 1, 200, min(default.epochs, FEW_EPOCHS), **more("epochs"))
    limit = right.number_input("Training examples (0: all)", 0, 1_000_000, SHORT, step=100, **more("limit", LIMIT))
    batch_size = left.number_input("Batch size", 1, 1024, min(default.batch_size, LARGEST_BATCH), **more("batch_size"))
    seed = right.number_input("Seed", 0, 1_000_000, default.seed, **more("seed"))
    optimizer = left.selectbox("Optimizer", OPTIMIZERS, OPTIMIZERS.index(default.optimizer), **more("optimizer"))
    learning_rate = right.number_input(
        "Learning rate", 1e-6, 10.0, default.learning_rate, format="%.6f", step=1e-4, **more("learning_rate")
    )
    schedule = left.selectbox("Schedule", SCHEDULES, SCHEDULES.index(default.schedule), **more("schedule"))
    decay = right.number_input(
        "Weight decay", 0.0, 1.0, default.weight_decay, format="%.5f", step=1e-4, **more("weight_decay")
    )
    train = replace(default, epochs=epochs, batch_size=batch_size, seed=seed, optimizer=optimizer,
                    learning_rate=learning_rate, schedule=schedule, weight_decay=decay)  # fmt: skip
    return train, limit


def _summarize(base: RunConfig, train: TrainConfig, limit: int) -> None:
    """The hyperparameters in a sentence."""
    summary = PRESETS[base.preset].summary if base.preset else "Your own network"
    examples = f"{limit:,} training examples" if limit else "all training examples"
    size = run_bytes(replace(base, train=train))
    written = f" The run writes up to {size / 1e6:.0f} MB." if size else ""
    st.caption(
        f"{plain(summary)}. {train.epochs} epoch{'s' * (train.epochs != 1)}, {examples}, batch size "
        f"{train.batch_size}, {train.optimizer}, learning rate {train.learning_rate:g}.{written}"
    )


def _start(base: RunConfig, data_name: str, limit: int) -> None:
    data = DataConfig(data_name, splits_of(data_name)[0], limit, EVALUATED if limit else 0)
    config = replace(base, name=f"{base.name}-{new_ending()}", data=data)
    lesson_controls.start_runs([with_preset(config)])
