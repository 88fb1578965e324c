"""VARIANTS: initializations and optimizers of the same network, to compare over the first 100 steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig

N_STEPS = 100
# the workshop's learning rate and batch size, without the schedule, which has no effect in so few steps
TRAIN = TrainConfig(schedule="constant", precision="float32")


@dataclass(frozen=True)
class Variant:
    """One change of options or training; Adam with learning rate 1e-3 where nothing else is named."""

    label: str
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # changed options
    train: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # changed training


VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        "adam": Variant("as it is (Adam)"),
        "sgd": Variant("with SGD, learning rate 0.01", train={"optimizer": "sgd", "learning_rate": 0.01}),
        "warm-up": Variant("with warmup, 400 steps", train={"warmup_steps": 400}),
        "small-rate": Variant("with learning rate 1e-4", train={"learning_rate": 1e-4}),
        "xavier": Variant("with Xavier", options={"initialisation": "xavier"}),
        "he": Variant("with He", options={"initialisation": "he"}),
        "batch-norm": Variant("with batch norm", options={"linear_batch_norm": True}),
    }
)


# the shipped recordings, as (preset, variant, seed): architecture 2 in all variants and three seeds; the others once
SHIPPED = (
    *(("architecture-2", variant, 0) for variant in VARIANTS),
    *(("architecture-2", "adam", seed) for seed in (1, 2)),
    ("architecture-1", "adam", 0),
    ("architecture-1", "sgd", 0),
    ("architecture-3", "adam", 0),
    ("architecture-4", "adam", 0),
    ("architecture-5", "adam", 0),
)


def variant_config(options: CnnOptions, variant: str, data: DataConfig, seed: int = 0) -> RunConfig:
    """The run config of a variant of these options, named after the variant."""
    chosen = VARIANTS[variant]
    train = replace(TRAIN, seed=seed, **chosen.train)
    return RunConfig(variant, options=replace(options, **chosen.options), data=data, train=train)


def xavier_counterpart(options: CnnOptions) -> CnnOptions | None:
    """With the report's Xavier bug, the same options with the fix, and the reverse; None for other initializations."""
    if options.initialisation == "xavier-as-written":
        return replace(options, initialisation="xavier")
    return replace(options, initialisation="xavier-as-written") if options.initialisation == "xavier" else None
