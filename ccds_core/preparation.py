"""A `RunConfig` -> its data and a fresh model, ready for the first step. Whatever is random follows torch's seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import torch
from torch import Tensor, nn

from ccds_core.config import RunConfig
from ccds_core.data.batches import TaskData
from ccds_core.data.catalog import load_image_data, load_text_rows
from ccds_core.data.text_batches import TextData
from ccds_core.data.text_rows import TextRows
from ccds_core.data.vocabulary import WordEncoder, build_vocabulary
from ccds_core.data.words import split_words
from ccds_core.errors import InvalidConfigError
from ccds_core.models.registry import build_model
from ccds_core.options import BertOptions, CnnOptions, EmbeddingOptions, OneWordOptions


@dataclass(frozen=True)
class Fresh:
    """All that a run begins with."""

    data: TaskData
    model: nn.Module
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # name -> text, in the run's folder
    tensors_initialised: int = 0  # how many the chosen initialisation touched


def prepare(config: RunConfig) -> Fresh:
    """The data and the model that the config names. Set torch's seed first."""
    makers: dict[type, Callable[[RunConfig], Fresh]] = {
        CnnOptions: _prepare_cnn,
        EmbeddingOptions: _prepare_embedding,
        BertOptions: _prepare_bert,
        OneWordOptions: _prepare_one_word,
    }
    return makers[type(config.options)](config)


def _prepare_cnn(config: RunConfig) -> Fresh:
    from ccds_core.models.cnn import initialise

    assert isinstance(config.options, CnnOptions)
    data = load_image_data(config.data)
    normed = config.options.linear_batch_norm or config.options.conv_batch_norm
    if normed and min(config.train.batch_size, len(data.split.train)) < 2:
        raise InvalidConfigError("Batch norm needs at least two examples in a batch; raise batch_size or limit.")
    torch.manual_seed(config.train.seed)
    model = build_model(config, len(data.classes))
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        touched = initialise(build_model(config, len(data.classes)), config.options.initialisation)
    if config.train.twin_start:
        _begin_as_twin(model, config, len(data.classes))
    return Fresh(data, model, tensors_initialised=touched)


def _begin_as_twin(model: nn.Module, config: RunConfig, n_classes: int) -> None:
    """Give the model the first weights that architecture 1 has with this seed and initialisation, where they fit.

    An extra conv draws before the linear layers do, so that without this they would begin elsewhere.
    """
    assert isinstance(config.options, CnnOptions)
    torch.manual_seed(config.train.seed)
    plain = CnnOptions(initialisation=config.options.initialisation)
    twin = build_model(replace(config, options=plain), n_classes).state_dict()
    own = model.state_dict()
    for name in own.keys() & twin.keys():
        if own[name].shape == twin[name].shape:
            own[name].copy_(twin[name])


def _prepare_embedding(config: RunConfig) -> Fresh:
    from ccds_core.models.embedding import EmbeddingClassifier, put_vectors

    options = config.options
    assert isinstance(options, EmbeddingOptions)
    rows = load_text_rows(config.data)
    texts = _train_words(rows)
    encoder = WordEncoder(build_vocabulary(texts, options.min_count), options.max_tokens)
    vectors = None if options.table == "learned" else _draw_vectors(config, texts, encoder.vocabulary)
    if vectors is not None and vectors.shape[1] != options.vector_size:
        raise InvalidConfigError(
            f"The vectors file has {vectors.shape[1]} numbers per word: set vector_size to {vectors.shape[1]}."
        )
    files = dict([encoder.file])
    torch.manual_seed(config.train.seed)
    model = build_model(config, len(rows.classes), files)
    assert isinstance(model, EmbeddingClassifier)
    if vectors is not None:
        put_vectors(model, vectors)
    return Fresh(TextData(rows, encoder, options.unknown_share), model, files)


def _draw_vectors(config: RunConfig, texts: list[list[str]], vocabulary: tuple[str, ...]) -> Tensor:
    """(n_words, size): Word2Vec's, from the training texts or a file, or random ones with their spread."""
    from ccds_core.models.word2vec import random_vectors, read_vectors, train_vectors

    options, seed = config.options, config.train.seed
    assert isinstance(options, EmbeddingOptions)
    if options.vectors:
        return read_vectors(Path(options.vectors), vocabulary, seed)
    vectors = train_vectors(texts, vocabulary, options.vector_size, seed)
    return random_vectors(vectors, seed) if options.table == "random" else vectors


def _prepare_bert(config: RunConfig) -> Fresh:
    from ccds_core.data.word_pieces import TOKENIZER, read_tokenizer
    from ccds_core.models.bert import load_base

    assert isinstance(config.options, BertOptions)
    rows = load_text_rows(config.data)
    torch.manual_seed(config.train.seed)  # the last layer is drawn
    base = load_base(config.options, len(rows.classes))
    encoder = read_tokenizer(base.files[TOKENIZER], config.options.max_tokens, config.name)
    return Fresh(TextData(rows, encoder), base.model, base.files)


def _prepare_one_word(config: RunConfig) -> Fresh:
    from ccds_core.models.one_word import OneWordRule, count_words

    options = config.options
    assert isinstance(options, OneWordOptions)
    rows = load_text_rows(config.data)
    texts = _train_words(rows)
    encoder = WordEncoder(build_vocabulary(texts, options.min_count), options.max_tokens)
    files = dict([encoder.file])
    model = build_model(config, len(rows.classes), files)
    assert isinstance(model, OneWordRule)
    ids = [[encoder.ids.get(word, 1) for word in words] for words in texts]
    count_words(model, ids, rows.labels[rows.split.train].tolist())
    return Fresh(TextData(rows, encoder), model, files)


def _train_words(rows: TextRows) -> list[list[str]]:
    """The words of the training texts; nothing else may shape a vocabulary or its vectors."""
    return [split_words(rows.texts[row]) for row in rows.split.train]
