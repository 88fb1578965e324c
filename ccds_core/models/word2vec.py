"""Word vectors by gensim: trained on the training texts alone, or read from a file."""

import zlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from gensim.models import KeyedVectors, Word2Vec
from gensim.utils import open as open_packed
from torch import Tensor

from ccds_core.errors import InvalidInputError, MissingDataError

# For a corpus of 300,000 words; gensim's own settings are for much larger ones. Skip-gram, more negatives, more epochs.
# A narrow window finds words that could stand in each other's place; with 5 words and 40 epochs, or with less of the
# frequent words (1e-4), the neighbours of "happy" were rare words and fillers.
WINDOW, NEGATIVE, EPOCHS, SAMPLE, ALPHA = 2, 10, 20, 1e-3, 0.025
MOST_NUMBERS = 10_000  # of a word's vector
LEAST_BYTES = {True: 4, False: 2}  # that a number takes in a file, binary or text: a digit and a space
LONGEST_HEADER = 100  # bytes
MOST_PACKED = 20  # times that gzip makes a file of vectors shorter; it was 2 to 3


def train_vectors(texts: Sequence[Sequence[str]], vocabulary: Sequence[str], size: int, seed: int) -> Tensor:
    """(n_words, size): a vector for each word of the vocabulary. The same seed gives the same vectors."""
    if not set(vocabulary).intersection(chain.from_iterable(texts)):
        raise InvalidInputError(
            "No word stands in enough of the training texts to train word vectors. Give more texts, or lower min_count."
        )
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
        no_header = not binary and _lacks_header(path)
        if not no_header:
            _check_header(path, binary)
        with np.errstate(over="ignore"):  # what float16 cannot hold becomes infinite and is refused below
            vectors = KeyedVectors.load_word2vec_format(
                str(path), binary=binary, no_header=no_header, datatype=np.float16, unicode_errors="replace"
            )
    except (ValueError, EOFError, OSError, IndexError, AssertionError, MemoryError) as error:
        raise InvalidInputError(f"'{path.name}' is no word2vec or GloVe file: {str(error)[:120]}.") from None
    if not any(word in vectors.key_to_index for word in vocabulary):
        raise InvalidInputError(f"'{path.name}' has none of the training texts' words.")
    return _arrange(vectors, vocabulary, seed)


def random_vectors(like: Tensor, seed: int) -> Tensor:
    """(n_words, size) drawn with the spread of `like`: what shows whether its directions matter (Kim 2014)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(like.shape, generator=generator) * like[2:].std()


def _arrange(vectors: KeyedVectors, vocabulary: Sequence[str], seed: int) -> Tensor:
    """Rows in the vocabulary's order; words without a vector are drawn with the spread of the rest."""
    numbers = [number for number, word in enumerate(vocabulary) if word in vectors.key_to_index]
    known = np.stack([vectors[vocabulary[number]] for number in numbers]).astype(np.float32)  # (known words, size)
    if not np.isfinite(known).all():
        words = [vocabulary[number] for number, row in zip(numbers, known, strict=True) if not np.isfinite(row).all()]
        raise InvalidInputError(f"The vector of '{words[0]}' has a value that is no finite number, or above 65,504.")
    rows = np.random.default_rng(seed).normal(0, known.std(), (len(vocabulary), known.shape[1])).astype(np.float32)
    rows[numbers] = known
    return torch.from_numpy(rows)


def _check_header(path: Path, binary: bool) -> None:
    """Refuse counts that the file is too short for: gensim makes room for them before it reads on."""
    with open_packed(str(path), "rb") as file:
        counts = [int(count) for count in file.readline(LONGEST_HEADER).split()]
    size = path.stat().st_size * (MOST_PACKED if path.suffix == ".gz" else 1)
    if len(counts) != 2 or not (0 < counts[0] <= size and 0 < counts[1] <= MOST_NUMBERS):
        raise ValueError("its first line is not a number of words and a number of values per word")
    if counts[0] * counts[1] * LEAST_BYTES[binary] > size:
        raise ValueError(f"it is too short for the {counts[0]:,} words that its first line names")


def _lacks_header(path: Path) -> bool:
    """GloVe's files begin with a word and its numbers, word2vec's with two counts."""
    if path.suffix == ".gz":
        return False
    with path.open("rb") as file:
        return len(file.readline(100_000).split()) > 2


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())
