"""A run's choices as frozen records that check themselves, and their JSON form."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, get_args, get_type_hints

from ccds_core.checks import STRICT_JSON, at_least, one_of, parser_of, raise_faults
from ccds_core.errors import InvalidConfigError
from ccds_core.options import OPTIONS, CnnOptions, Options

Optimizer = Literal["adam", "adamw", "sgd"]
Schedule = Literal["step", "cosine", "one-cycle", "linear", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
Split = Literal["workshop", "official", "seeded"]

OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
SPLITS: tuple[Split, ...] = get_args(Split)
FOREIGN = "unexpected_keyword_argument"  # pydantic's word for a field that the record does not have
MAX_NAME_LENGTH = 64
MAX_RATE_FACTOR = 1000  # wide enough for any lesson, and no typing error makes it endless
MAX_SEED = 2**32 - 1  # epochs draw their randomness from multiples of it, and torch takes 64 bits


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained; the defaults are the workshop's recipe (Adam, StepLR(5, 0.1), 10 epochs)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    epochs: Annotated[int, "passes over the training data"] = 10
    batch_size: Annotated[int, "examples per optimizer update, over all processes together"] = 64
    optimizer: Annotated[Optimizer, "adam and sgd couple weight decay, adamw does not"] = "adam"
    learning_rate: Annotated[float, "at its highest"] = 1e-3
    weight_decay: Annotated[float, "coupled L2 for adam and sgd, decoupled for adamw"] = 1e-4
    momentum: Annotated[float, "sgd only"] = 0.9
    schedule: Annotated[
        Schedule, "how the rate falls: step = StepLR, cosine or linear to zero, one-cycle, constant"
    ] = "step"
    step_epochs: Annotated[int, '"step": epochs between two drops'] = 5
    step_factor: Annotated[float, '"step": what the rate is multiplied by at a drop'] = 0.1
    warmup_steps: Annotated[int, "optimizer updates during which the rate rises linearly from zero"] = 0
    label_smoothing: Annotated[float, "share of the target spread evenly over the classes"] = 0.0
    clip_norm: Annotated[float, "largest gradient norm; 0 means no clipping"] = 0.0
    patience: Annotated[int, "epochs without a better validation accuracy before stopping; 0 means never"] = 0
    flip: Annotated[bool, "augmentation: mirror half of the pictures"] = False
    shift: Annotated[int, "augmentation: move pictures by up to this many pixels"] = 0
    seed: Annotated[int, "of weights, order, augmentation and dropout"] = 0
    twin_start: Annotated[
        bool, "pictures only: begin with architecture 1's weights of the same seed wherever name and shape are the same"
    ] = False
    precision: Annotated[Precision, "auto measures which is faster here; the run's folder records the answer"] = "auto"
    rate_changes: Annotated[
        tuple[tuple[int, float], ...],
        "(update, factor): from that update on, the first is 0, factor times the schedule",
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
            faults.append(f"shift is a number of pixels from 0 to 16, got {self.shift}")
        if self.seed > MAX_SEED:
            faults.append(f"seed is at most {MAX_SEED:,}, got {self.seed}")
        raise_faults(faults + _faults_of_changes(self.rate_changes))


@dataclass(frozen=True)
class DataConfig:
    """Which data set, how it is split, and how much of it is used."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: Annotated[
        str, "cifar10, digits or emotion; a folder with one subfolder per class; a CSV or 'text;label' file"
    ] = "cifar10"
    split: Annotated[Split, "cifar10: workshop or official; emotion: official; all others: seeded"] = "workshop"
    limit: Annotated[int, "training examples used, the first of the shuffled split; 0 means all"] = 0
    eval_limit: Annotated[int, "validation and test examples used, the first of each; 0 means all"] = 0

    def __post_init__(self) -> None:
        faults = one_of("split", self.split, SPLITS) + at_least(0, limit=self.limit, eval_limit=self.eval_limit)
        if not self.name or "\0" in self.name:
            faults.append("the data set needs a name: cifar10, digits, emotion, or the path of a folder or file")
        elif self.split not in splits_of(self.name):
            there = " and ".join(repr(split) for split in splits_of(self.name))
            faults.append(f"{self.name!r} has the split {there}, not {self.split!r}")
        raise_faults(faults)


