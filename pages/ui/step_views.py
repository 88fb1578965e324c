"""The view of the Architectures page that plays and scrubs a network's first hundred steps, begun in several ways."""

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from ccds_core.beginnings import N_STEPS, VARIANTS, usual_data, variant_config
from ccds_core.config import DataConfig, RunConfig
from ccds_core.diagnosis import diagnose_steps
from ccds_core.figures.palette import METHOD_COLOURS
from ccds_core.figures.step_lines import LAYER_READINGS, layer_maps, step_of, step_panels, steps_table
from ccds_core.options import CnnOptions
from ccds_core.presets import PRESETS
from ccds_core.step_records import FirstSteps
from pages.ui import controls, panels, signal_loaders
from pages.ui.text import plain

LABELS = {variant.label: name for name, variant in VARIANTS.items()}
USUAL = ("adam", "sgd", "xavier", "batch-norm")
EXAMPLE = "architecture-2"  # shown where nothing is recorded yet: fine at step 0, saturated by step 40
SEEDS = (0, 1, 2, 3, 4)
MOST = len(METHOD_COLOURS)
AROUND, MAP_AROUND = 158, 200  # pixels of title, axis and legend
PANELS_A_ROW = 2
SECONDS = 60  # of one training on two AVX2 cores, said before it starts; the bar then shows the real pace
STEP, FIRST_SHOWN = "architectures_step", 40
STRIDE, TICK = 2, 0.8  # steps and seconds between two pictures of a film
REASONS = (
    "**Adam** divides each gradient by its own size, so at the start every weight moves by the full rate, whichever "
    "way the first batches point. Tiny gradients that all point alike make the features grow a hundredfold within "
    "twenty steps, and what they feed into the sigmoids is then far beyond their ends.",
    "**SGD** keeps tiny gradients tiny: nothing saturates and nothing moves. One network, two ways to fail.",
    "**A lottery.** Whether a saturated network comes free again differs from seed to seed: choose several.",
    "**Readings** are of the network after each step, on two training pictures of each class. Gradients are those of "
    "the step's own batch of 64. Dashed: the loss of guessing, ln 10.",
)


@dataclass(frozen=True)
class _Wanted:
    """The trainings that were asked for, by label: recorded ones, and those that are not recorded yet."""

    recorded: Mapping[str, FirstSteps]
    missing: Mapping[str, RunConfig]


def draw_first_steps(config: RunConfig) -> None:
    """What was recorded of the trainings asked for, scrubbed; a button for those that were not."""
    options = config.options
    assert isinstance(options, CnnOptions)  # the page's toggles make nothing else
    with st.container(horizontal=True, vertical_alignment="bottom"):
        usual = [VARIANTS[name].label for name in USUAL]
        starts = st.pills("Begun with", list(LABELS), selection_mode="multi", default=usual, key="architectures_starts",
                          bind="query-params", width="content")  # fmt: skip
        seeds = st.pills("Seeds", SEEDS, selection_mode="multi", default=SEEDS[:1], key="architectures_seeds",
                         bind="query-params", width="content")  # fmt: skip
        playing = st.toggle("Play", key="architectures_playing", width="content")
        with st.popover("Why?", icon=":material/help:"):
            for said in REASONS:
                st.markdown(f"- {said}")
    chosen, lots = [LABELS[label] for label in starts or usual[:1]], seeds or list(SEEDS[:1])
    wanted = _find(options, chosen, lots)
    if len(chosen) * len(lots) > MOST:
        st.caption(f"At most {MOST} trainings are drawn at once: one colour each.")
    if wanted.missing:
        _offer(wanted.missing)
    shown = wanted.recorded
    if not shown:
        options = PRESETS[EXAMPLE].options
        assert isinstance(options, CnnOptions)
        shown = _find(options, list(USUAL), [0]).recorded
        below = f" Below: {EXAMPLE}, to see what to look for." if shown else ""
        st.caption(f"Not recorded yet for this network.{below}")
    if shown:
        st.fragment(_draw_recorded, run_every=TICK if playing else None)(shown, playing)


