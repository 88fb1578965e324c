"""The view of the Architectures page that plays a network's first 100 steps, for several variants and seeds."""

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from ccds_core.config.options import CnnOptions
from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import DataConfig, RunConfig
from ccds_core.config.variants import N_STEPS, VARIANTS, variant_config
from ccds_core.data.cifar10 import usual_data
from ccds_core.figures.palette import LINE_COLOURS
from ccds_core.figures.step_lines import LAYER_READINGS, layer_maps, step_of, step_panels, steps_table
from ccds_core.results import percent
from ccds_core.training.diagnosis import diagnose_steps
from ccds_core.training.first_steps_records import TrainingTrace
from pages.ui.architectures import signal_loaders
from pages.ui.shared import controls, panels
from pages.ui.shared.markdown import plain

LABELS = {variant.label: name for name, variant in VARIANTS.items()}
DEFAULTS = ("adam", "sgd", "xavier", "batch-norm")
EXAMPLE = "architecture-2"  # shown where nothing is recorded yet: not saturated at step 0, saturated by step 40
SEEDS = (0, 1, 2, 3, 4)
MOST = len(LINE_COLOURS)
AROUND, MAP_AROUND = 178, 200  # pixels of title, axis and legend
PANELS_PER_ROW = 2
SECONDS = 60  # of one training on two AVX2 cores, an estimate shown before it starts
STEP, FIRST_SHOWN = "architectures_step", 40
VARIANT = "The same network, as it is or with one change of its training or its weights."
SEED = "Each seed draws other initial weights and another order of the batches."
PLAY = "Move through the steps by itself."
AT = "The optimizer step that the line in each chart marks and the table shows."
STRIDE, TICK = 2, 0.8  # steps and seconds between two frames when it plays
REASONS = (
    "**Adam** divides each gradient by its own size, so at the start every weight moves by the full learning rate, "
    "in the direction of the first batches. Small gradients of the same sign make the features grow 100× within 20 "
    "steps; the sigmoids then get inputs so large that they saturate.",
    "**SGD** steps in proportion to the gradient. The gradients are tiny, so nothing saturates and nothing is learned.",
    "**Seeds.** Whether a saturated network recovers differs from seed to seed: choose several.",
    "**Measurements** are taken after each step on two training images per class. Gradients are those of the step's "
    "own batch of 64. Dashed line: the loss at chance, ln 10.",
)


@dataclass(frozen=True)
class _Trainings:
    """The chosen trainings by label: those that are recorded, and the configs of those that are not."""

    recorded: Mapping[str, TrainingTrace]
    missing: Mapping[str, RunConfig]


def draw_first_steps(config: RunConfig) -> None:
    """The recordings of the chosen trainings at one step; a button that records the missing ones."""
    options = config.options
    assert isinstance(options, CnnOptions)  # the page's toggles make nothing else
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = [VARIANTS[name].label for name in DEFAULTS]
        labels = st.pills("Variant", list(LABELS), selection_mode="multi", default=default, key="architectures_starts",
                          bind="query-params", width="content", help=VARIANT)  # fmt: skip
        seeds = st.pills("Seeds", SEEDS, selection_mode="multi", default=SEEDS[:1], key="architectures_seeds",
                         bind="query-params", width="content", help=SEED)  # fmt: skip
        playing = st.toggle("Play", key="architectures_playing", width="content", help=PLAY)
        with st.popover("Why?", icon=":material/help:"):
            for reason in REASONS:
                st.markdown(f"- {reason}")
    variants, seeds = [LABELS[label] for label in labels or default[:1]], seeds or list(SEEDS[:1])
    trainings = _find(options, variants, seeds)
    if len(variants) * len(seeds) > MOST:
        st.caption(f"At most {MOST} trainings are drawn at once.")
    if trainings.missing:
        _offer(trainings.missing)
    shown = trainings.recorded
    if not shown:
        options = PRESETS[EXAMPLE].options
        assert isinstance(options, CnnOptions)
        shown = _find(options, list(DEFAULTS), [0]).recorded
        below = f" Shown below: {EXAMPLE} as an example." if shown else ""
        st.caption(f"Not recorded yet for this network.{below}")
    if shown:
        st.fragment(_draw_recorded, run_every=TICK if playing else None)(shown, playing)


