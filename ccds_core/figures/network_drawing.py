"""A CNN as a picture: its layers from left to right, with what architecture 1 has not outlined and named."""

from collections.abc import Mapping, Sequence

from ccds_core.figures.export import Spec
from ccds_core.figures.network_layout import (
    GAP,
    HEIGHT,
    LINE,
    MIDDLE,
    PICTURE_AT,
    Block,
    group_blocks,
    list_boxes,
    list_notes,
)
from ccds_core.figures.palette import CHANGE_COLOUR, KIND_COLOURS, MARK_COLOUR, class_colours
from ccds_core.network_changes import ComparedLayer
from ccds_core.options import Initialisation

WIDTH = 1120  # pixels: a 1280-pixel projector
OUTPUT = 88.0  # width that the classes take, before the picture is stretched to the page
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SAME = "datum.status === 'same'"


def network_drawing(
    compared: Sequence[ComparedLayer], classes: tuple[str, ...], scheme: Initialisation, title: str
) -> Spec:
    """A block is as tall as its feature map is large or its units are many, and the wider the more channels it has.

    Written as Vega-Lite itself: it is drawn anew at every click, and Altair takes a tenth of a second to check it.
    """
    blocks = group_blocks(compared)
    right = blocks[-1].right + GAP
    heading, _, rest = title.partition(": ")  # two lines, since with every toggle moved it is long
    place: Spec = {
        "x": {"field": "left", "type": "quantitative", "scale": {"domain": [0, right + OUTPUT], "nice": False},
              "axis": _name_axis(blocks)},
        "y": {"field": "top", "type": "quantitative", "scale": {"domain": [HEIGHT, 0], "nice": False}, "axis": None},
    }  # fmt: skip
    return {
        "$schema": SCHEMA,
        "title": {"text": heading, "subtitle": rest, "subtitleFontSize": 14, "subtitleColor": MARK_COLOUR, "offset": 8},
        "width": WIDTH,
        "height": HEIGHT,
        "view": {"stroke": None},
        "encoding": place,
        "layer": [_line(right), _rectangles(blocks), _texts(blocks, scheme), *_outputs(classes, right)],
    }


def _name_axis(blocks: Sequence[Block]) -> Spec:
    """Each block's name and shape beneath it, as labels, so that the page's theme gives them its colour."""
    named = {sum(PICTURE_AT) / 2: "picture\n32×32\n×3"}
    named |= {(block.left + block.right) / 2: f"{block.name}\n{_short_shape(block.shape)}" for block in blocks}
    places = [round(place, 3) for place in named]
    return {
        "values": places,
        "labelExpr": f"split({list(named.values())}[indexof({places}, datum.value)], '\\n')",
        "title": None, "orient": "bottom", "grid": False, "ticks": False, "domain": False, "labelAngle": 0,
        "labelOverlap": False, "labelFontSize": 12, "labelLineHeight": LINE, "labelFlush": False, "labelBound": False,
    }  # fmt: skip


def _short_shape(shape: tuple[int, ...]) -> str:
    """Height and width, and below them channels; or units."""
    return f"{shape[1]}×{shape[2]}\n×{shape[0]}" if len(shape) == 3 else f"{shape[0]:,}"


def _line(right: float) -> Spec:
    """What everything hangs on."""
    ends = {"left": PICTURE_AT[0], "right": right, "top": MIDDLE}
    return _layer([ends], {"type": "rule", "color": MARK_COLOUR}, {"x2": {"field": "right"}})


def _rectangles(blocks: Sequence[Block]) -> Spec:
    legend = {"title": None, "orient": "none", "legendX": 0, "legendY": -6, "direction": "horizontal",
              "symbolType": "square", "symbolStrokeWidth": 0}  # fmt: skip
    scale = {"domain": list(KIND_COLOURS), "range": list(KIND_COLOURS.values())}
    told = {name: name for name in ("layer", "kind", "output")} | {"status": "beside architecture 1"}
    tooltip = [{"field": name, "type": "nominal", "title": title} for name, title in told.items()]
    tooltip += [{"field": name, "type": "quantitative", "format": ","} for name in ("parameters", "multiply-adds")]
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
    mark = {"type": "text", "color": CHANGE_COLOUR, "baseline": "line-bottom", "fontSize": 12, "fontWeight": "bold",
            "lineBreak": "\n", "lineHeight": LINE}  # fmt: skip
    return _layer(list(list_notes(blocks, scheme)), mark, {"text": {"field": "said", "type": "nominal"}})


def _outputs(classes: tuple[str, ...], left: float) -> list[Spec]:
    """The classes, each with its colour, where the last layer ends."""
    top = MIDDLE - LINE * (len(classes) - 1) / 2
    rows = [
        {"class": name, "colour": colour, "left": left, "top": top + LINE * place}
        for place, (name, colour) in enumerate(zip(classes, class_colours(classes), strict=True))
    ]
    dot = {"type": "point", "filled": True, "size": 60, "opacity": 1, "stroke": MARK_COLOUR, "strokeWidth": 0.5}
    name = {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "fontWeight": "bold", "color": MARK_COLOUR}
    return [
        _layer(rows, dot, {"color": {"field": "colour", "type": "nominal", "scale": None}}),
        _layer(rows, name, {"text": {"field": "class", "type": "nominal"}}),
    ]


def _layer(rows: Sequence[Mapping[str, object]], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}
