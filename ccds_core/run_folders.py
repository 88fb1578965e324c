"""The only one who knows what a run folder looks like: its records, read and verified, listed in one call."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from safetensors import SafetensorError, safe_open

from ccds_core.checks import STRICT_JSON, raise_faults
from ccds_core.config import RunConfig, check_run_name
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.models.registry import MODELS
from ccds_core.presets import place_of
from ccds_core.results import EpochMetrics, Evaluation
from ccds_core.runtime import checkpoints_dir, runs_dir
from ccds_core.storage import changed_at, parse_json, read_text, verify

CONFIG, METRICS, WEIGHTS, MANIFEST = "config.json", "metrics.json", "weights.safetensors", "manifest.json"
RESUME = "resume.safetensors"
FORMAT = 1  # raised when a folder of today could not be read by the code of then


@dataclass(frozen=True)
class RunCard:
    """config.json: all that is needed to rebuild the network."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    format: int
    classes: tuple[str, ...]
    config: RunConfig

    def __post_init__(self) -> None:
        """A class is known by its name."""
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            raise InvalidConfigError("classes needs two names or more, each once.")


@dataclass(frozen=True)
class Cost:
    """What a run took."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    parameters: int
    multiply_adds: int  # one forward pass of one example
    training_flops: float  # 2 x multiply-adds x 3 (forward and backward) x examples x epochs
    seconds: float  # of training, validation not counted


@dataclass(frozen=True)
class RunMetrics:
    """metrics.json: what happened, and on what."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    history: tuple[EpochMetrics, ...]
    best_epoch: int  # whose weights are kept
    test: Evaluation | None
    cost: Cost | None
    tensors_initialised: int  # how many the chosen initialisation touched
    data_source: str  # said beside every figure, e.g. "JPEG copy of CIFAR-10"
    data_digest: str
    n_train: int
    n_val: int
    environment: dict[str, str]

    def __post_init__(self) -> None:
        """Curves find an epoch by its number."""
        faults = []
        if [epoch.epoch for epoch in self.history] != list(range(1, len(self.history) + 1)):
            faults.append("history needs its epochs in their order, from 1")
        if not min(1, len(self.history)) <= self.best_epoch <= len(self.history):
            faults.append(f"best_epoch is none of the {len(self.history)} epochs, got {self.best_epoch}")
        raise_faults(faults)


@dataclass(frozen=True)
class RunRecord:
    """One run as the lists and comparisons show it; no weights are read for it."""

    name: str
    folder: Path
    card: RunCard
    metrics: RunMetrics
    status: str  # "finished" or "unfinished"
    shipped: bool
    has_weights: bool
    digest: str  # of the folder's content, for cache keys

    @property
    def task(self) -> str:
        """ "image" or "text" """
        return MODELS[self.card.config.model].task


def list_runs() -> list[RunRecord]:
    """Every readable run, shipped ones first, in the presets' order; a shipped run hides one of its name made here."""
    return _read_all()[0]


def list_damaged() -> list[str]:
    """One sentence for each folder that looks like a run's and cannot be read."""
    return _read_all()[1]


def _read_all() -> tuple[list[RunRecord], list[str]]:
    records: dict[str, RunRecord] = {}
    faults = []
    for root in (checkpoints_dir(), runs_dir()):
        for folder in sorted(root.iterdir(), key=lambda path: place_of(path.name)) if root.is_dir() else []:
            try:
                records.setdefault(folder.name, read_run(folder))
            except CheckpointError as error:
                faults += [str(error)] if (folder / CONFIG).is_file() else []
    return list(records.values()), faults


def fingerprint() -> str:
    """Changes when any run folder does: names and times of what is renamed into place."""
    parts = []
    for root in (checkpoints_dir(), runs_dir()):
        for folder in sorted(root.iterdir()) if root.is_dir() else []:
            times = [str(changed_at(folder / name)) for name in (CONFIG, MANIFEST, RESUME)]
            parts.append(f"{folder}:{','.join(times)}")
    return "\n".join(parts)


def find_run(name: str) -> RunRecord:
    """The run of this name, or an error that lists those there are."""
    check_run_name(name)
    for root in (checkpoints_dir(), runs_dir()):
        if (root / name / CONFIG).is_file():
            return read_run(root / name)
    there = ", ".join(record.name for record in list_runs()) or "none"
    raise CheckpointError(f"No run '{name}'. There: {there}. Train one with 'python -m ccds_core train'.")


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
        raise CheckpointError(f"'{folder.name}' is of a model that is not known here: '{card.config.model}'.")
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
    """What `history_to_json` wrote."""
    return parse_json(list[EpochMetrics], text, name)


def read_resume_metadata(folder: Path) -> dict[str, str]:
    """The head of an unfinished run's resume file: history and digests; empty before its first epoch's end."""
    if not (folder / RESUME).is_file():
        return {}
    try:
        with safe_open(folder / RESUME, framework="np") as file:
            return file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"'{folder.name}/{RESUME}' cannot be read: {error}.") from None


def _metrics_so_far(folder: Path) -> RunMetrics:
    """An unfinished run's epochs."""
    metadata = read_resume_metadata(folder)
    history = history_from_json(metadata.get("history", "[]"), folder.name)
    best = max(history, key=lambda epoch: epoch.val_accuracy).epoch if history else 0
    source, digest = metadata.get("data_source", ""), metadata.get("data_digest", "")
    try:
        return RunMetrics(tuple(history), best, None, None, 0, source, digest, 0, 0, {})
    except InvalidConfigError as error:
        raise CheckpointError(f"'{folder.name}/{RESUME}' has a record that cannot be read: {error}") from None


def read_manifest(folder: Path) -> dict[str, str]:
    """File name -> SHA-256, of a finished run."""
    return parse_json(dict[str, str], read_text(folder / MANIFEST), folder.name)
