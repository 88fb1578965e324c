"""The records of a run folder, read and verified; the only module that knows its files."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from safetensors import SafetensorError, safe_open

from ccds_core.config.presets import PRESETS, with_preset
from ccds_core.config.run_config import RunConfig, check_run_name
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.models.registry import MODELS, Capability
from ccds_core.paths import checkpoints_dir, runs_dir
from ccds_core.results import EpochMetrics, Evaluation
from ccds_core.storage import changed_at, check_tensor_header, parse_json, read_text, verify
from ccds_core.validation import STRICT_JSON, raise_faults

CONFIG, METRICS, WEIGHTS, MANIFEST = "config.json", "metrics.json", "weights.safetensors", "manifest.json"
RESUME = "resume.safetensors"
FORMAT = 1  # increased when older code could not read the folder


@dataclass(frozen=True)
class RunCard:
    """config.json: everything needed to rebuild the network."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    format: int
    classes: tuple[str, ...]
    config: RunConfig

    def __post_init__(self) -> None:
        """Class names must be unique."""
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            raise InvalidConfigError("classes needs at least two names, all different.")


@dataclass(frozen=True)
class Cost:
    """The cost of a run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    parameters: int
    multiply_adds: int  # one forward pass of one example
    training_flops: float  # 2 x multiply-adds x 3 (forward and backward) x examples x epochs
    seconds: float  # of training without validation


@dataclass(frozen=True)
class RunMetrics:
    """metrics.json: results, data and environment of a run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    history: tuple[EpochMetrics, ...]
    best_epoch: int  # whose weights are kept
    test: Evaluation | None
    cost: Cost | None
    tensors_initialised: int  # how many the chosen initialization redrew
    data_source: str  # shown with every result, e.g. "JPEG copy of CIFAR-10"
    data_digest: str
    n_train: int
    n_val: int
    environment: dict[str, str]

    def __post_init__(self) -> None:
        """Epochs must be numbered from 1."""
        faults = []
        if [epoch.epoch for epoch in self.history] != list(range(1, len(self.history) + 1)):
            faults.append("history must have the epochs in order, from 1")
        if not min(1, len(self.history)) <= self.best_epoch <= len(self.history):
            faults.append(f"best_epoch must be one of the {len(self.history)} epochs, got {self.best_epoch}")
        raise_faults(faults)


@dataclass(frozen=True)
class RunRecord:
    """A run without its weights, as lists and comparisons show it."""

    name: str
    folder: Path
    card: RunCard
    metrics: RunMetrics
    status: str  # "finished" or "unfinished"
    shipped: bool
    has_weights: bool
    digest: str  # of the folder's content, for cache keys

    @property
    def kind(self) -> str:
        """The preset's name, which its seeds share; for other runs their own name."""
        return self.card.config.preset or self.name

    def can(self, capability: Capability) -> bool:
        """Whether its family has this capability."""
        return capability in MODELS[self.card.config.model].capabilities

    @property
    def task(self) -> str:
        """ "image" or "text" """
        return MODELS[self.card.config.model].task


def list_runs() -> list[RunRecord]:
    """All readable runs, shipped ones first, in the presets' order; a shipped run hides another of the same name."""
    return _read_all()[0]


def list_damaged() -> list[str]:
    """One error sentence for each run folder that cannot be read."""
    return _read_all()[1]


def _read_all() -> tuple[list[RunRecord], list[str]]:
    records: dict[str, RunRecord] = {}
    faults = []
    for root in (checkpoints_dir(), runs_dir()):
        for folder in sorted(root.glob("[!.]*")):
            try:
                records.setdefault(folder.name, read_run(folder))
            except CheckpointError as error:
                faults += [str(error)] if (folder / CONFIG).is_file() else []
    return sorted(records.values(), key=_place), faults


def _place(record: RunRecord) -> tuple[bool, int, str]:
    """Shipped runs first, then in the presets' order, others after them, each by name."""
    presets = list(PRESETS)
    return not record.shipped, presets.index(record.kind) if record.kind in presets else len(presets), record.name


