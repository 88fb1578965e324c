"""The words of each class as bars with intervals, and what masking them does."""

from collections import Counter
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from ccds_core.explain.top_tokens.corrections import RankedToken
from ccds_core.explain.top_tokens.evidence import TokenScore
from ccds_core.explain.top_tokens.masking import MaskingCheck
from ccds_core.explain.top_tokens.table import METHODS
from ccds_core.figures.palette import MARK_COLOUR, NO_CLASS_COLOUR, class_colours, panel_title

PANEL_WIDTH, ROW_HEIGHT = 190, 17  # pixels of a panel in a file, and of one word
PANELS_A_ROW = 3
LONGEST = 18  # letters of a word that are written out
WORD_ROOM = 120  # pixels left of the bars, the same in every panel, so that panels above one another are level
EDGE = 14  # pixels from the end of an axis within which a number moves inwards: it would be cut there
LIST_WIDTH, LIST_ROW = 300, 17  # of all classes in one chart
CHECK_WIDTH, CHECK_HEIGHT = 520, 46  # pixels in a file, and of one class
COLUMNS = ("class", "slot", "word", "score", "low", "high", "inside", "n", "report")


def class_panels(
    lists: Mapping[str, Sequence[TokenScore]], unit: str, report: Mapping[str, str]
) -> dict[str, alt.LayerChart]:
    """A chart per class, the first word on top, its n in brackets; "report" stands beside the report's answer.

    `unit` is that of the scores.
    """
    longest = max((len(scores) for scores in lists.values()), default=0)
    height = ROW_HEIGHT * max(1, longest)
    colours = dict(zip(lists, class_colours(tuple(lists)), strict=True))
    return {
        name: _bars(_rows_of(name, scores, report.get(name)), unit, colours[name]).properties(
            width=PANEL_WIDTH, height=height, title=panel_title(name)
        )
        for name, scores in lists.items()
    }


def class_bars(
    lists: Mapping[str, Sequence[TokenScore]], unit: str, report: Mapping[str, str], title: str
) -> alt.ConcatChart:
    """The panels of all classes as one chart, for a file."""
    return alt.concat(*class_panels(lists, unit, report).values(), columns=PANELS_A_ROW, title=title, spacing=16)


