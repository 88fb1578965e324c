"""Batches of texts: each once an epoch, of about one length, some words hidden in training and only there."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.config.run_config import TrainConfig
from ccds_core.data.batching import count_batches
from ccds_core.data.splits import SplitRows
from ccds_core.data.text_batches import TextBatches, TextData
from ccds_core.data.text_dataset import TextRows
from ccds_core.data.word_tokenizer import PADDING, UNKNOWN, WordEncoder

WORDS = tuple(f"w{number}" for number in range(40))
ENCODER = WordEncoder((PADDING, UNKNOWN, *WORDS), 50)


def make_batches(n=30, unknown_share=0.0, longest=12):
    """Texts of chance lengths; the label of each is its own number, and so are its words."""
    lengths = np.random.default_rng(0).integers(1, longest + 1, n)
    encodings = [ENCODER.encode([WORDS[row % 40]] * length) for row, length in enumerate(lengths)]
    return TextBatches(encodings, torch.arange(n), unknown_share)


def epoch_of(batches, size=4, seed=0):
    return list(batches.epoch(size, torch.Generator().manual_seed(seed)))


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 5))
def test_an_epoch_and_a_sweep_show_each_text_once_with_its_own_label(n, size, seed):
    batches = make_batches(n)
    for found in (epoch_of(batches, size, seed), list(batches.sweep(size))):
        assert sorted(torch.cat([batch.rows for batch in found]).tolist()) == list(range(n))
        assert len(found) == count_batches(n, size)
        for batch in found:
            token_ids, mask = batch.inputs
            assert torch.equal(batch.labels, batch.rows)
            assert torch.equal(token_ids[:, 0], 2 + batch.rows % 40)
            assert mask.sum(dim=1).tolist() == [batches.encodings[row].mask.shape[1] for row in batch.rows]
            assert mask.any(dim=0).all(), "no column is padding throughout"


def test_texts_of_a_batch_are_of_about_one_length():
    batches = make_batches(400, longest=40)
    padding = sum((~batch.inputs[1]).sum().item() for batch in epoch_of(batches, 8))
    real = sum(encoding.mask.shape[1] for encoding in batches.encodings)
    assert padding < 0.05 * real


def test_batches_come_in_an_order_of_chance_and_not_by_length():
    lengths = [batch.inputs[1].shape[1] for batch in epoch_of(make_batches(400, longest=40), 8)]
    assert lengths != sorted(lengths)
    assert abs(np.corrcoef(lengths, range(len(lengths)))[0, 1]) < 0.4


def test_the_generator_alone_decides_an_epoch():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one, same, other = (epoch_of(make_batches(unknown_share=0.3), seed=seed) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a.inputs[0], b.inputs[0]) for a, b in zip(one, same, strict=True))
    assert [batch.rows.tolist() for batch in one] != [batch.rows.tolist() for batch in other]


def test_a_share_of_the_words_is_hidden_in_an_epoch_and_none_in_a_sweep():
    batches = make_batches(400, unknown_share=0.2)
    hidden = torch.cat([batch.inputs[0][batch.inputs[1]] == 1 for batch in epoch_of(batches, 16)])
    assert hidden.float().mean().item() == pytest.approx(0.2, abs=0.03)
    for batch in epoch_of(batches, 16):
        assert (batch.inputs[0][~batch.inputs[1]] == 0).all(), "padding stays padding"
    assert not any((batch.inputs[0] == 1).any() for batch in batches.sweep(16))


def test_the_typical_text_is_of_median_length():
    batches = make_batches(31)
    lengths = sorted(encoding.mask.shape[1] for encoding in batches.encodings)
    assert batches.typical().inputs[1].shape == (1, lengths[15])


def test_hiding_changes_no_stored_text():
    batches = make_batches(unknown_share=0.9)
    before = [encoding.token_ids.clone() for encoding in batches.encodings]
    epoch_of(batches)
    assert all(torch.equal(a, b.token_ids) for a, b in zip(before, batches.encodings, strict=True))


def test_only_training_batches_hide_words():
    texts = tuple(f"w{row} w1" for row in range(9))
    split = SplitRows(np.arange(5), np.array([5, 6]), np.array([8, 7]))
    data = TextData(TextRows(texts, np.arange(9) % 2, ("a", "b"), split, "made up"), ENCODER, 0.5)
    assert data.train_batches(TrainConfig()).unknown_share == 0.5
    for part, rows in (("train", range(5)), ("val", (5, 6)), ("test", (8, 7))):
        batches = data.batches(part)
        assert batches.unknown_share == 0
        assert [encoding.words[0] for encoding in batches.encodings] == [f"w{row}" for row in rows]
        assert batches.labels.tolist() == [row % 2 for row in rows]
    assert (data.classes, data.source, len(data.digest)) == (("a", "b"), "made up", 64)
