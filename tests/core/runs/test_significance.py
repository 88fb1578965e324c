"""Two runs on the same rows: McNemar's exact test agrees with the binomial one, and its sentence with its counts."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ccds_core.runs.significance import SIGNIFICANT, PairedTest, compare_pairs
from ccds_core.training.metrics import mcnemar, paired_interval
from tests.support.made_up_runs import make_evaluation, make_record

COUNTS = st.integers(0, 300)


def record_with(name, wrong, n=200, digest="0" * 64):
    """A tested run that gets exactly these rows wrong."""
    record = make_record(name, test=replace(make_evaluation(0.5, n), mistakes=tuple((row, 0) for row in wrong)))
    return replace(record, metrics=replace(record.metrics, data_digest=digest))


@given(COUNTS, COUNTS)
def test_mcnemars_p_is_the_exact_binomial_one(one, other):
    expected = binomtest(one, one + other, 0.5).pvalue if one + other else 1.0
    assert mcnemar(one, other) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(COUNTS, COUNTS)
def test_it_does_not_matter_which_model_is_named_first(one, other):
    assert mcnemar(one, other) == mcnemar(other, one)
    assert 0 <= mcnemar(one, other) <= 1


@given(COUNTS)
def test_models_that_are_right_alone_equally_often_do_not_differ(count):
    assert mcnemar(count, count) == 1.0


@given(COUNTS, COUNTS)
def test_the_interval_of_a_difference_contains_zero_where_it_is_not_significant(one, other):
    low, high = paired_interval(one, other, 700)
    assert low <= (one - other) / 700 <= high
    assert (low <= 0 <= high) == (mcnemar(one, other) >= SIGNIFICANT)
    assert paired_interval(other, one, 700) == pytest.approx((-high, -low))


def test_huge_counts_stay_numbers():
    assert mcnemar(0, 5000) == 0.0
    assert 0.9 < mcnemar(10_000, 10_010) <= 1.0


def test_only_rows_that_one_run_has_right_count():
    (pair,) = compare_pairs([record_with("one", range(10)), record_with("two", range(5, 40))])
    assert (pair.better, pair.other, pair.n) == ("one", "two", 200)
    assert (pair.only_better, pair.only_other) == (30, 5)
    assert pair.p_value == mcnemar(30, 5)
    assert pair.significant
    assert "differ on 35 of 200" in pair.sentence


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_the_better_run_is_named_first_and_the_counts_explain_the_mistakes(one, other):
    (pair,) = compare_pairs([record_with("one", one), record_with("other", other)])
    mistakes = {"one": one, "other": other}
    assert len(mistakes[pair.better]) <= len(mistakes[pair.other])
    assert pair.only_better == len(mistakes[pair.other] - mistakes[pair.better])
    assert pair.only_better - pair.only_other == len(mistakes[pair.other]) - len(mistakes[pair.better])


def test_every_pair_stands_once_the_surest_first():
    records = [record_with(f"run-{n}", range(n * n)) for n in range(1, 6)]
    pairs = compare_pairs(records)
    assert {frozenset((pair.better, pair.other)) for pair in pairs} == {
        frozenset((one.name, other.name)) for one, other in combinations(records, 2)
    }
    assert [pair.p_value for pair in pairs] == sorted(pair.p_value for pair in pairs)


@pytest.mark.parametrize("other", ["other data", "other size", "other split", "mistakes unknown", "untested"])
def test_runs_on_other_rows_are_not_compared(other):
    one = record_with("one", range(9))
    two = {
        "other data": record_with("two", range(9), digest="1" * 64),
        "other size": record_with("two", range(9), n=100),
        "other split": _resplit(record_with("two", range(9))),
        "mistakes unknown": make_record("two", test=replace(make_evaluation(0.5), mistakes=None)),
        "untested": make_record("two"),
    }[other]
    assert compare_pairs([one, two]) == []


def test_a_difference_is_significant_only_below_the_threshold():
    cases = ((0.049, True, "p = 0.049"), (0.05, False, "not significant"), (1e-9, True, "p < 0.001"))
    for p_value, significant, text in cases:
        pair = PairedTest("one", "two", 2000, 30, 5, p_value, "texts")
        assert pair.significant == significant
        assert text in pair.sentence
        assert "differ on 35 of 2,000 texts" in pair.sentence


def test_rows_are_texts_or_images():
    texts = [record_with(f"{name}-seed-0", range(n)) for n, name in ((3, "one-word-rule"), (5, "bert-emotion"))]
    assert [pair.what for pair in compare_pairs(texts)] == ["texts"]
    assert [pair.what for pair in compare_pairs([record_with("a", [1]), record_with("b", [])])] == ["images"]


def _resplit(record):
    config = record.card.config
    other = replace(config, data=replace(config.data, split="official"))
    return replace(record, card=replace(record.card, config=other))
