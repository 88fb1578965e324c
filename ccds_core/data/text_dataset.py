"""A labelled set of texts, split; and what is known to be wrong with it.

It stands alone: it is imported without torch.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccds_core.data.splits import SplitRows


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


def digest_texts(texts: Sequence[str], labels: Sequence[str]) -> str:
    """SHA-256 (hex) over rows of text and label."""
    digest = hashlib.sha256()
    for text, label in zip(texts, labels, strict=True):
        digest.update(f"{text}\0{label}\n".encode(errors="surrogatepass"))
    return digest.hexdigest()
