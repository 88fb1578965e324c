"""A run's choices as frozen records that check themselves, and their JSON form."""

import json
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, get_args, get_type_hints

from ccds_core.errors import InvalidConfigError

Activation = Literal["relu", "sigmoid", "tanh", "gelu"]
Initialisation = Literal["default", "xavier-as-written", "xavier", "xavier-everywhere", "he"]
Optimizer = Literal["adam", "adamw", "sgd"]
Schedule = Literal["step", "cosine", "one-cycle", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
Split = Literal["workshop", "official", "seeded"]

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
INITIALISATIONS: tuple[Initialisation, ...] = get_args(Initialisation)
OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
SPLITS: tuple[Split, ...] = get_args(Split)
MAX_NAME_LENGTH = 64
MAX_SEED = 2**32 - 1  # epochs draw their randomness from multiples of it, and torch takes 64 bits
STRICT_JSON = {"extra": "forbid", "strict": True}  # how `read_config` reads the records below


@dataclass(frozen=True)
class CnnOptions:
    """The workshop's CNN under every toggle; the defaults are its architecture 1."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    activation: Annotated[Activation, "after every linear layer but the last"] = "relu"
    extra_conv: Annotated[bool, "a seventh conv + ReLU after the last pooling"] = False
    linear_batch_norm: Annotated[bool, "BatchNorm1d between each linear layer and its activation"] = False
    conv_batch_norm: Annotated[bool, "BatchNorm2d between each conv and its ReLU"] = False
    dropout: Annotated[float, "probability, after the activation of every linear layer but the last"] = 0.0
    initialisation: Annotated[Initialisation, "how the weights are drawn before the first step"] = "default"

    def __post_init__(self) -> None:
        faults = []
        faults += one_of("activation", self.activation, ACTIVATIONS)
        faults += one_of("initialisation", self.initialisation, INITIALISATIONS)
        if not 0.0 <= self.dropout < 1.0:
            faults.append(f"dropout is a probability in [0, 1), got {self.dropout}")
        raise_faults(faults)


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
    schedule: Annotated[Schedule, "how the rate falls: step = StepLR, cosine to zero, one-cycle, constant"] = "step"
    step_epochs: Annotated[int, '"step": epochs between two drops'] = 5
    step_factor: Annotated[float, '"step": what the rate is multiplied by at a drop'] = 0.1
    warmup_steps: Annotated[int, "optimizer updates during which the rate rises linearly from zero"] = 0
    label_smoothing: Annotated[float, "share of the target spread evenly over the classes"] = 0.0
    clip_norm: Annotated[float, "largest gradient norm; 0 means no clipping"] = 0.0
    patience: Annotated[int, "epochs without a better validation accuracy before stopping; 0 means never"] = 0
    flip: Annotated[bool, "augmentation: mirror half of the pictures"] = False
    shift: Annotated[int, "augmentation: move pictures by up to this many pixels"] = 0
    seed: Annotated[int, "of weights, order, augmentation and dropout"] = 0
    precision: Annotated[Precision, "auto measures which is faster here; the run's folder records the answer"] = "auto"

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
        raise_faults(faults)


@dataclass(frozen=True)
class DataConfig:
    """Which data set, how it is split, and how much of its training part is used."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: Annotated[str, '"cifar10", "digits", or the path of a folder with one subfolder per class'] = "cifar10"
    split: Annotated[Split, "cifar10: workshop or official; all others: seeded"] = "workshop"
    limit: Annotated[int, "training examples used, the first of the shuffled split; 0 means all"] = 0

    def __post_init__(self) -> None:
        faults = one_of("split", self.split, SPLITS) + at_least(0, limit=self.limit)
        if not self.name or "\0" in self.name:
            faults.append("the data set needs a name: cifar10, digits, or a folder with one subfolder per class")
        elif self.name != "cifar10" and self.split != "seeded":
            faults.append(f"split {self.split!r} exists for cifar10 only; for {self.name!r} use 'seeded'")
        elif self.name == "cifar10" and self.split == "seeded":
            faults.append("cifar10 has the splits 'workshop' and 'official'")
        raise_faults(faults)


@dataclass(frozen=True)
class RunConfig:
    """One training, whole: enough to repeat it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    name: str
    model: str = "cnn"  # a name in models.registry.MODELS
    options: CnnOptions = field(default_factory=CnnOptions)
    data: DataConfig = field(default_factory=DataConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        check_run_name(self.name)


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
    from pydantic import TypeAdapter, ValidationError  # only readers of run folders pay for it

    try:
        return TypeAdapter(RunConfig).validate_json(text)
    except ValidationError as error:
        raise InvalidConfigError(_faults_of(error.errors())) from None


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> list[str]:
    """The fault, as a list of none or one, of a value outside a fixed set."""
    return [] if value in allowed else [f"{name} is one of {', '.join(allowed)}, got {value!r}"]


def at_least(least: float, **values: float) -> list[str]:
    """One fault for each value that is below `least` or not finite."""
    return [
        f"{name} must be a number of at least {least}, got {value}"
        for name, value in values.items()
        if not (value >= least and isfinite(value))
    ]


def raise_faults(faults: list[str]) -> None:
    """Raise all faults as one `InvalidConfigError`, if there are any."""
    if faults:
        raise InvalidConfigError("; ".join(faults) + ".")


def _faults_of(errors: list[Any]) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'config'}: {e['msg']}" for e in errors) + "."
