"""A run from its config to its folder: what is written, what is refused, and that a refusal leaves nothing behind."""

import filecmp
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.data import digits
from ccds_core.errors import CcdsError, CheckpointError, InvalidConfigError, MissingDataError
from ccds_core.results import EpochMetrics
from ccds_core.runs import execute
from ccds_core.runs.evaluate import evaluate_run
from ccds_core.runs.records import find_run, list_runs, read_run
from tests.conftest import TINY

QUICK = replace(TINY, name="quick", train=TrainConfig(epochs=1, batch_size=50, precision="float32"))


@pytest.fixture
def folders(runs_folder, checkpoints_folder, data_folder, cache_folder, small_cnn):
    return runs_folder


@pytest.fixture
def pictures(tmp_path):
    """A data set of one's own: two classes of five pictures."""
    for number, name in enumerate(("dark", "light")):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for row in range(5):
            Image.new("RGB", (32, 32), (200 * number + row,) * 3).save(tmp_path / "mine" / name / f"{row}.png")
    return tmp_path / "mine"


def test_a_finished_folder_holds_all_that_happened_and_nothing_else(small_run):
    assert {path.name for path in small_run.iterdir()} == {
        "config.json",
        "metrics.json",
        "weights.safetensors",
        "manifest.json",
    }
    metrics = read_run(small_run).metrics
    assert [epoch.epoch for epoch in metrics.history] == [1, 2]
    assert (metrics.n_train, metrics.n_val, metrics.test.n) == (150, 176, 176)  # a tenth of each digit
    assert metrics.data_digest == digits.load().digest
    assert metrics.data_source == "scikit-learn digits"
    assert metrics.tensors_initialised == 0
    assert metrics.environment["precision"] == "float32"
    assert metrics.environment["torch"]


def test_the_costs_are_counted_from_the_network_and_the_data(small_run):
    cost = read_run(small_run).metrics.cost
    assert cost.training_flops == 2 * cost.multiply_adds * 3 * 150 * 2
    assert cost.seconds == pytest.approx(sum(epoch.seconds for epoch in read_run(small_run).metrics.history))
    assert cost.parameters > 0


def test_the_tensors_that_the_initialiser_touched_are_written_down(folders):
    for scheme, touched in (("xavier-as-written", 0), ("xavier", 6), ("he", 18)):
        list(execute.run(replace(QUICK, name=scheme, options=CnnOptions(initialisation=scheme))))
        assert find_run(scheme).metrics.tensors_initialised == touched


def test_the_test_figures_are_those_of_the_kept_weights(small_run):
    stored, again = read_run(small_run).metrics.test, evaluate_run(find_run("small"), "test")
    assert replace(again, loss=0) == replace(stored, loss=0)
    assert again.loss == pytest.approx(stored.loss)
    best = read_run(small_run).metrics.history[read_run(small_run).metrics.best_epoch - 1]
    assert evaluate_run(find_run("small"), "val").accuracy == best.val_accuracy


def test_auto_precision_is_settled_before_the_first_step_and_written_down(folders):
    list(execute.run(replace(QUICK, train=replace(QUICK.train, precision="auto"))))
    assert find_run("quick").card.config.train.precision in ("float32", "bfloat16")


def test_the_folder_of_a_run_under_way_says_unfinished_and_shows_its_epochs(folders):
    stream = execute.run(replace(QUICK, train=replace(QUICK.train, epochs=3)))
    next(metrics for metrics in stream if isinstance(metrics, EpochMetrics))
    next(stream)
    record = find_run("quick")
    assert (record.status, record.has_weights, len(record.metrics.history)) == ("unfinished", False, 1)
    assert record.metrics.data_source == "scikit-learn digits"


def test_a_name_is_used_once(small_run):
    with pytest.raises(InvalidConfigError, match="There is a run 'small' already"):
        list(execute.run(replace(QUICK, name="small")))
    assert read_run(small_run).status == "finished"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"data": DataConfig()}, MissingDataError),
        ({"data": DataConfig("nowhere", "seeded")}, MissingDataError),
        ({"model": "vgg"}, InvalidConfigError),
        (
            {"train": replace(QUICK.train, batch_size=1), "options": CnnOptions(linear_batch_norm=True)},
            InvalidConfigError,
        ),
    ],
)
def test_a_run_that_cannot_begin_leaves_its_name_free(folders, change, error):
    with pytest.raises(error):
        list(execute.run(replace(QUICK, **change)))
    assert list_runs() == []
    list(execute.run(QUICK))
    assert find_run("quick").status == "finished"


def test_a_seed_too_large_is_refused_in_words(folders):
    with pytest.raises(CcdsError):
        list(execute.run(replace(QUICK, train=replace(QUICK.train, seed=10**15))))


def test_batch_norm_on_a_single_training_example_is_refused_in_words(folders):
    with pytest.raises(CcdsError):
        list(execute.run(replace(QUICK, data=replace(QUICK.data, limit=1), options=CnnOptions(linear_batch_norm=True))))


def test_a_run_on_ones_own_pictures_knows_ones_own_classes(folders, pictures):
    list(
        execute.run(replace(QUICK, data=DataConfig(str(pictures), "seeded"), train=replace(QUICK.train, batch_size=4)))
    )
    record = find_run("quick")
    assert record.card.classes == ("dark", "light")
    assert record.metrics.test.n == 2
    assert np.array(record.metrics.test.confusion).shape == (2, 2)


def test_a_run_whose_pictures_changed_meanwhile_is_not_resumed(folders, pictures):
    config = replace(QUICK, data=DataConfig(str(pictures), "seeded"), train=replace(QUICK.train, epochs=3))
    next(metrics for metrics in execute.run(config) if isinstance(metrics, EpochMetrics))
    Image.new("RGB", (32, 32), "red").save(pictures / "dark" / "new.png")
    with pytest.raises(CcdsError, match="data"):
        list(execute.run(config, resume=True))


def test_deleting_a_run_removes_its_folder_and_no_other(small_run, folders):
    list(execute.run(QUICK))
    execute.delete_run("quick")
    assert [record.name for record in list_runs()] == ["small"]


@pytest.mark.parametrize("name", ["absent", "..", "../runs", "."])
def test_what_is_no_run_made_here_is_not_deleted(small_run, name):
    with pytest.raises((CheckpointError, InvalidConfigError)):
        execute.delete_run(name)
    assert small_run.is_dir()


def test_a_shipped_run_is_not_deleted(small_run, checkpoints_folder):
    checkpoints_folder.mkdir()
    small_run.rename(checkpoints_folder / "shipped")
    with pytest.raises(CheckpointError, match="No run 'shipped' was made here"):
        execute.delete_run("shipped")


def test_a_run_is_the_same_again_from_its_own_config(small_run):
    list(execute.run(replace(read_run(small_run).card.config, name="again")))
    one, other = (find_run(name).folder / "weights.safetensors" for name in ("small", "again"))
    assert filecmp.cmp(one, other, shallow=False)


def test_a_config_is_all_that_a_run_needs():
    assert RunConfig("x") == RunConfig("x", "cnn", CnnOptions(), DataConfig(), TrainConfig())
