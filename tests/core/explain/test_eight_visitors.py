"""Eight visitors ask one shared network at once, and each gets what it would get alone.

`CCDS_VISITS=500 python -m pytest -s tests/core/explain/test_eight_visitors.py` lets each of the eight ask five hundred
times.
"""

import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from ccds_core.data.examples import EXAMPLE_SENTENCES, EXAMPLES, open_example
from ccds_core.data.normalize import split_words
from ccds_core.explain.image_methods import explain_image
from ccds_core.explain.methods import IMAGE_METHODS
from ccds_core.explain.text_attribution import explain_text, measures_of
from ccds_core.models.classifier import ImageClassifier
from ccds_core.paths import PROJECT
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.shared_state import assert_untouched, state_of

VISITORS = 8
VISITS = int(os.environ.get("CCDS_VISITS", "3"))  # of each visitor
SHIPPED = ("architecture-4", "text-embedding", "text-word2vec-frozen", "bert-emotion")
CLASSES = (0, 3)
TOLERANCE = 1e-5  # of values that are shares, probabilities and logits: sums in another order, no more


@pytest.fixture(params=SHIPPED)
def classifier(request, monkeypatch):
    if not (PROJECT / "checkpoints" / request.param / "weights.safetensors").is_file():
        pytest.skip(f"checkpoints/ does not hold {request.param}")
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    return load_classifier(find_run(request.param))


def questions_for(classifier):
    """Every method, for two images or sentences of our own, each with a class of its own."""
    if isinstance(classifier, ImageClassifier):
        inputs = [classifier.encode(open_example(name)) for name in list(EXAMPLES)[:2]]
        return [(*one, method) for one in zip(inputs, CLASSES, strict=True) for method in IMAGE_METHODS]
    inputs = [tuple(split_words(text)) for text in list(EXAMPLE_SENTENCES.values())[:2]]
    return [(*one, method) for one in zip(inputs, CLASSES, strict=True) for method in measures_of(classifier)]


@pytest.mark.slow
def test_eight_visitors_at_once_get_what_each_gets_alone(classifier):
    explain = explain_image if isinstance(classifier, ImageClassifier) else explain_text
    questions = questions_for(classifier)
    alone = [explain(classifier, *question).attribution.values for question in questions]
    before, calls = state_of(classifier.model), torch.is_grad_enabled()

    def visit(visitor):
        """How far the furthest of this visitor's answers is from the one got alone."""
        chance, furthest = random.Random(visitor), 0.0
        for _ in range(VISITS):
            number = chance.randrange(len(questions))
            values = explain(classifier, *questions[number]).attribution.values
            furthest = max(furthest, float(np.abs(values - alone[number]).max()))
        return furthest

    with ThreadPoolExecutor(VISITORS) as pool:
        furthest = max(pool.map(visit, range(VISITORS)))
    sys.stdout.write(f"\n{classifier.name}: {VISITORS} x {VISITS}, furthest from what each gets alone {furthest:.1e}\n")
    assert furthest <= TOLERANCE
    assert_untouched(before, classifier.model)
    assert torch.is_grad_enabled() is calls
