"""What holds for every text model of the table: cut at the embedded words, blind to padding, the same alone or not."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from ccds_core.data.normalize import split_words
from ccds_core.data.word_tokenizer import pad
from ccds_core.models.registry import MODELS, build_model, prepare
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import CLASSES, TEXT_MODELS, small_texts, text_config

SENTENCES = (
    "quiet",
    "I felt keen, and my cousin was keen too!",
    "The baker was grumpy about the kiln; nobody knows why, after all that lunch by the wooden boat on a Tuesday.",
    "Zymurgy vexes pharaohs",
    "we stood by the kiln and felt serene",
)

pytestmark = pytest.mark.parametrize("name", TEXT_MODELS)


@pytest.fixture
def classifier(name, text_runs):
    return load_classifier(find_run(name))


def encodings_of(classifier):
    return [classifier.encode(split_words(sentence)) for sentence in SENTENCES]


def test_a_loaded_text_model_is_frozen_in_eval_mode_and_float32(classifier):
    assert not any(module.training for module in classifier.model.modules())
    assert not any(parameter.requires_grad for parameter in classifier.model.parameters())
    kinds = {tensor.dtype for tensor in classifier.model.state_dict().values()}
    assert kinds <= {torch.float32, torch.int64}


def test_the_whole_is_the_sum_of_its_two_halves(classifier):
    token_ids, mask = pad(encodings_of(classifier))
    embedded = classifier.model.embed(token_ids)
    assert embedded.shape[:2] == token_ids.shape
    torch.testing.assert_close(
        classifier.model.forward_embedded(embedded, mask), classifier.model(token_ids, mask), rtol=0, atol=0
    )


def test_a_sentence_is_answered_alone_as_among_others(classifier):
    encodings = encodings_of(classifier)
    together = classifier.predict_many(encodings)
    alone = np.concatenate([classifier.predict_many([encoding]) for encoding in encodings])
    assert np.allclose(together, alone, rtol=0, atol=1e-5)
    one_batch = classifier.model(*pad(encodings)).double().softmax(dim=1).numpy()
    assert np.allclose(one_batch, alone, rtol=0, atol=1e-5)


def test_sentences_in_many_batches_are_answered_in_their_own_order(classifier, monkeypatch):
    encodings = encodings_of(classifier)
    usual = classifier.predict_many(encodings)
    monkeypatch.setattr("ccds_core.models.classifier.BATCH_TOKENS", 12)
    batches = [places for places, _ in classifier.predict_in_batches(encodings)]
    assert sorted(place for places in batches for place in places) == list(range(len(SENTENCES)))
    assert len(batches) > 2
    assert np.allclose(classifier.predict_many(encodings), usual, rtol=0, atol=1e-5)


@pytest.mark.parametrize("filler", [0, 1, 4])
def test_padding_of_any_length_and_kind_changes_nothing(classifier, filler):
    for encoding in encodings_of(classifier):
        width = encoding.mask.shape[1]
        token_ids = functional.pad(encoding.token_ids, (0, 32 - width), value=filler)
        mask = functional.pad(encoding.mask, (0, 32 - width), value=False)
        torch.testing.assert_close(
            classifier.model(token_ids, mask), classifier.model(encoding.token_ids, encoding.mask), rtol=0, atol=1e-5
        )


def test_probabilities_are_of_all_classes_and_sum_to_one(classifier):
    for encoding in encodings_of(classifier):
        prediction = classifier.predict(encoding)
        assert prediction.classes == CLASSES
        assert prediction.probabilities.sum() == pytest.approx(1)
        assert (prediction.probabilities >= 0).all()


def test_no_word_at_all_is_answered_too(classifier):
    encoding = classifier.encode([])
    assert encoding.words == encoding.known == ()
    assert np.isfinite(classifier.predict(encoding).probabilities).all()


def test_the_logits_move_with_the_embedded_words(classifier):
    token_ids, mask = pad(encodings_of(classifier)[:1])
    embedded = classifier.model.embed(token_ids).detach().requires_grad_(True)
    score = classifier.model.forward_embedded(embedded, mask)[:, 0].sum()
    (gradient,) = torch.autograd.grad(score, embedded)
    assert gradient.shape == embedded.shape
    assert gradient.abs().sum() > 0
    assert all(parameter.grad is None for parameter in classifier.model.parameters())


def test_the_same_seed_gives_the_same_fresh_model(name, texts_csv, bert_base):
    one, same = (prepare(text_config(name, texts_csv, bert_base)).model.state_dict() for _ in range(2))
    assert all(torch.equal(one[key], same[key]) for key in one)


def test_a_models_files_are_all_that_rebuilds_it(name, texts_csv, bert_base):
    config = text_config(name, texts_csv, bert_base)
    fresh = prepare(config)
    assert set(fresh.files) == set(MODELS[name].files)
    again = build_model(config, len(CLASSES), fresh.files)
    again.load_state_dict(fresh.model.state_dict())
    token_ids, mask = next(fresh.data.batches("val").sweep(6)).inputs
    fresh.model.eval()
    torch.testing.assert_close(again.eval()(token_ids, mask), fresh.model(token_ids, mask), rtol=0, atol=0)


def test_every_text_model_learns_a_small_batch(name, texts_csv, bert_base):
    fresh = prepare(text_config(name, texts_csv, bert_base))
    batch = fresh.data.batches("train")
    inputs, labels = next(batch.sweep(len(batch))).inputs, next(batch.sweep(len(batch))).labels
    model = fresh.model.eval()  # without dropout, by which one tiny encoder of three stays on a plateau
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, 5e-3 if name == "bert" else 2e-2) if trained else None
    for _ in range(600 if optimizer else 0):
        optimizer.zero_grad()
        logits = model(*inputs)
        if (logits.argmax(dim=1) == labels).float().mean() > 0.9:
            break
        functional.cross_entropy(logits, labels).backward()
        optimizer.step()
    assert (model(*inputs).argmax(dim=1) == labels).float().mean() > 0.9
    assert len(labels) < len(small_texts()), "val and test are kept apart"
