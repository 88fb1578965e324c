"""Whether an explanation is true: the panel that erases what it names, for pictures and for sentences."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from ccds_core.faithfulness import CONTROL, RANDOM, SHARES, Erasure, MeanGain, agree, gain
from ccds_core.figures.erasure_curves import (
    agreement_heatmap,
    erasure_curves,
    erasure_title,
    gain_bars,
)
from ccds_core.figures.gain_dots import gain_dots
from ccds_core.run_folders import RunRecord
from pages.ui import loaders, panels
from pages.ui.charts import draw_as_wide_as_it_is
from pages.ui.text import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.faithfulness_results import FaithfulnessResults

GAINED = "Gain over random order: right of zero is truer than chance"
REASONS = (
    "**Deletion**: parts are taken away, the highest ranked first. A true measure makes the probability fall sooner "
    "than random order does. **Insertion**: only the highest ranked are kept; it should rise sooner.",
    "**Comprehensiveness** is the mean fall with the first 10 to 50 % taken away, **sufficiency** the mean fall with "
    "those alone kept (DeYoung et al. 2020). Both are shown as what they gain over ten random orders: zero is chance.",
    "**One example proves little.** Random order differs from draw to draw; the README has the means of many rows with "
    "intervals. And an erased input is one that the network never saw, which is a fault of every test of this kind.",
)


def draw_faithfulness(
    erasures: Mapping[str, Erasure], scores: Mapping[str, np.ndarray], key: str, part: str, target: str
) -> None:
    """`scores` of the same measures; `part` is what was erased, in the plural: "patches" or "words"."""
    title = erasure_title(erasures)
    curves = erasure_curves(erasures, part, target, title)
    draw_as_wide_as_it_is(curves, title, f"{key}_curves")
    gains = gain_bars(erasures, GAINED)
    draw_as_wide_as_it_is(gains, GAINED, f"{key}_gains")
    names, correlations = list(scores), agree(scores)
    if len(names) > 1:
        said = _agreement_title(names, correlations)
        draw_as_wide_as_it_is(agreement_heatmap(names, correlations, said), said, f"{key}_agreement")
    with st.expander("How it is measured, and the numbers"):
        for reason in REASONS:
            st.markdown(f"- {reason}")
        panels.number_table(gain_table(erasures))
        panels.exports("faithfulness", curves, curve_table(erasures), f"{key}_export")


def draw_many_rows(record: RunRecord, key: str) -> None:
    """The same over many rows of the test part, where that was measured and shipped."""
    results = loaders.load_faithfulness(record)
    if results is None:
        command = f"python -m ccds_core faithfulness {record.name} --ship"
        st.caption(f"Over many rows it was not measured for {plain(record.name)}. Measure it: {plain(command)}.")
        return
    measures = {found.label: (found.comprehensiveness, found.sufficiency) for found in results.measures.values()}
    title = _many_title(measures, results)
    chart = gain_dots(measures, title)
    draw_as_wide_as_it_is(chart, title, f"{key}_many")
    st.caption(
        plain(f"{results.n:,} {results.split} rows of {results.data_source}, the class that {record.name} predicts; ")
        + "95 % intervals. A random ranking stands among them as a check of the test itself."
    )


def gain_table(erasures: Mapping[str, Erasure]) -> pd.DataFrame:
    """One row per measure: both scores, and both gains over random order, in probability."""
    rows = []
    for name, erasure in erasures.items():
        over = gain(erasure, erasures[RANDOM])
        rows.append(
            {
                "measure": name,
                "comprehensiveness": erasure.comprehensiveness,
                "gain in comprehensiveness": over.comprehensiveness,
                "sufficiency": erasure.sufficiency,
                "gain in sufficiency": over.sufficiency,
            }
        )
    return pd.DataFrame(rows)


def curve_table(erasures: Mapping[str, Erasure]) -> pd.DataFrame:
    """The curves' points, one a row."""
    return pd.concat(
        [
            pd.DataFrame(
                {"measure": name, "share": SHARES, "deletion": erasure.deletion, "insertion": erasure.insertion}
            )
            for name, erasure in erasures.items()
        ]
    )


def _many_title(measures: Mapping[str, tuple[MeanGain, MeanGain]], results: "FaithfulnessResults") -> str:
    gains = {name: found for name, (found, _) in measures.items() if name != CONTROL}
    best = max(gains, key=lambda name: gains[name].mean)
    no_better = [name for name, found in gains.items() if found.low <= 0]
    rest = f"; no better than random order: {', '.join(no_better)}" if no_better else ""
    return f"Over {results.n:,} rows, {best} finds what answers hang on best{rest}"


def _agreement_title(names: list[str], correlations: np.ndarray) -> str:
    """The two measures that agree least, as the finding of a chart."""
    apart = np.where(np.tri(len(names), k=-1, dtype=bool), correlations, np.inf)
    one, other = np.unravel_index(apart.argmin(), apart.shape)
    return f"{names[one]} and {names[other]} agree least, rank correlation {correlations[one, other]:+.2f}"
