"""MODELS: every model family by name. Pages, commands and tests list what this table lists."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from ccds_core.config.options import OPTIONS, Options, Task
from ccds_core.config.run_config import RunConfig
from ccds_core.errors import InvalidConfigError

if TYPE_CHECKING:
    from torch import nn

    from ccds_core.data.batching import TaskData

Capability = Literal[
    "feature-maps",  # a CNN's layers: maps, filters, signal, Grad-CAM
    "embeddings",  # a vector for each token between the text and the answer: `embed`, `forward_embedded`
    "attention",  # heads in layers: `attend`
    "word-vectors",  # one vector for each word of a vocabulary
    "word-counts",  # training texts of each class that hold a word
]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)


@dataclass(frozen=True)
class Fresh:
    """All that a run begins with."""

    data: "TaskData"
    model: "nn.Module"
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # name -> text, in the run's folder
    tensors_initialised: int = 0  # how many the chosen initialisation touched


@dataclass(frozen=True)
class ModelFamily:
    """One entry: how it is built and prepared, and what can be asked of it.

    `module` is imported when it is needed, since it brings torch. In it stand `build(options, n_classes, files)`, a
    fresh model, and `prepare(config)`, a `Fresh` for its first step.
    """

    module: str
    options: type[Options]
    summary: str
    capabilities: Collection[Capability]
    files: tuple[str, ...] = ()  # what its run folder holds besides the usual: name of a text file

    @property
    def task(self) -> Task:
        """What it reads: images or texts."""
        return self.options.task


MODELS: Mapping[str, ModelFamily] = MappingProxyType({
    "cnn": ModelFamily("ccds_core.models.cnn", OPTIONS["cnn"],
        "The workshop's CIFAR-10 network with every option", {"feature-maps"}),
    "text-embedding": ModelFamily("ccds_core.models.gru", OPTIONS["text-embedding"],
        "Bidirectional GRU over word embeddings: learned, or Word2Vec's", {"embeddings", "word-vectors"},
        ("vocabulary.json",)),
    "bert": ModelFamily("ccds_core.models.bert", OPTIONS["bert"],
        "A pretrained BERT-like encoder, fine-tuned", {"embeddings", "attention"}, ("tokenizer.json", "encoder.json")),
    "one-word": ModelFamily("ccds_core.models.word_rule", OPTIONS["one-word"],
        "Keyword baseline: the class of the most class-specific word of a text", {"word-counts"}, ("vocabulary.json",)),
})  # fmt: skip


def find_family(name: str) -> ModelFamily:
    """The entry of `MODELS`, or an error that names them all."""
    if name not in MODELS:
        raise InvalidConfigError(f"No model '{name}'. There: {', '.join(MODELS)}.")
    return MODELS[name]


def build_model(config: RunConfig, n_classes: int, files: Mapping[str, str] = MappingProxyType({})) -> "nn.Module":
    """A fresh model of the family that the config names; `files` are the texts of its run folder."""
    model: nn.Module = _module_of(config).build(config.options, n_classes, files)
    return model


def prepare(config: RunConfig) -> Fresh:
    """The data and the fresh model that the config names. Whatever is random follows torch's seed: set it first."""
    fresh: Fresh = _module_of(config).prepare(config)
    return fresh


def _module_of(config: RunConfig) -> Any:
    return import_module(find_family(config.model).module)
