"""Warnings about sentences: what each rule finds, how it is counted, and whether the shipped figures are its own."""

from collections import Counter

import numpy as np
import pytest

from ccds_core.errors import InvalidConfigError
from ccds_core.explain.trust import measured
from ccds_core.explain.trust.measure import DESERVE, find_kinds, held_out, score_warnings
from ccds_core.explain.trust.measured import SentenceTrust, WarningScore, default_models, load_trust, save_trust
from ccds_core.explain.trust.own_sentences import DEVELOP, LANGUAGES, TEST, OwnSentence, load_own_sentences
from ccds_core.explain.trust.warnings import (
    LANGUAGE,
    NEGATION,
    NO_FEELING,
    SCRIPT,
    VOCABULARY,
    WARNINGS,
    WordKnowledge,
    find_negated,
    find_warning,
    read_knowledge,
)
from ccds_core.runs.consensus import Reliability
from ccds_core.runs.records import list_runs
from ccds_core.runs.weights import load_classifier
from tests.support.run_fixtures import NO_TEXTS, has_shipped_texts

WORDS = "i am not so very happy sad the of is capital a dog and it was but we"
KNOWLEDGE = WordKnowledge(
    frozenset(WORDS.split()), frozenset({"france", "zebra"}), frozenset({"happy", "sad"}), ("joy", "sadness")
)
KINDS = {
    "I am so happy": None,
    "I feel it was so": None,  # "feel" tells that a feeling follows
    "আমি খুব খুশি": SCRIPT,
    "Я очень рада": SCRIPT,
    "Ich bin heute froh": LANGUAGE,
    "I am not happy": NEGATION,
    "I am not very happy": NEGATION,
    "I am sad, but it was not a dog": None,
    "Not a dog. I am happy": None,
    "not only happy": None,
    "It was a dog of the capital": NO_FEELING,
    "The capital of France is a dog": NO_FEELING,  # the encoder knows the word
    "The capital of Qwertz is a dog": NO_FEELING,  # a name
    "It was a qwertz of the capital": VOCABULARY,
}


@pytest.fixture(scope="module")
def knowledge():
    """What the shipped models know."""
    if not has_shipped_texts():
        pytest.skip(NO_TEXTS)
    runs = {run.name: run for run in list_runs()}
    return read_knowledge(load_classifier(runs["one-word-rule"]), load_classifier(runs["bert-emotion"]))


def sentence(emotion="joy", language="en", negated=False, rare=False, text="I am happy"):
    return OwnSentence(text, language, emotion, negated, rare, TEST)


@pytest.mark.parametrize("text", KINDS)
def test_a_text_gets_the_gravest_warning_or_none(text):
    warning = find_warning(text, KNOWLEDGE)
    assert (warning and warning.kind) == KINDS[text]
    assert warning is None or warning.message.endswith(".")


def test_a_negation_reaches_three_words_within_its_clause():
    assert find_negated("not it was very happy", KNOWLEDGE) == ["happy"]
    assert find_negated("not it was it very happy", KNOWLEDGE) == []
    assert find_negated("not happy and sad", KNOWLEDGE) == ["happy"]
    assert find_negated("not sad, happy", KNOWLEDGE) == ["sad"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The capital of France is Paris.", NO_FEELING),
        ("I am not happy", NEGATION),
        ("আজ আমি খুব খুশি।", SCRIPT),
        ("Ami aaj khub khushi.", LANGUAGE),
        ("I was flabbergasted by the bill.", VOCABULARY),
        ("I was so glad that it rained at last.", None),
    ],
)
def test_with_the_shipped_models_the_sentences_of_a_first_visit_get_their_warnings(knowledge, text, kind):
    warning = find_warning(text, knowledge)
    assert (warning and warning.kind) == kind


def test_our_own_sentences_are_many_in_five_languages_and_none_is_used_twice():
    sentences = load_own_sentences()
    assert len({each.text for each in sentences}) == len(sentences)
    assert len(held_out()) >= 200
    for part in (DEVELOP, TEST):
        counts = Counter(each.language for each in sentences if each.part == part)
        assert set(counts) == set(LANGUAGES)
        assert min(counts.values()) >= 20
    assert all(sum(map(deserves, held_out())) >= 14 for deserves in DESERVE.values())


def test_a_sentence_of_another_language_or_part_is_refused():
    with pytest.raises(InvalidConfigError):
        sentence(language="fi")
    with pytest.raises(InvalidConfigError):
        sentence(emotion="boredom")


def test_warnings_are_counted_on_both_sets():
    own = [
        sentence(text="I am not happy", emotion="sadness", negated=True),
        sentence(text="I am not sad", emotion="joy", negated=False),
        sentence(text="I am happy", negated=True),
        sentence(text="It was a dog of the capital", emotion="neutral"),
    ]
    own_wrong = np.array([True, False, False, True])
    val = find_kinds(["i am not happy", "i am sad"], KNOWLEDGE), np.array([True, True])
    scores = {score.kind: score for score in score_warnings(own, own_wrong, val, KNOWLEDGE)}
    assert set(scores) == set(WARNINGS)
    assert scores[NEGATION] == WarningScore(NEGATION, 4, 2, 2, 1, 1, 1, 1)
    assert (scores[NEGATION].precision, scores[NEGATION].recall) == (0.5, 0.5)
    assert scores[NO_FEELING] == WarningScore(NO_FEELING, 4, 1, 1, 1, 1, 0, 0)
    assert scores[SCRIPT].precision == scores[SCRIPT].recall == 0


@pytest.mark.parametrize("numbers", [(4, 2, 2, 3, 0, 0, 0), (4, 5, 2, 1, 0, 0, 0), (4, 2, 2, 1, 3, 0, 0)])
def test_counts_that_cannot_be_are_refused(numbers):
    with pytest.raises(InvalidConfigError):
        WarningScore(NEGATION, *numbers)
    with pytest.raises(InvalidConfigError, match="kind"):
        WarningScore("mood", 4, 2, 2, 1, 0, 0, 0)


def test_the_shipped_figures_are_those_of_the_rules_and_the_shipped_models(knowledge):
    """The rules cannot change, nor a sentence, without a new measurement."""
    trust = load_trust()
    own = held_out()
    given = find_kinds([each.text for each in own], knowledge)
    for place, kind in enumerate(WARNINGS):
        deserved = np.array([DESERVE[kind](each) for each in own])
        score = trust.score_of(kind)
        assert (score.n, score.true) == (len(own), deserved.sum())
        assert (score.given, score.right) == (given[:, place].sum(), (given[:, place] & deserved).sum())
    assert trust.n_unwarned == (~given.any(axis=1)).sum()
    assert list(trust.models) == default_models(run for run in list_runs() if run.shipped and run.task == "text")


def test_a_measurement_is_saved_and_found_for_exactly_its_models(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "checkpoints_dir", lambda: tmp_path)
    assert load_trust() is None
    both, alone = (Reliability(names, "made up", 0, 0, ()) for names in (("a", "b"), ("a",)))
    trust = SentenceTrust(("a", "b"), 10, 2, 4, 1, (both, alone), (WarningScore(NEGATION, 4, 2, 2, 1, 1, 4, 1),))
    save_trust(trust)
    assert load_trust() == trust
    assert trust.reliability_of({"b", "a"}) == both
    assert trust.reliability_of(["a"]) == alone
    assert trust.reliability_of(["b"]) is None
    assert trust.score_of(SCRIPT) is None
    assert trust.val_warned_share == 0.25
