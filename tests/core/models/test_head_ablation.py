"""Heads switched off on a twin: what they added is gone, to the bit as worked by hand, and the shared model stays."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
import torch

from ccds_core.errors import InvalidInputError
from ccds_core.explain.attention_forward import attend
from ccds_core.models.head_ablation import PROJECTIONS, gate_heads, shape_of, switch_off
from tests.core.explain.test_attention_forward import KINDS, WORDS, assert_untouched, state_of
from tests.support.small_berts import HEAD_SIZE, SHAPES, random_bert

ATTENTION = ("query", "key", "value", "q_lin", "k_lin", "v_lin")  # what makes a layer's heads, in all kinds


@pytest.fixture(params=SHAPES, ids=lambda shape: f"{shape[0]}x{shape[1]}")
def any_shape(request, bert_base):
    return random_bert(bert_base, *request.param)


def logits_of_words(model, encoding):
    with torch.no_grad():
        return model(encoding.token_ids, encoding.mask)


def work_by_hand(model, encoding, gates):
    """A BERT layer by layer, each head's share of what the layer read multiplied by its gate before it is projected."""
    network = model.network
    with torch.no_grad():
        states = network.bert.embeddings(inputs_embeds=model.embed(encoding.token_ids))  # (1, T, D)
        for layer, row in zip(network.bert.encoder.layer, torch.tensor(gates), strict=True):
            context = layer.attention.self(states)[0].unflatten(-1, (len(row), HEAD_SIZE))  # (1, T, H, D / H)
            gated = (context * row[:, None]).flatten(-2)
            out = layer.attention.output
            projected = gated @ out.dense.weight.T + out.dense.bias
            attended = out.LayerNorm(projected + states)
            states = layer.output(layer.intermediate(attended), attended)
        return network.classifier(network.bert.pooler(states))


def test_gates_do_what_is_worked_by_hand(any_shape):
    encoding = any_shape.encode(WORDS)
    any_shape.model.double()
    gates = np.random.default_rng(0).choice([0.0, 0.5, 1.0, 2.0], size=shape_of(any_shape.model))
    twin = gate_heads(any_shape.model, gates)
    torch.testing.assert_close(logits_of_words(twin, encoding), work_by_hand(any_shape.model, encoding, gates))
    whole = work_by_hand(any_shape.model, encoding, np.ones_like(gates))
    torch.testing.assert_close(logits_of_words(any_shape.model, encoding), whole)
    assert not torch.allclose(whole, work_by_hand(any_shape.model, encoding, gates), rtol=1e-3)