def _find(options: CnnOptions, variants: list[str], seeds: list[int]) -> _Trainings:
    """Each training once, even if two labels name it; a recording on CIFAR-10 can be shown without the data."""
    recorded: dict[str, TrainingTrace] = {}
    missing: dict[str, RunConfig] = {}
    seen: set[tuple[object, object]] = set()
    for seed in seeds:
        for variant in variants:
            label = VARIANTS[variant].label + (f", seed {seed}" if len(seeds) > 1 else "")
            config = variant_config(options, variant, DataConfig(), seed)
            if (config.options, config.train) in seen or len(seen) == MOST:
                continue
            seen.add((config.options, config.train))
            here = variant_config(options, variant, usual_data(), seed)
            trace = signal_loaders.load_steps(config) or signal_loaders.load_steps(here)
            if trace is None:
                missing[label] = here
            else:
                recorded[label] = trace
    return _Trainings(recorded, missing)


def _offer(missing: Mapping[str, RunConfig]) -> None:
    """A button that trains the missing ones under a progress bar; each finished recording is kept."""
    label = f"Train {N_STEPS} steps: {', '.join(missing)}"
    help_ = f"About {SECONDS} s each on two cores. Stay on this page; finished recordings are kept."
    if not st.button(label, type="primary", icon=":material/play_arrow:", key="architectures_record", help=help_):
        return
    for number, (label, config) in enumerate(missing.items(), start=1):
        bar = st.progress(0.0, label)
        for reading in signal_loaders.play_steps(config):
            saturated = reading.signal.saturated
            suffix = "" if saturated is None else f", {percent(saturated)} of a layer saturated"
            text = f"{label} ({number} of {len(missing)}): step {reading.step}, loss {reading.loss:.2f}{suffix}"
            bar.progress(reading.step / N_STEPS, text)
        bar.empty()
    st.rerun()


def _draw_recorded(recordings: Mapping[str, TrainingTrace], playing: bool) -> None:
    """All trainings on the same axes, then layer by layer; a line and a table at the chosen step."""
    step = _choose_step(playing)
    charts = step_panels(recordings, step)
    first, last = (
        dict(list(charts.items())[part]) for part in (slice(None, -PANELS_PER_ROW), slice(-PANELS_PER_ROW, None))
    )
    panels.beside(first, "architectures_steps", PANELS_PER_ROW, AROUND)
    panels.beside(last, "architectures_steps_last", PANELS_PER_ROW)
    at_step = _table_at(recordings, step)
    st.dataframe(at_step, hide_index=True, height="content", key="architectures_at_step")
    st.markdown(
        "\n".join(f"- **{plain(name)}.** {plain(diagnose_steps(trace).sentence)}" for name, trace in recordings.items())
    )
    labels = {label: reading for reading, (label, *_) in LAYER_READINGS.items()}
    chosen = controls.choose_one("Layer by layer", list(labels), "architectures_layer_reading")
    maps = layer_maps(recordings, labels[chosen], step)
    panels.beside(maps, "architectures_maps", PANELS_PER_ROW, MAP_AROUND)
    if not maps:
        st.caption("Not defined for any layer of these networks.")
    sources = {f"{steps.data_source}, measured on {steps.n_probe} images" for steps in recordings.values()}
    st.caption(f"Recorded on {plain('; '.join(sorted(sources)))}; batch 64, float32.")
    whole = alt.concat(*charts.values(), columns=PANELS_PER_ROW, title="The first 100 steps")
    panels.exports("first-steps", whole, steps_table(recordings), "architectures_steps_export")


def _choose_step(playing: bool) -> int:
    """The slider; while it plays, it moves on by itself and starts again at the end."""
    if playing and STEP in st.session_state:
        st.session_state[STEP] = (st.session_state[STEP] + STRIDE) % (N_STEPS + 1)
        return st.slider("Step", 0, N_STEPS, key=STEP, bind="query-params", help=AT)
    return st.slider("Step", 0, N_STEPS, FIRST_SHOWN, key=STEP, bind="query-params", help=AT)


def _table_at(recordings: Mapping[str, TrainingTrace], step: int) -> pd.DataFrame:
    """One row per training: what was measured at the step."""
    rows = []
    for name, steps in recordings.items():
        at = step_of(steps, step)
        linear = next(layer for layer in steps.layers if layer.pre_activation_mean is not None)
        rows.append(
            {
                "training": name,
                "step": at,
                "loss": f"{steps.losses[at]:.3f}",
                "saturated units": panels.ABSENT if steps.saturated is None else percent(steps.saturated[at], 1),
                f"{linear.name}: mean pre-activation": f"{(linear.pre_activation_mean or ())[at]:.2g}",
                "feature std": f"{steps.feature_spread[at]:.1e}",
                f"{steps.layers[0].name} gradient (RMS)": f"{steps.layers[0].gradient_rms[at]:.1e}",
            }
        )
    return pd.DataFrame(rows)
