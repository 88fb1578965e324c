"""Live runs: their curves on the same axes, and a card with state and buttons for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config.lessons import LESSONS, STEPS
from ccds_core.data import digits
from ccds_core.errors import CcdsError
from ccds_core.figures.learning_curves import LiveAxes
from ccds_core.jobs import control, series
from ccds_core.jobs.lesson_answers import Steps
from ccds_core.jobs.protocol import HELD
from ccds_core.jobs.series import QUANTITIES
from ccds_core.jobs.status import JobStatus
from pages.ui.shared import controls
from pages.ui.shared.errors import errors_on_page
from pages.ui.shared.markdown import plain
from pages.ui.train import loaders, run_card
from pages.ui.train.answer_view import draw_answer, draw_task, title_of
from pages.ui.train.lesson_controls import SHOWN, ask, guess_of
from pages.ui.train.replay_view import Curves, draw_curves, draw_replay, is_hidden, note_seen

MOST = 5  # runs on the same axes
EVERY = 1.0  # seconds between two updates of the page while a process holds a shown run,
SOON = 0.3  # just after this visitor's own click,
IDLE = 2.0  # and while none does: another visitor may resume, branch or delete one
ENDED = ("finished", "failed")
MOVING = ("queued", "starting", "running")
OTHER = (
    "As an example, a recorded experiment is shown. Choose a network above and train it: its curves will stand here. "
    "You can pause it, change its learning rate, rewind and branch."
)
EXAMPLE = "plateau"  # the experiment whose recording is shown where there is nothing else
NOTHING = (
    "No network was trained here yet. Press the button above to see the curves grow here, step by step. You can pause, "
    "step, change the learning rate, rewind and branch."
)


@dataclass(frozen=True)
class Axes:
    """What the chart shows: a key of `QUANTITIES`, and a layer where it is measured per layer."""

    quantity: str
    layer: str


def choose_shown(scope: str, bar: DeltaGenerator) -> list[str]:
    """The runs to show, of this experiment or of the visitors' own networks (""): those started last, by default."""
    available = [status.name for status in loaders.load_statuses() if scope_of(status.name) == scope]
    _draw_queue(bar)
    if not available:
        return []
    chosen = st.session_state.get(SHOWN, st.query_params.get_all(SHOWN))
    kept = [name for name in chosen if scope_of(name) == scope and loaders.exists(name)]
    available += [name for name in kept if name not in available]  # started an instant ago
    if len(kept) < len(chosen) or (not chosen and SHOWN not in st.session_state):
        st.session_state[SHOWN] = kept or _last(available)
    with bar.popover("Runs", icon=":material/checklist:"):
        return st.multiselect("Runs to show", available[::-1], max_selections=MOST, key=SHOWN, bind="query-params")


def scope_of(name: str) -> str:
    """The experiment that a run belongs to by its name; "" for a network of a visitor's own."""
    experiment = name.partition("-")[0]
    return experiment if experiment in LESSONS else ""


def draw_live(names: Sequence[str], scope: str, bar: DeltaGenerator) -> None:
    """The chart and the cards. The page follows every run: often while a shown one moves, else every two seconds."""
    _wake_worker()  # so that it is ready when the button is pressed
    mark = _mark()
    statuses = loaders.find_statuses(names)
    if not statuses:
        _draw_recording(scope, bar)
        st.fragment(_watch, run_every=IDLE)(mark)
        return
    labels = series.short_names([status.name for status in statuses])
    steps = {label: loaders.load_steps(name) for name, label in labels.items()}
    axes = _choose_axes(steps, bar)
    pace, key = _pace(statuses), "|".join(labels)
    if pace != IDLE:
        note_seen(key)
    left, right = _columns(scope)
    over = all(status.state in ENDED for status in statuses)
    judged = over and scope != "" and set(steps) == {entry.label for entry in LESSONS[scope].entries}
    hidden = judged and is_hidden(key, guess_of(scope))
    with right:
        if judged:
            draw_task(scope, recorded=False) if hidden else draw_answer(scope, steps, recorded=False)
        slots = {status.name: run_card.draw_card(status, labels[status.name]) for status in statuses}
    with left:
        if pace == IDLE:
            finding = title_of(scope, steps, hidden, axes.quantity) if judged else ""
            draw_replay(key, replace(_curves(statuses, labels, axes), finding=finding), hidden)
            st.fragment(_watch, run_every=EVERY if any(status.state in HELD for status in statuses) else IDLE)(mark)
        else:
            st.fragment(_follow, run_every=pace)(labels, axes, slots, (mark, pace))


