"""Rewind through a run's epochs: what it predicted for one example after each; and branch a new run from one."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config.run_config import OPTIMIZERS, TrainConfig
from ccds_core.errors import CcdsError
from ccds_core.figures.attribution_maps import MapPanel, map_panel
from ccds_core.figures.probability_bars import probability_bars
from ccds_core.jobs import control, protocol
from ccds_core.jobs.queue import new_ending
from ccds_core.runs import records
from pages.ui.shared import panels
from pages.ui.shared.charts import draw_in_rows
from pages.ui.shared.errors import errors_on_page
from pages.ui.shared.markdown import plain
from pages.ui.train import loaders
from pages.ui.train.lesson_controls import SHOWN, forget_refused, refuse, show_refused

MOST = 6  # epochs shown
BARS_A_ROW = 3
SIDE = 160  # pixels of the example on screen


def draw_history(names: Sequence[str], bar: DeltaGenerator) -> None:
    """One run: its predictions for a validation example after each epoch, and a form that branches from one."""
    epochs_of = {name: epochs for name in names if (epochs := control.snapshots(name))}
    if not epochs_of:
        st.info("You can rewind a run once its first epoch is finished. Its weights are kept after each epoch.")
        return
    name = bar.selectbox("Run", list(epochs_of), key="train_back_run", label_visibility="collapsed", width=330)
    bar.markdown("Validation example", width="content")
    number = bar.number_input("Validation example", 1, 100, 1, key="train_back_example", bind="query-params", width=130,
                              label_visibility="collapsed")  # fmt: skip
    with errors_on_page():
        with bar.popover("Branch", icon=":material/fork_right:"):
            _fork(name, epochs_of[name])
        show_refused()
        _draw_predictions(name, _spread(epochs_of[name]), int(number) - 1)


def _draw_predictions(name: str, epochs: Sequence[int], number: int) -> None:
    """The example, then probabilities and attribution maps with one panel per epoch."""
    results = {epoch: loaders.predict_at_epoch(name, epoch, number) for epoch in epochs}
    example, last = results[epochs[-1]]
    correct = sum(result.prediction.label == example.label for _, result in results.values())
    title = (
        f"{name}: this {example.label} is classified as {last.prediction.label} at the end; "
        f"correct after {correct} of {len(epochs)} epochs shown"
    )
    left, right = st.columns([15, 85], gap="small")
    with left:
        if example.image is not None:
            enlarged = Image.fromarray(example.image).resize((SIDE, SIDE), Image.Resampling.NEAREST)
            st.image(enlarged, caption=plain(example.label), width=SIDE, alt=f"Validation example: {example.label}")
        else:
            st.markdown(plain(example.text))
            st.caption(plain(example.label))
    with right:
        predictions = {f"epoch {epoch}": result.prediction for epoch, (_, result) in results.items()}
        panels.facets(probability_bars(predictions, title), title, "train_back_bars", BARS_A_ROW)
    maps = [
        MapPanel(f"epoch {epoch}", "", attribution.values, attribution.signed, "contribution to the logit")
        for epoch, (_, result) in results.items()
        if (attribution := result.attribution) is not None
    ]
    if maps:
        st.markdown(f"**Integrated gradients: red supports {plain(example.label)}, blue opposes it**")
        draw_in_rows({panel.title: map_panel(panel) for panel in maps}, "train_back_maps")


def _fork(name: str, epochs: Sequence[int]) -> None:
    """The form for a new run that continues from one of these epochs, for example with another learning rate."""
    config = records.read_run(protocol.find_folder(name)).card.config
    train = config.train
    st.caption("A new run starts from this run's state after an epoch. With no change, the result is the same.")
    epoch = st.selectbox("After epoch", epochs, len(epochs) - 1, key=f"train_fork_epoch_{name}")
    learning_rate = st.number_input(
        "Learning rate", 1e-6, 10.0, train.learning_rate, format="%.6f", key=f"train_fork_rate_{name}"
    )
    optimizer = st.selectbox("Optimizer", OPTIMIZERS, OPTIMIZERS.index(train.optimizer), key=f"train_fork_opt_{name}")
    total = st.number_input("Total epochs", epoch + 1, 500, max(train.epochs, epoch + 1), key=f"train_fork_all_{name}")
    changed = replace(train, learning_rate=learning_rate, optimizer=optimizer, epochs=int(total))
    st.button("Branch and train", type="primary", key="train_fork", on_click=_start, args=(name, epoch, changed))


def _start(name: str, epoch: int, train: TrainConfig) -> None:
    """Queue the new run and show it together with its parent."""
    config = records.read_run(protocol.find_folder(name)).card.config
    new = replace(config, name=f"{name[:40]}-branch-{new_ending()}", train=train)
    forget_refused()
    try:
        control.fork(name, epoch, new)
    except CcdsError as error:
        refuse(error)
        return
    loaders.note_change()
    st.session_state[SHOWN] = [name, new.name]
    st.session_state["train_view"] = "Watch"


def _spread(epochs: Sequence[int]) -> list[int]:
    """At most `MOST` of them, evenly spaced, including the first and the last."""
    if len(epochs) <= MOST:
        return list(epochs)
    return [epochs[round(index * (len(epochs) - 1) / (MOST - 1))] for index in range(MOST)]
