"""A run's config as frozen records that check themselves, and their JSON form."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, get_args

from ccds_core.config.options import OPTIONS, CnnOptions, Options, narrow, wordings_of
from ccds_core.errors import InvalidConfigError
from ccds_core.validation import STRICT_JSON, at_least, one_of, parser_of, raise_faults

Optimizer = Literal["adam", "adamw", "sgd"]
Schedule = Literal["step", "cosine", "one-cycle", "linear", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
Split = Literal["workshop", "official", "seeded"]

OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
SPLITS: tuple[Split, ...] = get_args(Split)
FOREIGN = "unexpected_keyword_argument"  # pydantic's name for a field that the record does not have
MAX_NAME_LENGTH = 64
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}  # by Windows
MAX_RATE_FACTOR = 1000  # large enough for any lesson, and a typing error cannot make it infinite
MAX_SEED = 2**32 - 1  # each epoch's seed is a multiple of it plus the epoch, and torch takes 64 bits


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained; the defaults are the workshop's (Adam, StepLR(5, 0.1), 10 epochs)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    epochs: Annotated[int, "passes over the training data"] = 10
    batch_size: Annotated[int, "examples per optimizer step, over all processes together"] = 64
    optimizer: Annotated[Optimizer, "adam and sgd add weight decay to the gradient, adamw decouples it"] = "adam"
    learning_rate: Annotated[float, "maximum learning rate"] = 1e-3
    weight_decay: Annotated[float, "coupled L2 for adam and sgd, decoupled for adamw"] = 1e-4
    momentum: Annotated[float, "sgd only"] = 0.9
    schedule: Annotated[
        Schedule, "learning rate schedule: step = StepLR, cosine or linear to zero, one-cycle, constant"
    ] = "step"
    step_epochs: Annotated[int, '"step": epochs between two reductions'] = 5
    step_factor: Annotated[float, '"step": factor of the learning rate at a reduction'] = 0.1
    warmup_steps: Annotated[int, "steps during which the learning rate rises linearly from zero"] = 0
    label_smoothing: Annotated[float, "fraction of the target spread evenly over the classes"] = 0.0
    clip_norm: Annotated[float, "maximum gradient norm; 0 means no clipping"] = 0.0
    patience: Annotated[int, "early stopping: epochs without a better validation accuracy; 0 means never"] = 0
    flip: Annotated[bool, "augmentation: flip half of the images horizontally"] = False
    shift: Annotated[int, "augmentation: shift images by up to this many pixels"] = 0
    seed: Annotated[int, "of initial weights, data order, augmentation and dropout"] = 0
    twin_start: Annotated[bool, "images only: start with architecture 1's weights where name and shape match"] = False
    precision: Annotated[Precision, "auto measures which is faster here and records it in the config"] = "auto"
    rate_changes: Annotated[
        tuple[tuple[int, float], ...],
        "(step, factor): from this step on (the first is 0), factor times the scheduled learning rate",
    ] = ()

    def __post_init__(self) -> None:
        faults = []
        faults += one_of("optimizer", self.optimizer, OPTIMIZERS)
        faults += one_of("schedule", self.schedule, SCHEDULES)
        faults += one_of("precision", self.precision, PRECISIONS)
        faults += at_least(1, epochs=self.epochs, batch_size=self.batch_size, step_epochs=self.step_epochs)
        faults += at_least(0, warmup_steps=self.warmup_steps, patience=self.patience, seed=self.seed)
        faults += at_least(0, weight_decay=self.weight_decay, clip_norm=self.clip_norm)
        if not 0.0 < self.learning_rate <= 100.0:
            faults.append(f"learning_rate must be above 0 and at most 100, got {self.learning_rate}")
        for name, value in (("momentum", self.momentum), ("label_smoothing", self.label_smoothing)):
            if not 0.0 <= value < 1.0:
                faults.append(f"{name} must be in [0, 1), got {value}")
        if not 0.0 < self.step_factor <= 1.0:
            faults.append(f"step_factor must be in (0, 1], got {self.step_factor}")
        if not 0 <= self.shift <= 16:
            faults.append(f"shift must be from 0 to 16 pixels, got {self.shift}")
        if self.seed > MAX_SEED:
            faults.append(f"seed must be at most {MAX_SEED:,}, got {self.seed}")
        raise_faults(faults + _faults_of_changes(self.rate_changes))


@dataclass(frozen=True)
class DataConfig:
    """Which data set, how it is split, and how much of it is used."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: Annotated[
        str, "cifar10, digits or emotion; a folder with one subfolder per class; a CSV or 'text;label' file"
    ] = "cifar10"
    split: Annotated[Split, "cifar10: workshop or official; emotion: official; all others: seeded"] = "workshop"
    limit: Annotated[int, "number of training examples, the first of the shuffled split; 0 means all"] = 0
    eval_limit: Annotated[int, "number of validation and of test examples, the first of each; 0 means all"] = 0

    def __post_init__(self) -> None:
        faults = one_of("split", self.split, SPLITS) + at_least(0, limit=self.limit, eval_limit=self.eval_limit)
        if not self.name or "\0" in self.name:
            faults.append("the data set needs a name: cifar10, digits, emotion, or the path of a folder or file")
        elif self.split not in splits_of(self.name):
            splits = " and ".join(repr(split) for split in splits_of(self.name))
            faults.append(f"{self.name!r} has the split {splits}, not {self.split!r}")
        raise_faults(faults)


