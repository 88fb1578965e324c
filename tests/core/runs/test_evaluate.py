"""Runs measured again and shipped: half precision where it costs nothing, plain names only, and the consensus."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from ccds_core.config.presets import PRESETS, Preset
from ccds_core.config.run_config import DataConfig, TrainConfig
from ccds_core.errors import CcdsError, CheckpointError, InvalidInputError
from ccds_core.runs import consensus, evaluate
from ccds_core.runs.evaluate import evaluate_run, ship_run
from ccds_core.runs.records import WEIGHTS, find_run, list_runs, read_run
from ccds_core.runs.weights import load_classifier, save_card, save_run
from scripts import make_checkpoints


def dtypes_of(folder):
    return {tensor.dtype for tensor in load_file(folder / WEIGHTS).values()}


def test_a_shipped_run_answers_as_the_one_it_was_copied_from(small_run, checkpoints_folder):
    said = ship_run(find_run("small"), "architecture-1", True)
    assert "architecture-1: shipped in half precision" in said
    shipped = find_run("architecture-1")
    assert shipped.shipped
    assert shipped.metrics == read_run(small_run).metrics
    assert dtypes_of(checkpoints_folder / "architecture-1") == {torch.float16, torch.int64}
    before, after = evaluate_run(find_run("small"), "test"), evaluate_run(find_run("architecture-1"), "test")
    assert abs(after.accuracy - before.accuracy) <= evaluate.HALF_PRECISION_COST


def test_where_half_precision_costs_too_much_full_is_shipped(small_run, checkpoints_folder, monkeypatch):
    monkeypatch.setattr(evaluate, "HALF_PRECISION_COST", -1.0)
    assert "full precision" in ship_run(find_run("small"), "full", True)
    assert dtypes_of(checkpoints_folder / "full") == {torch.float32, torch.int64}
    images = torch.randn(4, 3, 32, 32)
    assert torch.equal(
        load_classifier(find_run("full")).model(images), load_classifier(find_run("small")).model(images)
    )


def test_figures_alone_can_be_shipped(small_run, checkpoints_folder):
    assert "no weights" in ship_run(find_run("small"), "figures", False)
    assert {path.name for path in (checkpoints_folder / "figures").iterdir()} == {
        "config.json",
        "metrics.json",
        "manifest.json",
    }
    assert find_run("figures").metrics.test == read_run(small_run).metrics.test


@pytest.mark.parametrize("name", ["../out", "a/b", "", "."])
def test_a_run_is_shipped_under_a_plain_name_only(small_run, name):
    with pytest.raises(CcdsError, match="name"):
        ship_run(find_run("small"), name, False)


def test_no_two_runs_of_a_list_share_a_name(small_run):
    ship_run(find_run("small"), "small", False)
    names = [record.name for record in list_runs()]
    assert len(names) == len(set(names))


def test_figures_shipped_over_a_whole_run_leave_no_weights(small_run, checkpoints_folder):
    ship_run(find_run("small"), "twice", True)
    ship_run(find_run("small"), "twice", False)
    assert not (checkpoints_folder / "twice" / WEIGHTS).exists()


def test_an_unfinished_run_is_not_shipped(small_run):
    save_card(small_run.parent / "half-way", read_run(small_run).card)
    with pytest.raises(CheckpointError, match=r"'half-way' is not finished\. Resume it"):
        ship_run(find_run("half-way"), "x", False)


def test_an_unknown_part_is_refused(small_run):
    with pytest.raises(InvalidInputError, match="train, val, test"):
        evaluate_run(find_run("small"), "validation")


def test_a_run_is_not_measured_on_other_classes(small_run):
    record = read_run(small_run)
    card = replace(record.card, classes=tuple("abcdefghij"))
    weights = load_file(small_run / WEIGHTS)
    save_run(small_run.parent / "other", card, record.metrics, weights)
    with pytest.raises(CheckpointError, match="other classes"):
        evaluate_run(find_run("other"), "test")


@pytest.fixture
def small_presets(monkeypatch, runs_folder, checkpoints_folder, small_cnn):
    """Two architectures that train on a few digits quickly; the second depends on its seed."""

    class OnDigits(Preset):
        def config(self, name):
            train = TrainConfig(epochs=1, batch_size=50, precision="float32")
            return replace(super().config(name), data=DataConfig("digits", "seeded", 100), train=train)

    names = ("architecture-1", "architecture-2")
    found = {name: OnDigits(name, "small", PRESETS[name].options, PRESETS[name].train) for name in names}
    monkeypatch.setattr(make_checkpoints, "PRESETS", found)
    monkeypatch.setattr(consensus, "LEARNED", 0.0)


@pytest.mark.usefixtures("small_presets")
def test_all_checkpoints_are_trained_shipped_and_measured_once():
    told = list(make_checkpoints.make_checkpoints())
    shipped = {record.name: record.has_weights for record in list_runs() if record.shipped}
    assert shipped == {
        "architecture-1": True,
        "architecture-2": True,
        "architecture-2-seed-1": False,
        "architecture-2-seed-2": False,
    }
    assert "Consensus of 2 models measured on 176 validation images" in told[-1]
    reliability = consensus.load_reliability()
    assert reliability.models == ("architecture-1", "architecture-2")
    assert reliability.n == sum(found.n for found in reliability.bins) == 176
    assert reliability.n_foreign == sum(found.foreign for found in reliability.bins) > 0
    assert not any("epoch" in line for line in make_checkpoints.make_checkpoints()), (
        "finished runs are not trained again"
    )


@pytest.mark.usefixtures("small_presets")
def test_where_nothing_learned_there_is_no_consensus_to_measure(monkeypatch):
    monkeypatch.setattr(consensus, "LEARNED", 1.1)
    with pytest.raises(CheckpointError, match="learned enough"):
        list(make_checkpoints.make_checkpoints())
