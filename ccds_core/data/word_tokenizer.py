"""Words -> numbers and back: `Encoding`, made once per sentence and carried along, and the vocabulary of words."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

from ccds_core.errors import CheckpointError

PADDING, UNKNOWN = "[PAD]", "[UNK]"  # token ids 0 and 1 of every vocabulary of words
VOCABULARY = "vocabulary.json"  # the encoder's file in a run folder


@dataclass(frozen=True)
class Encoding:
    """One sentence as a model sees it."""

    token_ids: Tensor  # (1, T) int64
    mask: Tensor  # (1, T) bool, True = real token
    tokens: tuple[str, ...]  # T of them
    words: tuple[str, ...]  # those that are read, in their order
    word_of: tuple[int | None, ...]  # for each token the place of its word in `words`; None for special tokens
    known: tuple[bool, ...]  # for each word whether the model has seen it, or pieces of it
    n_left_out: int  # words beyond what the model can read


class TextEncoder(Protocol):
    """What turns words into a model's tokens; it writes itself into one file of the run folder."""

    @property
    def file(self) -> tuple[str, str]:
        """Name and content of that file."""

    def encode(self, words: Sequence[str]) -> Encoding:
        """Words, possibly none -> `Encoding`"""


@dataclass(frozen=True)
class WordEncoder:
    """One token per word; a word that was not seen often enough is `UNKNOWN`."""

    vocabulary: tuple[str, ...]  # PADDING, UNKNOWN, then words, the most frequent first
    max_tokens: int

    @cached_property
    def ids(self) -> dict[str, int]:
        """word -> token id"""
        return {word: number for number, word in enumerate(self.vocabulary)}

    @property
    def file(self) -> tuple[str, str]:
        """The vocabulary as a JSON list."""
        return VOCABULARY, json.dumps(self.vocabulary, ensure_ascii=False, indent=0) + "\n"

    def encode(self, words: Sequence[str]) -> Encoding:
        """Words -> one token each; no word at all is one unknown token, since a network needs something to read."""
        read = tuple(words[: self.max_tokens])
        ids = [self.ids.get(word, 1) for word in read] or [1]
        return Encoding(
            token_ids=torch.tensor([ids]),
            mask=torch.ones(1, len(ids), dtype=torch.bool),
            tokens=tuple(self.vocabulary[number] for number in ids),
            words=read,
            word_of=tuple(range(len(read))) or (None,),
            known=tuple(word in self.ids for word in read),
            n_left_out=len(words) - len(read),
        )


def build_vocabulary(texts: Iterable[Sequence[str]], min_count: int) -> tuple[str, ...]:
    """The words of at least `min_count` texts, the most frequent first, equals by alphabet."""
    counts = Counter(word for words in texts for word in set(words))
    kept = sorted((word for word, count in counts.items() if count >= min_count), key=lambda w: (-counts[w], w))
    return (PADDING, UNKNOWN, *kept)


def read_vocabulary(text: str, max_tokens: int, name: str) -> WordEncoder:
    """What `WordEncoder.file` wrote."""
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):  # lists in lists in lists
        words = None
    if not isinstance(words, list) or words[:2] != [PADDING, UNKNOWN] or len(set(map(str, words))) != len(words):
        raise CheckpointError(f"'{name}/{VOCABULARY}' is not a vocabulary: it is damaged or was changed.")
    return WordEncoder(tuple(map(str, words)), max_tokens)


def pad(encodings: Sequence[Encoding], padding_id: int = 0) -> tuple[Tensor, Tensor]:
    """Sentences of T_i tokens -> token_ids (B, T) and mask (B, T), padded on the right to the longest."""
    longest = max(encoding.mask.shape[1] for encoding in encodings)
    token_ids = torch.full((len(encodings), longest), padding_id, dtype=torch.int64)
    mask = torch.zeros(len(encodings), longest, dtype=torch.bool)
    for row, encoding in enumerate(encodings):
        length = encoding.mask.shape[1]
        token_ids[row, :length] = encoding.token_ids[0]
        mask[row, :length] = True
    return token_ids, mask
