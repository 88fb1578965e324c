"""A labelled set of texts, split; and what is known to be wrong with it."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.checks import STRICT_JSON, raise_faults
from ccds_core.data.splits import PARTS, SplitRows


@dataclass(frozen=True)
class TextRows:
    """Texts in a fixed order, with their labels."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]  # (N,)
    classes: tuple[str, ...]
    split: SplitRows
    source: str  # said beside every figure measured on it

    @property
    def digest(self) -> str:
        """SHA-256 over texts, labels and class names: the same whatever file they came in."""
        return digest_texts(self.texts, [self.classes[label] for label in self.labels])


@dataclass(frozen=True)
class Noise:
    """Counts of what is doubtful in a data set, and how it is spread over the classes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    source: str
    counts: dict[str, dict[str, int]]  # part -> class -> rows
    two_labels: int  # different texts that stand there with two labels or more
    repeated: int  # different texts that stand in the training part twice or more
    shared: dict[str, int]  # "train and test" -> different texts that stand in both
    shared_disagreeing: dict[str, int]  # of those, how many carry different labels there

    def __post_init__(self) -> None:
        """It is said in sentences, also where it was read from a file."""
        faults = [] if self.shared.keys() == self.shared_disagreeing.keys() else ["shared needs the same pairs twice"]
        if not sum(self.counts.get("train", {}).values()):
            faults.append("counts needs the classes of the training part")
        raise_faults(faults)


def digest_texts(texts: Sequence[str], labels: Sequence[str]) -> str:
    """SHA-256 (hex) over rows of text and label."""
    digest = hashlib.sha256()
    for text, label in zip(texts, labels, strict=True):
        digest.update(f"{text}\0{label}\n".encode(errors="surrogatepass"))
    return digest.hexdigest()


def find_noise(rows: TextRows) -> Noise:
    """What is doubtful in a data set, counted over different texts."""
    names = {part: [rows.classes[label] for label in rows.labels[rows.split.part(part)]] for part in PARTS}
    labels_in: dict[str, dict[str, set[str]]] = {part: defaultdict(set) for part in PARTS}
    for part in PARTS:
        for row, label in zip(rows.split.part(part), names[part], strict=True):
            labels_in[part][rows.texts[row]].add(label)
    shared, disagreeing = {}, {}
    for one, other in (("train", "val"), ("train", "test"), ("val", "test")):
        both = labels_in[one].keys() & labels_in[other].keys()
        shared[f"{one} and {other}"] = len(both)
        disagreeing[f"{one} and {other}"] = sum(labels_in[one][text] != labels_in[other][text] for text in both)
    every = {text for part in PARTS for text in labels_in[part]}
    return Noise(
        source=rows.source,
        counts={part: {name: names[part].count(name) for name in rows.classes} for part in PARTS},
        two_labels=sum(len(set().union(*(labels_in[part].get(text, set()) for part in PARTS))) > 1 for text in every),
        repeated=sum(count > 1 for count in Counter(rows.texts[row] for row in rows.split.train).values()),
        shared=shared,
        shared_disagreeing=disagreeing,
    )
