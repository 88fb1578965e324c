"""A sentence before BERTs of any shape: whole rows, exact gradients, and a shared model that is never touched."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from ccds_core.data.wordpiece_tokenizer import TOKENIZER, read_tokenizer
from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention import merge_pieces
from ccds_core.explain.attention_forward import attend, attend_pair, encode_pair
from ccds_core.explain.attention_view import Look, find_top_word, view_sentence
from ccds_core.explain.perturbation import find_mask, replace_word
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.shared_state import assert_untouched, state_of
from tests.support.small_berts import SHAPES, random_bert

WORDS = ["i", "felt", "feel", "quiet", "by", "the", "kiln"]
OTHERS = ["my", "baker", "was", "keen"]
KINDS = ("bert", "distilbert", "roberta", "electra")
COARSE = 9.0  # logits that integrated gradients may leave where their sum is not looked at


@pytest.fixture(params=SHAPES, ids=lambda shape: f"{shape[0]}x{shape[1]}")
def any_shape(request, bert_base):
    return random_bert(bert_base, *request.param)


@pytest.fixture
def small(bert_base):
    return random_bert(bert_base)


def test_a_sentence_gives_every_head_whole_rows_and_the_models_own_answer(any_shape):
    attended = attend(any_shape, WORDS, gap=COARSE)
    layers, heads, length, _ = attended.attention.weights.shape
    config = any_shape.model.network.config
    assert (layers, heads) == (config.num_hidden_layers, config.num_attention_heads)
    np.testing.assert_allclose(attended.attention.weights.sum(axis=-1), 1, atol=1e-5)
    encoding = any_shape.encode(WORDS)
    assert attended.attention.tokens == encoding.tokens
    expected = any_shape.model.attentions(encoding.token_ids, encoding.mask)[0]
    np.testing.assert_allclose(attended.attention.weights, expected, atol=1e-6)
    answer = any_shape.predict(encoding)
    np.testing.assert_allclose(attended.answer.prediction.probabilities, answer.probabilities, atol=1e-6)
    assert attended.target == answer.index
    assert attended.relevance.shape == (length,)
    assert attended.gate_gradients.shape == (layers, heads)
    assert [explained.values.shape for explained in attended.attributions] == [(length,)] * 2


def test_explaining_leaves_the_shared_model_as_it_was(any_shape):
    before = state_of(any_shape.model)
    attend(any_shape, WORDS, gap=COARSE)
    assert_untouched(before, any_shape.model)


def test_eight_visitors_at_once_on_a_fresh_model_get_what_each_gets_alone(bert_base):
    sentences = [[*WORDS[place:], *OTHERS[: 1 + place % 3]] for place in range(7)] + [WORDS]
    alone = [attend(random_bert(bert_base, 4, 3), words, gap=COARSE) for words in sentences]
    shared = random_bert(bert_base, 4, 3)  # never asked before: what records attention is not put in by the first
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            for one, other in zip(alone, pool.map(lambda w: attend(shared, w, gap=COARSE), sentences), strict=True):
                np.testing.assert_array_equal(one.attention.weights, other.attention.weights)
                np.testing.assert_array_equal(one.relevance, other.relevance)
                np.testing.assert_array_equal(one.gate_gradients, other.gate_gradients)
                np.testing.assert_array_equal(one.attributions[1].values, other.attributions[1].values)


@pytest.mark.parametrize("mask", [True, False], ids=["[MASK]", "no mask token"])
def test_integrated_gradients_add_up_to_the_difference_that_the_words_make(bert_base, mask):
    classifier = random_bert(bert_base, 2, 2, mask=mask)
    classifier.model.double()
    attended = attend(classifier, WORDS, target=1, gap=1e-5)
    encoding = classifier.encode(WORDS)
    own = torch.tensor([place is not None for place in encoding.word_of])
    logits_fn = lambda some: classifier.model.forward_embedded(some, encoding.mask)  # noqa: E731
    embedded = classifier.model.embed(encoding.token_ids)
    if mask:
        ids = torch.where(own, find_mask(classifier.encoder).id, encoding.token_ids)
        baseline = classifier.model.embed(ids)
    else:
        baseline = torch.where(own[None, :, None], 0.0, embedded)
    difference = float((logits_fn(embedded) - logits_fn(baseline))[0, 1])
    assert difference != pytest.approx(0, abs=1e-3)
    values = attended.attributions[1].values
    assert values.sum() + attended.attributions[1].completeness_gap == pytest.approx(difference, abs=1e-6)
    assert values.sum() == pytest.approx(difference, abs=0.02 * abs(difference))
    assert not values[[0, -1]].any(), "special tokens stay, so nothing is theirs"


def test_relevance_and_gate_gradients_are_about_the_class_asked_for(any_shape):
    found = [attend(any_shape, WORDS, target=target, gap=None) for target in range(3)]
    assert [each.target for each in found] == [0, 1, 2]
    assert len(found[0].attributions) == 1, "no gap, no integrated gradients"
    for one, other in ((0, 1), (1, 2), (0, 2)):
        assert not np.allclose(found[one].relevance, found[other].relevance, rtol=1e-3)
        assert not np.allclose(found[one].gate_gradients, found[other].gate_gradients, rtol=1e-3)
        np.testing.assert_array_equal(found[one].attention.weights, found[other].attention.weights)
    assert all((each.relevance >= 0).all() for each in found)


@pytest.mark.parametrize("kind", KINDS)
def test_other_families_of_encoders_are_read_the_same_way(bert_base, kind):
    classifier = random_bert(bert_base, 3, 2, kind)
    attended = attend(classifier, WORDS, gap=COARSE)
    assert attended.attention.weights.shape[:2] == (3, 2)
    np.testing.assert_allclose(attended.attention.weights.sum(axis=-1), 1, atol=1e-5)


def test_a_model_without_heads_and_a_text_that_does_not_fit_are_refused_in_a_sentence(small):
    with pytest.raises(InvalidInputError, match="'random' has no attention heads"):
        attend(replace(small, model=nn.Identity()), WORDS)
    with pytest.raises(InvalidInputError, match="No word of this text fits"):
        attend(small, ["o" * 70])


@pytest.mark.usefixtures("text_runs")
def test_a_loaded_run_can_be_attended_and_a_table_of_words_cannot():
    assert attend(load_classifier(find_run("bert")), ["keen"], gap=COARSE).attention.tokens == (
        "[CLS]",
        "keen",
        "[SEP]",
    )
    with pytest.raises(InvalidInputError, match="'text-embedding' has no attention heads"):
        attend(load_classifier(find_run("text-embedding")), ["keen"])


@pytest.mark.parametrize(
    "look", [Look(merged, special) for merged in (True, False) for special in (True, False)], ids=str
)
def test_a_view_has_one_number_per_token_shown_and_loses_none(small, look):
    attended = attend(small, WORDS, gap=COARSE)
    view = view_sentence(attended, look)
    n = len(view.attention.tokens)
    assert n == (len(WORDS) if look.merged else len(attended.attention.tokens) - 2) + 2 * look.special
    assert len({measure.name for measure in view.strip}) == len(view.strip) == 6
    for measure in view.strip:
        assert measure.values.shape == (n,)
        if not measure.signed:
            assert measure.values.sum() == pytest.approx(1)
            assert (measure.hidden == pytest.approx(0, abs=1e-6)) == look.special
    signed = {measure.name: measure for measure in view.strip if measure.signed}
    for explained in attended.attributions:
        measure = signed[explained.method]
        assert measure.values.sum() + measure.hidden == pytest.approx(explained.values.sum())
    assert {measure.name for measure in view.heads} == {"entropy", "special", "distance", "agreement", "importance"}
    assert all(measure.values.shape == (2, 2) for measure in view.heads)


def test_the_top_word_is_the_one_that_the_last_layers_first_row_reads_most(small):
    attended = attend(small, WORDS, gap=None)
    place, word, share = find_top_word(attended)
    merged = merge_pieces(attended.attention, WORDS).weights[-1].mean(axis=0)[0, 1:-1]
    assert word == WORDS[place]
    assert place == merged.argmax()
    assert share == pytest.approx(merged.max() / merged.sum())


def test_words_are_replaced_masked_and_left_out(small):
    mask = find_mask(small.encoder).token
    assert replace_word(WORDS, 3, ["keen"])[3] == "keen"
    assert replace_word(WORDS, 0, []) == WORDS[1:]
    masked = small.encode(replace_word(WORDS, 2, [mask]))
    assert masked.tokens == ("[CLS]", "i", "felt", "[MASK]", "quiet", "by", "the", "kiln", "[SEP]")
    assert masked.word_of == (None, *range(7), None)


def test_the_embedded_second_sentence_is_what_the_network_makes_of_token_types(small):
    encoding, types, n_first = encode_pair(small, (WORDS, OTHERS))
    assert n_first == len(WORDS)
    assert encoding.words == (*WORDS, *OTHERS)
    assert [place for place in encoding.word_of if place is not None][-1] == len(WORDS) + len(OTHERS) - 1
    assert encoding.tokens.count("[SEP]") == 2
    assert types[0].tolist() == sorted(types[0].tolist())
    model = small.model
    embedded = model.embed(encoding.token_ids) + model.embed_types(types)
    own = model.network(encoding.token_ids, token_type_ids=types, attention_mask=encoding.mask.long()).logits
    torch.testing.assert_close(model.forward_embedded(embedded, encoding.mask), own)
    untyped = model.forward_embedded(model.embed(encoding.token_ids), encoding.mask)
    assert not torch.allclose(untyped, own, rtol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pair_is_attended_as_one_and_its_words_are_told_apart(bert_base, kind):
    attended = attend_pair(random_bert(bert_base, 2, 2, kind), (WORDS, OTHERS), gap=COARSE)
    assert attended.n_first == len(WORDS)
    assert view_sentence(attended).attention.tokens == (*WORDS, *OTHERS)
    np.testing.assert_allclose(attended.attention.weights.sum(axis=-1), 1, atol=1e-5)


def test_a_pair_that_is_too_long_loses_words_of_the_longer_one(small):
    encoding, _, n_first = encode_pair(small, (["keen"] * 90, OTHERS))
    assert encoding.token_ids.shape[1] <= 64
    assert encoding.words[n_first:] == tuple(OTHERS)
    assert encoding.n_left_out == 90 - n_first
    with pytest.raises(InvalidInputError, match="Both sentences need a word"):
        encode_pair(small, (WORDS, []))


def test_a_tokenizer_that_puts_nothing_between_two_sentences_reads_no_pairs(small, bert_base):
    plain = read_tokenizer((bert_base / TOKENIZER).read_text(), 64, "plain")
    with pytest.raises(InvalidInputError, match="puts nothing between two sentences"):
        attend_pair(replace(small, encoder=plain), (WORDS, OTHERS))
