"""What each word of a sentence does to a class: the model asked again without it (erasure, Li et al. 2016)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ccds_core.classifier import TextClassifier

MOST_WORDS = 64  # of a sentence; one more sentence is asked for each


def leave_one_out(classifier: TextClassifier, words: Sequence[str]) -> NDArray[np.float64]:
    """(W, n_classes): the probability of each class minus the one without the word. Signed: above 0 speaks for it."""
    read = list(words[:MOST_WORDS])
    rest = list(words[MOST_WORDS:])
    shortened = [classifier.encode(read[:place] + read[place + 1 :] + rest) for place in range(len(read))]
    probabilities = classifier.predict_many([classifier.encode(words), *shortened])  # (1 + W, n_classes)
    return probabilities[:1] - probabilities[1:]
