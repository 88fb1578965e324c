"""A drawing of a CNN: its layers from left to right; layers that differ from architecture 1 are outlined and named."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ccds_core.config.options import Initialisation
from ccds_core.figures.export import Spec
from ccds_core.figures.network_layout import (
    GAP,
    HEIGHT,
    INPUT_AT,
    LINE,
    MIDDLE,
    Block,
    group_blocks,
    list_boxes,
    list_notes,
)
from ccds_core.figures.palette import CHANGE_COLOUR, KIND_COLOURS, MARK_COLOUR, class_colours
from ccds_core.models.cnn_diff import ComparedLayer

WIDTH = 1120  # pixels: a 1280-pixel projector
OUTPUT = 100.0  # width of the class names, before the drawing is stretched to the page
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SAME = "datum.status === 'same'"
NARROW = "width < 520"  # a phone
LETTER = 7.4  # pixels of a letter below a layer


def network_drawing(
    compared: Sequence[ComparedLayer], classes: tuple[str, ...], scheme: Initialisation, title: str
) -> Spec:
    """A block's height grows with its feature map or units, its width with its channels.

    Written directly as Vega-Lite, since it is redrawn at every click and Altair's validation takes 0.1 s.
    """
    blocks = group_blocks(compared)
    right = blocks[-1].right + GAP
    heading, _, rest = title.partition(": ")  # two lines, since with many changes it is long
    place: Spec = {
        "x": {"field": "left", "type": "quantitative", "scale": {"domain": [0, right + OUTPUT], "nice": False},
              "axis": _name_axis(blocks, right + OUTPUT)},
        "y": {"field": "top", "type": "quantitative", "scale": {"domain": [HEIGHT, 0], "nice": False}, "axis": None},
    }  # fmt: skip
    return {
        "$schema": SCHEMA,
        "title": {"text": heading, "subtitle": rest, "subtitleColor": MARK_COLOUR, "offset": 8},
        "width": WIDTH,
        "height": HEIGHT,
        "view": {"stroke": None},
        "encoding": place,
        "layer": [_line(right), _rectangles(blocks), _texts(blocks, scheme), *_outputs(classes, right)],
    }


def _name_axis(blocks: Sequence[Block], right: float) -> Spec:
    """Each block's name and shape below it, as axis labels, so that they have the colours of the page's theme.

    Where they would cover one another the names stand upright, without shapes. `right`: where the drawing ends.
    """
    named = {sum(INPUT_AT) / 2: "image\n32×32\n×3"}
    named |= {(block.left + block.right) / 2: f"{block.name}\n{_short_shape(block.shape)}" for block in blocks}
    positions = [round(position, 3) for position in named]
    widths = [LETTER * max(map(len, name.split("\n"))) for name in named.values()]
    pairs = pairwise(zip(positions, widths, strict=True))
    least = max((one + other) / 2 / (after - before) for (before, one), (after, other) in pairs)  # pixels of a unit
    tight = f"width < {right * least:.0f}"
    return {
        "values": positions,
        "labelExpr": f"slice(split({list(named.values())}[indexof({positions}, datum.value)], '\\n'), 0, "
                     f"{tight} ? 1 : 3)",
        "labelAngle": _either(tight, "-90", "0"), "labelAlign": _either(tight, "'right'", "'center'"),
        "labelBaseline": _either(tight, "'middle'", "'top'"), "title": None, "orient": "bottom", "grid": False,
        "ticks": False, "domain": False, "labelOverlap": False, "labelLineHeight": LINE, "labelFlush": False,
        "labelBound": False,
    }  # fmt: skip


def _either(test: str, yes: str, no: str) -> Spec:
    """One value where the test holds, another elsewhere: three Vega expressions."""
    return {"expr": f"{test} ? {yes} : {no}"}


def _short_shape(shape: tuple[int, ...]) -> str:
    """Height and width, and below them channels; or units."""
    return f"{shape[1]}×{shape[2]}\n×{shape[0]}" if len(shape) == 3 else f"{shape[0]:,}"


def _line(right: float) -> Spec:
    """The horizontal line through all blocks."""
    ends = {"left": INPUT_AT[0], "right": right, "top": MIDDLE}
    return _layer([ends], {"type": "rule", "color": MARK_COLOUR}, {"x2": {"field": "right"}})


def _rectangles(blocks: Sequence[Block]) -> Spec:
    legend = {"title": None, "orient": "none", "legendX": 0, "legendY": _either(NARROW, "-22", "-6"),
              "direction": "horizontal", "columns": _either(NARROW, "4", "7"), "symbolType": "square",
              "symbolStrokeWidth": 0}  # fmt: skip
    scale = {"domain": list(KIND_COLOURS), "range": list(KIND_COLOURS.values())}
    titles = {name: name for name in ("layer", "kind", "output")} | {"status": "vs. Architecture 1"}
    tooltip = [{"field": name, "type": "nominal", "title": title} for name, title in titles.items()]
    tooltip += [{"field": name, "type": "quantitative", "format": ","} for name in ("parameters", "MACs")]
    encoding: Spec = {
        "x2": {"field": "right"},
        "y2": {"field": "bottom"},
        "color": {"field": "kind", "type": "nominal", "scale": scale, "legend": legend},
        "stroke": {"condition": {"test": SAME, "value": MARK_COLOUR}, "value": CHANGE_COLOUR},
        "strokeWidth": {"condition": {"test": SAME, "value": 0.5}, "value": 3},
        "tooltip": tooltip,
    }
    return _layer(list(list_boxes(blocks)), {"type": "rect", "cornerRadius": 1}, encoding)


def _texts(blocks: Sequence[Block], scheme: Initialisation) -> Spec:
    mark = {"type": "text", "color": CHANGE_COLOUR, "baseline": "line-bottom", "fontWeight": "bold",
            "lineBreak": "\n", "lineHeight": LINE, "angle": _either(NARROW, "-50", "0"),
            "align": _either(NARROW, "'left'", "'center'")}  # fmt: skip
    return _layer(list(list_notes(blocks, scheme)), mark, {"text": {"field": "note", "type": "nominal"}})


def _outputs(classes: tuple[str, ...], left: float) -> list[Spec]:
    """The classes, each with its colour, to the right of the last layer."""
    top = MIDDLE - LINE * (len(classes) - 1) / 2
    rows = [
        {"class": name, "colour": colour, "left": left, "top": top + LINE * row}
        for row, (name, colour) in enumerate(zip(classes, class_colours(classes), strict=True))
    ]
    dot = {"type": "point", "filled": True, "size": 60, "opacity": 1, "stroke": MARK_COLOUR, "strokeWidth": 0.5}
    name = {"type": "text", "align": "left", "dx": 8, "fontWeight": "bold", "color": MARK_COLOUR}
    return [
        _layer(rows, dot, {"color": {"field": "colour", "type": "nominal", "scale": None}}),
        _layer(rows, name, {"text": {"field": "class", "type": "nominal"}}),
    ]


def _layer(rows: Sequence[Mapping[str, object]], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}
