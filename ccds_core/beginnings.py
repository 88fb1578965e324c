"""Ways to begin the same network, to be seen side by side: initialisations, optimisers, and the data at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from ccds_core.config import DataConfig, RunConfig, TrainConfig, splits_of
from ccds_core.data import cifar10
from ccds_core.options import CnnOptions

N_STEPS = 100
# the workshop's rate and batch, without the schedule, which would not show in so few steps
RECIPE = TrainConfig(schedule="constant", precision="float32")


@dataclass(frozen=True)
class Variant:
    """One way to start the same network; with Adam at 0.001 where the label names nothing else."""

    label: str
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # what of the options changes
    train: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # and what of the recipe


VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        "adam": Variant("Adam"),
        "sgd": Variant("SGD 0.01", train={"optimizer": "sgd", "learning_rate": 0.01}),
        "warm-up": Variant("Warm-up over 400 steps", train={"warmup_steps": 400}),
        "small-rate": Variant("Rate 0.0001", train={"learning_rate": 1e-4}),
        "xavier": Variant("Xavier", options={"initialisation": "xavier"}),
        "he": Variant("He", options={"initialisation": "he"}),
        "batch-norm": Variant("Batch norm", options={"linear_batch_norm": True}),
    }
)


# the recordings that are shipped, as (preset, variant, seed): architecture 2 every way and its lottery; the others once
SHIPPED = (
    *(("architecture-2", variant, 0) for variant in VARIANTS),
    *(("architecture-2", "adam", seed) for seed in (1, 2)),
    ("architecture-1", "adam", 0),
    ("architecture-1", "sgd", 0),
    ("architecture-3", "adam", 0),
    ("architecture-4", "adam", 0),
    ("architecture-5", "adam", 0),
)


def usual_data() -> DataConfig:
    """CIFAR-10 where it is, else the digits that need no download."""
    name = "cifar10" if cifar10.find() is not None else "digits"
    return DataConfig(name, splits_of(name)[0])


def variant_config(options: CnnOptions, variant: str, data: DataConfig, seed: int = 0) -> RunConfig:
    """The training that a variant of these options stands for; named after the variant."""
    chosen = VARIANTS[variant]
    train = replace(RECIPE, seed=seed, **chosen.train)
    return RunConfig(variant, options=replace(options, **chosen.options), data=data, train=train)


def twin_of(options: CnnOptions) -> CnnOptions | None:
    """For either form of the workshop's Xavier step the other one: as written, which never runs, or repaired."""
    if options.initialisation == "xavier-as-written":
        return replace(options, initialisation="xavier")
    return replace(options, initialisation="xavier-as-written") if options.initialisation == "xavier" else None
