"""The benchmark: both loops train the same network on the same pictures, and its numbers agree with each other."""

import pytest
import torch

from ccds_core import bench
from ccds_core.models.cnn import build_cnn
from ccds_core.options import CnnOptions
from ccds_core.runs import count_multiply_adds


@pytest.fixture
def small_bench(monkeypatch, data_folder, cache_folder, small_cnn):
    """Digits, a few steps, small matrices."""
    for name, value in {"N_PICTURES": 48, "BATCH": 8, "TURNS": 2, "STEPS_A_TURN": 2, "PEAK_SIZE": 64}.items():
        monkeypatch.setattr(bench, name, value)


@pytest.mark.usefixtures("small_bench")
def test_its_numbers_agree_with_each_other():
    found = bench.bench_training()
    assert found.ours > 0
    assert found.notebook > 0
    assert found.ratio == pytest.approx(found.ours / found.notebook)
    assert found.share_of_peak == pytest.approx(found.gflops / found.peak_gflops)
    one_picture = count_multiply_adds(build_cnn(CnnOptions(), 10), (torch.zeros(1, 3, 32, 32),))
    assert found.gflops == pytest.approx(6 * one_picture * found.ours / 1e9)
    assert (found.batch, found.pictures) == (8, "scikit-learn digits")
    assert found.precision in ("float32", "bfloat16")


@pytest.mark.usefixtures("small_bench")
def test_its_sentence_says_what_was_measured_and_on_what():
    sentence = bench.bench_training().sentence()
    for word in ("pictures a second", "batch 8", "scikit-learn digits", "threads", "matmul peak"):
        assert word in sentence


@pytest.mark.usefixtures("small_bench")
def test_the_command_prints_the_record(ccds):
    found = ccds("bench", "train", "--json").json
    assert list(found) == list(bench.TrainingBench.__dataclass_fields__)


def test_the_median_turn_counts_and_the_first_does_not(monkeypatch, small_bench):
    turns = iter([99.0, 99.0, 4.0, 2.0, 8.0, 2.0, 6.0, 2.0])  # ours, the notebook's, ours, ...; the first pair warms up
    monkeypatch.setattr(bench, "TURNS", 3)
    monkeypatch.setattr(bench, "_speed", lambda steps: next(turns))
    found = bench.bench_training()
    assert (found.ours, found.notebook, found.ratio) == (6.0, 2.0, 3.0)


def test_a_turn_is_so_many_steps_of_a_whole_batch(monkeypatch):
    clock = iter([10.0, 12.0])
    steps = iter(range(100))
    assert bench._speed(steps, lambda: next(clock)) == bench.STEPS_A_TURN * bench.BATCH / 2.0
    assert next(steps) == bench.STEPS_A_TURN
