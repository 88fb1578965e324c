"""Word vectors by gensim: trained on the training texts alone, or read from a file of somebody's own."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from gensim.models import KeyedVectors, Word2Vec
from torch import Tensor

from ccds_core.errors import InvalidInputError, MissingDataError

# For a corpus of 300,000 words; gensim's own settings are for much larger ones. Skip-gram, more negatives, more epochs.
# A narrow window finds words that could stand in each other's place; with 5 words and 40 epochs, or with less of the
# frequent words (1e-4), the neighbours of "happy" were rare words and fillers.
WINDOW, NEGATIVE, EPOCHS, SAMPLE, ALPHA = 2, 10, 20, 1e-3, 0.025


def train_vectors(texts: Sequence[Sequence[str]], vocabulary: Sequence[str], size: int, seed: int) -> Tensor:
    """(n_words, size): a vector for each word of the vocabulary. The same seed gives the same vectors."""
    model = Word2Vec(
        [list(words) for words in texts],
        vector_size=size,
        window=WINDOW,
        min_count=1,
        sg=1,
        negative=NEGATIVE,
        sample=SAMPLE,
        alpha=ALPHA,
        epochs=EPOCHS,
        seed=seed + 1,  # gensim takes none below 1
        workers=1,  # more threads would make the result depend on their timing
        hashfxn=_hash,
    )
    return _arrange(model.wv, vocabulary, seed)


def read_vectors(path: Path, vocabulary: Sequence[str], seed: int) -> Tensor:
    """(n_words, size) from word2vec's binary or text format, or GloVe's; words it lacks are drawn at its spread."""
    if not path.is_file():
        raise MissingDataError(f"No vectors file '{path.name}'. Give the path of a word2vec or GloVe file.")
    binary = path.name.removesuffix(".gz").endswith(".bin")
    try:
        vectors = KeyedVectors.load_word2vec_format(
            str(path), binary=binary, no_header=not binary and _lacks_header(path), datatype=np.float16,
            unicode_errors="replace",
        )  # fmt: skip
    except (ValueError, EOFError, OSError, IndexError) as error:
        raise InvalidInputError(f"'{path.name}' is no word2vec or GloVe file: {str(error)[:120]}.") from None
    if not any(word in vectors.key_to_index for word in vocabulary):
        raise InvalidInputError(f"'{path.name}' knows none of the training texts' words.")
    return _arrange(vectors, vocabulary, seed)


def random_vectors(like: Tensor, seed: int) -> Tensor:
    """(n_words, size) drawn with the spread of `like`: what shows whether its directions matter (Kim 2014)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(like.shape, generator=generator) * like[2:].std()


def _arrange(vectors: KeyedVectors, vocabulary: Sequence[str], seed: int) -> Tensor:
    """Rows in the vocabulary's order; words without a vector are drawn with the spread of the rest."""
    found = [number for number, word in enumerate(vocabulary) if word in vectors.key_to_index]
    known = np.stack([vectors[vocabulary[number]] for number in found]).astype(np.float32)  # (found, size)
    rows = np.random.default_rng(seed).normal(0, known.std(), (len(vocabulary), known.shape[1])).astype(np.float32)
    rows[found] = known
    return torch.from_numpy(rows)


def _lacks_header(path: Path) -> bool:
    """GloVe's files begin with a word and its numbers, word2vec's with two counts."""
    if path.suffix == ".gz":
        return False
    with path.open("rb") as file:
        return len(file.readline(100_000).split()) > 2


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())
