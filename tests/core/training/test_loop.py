"""The engine: one loss per step, the best epoch kept, stops when told, and chance decided by the seed."""

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
import torch
from torch.nn import functional

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import TrainConfig
from ccds_core.data import digits
from ccds_core.data.batching import Batch
from ccds_core.data.datasets import ImageData
from ccds_core.data.splits import seeded_split
from ccds_core.errors import TrainingError
from ccds_core.models.cnn import build as build_cnn
from ccds_core.results import EpochMetrics, StepMetrics
from ccds_core.training import loop

CONFIG = TrainConfig(epochs=3, batch_size=30, precision="float32")

pytestmark = pytest.mark.usefixtures("small_cnn")


@pytest.fixture(scope="module")
def data():
    arrays = digits.load()
    split = seeded_split(arrays.labels)
    return ImageData(arrays, replace(split, train=split.train[:120], val=split.val[:50]))


def fresh(config=CONFIG, options=None):
    torch.manual_seed(config.seed)
    return loop.start(build_cnn(options or CnnOptions(linear_batch_norm=True), 10), config)


def train(data, config=CONFIG, options=None):
    """The state after all epochs, and all that was yielded."""
    state = fresh(config, options)
    return state, list(loop.train(state, data.train_batches(config), data.batches("val")))


