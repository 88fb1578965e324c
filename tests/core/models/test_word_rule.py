"""The one-word rule, worked by hand: counts of texts, the purest known word decides, the prior where none is known."""

import pytest
import torch

from ccds_core.config.options import OneWordOptions
from ccds_core.models.word_rule import OneWordRule, count_words
from ccds_core.runs.evaluate import evaluate_run
from ccds_core.runs.records import find_run

# ids: 0 padding, 1 unknown, then words 2 to 5
TEXTS = [[2, 3, 3], [2, 4], [2, 2, 1], [3, 4], [4]]
LABELS = [0, 0, 0, 1, 1]


def make_rule(smoothing=1.0, texts=TEXTS, labels=LABELS):
    rule = OneWordRule(OneWordOptions(smoothing=smoothing), 6, 2)
    count_words(rule, texts, labels)
    return rule.eval()


def answer(rule, ids):
    return rule(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.bool)).exp()[0]


def test_a_word_is_counted_once_in_each_text_that_holds_it():
    assert make_rule().counts.tolist() == [[0, 0], [0, 0], [3, 0], [1, 1], [1, 2], [0, 0]]
    assert make_rule().prior.tolist() == pytest.approx([0.6, 0.4])


def test_a_share_is_counted_with_the_imagined_texts_spread_over_the_classes():
    assert answer(make_rule(), [2]).tolist() == pytest.approx([3.5 / 4, 0.5 / 4])
    assert answer(make_rule(), [4]).tolist() == pytest.approx([1.5 / 4, 2.5 / 4])


def test_the_purest_known_word_decides_wherever_it_stands():
    rule = make_rule()
    for ids in ([2, 3, 4], [4, 3, 2], [1, 5, 2, 4]):
        assert answer(rule, ids).tolist() == answer(rule, [2]).tolist()


def test_without_a_known_word_the_answer_is_the_share_of_each_class():
    for ids in ([1], [5], [1, 5, 1]):
        assert answer(make_rule(), ids).tolist() == pytest.approx([0.6, 0.4])


def test_more_smoothing_makes_rare_words_weigh_less():
    texts, labels = [[2], *([[3]] * 20), [3], [4]], [0, *([1] * 20), 0, 1]
    little, much = (answer(make_rule(smoothing, texts, labels), [2, 3]) for smoothing in (0.01, 5.0))
    assert little[0] > 0.9, "the pure word seen once decides"
    assert much[1] > 0.7, "the frequent word decides"


def test_every_answer_is_a_probability_and_never_zero():
    rule = make_rule(smoothing=1e-6)
    for ids in ([2], [3], [4], [5], [1]):
        assert answer(rule, ids).sum().item() == pytest.approx(1)
        assert answer(rule, ids).log().isfinite().all()


def test_the_rule_has_nothing_to_train():
    assert list(make_rule().parameters()) == []
    assert set(make_rule().state_dict()) == {"counts", "prior"}


def test_its_only_epoch_has_the_accuracies_of_its_predictions(text_runs):
    record = find_run("one-word")
    (epoch,) = record.metrics.history
    for part, accuracy in (("train", epoch.train_accuracy), ("val", epoch.val_accuracy)):
        assert accuracy == evaluate_run(record, part).accuracy
