"""One sentence before a model: what it did not read is said, and what each word does adds nothing of its own."""

import numpy as np
import pytest

from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.data.normalize import split_words
from ccds_core.explain.text_inputs import MOST_WORDS, leave_one_out
from ccds_core.models.sentence_answer import SentenceAnswer, answer_sentence
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.made_up_runs import make_prediction
from tests.support.small_texts import TEXT_MODELS


def make_answer(words, unknown=(), n_left_out=0):
    prediction = make_prediction("cat")
    return SentenceAnswer(prediction, tuple(words), tuple(word not in unknown for word in words), n_left_out)


@pytest.fixture(params=TEXT_MODELS)
def classifier(request, text_runs):
    return load_classifier(find_run(request.param))


def test_a_sentence_that_is_read_whole_needs_no_notice():
    assert make_answer(["keen", "baker"]).notices == []
    assert make_answer([]).notices == []


def test_unknown_words_are_named_once_each_in_their_order():
    answer = make_answer(["b", "a", "keen", "b"], unknown=("a", "b"))
    assert answer.unknown == ["b", "a"]
    assert answer.notices == ["Out of vocabulary: b, a."]


def test_many_or_long_unknown_words_are_cut_short():
    words = ["keen", *(f"{letter}" * 80 for letter in "abcdefghijk")]
    (notice,) = make_answer(words, unknown=words[1:]).notices
    assert notice.endswith("and others.")
    assert len(notice) < 300


def test_eight_unknown_words_are_all_of_them():
    (notice,) = make_answer(["keen", *"abcdefgh"], unknown="abcdefgh").notices
    assert notice == "Out of vocabulary: a, b, c, d, e, f, g, h."


def test_a_sentence_of_unknown_words_only_says_that_its_answer_says_nothing():
    assert "says nothing about this text" in make_answer(["a", "b"], unknown=("a", "b")).notices[0]


def test_words_that_are_left_out_are_counted():
    assert make_answer(["keen"] * 3, n_left_out=1200).notices == [
        "Only the first 3 words are read; 1,200 more are not."
    ]


def test_an_answer_is_the_models_and_a_long_text_is_cut_where_the_model_says(classifier):
    words = ["keen"] * 500
    answer = answer_sentence(classifier, words)
    encoding = classifier.encode(words)
    assert np.array_equal(answer.prediction.probabilities, classifier.predict(encoding).probabilities)
    assert len(answer.words) + answer.n_left_out == 500
    assert answer.n_left_out > 0
    assert f"{answer.n_left_out:,} more are not" in answer.notices[0]


@pytest.mark.parametrize("sentence", EXAMPLE_SENTENCES)
def test_every_example_sentence_has_words_and_an_answer(classifier, sentence):
    words = split_words(EXAMPLE_SENTENCES[sentence])
    assert words
    assert answer_sentence(classifier, words).prediction.probabilities.sum() == pytest.approx(1)


def test_leaving_a_word_out_is_the_difference_to_the_sentence_without_it(classifier):
    words = split_words("my cousin sounded keen and quiet")
    effects = leave_one_out(classifier, words)
    assert effects.shape == (len(words), len(classifier.classes))
    whole = classifier.predict_many([classifier.encode(words)])[0]
    for place in range(len(words)):
        without = classifier.predict_many([classifier.encode(words[:place] + words[place + 1 :])])[0]
        assert np.allclose(effects[place], whole - without, atol=1e-6)


def test_what_a_word_gives_one_class_it_takes_from_the_others(classifier):
    effects = leave_one_out(classifier, split_words("nobody looked as irked as the baker"))
    assert np.allclose(effects.sum(axis=1), 0, atol=1e-6)
    assert np.abs(effects).max() <= 1


def test_one_word_and_very_many_words_can_be_left_out_too(classifier):
    assert leave_one_out(classifier, ["keen"]).shape == (1, 3)
    assert leave_one_out(classifier, ["keen"] * (MOST_WORDS + 9)).shape == (MOST_WORDS, 3)


def test_of_the_rule_only_the_purest_word_matters(text_runs):
    effects = leave_one_out(load_classifier(find_run("one-word")), split_words("the baker sounded irked"))
    assert np.abs(effects[3]).max() > 0.1
    assert np.allclose(effects[:3], 0)
