"""The first steps are the run's own: the same losses, whoever draws meanwhile; kept, found again, rounded a little."""

import json
from dataclasses import replace
from itertools import islice

import pytest
import torch

from ccds_core.config.options import CnnOptions
from ccds_core.config.presets import find_preset
from ccds_core.config.run_config import DataConfig, RunConfig
from ccds_core.config.variants import N_STEPS, SHIPPED, VARIANTS, variant_config
from ccds_core.data.datasets import load_image_data
from ccds_core.errors import CheckpointError
from ccds_core.models.cnn import build as build_cnn
from ccds_core.results import StepMetrics
from ccds_core.training import loop
from ccds_core.training.first_steps import play
from ccds_core.training.first_steps_records import FOLDER, TrainingTrace, find_steps, save_steps
from ccds_core.training.signal import build_fresh

pytestmark = pytest.mark.usefixtures("small_cnn")
DIGITS = DataConfig("digits", "seeded", limit=200)  # four steps of 64 an epoch
SIGMOID = CnnOptions(activation="sigmoid", dropout=0.3)


def record(config, n_steps=6):
    *readings, whole = play(config, n_steps)
    assert isinstance(whole, TrainingTrace)
    return readings, whole


@pytest.mark.parametrize("variant", VARIANTS)
def test_losses_are_those_of_the_runs_own_engine(variant):
    config = variant_config(SIGMOID, variant, DIGITS, seed=3)
    readings, whole = record(config)
    torch.manual_seed(3)
    state = loop.start(build_cnn(config.options, 10), replace(config.train, epochs=2))
    data = load_image_data(DIGITS)
    told = loop.train(state, data.train_batches(config.train), data.batches("val"))
    steps = [metrics for metrics in islice(told, 7) if isinstance(metrics, StepMetrics)]
    assert [reading.step for reading in readings] == list(range(7))
    assert whole.losses[1:] == tuple(step.loss for step in steps)
    assert whole.n_steps == whole.asked == 6
    assert not whole.ran_away


def test_the_columns_hold_what_was_read_at_each_step():
    readings, whole = record(variant_config(SIGMOID, "adam", DIGITS))
    assert whole.feature_spread == tuple(reading.signal.feature_spread for reading in readings)
    for place, course in enumerate(whole.layers):
        layers = [reading.signal.layers[place] for reading in readings]
        assert course.name == layers[0].name
        assert course.gradient_rms == tuple(layer.gradient_rms for layer in layers)
        assert min(course.gradient_rms) > 0
        assert (course.saturated is None) == (course.activation != "sigmoid")
        assert (course.pre_activation_mean is None) == course.name.startswith("conv")
    assert whole.saturated == tuple(reading.signal.saturated for reading in readings)


def test_whoever_draws_between_two_steps_changes_nothing():
    config = variant_config(SIGMOID, "adam", DIGITS)
    undisturbed = record(config)[1]
    torch.manual_seed(11)
    disturbed, before = [], torch.get_rng_state()
    for each in play(config, 6):
        assert torch.equal(before, torch.get_rng_state())
        build_fresh(CnnOptions(), 10, 1)
        disturbed.append(each)
        torch.rand(5)
        before = torch.get_rng_state()
    assert disturbed[-1] == undisturbed


def test_a_variant_changes_what_its_label_says_and_nothing_else():
    plain = variant_config(SIGMOID, "adam", DIGITS)
    assert plain.options == SIGMOID
    for name, variant in VARIANTS.items():
        config = variant_config(SIGMOID, name, DIGITS)
        changed = {f: getattr(config.train, f) for f in vars(plain.train)
                   if getattr(config.train, f) != getattr(plain.train, f)}  # fmt: skip
        changed |= {f: getattr(config.options, f) for f in vars(SIGMOID)
                    if getattr(config.options, f) != getattr(SIGMOID, f)}  # fmt: skip
        assert changed == {**variant.options, **variant.train}


def test_a_loss_that_is_no_number_ends_the_recording_where_it_stood():
    config = variant_config(CnnOptions(), "sgd", DIGITS)
    wild = replace(config, train=replace(config.train, learning_rate=100.0))
    whole = record(wild, 40)[1]
    assert whole.ran_away
    assert 0 < whole.n_steps < 40
    assert len(whole.layers[0].gradient_rms) == whole.n_steps + 1


@pytest.mark.usefixtures("cache_folder", "checkpoints_folder")
@pytest.mark.parametrize("shipped", [True, False], ids=["shipped", "kept"])
def test_what_was_recorded_is_found_again_by_its_config_alone(shipped):
    config = variant_config(SIGMOID, "adam", DIGITS, seed=2)
    assert find_steps(config, 6) is None
    whole = record(config)[1]
    save_steps(whole, shipped)
    found = find_steps(config, 6)
    assert found.config == config
    assert found.losses == pytest.approx(whole.losses, rel=1e-3)
    assert found.saturated == pytest.approx(whole.saturated, rel=1e-2)
    for one, other in zip(found.layers, whole.layers, strict=True):
        assert one.gradient_rms == pytest.approx(other.gradient_rms, rel=0.06)
    assert find_steps(config, 7) is None
    assert find_steps(variant_config(SIGMOID, "adam", DIGITS, seed=3), 6) is None
    assert find_steps(variant_config(replace(SIGMOID, dropout=0.2), "adam", DIGITS, seed=2), 6) is None


@pytest.mark.usefixtures("cache_folder")
def test_a_damaged_recording_and_one_of_another_format_are_clear_errors(checkpoints_folder):
    config = variant_config(SIGMOID, "adam", DIGITS)
    path = save_steps(record(config, 2)[1], shipped=True)
    assert path.parent == checkpoints_folder / FOLDER
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | {"format": 99}))
    with pytest.raises(CheckpointError, match="another version"):
        find_steps(config, 2)
    path.write_text(path.read_text()[:200])
    with pytest.raises(CheckpointError, match=path.name):
        find_steps(config, 2)


def test_every_shipped_recording_is_there_for_cifar_10(tmp_path, monkeypatch):
    monkeypatch.setenv("CCDS_CACHE_DIR", str(tmp_path))
    for preset, variant, seed in SHIPPED:
        config = variant_config(find_preset(preset).options, variant, DataConfig(), seed)
        assert isinstance(config, RunConfig)
        found = find_steps(config, N_STEPS)
        assert found is not None, (preset, variant, seed)
        assert found.data_source
        assert found.n_steps == N_STEPS
