"""A run on disk: reloads to the same answers, and is listed whatever else lies in the folder."""

import json
import os
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from ccds_core.data.datasets import load_image_data
from ccds_core.data.uploads import shrink
from ccds_core.errors import CheckpointError, InvalidConfigError
from ccds_core.runs import records
from ccds_core.runs.records import MANIFEST, WEIGHTS, find_run, fingerprint, list_runs, read_run
from ccds_core.runs.weights import load_classifier, save_run, save_tensors
from ccds_core.storage import write_atomically
from ccds_core.training.loop import predict_batches


def test_a_reloaded_run_gives_the_same_logits(small_run):
    one, other = load_classifier(find_run("small")), load_classifier(find_run("small"))
    images = torch.randn(6, 3, 32, 32)
    assert torch.equal(one.model(images), other.model(images))
    batches = load_image_data(one.config.data).batches("test")
    labels, probabilities, _ = predict_batches(one.model, batches)
    assert (probabilities.argmax(axis=1) == labels).mean() == read_run(small_run).metrics.test.accuracy


@pytest.mark.usefixtures("small_run")
def test_a_loaded_network_is_frozen_in_eval_mode_and_float32():
    model = load_classifier(find_run("small")).model
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert {tensor.dtype for tensor in model.state_dict().values()} == {torch.float32, torch.int64}


def test_weights_in_half_precision_answer_almost_the_same(small_run):
    full = load_classifier(find_run("small"))
    record = read_run(small_run)
    half = {name: t.half() if t.is_floating_point() else t for name, t in full.model.state_dict().items()}
    save_run(small_run.parent / "half", record.card, record.metrics, half)
    images = torch.randn(20, 3, 32, 32)
    assert np.abs(load_classifier(find_run("half")).predict_many(images) - full.predict_many(images)).max() < 0.01
    assert (small_run.parent / "half" / WEIGHTS).stat().st_size < 0.7 * (small_run / WEIGHTS).stat().st_size


@pytest.mark.usefixtures("small_run")
def test_an_image_of_any_size_gets_probabilities():
    classifier = load_classifier(find_run("small"))
    for size in ((32, 32), (33, 200), (640, 480), (1, 1)):
        images = classifier.encode(Image.new("RGB", size, "orange"))
        assert images.shape == (1, 3, 32, 32)
        prediction = classifier.predict(images)
        assert prediction.probabilities.sum() == pytest.approx(1)
        assert prediction.label == classifier.classes[prediction.index]
        assert prediction.confidence == prediction.probabilities.max()


@pytest.mark.usefixtures("small_run")
def test_a_batch_gives_the_same_predictions_as_single_images():
    classifier, images = load_classifier(find_run("small")), torch.randn(5, 3, 32, 32)
    together = classifier.predict_many(images)
    alone = np.concatenate([classifier.predict_many(images[row : row + 1]) for row in range(5)])
    assert np.allclose(together, alone, atol=1e-6)


def test_what_the_network_sees_is_the_centre_square():
    wide = Image.new("RGB", (300, 100), "black")
    wide.paste("white", (100, 0, 200, 100))
    assert np.asarray(shrink(wide)).shape == (32, 32, 3)
    assert np.asarray(shrink(wide))[:, 4:28].min() > 200


def test_listing_survives_whatever_else_lies_in_the_folders(small_run, checkpoints_folder):
    for root in (small_run.parent, checkpoints_folder):
        root.mkdir(exist_ok=True)
        (root / "README.md").write_text("hello")
        (root / "reliability.json").write_text("{}")
        (root / ".DS_Store").write_bytes(bytes(9))
        (root / "empty").mkdir()
        (root / "foreign").mkdir()
        (root / "foreign" / "config.json").write_text('{"model_type": "bert"}')
        (root / "config as folder" / "config.json").mkdir(parents=True)
        (root / "binary").mkdir()
        (root / "binary" / "config.json").write_bytes(b"\xff\xfe\x00")
        (root / "name that is none").mkdir()
        (root / "linked").symlink_to(small_run, target_is_directory=True)
        (root / "dangling").symlink_to(root / "nowhere")
    assert [record.name for record in list_runs()] == ["small"]
    fingerprint()


