"""The layout of the drawing of a CNN: blocks from left to right, and notes above them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log2, sqrt

from ccds_core.config.options import Initialisation
from ccds_core.models.cnn_diff import SCHEME_NAMES, ComparedLayer, say_shape
from ccds_core.models.cnn_layers import PICTURE, Layer

HEIGHT = 228  # pixels, as all heights here
MIDDLE = 148  # of the blocks, from the top; leaves space for four lines above the tallest
TALLEST = 150  # a feature map of 32 x 32, or 1,024 units; others by the square root
GAP, SLAB = 12.0, 8.0  # between two blocks; width of a pool, norm, activation or dropout
LINE = 16  # from one line of text to the next
INPUT_AT = (6.0, 18.0)  # left and right of the input image


@dataclass(frozen=True)
class Block:
    """A conv, pool or linear layer, with the norm, activation and dropout after it."""

    name: str
    left: float
    layers: tuple[ComparedLayer, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its output."""
        return self.layers[-1].layer.leaves

    @property
    def right(self) -> float:
        """The right end of its last layer."""
        return self.left + sum(_width_of(compared.layer) for compared in self.layers)


def group_blocks(compared: Sequence[ComparedLayer]) -> list[Block]:
    """Group layers by block; each block is to the right of the one before."""
    blocks: list[Block] = []
    left = INPUT_AT[1] + GAP
    for name, layers in groupby(compared, key=lambda layer: layer.layer.block):
        blocks.append(Block(name, left, tuple(layers)))
        left = blocks[-1].right + GAP
    return blocks


def list_boxes(blocks: Sequence[Block]) -> Iterator[dict[str, object]]:
    """One rectangle for the input image and for each layer, with the values of its tooltip."""
    yield {"layer": "image", "kind": "image", "status": "same", "parameters": 0, "MACs": 0,
           **_place(*INPUT_AT, PICTURE)}  # fmt: skip
    for block in blocks:
        left = block.left
        for compared in block.layers:
            layer, width = compared.layer, _width_of(compared.layer)
            yield {
                "layer": layer.name,
                "kind": layer.kind,
                "status": compared.status,
                "parameters": layer.parameters,
                "MACs": layer.multiply_adds,
                **_place(left, left + width, layer.leaves),
            }
            left += width


def list_notes(blocks: Sequence[Block], scheme: Initialisation) -> Iterator[dict[str, object]]:
    """Position and text of the note above each block that differs from architecture 1."""
    for block in blocks:
        lines = _changes(block, scheme)
        if lines:
            lowest = MIDDLE - _height_of(block.shape) / 2 - LINE / 3
            top = lowest - LINE * (len(lines) - 1)
            yield {"left": (block.left + block.right) / 2, "top": top, "note": "\n".join(lines)}


def _width_of(layer: Layer) -> float:
    if layer.kind == "conv":
        return 2 + 3 * log2(layer.leaves[0])
    return 2 * SLAB if layer.kind == "linear" else SLAB


def _height_of(shape: tuple[int, ...]) -> float:
    size = shape[1] / PICTURE[1] if len(shape) == 3 else shape[0] / 1024
    return max(TALLEST * sqrt(size), 2 * LINE)


def _place(left: float, right: float, shape: tuple[int, ...]) -> dict[str, object]:
    half = _height_of(shape) / 2
    return {
        "left": left,
        "right": right,
        "top": MIDDLE - half,
        "bottom": MIDDLE + half,
        "output": say_shape(shape),
    }


def _changes(block: Block, scheme: Initialisation) -> list[str]:
    """The differences of a block, one per line; only "new" if the block itself is new."""
    head, *others = block.layers
    if head.status == "new":
        return ["new"]
    lines = [SCHEME_NAMES[scheme].split()[0]] if head.status == "redrawn" else []
    for compared in others:
        if compared.status == "changed":
            lines.append(compared.layer.name.rstrip("0123456789"))
        elif compared.status == "new":
            lines.append(f"+ {compared.layer.kind.removeprefix('batch ')}")
    return lines