def _draw_recording(scope: str, bar: DeltaGenerator) -> None:
    """The experiment as it was recorded; for a network of the visitor's own, one that shows what there will be."""
    name = scope or EXAMPLE
    steps = loaders.load_recording(name)
    left, right = _columns(scope)
    if not steps:
        left.info(NOTHING)
        return
    axes = _choose_axes(steps, bar)
    hidden = scope != "" and is_hidden(name, guess_of(name))
    with right:
        if not scope:
            st.info(OTHER)
        elif hidden:
            draw_task(name, recorded=True)
        else:
            draw_answer(name, steps, recorded=True)
    with left:
        finding = title_of(name, steps, hidden, axes.quantity) if scope else ""
        curves = Curves(steps, LiveAxes(axes.quantity, len(digits.CLASSES), STEPS), axes.layer, finding)
        draw_replay(name, curves, hidden)


def _columns(scope: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A place for the curves, and one beside it, which begins with the experiment's question."""
    left, right = st.columns([69, 31], gap="small")
    if scope:
        with right:
            ask(scope)
    return left, right


def _curves(statuses: Sequence[JobStatus], labels: Mapping[str, str], axes: Axes) -> Curves:
    """The steps of these runs so far."""
    steps = {label: loaders.load_steps(name) for name, label in labels.items()}
    n_steps = max((status.n_steps * status.epochs for status in statuses), default=0) or STEPS
    return Curves(steps, LiveAxes(axes.quantity, max(map(loaders.count_classes, labels)), n_steps), axes.layer)


def _draw_queue(bar: DeltaGenerator) -> None:
    """Which runs wait for the worker, and a way to let none of them begin."""
    queued = loaders.load_queue()
    if not queued:
        return
    with bar.popover(f"Queue ({len(queued)})", icon=":material/queue:"):
        st.markdown("\n".join(f"{number}. {plain(name)}" for number, name in enumerate(queued, start=1)))
        st.button("Clear the queue", on_click=run_card.act, args=(control.clear_queue,), key="train_clear_queue",
                  help="Stops the runs that wait; each can be resumed on its card.")  # fmt: skip


def _mark() -> tuple[object, ...]:
    """Changes when any run does, but for the steps of one that trains."""
    return tuple(
        (status.name, status.state, status.awaits_command)
        + ((status.steps_done, status.message) if status.state != "running" else ())
        for status in loaders.load_statuses()
    )


def _watch(mark: tuple[object, ...]) -> None:
    """Draws nothing; the page is drawn again when a run has changed, also by another visitor."""
    if _mark() != mark:
        st.rerun()


def _wake_worker() -> None:
    """If it cannot be started, the runs are still shown: the visitor may remove one to free disk space."""
    try:
        control.ensure_worker()
    except CcdsError as error:
        st.warning(plain(str(error)))


def _pace(statuses: Sequence[JobStatus]) -> float:
    """Seconds until the page looks again."""
    if not any(status.awaits_command or status.state in MOVING for status in statuses):
        return IDLE
    return SOON if loaders.changed_just_now() else EVERY


def _choose_axes(steps: Steps, bar: DeltaGenerator) -> Axes:
    """The quantity, and the layer where it is measured per layer."""
    labels = {quantity.label: name for name, quantity in QUANTITIES.items()}
    quantity = labels[controls.choose_one("Quantity", list(labels), "train_quantity", bar)]
    layers = series.layers_of(steps, quantity) if QUANTITIES[quantity].by_layer else []
    if not layers:
        return Axes(quantity, "")
    layer = bar.selectbox(
        "Layer", layers, key="train_layer", bind="query-params", label_visibility="collapsed", width=110
    )
    return Axes(quantity, layer)


def _follow(
    labels: Mapping[str, str], axes: Axes, slots: Mapping[str, DeltaGenerator], drawn: tuple[object, float]
) -> None:
    """The growing curves, and the progress on the cards."""
    with errors_on_page():
        _wake_worker()  # a queued run may wait for a worker that has ended
        statuses = loaders.find_statuses(list(labels))
        if len(statuses) < len(labels) or (_mark(), _pace(statuses)) != drawn:
            st.rerun()
        draw_curves(_curves(statuses, labels, axes))
        for status in statuses:
            run_card.draw_progress(status, slots[status.name])


def _last(names: Sequence[str]) -> list[str]:
    """The runs that were started together with the last one: their names end with the same number."""
    number = names[-1].rpartition("-")[2]
    return [name for name in names if name.rpartition("-")[2] == number][-MOST:]
