"""What the last change of an option did to the network: its size, its compute, and its signal at step 0."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ccds_core.config.options import CnnOptions
from ccds_core.models.cnn_diff import BASE, SCHEME_NAMES, WORDINGS, count_redrawn
from ccds_core.training.signal_records import FreshSignal
from pages.ui.architectures import loaders, signal_loaders
from pages.ui.shared.markdown import plain

CHANGE = "architectures_change"  # session state: the network before the last change, and the one after it
SEED = 0
TENFOLD = 10  # from here on a factor is written without decimals
INVITATION = "Change an option: what it changes stands here."
LAYERS = "Every conv, pooling, fully connected, batch norm, activation and dropout layer."
PARAMETERS = "Trainable weights, in millions; below, how many the last change added or removed."
MACS = "Multiply-accumulate operations of one image's forward pass, in conv and fully connected layers."
SPREAD = (
    "Standard deviation of the last hidden layer's output across images, mean over its units, before the first step. "
    "A network learns from what differs between images."
)
GRADIENT = "Root mean square of the gradient of the first conv layer's weights in the first step."


def last_change(options: CnnOptions) -> tuple[CnnOptions, CnnOptions]:
    """The network before the last change of this session, Architecture 1 to begin with, and the one after it."""
    before, after = st.session_state.get(CHANGE, (BASE, BASE))
    if options != after:
        before, after = after, options
        st.session_state[CHANGE] = (before, after)
    return before, after


def draw_change(before: CnnOptions, after: CnnOptions) -> None:
    """Five numbers and how far the last change moved each; without a change the three that need no forward pass."""
    changed = before != after
    st.markdown(f"**Last change: {plain(_words(before, after))}** {_redrawn(after)}" if changed else INVITATION)
    places = st.columns(5 if changed else 3)
    was, now = loaders.load_table(before).iloc[:-1], loaders.load_table(after).iloc[:-1]
    _count(places[0], "Layers", (len(was), len(now)), 0)
    millions = now["params"].sum() / 1e6
    more = now["params"].sum() - was["params"].sum()
    delta = f"{more:+,}" if more else None
    places[1].metric("Parameters", f"{millions:.2f} M", delta, delta_color="off", help=PARAMETERS)
    _count(places[2], "Million MACs", (was["MACs"].sum() / 1e6, now["MACs"].sum() / 1e6), 1, MACS)
    if changed:
        first, second = (signal_loaders.load_fresh(options, SEED) for options in (before, after))
        _measure(places[3], "Output std", _spread(first), _spread(second), SPREAD)
        _measure(places[4], "conv1 gradient", _gradient(first), _gradient(second), GRADIENT)


def _words(before: CnnOptions, after: CnnOptions) -> str:
    """Each option that was changed, from what to what."""
    parts = []
    for name, wording in WORDINGS.items():
        values = [getattr(options, name) for options in (before, after)]
        if values[0] != values[1]:
            old, new = (wording.names.get(value, {True: "on", False: "off"}.get(value, value)) for value in values)
            parts.append(f"{wording.label} {old} → {new}")
    return ", ".join(parts)


def _redrawn(options: CnnOptions) -> str:
    """How many tensors the initialization redraws; red where it is none."""
    if options.initialisation == "default":
        return ""
    redrawn = count_redrawn(options)
    return f":{'green' if redrawn else 'red'}-badge[{SCHEME_NAMES[options.initialisation]}: {redrawn} tensors redrawn]"


def _count(place: DeltaGenerator, label: str, values: tuple[float, float], digits: int, help_: str = LAYERS) -> None:
    """The second of two values, and its difference to the first if there is one."""
    was, now = values
    delta = f"{now - was:+,.{digits}f}" if now != was else None
    place.metric(label, f"{now:,.{digits}f}", delta, delta_color="off", help=help_)


def _measure(place: DeltaGenerator, label: str, was: float, now: float, help_: str) -> None:
    """A measured number, and how many times as large or small it became."""
    delta = None
    if now != was and min(now, was) > 0:
        factor = max(now, was) / min(now, was)
        written = f"{factor:,.0f}" if factor >= TENFOLD else f"{factor:.1f}"
        delta = f"{'×' if now > was else '÷'} {written}"
    place.metric(label, f"{now:.1e}", delta, delta_color="off", delta_arrow="off", help=help_)


def _spread(fresh: FreshSignal) -> float:
    return fresh.signal.layers[-2].output_spread


def _gradient(fresh: FreshSignal) -> float:
    return fresh.signal.layers[0].gradient_rms or 0.0
