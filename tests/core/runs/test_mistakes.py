"""The misclassified test examples of a run: all of them, the most confident first, selected by label and prediction."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ccds_core.data import emotion
from ccds_core.data.normalize import split_words
from ccds_core.errors import CheckpointError, MissingDataError
from ccds_core.models.classifier import encode_image
from ccds_core.paths import data_dir
from ccds_core.runs.mistakes import load_held_out, of_cell, rank_mistakes
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.made_up_runs import make_evaluation, make_record


@pytest.fixture
def wrong(small_run):
    record = find_run("small")
    return record, rank_mistakes(load_classifier(find_run("small")), record, load_held_out(record))


def test_every_mistake_is_listed_once_most_confident_first(wrong):
    record, mistakes = wrong
    test = record.metrics.test
    assert {(mistake.place, test.classes.index(mistake.prediction)) for mistake in mistakes} == set(test.mistakes)
    assert len(mistakes) == len(test.mistakes) == round(test.n * (1 - test.accuracy))
    confidences = [mistake.confidence for mistake in mistakes]
    assert confidences == sorted(confidences, reverse=True)
    assert min(confidences) > 1 / len(test.classes)  # the likeliest of ten is above a tenth


def test_a_mistake_refers_to_its_own_image(wrong):
    record, mistakes = wrong
    images, classifier = load_held_out(record), load_classifier(find_run("small"))

    worst = mistakes[0]
    image = Image.fromarray(images.pixels(np.array([worst.place]))[0])
    answer = classifier.predict(encode_image(image))
    assert answer.label == worst.prediction
    assert answer.confidence == pytest.approx(worst.confidence, abs=1e-5)
    assert record.metrics.test.classes[images.labels()[worst.place]] == worst.label


@pytest.mark.parametrize("name", ["text-embedding", "one-word-rule"])
def test_the_sentences_are_the_ones_that_were_answered_wrong(name):
    if emotion.find() is None:
        pytest.skip(f"no emotion data in {data_dir()}")
    record, classifier = find_run(name), load_classifier(find_run(name))
    texts = load_held_out(record)
    mistakes = rank_mistakes(classifier, record, texts)
    test = record.metrics.test
    assert {(mistake.place, test.classes.index(mistake.prediction)) for mistake in mistakes} == set(test.mistakes)
    for mistake in (mistakes[0], mistakes[-1]):
        answer = classifier.predict(classifier.encode(split_words(texts.text(mistake.place))))
        assert (answer.label, mistake.label) == (
            mistake.prediction,
            test.classes[texts.labels()[mistake.place]],
        )
        assert answer.confidence == pytest.approx(mistake.confidence, abs=1e-5)


def test_a_cell_holds_what_its_confusion_matrix_counts(wrong):
    record, mistakes = wrong
    test = record.metrics.test
    for row, label in enumerate(test.classes):
        for column, prediction in enumerate(test.classes):
            counted = test.confusion[row][column] if row != column else 0
            assert len(of_cell(mistakes, label, prediction)) == counted
    assert len(of_cell(mistakes, None, None)) == len(mistakes)


def test_a_run_that_kept_no_answers_row_by_row_says_so():
    record = make_record("architecture-1", test=replace(make_evaluation(0.5), mistakes=None))
    with pytest.raises(CheckpointError, match="for each row"):
        rank_mistakes(None, record, None)


def test_other_data_than_the_run_was_tested_on_are_refused(small_run, monkeypatch):
    record = find_run("small")
    object.__setattr__(record.metrics, "data_digest", "0" * 64)
    with pytest.raises(MissingDataError, match="not the one"):
        load_held_out(record)
