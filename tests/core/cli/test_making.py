"""The verbs that fetch, ship and measure: what they print when they are done."""

import pytest

from ccds_core.data import cifar10
from ccds_core.runs.records import find_run
from scripts import make_checkpoints
from scripts.bench import training


def test_fetch_names_the_folder_of_the_data(ccds, monkeypatch, tmp_path):
    monkeypatch.setattr(cifar10, "fetch", lambda: tmp_path / "cifar-10-batches-py")
    answer = ccds("data", "fetch")
    assert (answer.code, answer.out) == (0, f"CIFAR-10 is in {tmp_path / 'cifar-10-batches-py'}.\n")


def test_ship_copies_a_run_under_another_name(ccds, small_run):
    answer = ccds("ship", "small", "--as", "architecture-1")
    assert answer.code == 0
    assert answer.out.startswith("architecture-1: shipped in half precision")
    assert find_run("architecture-1").shipped
    assert "no weights" in ccds("ship", "small", "--as", "figures", "--no-weights").out


def test_making_the_checkpoints_prints_each_step(capsys, monkeypatch):
    monkeypatch.setattr(make_checkpoints, "make_checkpoints", lambda: iter(["one", "two"]))
    make_checkpoints.main()
    assert capsys.readouterr().out == "one\ntwo\n"


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_bench_train_prints_a_sentence(ccds, monkeypatch, precision):
    result = training.TrainingBench(3000.0, 1000.0, 3.0, precision, 500.0, 1000.0, 0.5, 64, "made up", 2)
    monkeypatch.setattr(training, "bench_training", lambda: result)
    answer = ccds("bench", "train")
    assert answer.out == result.sentence() + "\n"
    assert f"3.0 times as many (architecture 1, batch size 64, 2 threads, {precision} against float32" in answer.out
    assert "50 % of this machine's" in answer.out
