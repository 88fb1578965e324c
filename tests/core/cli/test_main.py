"""The JSON of the verbs, their help, and the same content without --json."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from ccds_core.data import digits
from ccds_core.runs.records import find_run
from tests.support.hostile_files import make_scene
from tests.support.small_cifar import write_folders

ROOT = Path(__file__).resolve().parents[3]
VERBS = (
    [],
    ["train"],
    ["evaluate"],
    ["predict"],
    ["presets"],
    ["runs"],
    ["ship"],
    ["data"],
    ["data", "status"],
    ["data", "fetch"],
    ["bench"],
    ["bench", "train"],
)


@pytest.fixture
def image_file(tmp_path):
    make_scene().save(tmp_path / "scene.jpg")
    return str(tmp_path / "scene.jpg")


@pytest.fixture
def folders(runs_folder, checkpoints_folder, data_folder, cache_folder, small_cnn):
    return runs_folder


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_help(ccds, verb):
    answer = ccds(*verb, "--help")
    assert answer.code == 0
    assert "Usage: " in answer.out
    assert len(answer.out.splitlines()) > 4
    assert answer.err == ""


def test_help_is_fast():
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ccds_core", "--help"], cwd=ROOT, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    assert min(times) < 2.0  # a second on a quiet machine


def test_help_of_train_lists_every_option_of_its_records(ccds):
    shown = ccds("train", "--help").out
    for option in (
        "--dropout",
        "--activation",
        "--epochs",
        "--learning-rate",
        "--seed",
        "--limit",
        "--resume",
        "--json",
    ):
        assert option in shown
    assert "xavier-as-written" in shown


def test_predict_gives_model_prediction_and_a_probability_for_each_class(ccds, small_run, image_file):
    answer = ccds("predict", image_file, "--model", "small", "--json").json
    assert list(answer) == ["model", "prediction", "probabilities"]
    assert answer["model"] == "small"
    assert tuple(answer["probabilities"]) == digits.CLASSES
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    assert answer["prediction"] == max(answer["probabilities"], key=answer["probabilities"].get)


def test_predict_without_json_prints_the_most_probable_class_first(ccds, small_run, image_file):
    answer = ccds("predict", image_file, "--model", "small", "--json").json
    lines = ccds("predict", image_file, "--model", "small").out.splitlines()
    assert len(lines) == 10
    assert lines[0].split()[0] == answer["prediction"]


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_evaluate_gives_the_scores_of_one_part(ccds, small_run, split):
    answer = ccds("evaluate", "small", "--split", split, "--json").json
    assert list(answer) == ["model", "split", "n", "accuracy", "macro_f1", "classes", "confusion", "per_class"]
    assert (answer["model"], answer["split"]) == ("small", split)
    assert answer["n"] == {"train": 150, "val": 176, "test": 176}[split] == sum(map(sum, answer["confusion"]))
    assert tuple(answer["classes"]) == tuple(answer["per_class"]) == digits.CLASSES
    assert list(answer["per_class"]["zero"]) == ["precision", "recall", "f1", "support"]


def test_evaluate_agrees_with_the_stored_scores(ccds, small_run):
    stored = find_run("small").metrics.test
    answer = ccds("evaluate", "small", "--json").json
    assert (answer["accuracy"], answer["macro_f1"]) == (stored.accuracy, stored.macro_f1)
    assert f"accuracy {stored.accuracy:.4f}" in ccds("evaluate", "small").out


def test_runs_gives_a_row_for_each_run(ccds, small_run):
    answer = ccds("runs", "--json").json
    stored = find_run("small").metrics
    assert answer == [
        {
            "name": "small",
            "task": "image",
            "status": "finished",
            "test_accuracy": stored.test.accuracy,
            "parameters": stored.cost.parameters,
        }
    ]
    assert "small" in ccds("runs").out


def test_without_runs_the_list_is_empty_and_names_the_command_that_trains_one(ccds, folders):
    assert ccds("runs", "--json").json == []
    assert "python -m ccds_core train" in ccds("runs").out


def test_data_status_lists_missing_data_and_how_to_get_it(ccds, folders):
    answer = ccds("data", "status", "--json").json
    assert list(answer) == ["cifar10", "digits", "emotion"]
    for name, unit in (("cifar10", "images"), ("emotion", "texts")):
        assert (answer[name]["found"], answer[name]["path"], answer[name][unit]) == (False, None, 0)
        assert "data fetch" in answer[name]["missing"]
    assert answer["digits"]["found"] is True
    assert "data fetch" in ccds("data", "status").out


def test_data_status_names_the_folder_and_the_size(ccds, folders, data_folder):
    write_folders(data_folder)
    answer = ccds("data", "status", "--json").json["cifar10"]
    assert (answer["found"], answer["form"], answer["path"]) == (True, "folders", str(data_folder))
    assert (answer["images"], len(answer["digest"])) == (40, 64)
    assert "40 images" in ccds("data", "status").out


def test_train_json_gives_the_finished_run(ccds, folders):
    options = ["--epochs", "1", "--limit", "60", "--batch-size", "20", "--seed", "3", "--dropout", "0.25"]
    answer = ccds("train", "architecture-4", "--data", "digits", *options, "--precision", "float32", "--json")
    run = answer.json
    assert list(run) == ["name", "status", "test_accuracy", "best_epoch", "config"]
    assert (run["name"], run["status"], run["best_epoch"]) == ("architecture-4-digits-seed-3", "finished", 1)
    config = run["config"]
    assert config["data"] == {"name": "digits", "split": "seeded", "limit": 60, "eval_limit": 0}
    assert (config["options"]["activation"], config["options"]["dropout"]) == ("sigmoid", 0.25)
    assert (config["train"]["epochs"], config["train"]["batch_size"], config["train"]["seed"]) == (1, 20, 3)
    assert answer.err == ""
    assert run["test_accuracy"] == find_run(run["name"]).metrics.test.accuracy


def test_train_prints_each_epoch_and_the_result(ccds, folders):
    options = ["--epochs", "2", "--limit", "40", "--precision", "float32", "--name", "mine", "--no-flip"]
    answer = ccds("train", "architecture-1", "--data", "digits", *options)
    assert answer.code == 0
    assert "epoch 1/2: loss" in answer.err
    assert "epoch 2/2: loss" in answer.err
    assert answer.out.startswith("mine: test accuracy 0.")
    assert "scikit-learn digits" in answer.out


def test_train_resumes_by_name(ccds, folders, monkeypatch):
    from ccds_core.runs import execute

    proceed = execute.proceed

    def stop_after_the_first_epoch(opened):
        for number, metrics in enumerate(proceed(opened)):
            if number > 2:
                raise KeyboardInterrupt
            yield metrics

    options = ["--data", "digits", "--epochs", "2", "--limit", "40", "--batch-size", "20", "--precision", "float32"]
    with monkeypatch.context() as patch:
        patch.setattr(execute, "proceed", stop_after_the_first_epoch)
        stopped = ccds("train", "architecture-1", *options, "--name", "mine")
    assert stopped.code == 130
    assert "train --name mine --resume" in stopped.err
    assert ccds("runs", "--json").json[0]["status"] == "unfinished"
    assert ccds("train", "--name", "mine", "--resume", "--json").json["status"] == "finished"


@pytest.mark.slow
def test_json_in_another_process_is_the_only_output(tiny_run, tmp_path):
    Image.new("RGB", (200, 100), "navy").save(tmp_path / "a.png")
    command = [sys.executable, "-m", "ccds_core", "predict", str(tmp_path / "a.png"), "--model", tiny_run, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["model"] == tiny_run
    assert done.stderr == ""
