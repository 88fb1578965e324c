"""Attention as numbers: rows stay whole under merging and hiding, what is hidden is counted, rollout as by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.explain.attention import (
    AttentionMap,
    as_one_head,
    build_map,
    gradient_rollout,
    hide_special,
    mean_all,
    mean_heads,
    mean_layers,
    merge_pieces,
    most_changed_layer,
    received,
    rollout,
    sum_pieces,
)

WORDS = ("so", "very", "overwhelmed", "now")


@st.composite
def maps(draw, most_pieces=4):
    """An attention map of 1 to 4 words of some pieces each between [CLS] and [SEP], its rows drawn at random."""
    pieces = draw(st.lists(st.integers(1, most_pieces), min_size=1, max_size=len(WORDS)))
    owners = [word for word, n in enumerate(pieces) for _ in range(n)]
    word_of = [None, *owners, None]
    tokens = ["[CLS]", *(f"{WORDS[word]}-piece" for word in owners), "[SEP]"]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return build_map(tokens, word_of, random_rows(rng, len(tokens)))


def random_rows(rng, n_tokens, shape=(3, 2)):
    """(L, H, T, T), sharp and flat rows among them; each sums to 1."""
    logits = rng.normal(size=(*shape, n_tokens, n_tokens)) * rng.uniform(0.1, 12, size=(*shape, n_tokens, 1))
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)


def assert_whole(rows):
    np.testing.assert_allclose(rows.sum(axis=-1), 1, atol=1e-5)


@given(maps())
def test_rows_sum_to_one_before_and_after_merging_and_hiding(attention):
    assert_whole(attention.weights)
    merged = merge_pieces(attention, WORDS)
    for each in (merged, hide_special(merged), hide_special(attention), merge_pieces(hide_special(attention), WORDS)):
        assert_whole(each.weights)
        assert each.weights.shape[-2:] == (len(each.tokens),) * 2


@given(maps())
def test_kept_and_hidden_share_are_one_together(attention):
    shown = hide_special(attention)
    own = [place for place, special in enumerate(attention.special) if not special]
    kept = attention.weights[:, :, own][..., own].sum(axis=-1)
    np.testing.assert_allclose(kept + shown.hidden, 1, atol=1e-5)
    assert not attention.hidden.any(), "nothing is hidden while every token is shown"


@given(maps())
def test_hiding_never_changes_the_order_of_the_rest_nor_their_ratios(attention):
    own = [place for place, special in enumerate(attention.special) if not special]
    before = attention.weights[:, :, own][..., own].astype(np.float64)
    after = hide_special(attention).weights.astype(np.float64)
    np.testing.assert_allclose(after * before.sum(axis=-1, keepdims=True), before, rtol=1e-5, atol=1e-9)
    assert ((before[..., :, None] > before[..., None, :]) <= (after[..., :, None] >= after[..., None, :])).all()


@given(maps(most_pieces=1))
def test_merging_words_of_one_piece_changes_nothing_but_their_names(attention):
    merged = merge_pieces(attention, WORDS)
    np.testing.assert_array_equal(merged.weights, attention.weights)
    assert merged.word_of == attention.word_of
    assert merged.tokens == ("[CLS]", *WORDS[: len(merged.tokens) - 2], "[SEP]")


def test_a_word_receives_the_sum_of_its_pieces_and_reads_their_mean():
    weights = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.1, 0.1, 0.3], [0.1, 0.7, 0.1, 0.1], [0.25] * 4])[None, None]
    pieces = build_map(["[CLS]", "kil", "##n", "[SEP]"], [None, 0, 0, None], weights)
    merged = merge_pieces(replace(pieces, hidden=np.array([[[0.1, 0.2, 0.6, 0.3]]])), ["kiln"])
    expected = [[0.1, 0.5, 0.4], [0.3, 0.5, 0.2], [0.25, 0.5, 0.25]]
    np.testing.assert_allclose(merged.weights[0, 0], expected, rtol=1e-6)
    np.testing.assert_allclose(merged.hidden[0, 0], [0.1, 0.4, 0.3], rtol=1e-6)
    assert merged.tokens == ("[CLS]", "kiln", "[SEP]")


@given(maps())
def test_a_merged_word_hides_the_mean_of_what_its_pieces_hid(attention):
    hidden = hide_special(attention)
    merged = merge_pieces(hidden, WORDS)
    for place, word in enumerate(merged.word_of):
        pieces = [piece for piece, owner in enumerate(hidden.word_of) if owner == word]
        np.testing.assert_allclose(merged.hidden[..., place], hidden.hidden[..., pieces].mean(axis=-1), atol=1e-5)


def test_hiding_twice_is_hiding_once():
    attention = build_map(["[CLS]", "a", "b", "[SEP]"], [None, 0, 1, None], random_rows(np.random.default_rng(0), 4))
    once = hide_special(attention)
    twice = hide_special(once)
    np.testing.assert_allclose(twice.weights, once.weights, rtol=1e-6)
    np.testing.assert_allclose(twice.hidden, once.hidden, atol=1e-6)


def test_a_row_that_gave_words_nothing_is_even_and_wholly_hidden():
    weights = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.2, 0.3, 0.5]])[None, None]
    shown = hide_special(build_map(["a", "b", "[SEP]"], [0, 1, None], weights))
    np.testing.assert_array_equal(shown.weights[0, 0], [[0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_array_equal(shown.hidden[0, 0], [1, 1])


def test_two_special_tokens_alone_leave_nothing_to_show():
    shown = hide_special(build_map(["[CLS]", "[SEP]"], [None, None], np.full((2, 3, 2, 2), 0.5)))
    assert shown.tokens == ()
    assert shown.weights.shape == (2, 3, 0, 0)
    assert received(shown).shape == (2, 3, 0)


def test_rollout_is_the_two_layers_worked_by_hand():
    # both tokens read the first in layer 0 and the second in layer 1; half of each layer's output is its input:
    # R[0] = [[1, 0], [1/2, 1/2]], and R[1] = [[1/2, 1/2], [0, 1]] R[0] = [[3/4, 1/4], [1/2, 1/2]]
    weights = np.array([[[1, 0], [1, 0]], [[0, 1], [0, 1]]])[:, None]
    reached = rollout(build_map(["a", "b"], [0, 1], weights))
    np.testing.assert_array_equal(reached, [[[1, 0], [0.5, 0.5]], [[0.75, 0.25], [0.5, 0.5]]])


@given(maps())
def test_rollout_and_means_have_whole_rows_and_can_be_merged_and_hidden(attention):
    for layers in (rollout(attention), mean_heads(attention)):
        assert_whole(layers)
        one = hide_special(merge_pieces(as_one_head(attention, layers), WORDS))
        assert one.weights.shape[:2] == (3, 1)
        assert_whole(one.weights)
    assert_whole(mean_layers(attention))
    assert mean_layers(attention).shape[0] == 2
    np.testing.assert_allclose(mean_all(attention), mean_heads(attention).mean(axis=0), atol=1e-6)


def test_rollout_refuses_a_map_with_hidden_tokens():
    attention = build_map(["[CLS]", "a"], [None, 0], np.full((1, 1, 2, 2), 0.5))
    with pytest.raises(AssertionError, match="rollout needs every token"):
        rollout(hide_special(attention))


@given(maps())
def test_attention_received_is_shared_out_among_the_tokens(attention):
    np.testing.assert_allclose(received(attention).sum(axis=-1), 1, atol=1e-5)
    first = [(weights[:, 0]).mean() for weights in attention.weights.reshape(-1, *attention.weights.shape[-2:])]
    np.testing.assert_allclose(received(attention)[..., 0].ravel(), first, rtol=1e-4)


@given(maps())
def test_summing_pieces_loses_nothing_and_keeps_the_order_of_merging(attention):
    values = np.arange(2.0 * len(attention.tokens)).reshape(2, -1)
    summed = sum_pieces(values, attention.word_of)
    np.testing.assert_allclose(summed.sum(axis=-1), values.sum(axis=-1))
    assert summed.shape[-1] == len(merge_pieces(attention, WORDS).tokens)
    assert (summed[:, 0] == values[:, 0]).all()
    assert (summed[:, -1] == values[:, -1]).all()


def test_gradient_rollout_is_two_layers_worked_by_hand_and_forgets_what_speaks_against_the_class():
    # layer 0: one head of [[1/2, 1/2], [1/4, 3/4]], gradient 2 everywhere but -1 in a corner: C = [[1, 1], [0, 3/2]];
    # layer 1: two heads, one with gradient 0, the other reads all from the second: C = [[0, 1], [0, 1]] / 2
    # R[0] = I + C[0] = [[2, 1], [0, 5/2]]; R[1] = R[0] + C[1] R[0] = [[2, 9/4], [0, 15/4]]; minus I
    weights = np.array([[[[0.5, 0.5], [0.25, 0.75]]] * 2, [[[0, 1], [0, 1]]] * 2])
    gradients = np.array([[[[2, 2], [-1, 2]]] * 2, [[[0, 0], [0, 0]], [[1, 1], [1, 1]]]], dtype=float)
    relevance = gradient_rollout(build_map(["a", "b"], [0, 1], weights), gradients)
    np.testing.assert_allclose(relevance, [[1, 2.25], [0, 2.75]])


def test_a_map_whose_parts_do_not_fit_is_our_own_mistake():
    with pytest.raises(AssertionError, match="one row and one column per token"):
        AttentionMap(("a",), (0,), np.ones((1, 1, 2, 2), np.float32), np.zeros((1, 1, 2), np.float32))
    with pytest.raises(AssertionError, match="one hidden share per row"):
        AttentionMap(("a",), (0,), np.ones((1, 1, 1, 1), np.float32), np.zeros((1, 1, 2), np.float32))


def test_the_layer_whose_weights_moved_is_the_one_that_changes_most():
    rng = np.random.default_rng(0)
    before = build_map(("[CLS]", "so", "[SEP]"), (None, 0, None), random_rows(rng, 3))
    weights = before.weights.copy()
    weights[1, 0] = np.roll(weights[1, 0], 1, axis=-1)
    assert most_changed_layer(before, build_map(before.tokens, before.word_of, weights)) == 1