def with_rate_change(train: TrainConfig, update: int, factor: float) -> TrainConfig:
    """The same training with this factor on the rate from `update` on; what was planned for later is dropped."""
    kept = tuple(change for change in train.rate_changes if change[0] < update)
    return replace(train, rate_changes=(*kept, (update, factor)))


def splits_of(data_name: str) -> tuple[Split, ...]:
    """The splits that a data set has; the first is its usual one."""
    own: dict[str, tuple[Split, ...]] = {"cifar10": ("workshop", "official"), "emotion": ("official",)}
    return own.get(data_name, ("seeded",))


@dataclass(frozen=True)
class RunConfig:
    """One training, whole: enough to repeat it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: str
    model: str = "cnn"  # a name in models.registry.MODELS
    options: Options = field(default_factory=CnnOptions)
    data: DataConfig = field(default_factory=DataConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        check_run_name(self.name)
        wanted = OPTIONS.get(self.model, type(self.options))
        faults = []
        if not isinstance(self.options, wanted):
            faults.append(f"the model {self.model!r} takes {wanted.__name__}, got {type(self.options).__name__}")
        if self.model in OPTIONS and self.model != "cnn" and (self.train.flip or self.train.shift):
            faults.append("flip and shift are for pictures: drop them")
        if self.model in OPTIONS and self.model != "cnn" and self.train.twin_start:
            faults.append("twin_start is for pictures: drop it")
        raise_faults(faults)


def check_run_name(name: str) -> None:
    """Refuse what is not a plain folder name, so that no name can lead out of the runs folder."""
    plain = name.replace("-", "").replace("_", "").replace(".", "")
    if not plain.isascii() or not plain.isalnum() or name.startswith(".") or len(name) > MAX_NAME_LENGTH:
        raise InvalidConfigError(
            f"A run's name is made of letters, digits, '-', '_' and '.', at most {MAX_NAME_LENGTH}, "
            f"and does not start with a dot; got {name[:80]!r}."
        )


def describe_fields(record: type) -> dict[str, str]:
    """Field name -> what it means, from the annotations of one of the records above."""
    hints = get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(record)}


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
    raise InvalidConfigError("; ".join(f"{place or 'config'}: {said}" for place, said in faults) + ".")


def faults_of(errors: list[Any]) -> list[tuple[str, str]]:
    """(place, what is wrong) of each of pydantic's errors. Of options, only those of the record that fits best."""
    kinds = {kind.__name__ for kind in get_args(Options)}
    told = [(*_without_kind(error["loc"], kinds), error["msg"]) for error in errors]
    counts = Counter(kind for _, kind, _ in told if kind)
    foreign = Counter(kind for (_, kind, _), error in zip(told, errors, strict=True) if error["type"] == FOREIGN)
    best = min(counts, key=lambda kind: (foreign[kind], counts[kind]), default=None)
    return [(place, said) for place, kind, said in told if kind in (None, best)]


def _faults_of_changes(changes: tuple[tuple[int, float], ...]) -> list[str]:
    """rate_changes go up in updates, and each factor keeps the rate a positive number."""
    faults = []
    if any(later[0] <= earlier[0] for earlier, later in pairwise(changes)) or any(at < 0 for at, _ in changes):
        faults.append(f"rate_changes go up from update to update, the first is 0; got {[at for at, _ in changes]}")
    wrong = [factor for _, factor in changes if not 0.0 < factor <= MAX_RATE_FACTOR]
    if wrong:
        faults.append(f"a factor of rate_changes is above 0 and at most {MAX_RATE_FACTOR}, got {wrong[0]}")
    return faults


def _without_kind(loc: tuple[str | int, ...], kinds: set[str]) -> tuple[str, str | None]:
    kind = next((str(part) for part in loc if part in kinds), None)
    return ".".join(str(part) for part in loc if part not in kinds), kind
