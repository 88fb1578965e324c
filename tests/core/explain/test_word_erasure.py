"""Words left out of a sentence: what is asked again, and which measures know what the answer hangs on."""

import numpy as np
import pytest

from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.data.normalize import split_words
from ccds_core.explain.faithfulness import RANDOM, erase, gain, mean_gain
from ccds_core.explain.methods import TEXT_METHODS
from ccds_core.explain.text_attribution import ask_words, explain_for_erasure, explain_text, measures_of
from ccds_core.paths import PROJECT
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import TEXT_MODELS

WORDS = split_words("my cousin sounded keen and quiet by the kiln")


@pytest.fixture(params=TEXT_MODELS)
def classifier(request, text_runs):
    return load_classifier(find_run(request.param))


@pytest.fixture(params=["one-word-rule", "text-embedding"])
def shipped(request, monkeypatch):
    if not (PROJECT / "checkpoints" / request.param / "weights.safetensors").is_file():
        pytest.skip(f"checkpoints/ does not hold {request.param}")
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    return load_classifier(find_run(request.param))


def test_all_measures_at_once_are_those_that_are_asked_for_one_by_one(classifier):
    scores, ask = explain_for_erasure(classifier, WORDS, 1)
    assert tuple(scores) == measures_of(classifier)
    for method, values in scores.items():
        explained = explain_text(classifier, WORDS, 1, method)
        np.testing.assert_allclose(values, explained.attribution.values, atol=1e-6)
        assert (explained.words, values.shape) == (tuple(WORDS), (len(WORDS),))
        assert explained.attribution.signed == TEXT_METHODS[method].signed
    whole = classifier.predict(classifier.encode(WORDS)).probabilities[1]
    assert ask(np.ones((1, len(WORDS)), bool)) == pytest.approx([whole], abs=1e-6)


def test_words_that_are_not_kept_are_left_out_and_without_any_the_model_answers_to_none(classifier):
    kept = np.array([[place in some for place in range(len(WORDS))] for some in ((3,), (), (0, 3, 8))])
    sentences = (["keen"], [], ["my", "keen", "kiln"])
    expected = [classifier.predict(classifier.encode(words)).probabilities[2] for words in sentences]
    assert ask_words(classifier, WORDS, 2)(kept) == pytest.approx(expected, abs=1e-6)


def test_a_random_ranking_gains_about_nothing_and_a_measure_that_knows_something_gains_much(shipped):
    gains = {name: [] for name in ("random", "leave-one-out")}
    for seed, text in enumerate(list(EXAMPLE_SENTENCES.values())[:8] * 5):
        words = split_words(text)
        target = shipped.predict(shipped.encode(words)).index
        noise = np.random.default_rng(seed + 500).normal(size=len(words))
        known = explain_text(shipped, words, target, "leave-one-out").attribution.values
        found = erase({"random": noise, "leave-one-out": known}, ask_words(shipped, words, target), seed)
        for name, each in gains.items():
            each.append(gain(found[name], found[RANDOM]).comprehensiveness)
    random, known = mean_gain(gains["random"]), mean_gain(gains["leave-one-out"])
    assert random.low < 0 < random.high
    assert abs(random.mean) < 0.1 < known.low
