"""What can be chosen about each model: frozen records that check themselves. A record belongs to one family."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, get_args

from ccds_core.checks import STRICT_JSON, at_least, one_of, raise_faults

Activation = Literal["relu", "sigmoid", "tanh", "gelu"]
Initialisation = Literal["default", "xavier-as-written", "xavier", "xavier-everywhere", "he"]
Table = Literal["learned", "random", "frozen", "fine-tuned"]

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
INITIALISATIONS: tuple[Initialisation, ...] = get_args(Initialisation)
TABLES: tuple[Table, ...] = get_args(Table)
MOST_TOKENS = 512  # positions that a BERT has
LINEAR_LAYERS = (3, 7)  # fewest and most: the workshop's three, and enough to see an effect grow with depth


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
    linear_layers: Annotated[int, "3 to 7; each one more has as many units as the workshop's second"] = 3

    def __post_init__(self) -> None:
        faults = []
        faults += one_of("activation", self.activation, ACTIVATIONS)
        faults += one_of("initialisation", self.initialisation, INITIALISATIONS)
        least, most = LINEAR_LAYERS
        if not least <= self.linear_layers <= most:
            faults.append(f"linear_layers is from {least} to {most}, got {self.linear_layers}")
        raise_faults(faults + _probabilities(dropout=self.dropout))


@dataclass(frozen=True)
class EmbeddingOptions:
    """A bidirectional GRU over a table of word vectors; the defaults are the learned torch embedding."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    table: Annotated[
        Table,
        "learned: drawn by torch, trained; frozen, fine-tuned: Word2Vec's vectors, kept or trained on; "
        "random: drawn with Word2Vec's spread, trained",
    ] = "learned"
    vectors: Annotated[str, "word2vec or GloVe file to take vectors from; empty: trained on the training texts"] = ""
    vector_size: Annotated[int, "numbers per word; a vectors file brings its own"] = 200
    spread: Annotated[float, "standard deviation of a learned table's first vectors; torch's own is 1"] = 0.3
    hidden: Annotated[int, "units of the GRU in each direction"] = 128
    dropout: Annotated[float, "probability, on the embedded words and before the last layer"] = 0.5
    min_count: Annotated[int, "a word seen in fewer training texts is unknown"] = 2
    unknown_share: Annotated[float, "share of known words shown to the network as unknown, in training"] = 0.05
    max_tokens: Annotated[int, "words of a text that are read; the rest is left out"] = 128

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
    """A pretrained encoder with a new linear layer on top, all of it trained."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    base: Annotated[str, "a folder, a name under the models folder, or OWNER/NAME of the Hugging Face hub"] = (
        "all-MiniLM-L6-v2"
    )
    dropout: Annotated[float, "probability, in the encoder and before the last layer"] = 0.1
    max_tokens: Annotated[int, "word pieces of a text that are read, [CLS] and [SEP] included"] = 128

    def __post_init__(self) -> None:
        faults = _probabilities(dropout=self.dropout)
        if not 3 <= self.max_tokens <= MOST_TOKENS:
            faults.append(f"max_tokens is from 3 to {MOST_TOKENS}, got {self.max_tokens}")
        if not self.base or "\0" in self.base:
            faults.append("base names a pretrained encoder: a folder, or a name of the Hugging Face hub")
        raise_faults(faults)


@dataclass(frozen=True)
class OneWordOptions:
    """The rule without learning: a text has the class of its purest known word."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    min_count: Annotated[int, "a word seen in fewer training texts is unknown"] = 2
    smoothing: Annotated[
        float, "imagined texts per word, spread evenly over the classes, so that rare words weigh less"
    ] = 5.0
    max_tokens: Annotated[int, "words of a text that are read; the rest is left out"] = 128

    def __post_init__(self) -> None:
        faults = at_least(1, min_count=self.min_count, max_tokens=self.max_tokens)
        raise_faults(faults + at_least(1e-6, smoothing=self.smoothing))


Options = CnnOptions | EmbeddingOptions | BertOptions | OneWordOptions
# a family in `models.registry.MODELS` -> its record
OPTIONS: Mapping[str, type[Options]] = MappingProxyType(
    {"cnn": CnnOptions, "text-embedding": EmbeddingOptions, "bert": BertOptions, "one-word": OneWordOptions}
)


def _probabilities(**values: float) -> list[str]:
    return [f"{name} is a probability in [0, 1), got {value}" for name, value in values.items() if not 0 <= value < 1]
