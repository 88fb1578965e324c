"""MODELS: every model family by name. Pages, commands and tests list what this table lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccds_core.config import RunConfig
from ccds_core.errors import InvalidConfigError
from ccds_core.options import OPTIONS

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class ModelFamily:
    """One entry: what it solves, its options, how it is built."""

    task: str  # "image" or "text"
    options: type[Any]
    builder: Callable[[Any, int, Mapping[str, str]], "nn.Module"]  # (options, number of classes, files) -> fresh model
    summary: str
    files: tuple[str, ...] = ()  # what its run folder holds besides the usual: name of a text file


def _build_cnn(options: Any, n_classes: int, files: Mapping[str, str]) -> "nn.Module":
    from ccds_core.models.cnn import build_cnn

    return build_cnn(options, n_classes)


def _build_embedding(options: Any, n_classes: int, files: Mapping[str, str]) -> "nn.Module":
    from ccds_core.models.embedding import EmbeddingClassifier

    return EmbeddingClassifier(options, _count_words(files), n_classes)


def _build_bert(options: Any, n_classes: int, files: Mapping[str, str]) -> "nn.Module":
    from ccds_core.models.bert import ENCODER, build_bert

    return build_bert(files[ENCODER], n_classes, options.dropout)


def _build_one_word(options: Any, n_classes: int, files: Mapping[str, str]) -> "nn.Module":
    from ccds_core.models.one_word import OneWordRule

    return OneWordRule(options, _count_words(files), n_classes)


def _count_words(files: Mapping[str, str]) -> int:
    from ccds_core.data.vocabulary import VOCABULARY, read_vocabulary

    return len(read_vocabulary(files[VOCABULARY], 1, "run").vocabulary)


MODELS: Mapping[str, ModelFamily] = MappingProxyType(
    {
        "cnn": ModelFamily("image", OPTIONS["cnn"], _build_cnn, "The workshop's CIFAR-10 network under every toggle"),
        "text-embedding": ModelFamily(
            "text",
            OPTIONS["text-embedding"],
            _build_embedding,
            "Bidirectional GRU over a table of word vectors: learned, or Word2Vec's",
            ("vocabulary.json",),
        ),
        "bert": ModelFamily(
            "text",
            OPTIONS["bert"],
            _build_bert,
            "A pretrained BERT-like encoder, fine-tuned",
            ("tokenizer.json", "encoder.json"),
        ),
        "one-word": ModelFamily(
            "text",
            OPTIONS["one-word"],
            _build_one_word,
            "No learning: the class of the purest known word",
            ("vocabulary.json",),
        ),
    }
)


def find_family(name: str) -> ModelFamily:
    """The entry of `MODELS`, or an error that names them all."""
    if name not in MODELS:
        raise InvalidConfigError(f"No model '{name}'. There: {', '.join(MODELS)}.")
    return MODELS[name]


def build_model(config: RunConfig, n_classes: int, files: Mapping[str, str] = MappingProxyType({})) -> "nn.Module":
    """A fresh model of the family that the config names; `files` are the texts of its run folder."""
    return find_family(config.model).builder(config.options, n_classes, files)
