"""The verbs that fetch, ship and measure: what they say when they have done it."""

import pytest

from ccds_core import bench, shipping
from ccds_core.data import cifar10
from ccds_core.run_folders import find_run


def test_fetch_says_where_the_data_lies_now(ccds, monkeypatch, tmp_path):
    monkeypatch.setattr(cifar10, "fetch", lambda: tmp_path / "cifar-10-batches-py")
    answer = ccds("data", "fetch")
    assert (answer.code, answer.out) == (0, f"CIFAR-10 is in {tmp_path / 'cifar-10-batches-py'}.\n")


def test_ship_copies_a_run_under_another_name(ccds, small_run):
    answer = ccds("ship", "small", "--as", "architecture-1")
    assert answer.code == 0
    assert answer.out.startswith("architecture-1: shipped in half precision")
    assert find_run("architecture-1").shipped
    assert "no weights" in ccds("ship", "small", "--as", "figures", "--no-weights").out


def test_checkpoints_tells_each_step(ccds, monkeypatch):
    monkeypatch.setattr(shipping, "make_checkpoints", lambda: iter(["one", "two"]))
    assert ccds("checkpoints").out == "one\ntwo\n"


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_bench_says_its_result_in_words(ccds, monkeypatch, precision):
    found = bench.TrainingBench(3000.0, 1000.0, 3.0, precision, 500.0, 1000.0, 0.5, 64, "made up", 2)
    monkeypatch.setattr(bench, "bench_training", lambda: found)
    answer = ccds("bench", "train")
    assert answer.out == found.sentence() + "\n"
    assert f"3.0 times as many (architecture 1, batch 64, 2 threads, {precision} against float32" in answer.out
    assert "50% of this machine's own" in answer.out
