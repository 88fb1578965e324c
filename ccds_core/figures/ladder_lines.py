"""Ranks of words under each correction, and the rank correlation of other methods; one line or bar per class."""

import math
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from ccds_core.explain.top_tokens.corrections import CorrectionStep
from ccds_core.explain.top_tokens.evidence import ListAgreement
from ccds_core.explain.top_tokens.options import CORRECTIONS
from ccds_core.explain.top_tokens.table import METHODS
from ccds_core.figures.palette import MARK_COLOUR, class_colours, legend_columns, panel_title

WIDTH, HEIGHT = 420, 200  # pixels of one word's lines; the width is that in a file
RANKS = (1, 3, 10, 30, 100, 300, 1_000, 3_000)  # where the axis may be marked

WIDTH, ROW_HEIGHT = 190, 26  # pixels of a panel in a file, and of one class
FULL = 1.0  # the same order
Agreement = Mapping[str, Mapping[str, ListAgreement]]  # method -> class -> how far it agrees


def ladder_panels(rungs: Sequence[CorrectionStep], words: Sequence[str], step: str) -> dict[str, alt.LayerChart]:
    """A chart per word, by its title: its rank in each class, rank 1 on top, log scale; a rule at `step`."""
    ranks = [rung.ranks[name].get(word) for rung in rungs for name in rung.ranks for word in words]
    deepest = max((rank for rank in ranks if rank is not None), default=1)
    return {
        title: _lines(_rows_of(rungs, word), rungs, deepest, step).properties(
            width=WIDTH, height=HEIGHT, title=panel_title(title)
        )
        for word, title in ((word, f"Rank of '{word}'") for word in words)
    }


def ladder_title(rungs: Sequence[CorrectionStep], words: Sequence[str]) -> str:
    """How often the words are among the top three of a class at both ends of the ladder."""
    first, last = (
        sum((rung.ranks[name].get(word) or 4) <= 3 for name in rung.ranks for word in words)
        for rung in (rungs[0], rungs[-1])
    )
    quoted = " and ".join(f"'{word}'" for word in words)
    n_lists = len(words) * len(rungs[0].ranks)
    verb = "is" if len(words) == 1 else "are"
    return f"{quoted} {verb} among the top three in {first} of {n_lists} lists with the naive sum, in {last} corrected"


def agreement_panels(agreement: Agreement) -> dict[str, alt.LayerChart]:
    """A chart per method, by its label: a bar per class, beside it how many of the top words both lists have."""
    lowest = min(
        (pair.rank_correlation for per_class in agreement.values() for pair in per_class.values()), default=0.0
    )
    low = min(0.0, lowest) if math.isfinite(lowest) else 0.0
    return {
        title: _bars(per_class, low).properties(
            width=WIDTH, height=ROW_HEIGHT * len(per_class), title=panel_title(title)
        )
        for title, per_class in ((METHODS[method].label, per_class) for method, per_class in agreement.items())
    }


def agreement_title(agreement: Agreement) -> str:
    """Which method is closest to the corrected measure, and which least close, by the mean over classes."""
    means = {method: _mean(per_class) for method, per_class in agreement.items()}
    means = {method: mean for method, mean in means.items() if math.isfinite(mean)}
    if not means:
        return "Too few words are in both lists to compare them"
    nearest, farthest = max(means, key=lambda name: means[name]), min(means, key=lambda name: means[name])
    first = f"Closest to the corrected measure: {METHODS[nearest].label.lower()} ({means[nearest]:.2f})"
    return first + (
        f"; least close: {METHODS[farthest].label.lower()} ({means[farthest]:.2f})" if len(means) > 1 else ""
    )


def _rows_of(rungs: Sequence[CorrectionStep], word: str) -> pd.DataFrame:
    rows = [
        {
            "step": CORRECTIONS[rung.step].label,
            "word": word,
            "class": name,
            "rank": rung.ranks[name].get(word),
            "of": rung.lengths[name],
        }
        for rung in rungs
        for name in rung.ranks
    ]
    return pd.DataFrame(rows, columns=["step", "word", "class", "rank", "of"]).dropna()


def _lines(rows: pd.DataFrame, rungs: Sequence[CorrectionStep], deepest: int, step: str) -> alt.LayerChart:
    classes = tuple(rungs[0].ranks)
    steps = [CORRECTIONS[rung.step].label for rung in rungs]
    axis = alt.Axis(labelAngle=-40, labelOverlap=False, labelLimit=220)
    x = alt.X("step:N", sort=steps, title=None, axis=axis, scale=alt.Scale(domain=steps))
    base = alt.Chart(rows).encode(
        x=x,
        y=alt.Y(
            "rank:Q",
            title="rank in the class's list",
            axis=alt.Axis(values=[rank for rank in RANKS if rank <= max(3, deepest)]),
            scale=alt.Scale(type="log", reverse=True, domain=[1, max(3, deepest)]),
        ),
        color=alt.Color(
            "class:N",
            scale=alt.Scale(domain=list(classes), range=class_colours(classes)),
            legend=alt.Legend(
                title=None,
                orient="bottom",
                columns=legend_columns(classes, 6),
                symbolType="stroke",
                symbolStrokeWidth=4,
            ),
        ),
        tooltip=["word:N", "class:N", "step:N", "rank:Q", "of:Q"],
    )
    here = alt.Chart(pd.DataFrame({"step": [CORRECTIONS[step].label]})).mark_rule(
        color=MARK_COLOUR, strokeWidth=2, strokeDash=[4, 3]
    )
    return alt.LayerChart(
        layer=[here.encode(x=x), base.mark_line(strokeWidth=2.5), base.mark_point(size=45, filled=True)]
    )


def _mean(per_class: Mapping[str, ListAgreement]) -> float:
    known = [pair.rank_correlation for pair in per_class.values() if math.isfinite(pair.rank_correlation)]
    return sum(known) / len(known) if known else math.nan


def _bars(per_class: Mapping[str, ListAgreement], low: float) -> alt.LayerChart:
    classes = tuple(per_class)
    rows = [
        {
            "class": name,
            "rank correlation": pair.rank_correlation if math.isfinite(pair.rank_correlation) else None,
            "after": max(0.0, pair.rank_correlation) if math.isfinite(pair.rank_correlation) else 0.0,
            "words in both": pair.n_words,
            "shared": f"{len(pair.shared)} of {pair.k}",
        }
        for name, pair in per_class.items()
    ]
    columns = ["class", "rank correlation", "after", "words in both", "shared"]
    base = alt.Chart(pd.DataFrame(rows, columns=columns)).encode(
        y=alt.Y("class:N", sort=list(classes), title=None, axis=alt.Axis(ticks=False, minExtent=60)),
        tooltip=["class:N", alt.Tooltip("rank correlation:Q", format=".2f"), "words in both:Q", "shared:N"],
    )
    bars = base.mark_bar(height={"band": 0.72}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        x=alt.X(
            "rank correlation:Q",
            title="rank correlation (1 = same order)",
            scale=alt.Scale(domain=[low, 1.4 * FULL]),  # the rest is for the numbers beside the bars
            axis=alt.Axis(values=[0, 0.5, FULL], format=".1f"),
        ),
        color=alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=class_colours(classes)), legend=None),
    )
    shared = base.mark_text(align="left", dx=4, fontWeight="bold", color=MARK_COLOUR).encode(
        x="after:Q", text="shared:N"
    )
    return alt.LayerChart(layer=[bars, shared])