def vector(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


class Spoilt:
    """Batches whose images are NaN from the third on."""

    def __len__(self):
        return 12

    def epoch(self, batch_size, generator):
        for number in range(3):
            images = torch.full((4, 3, 32, 32), float("nan") if number == 2 else 0.5)
            yield Batch((images,), torch.tensor([0, 1, 2, 3]), torch.arange(4))

    sweep = None


def test_every_step_and_every_epoch_is_told_in_order(data):
    _, told = train(data)
    steps = [metrics for metrics in told if isinstance(metrics, StepMetrics)]
    assert [(m.epoch, m.step) for m in steps] == [(epoch, step) for epoch in (1, 2, 3) for step in (1, 2, 3, 4)]
    assert {(m.n_steps, m.examples) for m in steps} == {(4, 30)}
    assert [kind.__name__ for kind, _ in groupby(told, type)] == ["StepMetrics", "EpochMetrics"] * 3


def test_an_epoch_sums_up_its_steps(data):
    state, told = train(data)
    for epoch in state.history:
        losses = [m.loss for m in told if isinstance(m, StepMetrics) and m.epoch == epoch.epoch]
        assert epoch.step_losses == pytest.approx(losses, abs=1e-5)
        assert epoch.train_loss == pytest.approx(np.mean(losses))
        assert 0 <= epoch.train_accuracy <= 1
        assert epoch.seconds > 0


def test_the_first_loss_is_the_mean_cross_entropy_of_the_first_batch(data):
    config = replace(CONFIG, label_smoothing=0.2)
    state = fresh(config)
    model = fresh(config).model.train()
    generator = torch.Generator().manual_seed(config.seed * loop.EPOCH_SEED_STRIDE + 1)
    batch = next(data.train_batches(config).epoch(30, generator))
    by_hand = functional.cross_entropy(model(*batch.inputs), batch.labels, label_smoothing=0.2)
    first = next(loop.train(state, data.train_batches(config), data.batches("val")))
    assert first.loss == pytest.approx(by_hand.item(), rel=1e-5)


def test_it_learns_the_digits(data):
    config = replace(CONFIG, epochs=12, learning_rate=5e-3, schedule="constant")
    state, _ = train(data, config)
    assert state.history[-1].train_loss < 0.5 * state.history[0].train_loss
    assert max(epoch.val_accuracy for epoch in state.history) > 0.5


def test_the_same_seed_gives_the_same_weights_and_another_gives_others(data):
    options = CnnOptions(dropout=0.3)
    config = replace(CONFIG, epochs=1, flip=True, shift=2)
    one, same, other = (vector(train(data, replace(config, seed=seed), options)[0].model) for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_what_others_draw_meanwhile_changes_nothing(data):
    undisturbed, _ = train(data, options=CnnOptions(dropout=0.3))
    state = fresh(options=CnnOptions(dropout=0.3))
    for metrics in loop.train(state, data.train_batches(CONFIG), data.batches("val")):
        if isinstance(metrics, EpochMetrics):
            torch.randn(7)
    assert torch.equal(vector(state.model), vector(undisturbed.model))


def test_the_weights_of_the_best_epoch_are_kept_and_the_earliest_of_equals(data):
    state, seen = fresh(replace(CONFIG, epochs=6)), {}
    for metrics in loop.train(state, data.train_batches(CONFIG), data.batches("val")):
        if isinstance(metrics, EpochMetrics):
            seen[metrics.epoch] = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    accuracies = [epoch.val_accuracy for epoch in state.history]
    assert state.best_epoch == 1 + accuracies.index(max(accuracies))
    best = seen[state.best_epoch]
    assert all(torch.equal(state.best_weights[name], best[name]) for name in best)


def test_a_run_that_gets_no_better_stops_after_its_patience(data):
    config = replace(CONFIG, epochs=50, learning_rate=1e-12, patience=2)
    state, _ = train(data, config, CnnOptions())
    assert len(state.history) == 3
    assert state.best_epoch == 1


def test_without_patience_a_run_goes_to_its_end(data):
    assert len(train(data, replace(CONFIG, epochs=5, learning_rate=1e-12), CnnOptions())[0].history) == 5


def test_a_clipped_gradient_moves_the_weights_by_no_more_than_rate_times_norm(data):
    sgd = TrainConfig(1, 30, "sgd", learning_rate=0.5, weight_decay=0.0, momentum=0.0, precision="float32")
    moved = {}
    for clip_norm in (0.0, 1e-3):
        state = fresh(replace(sgd, clip_norm=clip_norm))
        before = vector(state.model)
        next(loop.train(state, data.train_batches(sgd), data.batches("val")))
        moved[clip_norm] = (vector(state.model) - before).norm().item()
    assert moved[1e-3] == pytest.approx(0.5e-3, rel=1e-3)
    assert moved[0.0] > 10 * moved[1e-3]


def test_a_loss_that_is_no_number_ends_the_run_in_a_sentence(data):
    state = fresh(replace(CONFIG, batch_size=4, learning_rate=0.25), CnnOptions())
    told = []
    with pytest.raises(TrainingError, match=r"NaN or infinite at step 3 of epoch 1.*0\.25.*clip"):
        told.extend(loop.train(state, Spoilt(), data.batches("val")))
    assert state.history == []


def test_measuring_leaves_the_mode_and_the_weights_as_they_were(data):
    state = fresh()
    before = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    for mode in (True, False):
        state.model.train(mode)
        loop.predict_batches(state.model, data.batches("val"))
        assert state.model.training is mode
    assert all(torch.equal(tensor, before[name]) for name, tensor in state.model.state_dict().items())


def test_probabilities_sum_to_one_and_the_loss_is_their_mean_negative_logarithm(data):
    labels, probabilities, loss = loop.predict_batches(fresh().model, data.batches("val"))
    assert labels.tolist() == data.arrays.labels[data.split.val].tolist()
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert loss == pytest.approx(-np.log(probabilities[np.arange(50), labels]).mean())


@pytest.mark.parametrize(("optimizer", "kind"), [("adam", "Adam"), ("adamw", "AdamW"), ("sgd", "SGD")])
def test_the_optimizer_is_torchs_with_the_configs_numbers(optimizer, kind):
    built = fresh(replace(CONFIG, optimizer=optimizer, learning_rate=0.03, weight_decay=0.7)).optimizer
    assert type(built).__name__ == kind
    assert (built.param_groups[0]["lr"], built.param_groups[0]["weight_decay"]) == (0.03, 0.7)
