"""The first steps of a training, layer by layer, as columns over the steps: recorded once, kept, read again."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from ccds_core.checks import STRICT_JSON
from ccds_core.config import RunConfig
from ccds_core.errors import CheckpointError
from ccds_core.runtime import cache_dir, checkpoints_dir
from ccds_core.storage import changed_at, parse_json, read_text, write_atomically

FORMAT = 1  # raised when the numbers of today would not be those of then
FOLDER = "first-steps"  # of shipped recordings in the checkpoints folder, of those made here in the cache
# significant digits that are kept: what a chart can show, on axes that span decades
DIGITS = MappingProxyType({"losses": 4, "saturated": 3, "dead": 3})
FEWEST_DIGITS = 2


@dataclass(frozen=True)
class LayerCourse:
    """One layer over the steps; each tuple has one entry per recorded step, the first from before training."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: str
    activation: str
    pre_activation_mean: tuple[float, ...] | None  # None for convs, whose ReLU looks at the sign of each channel
    pre_activation_spread: tuple[float, ...]  # s.d. across the probe's images, mean over units
    gradient_rms: tuple[float, ...]  # step 0: on the probe; later: what the step's own batch gave
    saturated: tuple[float, ...] | None  # None where the activation cannot saturate
    dead: tuple[float, ...] | None  # None where the activation cannot die


@dataclass(frozen=True)
class FirstSteps:
    """A recording; entry 0 of every tuple is the fresh network, entry k the network after its k-th update."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    format: int
    config: RunConfig
    data_source: str
    n_classes: int
    n_probe: int  # pictures that the layers are read on
    asked: int  # steps; fewer are recorded where the loss was no longer a number
    losses: tuple[float, ...]  # mean cross-entropy, nats: of the probe, then of each step's batch before its update
    feature_spread: tuple[float, ...]
    logit_spread: tuple[float, ...]
    layers: tuple[LayerCourse, ...]

    @property
    def n_steps(self) -> int:
        """Updates that were recorded."""
        return len(self.losses) - 1

    @property
    def ran_away(self) -> bool:
        """Whether the loss stopped being a number before the steps asked for were done."""
        return self.n_steps < self.asked

    @property
    def saturated(self) -> tuple[float, ...] | None:
        """The largest saturated share of any layer at each step; None where no activation can saturate."""
        shares = [layer.saturated for layer in self.layers if layer.saturated is not None]
        return tuple(max(at) for at in zip(*shares, strict=True)) if shares else None


def save_steps(steps: FirstSteps, shipped: bool = False) -> Path:
    """Keep a recording in the cache, or among the shipped ones, rounded to what a chart can show."""
    folder = (checkpoints_dir() if shipped else cache_dir()) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_key(steps.config, steps.asked)}.json"
    write_atomically(path, json.dumps(_rounded(asdict(steps)), separators=(",", ":")) + "\n")
    return path


def find_steps(config: RunConfig, n_steps: int) -> FirstSteps | None:
    """The recording of so many steps of this training, shipped or made here; None where there is none.

    A damaged file, or one of another format, is a `CheckpointError`.
    """
    path = _path_of(config, n_steps)
    if path is None:
        return None
    found: FirstSteps = parse_json(FirstSteps, read_text(path), path.name)
    if found.format != FORMAT or found.config != config:
        raise CheckpointError(f"'{FOLDER}/{path.name}' is of another version. Remove it, and record it anew.")
    return found


def steps_changed(config: RunConfig, n_steps: int) -> int:
    """When that recording last changed, in nanoseconds, for caches; 0 where there is none."""
    path = _path_of(config, n_steps)
    return changed_at(path) if path else 0


def _path_of(config: RunConfig, n_steps: int) -> Path | None:
    name = f"{_key(config, n_steps)}.json"
    places = (root / FOLDER / name for root in (checkpoints_dir(), cache_dir()))
    return next((place for place in places if place.is_file()), None)


def _key(config: RunConfig, n_steps: int) -> str:
    """The recording's name, and a digest of all in its config that is not at its default: new fields change no name."""
    chosen = [
        f"{type(kind).__name__}.{field.name}={getattr(kind, field.name)}"
        for kind in (config.options, config.data, config.train)
        for field in fields(kind)
        if getattr(kind, field.name) != field.default
    ]
    return f"{config.name}-{hashlib.sha256(repr((n_steps, chosen)).encode()).hexdigest()[:12]}"


def _rounded(value: Any, digits: int = FEWEST_DIGITS) -> Any:
    if isinstance(value, float):
        rounded = float(f"{value:.{digits}g}")
        return int(rounded) if rounded.is_integer() else rounded  # many shares are 0, which is shorter than 0.0
    if isinstance(value, dict):
        return {
            key: part if key == "config" else _rounded(part, DIGITS.get(key, FEWEST_DIGITS))
            for key, part in value.items()
        }
    return [_rounded(part, digits) for part in value] if isinstance(value, list | tuple) else value
