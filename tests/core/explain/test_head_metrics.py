"""One number per head: made-up heads get the number and the badge that they were made for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.explain.attention import build_map, hide_special, received
from ccds_core.explain.head_metrics import (
    BADGES,
    distance,
    entropy,
    find_badges,
    measure_heads,
    measure_importance,
    measure_rank_correlation,
    special_share,
)
from ccds_core.training.metrics import rank_correlation

LENGTHS = (5, 9, 32)  # tokens, [CLS] and [SEP] among them


def read_offset(n, offset):
    """Every token reads the one `offset` places on, at the ends the nearest there is."""
    return np.eye(n)[np.clip(np.arange(n) + offset, 0, n - 1)]


def made_up_heads(n):
    """name -> (n, n), each head doing one thing"""
    sink, content = np.zeros((n, n)), np.zeros((n, n))
    sink[:, -1] = 1
    farthest = np.where(np.arange(n) < n / 2, n - 2, 1)  # the first and last word are read from the other half
    content[np.arange(n), farthest] = 1
    return {
        "broad": np.full((n, n), 1 / n),
        "previous": read_offset(n, -1),
        "next": read_offset(n, 1),
        "sink": sink,
        "content": content,
        None: np.eye(n),  # each token reads itself
    }


def as_map(heads):
    """(n, n) each -> a map of one layer, [CLS] and [SEP] at its ends"""
    n = len(heads[0])
    word_of = [None, *range(n - 2), None]
    return build_map([str(place) for place in range(n)], word_of, np.stack(heads)[None])


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize("haze", [0.0, 0.2])
def test_every_made_up_head_gets_its_own_badge(n, haze):
    heads = made_up_heads(n)
    even = np.full((n, n), 1 / n)
    found = find_badges(as_map([(1 - haze) * head + haze * even for head in heads.values()]))
    assert found == (tuple(heads),)
    assert set(found[0]) - {None} == set(BADGES)


def test_badges_stand_where_their_heads_stand():
    n = 6
    heads = made_up_heads(n)
    weights = np.stack([[heads["previous"], heads["sink"]], [heads["broad"], heads["next"]], [np.eye(n)] * 2])
    attention = build_map(list("abcdef"), [None, 0, 1, 2, 3, None], weights)
    assert find_badges(attention) == (("previous", "sink"), ("broad", "next"), (None, None))


def test_one_word_alone_gets_a_badge_only_for_what_it_can_do():
    sink = [[0, 0, 1]] * 3
    assert find_badges(as_map([np.full((3, 3), 1 / 3), np.array(sink), np.eye(3)])) == (("broad", "sink", None),)


@pytest.mark.parametrize("n", LENGTHS)
def test_entropy_is_one_for_even_rows_and_zero_for_rows_of_one_token(n):
    heads = made_up_heads(n)
    np.testing.assert_allclose(entropy(as_map([heads["broad"], heads["sink"]])), [[1, 0]], atol=1e-6)


def test_the_share_on_special_tokens_is_the_same_whether_they_are_shown_or_hidden():
    rows = np.random.default_rng(0).dirichlet(np.ones(7), size=(2, 7))
    attention = as_map(list(rows))
    shown = special_share(attention)
    np.testing.assert_allclose(shown[0], rows[:, 1:-1, [0, -1]].sum(axis=-1).mean(axis=-1), rtol=1e-5)
    np.testing.assert_allclose(special_share(hide_special(attention)), shown, rtol=1e-5)


@pytest.mark.parametrize("offset", [-2, -1, 1, 2])
def test_distance_counts_tokens_and_leaves_special_ones_out(offset):
    n = 40
    far = distance(as_map([read_offset(n, offset), np.eye(n)]))
    assert far[0, 1] == 0
    assert abs(offset) <= far[0, 0] < abs(offset) + 1, "the words at the end have no such word and read evenly"


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=9), st.randoms())
def test_a_ranking_agrees_with_itself_fully_and_with_its_reverse_not_at_all(values, random):
    values = np.array(values)
    expected = 0 if len(set(values)) == 1 else 1
    assert rank_correlation(values[None], values)[0] == pytest.approx(expected)
    assert rank_correlation(values[None], -values)[0] == pytest.approx(-expected)
    order = random.sample(range(len(values)), len(values))
    other = np.arange(len(values)) % 3
    moved = rank_correlation(values[None, order], other[order])
    np.testing.assert_allclose(moved, rank_correlation(values[None], other), atol=1e-12)


def test_rank_correlation_is_spearmans_by_hand():
    # ranks 1 2 3 4 against 2 1 4 3: 1 - 6 x 4 / (4 x 15) = 0.6
    assert rank_correlation(np.array([1.0, 2, 3, 4]), np.array([20.0, 10, 40, 30])) == pytest.approx(0.6)


def test_a_head_agrees_with_the_measure_that_ranks_words_as_it_does():
    rows = np.random.default_rng(1).dirichlet(np.ones(8), size=(3, 8))
    attention = as_map(list(rows))
    own = np.concatenate([[9.0], received(hide_special(attention))[0, 1], [9.0]])  # special tokens do not count
    measure = measure_rank_correlation(attention, own, "itself")
    assert measure.values[0, 1] == pytest.approx(1)
    assert (measure.low, measure.high, measure.signed) == (-1, 1, True)
    assert measure_rank_correlation(as_map([np.eye(4)]), np.ones(4), "too little") is None


def test_importance_is_the_size_of_the_gate_gradient():
    measure = measure_importance(np.array([[-3.0, 1.0], [0.0, 2.0]]))
    np.testing.assert_array_equal(measure.values, [[3, 1], [0, 2]])
    assert (measure.low, measure.high, measure.signed) == (0, 3, False)
    assert measure_importance(np.zeros((1, 1))).high > 0, "a scale needs two ends"


def test_every_measure_lies_on_its_scale_and_moves_with_its_head():
    rows = np.random.default_rng(2).dirichlet(np.full(9, 0.2), size=(4, 9))
    straight, turned = as_map(list(rows)), as_map(list(rows[::-1]))
    for one, other in zip(measure_heads(straight), measure_heads(turned), strict=True):
        np.testing.assert_allclose(one.values[:, ::-1], other.values)
        assert (one.low <= one.values).all()
        assert (one.values <= one.high).all()
        assert one.values.shape == (1, 4)
        assert np.ptp(one.values) > 0
