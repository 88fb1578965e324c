"""The words of each class as bars with intervals, their fall from step to step, and what masking them does."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, NO_CLASS_COLOUR, class_colours
from ccds_core.token_evidence import TokenScore
from ccds_core.token_ladder import Rung
from ccds_core.token_options import LADDER_STEPS
from ccds_core.tokens import METHODS
from ccds_core.word_masking import MaskingCheck

PANEL_WIDTH, ROW_HEIGHT = 190, 21  # pixels; three panels with their words fit a 1280-pixel projector
PANELS_A_ROW = 3
LONGEST = 18  # letters of a word that are written out
LADDER_WIDTH, LADDER_HEIGHT = 300, 200  # pixels of one followed word
CHECK_WIDTH = 520  # pixels
RANKS = (1, 3, 10, 30, 100, 300, 1_000, 3_000)  # where the axis may be marked


def class_bars(
    lists: Mapping[str, Sequence[TokenScore]], unit: str, report: Mapping[str, str], title: str
) -> alt.FacetChart:
    """A panel per class, the first word on top, its n in brackets; "report" stands beside the report's answer.

    `unit` is that of the scores.
    """
    classes = tuple(lists)
    rows = [
        {
            "class": name,
            "slot": f"{place:03d}{_shorten(score.token)}  ({score.n})",
            "word": score.token,
            "score": score.score,
            "low": score.low,
            "high": score.high,
            "n": score.n,
            "report": report.get(name) == score.token,
        }
        for name, scores in lists.items()
        for place, score in enumerate(scores)
    ]
    columns = ["class", "slot", "word", "score", "low", "high", "n", "report"]
    axis = alt.Axis(labelExpr="slice(datum.value, 3)", labelFontSize=12, labelLimit=170, labelOverlap=False,
                    ticks=False, domain=False)  # fmt: skip
    base = alt.Chart().encode(y=alt.Y("slot:N", sort=None, title=None, axis=axis))
    tooltip = [
        "class:N",
        "word:N",
        "n:Q",
        *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("score", "low", "high")),
    ]
    bars = base.mark_bar(height={"band": 0.72}).encode(
        x=alt.X("score:Q", title=unit),
        color=alt.Color("class:N", scale=alt.Scale(domain=list(classes), range=class_colours(classes)), legend=None),
        tooltip=tooltip,
    )
    interval = {"x": "low:Q", "x2": "high:Q", "tooltip": tooltip}
    halo = base.mark_rule(color="white", strokeWidth=4, opacity=0.8).encode(**interval)
    rule = base.mark_rule(color=MARK_COLOUR, strokeWidth=2).encode(**interval)
    mark = base.mark_text(text="report", align="left", dx=4, fontWeight="bold", color=MARK_COLOUR).encode(x="high:Q")
    data = pd.DataFrame(rows, columns=columns)
    longest = max((len(scores) for scores in lists.values()), default=0)
    panel = alt.layer(bars, halo, rule, mark.transform_filter("datum.report"), data=data).properties(
        width=PANEL_WIDTH, height=ROW_HEIGHT * max(1, longest)
    )
    header = alt.Header(title=None, labelFontSize=14, labelFontWeight="bold")
    return panel.facet(
        facet=alt.Facet("class:N", sort=list(classes), header=header), columns=PANELS_A_ROW, title=title, spacing=16
    ).resolve_scale(y="independent", x="independent")


def ladder_lines(rungs: Sequence[Rung], words: Sequence[str], title: str) -> alt.FacetChart:
    """A panel per word: its rank in each class from step to step, the first rank on top; log scale."""
    classes = tuple(rungs[0].ranks)
    steps = [LADDER_STEPS[rung.step].label for rung in rungs]
    rows = [
        {"step": label, "word": word, "class": name, "rank": rung.ranks[name].get(word), "of": rung.lengths[name]}
        for label, rung in zip(steps, rungs, strict=True)
        for name in classes
        for word in words
    ]
    data = pd.DataFrame(rows, columns=["step", "word", "class", "rank", "of"]).dropna()
    base = alt.Chart().encode(
        x=alt.X("step:N", sort=steps, title=None, axis=alt.Axis(labelAngle=-40, labelFontSize=12, labelOverlap=False)),
        y=alt.Y(
            "rank:Q",
            title="rank in the class's list",
            axis=alt.Axis(values=list(RANKS)),
            scale=alt.Scale(type="log", reverse=True, domainMin=1),
        ),
        color=alt.Color(
            "class:N",
            scale=alt.Scale(domain=list(classes), range=class_colours(classes)),
            legend=alt.Legend(title=None, orient="bottom", columns=6, symbolType="stroke", symbolStrokeWidth=4),
        ),
        tooltip=["word:N", "class:N", "step:N", "rank:Q", "of:Q"],
    )
    panel = alt.layer(base.mark_line(strokeWidth=2.5), base.mark_point(size=45, filled=True), data=data).properties(
        width=LADDER_WIDTH, height=LADDER_HEIGHT
    )
    header = alt.Header(title=None, labelFontSize=14, labelFontWeight="bold")
    return panel.facet(
        facet=alt.Facet("word:N", sort=list(words), header=header), columns=PANELS_A_ROW, title=title, spacing=16
    )


def masking_bars(checks: Mapping[str, MaskingCheck], title: str) -> alt.LayerChart | alt.FacetChart:
    """Per class how far its probability falls with its top words masked, beside as many random words (pale)."""
    classes = tuple(checks)
    rows = [
        {"class": name, "masked": masked, "drop": drop, "n": check.n, "low": low, "high": high}
        for name, check in checks.items()
        for masked, drop, low, high in (
            ("top words", check.top_drop, check.random_drop + check.low, check.random_drop + check.high),
            ("random words", check.random_drop, None, None),
        )
    ]
    base = alt.Chart(pd.DataFrame(rows, columns=["class", "masked", "drop", "n", "low", "high"])).encode(
        y=alt.Y("class:N", sort=list(classes), title=None, axis=alt.Axis(labelFontSize=13)),
        yOffset=alt.YOffset("masked:N", sort=["top words", "random words"]),
        tooltip=["class:N", "masked:N", "n:Q", alt.Tooltip("drop:Q", format=".1%")],
    )
    colours = alt.Scale(domain=list(classes), range=class_colours(classes))
    bars = base.mark_bar(stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        x=alt.X("drop:Q", title="mean fall of the class's probability", axis=alt.Axis(format=".0%")),
        color=alt.condition(
            "datum.masked == 'top words'",
            alt.Color("class:N", scale=colours, legend=None),
            alt.value(NO_CLASS_COLOUR),
        ),
    )
    intervals = base.mark_rule(color=MARK_COLOUR, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    return alt.layer(bars, intervals.transform_filter("datum.masked == 'top words'")).properties(
        width=CHECK_WIDTH, height=46 * len(classes), title=title
    )


def bars_title(lists: Mapping[str, Sequence[TokenScore]], method: str) -> str:
    """The first word of each class, as the finding of a chart."""
    firsts = [_shorten(scores[0].token) for scores in lists.values() if scores]
    if not firsts:
        return "No word stands in enough sentences of a class"
    return f"{METHODS[method].label}: first come {', '.join(firsts)}"


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


def masking_title(checks: Mapping[str, MaskingCheck]) -> str:
    """In how many classes the top words do more than random ones."""
    more = sum(check.low > 0 for check in checks.values())
    return f"Top words matter more than random words in {more} of {len(checks)} classes"


def _shorten(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…"
