"""What a run begins with: its vocabulary, its vectors and its model, all of them from the training part alone."""

from dataclasses import replace

import pytest
import torch

from ccds_core.config.options import EmbeddingOptions, OneWordOptions
from ccds_core.data.normalize import split_words
from ccds_core.errors import InvalidConfigError
from ccds_core.models.registry import prepare
from tests.conftest import TINY
from tests.support.small_texts import TEXT_MODELS, small_texts, text_config, write_csv


@pytest.fixture
def config(texts_csv, bert_base):
    return lambda name, options=None: text_config(name, texts_csv, bert_base, options)


@pytest.mark.parametrize("options", [OneWordOptions(min_count=1), EmbeddingOptions(min_count=1, vector_size=4)])
def test_a_vocabulary_holds_the_words_of_training_texts_and_no_others(config, options):
    name = "one-word" if isinstance(options, OneWordOptions) else "text-embedding"
    fresh = prepare(config(name, options))
    rows = fresh.data.rows
    trained = {word for row in rows.split.train for word in split_words(rows.texts[row])}
    assert set(fresh.data.encoder.vocabulary[2:]) == trained


def test_a_word_of_the_test_texts_alone_is_unknown(tmp_path, bert_base, texts_csv):
    test_row = prepare(text_config("one-word", texts_csv, bert_base)).data.split.test[0]
    rows = small_texts()
    rows[test_row] = (f"{rows[test_row][0]} marzipan", rows[test_row][1])
    csv = write_csv(tmp_path / "own.csv", rows)
    fresh = prepare(text_config("one-word", csv, bert_base, OneWordOptions(min_count=1)))
    assert test_row in fresh.data.split.test
    assert fresh.data.encoder.encode(["marzipan", "keen"]).known == (False, True)


@pytest.mark.parametrize("table", ["learned", "random", "frozen"])
def test_labels_of_the_other_parts_shape_nothing(tmp_path, bert_base, texts_csv, table):
    options = EmbeddingOptions(table=table, vector_size=4, hidden=2)
    fresh = prepare(text_config("text-embedding", texts_csv, bert_base, options))
    rows, held = small_texts(), fresh.data.split.test
    for row in held:
        rows[row] = ("wholly other words stand here", rows[row][1])
    csv = write_csv(tmp_path / "own.csv", rows)
    other = prepare(text_config("text-embedding", csv, bert_base, options))
    one, two = fresh.model.state_dict(), other.model.state_dict()
    assert all(torch.equal(one[key], two[key]) for key in one)


@pytest.mark.parametrize("name", TEXT_MODELS)
def test_the_runs_seed_decides_and_not_what_torch_drew_before(config, name):
    torch.manual_seed(5)
    torch.rand(17)
    one = prepare(config(name)).model.state_dict()
    torch.manual_seed(6)
    two = prepare(config(name)).model.state_dict()
    assert all(torch.equal(one[key], two[key]) for key in one)


@pytest.mark.parametrize("name", ["text-embedding", "bert"])
def test_another_seed_draws_other_weights(config, name):
    one = prepare(config(name)).model.state_dict()
    other = replace(config(name), train=replace(config(name).train, seed=1))
    two = prepare(other).model.state_dict()
    drawn = [key for key in one if not torch.equal(one[key], two[key])]
    assert any("linear" in key or "classifier" in key for key in drawn)
    assert name != "bert" or not any("encoder" in key for key in drawn), "pretrained weights are nobody's to draw"


def test_unknown_words_are_shown_in_training_as_the_options_say(config):
    fresh = prepare(config("text-embedding", EmbeddingOptions(vector_size=4, hidden=2, unknown_share=0.25)))
    assert fresh.data.train_batches(config("one-word").train).unknown_share == 0.25


@pytest.mark.usefixtures("small_cnn")
def test_images_are_prepared_without_files_and_with_a_count_of_touched_tensors():
    fresh = prepare(replace(TINY, options=replace(TINY.options, initialisation="xavier")))
    assert (dict(fresh.files), fresh.tensors_initialised) == ({}, 6)
    single = replace(TINY, train=replace(TINY.train, batch_size=1))
    with pytest.raises(InvalidConfigError, match="at least two examples"):
        prepare(single)
