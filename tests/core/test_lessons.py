"""Lessons: every one can be started, differs in what it says it does, and has enough data for its updates."""

import pytest

from ccds_core.data.batches import count_batches
from ccds_core.data.catalog import load_image_data
from ccds_core.errors import InvalidConfigError
from ccds_core.lessons import LESSONS, UPDATES, find_lesson
from ccds_core.live_series import QUANTITIES, short_names


@pytest.mark.parametrize("name", LESSONS)
def test_each_run_of_a_lesson_has_its_own_name_and_does_its_updates_on_digits(name):
    configs = LESSONS[name].configs(name, "digits", 1124101112)
    assert 2 <= len({config.name for config in configs}) == len(configs) <= 5
    for config in configs:
        split = load_image_data(config.data).split
        steps = count_batches(len(split.train), config.train.batch_size)
        assert steps * config.train.epochs == pytest.approx(UPDATES, abs=UPDATES // 5)
    assert len(split.val) > 100


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_shows_a_failure_and_says_why(name):
    lesson = LESSONS[name]
    assert any(entry.fails for entry in lesson.entries)
    assert lesson.asks.endswith("?")
    assert len(lesson.reason) > 100
    assert lesson.watch in QUANTITIES


@pytest.mark.parametrize("name", LESSONS)
def test_runs_of_a_lesson_are_called_by_their_entries(name):
    configs = LESSONS[name].configs(name, "digits", 7)
    said = [entry.label.replace(",", "") for entry in LESSONS[name].entries]
    assert list(short_names([config.name for config in configs]).values()) == said


def test_an_unknown_lesson_gives_a_sentence_that_lists_them():
    with pytest.raises(InvalidConfigError, match="plateau, lottery"):
        find_lesson("boredom")
