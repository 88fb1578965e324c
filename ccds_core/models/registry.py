"""MODELS: every model family by name. Pages, commands and tests list what this table lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccds_core.config import CnnOptions
from ccds_core.errors import InvalidConfigError

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class ModelFamily:
    """One entry: what it solves, its options, how it is built."""

    task: str  # "image" or "text"
    options: type[Any]
    build: Callable[[Any, int], "nn.Module"]  # (options, number of classes) -> fresh model
    summary: str


def _build_cnn(options: CnnOptions, n_classes: int) -> "nn.Module":
    from ccds_core.models.cnn import build_cnn

    return build_cnn(options, n_classes)


MODELS: Mapping[str, ModelFamily] = MappingProxyType(
    {"cnn": ModelFamily("image", CnnOptions, _build_cnn, "The workshop's CIFAR-10 network under every toggle")}
)


def find_family(name: str) -> ModelFamily:
    """The entry of `MODELS`, or an error that names them all."""
    if name not in MODELS:
        raise InvalidConfigError(f"No model '{name}'. There: {', '.join(MODELS)}.")
    return MODELS[name]
