"""Snapshots and forks: a run can be looked at as it was after an epoch, and go another way from there."""

import json
import os
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from ccds_core import jobs, runs, snapshots
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.options import CnnOptions
from ccds_core.run_folders import MANIFEST, find_run, read_run
from tests.core.desks import named, outcome_of, updates_of, work, work_to
from tests.core.small_texts import TEXT_MODELS, text_config


@pytest.fixture
def original(desk):
    """A finished job, one with a rate that was changed in its third epoch."""
    jobs.start(named("a"))
    work_to(desk, "a", 7)
    jobs.set_rate("a", 0.3)
    work(desk)
    return "a"


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_fork_with_nothing_changed_ends_like_the_original(desk, original, epoch):
    config = read_run(find_run("a").folder).card.config
    jobs.fork("a", epoch, replace(config, name="b"))
    work(desk)
    assert outcome_of("b") == outcome_of("a")
    assert updates_of("b") == updates_of("a") == list(range(1, 10))
    assert [s.loss for s in jobs.read_steps("b")] == [s.loss for s in jobs.read_steps("a")]
    assert jobs.snapshots("b") == list(range(epoch, 4))


def test_a_fork_learns_as_it_is_told_from_its_epoch_on(desk, original):
    jobs.fork("a", 1, named("b", learning_rate=0.01, epochs=4))
    work(desk)
    assert [step.learning_rate for step in jobs.read_steps("b")[2:5]] == [0.001, 0.01, 0.01]
    assert len(updates_of("b")) == 12
    assert outcome_of("b") != outcome_of("a")
    assert jobs.snapshots("a") == [1, 2, 3]


def test_another_optimizer_begins_with_nothing_remembered(desk, original):
    jobs.fork("a", 2, named("b", optimizer="sgd", momentum=0.0, learning_rate=1e-9))
    work(desk)
    before, after = (jobs.load_snapshot(name, epoch).model.state_dict() for name, epoch in (("a", 2), ("b", 3)))
    weights = [name for name in before if name.endswith("weight")]
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in weights)


def test_a_fork_of_a_run_under_way_leaves_it_alone(desk, original):
    jobs.start(named("c"))
    work_to(desk, "c", 5)
    jobs.fork("c", 1, named("d"))
    work(desk)
    assert outcome_of("c") == outcome_of("d")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (named("b", batch_size=25), "batch_size stays 50"),
        (named("b", epochs=2), "epochs must be more than 2"),
        (replace(named("b"), options=CnnOptions()), "the network must be the same"),
        (replace(named("b"), data=replace(named("b").data, limit=100)), "the data must be the same"),
        (named("a"), "There is a run 'a' already"),
    ],
)
def test_what_cannot_be_forked_is_said_and_leaves_nothing(desk, original, runs_folder, config, said):
    with pytest.raises(InvalidConfigError, match=said):
        jobs.fork("a", 2, config)
    assert {path.name for path in runs_folder.iterdir()} == {"a", ".jobs"}


def test_an_epoch_that_was_not_kept_is_named_with_those_that_were(desk, original):
    with pytest.raises(CheckpointError, match=r"no snapshot of epoch 9\. There: 1, 2, 3"):
        jobs.fork("a", 9, named("b", epochs=20))
    with pytest.raises(CheckpointError, match="no snapshot of epoch 0"):
        jobs.load_snapshot("a", 0)


def test_a_snapshot_is_the_network_of_its_epoch(desk, original):
    record = read_run(find_run("a").folder)
    best = jobs.load_snapshot("a", record.metrics.best_epoch).model
    from ccds_core.checkpoints import load_classifier

    kept = load_classifier("a").model.state_dict()
    assert all(torch.equal(kept[name], tensor) for name, tensor in best.state_dict().items())
    assert not best.training
    assert not any(parameter.requires_grad for parameter in best.parameters())
    early, late = (jobs.load_snapshot("a", epoch).model.state_dict() for epoch in (1, 3))
    assert not torch.equal(early["linears.fc1.weight"], late["linears.fc1.weight"])


