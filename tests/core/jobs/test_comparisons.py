"""The runs of one comparison train in turns, a step each; what they learn does not depend on it."""

import pytest

from ccds_core.jobs import control
from tests.support.job_helpers import named, outcome_of, updates_of, work, work_to

STEPS = 3  # of an epoch


def lead(first: str, second: str) -> int:
    """How many steps one run is ahead of another."""
    return len(updates_of(first)) - len(updates_of(second))


def states(*names: str) -> list[str]:
    return [control.status(name).state for name in names]


def test_they_advance_step_by_step_and_end_as_alone(scheduler):
    control.start(named("alone", epochs=2))
    work(scheduler)
    control.start(named("a", epochs=2), together="x")
    control.start(named("b", epochs=2, seed=1), together="x")
    leads = []
    work(scheduler, lambda: bool(leads.append(lead("a", "b"))))
    assert {-1, 0, 1} >= set(leads) > {0}
    assert updates_of("a") == updates_of("b") == list(range(1, 2 * STEPS + 1))
    assert outcome_of("a") == outcome_of("alone")  # the dropout masks come from generators of its own
    assert outcome_of("b") != outcome_of("alone")


def test_one_that_was_queued_an_instant_later_joins(scheduler):
    control.start(named("a"), together="x")
    work_to(scheduler, "a", 2)
    control.start(named("b"), together="x")
    work_to(scheduler, "b", 2)
    assert states("a", "b") == ["running", "running"]


@pytest.mark.parametrize("other", ["y", ""])
def test_runs_of_others_wait_for_their_end(scheduler, other):
    control.start(named("a", epochs=1), together="x")
    control.start(named("c", epochs=1), together=other)
    control.start(named("d", epochs=1), together="")
    work_to(scheduler, "a", STEPS)
    assert [updates_of("c"), updates_of("d")] == [[], []]
    work_to(scheduler, "c", STEPS)
    assert (states("a"), updates_of("d")) == (["finished"], [])
    work(scheduler)
    assert states("a", "c", "d") == ["finished"] * 3


def test_a_resumed_one_joins_and_a_stranger_that_is_resumed_stops_them_all(scheduler):
    control.start(named("stranger"))
    work_to(scheduler, "stranger", 1)
    control.pause("stranger")
    work(scheduler, lambda: states("stranger") == ["paused"])
    control.start(named("a"), together="x")
    control.start(named("b"), together="x")
    work_to(scheduler, "b", 1)
    control.pause("a")
    work(scheduler, lambda: states("a") == ["paused"])
    control.play("a")
    work(scheduler, lambda: states("a") == ["running"])
    assert states("b") == ["running"]
    control.play("stranger")
    work(scheduler, lambda: states("stranger") == ["running"])
    assert states("a", "b") == ["queued", "queued"]
    work(scheduler, lambda: states("stranger") == ["finished"])
    work_to(scheduler, "a", 2 * STEPS)
    assert abs(lead("a", "b")) <= STEPS
    assert states("a", "b") == ["running", "running"]


def test_time_left_counts_the_turns_of_all(scheduler):
    control.start(named("a"), together="x")
    work_to(scheduler, "a", STEPS + 1)
    alone = scheduler.active[0]
    assert alone.status.seconds_left is not None
    control.start(named("b"), together="x")
    work_to(scheduler, "b", 1)
    assert alone.takers == 2
