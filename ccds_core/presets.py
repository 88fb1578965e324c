"""The workshop's architectures by name, with its recipe, and the one that repairs its Xavier step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ccds_core.config import CnnOptions, DataConfig, RunConfig, TrainConfig
from ccds_core.errors import InvalidConfigError

_RECIPE = TrainConfig()
# Task 4: batch 256 and a cosine schedule with T_max = 10
_TASK_4 = replace(_RECIPE, batch_size=256, schedule="cosine")
_SIGMOID = CnnOptions(activation="sigmoid")
_SIGMOID_CONV = replace(_SIGMOID, extra_conv=True)
_SIGMOID_CONV_NORM = replace(_SIGMOID_CONV, linear_batch_norm=True)
_TASK_4_OPTIONS = replace(_SIGMOID_CONV_NORM, dropout=0.5, initialisation="xavier-as-written")


@dataclass(frozen=True)
class Preset:
    """One architecture of the workshop: what it is, its options and its recipe."""

    name: str
    summary: str
    options: CnnOptions
    train: TrainConfig

    def config(self, name: str) -> RunConfig:
        """The preset as a run on CIFAR-10's workshop split."""
        return RunConfig(name, "cnn", self.options, DataConfig(), self.train)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset("architecture-1", "Six convs, three linear layers, ReLU throughout", CnnOptions(), _RECIPE),
            Preset("architecture-2", "Architecture 1 with sigmoid after the linear layers", _SIGMOID, _RECIPE),
            Preset("architecture-3", "Architecture 2 with a seventh conv", _SIGMOID_CONV, _RECIPE),
            Preset(
                "architecture-4", "Architecture 3 with batch norm on the linear layers", _SIGMOID_CONV_NORM, _RECIPE
            ),
            Preset(
                "architecture-5",
                "Architecture 4 with dropout 0.5, cosine schedule, batch 256 and Xavier as written, which never ran",
                _TASK_4_OPTIONS,
                _TASK_4,
            ),
            Preset(
                "architecture-5-repaired",
                "Architecture 5 with the Xavier step that runs",
                replace(_TASK_4_OPTIONS, initialisation="xavier"),
                _TASK_4,
            ),
        )
    }
)


def find_preset(name: str) -> Preset:
    """The preset of this name, or an error that lists them."""
    if name not in PRESETS:
        raise InvalidConfigError(f"No preset '{name}'. There: {', '.join(PRESETS)}.")
    return PRESETS[name]
