"""The faithfulness test of attribution methods, for images and for sentences."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from ccds_core.explain.faithfulness import CONTROL, RANDOM, SHARES, Erasure, MeanGain, agree, gain
from ccds_core.figures.erasure_curves import (
    erasure_curves,
    erasure_title,
    gain_bars,
    gain_dots,
    rank_correlation_heatmap,
)
from ccds_core.results import percent
from ccds_core.runs.records import RunRecord
from pages.ui.shared import loaders, panels
from pages.ui.shared.charts import draw_as_wide_as_it_is
from pages.ui.shared.markdown import plain

if TYPE_CHECKING:  # torch comes on first use
    from ccds_core.explain.faithfulness_study import FaithfulnessResults

GAIN = "Gain over random order (>0: better than random)"
PANELS_A_ROW = 2
CURVES_AROUND = 200  # pixels of title, axis and legend
REASONS = (
    "**Deletion**: parts are removed, the highest ranked first. With a faithful method the probability falls sooner "
    "than with random order. **Insertion**: only the highest ranked parts are kept; it should rise sooner.",
    "**Comprehensiveness** is the mean fall with the top 10 to 50 % removed, **sufficiency** the mean fall with only "
    "those kept (DeYoung et al. 2020). Both are shown as the gain over ten random orders: zero is chance.",
    "**One example proves little.** Random orders differ; the README has means over many rows with intervals. An "
    "erased input is also unlike the training data, a limit of every test of this kind.",
)


def draw_faithfulness(
    erasures: Mapping[str, Erasure], scores: Mapping[str, np.ndarray], key: str, part: str, target: str
) -> None:
    """`scores` of the same methods; `part` is what was erased, in the plural: "patches" or "words"."""
    title = erasure_title(erasures)
    curves = erasure_curves(erasures, part, target, title)
    panels.facets(curves, title, f"{key}_curves", PANELS_A_ROW, CURVES_AROUND)
    erased = next(iter(erasures.values())).deletion[-1]
    st.caption(
        f"With all {part} erased the probability of {plain(target)} is {percent(float(erased))}: a model predicts one "
        "of its classes for an empty input, too. All curves of deletion end there, and those of insertion begin there."
    )
    gains = gain_bars(erasures, GAIN)
    panels.facets(gains, GAIN, f"{key}_gains", PANELS_A_ROW)
    names, correlations = list(scores), agree(scores)
    if len(names) > 1:
        heading = _correlation_title(names, correlations)
        draw_as_wide_as_it_is(rank_correlation_heatmap(names, correlations, heading), heading, f"{key}_agreement")
    with st.expander("Method and numbers"):
        for reason in REASONS:
            st.markdown(f"- {reason}")
        panels.number_table(gain_table(erasures))
        panels.exports("faithfulness", curves, curve_table(erasures), f"{key}_export")


def draw_many_rows(record: RunRecord, key: str) -> None:
    """The same over many rows of the test split, where that was measured and shipped."""
    results = loaders.load_faithfulness(record)
    if results is None:
        command = f"python -m ccds_core faithfulness {record.name} --ship"
        st.caption(f"Not measured over many rows for {plain(record.name)}. To measure it: {plain(command)}.")
        return
    gains = {method.label: (method.comprehensiveness, method.sufficiency) for method in results.measures.values()}
    title = _many_title(gains, results)
    panels.facets(gain_dots(gains, title), title, f"{key}_many", PANELS_A_ROW)
    st.caption(
        plain(f"{results.n:,} {results.split} rows of {results.data_source}; target: the class that {record.name} ")
        + "predicts; 95 % intervals. The random ranking is a control."
    )


def gain_table(erasures: Mapping[str, Erasure]) -> pd.DataFrame:
    """One row per method: both scores, and both gains over random order, in probability."""
    rows = []
    for name, erasure in erasures.items():
        over = gain(erasure, erasures[RANDOM])
        rows.append(
            {
                "method": name,
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
                {"method": name, "fraction": SHARES, "deletion": erasure.deletion, "insertion": erasure.insertion}
            )
            for name, erasure in erasures.items()
        ]
    )


def _many_title(gains: Mapping[str, tuple[MeanGain, MeanGain]], results: "FaithfulnessResults") -> str:
    comprehensiveness = {name: gain for name, (gain, _) in gains.items() if name != CONTROL}
    best = max(comprehensiveness.values(), key=lambda gain: gain.mean)
    leading = [name for name, gain in comprehensiveness.items() if gain.high >= best.low]
    lead = f"{leading[0]} leads" if len(leading) == 1 else f"{', '.join(leading)} lead: their intervals overlap"
    no_better = [name for name, gain in comprehensiveness.items() if gain.low <= 0]
    rest = f"; no better than random order: {', '.join(no_better)}" if no_better else ""
    return f"By comprehensiveness over {results.n:,} rows, {lead}{rest}"


def _correlation_title(names: list[str], correlations: np.ndarray) -> str:
    """The two methods with the lowest rank correlation, as the finding of a chart."""
    apart = np.where(np.tri(len(names), k=-1, dtype=bool), correlations, np.inf)
    one, other = np.unravel_index(apart.argmin(), apart.shape)
    return f"{names[one]} and {names[other]} agree least (rank correlation {correlations[one, other]:+.2f})"
