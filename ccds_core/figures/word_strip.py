"""What each word did to one class, a row of bars per model over the same words, all on one axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ccds_core.figures.palette import AGAINST_COLOUR, FOR_COLOUR, MARK_COLOUR

ROW_HEIGHT = 62  # pixels of one model
STRIP_WIDTH = 880  # pixels: with the models' names beside it, a 1280-pixel projector
WIDEST_SLOT = 96  # pixels of one word
MARK_AT = 9  # pixels below a row's top: a question mark at zero would be struck through by a short bar
LEAST_SAID = 0.005  # half a percentage point: what is less would be said as none
LONGEST = 22  # letters of a word that are written out
SMALLEST_AXIS = 0.05  # half the axis' length: smaller contributions are shown as the small ones they are
ZERO_BARE = "datum.value === 0 ? '0%' : datum.label"
MARKS = (0.02, 0.05, 0.1, 0.2, 0.5)  # where the axis may be marked


@dataclass(frozen=True)
class WordRow:
    """One model's contributions to one class."""

    values: NDArray[np.float64]  # (W,), signed
    known: Sequence[bool]  # (W,), whether the model knows the word


def word_strip(words: Sequence[str], rows: Mapping[str, WordRow], target: str, title: str) -> alt.FacetChart:
    """Bars above zero speak for the target, below against it; "?" marks words that a model does not know."""
    labels = [word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…" for word in words]
    slots = [f"{place:03d}{label}" for place, label in enumerate(labels)]  # words may repeat, slots may not
    data = pd.DataFrame(
        [
            {"model": model, "slot": slot, "word": label, "change": float(value), "known": bool(known)}
            for model, row in rows.items()
            for slot, label, value, known in zip(slots, labels, row.values, row.known, strict=True)
        ]
    )
    widest = max(SMALLEST_AXIS, float(data["change"].abs().max()) * 1.08)
    step = max(mark for mark in MARKS if mark < widest)
    slanted = max(map(len, labels)) * 8 > min(WIDEST_SLOT, STRIP_WIDTH / len(words))
    axis = alt.Axis(labelExpr="slice(datum.value, 3)", labelAngle=-45 if slanted else 0, labelFontSize=13,
                    labelOverlap=False, labelLimit=160, domain=False, ticks=False)  # fmt: skip
    base = alt.Chart().encode(x=alt.X("slot:N", sort=None, title=None, axis=axis))
    bars = base.mark_bar(height={"band": 0.8}, width={"band": 0.7}).encode(
        y=alt.Y(
            "change:Q",
            title=None,
            scale=alt.Scale(domain=[-widest, widest]),
            axis=alt.Axis(format="+.0%", values=[-step, 0, step], grid=True, labelExpr=ZERO_BARE),
        ),
        color=alt.condition(alt.datum.change > 0, alt.value(FOR_COLOUR), alt.value(AGAINST_COLOUR)),
        tooltip=["model:N", "word:N", alt.Tooltip("change:Q", format="+.1%", title=f"probability of {target}")],
    )
    unknown = base.mark_text(text="?", fontSize=15, fontWeight="bold", color=MARK_COLOUR).encode(y=alt.value(MARK_AT))
    panel = alt.layer(bars, unknown.transform_filter("!datum.known"), data=data).properties(
        width=min(STRIP_WIDTH, WIDEST_SLOT * len(words)), height=ROW_HEIGHT
    )
    header = alt.Header(title=None, labelAngle=0, labelAlign="left", labelFontSize=13, labelFontWeight="bold")
    return panel.facet(row=alt.Row("model:N", sort=list(rows), header=header), title=title, spacing=10)


def strip_title(words: Sequence[str], rows: Mapping[str, WordRow], target: str) -> str:
    """The word that did most for the target, as the finding of a chart."""
    mean = np.mean([row.values for row in rows.values()], axis=0)  # (W,)
    place = int(mean.argmax())
    if mean[place] < LEAST_SAID:
        return f"No single word makes {'these models' if len(rows) > 1 else 'this model'} say {target}"
    word = words[place] if len(words[place]) <= LONGEST else f"{words[place][: LONGEST - 1]}…"
    over = f" (mean of {len(rows)})" if len(rows) > 1 else ""
    return f"Without '{word}' the probability of {target} falls by {mean[place] * 100:.0f} percentage points{over}"
