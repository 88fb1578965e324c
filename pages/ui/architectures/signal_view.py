"""The view of the Architectures page that compares activations and gradients at initialization between networks."""

from collections.abc import Mapping

import altair as alt
import pandas as pd
import streamlit as st

from ccds_core.config.options import CnnOptions
from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import RunConfig
from ccds_core.config.variants import xavier_counterpart
from ccds_core.figures.layer_lines import signal_panels, signal_table
from ccds_core.figures.palette import LINE_COLOURS
from ccds_core.models.cnn_diff import SCHEME_NAMES
from ccds_core.results import percent
from ccds_core.training.diagnosis import Diagnosis, diagnose_fresh, rounded
from ccds_core.training.signal_records import FreshSignal, TensorRecord
from pages.ui.architectures import signal_loaders
from pages.ui.shared import panels
from pages.ui.shared.markdown import plain

CHOSEN = "this network"
SCHEMES = {name: SCHEME_NAMES[name] for name in ("xavier-as-written", "xavier")}
NETWORKS = [name for name, preset in PRESETS.items() if isinstance(preset.options, CnnOptions)]
MOST = len(LINE_COLOURS) - 2  # networks besides the chosen one and its Xavier counterpart: one colour each
BESIDE = "Networks of the workshop that are measured and drawn with this one."
SEED = "The same seed draws the same initial weights."
AROUND = 168  # pixels of title, layer names and legend
PANELS_PER_ROW = 3
NAMES = {  # column -> its heading
    "pre-activation": "mean |pre-activation|",
    "spread": "activation std across images",
    "saturated": "saturated units",
    "dead": "dead ReLUs",
    "gradient": "gradient (RMS)",
    "decay": "gradient / weight decay",
}
FRACTIONS = ("saturated", "dead")
REASONS = (
    "**The probe** is one training image of each class, the same for every network; a training step uses 64 images.",
    "**Gradient.** By the chain rule, a layer's gradient is the next layer's times weights and activation slope. "
    "The slope of a sigmoid is at most 1/4, so each sigmoid shrinks the gradient to a quarter or less; batch norm "
    "divides by a small std and scales it up again.",
    "**Std across images.** A network learns from what differs between images. PyTorch's default initialization "
    "shrinks this difference to thousandths in the conv layers, and a sigmoid adds 0.5 to every value. Below 1e-7, "
    "float32 cannot represent the difference.",
    "**Saturated** is a sigmoid output outside 0.05 to 0.95 or a tanh output beyond ±0.9: its slope is too flat to "
    "pass a gradient on. At initialization hardly any unit is saturated; see the first 100 steps.",
    "**Weight decay** adds 0.0001 times each weight to its gradient. Below the dashed line this term is larger than "
    "the gradient, so Adam, whose step size hardly depends on the gradient's size, mainly follows weight decay.",
)


def draw_signal(config: RunConfig) -> None:
    """The diagnosis, what the initialization redrew, three charts by layer, and the tensors one by one."""
    options = config.options
    assert isinstance(options, CnnOptions)  # the page's toggles make nothing else
    with st.container(horizontal=True, vertical_alignment="bottom"):
        beside = st.multiselect(
            "Compare with", NETWORKS, default=NETWORKS[:1], key="architectures_beside", bind="query-params",
            help=BESIDE, max_selections=MOST, width=480,
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, 99, 0, key="architectures_signal_seed", bind="query-params", width=130, help=SEED
        )
        with st.popover("Why?", icon=":material/help:"):
            for reason in REASONS:
                st.markdown(f"- {reason}")
    networks = _read_networks(options, beside, int(seed))
    chosen = networks[CHOSEN]
    diagnosis = diagnose_fresh(chosen)
    _show_diagnosis(diagnosis)
    _badges(options, networks)
    charts = signal_panels(networks, config.train.weight_decay)
    panels.beside(charts, "architectures_signal", PANELS_PER_ROW, AROUND)
    st.caption(f"Measured on one image of each class from {plain(signal_loaders.probe_source())}; seed {seed}.")
    table = signal_table(networks, config.train.weight_decay)
    _draw_readings(table[table["network"] == CHOSEN].drop(columns="network"))
    with st.expander(f"Which of the {len(chosen.tensors)} tensors the initialization redraws"):
        _draw_tensors(networks)
    whole = alt.concat(*charts.values(), columns=PANELS_PER_ROW, title=diagnosis.sentence)
    panels.exports("signal", whole, table, "architectures_signal_export")


def _read_networks(options: CnnOptions, beside: list[str], seed: int) -> dict[str, FreshSignal]:
    """The chosen network, its Xavier counterpart if it has one, and the networks to compare with."""
    networks = {CHOSEN: options}
    counterpart = xavier_counterpart(options)
    if counterpart is not None:
        networks[f"with {SCHEMES[counterpart.initialisation]}"] = counterpart
    for name in beside:
        other = PRESETS[name].options
        if isinstance(other, CnnOptions) and other not in networks.values():
            networks[name] = other
    return {name: signal_loaders.load_fresh(chosen, seed) for name, chosen in networks.items()}


def _show_diagnosis(diagnosis: Diagnosis) -> None:
    if diagnosis.kind == "healthy":
        st.success(plain(diagnosis.sentence), icon=":material/check_circle:")
    elif diagnosis.kind == "untouched":
        st.error(plain(diagnosis.sentence), icon=":material/error:")
    else:
        st.warning(plain(diagnosis.sentence), icon=":material/warning:")


def _badges(options: CnnOptions, networks: Mapping[str, FreshSignal]) -> None:
    """How many tensors each Xavier variant redraws; red where it is none."""
    if options.initialisation == "default":
        return
    badges = []
    for fresh in networks.values():
        scheme = fresh.options.initialisation
        if scheme != "default" and (scheme == options.initialisation or scheme in SCHEMES):
            text = f"{SCHEME_NAMES[scheme]}: {fresh.n_touched} of {len(fresh.tensors)} tensors redrawn"
            badge = f":{'green' if fresh.n_touched else 'red'}-badge[{text}]"
            badges += [badge] if badge not in badges else []
    st.markdown(" ".join(badges))


def _draw_readings(table: pd.DataFrame) -> None:
    """All measurements of the chosen network, one row per layer; a dash where one is not defined."""
    shown = table.assign(
        **{name: table[name].map("{:.1e}".format) for name in ("pre-activation", "spread", "gradient")},
        **{name: [panels.ABSENT if pd.isna(value) else percent(value) for value in table[name]] for name in FRACTIONS},
        decay=[rounded(ratio) for ratio in table["decay"]],
    )
    st.dataframe(shown.rename(columns=NAMES), hide_index=True, height="content", key="architectures_readings")


def _draw_tensors(networks: Mapping[str, FreshSignal]) -> None:
    rows = [
        {"tensor": tensor.name, "shape": " × ".join(map(str, tensor.shape)), "rms": f"{tensor.rms:.4f}"}
        | {f"redrawn, {name}": "yes" if same.touched else "no" for name, same in _same(networks, tensor.name)}
        for tensor in networks[CHOSEN].tensors
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=300, key="architectures_tensors")
    st.caption("Redrawn: the chosen initialization replaced the values of PyTorch's default initialization.")


def _same(networks: Mapping[str, FreshSignal], name: str) -> list[tuple[str, TensorRecord]]:
    """The tensor of this name in each network that has it."""
    return [(network, tensor) for network, fresh in networks.items() for tensor in fresh.tensors if tensor.name == name]