def _find(options: CnnOptions, variants: list[str], seeds: list[int]) -> _Wanted:
    """Each training once, though two labels may stand for it; a recording on CIFAR-10 serves without the data."""
    recorded: dict[str, FirstSteps] = {}
    missing: dict[str, RunConfig] = {}
    there: set[tuple[object, object]] = set()
    for seed in seeds:
        for variant in variants:
            label = VARIANTS[variant].label + (f", seed {seed}" if len(seeds) > 1 else "")
            config = variant_config(options, variant, DataConfig(), seed)
            if (config.options, config.train) in there or len(there) == MOST:
                continue
            there.add((config.options, config.train))
            own = variant_config(options, variant, usual_data(), seed)
            found = signal_loaders.load_steps(config) or signal_loaders.load_steps(own)
            if found is None:
                missing[label] = own
            else:
                recorded[label] = found
    return _Wanted(recorded, missing)


def _offer(missing: Mapping[str, RunConfig]) -> None:
    """A button that trains what is missing, step by step under a bar; what is done stays if the rest is stopped."""
    said = f"Train {N_STEPS} steps of {', '.join(missing)}"
    help_ = f"About {SECONDS} s each on two cores. Stay here meanwhile; what is finished is kept."
    if not st.button(said, type="primary", icon=":material/play_arrow:", key="architectures_record", help=help_):
        return
    for number, (label, config) in enumerate(missing.items(), start=1):
        bar = st.progress(0.0, label)
        for reading in signal_loaders.play_steps(config):
            saturated = reading.signal.saturated
            share = "" if saturated is None else f", {saturated:.0%} of a layer saturated"
            now = f"{label} ({number} of {len(missing)}): step {reading.step}, loss {reading.loss:.2f}{share}"
            bar.progress(reading.step / N_STEPS, now)
        bar.empty()
    st.rerun()


def _draw_recorded(recordings: Mapping[str, FirstSteps], playing: bool) -> None:
    """All trainings on the same axes, then layer by layer; a rule and a table at the chosen step."""
    step = _choose_step(playing)
    charts = step_panels(recordings, step)
    first, last = (
        dict(list(charts.items())[part]) for part in (slice(None, -PANELS_A_ROW), slice(-PANELS_A_ROW, None))
    )
    panels.beside(first, "architectures_steps", PANELS_A_ROW)
    panels.beside(last, "architectures_steps_last", PANELS_A_ROW, AROUND)
    at_step = _table_at(recordings, step)
    st.dataframe(at_step, hide_index=True, height="content", key="architectures_at_step")
    st.markdown(
        "\n".join(f"- **{plain(name)}.** {plain(diagnose_steps(each).sentence)}" for name, each in recordings.items())
    )
    labels = {named: reading for reading, (named, *_) in LAYER_READINGS.items()}
    chosen = controls.choose_one("Layer by layer", list(labels), "architectures_layer_reading")
    maps = layer_maps(recordings, labels[chosen], step)
    panels.beside(maps, "architectures_maps", PANELS_A_ROW, MAP_AROUND)
    if not maps:
        st.caption("No layer of these networks has this reading.")
    sources = {f"{steps.data_source}, {steps.n_probe} pictures in the probe" for steps in recordings.values()}
    st.caption(f"Recorded on {plain('; '.join(sorted(sources)))}; batch 64, float32.")
    whole = alt.concat(*charts.values(), columns=PANELS_A_ROW, title="The first hundred steps")
    panels.exports("first-steps", whole, steps_table(recordings), "architectures_steps_export")


def _choose_step(playing: bool) -> int:
    """The slider, which a film moves on by itself and begins anew at its end."""
    if playing and STEP in st.session_state:
        st.session_state[STEP] = (st.session_state[STEP] + STRIDE) % (N_STEPS + 1)
        return st.slider("Step", 0, N_STEPS, key=STEP, bind="query-params")
    return st.slider("Step", 0, N_STEPS, FIRST_SHOWN, key=STEP, bind="query-params")


def _table_at(recordings: Mapping[str, FirstSteps], step: int) -> pd.DataFrame:
    """One row per training: what was read at the step."""
    rows = []
    for name, steps in recordings.items():
        at = step_of(steps, step)
        linear = next(layer for layer in steps.layers if layer.pre_activation_mean is not None)
        rows.append(
            {
                "training": name,
                "step": at,
                "loss": f"{steps.losses[at]:.3f}",
                "saturated": panels.ABSENT if steps.saturated is None else f"{steps.saturated[at]:.1%}",
                f"{linear.name}: mean pre-activation": f"{(linear.pre_activation_mean or ())[at]:.2g}",
                "spread of the features": f"{steps.feature_spread[at]:.1e}",
                f"{steps.layers[0].name}: gradient rms": f"{steps.layers[0].gradient_rms[at]:.1e}",
            }
        )
    return pd.DataFrame(rows)
