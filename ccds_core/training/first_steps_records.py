"""Recordings of the first steps of a training, layer by layer: records, and their JSON files."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from ccds_core.config.run_config import RunConfig
from ccds_core.errors import CheckpointError
from ccds_core.paths import cache_dir, checkpoints_dir
from ccds_core.storage import changed_at, parse_json, read_text, write_atomically
from ccds_core.validation import STRICT_JSON, raise_faults

FORMAT = 1  # increased when the numbers are computed in another way
FOLDER = "first-steps"  # of shipped recordings in the checkpoints folder, of those made here in the cache
# significant digits that are kept; enough for a chart
DIGITS = MappingProxyType({"losses": 4, "saturated": 3, "dead": 3})
FEWEST_DIGITS = 2
PER_STEP = ("pre_activation_mean", "pre_activation_spread", "gradient_rms", "saturated", "dead")  # of a layer


@dataclass(frozen=True)
class LayerTrace:
    """One layer over the steps; each tuple has one entry per recorded step, entry 0 before training."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: str
    activation: str
    pre_activation_mean: tuple[float, ...] | None  # None for conv layers
    pre_activation_spread: tuple[float, ...]  # std across the probe images, mean over units
    gradient_rms: tuple[float, ...]  # step 0: on the probe; later: of the step's own batch
    saturated: tuple[float, ...] | None  # fraction of units; None if the activation cannot saturate
    dead: tuple[float, ...] | None  # fraction of units; None if the activation is not ReLU


@dataclass(frozen=True)
class TrainingTrace:
    """A recording; entry 0 of every tuple is before training, entry k after step k."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    format: int
    config: RunConfig
    data_source: str
    n_classes: int
    n_probe: int  # images in the probe
    asked: int  # steps; fewer are recorded if the loss became NaN or infinite
    losses: tuple[float, ...]  # mean cross-entropy: of the probe, then of each step's batch before the step
    feature_spread: tuple[float, ...]
    logit_spread: tuple[float, ...]
    layers: tuple[LayerTrace, ...]

    def __post_init__(self) -> None:
        n_entries = len(self.losses)
        faults = [] if n_entries else ["losses must have an entry for step 0"]
        faults += [f"{name} must have {n_entries} entries, as many as losses" for name in self._uneven(n_entries)[:1]]
        if not any(layer.pre_activation_mean for layer in self.layers):
            faults.append("layers must have one with pre_activation_mean")
        raise_faults(faults)

    def _uneven(self, n_entries: int) -> list[str]:
        """Names of the tuples that have not `n_entries` entries."""
        lengths: dict[str, tuple[float, ...] | None] = {
            "feature_spread": self.feature_spread,
            "logit_spread": self.logit_spread,
        }
        for layer in self.layers:
            lengths |= {f"{layer.name}.{name}": getattr(layer, name) for name in PER_STEP}
        return [name for name, values in lengths.items() if values is not None and len(values) != n_entries]

    @property
    def n_steps(self) -> int:
        """Steps that were recorded."""
        return len(self.losses) - 1

    @property
    def ran_away(self) -> bool:
        """Whether the loss became NaN or infinite before the last step."""
        return self.n_steps < self.asked

    @property
    def saturated(self) -> tuple[float, ...] | None:
        """The largest saturated fraction of any layer at each step; None if no activation can saturate."""
        fractions = [layer.saturated for layer in self.layers if layer.saturated is not None]
        return tuple(max(at) for at in zip(*fractions, strict=True)) if fractions else None


def save_steps(steps: TrainingTrace, shipped: bool = False) -> Path:
    """Write a recording to the cache or to the shipped ones, rounded to `DIGITS`."""
    folder = (checkpoints_dir() if shipped else cache_dir()) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_key(steps.config, steps.asked)}.json"
    write_atomically(path, json.dumps(_rounded(asdict(steps)), separators=(",", ":")) + "\n")
    return path


def find_steps(config: RunConfig, n_steps: int) -> TrainingTrace | None:
    """The recording of `n_steps` of this training, shipped or in the cache; None if there is none.

    Raises `CheckpointError` if the file is damaged or has another format.
    """
    path = _path_of(config, n_steps)
    if path is None:
        return None
    trace: TrainingTrace = parse_json(TrainingTrace, read_text(path), path.name)
    if trace.format != FORMAT or trace.config != config:
        raise CheckpointError(f"'{FOLDER}/{path.name}' is of another version. Delete it, and record it again.")
    return trace


def steps_changed(config: RunConfig, n_steps: int) -> int:
    """When that recording last changed, in nanoseconds, for caches; 0 if there is none."""
    path = _path_of(config, n_steps)
    return changed_at(path) if path else 0


def _path_of(config: RunConfig, n_steps: int) -> Path | None:
    name = f"{_key(config, n_steps)}.json"
    paths = (root / FOLDER / name for root in (checkpoints_dir(), cache_dir()))
    return next((path for path in paths if path.is_file()), None)


def _key(config: RunConfig, n_steps: int) -> str:
    """The config's name and a digest of its values that are not the defaults, so that new fields change no name."""
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
        return int(rounded) if rounded.is_integer() else rounded  # many values are 0, which is shorter than 0.0
    if isinstance(value, dict):
        return {
            key: part if key == "config" else _rounded(part, DIGITS.get(key, FEWEST_DIGITS))
            for key, part in value.items()
        }
    return [_rounded(part, digits) for part in value] if isinstance(value, list | tuple) else value
