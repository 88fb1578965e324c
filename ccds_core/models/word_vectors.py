"""A text model's word embeddings: nearest neighbours, arithmetic, and a map in two dimensions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ccds_core.data.normalize import split_words
from ccds_core.errors import InvalidInputError

if TYPE_CHECKING:
    from ccds_core.models.classifier import TextClassifier

FIRST_WORD = 2  # rows before it are padding and the unknown word
PERPLEXITY = 20  # of t-SNE (van der Maaten and Hinton 2008): about how many neighbours count as near
MAP_SEED = 0
FEWEST_TEXTS = 10  # training texts that a word must stand in before it is said to stand with a class
MAJORITY = 0.6  # share of them that must be of one class
BETWEEN = 3  # words of a map between which a word that is not on it is put


@dataclass(frozen=True)
class WordTable:
    """Words, the most frequent first, and their vectors."""

    name: str
    words: tuple[str, ...]
    vectors: NDArray[np.float32]  # (W, D)

    @cached_property
    def places(self) -> dict[str, int]:
        """word -> row"""
        return {word: place for place, word in enumerate(self.words)}

    @cached_property
    def directions(self) -> NDArray[np.float32]:
        """(W, D): the vectors at length one."""
        lengths = np.linalg.norm(self.vectors, axis=1, keepdims=True)
        return self.vectors / np.maximum(lengths, 1e-12)

    def place_of(self, word: str) -> int:
        """The row of a word as a person writes it, or an error that says what to do."""
        written = split_words(word)
        if len(written) != 1:
            raise InvalidInputError("Write one word, for instance happy." if not written else "One word at a time.")
        if written[0] not in self.places:
            raise InvalidInputError(
                f"'{written[0][:40]}' is not among the {len(self.words):,} words of {self.name}. Try another."
            )
        return self.places[written[0]]

    def similarity(self, one: str, other: str) -> float:
        """Cosine of two words, from -1 to 1."""
        return float(self.directions[self.place_of(one)] @ self.directions[self.place_of(other)])

    def neighbours(self, word: str, n: int) -> list[tuple[str, float]]:
        """The n words of highest cosine, the nearest first."""
        place = self.place_of(word)
        return self._nearest(self.directions[place], {place}, n)

    def nearness(self, word: str, other: str) -> float:
        """The share of all other words that are farther from `word` than the other is; 1 = it is the nearest."""
        place, other_place = self.place_of(word), self.place_of(other)
        cosines = self.directions @ self.directions[place]
        nearer = int((np.delete(cosines, [place, other_place]) >= cosines[other_place]).sum())
        return 1 - nearer / max(1, len(self.words) - 2)

    def combine(self, plus: Sequence[str], minus: Sequence[str], n: int) -> list[tuple[str, float]]:
        """The words nearest to a sum of directions (Mikolov et al. 2013), those of the sum left out."""
        if not plus and not minus:
            raise InvalidInputError("Write at least one word to add.")
        added, taken = ([self.place_of(word) for word in words] for words in (plus, minus))
        total = self.directions[added].sum(axis=0) - self.directions[taken].sum(axis=0)  # (D,)
        return self._nearest(total / max(float(np.linalg.norm(total)), 1e-12), {*added, *taken}, n)

    def of_words(self, words: Collection[str]) -> "WordTable":
        """The same table with those of its words alone that are among `words`."""
        places = [place for place, word in enumerate(self.words) if word in words]
        return WordTable(self.name, tuple(self.words[place] for place in places), self.vectors[places])

    def _nearest(self, direction: NDArray[np.float32], without: set[int], n: int) -> list[tuple[str, float]]:
        cosines = self.directions @ direction  # (W,)
        order = np.argsort(-cosines, kind="stable")
        kept = [int(place) for place in order[: n + len(without)] if int(place) not in without]
        return [(self.words[place], float(cosines[place])) for place in kept[:n]]


def read_table(classifier: "TextClassifier") -> WordTable:
    """The table that a text model looks its words up in; of a model without one, an error."""
    from ccds_core.data.word_tokenizer import WordEncoder

    weights = classifier.model.state_dict().get("embedding.weight")
    if weights is None or not isinstance(classifier.encoder, WordEncoder):
        raise InvalidInputError(f"'{classifier.name}' has no word embeddings.")
    return WordTable(classifier.name, classifier.encoder.vocabulary[FIRST_WORD:], weights[FIRST_WORD:].float().numpy())


def count_classes(classifier: "TextClassifier") -> dict[str, NDArray[np.int64]]:
    """word -> training texts of each class that hold it, as the keyword baseline counted them."""
    from ccds_core.data.word_tokenizer import WordEncoder
    from ccds_core.models.word_rule import OneWordRule

    if not isinstance(classifier.model, OneWordRule) or not isinstance(classifier.encoder, WordEncoder):
        raise InvalidInputError(f"'{classifier.name}' is not a keyword baseline, so it has no word counts.")
    counts = classifier.model.counts.long().numpy()
    return dict(zip(classifier.encoder.vocabulary[FIRST_WORD:], counts[FIRST_WORD:], strict=True))


def classes_of_words(counts: Mapping[str, NDArray[np.int64]], classes: tuple[str, ...]) -> dict[str, str]:
    """word -> the class of most of its training texts; words without a majority in one class are left out."""
    return {
        word: classes[int(row.argmax())]
        for word, row in counts.items()
        if row.sum() >= FEWEST_TEXTS and row.max() > MAJORITY * row.sum()
    }


def telling_words(
    table: WordTable, counts: Mapping[str, NDArray[np.int64]], class_of: Mapping[str, str], n: int
) -> list[str]:
    """The n words of the table that stand with a class, the most frequent first."""
    known = [word for word in class_of if word in table.places]
    return sorted(known, key=lambda word: (-int(counts[word].sum()), word))[:n]


def lay_out(table: WordTable, words: Sequence[str]) -> NDArray[np.float32]:
    """(len(words), 2): a map on which words with near directions stand near; the same words give the same map."""
    from sklearn.manifold import TSNE

    directions = table.directions[[table.places[word] for word in words]]
    perplexity = min(PERPLEXITY, (len(words) - 1) / 3)
    layout: NDArray[np.float32] = TSNE(
        perplexity=perplexity, metric="cosine", init="pca", random_state=MAP_SEED
    ).fit_transform(directions)
    return layout


def place_between(
    table: WordTable, words: Sequence[str], layout: NDArray[np.float32], word: str
) -> NDArray[np.float32]:
    """(2,): the middle of a word's nearest words on the map, which stays as it is."""
    near = table.of_words({*words, word}).neighbours(word, BETWEEN)
    places: NDArray[np.float32] = layout[[words.index(name) for name, _ in near]]  # (BETWEEN, 2)
    middle: NDArray[np.float32] = places.mean(axis=0)
    return middle


def same_class_share(table: WordTable, words: Sequence[str], class_of: Mapping[str, str]) -> float:
    """The share of words whose nearest word, among these, stands with the same class."""
    directions = table.directions[[table.places[word] for word in words]]  # (W, D)
    cosines = directions @ directions.T
    np.fill_diagonal(cosines, -2.0)
    nearest = cosines.argmax(axis=1)
    return float(
        np.mean([class_of[word] == class_of[words[place]] for word, place in zip(words, nearest, strict=True)])
    )