def test_a_run_of_a_model_unknown_here_is_left_out_or_has_a_task(small_run):
    card = json.loads((small_run / "config.json").read_text())
    card["config"] |= {"name": "later", "model": "vision-transformer"}
    (small_run.parent / "later").mkdir()
    (small_run.parent / "later" / "config.json").write_text(json.dumps(card))
    assert {record.task for record in list_runs()} <= {"image", "text"}


@pytest.mark.usefixtures("runs_folder", "checkpoints_folder")
def test_without_any_folder_there_are_no_runs():
    assert list_runs() == []
    assert fingerprint() == ""
    with pytest.raises(CheckpointError, match=r"No run 'absent'\. There: none"):
        find_run("absent")


@pytest.mark.usefixtures("small_run")
def test_an_unknown_run_gives_a_sentence_that_lists_the_runs():
    with pytest.raises(CheckpointError, match=r"No run 'vgg'\. There: small\. Train one"):
        load_classifier(find_run("vgg"))


@pytest.mark.usefixtures("small_run")
@pytest.mark.parametrize("name", ["../small", "../runs/small", "/etc", "small/", "", "."])
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(InvalidConfigError, match="name may have letters"):
        load_classifier(find_run(name))


def test_shipped_runs_come_first_and_are_marked(small_run, checkpoints_folder):
    shutil.copytree(small_run, checkpoints_folder / "zebra")
    assert [(record.name, record.shipped) for record in list_runs()] == [("zebra", True), ("small", False)]


def test_a_run_without_weights_shows_its_figures_and_says_so_when_asked_to_answer(small_run):
    record = read_run(small_run)
    save_run(small_run.parent / "figures", record.card, record.metrics, None)
    assert not find_run("figures").has_weights
    assert find_run("figures").metrics.test == record.metrics.test
    with pytest.raises(CheckpointError, match="'figures' has no weights"):
        load_classifier(find_run("figures"))


@pytest.mark.parametrize("change", ["added", "removed", "finished again", "a file rewritten"])
def test_the_fingerprint_changes_when_a_run_does_and_only_then(small_run, change):
    before = fingerprint()
    assert fingerprint() == before
    record = read_run(small_run)
    if change == "added":
        shutil.copytree(small_run, small_run.parent / "other")
    elif change == "removed":
        shutil.rmtree(small_run)
    elif change == "finished again":
        save_run(small_run, record.card, record.metrics, None)
    else:
        write_atomically(small_run / MANIFEST, (small_run / MANIFEST).read_text())
    assert fingerprint() != before


def test_the_digest_of_a_record_changes_with_its_weights(small_run):
    before = read_run(small_run)
    weights = {name: tensor + 1 for name, tensor in load_classifier(find_run("small")).model.state_dict().items()}
    save_run(small_run, before.card, before.metrics, weights)
    assert read_run(small_run).digest != before.digest


def test_writing_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    text, tensors = tmp_path / "a.json", tmp_path / "a.safetensors"
    write_atomically(text, "old")
    save_tensors(tensors, {"a": torch.zeros(3)}, {})
    old = tensors.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, fail)
            with pytest.raises(OSError, match="disk full"):
                write_atomically(text, "new")
            with pytest.raises(OSError, match="disk full"):
                save_tensors(tensors, {"a": torch.ones(3)}, {})
    assert text.read_text() == "old"
    assert tensors.read_bytes() == old
    write_atomically(text, "new")
    assert text.read_text() == "new"


def test_a_file_written_here_may_be_read_by_others(tmp_path):
    save_tensors(tmp_path / "a.safetensors", {"a": torch.zeros(3)}, {})
    assert (tmp_path / "a.safetensors").stat().st_mode & 0o777 == 0o644


def test_a_run_is_whole_only_when_its_manifest_is_there(small_run):
    (small_run / MANIFEST).unlink()
    assert read_run(small_run).status == "unfinished"
    assert records.list_runs()[0].metrics.history == ()
