"""The attribution of each word to one class: a row of bars per model over the same words, all on one axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ccds_core.figures.palette import AGAINST_COLOUR, FOR_COLOUR, MARK_COLOUR, ONE_HUE
from ccds_core.results import percent

ROW_HEIGHT = 62  # pixels of one model
STRIP_WIDTH = 880  # pixels: with the models' names beside it, a 1280-pixel projector
WIDEST_SLOT = 96  # pixels of one word
MARK_AT = 9  # pixels below a row's top: a question mark at zero would be struck through by a short bar
LONGEST = 22  # letters of a word that are written out
MARKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # where the axis may be marked


@dataclass(frozen=True)
class StripUnit:
    """The unit of the bars."""

    name: str  # beside the axis
    signed: bool
    format: str  # of Vega, along the axis
    exact: str  # of Vega, under the pointer
    tooltip: str  # what a number is, `{target}` in it
    smallest_axis: float  # half the axis' length: smaller contributions are shown as the small ones they are
    least: float  # a smaller value is rounded to none in the title


UNITS: Mapping[str, StripUnit] = MappingProxyType(
    {
        "probability": StripUnit("% points", True, "+.0%", "+.1%", "probability of {target}", 0.05, 0.005),
        "logit": StripUnit("logits", True, "+.2~f", "+.2f", "logit of {target}", 0.25, 0.05),
        "fraction": StripUnit("attention", False, ".0%", ".1%", "attention on words", 0.05, 0.005),
    }
)


@dataclass(frozen=True)
class WordRow:
    """One model's contributions to one class."""

    values: NDArray[np.float64]  # (W,), signed
    known: Sequence[bool]  # (W,), whether the model knows the word


@dataclass(frozen=True)
class Measured:
    """The target class of the bars, and their unit."""

    target: str
    unit: str = "probability"  # of `UNITS`


def word_strip(words: Sequence[str], rows: Mapping[str, WordRow], measured: Measured, title: str) -> alt.FacetChart:
    """Bars above zero support the target, below oppose it; "?" marks words out of a model's vocabulary."""
    unit = UNITS[measured.unit]
    labels = [_shorten(word) for word in words]
    slots = [f"{place:03d}{label}" for place, label in enumerate(labels)]  # words may repeat, slots may not
    data = pd.DataFrame(
        [
            {"model": model, "slot": slot, "word": label, "change": float(value), "known": bool(known)}
            for model, row in rows.items()
            for slot, label, value, known in zip(slots, labels, row.values, row.known, strict=True)
        ]
    )
    slanted = max(map(len, labels)) * 8 > min(WIDEST_SLOT, STRIP_WIDTH / len(words))
    axis = alt.Axis(labelExpr="slice(datum.value, 3)", labelAngle=-45 if slanted else 0,
                    labelOverlap=False, labelLimit=160, domain=False, ticks=False)  # fmt: skip
    base = alt.Chart().encode(x=alt.X("slot:N", sort=None, title=None, axis=axis))
    signed = alt.condition(alt.datum.change > 0, alt.value(FOR_COLOUR), alt.value(AGAINST_COLOUR))
    value = alt.Tooltip("change:Q", format=unit.exact, title=unit.tooltip.format(target=measured.target))
    bars = base.mark_bar(height={"band": 0.8}, width={"band": 0.7}).encode(
        y=_value_axis(unit, float(data["change"].abs().max())),
        color=signed if unit.signed else alt.value(ONE_HUE[1]),
        tooltip=["model:N", "word:N", value],
    )
    unknown = base.mark_text(text="?", fontSize=15, fontWeight="bold", color=MARK_COLOUR).encode(y=alt.value(MARK_AT))
    panel = alt.layer(bars, unknown.transform_filter("!datum.known"), data=data).properties(
        width=min(STRIP_WIDTH, WIDEST_SLOT * len(words)), height=ROW_HEIGHT
    )
    header = alt.Header(title=None, labelAngle=0, labelAlign="left", labelFontWeight="bold")
    return panel.facet(row=alt.Row("model:N", sort=list(rows), header=header), title=title, spacing=10)


def strip_title(words: Sequence[str], rows: Mapping[str, WordRow], measured: Measured) -> str:
    """The word that supports the target most, as the finding of a chart."""
    target, unit = measured.target, UNITS[measured.unit]
    mean = np.mean([row.values for row in rows.values()], axis=0)  # (W,)
    place = int(mean.argmax())
    of = f" (mean of {len(rows)} models)" if len(rows) > 1 else ""
    if mean[place] < unit.least:
        return f"No single word makes {'these models' if len(rows) > 1 else 'this model'} predict {target}"
    word = _shorten(words[place])
    if measured.unit == "logit":
        return f"'{word}' supports {target} most: {mean[place]:+.1f} logits{of}"
    if measured.unit == "fraction":
        return f"'{word}' gets the most attention: {percent(mean[place])} of the attention on words{of}"
    return f"Without '{word}' the probability of {target} falls by {mean[place] * 100:.0f} percentage points{of}"


def _shorten(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…"


def _value_axis(unit: StripUnit, largest: float) -> alt.Y:
    """One axis for all rows; signed values have zero in the middle."""
    widest = max(unit.smallest_axis, largest * 1.08)
    step = max(mark for mark in MARKS if mark < widest)
    zero = "0 %" if unit.format.endswith("%") else "0"
    return alt.Y(
        "change:Q",
        title=unit.name,
        scale=alt.Scale(domain=[-widest if unit.signed else 0, widest]),
        axis=alt.Axis(
            format=unit.format, values=[-step, 0, step] if unit.signed else [0, step], grid=True,
            labelExpr=f"datum.value === 0 ? '{zero}' : datum.label", titleFontWeight="normal",
        ),
    )  # fmt: skip
