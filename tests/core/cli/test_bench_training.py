"""The benchmark: both loops train the same network on the same images, and its numbers agree with each other."""

import pytest
import torch

from ccds_core.config.options import CnnOptions
from ccds_core.models.cnn import build as build_cnn
from ccds_core.runs.execute import count_multiply_adds
from scripts.bench import training


@pytest.fixture
def small_bench(monkeypatch, data_folder, cache_folder, small_cnn):
    """Digits, a few steps, small matrices."""
    for name, value in {"N_IMAGES": 48, "BATCH": 8, "ROUNDS": 2, "STEPS_PER_ROUND": 2, "PEAK_SIZE": 64}.items():
        monkeypatch.setattr(training, name, value)


@pytest.mark.usefixtures("small_bench")
def test_the_figures_agree_with_each_other():
    result = training.bench_training()
    assert result.ours > 0
    assert result.notebook > 0
    assert result.ratio == pytest.approx(result.ours / result.notebook)
    assert result.fraction_of_peak == pytest.approx(result.gflops / result.peak_gflops)
    macs = count_multiply_adds(build_cnn(CnnOptions(), 10), (torch.zeros(1, 3, 32, 32),))
    assert result.gflops == pytest.approx(6 * macs * result.ours / 1e9)
    assert (result.batch, result.data) == (8, "scikit-learn digits")
    assert result.precision in ("float32", "bfloat16")


@pytest.mark.usefixtures("small_bench")
def test_the_sentence_names_what_was_measured():
    sentence = training.bench_training().sentence()
    for word in ("images per second", "batch size 8", "scikit-learn digits", "threads", "matmul peak"):
        assert word in sentence


@pytest.mark.usefixtures("small_bench")
def test_bench_train_prints_the_record_as_json(ccds):
    result = ccds("bench", "train", "--json").json
    assert list(result) == list(training.TrainingBench.__dataclass_fields__)


def test_the_result_is_the_median_round_without_the_first(monkeypatch, small_bench):
    speeds = iter([99.0, 99.0, 4.0, 2.0, 8.0, 2.0, 6.0, 2.0])  # ours, the notebook's, ...; the first pair warms up
    monkeypatch.setattr(training, "ROUNDS", 3)
    monkeypatch.setattr(training, "_speed", lambda steps: next(speeds))
    result = training.bench_training()
    assert (result.ours, result.notebook, result.ratio) == (6.0, 2.0, 3.0)


def test_a_round_has_a_fixed_number_of_steps(monkeypatch):
    clock = iter([10.0, 12.0])
    steps = iter(range(100))
    assert training._speed(steps, lambda: next(clock)) == training.STEPS_PER_ROUND * training.BATCH / 2.0
    assert next(steps) == training.STEPS_PER_ROUND
