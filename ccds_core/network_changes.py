"""What a CNN has that architecture 1 has not: layer by layer, in a sentence, and as a table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from ccds_core.layers import Layer, is_redrawn, list_layers
from ccds_core.options import Activation, CnnOptions, Initialisation

Status = Literal["same", "redrawn", "changed", "new"]

BASE = CnnOptions()  # architecture 1; every toggle adds to it or replaces, none takes a layer away
ACTIVATION_NAMES: Mapping[Activation, str] = MappingProxyType(
    {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh", "gelu": "GELU"}
)
SCHEME_NAMES: Mapping[Initialisation, str] = MappingProxyType(
    {
        "default": "PyTorch's own",
        "xavier-as-written": "Xavier as written",
        "xavier": "Xavier",
        "xavier-everywhere": "Xavier everywhere",
        "he": "He",
    }
)


@dataclass(frozen=True)
class ComparedLayer:
    """A layer beside its like in architecture 1."""

    layer: Layer
    status: Status  # "redrawn": the same layer, its first weights drawn in another way
    more_parameters: int
    more_multiply_adds: int


def compare_layers(options: CnnOptions, n_classes: int = 10) -> tuple[ComparedLayer, ...]:
    """Every layer of a network, in order, each with what it has more than architecture 1 in its place."""
    base = {_place_of(layer, BASE): layer for layer in list_layers(BASE, n_classes)}
    return tuple(
        _compare(layer, base.get(_place_of(layer, options)), options.initialisation)
        for layer in list_layers(options, n_classes)
    )


def count_redrawn(options: CnnOptions) -> int:
    """Tensors that the initialisation draws anew or sets to zero: a weight and a bias of each layer that it finds."""
    return 2 * sum(is_redrawn(layer, options.initialisation) for layer in list_layers(options))


def describe_changes(options: CnnOptions) -> list[str]:
    """Each toggle that differs from architecture 1, in a few words."""
    said = []
    if options.activation != BASE.activation:
        name = ACTIVATION_NAMES[options.activation]
        said.append(f"{name} instead of ReLU after {options.linear_layers - 1} linear layers")
    if options.extra_conv:
        said.append("a seventh conv")
    if options.linear_batch_norm:
        said.append(f"batch norm on {options.linear_layers - 1} linear layers")
    if options.conv_batch_norm:
        said.append(f"batch norm on {6 + options.extra_conv} convs")
    if options.dropout:
        said.append(f"dropout {options.dropout:g}")
    if more := options.linear_layers - BASE.linear_layers:
        said.append(f"{more} more linear layer{'s' if more > 1 else ''}")
    if options.initialisation != BASE.initialisation:
        said.append(f"{SCHEME_NAMES[options.initialisation]} redraws {count_redrawn(options)} tensors")
    return said


def changes_title(options: CnnOptions) -> str:
    """What differs from architecture 1, or, of itself, where its size and its work lie."""
    compared = compare_layers(options)
    said = describe_changes(options)
    if not said:
        layers = [each.layer for each in compared]
        of_fc1 = max(layer.parameters for layer in layers) / sum(layer.parameters for layer in layers)
        in_convs = sum(layer.multiply_adds for layer in layers if layer.part == "convs")
        of_convs = in_convs / sum(layer.multiply_adds for layer in layers)
        return f"Architecture 1: fc1 has {of_fc1:.0%} of the parameters, the convs {of_convs:.0%} of the work"
    counts = Counter(each.status for each in compared)
    differ = counts["new"] + counts["changed"]
    heading = f"{differ or 'No'} layer{'s differ' if differ > 1 else ' differs'} from architecture 1"
    return f"{heading}: {', '.join(said)}"


def layer_table(compared: tuple[ComparedLayer, ...]) -> pd.DataFrame:
    """One row a layer, then their sum; shares are of the whole network, "more" is beside architecture 1."""
    rows = [
        {
            "layer": each.layer.name,
            "kind": each.layer.kind,
            "beside architecture 1": each.status,
            "output": say_shape(each.layer.leaves),
            "parameters": each.layer.parameters,
            "more parameters": each.more_parameters,
            "multiply-adds": each.layer.multiply_adds,
            "more multiply-adds": each.more_multiply_adds,
        }
        for each in compared
    ]
    table = pd.DataFrame(rows)
    total = {name: int(table[name].sum()) for name in table.columns[4:]}
    table.loc[len(table)] = {"layer": "all", "kind": "", "beside architecture 1": "", "output": "", **total}
    table.insert(5, "share of parameters", table["parameters"] / total["parameters"])
    table.insert(8, "share of multiply-adds", table["multiply-adds"] / total["multiply-adds"])
    return table


def say_shape(shape: tuple[int, ...]) -> str:
    """(C, h, w) as "h × w × C", (units,) as it is."""
    return " × ".join(f"{number:,}" for number in (*shape[1:], shape[0]))


def _place_of(layer: Layer, options: CnnOptions) -> tuple[str, str]:
    """What a layer is compared by: its block and its kind, the last linear layer by being the last."""
    last = layer.block == f"fc{options.linear_layers}"
    return ("last" if last else layer.block, layer.kind)


def _compare(layer: Layer, before: Layer | None, scheme: Initialisation) -> ComparedLayer:
    status: Status = "same"
    if before is None:
        status = "new"
    elif (layer.module, layer.enters, layer.leaves) != (before.module, before.enters, before.leaves):
        status = "changed"
    elif is_redrawn(layer, scheme):
        status = "redrawn"
    more_parameters = layer.parameters - (before.parameters if before else 0)
    return ComparedLayer(layer, status, more_parameters, layer.multiply_adds - (before.multiply_adds if before else 0))
