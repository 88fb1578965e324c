"""Bad input on the command line: exit code 2 and one sentence on stderr, never a traceback, never half an answer."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ccds_core import runs
from ccds_core.errors import MissingDataError
from ccds_core.run_folders import MANIFEST, WEIGHTS
from tests.conftest import TINY
from tests.core.hostile import make_scene, png_header

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ["--data", "digits", "--epochs", "1", "--limit", "40", "--precision", "float32"]


@pytest.fixture
def refused(ccds):
    """Run the command line, and hold it to the contract for bad input."""

    def run(*words):
        answer = ccds(*words)
        assert answer.code == 2
        assert answer.out == ""
        assert len(answer.err.strip().splitlines()) == 1, answer.err
        assert answer.err.strip().endswith(".")
        assert "Traceback" not in answer.err
        return answer.err

    return run


@pytest.fixture
def picture(tmp_path):
    make_scene().save(tmp_path / "scene.png")
    return tmp_path / "scene.png"


@pytest.fixture
def folders(runs_folder, checkpoints_folder, data_folder, cache_folder, small_cnn):
    return runs_folder


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "architecture-9"], "No preset 'architecture-9'. There: architecture-1"),
        (["train", "architecture-1", *DIGITS, "--dropout", "1.5"], "dropout is a probability"),
        (["train", "architecture-1", "--epochs", "0", "--momentum", "3"], "epochs must be a number of at least 1"),
        (["train", "architecture-1", *DIGITS, "--name", "../x"], "name is made of letters"),
        (
            ["train", "architecture-1", "--data", "digits", "--split", "official"],
            "has the split 'seeded', not 'official'",
        ),
        (["train", "--resume", "--name", "absent"], "absent"),
        (["evaluate", "absent"], "No run 'absent'"),
        (["evaluate", "../absent"], "name is made of letters"),
    ],
    ids=lambda value: " ".join(value[-3:]) if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence(refused, words, said):
    assert said in refused(*words)


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    "form",
    [
        [],
        ["--json"],
    ],
    ids=["in words", "as JSON"],
)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["architecture-1", "--data", "nowhere"], "No data set 'nowhere'"),
        (["architecture-1", "--name", "mine"], "CIFAR-10 is not in data/"),
        (["architecture-4", *DIGITS, "--batch-size", "1"], "at least two examples"),
    ],
    ids=["unknown data", "missing data", "batch of one"],
)
def test_bad_input_that_shows_when_a_training_begins_is_one_sentence(refused, folders, words, said, form):
    assert said in refused("train", *words, *form)
    assert not folders.exists() or not any(folders.iterdir()), "nothing stays behind"


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    "words",
    [
        ["train", "architecture-1", "--epochs", "ten"],
        ["train", "architecture-1", "--activation", "swish"],
        ["train", "--frobnicate"],
        ["evaluate"],
        ["nothing"],
    ],
    ids=" ".join,
)
def test_words_that_make_no_command_are_one_sentence_too(refused, words):
    refused(*words)


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("words", [["train", "--epochs", "ten"], ["evaluate"], ["nothing"], ["--frobnicate"]])
def test_words_that_make_no_command_exit_with_2_and_no_traceback(ccds, words):
    answer = ccds(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err


def test_an_unknown_part_is_refused_with_the_parts_there_are(refused, small_run):
    assert "train, val, test" in refused("evaluate", "small", "--split", "validation", "--json")


def test_a_name_that_is_taken_is_refused(refused, small_run):
    assert "There is a run 'small' already" in refused("train", "architecture-1", *DIGITS, "--name", "small", "--json")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"hello", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (png_header(40_000, 40_000), "pixels"),
        (bytes(11_000_000), "MB"),
    ],
    ids=["empty", "text", "SVG", "too many pixels", "too many bytes"],
)
def test_what_is_not_a_picture_is_refused(refused, small_run, tmp_path, content, said):
    (tmp_path / "file.png").write_bytes(content)
    assert said in refused("predict", str(tmp_path / "file.png"), "--model", "small", "--json")


@pytest.mark.parametrize("name", ["absent.png", ".", "scene.png/x"])
def test_a_file_that_cannot_be_opened_is_refused(refused, small_run, picture, name):
    assert "cannot be read" in refused("predict", str(picture.parent / name), "--model", "small")


def test_an_unknown_model_is_refused_with_those_there_are(refused, small_run, picture):
    assert "No run 'vgg'. There: small" in refused("predict", str(picture), "--model", "vgg", "--json")


def test_a_damaged_run_is_refused(refused, small_run, picture):
    (small_run / WEIGHTS).write_bytes(b"damaged")
    assert "is damaged or was changed" in refused("predict", str(picture), "--model", "small")
    (small_run / MANIFEST).unlink()
    assert "not finished" in refused("predict", str(picture), "--model", "small")


def test_evaluating_a_run_whose_data_is_gone_is_refused(refused, small_run, monkeypatch):
    monkeypatch.setattr("ccds_core.evaluation.load_image_data", _no_data)
    assert "no data here" in refused("evaluate", "small")


def test_an_option_that_a_resumed_run_cannot_follow_is_refused(refused, folders):
    stream = runs.run(replace(TINY, name="mine"))
    for _ in range(7):  # an epoch has six steps
        next(stream)
    stream.close()
    refused("train", "--name", "mine", "--resume", "--epochs", "9")


@pytest.mark.slow
def test_the_real_command_line_keeps_the_contract_too(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    command = [sys.executable, "-m", "ccds_core", "predict", str(tmp_path / "a.png")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "This is not a picture that can be read. Choose JPEG, PNG, WebP, GIF or BMP.\n"


def _no_data(config):
    raise MissingDataError("There is no data here.")
