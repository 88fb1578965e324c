"""What a CNN has that architecture 1 has not: layer by layer, in a sentence, and as a table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from ccds_core.config.options import CnnOptions, Initialisation, Wording, wordings_of
from ccds_core.models.cnn_layers import Layer, is_redrawn, list_layers

Status = Literal["same", "redrawn", "changed", "new"]

BASE = CnnOptions()  # architecture 1; every toggle adds to it or replaces, none takes a layer away
WORDINGS: Mapping[str, Wording] = MappingProxyType(wordings_of(CnnOptions))
SCHEME_NAMES = WORDINGS["initialisation"].names


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
    counts = {
        "n_hidden": options.linear_layers - 1,
        "n_convs": sum(layer.kind == "conv" for layer in list_layers(options)),
        "n_redrawn": count_redrawn(options),
    }
    values = {name: getattr(options, name) for name in WORDINGS if getattr(options, name) != getattr(BASE, name)}
    return [
        WORDINGS[name].change.format(value=value, name=WORDINGS[name].names.get(value, value), **counts)
        for name, value in values.items()
    ]


def changes_title(options: CnnOptions) -> str:
    """What differs from architecture 1, or, of itself, where its size and its work lie."""
    compared = compare_layers(options)
    changes = describe_changes(options)
    if not changes:
        layers = [entry.layer for entry in compared]
        of_fc1 = max(layer.parameters for layer in layers) / sum(layer.parameters for layer in layers)
        in_convs = sum(layer.multiply_adds for layer in layers if layer.part == "convs")
        of_convs = in_convs / sum(layer.multiply_adds for layer in layers)
        return (
            f"Architecture 1: fc1 has {100 * of_fc1:.0f} % of the parameters, "
            f"the conv layers {100 * of_convs:.0f} % of the compute"
        )
    counts = Counter(entry.status for entry in compared)
    differ = counts["new"] + counts["changed"]
    heading = f"{differ or 'No'} layer{'s differ' if differ > 1 else ' differs'} from architecture 1"
    return f"{heading}: {', '.join(changes)}"


def layer_table(compared: tuple[ComparedLayer, ...]) -> pd.DataFrame:
    """One row a layer, then their sum; % is of the whole network, Δ the change against architecture 1 (A1)."""
    rows = [
        {
            "layer": entry.layer.name,
            "kind": entry.layer.kind,
            "vs. A1": entry.status,
            "output": say_shape(entry.layer.leaves),
            "params": entry.layer.parameters,
            "Δ params": entry.more_parameters,
            "MACs": entry.layer.multiply_adds,
            "Δ MACs": entry.more_multiply_adds,
        }
        for entry in compared
    ]
    table = pd.DataFrame(rows)
    total = {name: int(table[name].sum()) for name in table.columns[4:]}
    table.loc[len(table)] = {"layer": "all", "kind": "", "vs. A1": "", "output": "", **total}
    table.insert(5, "% of params", table["params"] / total["params"])
    table.insert(8, "% of MACs", table["MACs"] / total["MACs"])
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
