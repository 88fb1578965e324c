"""A run of each text family from its config to its folder and back, broken off and resumed."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ccds_core.config.options import BertOptions, CnnOptions, EmbeddingOptions
from ccds_core.config.run_config import DataConfig
from ccds_core.errors import CcdsError, CheckpointError, InvalidConfigError, InvalidInputError, MissingDataError
from ccds_core.models.registry import MODELS
from ccds_core.results import EpochMetrics
from ccds_core.runs import execute
from ccds_core.runs.evaluate import evaluate_run, ship_run
from ccds_core.runs.records import WEIGHTS, find_run, list_runs
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import CLASSES, TEXT_MODELS, small_texts, text_config, write_csv

EVERY_TABLE = {
    table: EmbeddingOptions(table=table, vector_size=8, hidden=4, dropout=0.4, unknown_share=0.2)
    for table in ("learned", "random", "frozen", "fine-tuned")
}


@pytest.fixture
def folders(runs_folder, checkpoints_folder, data_folder):
    return runs_folder


@pytest.fixture
def own_runs(text_runs_folder, folders):
    """Finished runs of every text family, this test's own."""
    return shutil.copytree(text_runs_folder, folders)


def weights_of(name):
    return (find_run(name).folder / WEIGHTS).read_bytes()


def finish_broken(config, pulls):
    """Begin a run, drop it after so many pulls as a crash would, and resume it to its end."""
    stream = execute.run(config)
    for _ in range(pulls):
        next(stream)
    stream.close()
    list(execute.run(config, resume=True))


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("name", TEXT_MODELS)
def test_a_finished_text_run_holds_its_encoder_beside_the_usual_files(name):
    record = find_run(name)
    usual = {"config.json", "metrics.json", "weights.safetensors", "manifest.json"}
    assert {path.name for path in record.folder.iterdir()} == usual | set(MODELS[name].files)
    assert (record.status, record.task, record.card.classes) == ("finished", "text", CLASSES)
    assert record.metrics.n_train + record.metrics.n_val + record.metrics.test.n == len(small_texts())
    assert record.metrics.data_source == "own file small.csv"


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("name", TEXT_MODELS)
def test_the_test_figures_of_a_text_run_are_those_of_the_kept_weights(name):
    stored, again = find_run(name).metrics.test, evaluate_run(find_run(name), "test")
    assert replace(again, loss=0) == replace(stored, loss=0)
    assert again.loss == pytest.approx(stored.loss)


@pytest.mark.usefixtures("text_runs")
def test_the_rule_counts_in_one_epoch_without_a_step_and_its_accuracy_needs_no_learning():
    metrics = find_run("one-word").metrics
    assert [epoch.step_losses for epoch in metrics.history] == [()]
    assert metrics.history[0].train_accuracy > 0.9
    assert metrics.cost.parameters == 0


@pytest.mark.parametrize("pulls", [2, 7, 8, 10])
@pytest.mark.parametrize("name", ["text-embedding", "bert"])
def test_a_text_run_broken_off_and_resumed_ends_with_the_same_weights(folders, texts_csv, bert_base, name, pulls):
    config = text_config(name, texts_csv, bert_base)
    list(execute.run(replace(config, name="whole")))
    finish_broken(replace(config, name="broken"), pulls)
    assert weights_of("broken") == weights_of("whole")
    whole, broken = (find_run(run).metrics for run in ("whole", "broken"))
    assert [replace(e, seconds=0) for e in broken.history] == [replace(e, seconds=0) for e in whole.history]


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_a_run_over_each_table_of_words_resumes_to_the_same_weights(folders, texts_csv, bert_base, table):
    config = text_config("text-embedding", texts_csv, bert_base, EVERY_TABLE[table])
    list(execute.run(replace(config, name="whole")))
    finish_broken(replace(config, name="broken"), 8)
    assert weights_of("broken") == weights_of("whole")


def test_a_counted_run_broken_off_is_resumed_without_counting_twice(folders, texts_csv, bert_base):
    config = text_config("one-word", texts_csv, bert_base)
    list(execute.run(replace(config, name="whole")))
    finish_broken(replace(config, name="broken"), 1)
    assert weights_of("broken") == weights_of("whole")
    assert len(find_run("broken").metrics.history) == 1