def test_all_heads_of_a_layer_off_leave_the_bias_of_its_attention_output_and_nothing_else(any_shape):
    n_layers, n_heads = shape_of(any_shape.model)
    twin = switch_off(any_shape, [(n_layers - 1, head) for head in range(n_heads)]).model
    states = torch.randn(1, 6, HEAD_SIZE * n_heads, generator=torch.Generator().manual_seed(0))
    for place, layer in enumerate(twin.network.bert.encoder.layer):
        out = layer.attention.output
        only_bias = out.LayerNorm(out.dense.bias + states)
        is_only_bias = torch.allclose(layer.attention(states)[0], only_bias, atol=1e-6)
        assert is_only_bias == (place == n_layers - 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_switched_off_no_longer_depends_on_what_makes_its_heads(bert_base, kind):
    classifier = random_bert(bert_base, 3, 2, kind)
    encoding = classifier.encode(WORDS)
    off = switch_off(classifier, [(1, 0), (1, 1)]).model
    before, whole = logits_of_words(off, encoding), logits_of_words(classifier.model, encoding)
    changed = 0
    for name, parameter in classifier.model.named_parameters():  # shared with the twin
        if ".1." in name and name.endswith(tuple(f"{part}.weight" for part in ATTENTION)):
            parameter.data.mul_(-3.0)
            changed += 1
    assert changed == 3
    assert torch.equal(logits_of_words(off, encoding), before)
    assert not torch.allclose(logits_of_words(classifier.model, encoding), whole, rtol=1e-3)


def test_no_head_off_changes_no_logit_and_every_single_head_off_changes_some(any_shape):
    encoding = any_shape.encode(WORDS)
    whole = logits_of_words(any_shape.model, encoding)
    assert torch.equal(logits_of_words(switch_off(any_shape, []).model, encoding), whole)
    n_layers, n_heads = shape_of(any_shape.model)
    for head in product((0, n_layers - 1), range(n_heads)):
        off = logits_of_words(switch_off(any_shape, [head]).model, encoding)
        assert not torch.equal(off, whole), head


def test_the_twin_shares_every_tensor_but_the_projections_it_changed(any_shape):
    own = dict(any_shape.model.named_parameters()) | dict(any_shape.model.named_buffers())
    twin = switch_off(any_shape, [(1, 0)]).model
    theirs = dict(twin.named_parameters()) | dict(twin.named_buffers())
    assert set(own) == set(theirs)
    new = {name for name in own if own[name] is not theirs[name]}
    assert len(new) == 1
    assert new.pop().removesuffix(".weight").endswith(PROJECTIONS)
    assert not any(parameter.requires_grad for parameter in twin.parameters())


def test_switching_off_leaves_the_shared_model_as_it_was(any_shape):
    before = state_of(any_shape.model)
    n_layers, n_heads = shape_of(any_shape.model)
    off = switch_off(any_shape, list(product(range(n_layers), range(n_heads))))
    attend(off, WORDS, gap=1.0)
    assert_untouched(before, any_shape.model)


def test_visitors_with_different_heads_off_do_not_see_each_others(any_shape):
    encoding = any_shape.encode(WORDS)
    n_layers, n_heads = shape_of(any_shape.model)
    heads = list(product(range(n_layers), range(n_heads)))[:8]

    def ask(head):
        return logits_of_words(switch_off(any_shape, [head]).model, encoding)

    alone = [ask(head) for head in heads]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, heads))
    assert all(torch.equal(one, other) for one, other in zip(alone, together, strict=True))
    assert len({tuple(logits[0].tolist()) for logits in alone}) == len(heads)


def test_the_gate_gradient_is_the_slope_of_the_logit_in_the_gate(any_shape):
    any_shape.model.double()
    attended = attend(any_shape, WORDS, target=2, gap=None)
    encoding, step = any_shape.encode(WORDS), 1e-5
    n_layers, n_heads = attended.gate_gradients.shape
    for layer, head in product({0, n_layers // 2, n_layers - 1}, range(n_heads)):
        ends = []
        for sign in (1, -1):
            gates = np.ones((n_layers, n_heads))
            gates[layer, head] += sign * step
            ends.append(float(logits_of_words(gate_heads(any_shape.model, gates), encoding)[0, 2]))
        slope = (ends[0] - ends[1]) / (2 * step)
        assert attended.gate_gradients[layer, head] == pytest.approx(slope, rel=1e-3, abs=1e-6)


def test_a_head_that_is_off_has_no_gradient_and_its_attention_can_still_be_looked_at(any_shape):
    off = switch_off(any_shape, [(0, 1)])
    attended = attend(off, WORDS, gap=None)
    assert attended.gate_gradients[0, 1] == pytest.approx(0, abs=1e-7)
    np.testing.assert_allclose(attended.attention.weights.sum(axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize("head", [(2, 0), (0, 2), (-1, 0)])
def test_a_head_that_is_not_there_is_refused_with_those_that_are(bert_base, head):
    with pytest.raises(InvalidInputError, match=r"No head .*layers 0 to 1 of heads 0 to 1"):
        switch_off(random_bert(bert_base), [head])


def test_an_encoder_whose_layers_share_their_weights_is_refused(bert_base):
    classifier = random_bert(bert_base, 2, 2, "albert")
    attend(classifier, WORDS, gap=None)
    with pytest.raises(InvalidInputError, match="cannot be switched off one by one"):
        switch_off(classifier, [(0, 0)])