def with_rate_change(train: TrainConfig, step: int, factor: float) -> TrainConfig:
    """The same training with this factor on the learning rate from `step` on; later changes are dropped."""
    earlier = tuple(change for change in train.rate_changes if change[0] < step)
    return replace(train, rate_changes=(*earlier, (step, factor)))


def splits_of(data_name: str) -> tuple[Split, ...]:
    """The splits of a data set; the first is its default."""
    stored: dict[str, tuple[Split, ...]] = {"cifar10": ("workshop", "official"), "emotion": ("official",)}
    return stored.get(data_name, ("seeded",))


@dataclass(frozen=True)
class RunConfig:
    """The full config of one training run, enough to repeat it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: str
    model: str = "cnn"  # a name in models.registry.MODELS
    options: Options = field(default_factory=CnnOptions)
    data: DataConfig = field(default_factory=DataConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    preset: str = ""  # the preset with this config, except seed, precision and limits; empty where there is none

    def __post_init__(self) -> None:
        check_run_name(self.name)
        kind = OPTIONS.get(self.model, type(self.options))
        object.__setattr__(self, "options", narrow(self.options, kind))
        faults = []
        if not isinstance(self.options, kind):
            faults.append(f"the model {self.model!r} takes {kind.__name__}, got {type(self.options).__name__}")
        if self.options.task != "image" and (self.train.flip or self.train.shift):
            faults.append("flip and shift are for images only: remove them")
        if self.options.task != "image" and self.train.twin_start:
            faults.append("twin_start is for images only: remove it")
        raise_faults(faults)


def check_run_name(name: str) -> None:
    """Raise `InvalidConfigError` unless it is a plain folder name, so that no name leads out of the runs folder."""
    plain = name.translate({ord(sign): None for sign in "-_."})
    if not plain.isascii() or not plain.isalnum() or name[0] == "." or name[-1] == "." or len(name) > MAX_NAME_LENGTH:
        raise InvalidConfigError(
            f"A run's name may have letters, digits, '-', '_' and '.', at most {MAX_NAME_LENGTH} characters, "
            f"and must neither start nor end with a dot; got {name[:80]!r}."
        )
    if name.split(".")[0].lower() in RESERVED:
        raise InvalidConfigError(f"Windows reserves the name {name!r} for a device. Choose another name for the run.")


def describe_fields(record: type) -> dict[str, str]:
    """Field name -> what it means, from the annotations of one of the records above."""
    return {name: wording.help for name, wording in wordings_of(record).items()}


def config_to_json(config: RunConfig) -> str:
    """The config as indented JSON, fields in their order."""
    return json.dumps(asdict(config), indent=2) + "\n"


def read_config(text: str | bytes) -> RunConfig:
    """Parse what `config_to_json` wrote; anything unknown, missing or mistyped is an `InvalidConfigError`."""
    from pydantic import ValidationError  # only readers of run folders pay for it

    try:
        return parser_of(RunConfig).validate_json(text)
    except ValidationError as error:
        faults = faults_of(error.errors())
    raise InvalidConfigError("; ".join(f"{field or 'config'}: {message}" for field, message in faults) + ".")


def faults_of(errors: list[Any]) -> list[tuple[str, str]]:
    """(field, message) of each of pydantic's errors; for options, only those of the record that fits best."""
    kinds = {kind.__name__ for kind in get_args(Options)}
    located = [(*_without_kind(error["loc"], kinds), _plain(error["msg"])) for error in errors]
    counts = Counter(kind for _, kind, _ in located if kind)
    foreign = Counter(kind for (_, kind, _), error in zip(located, errors, strict=True) if error["type"] == FOREIGN)
    best = min(counts, key=lambda kind: (foreign[kind], counts[kind]), default=None)
    return [(field, message) for field, kind, message in located if kind in (None, best)]


def _plain(message: str) -> str:
    """A message of pydantic's without the prefix of errors that are our own, and without its full stop."""
    return message.removeprefix("Value error, ").removesuffix(".")


def _faults_of_changes(changes: tuple[tuple[int, float], ...]) -> list[str]:
    """The steps of rate_changes must increase, and each factor must be positive and bounded."""
    faults = []
    if any(later[0] <= earlier[0] for earlier, later in pairwise(changes)) or any(at < 0 for at, _ in changes):
        faults.append(f"the steps of rate_changes must be 0 or more and increase; got {[at for at, _ in changes]}")
    wrong = [factor for _, factor in changes if not 0.0 < factor <= MAX_RATE_FACTOR]
    if wrong:
        faults.append(f"a factor of rate_changes must be above 0 and at most {MAX_RATE_FACTOR}, got {wrong[0]}")
    return faults


def _without_kind(loc: tuple[str | int, ...], kinds: set[str]) -> tuple[str, str | None]:
    kind = next((str(part) for part in loc if part in kinds), None)
    return ".".join(str(part) for part in loc if part not in kinds), kind
