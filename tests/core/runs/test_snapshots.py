"""Snapshots and forks: a run can be looked at as it was after an epoch, and go another way from there."""

import json
import os
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from ccds_core.config.options import CnnOptions
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.jobs import control
from ccds_core.runs import execute, snapshots
from ccds_core.runs.records import MANIFEST, find_run, read_run
from tests.support.job_helpers import named, outcome_of, updates_of, work, work_to
from tests.support.small_texts import TEXT_MODELS, text_config


@pytest.fixture
def original(scheduler):
    """A finished job, one with a rate that was changed in its third epoch."""
    control.start(named("a"))
    work_to(scheduler, "a", 7)
    control.set_rate("a", 0.3)
    work(scheduler)
    return "a"


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_fork_with_nothing_changed_ends_like_the_original(scheduler, original, epoch):
    config = read_run(find_run("a").folder).card.config
    control.fork("a", epoch, replace(config, name="b"))
    work(scheduler)
    assert outcome_of("b") == outcome_of("a")
    assert updates_of("b") == updates_of("a") == list(range(1, 10))
    assert [s.loss for s in control.read_steps("b")] == [s.loss for s in control.read_steps("a")]
    assert control.snapshots("b") == list(range(epoch, 4))


def test_a_fork_learns_as_it_is_told_from_its_epoch_on(scheduler, original):
    control.fork("a", 1, named("b", learning_rate=0.01, epochs=4))
    work(scheduler)
    assert [step.learning_rate for step in control.read_steps("b")[2:5]] == [0.001, 0.01, 0.01]
    assert len(updates_of("b")) == 12
    assert outcome_of("b") != outcome_of("a")
    assert control.snapshots("a") == [1, 2, 3]


def test_a_fork_that_waits_is_a_run_already_with_its_own_config(scheduler, original):
    control.fork("a", 1, named("b", learning_rate=0.01))
    assert control.status("b").state == "queued"
    assert read_run(find_run("b").folder).card.config.train.learning_rate == 0.01


def test_another_optimizer_begins_with_nothing_remembered(scheduler, original):
    control.fork("a", 2, named("b", optimizer="sgd", momentum=0.0, learning_rate=1e-9))
    work(scheduler)
    before, after = (control.load_snapshot(name, epoch).model.state_dict() for name, epoch in (("a", 2), ("b", 3)))
    weights = [name for name in before if name.endswith("weight")]
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in weights)


def test_a_fork_of_a_run_under_way_leaves_it_alone(scheduler, original):
    control.start(named("c"))
    work_to(scheduler, "c", 5)
    control.fork("c", 1, named("d"))
    work(scheduler)
    assert outcome_of("c") == outcome_of("d")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (named("b", batch_size=25), "batch_size must stay 50"),
        (named("b", epochs=2), "epochs must be more than 2"),
        (replace(named("b"), options=CnnOptions()), "the network must be the same"),
        (replace(named("b"), data=replace(named("b").data, limit=100)), "the data must be the same"),
        (named("a"), "There is a run 'a' already"),
    ],
)
def test_what_cannot_be_forked_is_said_and_leaves_nothing(scheduler, original, runs_folder, config, said):
    with pytest.raises(InvalidConfigError, match=said):
        control.fork("a", 2, config)
    assert {path.name for path in runs_folder.iterdir()} == {"a", ".jobs"}


def test_an_epoch_that_was_not_kept_is_named_with_those_that_were(scheduler, original):
    with pytest.raises(CheckpointError, match=r"no snapshot of epoch 9\. There: 1, 2, 3"):
        control.fork("a", 9, named("b", epochs=20))
    with pytest.raises(CheckpointError, match="no snapshot of epoch 0"):
        control.load_snapshot("a", 0)


def test_a_snapshot_is_the_network_of_its_epoch(scheduler, original):
    record = read_run(find_run("a").folder)
    best = control.load_snapshot("a", record.metrics.best_epoch).model
    from ccds_core.runs.weights import load_classifier

    kept = load_classifier(find_run("a")).model.state_dict()
    assert all(torch.equal(kept[name], tensor) for name, tensor in best.state_dict().items())
    assert not best.training
    assert not any(parameter.requires_grad for parameter in best.parameters())
    early, late = (control.load_snapshot("a", epoch).model.state_dict() for epoch in (1, 3))
    assert not torch.equal(early["linears.fc1.weight"], late["linears.fc1.weight"])


@pytest.mark.parametrize("model", [model for model in TEXT_MODELS if model != "one-word"])
def test_a_text_model_is_looked_at_and_forked_as_well(scheduler, texts_csv, bert_base, model):
    config = text_config(model, texts_csv, bert_base)
    config = replace(config, name="t", train=replace(config.train, epochs=2))
    control.start(config)
    work(scheduler)
    assert control.load_snapshot("t", 1).predict(control.load_snapshot("t", 1).encode("so glad")).classes
    control.fork("t", 1, replace(config, name="u"))
    work(scheduler)
    assert outcome_of("u") == outcome_of("t")


def test_a_model_that_is_counted_is_a_job_too(scheduler, texts_csv, bert_base):
    control.start(replace(text_config("one-word", texts_csv, bert_base), name="t"))
    work(scheduler)
    assert control.status("t").state == "finished"
    assert control.read_steps("t") == []


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


def test_a_damaged_snapshot_is_said_to_be_one(scheduler, original):
    path = snapshots.find_snapshot(find_run("a").folder, 1)
    content = bytearray(path.read_bytes())
    content[-40] ^= 0x10
    path.write_bytes(content)
    control.fork("a", 1, named("b"))
    work(scheduler)
    assert control.status("b").state == "failed"
    assert "damaged" in control.status("b").message
    path.write_bytes(b"garbage")
    with pytest.raises(CheckpointError, match="cannot be read"):
        control.load_snapshot("a", 1)


def test_a_run_of_the_command_line_keeps_no_snapshots_unless_asked(ccds, scheduler):
    words = ("train", "--data", "digits", "--limit", "100", "--epochs", "2", "--precision", "float32", "--json")
    assert ccds(*words, "--name", "lean").json["status"] == "finished"
    assert ccds(*words, "--name", "rich", "--snapshots").json["status"] == "finished"
    assert (control.snapshots("lean"), control.snapshots("rich")) == ([], [1, 2])
    assert json.loads((find_run("lean").folder / "job.json").read_text())["backend"] == "command line"
    assert len(updates_of("lean")) == 4
    list(execute.run(named("other")))
    assert control.snapshots("other") == []


def test_of_all_runs_those_that_ended_longest_ago_give_their_snapshots_up_first(tmp_path):
    for age, name in enumerate(("finished", "stopped", "paused", "training")):
        folder = tmp_path / name
        (folder / "epochs").mkdir(parents=True)
        for epoch in (1, 2, 3):
            (folder / "epochs" / f"{epoch:03d}.safetensors").write_bytes(b"x" * 100)
            os.utime(folder / "epochs" / f"{epoch:03d}.safetensors", (age, age))
    (tmp_path / "finished" / MANIFEST).write_text("{}")
    kept = {}
    for room in (1200, 1000, 800, 0):
        snapshots.make_room(tmp_path, room, tmp_path / "training")
        kept[room] = [
            len(snapshots.epochs_of(tmp_path / name)) for name in ("finished", "stopped", "paused", "training")
        ]
    assert kept == {1200: [3, 3, 3, 3], 1000: [1, 3, 3, 3], 800: [1, 1, 3, 3], 0: [1, 1, 1, 3]}
    assert snapshots.epochs_of(tmp_path / "paused") == [3], "the last stays"
