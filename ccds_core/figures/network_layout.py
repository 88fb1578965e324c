"""Where everything stands in the picture of a CNN: blocks from left to right, and what is said above them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log2, sqrt

from ccds_core.layers import PICTURE, Layer
from ccds_core.network_changes import SCHEME_NAMES, ComparedLayer, say_shape
from ccds_core.options import Initialisation

HEIGHT = 222  # pixels, as all heights here
MIDDLE = 142  # of the blocks, from the top; room for four lines above the tallest
TALLEST = 150  # a feature map of 32 x 32, or 1,024 units; others by the square root
GAP, SLAB = 12.0, 8.0  # between two blocks; width of a pool, norm, activation or dropout; stretched to the page
LINE = 14  # from one line of text to the next
PICTURE_AT = (6.0, 18.0)  # left and right of what enters


@dataclass(frozen=True)
class Block:
    """A conv, pool or linear layer, with all that follows it before the next."""

    name: str
    left: float
    layers: tuple[ComparedLayer, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what leaves it."""
        return self.layers[-1].layer.leaves

    @property
    def right(self) -> float:
        """Where its last layer ends."""
        return self.left + sum(_width_of(each.layer) for each in self.layers)


def group_blocks(compared: Sequence[ComparedLayer]) -> list[Block]:
    """Layers by the block that they belong to, each block to the right of the one before."""
    blocks: list[Block] = []
    left = PICTURE_AT[1] + GAP
    for name, layers in groupby(compared, key=lambda each: each.layer.block):
        blocks.append(Block(name, left, tuple(layers)))
        left = blocks[-1].right + GAP
    return blocks


def list_boxes(blocks: Sequence[Block]) -> Iterator[dict[str, object]]:
    """One rectangle for the picture and for each layer, with what is said of it under the pointer."""
    yield {"layer": "picture", "kind": "picture", "status": "same", "parameters": 0, "multiply-adds": 0,
           **_place(*PICTURE_AT, PICTURE)}  # fmt: skip
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


def list_notes(blocks: Sequence[Block], scheme: Initialisation) -> Iterator[dict[str, object]]:
    """Middle, first line and words of what is said above each block that differs."""
    for block in blocks:
        said = _changes(block, scheme)
        if said:
            lowest = MIDDLE - _height_of(block.shape) / 2 - LINE / 3
            top = lowest - LINE * (len(said) - 1)
            yield {"left": (block.left + block.right) / 2, "top": top, "said": "\n".join(said)}


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
