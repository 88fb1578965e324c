"""Bad input on the command line: exit code 2 and one sentence on stderr, no traceback and no output."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ccds_core.errors import MissingDataError
from ccds_core.runs import execute
from ccds_core.runs.records import MANIFEST, WEIGHTS
from tests.conftest import TINY
from tests.support.hostile_files import make_scene, png_header

ROOT = Path(__file__).resolve().parents[3]
DIGITS = ["--data", "digits", "--epochs", "1", "--limit", "40", "--precision", "float32"]


@pytest.fixture
def refused(ccds):
    """Run the command line and check the contract for bad input."""

    def run(*arguments):
        answer = ccds(*arguments)
        assert answer.code == 2
        assert answer.out == ""
        assert len(answer.err.strip().splitlines()) == 1, answer.err
        assert answer.err.strip().endswith(".")
        assert "Traceback" not in answer.err
        return answer.err

    return run


@pytest.fixture
def image_file(tmp_path):
    make_scene().save(tmp_path / "scene.png")
    return tmp_path / "scene.png"


@pytest.fixture
def folders(runs_folder, checkpoints_folder, data_folder, cache_folder, small_cnn):
    return runs_folder


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "architecture-9"], "No preset 'architecture-9'. There: architecture-1"),
        (["train", "architecture-1", *DIGITS, "--dropout", "1.5"], "dropout is a probability"),
        (["train", "architecture-1", "--epochs", "0", "--momentum", "3"], "epochs must be a number of at least 1"),
        (["train", "architecture-1", *DIGITS, "--name", "../x"], "name may have letters"),
        (
            ["train", "architecture-1", "--data", "digits", "--split", "official"],
            "has the split 'seeded', not 'official'",
        ),
        (["train", "--resume", "--name", "absent"], "absent"),
        (["evaluate", "absent"], "No run 'absent'"),
        (["evaluate", "../absent"], "name may have letters"),
    ],
    ids=lambda value: " ".join(value[-3:]) if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence(refused, arguments, message):
    assert message in refused(*arguments)


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    "form",
    [
        [],
        ["--json"],
    ],
    ids=["as text", "as JSON"],
)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["architecture-1", "--data", "nowhere"], "No data set 'nowhere'"),
        (["architecture-1", "--name", "mine"], "CIFAR-10 is not in data/"),
        (["architecture-4", *DIGITS, "--batch-size", "1"], "at least two examples"),
    ],
    ids=["unknown data", "missing data", "batch of one"],
)
def test_bad_input_that_is_found_when_training_starts_is_one_sentence(refused, folders, arguments, message, form):
    assert message in refused("train", *arguments, *form)
    assert not folders.exists() or not any(folders.iterdir()), "nothing is left in the folder of runs"


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "architecture-1", "--epochs", "ten"],
        ["train", "architecture-1", "--activation", "swish"],
        ["train", "--frobnicate"],
        ["evaluate"],
        ["nothing"],
    ],
    ids=" ".join,
)
def test_invalid_arguments_are_one_sentence(refused, arguments):
    refused(*arguments)


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("arguments", [["train", "--epochs", "ten"], ["evaluate"], ["nothing"], ["--frobnicate"]])
def test_invalid_arguments_exit_with_2_and_no_traceback(ccds, arguments):
    answer = ccds(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err


def test_an_unknown_split_is_refused_with_a_list_of_splits(refused, small_run):
    assert "train, val, test" in refused("evaluate", "small", "--split", "validation", "--json")


def test_a_name_that_is_taken_is_refused(refused, small_run):
    assert "There is a run 'small' already" in refused("train", "architecture-1", *DIGITS, "--name", "small", "--json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"hello", "that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "that can be read"),
        (png_header(40_000, 40_000), "pixels"),
        (bytes(11_000_000), "MB"),
    ],
    ids=["empty", "text", "SVG", "too many pixels", "too many bytes"],
)
def test_a_file_that_is_no_image_is_refused(refused, small_run, tmp_path, content, message):
    (tmp_path / "file.png").write_bytes(content)
    assert message in refused("predict", str(tmp_path / "file.png"), "--model", "small", "--json")


@pytest.mark.parametrize("name", ["absent.png", ".", "scene.png/x"])
def test_a_file_that_cannot_be_opened_is_refused(refused, small_run, image_file, name):
    assert "cannot be read" in refused("predict", str(image_file.parent / name), "--model", "small")


def test_an_unknown_model_is_refused_with_a_list_of_models(refused, small_run, image_file):
    assert "No run 'vgg'. There: small" in refused("predict", str(image_file), "--model", "vgg", "--json")


def test_a_damaged_run_is_refused(refused, small_run, image_file):
    (small_run / WEIGHTS).write_bytes(b"damaged")
    assert "is damaged or was changed" in refused("predict", str(image_file), "--model", "small")
    (small_run / MANIFEST).unlink()
    assert "not finished" in refused("predict", str(image_file), "--model", "small")


def test_evaluating_a_run_whose_data_is_gone_is_refused(refused, small_run, monkeypatch):
    monkeypatch.setattr("ccds_core.runs.evaluate.load_image_data", _no_data)
    assert "no data here" in refused("evaluate", "small")


def test_a_changed_option_of_a_resumed_run_is_refused(refused, folders):
    stream = execute.run(replace(TINY, name="mine"))
    for _ in range(7):  # an epoch has six steps
        next(stream)
    stream.close()
    refused("train", "--name", "mine", "--resume", "--epochs", "9")


@pytest.mark.slow
def test_bad_input_in_another_process_is_one_sentence(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no image")
    command = [sys.executable, "-m", "ccds_core", "predict", str(tmp_path / "a.png")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "This is not an image that can be read. Choose JPEG, PNG, WebP, GIF or BMP.\n"


def _no_data(config):
    raise MissingDataError("There is no data here.")
