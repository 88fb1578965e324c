"""One colour per class and per architecture, the same on every page and in every export."""

from collections.abc import Sequence
from textwrap import wrap

import altair as alt
import numpy as np
from numpy.typing import NDArray

from ccds_core.explain.methods import IMAGE_METHODS, TEXT_METHODS

# Sixteen colours, no two alike: searched for the largest smallest distance in OKLab, under normal, protan and deutan
# vision and within hues that suit the classes; tests/core/figures/test_palette.py holds the distances
IMAGE_CLASS_COLOURS = {
    "airplane": "#0c60a8",
    "automobile": "#cc0c30",
    "bird": "#e484cc",
    "cat": "#6ccc18",
    "deer": "#a80084",
    "dog": "#cc54fc",
    "frog": "#186c00",
    "horse": "#b48424",
    "ship": "#003cf0",
    "truck": "#0c9c78",
}
EMOTION_COLOURS = {
    "sadness": "#6c84f0",
    "joy": "#e4a80c",
    "love": "#e46060",
    "anger": "#903c3c",
    "fear": "#843cb4",
    "surprise": "#24ccc0",
}
TRAIN_COLOUR = "#e8871e"
VAL_COLOUR = "#3f90da"
MARK_COLOUR = "#757b85"  # rules and notes: 4.2 to 1 on white and on the dark theme's near-black
REPORT_COLOUR = "#e8871e"
OUR_COLOUR = "#3f90da"
FOR_COLOUR, AGAINST_COLOUR = "#c9534f", "#3f86c4"  # signed values: red supports, blue opposes; at least 3.6 to 1
NO_CLASS_COLOUR = "#d5d9df"  # neutral words: drawn with an outline, since it is faint on white
CHOSEN_COLOUR = "#e8871e"  # the frame of what was clicked: seen on every blue of the one hue
CHANGE_COLOUR = "#c2660a"  # outline and words of what differs: 4.0 to 1 on white, 4.4 on the dark theme
# of the kinds of layers, none of them a class's; at least 3.5 to 1 on both backgrounds
KIND_COLOURS = {
    "image": "#757b85",
    "conv": "#3f86c4",
    "pool": "#8f8a2a",
    "linear": "#7b62c9",
    "batch norm": "#1f8a70",
    "activation": "#b8609a",
    "dropout": "#9a6b52",
}
# unsigned maps laid over an image, none to most; no blue, which skies and water have
GLOW = ["#ffffff", "#e8871e", "#5a2a00"]
SIGNED = [AGAINST_COLOUR, "#ffffff", FOR_COLOUR]  # from the most negative to the most positive, white at zero
# lines that stand for no class: Okabe and Ito's colours for colour-blind viewers (2008), then two of Tol's (2021)
LINE_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999933", "#882255")
SYMBOL, LETTER = 24, 6.4  # pixels of a legend: a symbol with the gaps around it, and a letter
PANEL_LETTERS = 44  # of a line of a panel's title: what fits a third of a page, or a phone
STRONG, INK = 0.7, "#1b2430"  # shade of a signed cell above which its number is white; the colour of other numbers
ONE_HUE = ["#f4f8fc", "#6baed6", "#08306b"]  # counts and fractions, light is little; white text from the middle on


def class_colours(classes: tuple[str, ...]) -> list[str]:
    """A colour for each class: its own where the name is an image class or an emotion, else in the palette's order."""
    spare = list(IMAGE_CLASS_COLOURS.values())
    known = IMAGE_CLASS_COLOURS | EMOTION_COLOURS
    return [known.get(name, spare[index % len(spare)]) for index, name in enumerate(classes)]


def method_colours(labels: Sequence[str]) -> list[str]:
    """The colour of each attribution method, by its label; grey for what is no method, as random order."""
    colours = {method.label: method.colour for method in (*IMAGE_METHODS.values(), *TEXT_METHODS.values())}
    return [colours.get(label, MARK_COLOUR) for label in labels]


def legend_columns(names: Sequence[str], most: int) -> alt.ExprRef:
    """How many of these names stand in a row of a legend below a chart: at most `most`, fewer where it is narrow."""
    slot = round(SYMBOL + LETTER * max(map(len, names)))
    return alt.expr(f"clamp(floor(width / {slot}), 1, {most})")


def colour_values(values: NDArray[np.floating], ramp: Sequence[str]) -> NDArray[np.uint8]:
    """(...) -> (..., 3): -1..1 over `SIGNED`, 0..1 over `GLOW` or `ONE_HUE`."""
    stops = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in ramp])  # (stops, 3)
    places = np.linspace(-1.0 if ramp is SIGNED else 0.0, 1.0, len(ramp))
    return np.stack([np.interp(values, places, channel) for channel in stops.T], axis=-1).astype(np.uint8)


def panel_title(name: str) -> alt.Title:
    """What a panel shows, over its middle, in as many lines as it takes: a longer line would be cut at its edge."""
    return alt.Title(wrap(name, PANEL_LETTERS), anchor="middle", fontSize=14)
