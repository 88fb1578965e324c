"""A run interrupted anywhere and resumed ends with the same bytes as one that was never interrupted."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig, TrainConfig
from ccds_core.errors import CheckpointError
from ccds_core.results import EpochMetrics
from ccds_core.runs import execute
from ccds_core.runs.records import RESUME, WEIGHTS, history_to_json, read_run
from tests.conftest import TINY
from tests.support.made_up_runs import make_history

EVERYTHING = CnnOptions("gelu", extra_conv=True, linear_batch_norm=True, conv_batch_norm=True, dropout=0.4)
TRAIN = TrainConfig(
    epochs=3, batch_size=50, flip=True, shift=2, clip_norm=1.0, label_smoothing=0.1, warmup_steps=4, precision="float32"
)
CASES = {
    "adam": (EVERYTHING, TRAIN),
    "adamw, one-cycle": (EVERYTHING, replace(TRAIN, optimizer="adamw", schedule="one-cycle")),
    "sgd, cosine": (EVERYTHING, replace(TRAIN, optimizer="sgd", schedule="cosine", learning_rate=0.02)),
    "sgd without momentum": (EVERYTHING, replace(TRAIN, optimizer="sgd", momentum=0.0)),
    "plain, bfloat16": (CnnOptions(), TrainConfig(epochs=3, batch_size=50, precision="bfloat16")),
    "patience": (CnnOptions(), replace(TRAIN, epochs=9, patience=2, learning_rate=1e-9)),
}
PULLS = {  # how much is pulled before the run is dropped; an epoch is three steps and its end
    "before anything": 0,
    "in the first epoch": 2,
    "at an epoch's end": 4,
    "in the second epoch": 6,
    "after all steps": 11,
}


@pytest.fixture
def folders(runs_folder, checkpoints_folder, small_cnn):
    return runs_folder


def config_of(name, case):
    options, train = CASES[case]
    return RunConfig(name, options=options, data=TINY.data, train=train)


def interrupt(config, pulls, resume=False):
    """Pull so often, then drop the run as a crash would, without a word to it."""
    stream = execute.run(config, resume=resume)
    told = [next(stream) for _ in range(pulls)]
    stream.close()
    return told


@pytest.mark.parametrize(("accuracies", "best"), [((0.3, 0.5, 0.5, 0.4), 2), ((0.2, 0.2), 1), ((0.1, 0.6), 2)])
def test_the_best_epoch_of_an_unfinished_run_is_the_first_of_equals_whose_weights_are_kept(folders, accuracies, best):
    interrupt(config_of("broken", "plain, bfloat16"), 6)
    path = folders / "broken" / RESUME
    history = make_history([1.0] * len(accuracies), val_accuracies=accuracies)
    save_file(load_file(path), path, {"history": history_to_json(list(history))})
    assert read_run(folders / "broken").metrics.best_epoch == best


def weights_of(folder):
    return (folder / WEIGHTS).read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_a_run_interrupted_in_each_epoch_ends_with_the_same_weights(folders, case):
    list(execute.run(config_of("whole", case)))
    interrupt(config_of("broken", case), 2)
    interrupt(config_of("broken", case), 6, resume=(folders / "broken" / "config.json").exists())
    interrupt(config_of("broken", case), 2, resume=True)
    list(execute.run(config_of("broken", case), resume=True))
    assert weights_of(folders / "broken") == weights_of(folders / "whole")
    whole, broken = (read_run(folders / name).metrics for name in ("whole", "broken"))
    assert [replace(e, seconds=0) for e in broken.history] == [replace(e, seconds=0) for e in whole.history]
    assert (broken.best_epoch, broken.test) == (whole.best_epoch, whole.test)


@pytest.mark.parametrize("moment", PULLS)
def test_a_run_interrupted_at_any_moment_ends_with_the_same_weights(folders, moment):
    list(execute.run(config_of("whole", "adam")))
    interrupt(config_of("broken", "adam"), PULLS[moment])
    begun = (folders / "broken" / "config.json").exists()
    list(execute.run(config_of("broken", "adam"), resume=begun))
    assert weights_of(folders / "broken") == weights_of(folders / "whole")


def test_a_resumed_run_goes_on_after_the_last_finished_epoch(folders):
    interrupt(config_of("broken", "adam"), 7)
    assert read_run(folders / "broken").status == "unfinished"
    assert len(read_run(folders / "broken").metrics.history) == 1
    rest = list(execute.run(config_of("broken", "adam"), resume=True))
    assert [m.epoch for m in rest if isinstance(m, EpochMetrics)] == [2, 3]
    assert read_run(folders / "broken").status == "finished"
    assert not (folders / "broken" / RESUME).exists()


def test_a_resumed_run_follows_its_own_config_whatever_else_is_given(folders):
    interrupt(config_of("broken", "adam"), 4)
    other = replace(config_of("broken", "adam"), train=replace(TRAIN, epochs=9, seed=5))
    list(execute.run(other, resume=True))
    assert read_run(folders / "broken").card.config == config_of("broken", "adam")


def test_a_finished_run_is_not_resumed(small_run):
    with pytest.raises(CheckpointError, match="finished; there is nothing to resume"):
        execute.resume_config("small")


@pytest.mark.usefixtures("folders")
def test_a_run_that_is_not_there_is_not_resumed():
    with pytest.raises(CheckpointError, match="absent"):
        execute.resume_config("absent")


@pytest.mark.parametrize("damage", ["half", "garbage", "other shapes"])
def test_a_damaged_resume_file_is_said_to_be_one(folders, damage):
    interrupt(config_of("broken", "adam"), 4)
    path = folders / "broken" / RESUME
    content = path.read_bytes()
    if damage == "other shapes":
        interrupt(config_of("other", "patience"), 4)
        content = (folders / "other" / RESUME).read_bytes()
    path.write_bytes({"half": content[: len(content) // 2], "garbage": b"\x80\x04garbage"}.get(damage, content))
    with pytest.raises(CheckpointError, match="broken"):
        list(execute.run(config_of("broken", "adam"), resume=True))


def test_a_flipped_bit_in_the_resume_file_is_noticed(folders):
    interrupt(config_of("broken", "adam"), 4)
    path = folders / "broken" / RESUME
    content = bytearray(path.read_bytes())
    content[-40] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(CheckpointError):
        interrupt(config_of("broken", "adam"), 1, resume=True)


@pytest.mark.slow
@pytest.mark.usefixtures("checkpoints_folder")
def test_a_run_killed_while_it_works_resumes_to_the_same_weights(runs_folder):
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "ccds_core", "train", "architecture-5", "--data", "digits", "--limit", "64"]
    command += ["--eval-limit", "32", "--batch-size", "32", "--epochs", "4", "--precision", "float32"]
    subprocess.run([*command, "--name", "whole", "--json"], cwd=root, check=True, capture_output=True)
    process = subprocess.Popen([*command, "--name", "killed", "--json"], cwd=root, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (runs_folder / "killed" / RESUME).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert read_run(runs_folder / "killed").status == "unfinished"
    resume = [sys.executable, "-m", "ccds_core", "train", "--name", "killed", "--resume", "--json"]
    subprocess.run(resume, cwd=root, check=True, capture_output=True)
    assert weights_of(runs_folder / "killed") == weights_of(runs_folder / "whole")
