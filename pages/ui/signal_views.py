"""The view of the Architectures page that shows signal and gradient at step 0, beside other networks' on one probe."""

from collections.abc import Mapping

import altair as alt
import pandas as pd
import streamlit as st

from ccds_core.beginnings import twin_of
from ccds_core.config import RunConfig
from ccds_core.diagnosis import Diagnosis, diagnose_fresh
from ccds_core.figures.layer_lines import signal_panels, signal_table
from ccds_core.figures.palette import METHOD_COLOURS
from ccds_core.options import CnnOptions
from ccds_core.presets import PRESETS
from ccds_core.signals import FreshSignal, TensorRecord
from pages.ui import panels, signal_loaders
from pages.ui.text import plain

CHOSEN = "this network"
SCHEMES = {"xavier-as-written": "Xavier as written", "xavier": "Xavier that runs"}
NETWORKS = [name for name, preset in PRESETS.items() if isinstance(preset.options, CnnOptions)]
MOST = len(METHOD_COLOURS) - 2  # networks beside the chosen one and its twin: one colour each
AROUND = 168  # pixels of title, slanted names of layers and legend
PANELS_A_ROW = 3
NAMES = {  # of the columns on screen
    "pre-activation": "mean |pre-activation|",
    "spread": "spread across pictures",
    "saturated": "saturated",
    "dead": "dead ReLU",
    "gradient": "gradient rms",
    "decay": "gradient / weight decay",
}
SHARES = ("saturated", "dead")
REASONS = (
    "**The probe** is one training picture of each class, the same for every network; a step of training sees 64.",
    "**Gradient.** Each layer's gradient is the one behind it times slope and weights. A sigmoid's slope is at most "
    "1/4, so each one takes more than three quarters away; batch norm divides by a tiny spread and gives it back.",
    "**Spread.** What differs between pictures is all that a network can learn from. PyTorch's own first weights "
    "shrink it to thousandths in the convs, and a sigmoid adds the same half to all of it. Below a ten-millionth, "
    "float32 itself cannot tell pictures apart.",
    "**Saturated** is a sigmoid outside 0.05 to 0.95 or a tanh beyond ±0.9: too flat to pass a gradient on. At step 0 "
    "hardly a unit is, whatever the textbook says; see the first hundred steps.",
    "**Weight decay** adds 0.0001 times each weight to its gradient. Below the dashed line that term leads, and Adam, "
    "which takes full steps in any case, steps where it points.",
)


def draw_signal(config: RunConfig) -> None:
    """The diagnosis, what the initialisation wrote to, three readings layer by layer, and the tensors one by one."""
    options = config.options
    assert isinstance(options, CnnOptions)  # the page's toggles make nothing else
    with st.container(horizontal=True, vertical_alignment="bottom"):
        beside = st.multiselect(
            "Beside it", NETWORKS, default=NETWORKS[:1], key="architectures_beside", bind="query-params",
            max_selections=MOST, width=480,
        )  # fmt: skip
        seed = st.number_input("Seed", 0, 99, 0, key="architectures_signal_seed", bind="query-params", width=130)
        with st.popover("Why?", icon=":material/help:"):
            for said in REASONS:
                st.markdown(f"- {said}")
    networks = _read_networks(options, beside, int(seed))
    chosen = networks[CHOSEN]
    found = diagnose_fresh(chosen)
    _say(found)
    _badges(options, networks)
    charts = signal_panels(networks, config.train.weight_decay)
    panels.beside(charts, "architectures_signal", PANELS_A_ROW, AROUND)
    st.caption(
        f"One picture of each class from {plain(signal_loaders.probe_source())}; each network drawn by seed {seed}."
    )
    table = signal_table(networks, config.train.weight_decay)
    _draw_readings(table[table["network"] == CHOSEN].drop(columns="network"))
    with st.expander(f"The {len(chosen.tensors)} tensors, and which of them the initialisation touched"):
        _draw_tensors(networks)
    whole = alt.concat(*charts.values(), columns=PANELS_A_ROW, title=found.sentence)
    panels.exports("signal", whole, table, "architectures_signal_export")


def _read_networks(options: CnnOptions, beside: list[str], seed: int) -> dict[str, FreshSignal]:
    """The chosen network, the other form of its Xavier step if it has one, and those that were asked for beside it."""
    wanted = {CHOSEN: options}
    twin = twin_of(options)
    if twin is not None:
        wanted[f"with {SCHEMES[twin.initialisation]}"] = twin
    for name in beside:
        other = PRESETS[name].options
        if isinstance(other, CnnOptions) and other not in wanted.values():
            wanted[name] = other
    return {name: signal_loaders.load_fresh(each, seed) for name, each in wanted.items()}


def _say(found: Diagnosis) -> None:
    if found.kind == "healthy":
        st.success(plain(found.sentence), icon=":material/check_circle:")
    elif found.kind == "untouched":
        st.error(plain(found.sentence), icon=":material/error:")
    else:
        st.warning(plain(found.sentence), icon=":material/warning:")


def _badges(options: CnnOptions, networks: Mapping[str, FreshSignal]) -> None:
    """How many tensors each form of the Xavier step wrote to; none of them in red."""
    if options.initialisation == "default":
        return
    badges = []
    for fresh in networks.values():
        scheme = fresh.options.initialisation
        if scheme != "default" and (scheme == options.initialisation or scheme in SCHEMES):
            said = f"{SCHEMES.get(scheme, scheme)}: {fresh.n_touched} of {len(fresh.tensors)} tensors touched"
            badge = f":{'green' if fresh.n_touched else 'red'}-badge[{said}]"
            badges += [badge] if badge not in badges else []
    st.markdown(" ".join(badges))


def _draw_readings(table: pd.DataFrame) -> None:
    """Every reading of the chosen network, a layer a row; what means nothing in a layer is a dash."""
    shown = table.assign(
        **{name: table[name].map("{:.1e}".format) for name in ("pre-activation", "spread", "gradient")},
        **{name: [panels.ABSENT if pd.isna(share) else f"{share:.0%}" for share in table[name]] for name in SHARES},
        decay=[f"{float(f'{ratio:.2g}'):,g}" for ratio in table["decay"]],
    )
    st.dataframe(shown.rename(columns=NAMES), hide_index=True, height="content", key="architectures_readings")


def _draw_tensors(networks: Mapping[str, FreshSignal]) -> None:
    rows = [
        {"tensor": tensor.name, "shape": " × ".join(map(str, tensor.shape)), "rms": f"{tensor.rms:.4f}"}
        | {f"touched, {name}": "yes" if own.touched else "no" for name, own in _same(networks, tensor.name)}
        for tensor in networks[CHOSEN].tensors
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=300, key="architectures_tensors")
    st.caption("Touched: the initialisation wrote to it after PyTorch's own first draw.")


def _same(networks: Mapping[str, FreshSignal], name: str) -> list[tuple[str, TensorRecord]]:
    """The tensor of this name in each network that has it."""
    return [(own, tensor) for own, fresh in networks.items() for tensor in fresh.tensors if tensor.name == name]
