"""Word vectors on a two-dimensional map, and nearest neighbours as bars; each word in the colour of its class."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from ccds_core.figures.palette import MARK_COLOUR, NO_CLASS_COLOUR, class_colours, legend_columns

SIZE = (1080, 560)  # pixels in a file
WIDTHS = (320, 480, 700, SIZE[0], 1500)  # pixels of the map from which more words are named
AROUND = 90  # pixels of its height that title and legend take
MARGIN = 0.05  # of the map's width and height, left free on every side
LETTER, LINE = 7.5, 17  # pixels: a letter's width and a name's height, to keep names from covering one another
NAME_ABOVE, FOUND_ABOVE = 10, 22  # pixels from a point to its name
FOUND_SCALE = 1.3  # how much larger the name of the word looked for is

NO_CLASS = "neutral"
ROW_HEIGHT = 24  # pixels
LONGEST = 1.1  # where the axis ends: a cosine is at most 1, and its number stands beside the bar
WIDTH, AROUND = 540, 120  # pixels; two tables fit side by side, and axis and legend below each


@dataclass(frozen=True)
class PlacedWord:
    """One point of the map."""

    word: str
    x: float
    y: float
    label: str  # the class of most of its training texts, or `NO_CLASS`


def word_map(points: Sequence[PlacedWord], classes: tuple[str, ...], marked: str | None, title: str) -> alt.LayerChart:
    """Points with the most frequent words first; `marked` is ringed and named."""
    named = _choose_names(points, marked)
    data = pd.DataFrame(
        [
            {
                "word": point.word,
                "x": point.x,
                "y": point.y,
                "class": point.label,
                "from": named.get(place),
                "found": point.word == marked,
            }
            for place, point in enumerate(points)
        ]
    )
    colours = alt.Scale(domain=[*classes, NO_CLASS], range=[*class_colours(classes), NO_CLASS_COLOUR])
    hidden = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    across, up = (alt.Scale(domain=ends, nice=False) for ends in _extents(points))
    base = alt.Chart(data).encode(
        x=alt.X("x:Q", title=None, axis=hidden, scale=across), y=alt.Y("y:Q", title=None, axis=hidden, scale=up)
    )
    dots = base.mark_circle(size=50, opacity=0.85, stroke=MARK_COLOUR, strokeWidth=0.4).encode(
        color=alt.Color(
            "class:N",
            scale=colours,
            legend=alt.Legend(
                title=None,
                orient="top",
                columns=legend_columns([*classes, NO_CLASS], 7),
                symbolOpacity=1,
                symbolStrokeWidth=0,
            ),
        ),
        tooltip=["word:N", "class:N"],
    )
    names = base.transform_filter("datum.from && width >= datum.from && !datum.found").mark_text(
        dy=-NAME_ABOVE, color=MARK_COLOUR
    )
    ring = base.transform_filter("datum.found").mark_point(size=420, strokeWidth=3, color=MARK_COLOUR)
    label = base.transform_filter("datum.found").mark_text(
        dy=-FOUND_ABOVE, fontSize=18, fontWeight="bold", color=MARK_COLOUR
    )
    layers = (dots, names.encode(text="word:N"), ring, label.encode(text="word:N"))
    return alt.LayerChart(layer=list(layers)).properties(width=SIZE[0], height=SIZE[1], title=title)


def neighbour_bars(
    neighbours: Sequence[tuple[str, float]], class_of: dict[str, str], classes: tuple[str, ...], title: str
) -> alt.LayerChart:
    """One bar per word, the nearest first; `class_of` leaves out neutral words."""
    data = pd.DataFrame(
        [{"word": word, "cosine": cosine, "class": class_of.get(word, NO_CLASS)} for word, cosine in neighbours]
    )
    domain = [*classes, NO_CLASS]
    colours = alt.Scale(domain=domain, range=[*class_colours(classes), NO_CLASS_COLOUR])
    base = alt.Chart(data).encode(
        y=alt.Y(
            "word:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=140, labelOverlap=False, labelFlush=False, labelBound=False),
        ),
        x=alt.X(
            "cosine:Q",
            title="cosine",
            scale=alt.Scale(domain=[min(0.0, float(data["cosine"].min())), LONGEST]),
            axis=alt.Axis(values=[place / 5 for place in range(-5, 6)], format=".1f"),
        ),
    )
    bars = base.mark_bar(height={"band": 0.78}, stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        color=alt.Color(
            "class:N",
            scale=colours,
            legend=alt.Legend(title=None, orient="bottom", columns=legend_columns(domain, 4), symbolStrokeWidth=0),
        ),
        tooltip=["word:N", "class:N", alt.Tooltip("cosine:Q", format=".3f")],
    )
    numbers = base.mark_text(align="left", dx=3, color=MARK_COLOUR).encode(text=alt.Text("cosine:Q", format=".2f"))
    return alt.LayerChart(layer=[bars, numbers]).properties(
        width=WIDTH, height=ROW_HEIGHT * len(data) + AROUND, title=title
    )


def _extents(points: Sequence[PlacedWord]) -> list[list[float]]:
    """The map's ends from left to right and from bottom to top, with a margin."""
    ends = []
    for values in ([point.x for point in points], [point.y for point in points]):
        margin = MARGIN * max(max(values) - min(values), 1e-9)
        ends.append([min(values) - margin, max(values) + margin])
    return ends


def _choose_names(points: Sequence[PlacedWord], marked: str | None) -> dict[int, int]:
    """Place of a word -> the width of the map from which its name covers no other; without those that never fit.

    `marked` and the most frequent words come first. On a wider map names stand further apart: none goes again.
    """
    chosen: dict[int, int] = {}
    for width in WIDTHS:
        chosen |= dict.fromkeys(_fitting(points, marked, list(chosen), width), width)
    return chosen


def _fitting(points: Sequence[PlacedWord], marked: str | None, before: list[int], width: int) -> list[int]:
    """Places of further words whose names fit a map of this width, beside those chosen `before`."""
    (left, right), (bottom, top) = _extents(points)
    chosen: dict[int, tuple[float, float, float, float]] = {}  # place -> middle, half width and half height, in pixels
    rest = sorted(set(range(len(points))) - set(before), key=lambda place: (points[place].word != marked, place))
    for place in [*before, *rest]:
        point = points[place]
        scale, above = (FOUND_SCALE, FOUND_ABOVE) if point.word == marked else (1.0, NAME_ABOVE)
        x = (point.x - left) / (right - left) * width
        y = (point.y - bottom) / (top - bottom) * (SIZE[1] - AROUND) + above
        half, tall = len(point.word) * LETTER * scale / 2, LINE * scale / 2
        if place in before or all(abs(x - a) > half + b or abs(y - c) > tall + d for a, c, b, d in chosen.values()):
            chosen[place] = (x, y, half, tall)
    return [place for place in chosen if place not in before]
