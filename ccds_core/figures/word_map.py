"""Words as points on a map, near when their vectors point alike; each in the colour of the class it stands with."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, NO_CLASS_COLOUR, class_colours
from ccds_core.figures.word_neighbours import NO_CLASS

SIZE = (1080, 560)  # pixels
LETTER, LINE = 6.5, 14  # pixels: a letter's width and a name's height, to keep names from covering one another


@dataclass(frozen=True)
class PlacedWord:
    """One point of the map."""

    word: str
    x: float
    y: float
    label: str  # the class it stands with, or `NO_CLASS`


def word_map(
    points: Sequence[PlacedWord], classes: tuple[str, ...], found: str | None, title: str
) -> alt.LayerChart | alt.FacetChart:
    """Points with the most frequent words first; `found` is ringed and named."""
    written = _choose_names(points)
    data = pd.DataFrame(
        [
            {
                "word": point.word,
                "x": point.x,
                "y": point.y,
                "class": point.label,
                "written": place in written,
                "found": point.word == found,
            }
            for place, point in enumerate(points)
        ]
    )
    colours = alt.Scale(domain=[*classes, NO_CLASS], range=[*class_colours(classes), NO_CLASS_COLOUR])
    hidden = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    base = alt.Chart(data).encode(x=alt.X("x:Q", title=None, axis=hidden), y=alt.Y("y:Q", title=None, axis=hidden))
    dots = base.mark_circle(size=70, opacity=0.85, stroke=MARK_COLOUR, strokeWidth=0.4).encode(
        color=alt.Color(
            "class:N", scale=colours, legend=alt.Legend(title=None, orient="top", symbolOpacity=1, symbolStrokeWidth=0)
        ),
        tooltip=["word:N", "class:N"],
    )
    names = base.transform_filter("datum.written && !datum.found").mark_text(dy=-9, fontSize=11, color=MARK_COLOUR)
    ring = base.transform_filter("datum.found").mark_point(size=420, strokeWidth=3, color=MARK_COLOUR)
    label = base.transform_filter("datum.found").mark_text(dy=-20, fontSize=17, fontWeight="bold", color=MARK_COLOUR)
    layers = (dots, names.encode(text="word:N"), ring, label.encode(text="word:N"))
    return alt.layer(*layers).properties(width=SIZE[0], height=SIZE[1], title=title)


def _choose_names(points: Sequence[PlacedWord]) -> set[int]:
    """Places of words whose names fit: the most frequent first, and none over another."""
    xs, ys = [point.x for point in points], [point.y for point in points]
    wide, high = max(max(xs) - min(xs), 1e-9) / SIZE[0], max(max(ys) - min(ys), 1e-9) / SIZE[1]
    chosen: dict[int, tuple[float, float, float]] = {}  # place -> middle and half width, in pixels
    for place, point in enumerate(points):
        x, y, half = point.x / wide, point.y / high, len(point.word) * LETTER / 2
        if all(abs(x - a) > half + b or abs(y - c) > LINE for a, c, b in chosen.values()):
            chosen[place] = (x, y, half)
    return set(chosen)