@pytest.mark.parametrize("name", ["text-embedding", "bert"])
def test_a_text_model_that_is_trained_longer_learns_the_small_texts(folders, texts_csv, bert_base, name):
    config = text_config(name, texts_csv, bert_base)
    list(execute.run(replace(config, train=replace(config.train, epochs=20, learning_rate=8e-3))))
    first, *_, last = find_run(name).metrics.history
    assert last.train_loss < 0.7 * first.train_loss


def test_a_text_run_whose_texts_changed_meanwhile_is_not_resumed(folders, tmp_path, bert_base):
    csv = write_csv(tmp_path / "mine.csv")
    config = text_config("text-embedding", csv, bert_base)
    next(metrics for metrics in execute.run(config) if isinstance(metrics, EpochMetrics))
    write_csv(csv, [*small_texts(), ("the new one is keen", "eager")])
    with pytest.raises(CcdsError, match="data"):
        list(execute.run(config, resume=True))


@pytest.mark.parametrize(
    ("model", "change", "error"),
    [
        ("text-embedding", {"data": DataConfig("nowhere", "seeded")}, MissingDataError),
        ("text-embedding", {"data": DataConfig("digits", "seeded")}, InvalidInputError),
        ("text-embedding", {"data": DataConfig("emotion", "official")}, MissingDataError),
        ("text-embedding", {"options": EmbeddingOptions(table="frozen", vectors="/no/file.bin")}, MissingDataError),
        ("bert", {"options": BertOptions(base="no-such-encoder")}, MissingDataError),
        ("bert", {"options": BertOptions(base="/no/such/encoder")}, MissingDataError),
    ],
)
def test_a_text_run_that_cannot_begin_leaves_its_name_free(folders, texts_csv, model, change, error):
    config = replace(text_config(model, texts_csv, Path()), **change)
    with pytest.raises(error):
        list(execute.run(config))
    assert list_runs() == []


@pytest.mark.usefixtures("folders")
def test_pictures_are_not_trained_on_texts(texts_csv):
    with pytest.raises((MissingDataError, InvalidInputError)):
        list(execute.run(replace(text_config("one-word", texts_csv, texts_csv), model="cnn", options=CnnOptions())))
    with pytest.raises(InvalidConfigError, match="the model 'cnn' takes CnnOptions"):
        replace(text_config("one-word", texts_csv, texts_csv), model="cnn")


@pytest.mark.parametrize("name", TEXT_MODELS)
def test_a_text_run_shipped_answers_almost_the_same(own_runs, name):
    full = load_classifier(find_run(name))
    assert "shipped in" in ship_run(find_run(name), f"{name}-shipped", with_weights=True)
    shipped = load_classifier(find_run(f"{name}-shipped"))
    token_ids, mask = (full.encode(["keen", "baker"]).token_ids, full.encode(["keen", "baker"]).mask)
    torch.testing.assert_close(shipped.model(token_ids, mask), full.model(token_ids, mask), rtol=0, atol=0.02)


@pytest.mark.parametrize("name", TEXT_MODELS)
def test_an_encoder_that_was_changed_is_noticed(own_runs, name):
    for file in MODELS[name].files:
        path = own_runs / name / file
        text = path.read_text()
        path.write_text(text + " ")
        with pytest.raises(CheckpointError, match="damaged or was changed"):
            load_classifier(find_run(name))
        path.unlink()
        with pytest.raises(CheckpointError, match="lacks"):
            load_classifier(find_run(name))
        path.write_text(text)
        load_classifier(find_run(name))


def test_a_text_preset_is_trained_from_the_command_line(ccds, folders, texts_csv):
    words = ["train", "one-word-rule", "--data", str(texts_csv), "--min-count", "1", "--json"]
    found = ccds(*words).json
    assert found["config"]["options"]["min_count"] == 1
    assert found["config"]["data"] == {"name": str(texts_csv), "split": "seeded", "limit": 0, "eval_limit": 0}
    assert json.loads((find_run(found["name"]).folder / "vocabulary.json").read_text())[:2] == ["[PAD]", "[UNK]"]
