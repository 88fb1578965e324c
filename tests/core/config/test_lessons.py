"""Lessons: every one can be started, differs in what it says it does, and has enough data for its steps."""

import pytest

from ccds_core.config.lessons import LESSONS, STEPS
from ccds_core.data.batching import count_batches
from ccds_core.data.datasets import load_image_data
from ccds_core.jobs.series import QUANTITIES, short_names


@pytest.mark.parametrize("name", LESSONS)
def test_each_run_of_a_lesson_has_its_own_name_and_does_its_steps_on_digits(name):
    configs = LESSONS[name].configs(name, "digits", 1124101112)
    assert 2 <= len({config.name for config in configs}) == len(configs) <= 5
    for config in configs:
        split = load_image_data(config.data).split
        steps = count_batches(len(split.train), config.train.batch_size)
        assert steps * config.train.epochs == pytest.approx(STEPS, abs=STEPS // 5)
    assert len(split.val) > 100


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_shows_a_failure_and_says_why(name):
    lesson = LESSONS[name]
    assert any(entry.fails for entry in lesson.entries)
    assert lesson.question.endswith("?")
    assert len(lesson.reason) > 100
    assert lesson.watch in QUANTITIES


@pytest.mark.parametrize("name", LESSONS)
def test_runs_of_a_lesson_are_called_by_their_entries(name):
    configs = LESSONS[name].configs(name, "digits", 7)
    labels = [entry.label.replace(",", "") for entry in LESSONS[name].entries]
    assert list(short_names([config.name for config in configs]).values()) == labels