def _rows_of(name: str, scores: Sequence[TokenScore], answer: str | None) -> pd.DataFrame:
    """One row per word; `answer` is the report's for this class."""
    rows = [
        {
            "class": name,
            "slot": f"{place:03d}{_shorten(score.token)}  ({score.n})",
            "word": score.token,
            "score": score.score,
            "low": score.low,
            "high": score.high,
            "inside": max(score.low, min(score.high, score.score)),  # as far as the interval runs over the bar
            "n": score.n,
            "report": score.token == answer,
        }
        for place, score in enumerate(scores)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _bars(rows: pd.DataFrame, unit: str, colour: str) -> alt.LayerChart:
    axis = alt.Axis(labelExpr="slice(datum.value, 3)", labelLimit=170, labelOverlap=False,
                    labelFlush=False, ticks=False, domain=False, minExtent=WORD_ROOM)  # fmt: skip
    base = alt.Chart(rows).encode(
        y=alt.Y("slot:N", sort=None, title=None, axis=axis),
        tooltip=[
            "class:N",
            "word:N",
            "n:Q",
            *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("score", "low", "high")),
        ],
    )
    bars = base.mark_bar(height={"band": 0.72}, color=colour).encode(
        x=alt.X("score:Q", title=unit, axis=alt.Axis(tickCount=4, labelFlush=EDGE))
    )
    halo = base.mark_rule(color="white", strokeWidth=4, opacity=0.8).encode(x="low:Q", x2="inside:Q")
    rule = base.mark_rule(color=MARK_COLOUR, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    mark = base.mark_text(text="report", align="left", dx=4, fontWeight="bold", color=MARK_COLOUR).encode(x="high:Q")
    return alt.LayerChart(layer=[bars, halo, rule, mark.transform_filter("datum.report")])


def list_bars(
    lists: Mapping[str, Sequence[RankedToken]], axis: str, report: Mapping[str, str], title: str
) -> alt.LayerChart:
    """All classes in one chart, each a bold heading above its words; "report" stands beside the report's answer."""
    slots, rows = [], []
    for number, (name, tokens) in enumerate(lists.items()):
        slots.append(f"{number:02d}h{name}")
        for place, token in enumerate(tokens):
            slots.append(f"{number:02d}w{place:02d}{_shorten(token.token)}  ({token.n:,})")
            rows.append({"class": name, "slot": slots[-1], "word": token.token, "score": token.score, "n": token.n,
                         "report": report.get(name) == token.token})  # fmt: skip
    heading = "slice(datum.value, 2, 3) == 'h'"
    labels = alt.Axis(
        labelExpr=f"slice(datum.value, {heading} ? 3 : 5)",
        labelFontWeight={"condition": {"test": heading, "value": "bold"}, "value": "normal"},
        labelLimit=WORD_ROOM, labelOverlap=False, labelFlush=False,
        ticks=False, domain=False, minExtent=WORD_ROOM,
    )  # fmt: skip
    base = alt.Chart(pd.DataFrame(rows, columns=["class", "slot", "word", "score", "n", "report"])).encode(
        y=alt.Y("slot:N", title=None, axis=labels, scale=alt.Scale(domain=slots)),
        x=alt.X("score:Q", title=axis, axis=alt.Axis(tickCount=4, labelFlush=EDGE)),
        tooltip=["class:N", "word:N", "n:Q", alt.Tooltip("score:Q", format=".2f")],
    )
    colours = alt.Scale(domain=list(lists), range=class_colours(tuple(lists)))
    bars = base.mark_bar(height={"band": 0.76}).encode(color=alt.Color("class:N", scale=colours, legend=None))
    mark = base.mark_text(text="report", align="left", dx=4, fontWeight="bold", color=MARK_COLOUR)
    return alt.LayerChart(layer=[bars, mark.transform_filter("datum.report")]).properties(
        width=LIST_WIDTH, height=LIST_ROW * len(slots), title=title
    )


def masking_bars(checks: Mapping[str, MaskingCheck], title: str) -> alt.LayerChart:
    """Per class the drop in its probability with its top words masked, beside as many random words (pale)."""
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
        y=alt.Y("class:N", sort=list(classes), title=None),
        yOffset=alt.YOffset("masked:N", sort=["top words", "random words"]),
        tooltip=["class:N", "masked:N", "n:Q", alt.Tooltip("drop:Q", format=".1%")],
    )
    colours = alt.Scale(domain=list(classes), range=class_colours(classes))
    bars = base.mark_bar(stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        x=alt.X("drop:Q", title="mean drop in the class probability", axis=alt.Axis(format=".0%", tickCount=10)),
        color=alt.condition(
            "datum.masked == 'top words'",
            alt.Color("class:N", scale=colours, legend=None),
            alt.value(NO_CLASS_COLOUR),
        ),
    )
    intervals = base.mark_rule(color=MARK_COLOUR, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    return alt.LayerChart(layer=[bars, intervals.transform_filter("datum.masked == 'top words'")]).properties(
        width=CHECK_WIDTH, height=CHECK_HEIGHT * len(classes), title=title
    )


def bars_title(lists: Mapping[str, Sequence[TokenScore]], method: str) -> str:
    """The first word of each class, as the finding of a chart."""
    label = f"{METHODS[method].label[0].lower()}{METHODS[method].label[1:]}"
    return f"{firsts_title([_shorten(scores[0].token) for scores in lists.values() if scores])} ({label})"


def firsts_title(firsts: Sequence[str]) -> str:
    """The first words of the classes; a word that leads several is written once."""
    if not firsts:
        return "No word occurs in enough sentences of a class"
    counts = Counter(firsts)
    if len(firsts) > 1 and len(counts) == 1:
        return f"The same word leads all {len(firsts)} emotions: {firsts[0]}"
    return "Top word per emotion: " + ", ".join(
        f"{word} ({count} emotions)" if count > 1 else word for word, count in counts.items()
    )


def masking_title(checks: Mapping[str, MaskingCheck]) -> str:
    """In how many classes the top words do more than random ones."""
    more = sum(check.low > 0 for check in checks.values())
    return f"Top words matter more than random words in {more} of {len(checks)} classes"


def _shorten(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…"
