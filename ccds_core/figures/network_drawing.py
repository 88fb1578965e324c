"""A CNN as a picture: its layers from left to right, with what architecture 1 has not outlined and named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2, sqrt

from ccds_core.figures.export import Spec
from ccds_core.figures.palette import CHANGE_COLOUR, KIND_COLOURS, MARK_COLOUR, class_colours
from ccds_core.layers import PICTURE, Layer
from ccds_core.network_changes import SCHEME_NAMES, ComparedLayer, say_shape
from ccds_core.options import Initialisation

WIDTH, HEIGHT = 1120, 222  # pixels: a 1280-pixel projector
MIDDLE = 142  # of the blocks, from the top; pixels, as all heights here; room for four lines above the tallest
TALLEST = 150  # a feature map of 32 x 32, or 1,024 units; others by the square root
GAP, SLAB = 12.0, 8.0  # between two blocks; width of a pool, norm, activation or dropout; stretched to the page
LINE = 14  # from one line of text to the next
OUTPUT = 88.0  # width that the classes take
PICTURE_AT = (6.0, 18.0)  # left and right of what enters
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SAME = "datum.status === 'same'"


@dataclass
class _Block:
    """A conv, pool or linear layer, with all that follows it before the next."""

    name: str
    left: float
    layers: list[ComparedLayer] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what leaves it."""
        return self.layers[-1].layer.leaves

    @property
    def right(self) -> float:
        return self.left + sum(_width_of(each.layer) for each in self.layers)


def network_drawing(
    compared: Sequence[ComparedLayer], classes: tuple[str, ...], scheme: Initialisation, title: str
) -> Spec:
    """A block is as tall as its feature map is large or its units are many, and the wider the more channels it has.

    Written as Vega-Lite itself: it is drawn anew at every click, and Altair takes a tenth of a second to check it.
    """
    blocks = _group(compared)
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


def _group(compared: Sequence[ComparedLayer]) -> list[_Block]:
    """Layers by the block that they belong to, each block to the right of the one before."""
    blocks: list[_Block] = []
    left = PICTURE_AT[1] + GAP
    for each in compared:
        if not blocks or blocks[-1].name != each.layer.block:
            blocks.append(_Block(each.layer.block, blocks[-1].right + GAP if blocks else left))
        blocks[-1].layers.append(each)
    return blocks


def _width_of(layer: Layer) -> float:
    if layer.kind == "conv":
        return 2 + 3 * log2(layer.leaves[0])
    return 2 * SLAB if layer.kind == "linear" else SLAB


def _height_of(shape: tuple[int, ...]) -> float:
    size = shape[1] / PICTURE[1] if len(shape) == 3 else shape[0] / 1024
    return max(TALLEST * sqrt(size), 2 * LINE)


def _boxes(blocks: Sequence[_Block]) -> Iterator[dict[str, object]]:
    """One rectangle for the picture and for each layer, with what is said of it under the pointer."""
    yield {"layer": "picture", "kind": "picture", "status": "same", **_place(*PICTURE_AT, PICTURE)}
    for block in blocks:
        left = block.left
        for each in block.layers:
            layer, width = each.layer, _width_of(each.layer)
            yield {
                "layer": layer.name,
                "kind": layer.kind,
                "status": each.status,
                "parameters": layer.parameters,
                "multiply-adds": layer.multiply_adds,
                **_place(left, left + width, layer.leaves),
            }
            left += width


def _place(left: float, right: float, shape: tuple[int, ...]) -> dict[str, object]:
    half = _height_of(shape) / 2
    return {
        "left": left,
        "right": right,
        "top": MIDDLE - half,
        "bottom": MIDDLE + half,
        "output": say_shape(shape),
    }


def _notes(blocks: Sequence[_Block], scheme: Initialisation) -> Iterator[dict[str, object]]:
    """Middle, first line and words of what is said above each block that differs."""
    for block in blocks:
        said = _changes(block, scheme)
        if said:
            lowest = MIDDLE - _height_of(block.shape) / 2 - LINE / 3
            top = lowest - LINE * (len(said) - 1)
            yield {"left": (block.left + block.right) / 2, "top": top, "said": "\n".join(said)}


def _changes(block: _Block, scheme: Initialisation) -> list[str]:
    """What differs in a block, a line each: "new" says all where the block itself is new."""
    head, *others = block.layers
    if head.status == "new":
        return ["new"]
    said = [SCHEME_NAMES[scheme].split()[0]] if head.status == "redrawn" else []
    for each in others:
        if each.status == "changed":
            said.append(each.layer.name.rstrip("0123456789"))
        elif each.status == "new":
            said.append(f"+ {each.layer.kind.removeprefix('batch ')}")
    return said


def _name_axis(blocks: Sequence[_Block]) -> Spec:
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


def _rectangles(blocks: Sequence[_Block]) -> Spec:
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
    return _layer(list(_boxes(blocks)), {"type": "rect", "cornerRadius": 1}, encoding)


def _texts(blocks: Sequence[_Block], scheme: Initialisation) -> Spec:
    mark = {"type": "text", "color": CHANGE_COLOUR, "baseline": "line-bottom", "fontSize": 12, "fontWeight": "bold",
            "lineBreak": "\n", "lineHeight": LINE}  # fmt: skip
    return _layer(list(_notes(blocks, scheme)), mark, {"text": {"field": "said", "type": "nominal"}})


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
