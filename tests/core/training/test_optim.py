"""The rate is a pure function of the step, and the same as torch's own schedulers give."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.config.run_config import SCHEDULES, RunConfig, TrainConfig, config_to_json, read_config, with_rate_change
from ccds_core.errors import InvalidConfigError
from ccds_core.training.optim import learning_rate_at

STEPS = 7  # per epoch


def rates_by_epoch(config):
    return [learning_rate_at(config, epoch * STEPS, STEPS) for epoch in range(config.epochs)]


def torchs_rates_by_epoch(config, make_scheduler):
    """The rate that each epoch begins with when torch's scheduler is stepped at its end."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], config.learning_rate)
    scheduler = make_scheduler(optimizer)
    rates = []
    for _ in range(config.epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(("step_epochs", "step_factor"), [(5, 0.1), (1, 0.9), (3, 0.5), (100, 0.1)])
def test_step_is_torchs_step_lr(step_epochs, step_factor):
    config = TrainConfig(epochs=12, schedule="step", step_epochs=step_epochs, step_factor=step_factor)
    theirs = torchs_rates_by_epoch(config, lambda o: torch.optim.lr_scheduler.StepLR(o, step_epochs, step_factor))
    assert rates_by_epoch(config) == pytest.approx(theirs)


@pytest.mark.parametrize("epochs", [1, 2, 10, 25])
def test_cosine_is_torchs_cosine_annealing_over_all_epochs(epochs):
    config = TrainConfig(epochs=epochs, schedule="cosine")
    theirs = torchs_rates_by_epoch(config, lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=epochs))
    assert rates_by_epoch(config) == pytest.approx(theirs)


@pytest.mark.parametrize("schedule", ["step", "cosine", "constant"])
def test_the_rate_holds_within_an_epoch(schedule):
    config = TrainConfig(epochs=4, schedule=schedule, step_epochs=1)
    for epoch in range(4):
        assert len({learning_rate_at(config, epoch * STEPS + step, STEPS) for step in range(STEPS)}) == 1


def test_constant_is_constant():
    config = TrainConfig(epochs=9, schedule="constant", learning_rate=0.02)
    assert set(rates_by_epoch(config)) == {0.02}


def test_one_cycle_climbs_to_its_peak_and_falls_to_nearly_nothing():
    config = TrainConfig(epochs=20, schedule="one-cycle", learning_rate=0.1)
    rates = [learning_rate_at(config, step, STEPS) for step in range(20 * STEPS)]
    peak = rates.index(max(rates))
    assert rates[peak] == pytest.approx(0.1, rel=0.01)
    assert peak / len(rates) == pytest.approx(0.25, abs=0.02)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] < 0.001


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_warm_up_scales_the_first_steps_linearly_and_leaves_the_rest(schedule):
    plain = TrainConfig(epochs=5, schedule=schedule)
    warm = TrainConfig(epochs=5, schedule=schedule, warmup_steps=10)
    for step in range(5 * STEPS):
        share = min(1.0, (step + 1) / 10)
        assert learning_rate_at(warm, step, STEPS) == pytest.approx(share * learning_rate_at(plain, step, STEPS))


@given(
    st.builds(
        TrainConfig,
        epochs=st.integers(1, 50),
        schedule=st.sampled_from(SCHEDULES),
        step_epochs=st.integers(1, 60),
        step_factor=st.floats(0, 1, exclude_min=True),
        warmup_steps=st.integers(0, 500),
        learning_rate=st.floats(1e-6, 100),
    ),
    st.integers(1, 100),
    st.floats(0, 1, exclude_max=True),
)
def test_the_rate_is_never_negative_and_never_above_the_highest(config, steps_per_epoch, when):
    step = int(when * config.epochs * steps_per_epoch)
    assert 0 <= learning_rate_at(config, step, steps_per_epoch) <= config.learning_rate * (1 + 1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_changed_rate_is_its_factor_times_the_schedule_from_its_update_on(schedule):
    plain = TrainConfig(epochs=4, schedule=schedule, warmup_steps=3)
    changed = with_rate_change(with_rate_change(plain, 7, 0.5), 20, 3.0)
    for step in range(40):
        factor = 1.0 if step < 7 else 0.5 if step < 20 else 3.0
        assert learning_rate_at(changed, step, 10) == learning_rate_at(plain, step, 10) * factor


def test_a_rate_changed_again_earlier_drops_what_was_planned_for_later():
    config = with_rate_change(with_rate_change(TrainConfig(), 7, 0.5), 20, 3.0)
    assert with_rate_change(config, 20, 2.0).rate_changes == ((7, 0.5), (20, 2.0))
    assert with_rate_change(config, 5, 2.0).rate_changes == ((5, 2.0),)


@pytest.mark.parametrize(
    "changes", [((-1, 1.0),), ((5, 1.0), (5, 2.0)), ((5, 1.0), (3, 2.0)), ((0, 0.0),), ((0, 1e9),)]
)
def test_changes_out_of_order_or_out_of_range_are_refused(changes):
    with pytest.raises(InvalidConfigError, match="rate_changes"):
        TrainConfig(rate_changes=changes)


def test_rate_changes_are_read_back_from_json():
    config = RunConfig("a", train=TrainConfig(rate_changes=((3, 0.5), (7, 2.0))))
    assert read_config(config_to_json(config)) == config
