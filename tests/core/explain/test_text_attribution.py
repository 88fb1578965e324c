"""Words explained by every method and every kind of text model: exact where theory says so, true where it is known."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.data.normalize import split_words
from ccds_core.errors import InvalidInputError
from ccds_core.explain.methods import TEXT_METHODS, methods_of
from ccds_core.explain.perturbation import find_mask
from ccds_core.explain.text_attribution import explain_text, measures_of
from ccds_core.explain.text_inputs import MOST_WORDS, SMALL_GAP
from ccds_core.paths import PROJECT
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.known_models import DECIDES, SENTENCE, single_word_classifier
from tests.support.shared_state import assert_untouched, state_of
from tests.support.small_berts import random_bert
from tests.support.small_texts import TEXT_MODELS

WORDS = split_words("my cousin sounded keen and quiet by the kiln")
PAIRS = [(family, method) for family in TEXT_MODELS for method in methods_of(family)]
EMBEDDED = [family for family in TEXT_MODELS if "integrated-gradients" in methods_of(family)]
SHIPPED = ("one-word-rule", "text-embedding", "text-word2vec-frozen", "bert-emotion")


@pytest.fixture(params=TEXT_MODELS)
def classifier(request, text_runs):
    return load_classifier(find_run(request.param))


@pytest.fixture(params=SHIPPED)
def shipped(request, monkeypatch):
    if not (PROJECT / "checkpoints" / request.param / "weights.safetensors").is_file():
        pytest.skip(f"checkpoints/ does not hold {request.param}")
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    return load_classifier(find_run(request.param))


def gained(classifier, words, target):
    """The target's logit of the words minus that of no words: mask tokens for a BERT, zeros for a table."""
    encoding = classifier.encode(words)
    embedded = classifier.model.embed(encoding.token_ids)
    own = torch.tensor([[place is not None for place in encoding.word_of]])
    nothing = embedded.masked_fill(own[..., None], 0.0)
    if mask := find_mask(classifier.encoder):
        nothing = classifier.model.embed(encoding.token_ids.masked_fill(own, mask.id))
    logits = [classifier.model.forward_embedded(each, encoding.mask)[0, target] for each in (embedded, nothing)]
    return float(logits[0] - logits[1])


def assert_complete(classifier, words, target):
    explained = explain_text(classifier, words, target, "integrated-gradients")
    difference = gained(classifier, words, target)
    assert explained.attribution.values.sum() == pytest.approx(difference, abs=SMALL_GAP + 1e-4)
    assert explained.completeness_gap == pytest.approx(difference - explained.attribution.values.sum(), abs=1e-4)


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("target", range(3))
@pytest.mark.parametrize("family", EMBEDDED)
def test_integrated_gradients_add_up_to_what_the_logit_gained(family, target):
    assert_complete(load_classifier(find_run(family)), WORDS, target)


def test_they_do_so_on_a_bert_with_sharp_heads_and_on_every_shipped_run(bert_base, shipped):
    assert_complete(random_bert(bert_base, 4, 3), WORDS, 1)
    if "integrated-gradients" in measures_of(shipped):
        for name in ("lights out", "two feelings", "overwhelmed"):
            words = split_words(EXAMPLE_SENTENCES[name])
            assert_complete(shipped, words, shipped.predict(shipped.encode(words)).index)


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("family", EMBEDDED)
def test_gradient_times_input_is_the_slope_along_a_words_own_vector(family):
    """Also back through a GRU's packed sentence, in eval mode."""
    loaded = load_classifier(find_run(family))
    loaded.model.double()
    values = explain_text(loaded, ["keen", "was", "the", "baker"], 2, "gradient-x-input").attribution.values
    encoding = loaded.encode(["keen", "was", "the", "baker"])
    embedded = loaded.model.embed(encoding.token_ids)
    for word in range(4):
        own = torch.tensor([float(place == word) for place in encoding.word_of]).double()[None, :, None]
        ends = [loaded.model.forward_embedded(embedded * (1 + step * own), encoding.mask) for step in (1e-5, -1e-5)]
        assert values[word] == pytest.approx(float((ends[0] - ends[1])[0, 2]) / 2e-5, rel=1e-5)
    loaded.model.float()


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("family", EMBEDDED)
def test_occlusion_is_the_difference_to_the_sentence_with_the_words_vector_replaced(family):
    loaded = load_classifier(find_run(family))
    values = explain_text(loaded, WORDS, 0, "occlusion").attribution.values
    encoding = loaded.encode(WORDS)
    embedded, mask = loaded.model.embed(encoding.token_ids), find_mask(loaded.encoder)
    hidden = torch.zeros_like(embedded) if mask is None else loaded.model.embed(torch.full((1, 1), mask.id))
    whole = loaded.predict(encoding).probabilities[0]
    for word in range(len(WORDS)):
        own = torch.tensor([place == word for place in encoding.word_of])[None, :, None]
        changed = loaded.model.forward_embedded(torch.where(own, hidden, embedded), encoding.mask)
        assert values[word] == pytest.approx(whole - float(changed.softmax(dim=1)[0, 0]), abs=1e-6)