def fingerprint() -> str:
    """A text that changes when any run folder changes: names and times of its files."""
    parts = []
    for root in (checkpoints_dir(), runs_dir()):
        for folder in sorted(root.iterdir()) if root.is_dir() else []:
            times = [str(changed_at(folder / name)) for name in (CONFIG, MANIFEST, RESUME)]
            parts.append(f"{folder}:{','.join(times)}")
    return "\n".join(parts)


def find_run(name: str) -> RunRecord:
    """The run of this name. Raises `CheckpointError`, which lists all runs, if there is none."""
    check_run_name(name)
    for root in (checkpoints_dir(), runs_dir()):
        if (root / name / CONFIG).is_file():
            return read_run(root / name)
    names = ", ".join(record.name for record in list_runs()) or "none"
    raise CheckpointError(f"No run '{name}'. There: {names}. Train one with 'python -m ccds_core train'.")


def read_run(folder: Path) -> RunRecord:
    """Config and metrics of one run folder; digests are checked if it is finished."""
    if folder.is_symlink() or not (folder / CONFIG).is_file():
        raise CheckpointError(f"'{folder.name}' is not a run folder: it has no {CONFIG}.")
    finished = (folder / MANIFEST).is_file()
    manifest = read_manifest(folder) if finished else {}
    for name in (CONFIG, METRICS) if finished else ():
        verify(folder, name, manifest)
    card = parse_json(RunCard, read_text(folder / CONFIG), folder.name)
    if card.format != FORMAT:
        raise CheckpointError(f"'{folder.name}' has format {card.format}; this version reads format {FORMAT}.")
    if card.config.model not in MODELS:
        raise CheckpointError(f"'{folder.name}' has an unknown model: '{card.config.model}'.")
    if not card.config.preset:  # folders of earlier versions do not name it
        card = replace(card, config=with_preset(card.config))
    metrics = parse_json(RunMetrics, read_text(folder / METRICS), folder.name) if finished else _metrics_so_far(folder)
    if metrics.test and metrics.test.classes != card.classes:
        raise CheckpointError(f"'{folder.name}' was tested on other classes than its config has: it mixes two runs.")
    return RunRecord(
        name=folder.name,
        folder=folder,
        card=card,
        metrics=metrics,
        status="finished" if finished else "unfinished",
        shipped=folder.parent == checkpoints_dir(),
        has_weights=WEIGHTS in manifest,
        digest=manifest.get(METRICS, "") + manifest.get(WEIGHTS, "") or str(len(metrics.history)),
    )


def history_to_json(history: list[EpochMetrics]) -> str:
    """Epochs as JSON, for the resume file's metadata."""
    return json.dumps([asdict(epoch) for epoch in history])


def history_from_json(text: str, name: str) -> list[EpochMetrics]:
    """The inverse of `history_to_json`."""
    return parse_json(list[EpochMetrics], text, name)


def read_resume_metadata(folder: Path) -> dict[str, str]:
    """The metadata of an unfinished run's resume file: history and digests; empty before the end of its first epoch."""
    if not (folder / RESUME).is_file():
        return {}
    check_tensor_header(folder / RESUME)
    try:
        with safe_open(folder / RESUME, framework="np") as file:
            return file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"'{folder.name}/{RESUME}' cannot be read: {error}.") from None


def _metrics_so_far(folder: Path) -> RunMetrics:
    """The metrics of an unfinished run: its finished epochs."""
    metadata = read_resume_metadata(folder)
    history = history_from_json(metadata.get("history", "[]"), folder.name)
    best = max(history, key=lambda epoch: epoch.val_accuracy).epoch if history else 0
    source, digest = metadata.get("data_source", ""), metadata.get("data_digest", "")
    try:
        return RunMetrics(tuple(history), best, None, None, 0, source, digest, 0, 0, {})
    except InvalidConfigError as error:
        raise CheckpointError(f"'{folder.name}/{RESUME}' has an invalid record: {error}") from None


def read_manifest(folder: Path) -> dict[str, str]:
    """File name -> SHA-256, of a finished run."""
    return parse_json(dict[str, str], read_text(folder / MANIFEST), folder.name)
