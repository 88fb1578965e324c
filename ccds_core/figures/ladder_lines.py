"""How far words fall from the naive sum to the corrected measure, one line per class."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, class_colours
from ccds_core.figures.titles import panel_title
from ccds_core.token_ladder import Rung
from ccds_core.token_options import LADDER_STEPS

WIDTH, HEIGHT = 420, 200  # pixels of one word's lines; the width is that in a file
RANKS = (1, 3, 10, 30, 100, 300, 1_000, 3_000)  # where the axis may be marked


def ladder_panels(rungs: Sequence[Rung], words: Sequence[str], step: str) -> dict[str, alt.LayerChart]:
    """A chart per word, by its title: its rank in each class, rank 1 on top, log scale; a rule at `step`."""
    ranks = [rung.ranks[name].get(word) for rung in rungs for name in rung.ranks for word in words]
    deepest = max((rank for rank in ranks if rank is not None), default=1)
    return {
        title: _lines(_rows_of(rungs, word), rungs, deepest, step).properties(
            width=WIDTH, height=HEIGHT, title=panel_title(title)
        )
        for word, title in ((word, f"Rank of '{word}'") for word in words)
    }


def ladder_title(rungs: Sequence[Rung], words: Sequence[str]) -> str:
    """How often the words stand among the first three of a class at both ends of the ladder."""
    first, last = (
        sum((rung.ranks[name].get(word) or 4) <= 3 for name in rung.ranks for word in words)
        for rung in (rungs[0], rungs[-1])
    )
    said = " and ".join(f"'{word}'" for word in words)
    lists = len(words) * len(rungs[0].ranks)
    stands = "stands" if len(words) == 1 else "stand"
    return f"{said} {stands} among the first three in {first} of {lists} places as a naive sum, in {last} corrected"


def _rows_of(rungs: Sequence[Rung], word: str) -> pd.DataFrame:
    rows = [
        {
            "step": LADDER_STEPS[rung.step].label,
            "word": word,
            "class": name,
            "rank": rung.ranks[name].get(word),
            "of": rung.lengths[name],
        }
        for rung in rungs
        for name in rung.ranks
    ]
    return pd.DataFrame(rows, columns=["step", "word", "class", "rank", "of"]).dropna()


def _lines(rows: pd.DataFrame, rungs: Sequence[Rung], deepest: int, step: str) -> alt.LayerChart:
    classes = tuple(rungs[0].ranks)
    steps = [LADDER_STEPS[rung.step].label for rung in rungs]
    axis = alt.Axis(labelAngle=-40, labelFontSize=12, labelOverlap=False)
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
            legend=alt.Legend(title=None, orient="bottom", columns=6, symbolType="stroke", symbolStrokeWidth=4),
        ),
        tooltip=["word:N", "class:N", "step:N", "rank:Q", "of:Q"],
    )
    here = alt.Chart(pd.DataFrame({"step": [LADDER_STEPS[step].label]})).mark_rule(
        color=MARK_COLOUR, strokeWidth=2, strokeDash=[4, 3]
    )
    return alt.LayerChart(
        layer=[here.encode(x=x), base.mark_line(strokeWidth=2.5), base.mark_point(size=45, filled=True)]
    )
