"""The GRU over a table of word vectors: which tables move, how wide they are drawn, and which rows stay."""

from dataclasses import replace

import pytest
import torch

from ccds_core.config.options import TABLES, EmbeddingOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.errors import InvalidConfigError, MissingDataError
from ccds_core.models.gru import EmbeddingClassifier, put_vectors
from ccds_core.models.registry import prepare
from ccds_core.runs import execute
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import text_config

SMALL = EmbeddingOptions(vector_size=10, hidden=4)


def build(options=SMALL, n_words=40):
    torch.manual_seed(0)
    return EmbeddingClassifier(options, n_words, 3)


def fresh_table(config):
    return prepare(config).model.embedding.weight


@pytest.fixture
def config(texts_csv):
    def make(table, **changes):
        return text_config("text-embedding", texts_csv, texts_csv, replace(SMALL, table=table, **changes))

    return make


@pytest.mark.parametrize("table", TABLES)
def test_only_a_frozen_table_keeps_its_vectors_in_training(runs_folder, checkpoints_folder, config, table):
    before = fresh_table(config(table)).detach()
    list(execute.run(config(table)))
    after = load_classifier(find_run("text-embedding")).model.embedding.weight
    assert torch.equal(before, after) == (table == "frozen")
    assert after[0].eq(0).all(), "padding stays zero"


def test_a_random_table_has_word2vecs_spread_and_none_of_its_directions(config):
    random, trained = (fresh_table(config(table)).detach()[2:] for table in ("random", "frozen"))
    assert random.std().item() == pytest.approx(trained.std().item(), rel=0.2)
    cosines = torch.cosine_similarity(random, trained)
    assert cosines.mean().abs() < 0.2


def test_the_two_tables_of_word2vec_begin_alike(config):
    assert torch.equal(fresh_table(config("frozen")), fresh_table(config("fine-tuned")))


@pytest.mark.parametrize("spread", [0.0, 0.3, 2.0])
def test_a_learned_table_is_drawn_as_wide_as_asked(spread):
    weight = build(replace(SMALL, spread=spread, vector_size=50), 400).embedding.weight
    assert weight[1:].std().item() == pytest.approx(spread, rel=0.05)
    assert weight[0].eq(0).all()


def test_put_vectors_keeps_padding_at_zero_and_makes_the_unknown_word_the_mean():
    model, vectors = build(), torch.randn(40, 10)
    put_vectors(model, vectors)
    assert model.embedding.weight[0].eq(0).all()
    assert torch.equal(model.embedding.weight[1], vectors[2:].mean(dim=0))
    assert torch.equal(model.embedding.weight[2:], vectors[2:])


def test_the_other_weights_do_not_depend_on_the_table(config):
    tables = [prepare(config(table)).model.state_dict() for table in TABLES]
    for key in tables[0].keys() - {"embedding.weight"}:
        assert all(torch.equal(tables[0][key], other[key]) for other in tables)


def test_the_order_of_words_matters():
    model = build().eval()
    mask = torch.ones(1, 3, dtype=torch.bool)
    forth, back = (model(torch.tensor([ids]), mask) for ids in ([5, 6, 7], [7, 6, 5]))
    assert not torch.allclose(forth, back)


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # gensim's, see test_word2vec.py
def test_a_vectors_file_of_another_size_is_refused_with_its_own_size(config, tmp_path):
    (tmp_path / "vectors.txt").write_text("quiet 1 0 0\nkeen 0 1 0\nbaker 0 0 1\n")
    path = str(tmp_path / "vectors.txt")
    with pytest.raises(InvalidConfigError, match="set vector_size to 3"):
        prepare(config("frozen", vectors=path))
    table = fresh_table(config("frozen", vectors=path, vector_size=3))
    assert table.shape[1] == 3


def test_an_absent_vectors_file_is_missing_data(config, tmp_path):
    with pytest.raises(MissingDataError, match=r"No vectors file 'absent\.bin'"):
        prepare(config("fine-tuned", vectors=str(tmp_path / "absent.bin")))


@pytest.mark.parametrize("table", ["learned", "random"])
def test_a_vectors_file_without_a_table_that_takes_it_is_refused(table):
    with pytest.raises(InvalidConfigError, match="a vectors file needs the table 'frozen' or 'fine-tuned'"):
        RunConfig("mine", "text-embedding", EmbeddingOptions(table=table, vectors="a.bin"))


def test_dropout_acts_in_training_only():
    model = build(replace(SMALL, dropout=0.5))
    inputs = torch.arange(2, 8)[None], torch.ones(1, 6, dtype=torch.bool)
    assert not torch.equal(model(*inputs), model(*inputs))
    model.eval()
    assert torch.equal(model(*inputs), model(*inputs))
