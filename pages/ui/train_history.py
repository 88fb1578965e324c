"""Back through a run's epochs: what the network made of an example then, and another way from there."""

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ccds_core import job_files, jobs, run_folders
from ccds_core.config import OPTIMIZERS, TrainConfig
from ccds_core.errors import CcdsError
from ccds_core.figures.attribution_maps import MapPanel, attribution_maps
from ccds_core.figures.probability_bars import probability_bars
from pages.ui import train_loaders
from pages.ui.charts import draw_as_wide_as_it_is
from pages.ui.errors import errors_on_page
from pages.ui.lesson_controls import REFUSED, SHOWN, tell_refused
from pages.ui.text import plain

MOST = 6  # epochs beside one another
SIDE = 160  # pixels of the example on screen


def draw_history(names: Sequence[str], bar: DeltaGenerator) -> None:
    """One run: its answers to a validation example, epoch by epoch, and the way to fork from one of them."""
    kept = {name: epochs for name in names if (epochs := jobs.snapshots(name))}
    if not kept:
        st.info("A run can be looked back on once its first epoch is finished: its weights are kept after each.")
        return
    name = bar.selectbox("Run", list(kept), key="train_back_run", label_visibility="collapsed", width=330)
    bar.markdown("Validation example", width="content")
    number = bar.number_input("Validation example", 1, 100, 1, key="train_back_example", bind="query-params", width=130,
                              label_visibility="collapsed")  # fmt: skip
    with errors_on_page():
        with bar.popover("Fork", icon=":material/fork_right:"):
            _fork(name, kept[name])
        tell_refused()
        _draw_answers(name, _spread(kept[name]), int(number) - 1)


def _draw_answers(name: str, epochs: Sequence[int], number: int) -> None:
    """The example, then bars and maps with one panel an epoch."""
    looks = {epoch: train_loaders.look_back(name, epoch, number) for epoch in epochs}
    example, last = looks[epochs[-1]]
    right = [epoch for epoch, (_, look) in looks.items() if look.prediction.prediction == example.label]
    said = f"right after {len(right)} of {len(epochs)} epochs shown" if right else "never right in the epochs shown"
    title = f"{name} takes this {example.label} for {last.prediction.prediction} in the end; {said}"
    picture, bars = st.columns([15, 85], gap="small")
    with picture:
        if example.picture is not None:
            enlarged = Image.fromarray(example.picture).resize((SIDE, SIDE), Image.Resampling.NEAREST)
            st.image(enlarged, caption=plain(example.label), width=SIDE, alt=f"Validation example: {example.label}")
        else:
            st.markdown(plain(example.text))
            st.caption(plain(example.label))
    with bars:
        predictions = {f"epoch {epoch}": look.prediction for epoch, (_, look) in looks.items()}
        draw_as_wide_as_it_is(probability_bars(predictions, title), title, "train_back_bars")
    maps = [
        MapPanel(f"epoch {epoch}", "", look.attribution.values, look.attribution.signed, "change of the logit")
        for epoch, (_, look) in looks.items()
        if look.attribution is not None
    ]
    if maps:
        words = f"What speaks for {example.label} (red) and against it (blue), by integrated gradients"
        draw_as_wide_as_it_is(attribution_maps(maps, words), words, "train_back_maps")


def _fork(name: str, epochs: Sequence[int]) -> None:
    """Another run from one of these epochs on, with another rate or optimizer."""
    config = run_folders.read_run(job_files.find_folder(name)).card.config
    train = config.train
    st.caption("A new run that begins with this run's weights after an epoch. With nothing changed it ends the same.")
    epoch = st.selectbox("After epoch", epochs, len(epochs) - 1, key=f"train_fork_epoch_{name}")
    rate = st.number_input(
        "Learning rate", 1e-6, 10.0, train.learning_rate, format="%.6f", key=f"train_fork_rate_{name}"
    )
    optimizer = st.selectbox("Optimizer", OPTIMIZERS, OPTIMIZERS.index(train.optimizer), key=f"train_fork_opt_{name}")
    total = st.number_input("Epochs in all", epoch + 1, 500, max(train.epochs, epoch + 1), key=f"train_fork_all_{name}")
    changed = replace(train, learning_rate=rate, optimizer=optimizer, epochs=int(total))
    st.button("Fork and train", type="primary", key="train_fork", on_click=_start, args=(name, epoch, changed))


def _start(name: str, epoch: int, train: TrainConfig) -> None:
    """Queue the fork and show both runs from their first update."""
    config = run_folders.read_run(job_files.find_folder(name)).card.config
    new = replace(config, name=f"{name[:40]}-fork-{time.strftime('%H%M%S')}", train=train)
    try:
        jobs.fork(name, epoch, new)
    except CcdsError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state[SHOWN] = [name, new.name]
    st.session_state["train_view"] = "Watch"


def _spread(epochs: Sequence[int]) -> list[int]:
    """At most `MOST` of them, the first and the last among them."""
    if len(epochs) <= MOST:
        return list(epochs)
    return [epochs[round(place * (len(epochs) - 1) / (MOST - 1))] for place in range(MOST)]