@pytest.mark.parametrize(("family", "method"), PAIRS)
def test_where_one_word_alone_decides_every_method_says_so(bert_base, family, method):
    classifier = single_word_classifier(family, bert_base)
    place = SENTENCE.index(DECIDES)
    values = explain_text(classifier, SENTENCE, 0, method).attribution.values
    assert values.argmax() == place
    if TEXT_METHODS[method].signed:
        assert np.abs(np.delete(values, place)).max() < 0.01 * values[place]
        assert explain_text(classifier, SENTENCE, 1, method).attribution.values.argmin() == place
    else:
        assert values.sum() == pytest.approx(1)
        assert values[place] > 0.5


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize(("family", "method"), PAIRS)
def test_explaining_leaves_no_trace_and_registers_nothing(family, method, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the shared model was touched")

    loaded = load_classifier(find_run(family))
    before = state_of(loaded.model)
    for name in [name for name in dir(nn.Module) if name.startswith("register_") and name.endswith("hook")]:
        monkeypatch.setattr(nn.Module, name, refuse)
    monkeypatch.setattr(torch.Tensor, "register_hook", refuse)
    monkeypatch.setattr(torch.Tensor, "backward", refuse)
    monkeypatch.setattr(nn.Module, "train", refuse)
    explain_text(loaded, WORDS, 1, method)
    assert_untouched(before, loaded.model)
    assert torch.is_grad_enabled()


def test_words_that_are_not_read_have_nothing(bert_base):
    words = ["keen"] * 30 + ["baker"] * 34
    short = random_bert(bert_base)
    short = replace(short, encoder=replace(short.encoder, max_tokens=32))
    for method in measures_of(short):
        values = explain_text(short, words, 0, method).attribution.values
        assert values.shape == (64,)
        if method != "leave-one-out":  # which lets the next word in
            assert not values[30:].any()


@pytest.mark.parametrize(
    ("words", "target", "method", "said"),
    [
        ([], 0, "leave-one-out", "no word"),
        (["keen"] * (MOST_WORDS + 1), 0, "leave-one-out", f"at most {MOST_WORDS}"),
        (WORDS, 3, "leave-one-out", "0 calm, 1 cross, 2 eager"),
        (WORDS, -1, "leave-one-out", "No class -1"),
        (WORDS, 0, "tea leaves", "integrated-gradients"),
    ],
)
def test_what_cannot_be_explained_is_said_in_a_sentence(classifier, words, target, method, said):
    with pytest.raises(InvalidInputError, match=said) as error:
        explain_text(classifier, words, target, method)
    assert str(error.value).endswith(".")


def test_a_method_that_a_model_cannot_do_is_refused_with_those_that_it_can(classifier):
    for method in set(TEXT_METHODS) - set(measures_of(classifier)):
        with pytest.raises(InvalidInputError, match=r"cannot explain it. Choose one of: leave-one-out"):
            explain_text(classifier, WORDS, 0, method)
    assert "leave-one-out" in measures_of(classifier)
