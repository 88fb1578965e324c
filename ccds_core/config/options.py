"""The options of each model family: frozen records that check themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, get_args, get_type_hints

from ccds_core.validation import STRICT_JSON, at_least, one_of, raise_faults

Activation = Literal["relu", "sigmoid", "tanh", "gelu"]
Initialisation = Literal["default", "xavier-as-written", "xavier", "xavier-everywhere", "he"]
Task = Literal["image", "text"]
Table = Literal["learned", "random", "frozen", "fine-tuned"]

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
INITIALISATIONS: tuple[Initialisation, ...] = get_args(Initialisation)
TABLES: tuple[Table, ...] = get_args(Table)
MOST_TOKENS = 512  # positions of a BERT
LINEAR_LAYERS = (3, 7)  # minimum (the workshop's) and maximum (enough to see an effect grow with depth)


@dataclass(frozen=True)
class Wording:
    """The texts of one option: its help, its label on the pages, and its sentence where networks are compared."""

    help: str
    label: str = ""
    change: str = ""  # the change from architecture 1 in words; `describe_changes` fills it in
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # value -> its label

    @property
    def sentence(self) -> str:
        """The help as a sentence."""
        return f"{self.help[:1].upper()}{self.help[1:]}."


@dataclass(frozen=True)
class CnnOptions:
    """The workshop's CNN with all its options; the defaults are architecture 1."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    family: ClassVar[str] = "cnn"
    task: ClassVar[Task] = "image"
    activation: Annotated[
        Activation,
        Wording(
            "activation after every fully connected layer except the last",
            "FC activation",
            "{name} instead of ReLU after {n_hidden} FC layers",
            {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh", "gelu": "GELU"},
        ),
    ] = "relu"
    extra_conv: Annotated[
        bool,
        Wording(
            "one more conv layer with ReLU, after the last pooling",
            "Extra conv layer",
            "an extra conv layer",
        ),
    ] = False
    linear_batch_norm: Annotated[
        bool,
        Wording(
            "BatchNorm1d between each fully connected layer and its activation",
            "Batch norm: FC layers",
            "batch norm on {n_hidden} FC layers",
        ),
    ] = False
    conv_batch_norm: Annotated[
        bool,
        Wording(
            "BatchNorm2d between each conv layer and its ReLU",
            "Batch norm: conv layers",
            "batch norm on {n_convs} conv layers",
        ),
    ] = False
    dropout: Annotated[
        float,
        Wording(
            "probability, of dropout after every fully connected layer except the last",
            "Dropout",
            "dropout {value:g}",
        ),
    ] = 0.0
    initialisation: Annotated[
        Initialisation,
        Wording(
            "how the initial weights are drawn",
            "Weight initialization",
            "{name} redraws {n_redrawn} tensors",
            {
                "default": "PyTorch default",
                "xavier-as-written": "Xavier (report's bug)",
                "xavier": "Xavier (fixed)",
                "xavier-everywhere": "Xavier, conv layers too",
                "he": "He",
            },
        ),
    ] = "default"
    linear_layers: Annotated[int, Wording(
        "3 to 7; each extra layer has as many units as the second", "FC layers",
        "{value} FC layers instead of 3",
    )] = 3  # fmt: skip

    def __post_init__(self) -> None:
        faults = []
        faults += one_of("activation", self.activation, ACTIVATIONS)
        faults += one_of("initialisation", self.initialisation, INITIALISATIONS)
        least, most = LINEAR_LAYERS
        if not least <= self.linear_layers <= most:
            faults.append(f"linear_layers must be from {least} to {most}, got {self.linear_layers}")
        raise_faults(faults + _probabilities(dropout=self.dropout))


@dataclass(frozen=True)
class EmbeddingOptions:
    """A bidirectional GRU over word embeddings; the defaults are embeddings learned from scratch."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    family: ClassVar[str] = "text-embedding"
    task: ClassVar[Task] = "text"
    table: Annotated[
        Table,
        "embeddings. learned: random init, trained; frozen, fine-tuned: Word2Vec's vectors, kept or trained; "
        "random: random init with Word2Vec's std, trained",
    ] = "learned"
    vectors: Annotated[str, "word2vec or GloVe file; empty: Word2Vec is trained on the training texts"] = ""
    vector_size: Annotated[int, "dimensions of an embedding; a vectors file sets its own"] = 200
    spread: Annotated[float, "standard deviation of learned embeddings at initialization; torch's default is 1"] = 0.3
    hidden: Annotated[int, "units of the GRU in each direction"] = 128
    dropout: Annotated[float, "dropout probability, on the embeddings and before the last layer"] = 0.5
    min_count: Annotated[int, "minimum frequency: a word in fewer training texts is out of vocabulary"] = 2
    unknown_share: Annotated[float, "fraction of known words replaced by the unknown word during training"] = 0.05
    max_tokens: Annotated[int, "maximum number of words; longer texts are truncated"] = 128

    def __post_init__(self) -> None:
        faults = one_of("table", self.table, TABLES)
        faults += at_least(1, vector_size=self.vector_size, hidden=self.hidden, min_count=self.min_count)
        faults += at_least(1, max_tokens=self.max_tokens) + at_least(0, spread=self.spread)
        faults += _probabilities(dropout=self.dropout, unknown_share=self.unknown_share)
        if self.vectors and self.table not in ("frozen", "fine-tuned"):
            faults.append(f"a vectors file needs the table 'frozen' or 'fine-tuned', got {self.table!r}")
        raise_faults(faults)


@dataclass(frozen=True)
class BertOptions:
    """A pretrained encoder with a new linear layer, all fine-tuned."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    family: ClassVar[str] = "bert"
    task: ClassVar[Task] = "text"
    base: Annotated[str, "a folder, a name in the models folder, or OWNER/NAME on the Hugging Face hub"] = (
        "all-MiniLM-L6-v2"
    )
    dropout: Annotated[float, "dropout probability, in the encoder and before the last layer"] = 0.1
    max_tokens: Annotated[int, "maximum number of tokens, including [CLS] and [SEP]; longer texts are truncated"] = 128

    def __post_init__(self) -> None:
        faults = _probabilities(dropout=self.dropout)
        if not 3 <= self.max_tokens <= MOST_TOKENS:
            faults.append(f"max_tokens must be from 3 to {MOST_TOKENS}, got {self.max_tokens}")
        if not self.base or "\0" in self.base:
            faults.append("base must name a pretrained encoder: a folder, or OWNER/NAME on the Hugging Face hub")
        raise_faults(faults)


@dataclass(frozen=True)
class OneWordOptions:
    """The keyword baseline: a text gets the class of the known word that indicates one class most strongly."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    family: ClassVar[str] = "one-word"
    task: ClassVar[Task] = "text"
    min_count: Annotated[int, "minimum frequency: a word in fewer training texts is out of vocabulary"] = 2
    smoothing: Annotated[
        float, "additive smoothing: pseudo-counts per word over all classes together, so that rare words count less"
    ] = 5.0
    max_tokens: Annotated[int, "maximum number of words; longer texts are truncated"] = 128

    def __post_init__(self) -> None:
        faults = at_least(1, min_count=self.min_count, max_tokens=self.max_tokens)
        raise_faults(faults + at_least(1e-6, smoothing=self.smoothing))


Options = CnnOptions | EmbeddingOptions | BertOptions | OneWordOptions
# a family in `models.registry.MODELS` -> its record
OPTIONS: Mapping[str, type[Options]] = MappingProxyType({kind.family: kind for kind in get_args(Options)})


def narrow(options: Options, kind: type[Options]) -> Options:
    """The same choices as a record of `kind`, where JSON cannot tell the two apart; otherwise the record itself.

    A record whose fields all stand in a wider one may be read as that, its further fields at their defaults.
    """
    names = [each.name for each in fields(kind)]
    if isinstance(options, kind) or not all(hasattr(options, name) for name in names):
        return options
    values = {name: getattr(options, name) for name in names}
    return kind(**values) if replace(type(options)(), **values) == options else options


def wordings_of(record: type) -> dict[str, Wording]:
    """Field name -> its wording, from the annotations of a record of options."""
    hints = get_type_hints(record, include_extras=True)
    notes = {option.name: hints[option.name].__metadata__[0] for option in fields(record)}
    return {name: note if isinstance(note, Wording) else Wording(note) for name, note in notes.items()}


def _probabilities(**values: float) -> list[str]:
    return [f"{name} is a probability in [0, 1), got {value}" for name, value in values.items() if not 0 <= value < 1]