@pytest.mark.parametrize("model", [model for model in TEXT_MODELS if model != "one-word"])
def test_a_text_model_is_looked_at_and_forked_as_well(desk, texts_csv, bert_base, model):
    config = text_config(model, texts_csv, bert_base)
    config = replace(config, name="t", train=replace(config.train, epochs=2))
    jobs.start(config)
    work(desk)
    assert jobs.load_snapshot("t", 1).predict(jobs.load_snapshot("t", 1).encode("so glad")).classes
    jobs.fork("t", 1, replace(config, name="u"))
    work(desk)
    assert outcome_of("u") == outcome_of("t")


def test_a_model_that_is_counted_is_a_job_too(desk, texts_csv, bert_base):
    jobs.start(replace(text_config("one-word", texts_csv, bert_base), name="t"))
    work(desk)
    assert jobs.status("t").state == "finished"
    assert jobs.read_steps("t") == []


@pytest.mark.parametrize(("room", "left"), [(10, 10), (5, 5), (2, 2), (0, 2)])
def test_too_many_snapshots_are_thinned_evenly_and_the_ends_stay(tmp_path, room, left):
    (tmp_path / snapshots.EPOCHS).mkdir()
    for epoch in range(1, 11):
        (tmp_path / snapshots.EPOCHS / f"{epoch:03d}.safetensors").write_bytes(b"x" * 100)
    snapshots.thin_out(tmp_path, room * 100)
    kept = snapshots.epochs_of(tmp_path)
    assert len(kept) == left
    assert (kept[0], kept[-1]) == (1, 10)
    gaps = [later - earlier for earlier, later in pairwise(kept)]
    assert max(gaps) <= 3 * min(gaps)


def test_a_damaged_snapshot_is_said_to_be_one(desk, original):
    path = snapshots.find_snapshot(find_run("a").folder, 1)
    content = bytearray(path.read_bytes())
    content[-40] ^= 0x10
    path.write_bytes(content)
    jobs.fork("a", 1, named("b"))
    work(desk)
    assert jobs.status("b").state == "failed"
    assert "damaged" in jobs.status("b").said
    path.write_bytes(b"garbage")
    with pytest.raises(CheckpointError, match="cannot be read"):
        jobs.load_snapshot("a", 1)


def test_a_run_of_the_command_line_keeps_no_snapshots_unless_asked(ccds, desk):
    words = ("train", "--data", "digits", "--limit", "100", "--epochs", "2", "--precision", "float32", "--json")
    assert ccds(*words, "--name", "lean").json["status"] == "finished"
    assert ccds(*words, "--name", "rich", "--snapshots").json["status"] == "finished"
    assert (jobs.snapshots("lean"), jobs.snapshots("rich")) == ([], [1, 2])
    assert json.loads((find_run("lean").folder / "job.json").read_text())["backend"] == "command line"
    assert len(updates_of("lean")) == 4
    list(runs.run(named("other")))
    assert jobs.snapshots("other") == []


def test_of_all_runs_the_oldest_finished_ones_give_their_snapshots_up_first(tmp_path):
    for age, name in enumerate(("old", "young", "unfinished")):
        folder = tmp_path / name
        (folder / "epochs").mkdir(parents=True)
        for epoch in (1, 2, 3):
            (folder / "epochs" / f"{epoch:03d}.safetensors").write_bytes(b"x" * 100)
        if name != "unfinished":
            (folder / MANIFEST).write_text("{}")
            os.utime(folder / MANIFEST, (age, age))
    snapshots.make_room(tmp_path, 900)
    assert snapshots.epochs_of(tmp_path / "old") == [1, 2, 3], "all fit"
    snapshots.make_room(tmp_path, 750)
    assert snapshots.epochs_of(tmp_path / "old") == [3]
    assert snapshots.epochs_of(tmp_path / "young") == [1, 2, 3]
    snapshots.make_room(tmp_path, 0)
    assert snapshots.epochs_of(tmp_path / "young") == [3]
    assert snapshots.epochs_of(tmp_path / "unfinished") == [1, 2, 3], "what trains keeps its own"
