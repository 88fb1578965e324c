"""What the runs of a guided experiment show: of the recordings that come with the app, and of runs trained here."""

import os
from math import log

import pytest

from ccds_core.config.lessons import ALIKE, DIFFERENT, LESSONS, STEPS, pair
from ccds_core.jobs import control, launcher, lesson_answers, worker
from ccds_core.runs.step_log import StepRecord
from tests.support.job_helpers import work

REPETITIONS = os.environ.get("CCDS_LESSON_SEEDS", "")  # "all": each lesson with five sets of seeds, half an hour
CHANCE = log(10)
LOWEST, SAME = LESSONS["dead"], LESSONS["xavier"]
GOOD, BAD = (entry.label for entry in LOWEST.entries)


def records(*losses):
    return [StepRecord(1, place, STEPS, place, loss, 0.1, 0.1, 1.0, None) for place, loss in enumerate(losses, 1)]


def worst(steps, label, name, at=STEPS):
    """The largest value of a layer's measurement at a step, over all layers."""
    layers = steps[label][at - 1].layers
    return max(value for layer in layers.values() if (value := getattr(layer, name)) is not None)


@pytest.mark.parametrize(
    ("good", "bad", "answer"),
    [((2.3, 0.5), (2.3, 2.3), GOOD), ((2.3, 2.3), (2.3, 0.5), BAD), ((2.3, 0.5), (2.3, 0.5), ALIKE),
     ((2.3, 2.3, 2.3), (0.1,), GOOD), ((), (), ALIKE)],
)  # fmt: skip
def test_the_lowest_run_is_the_answer_and_one_that_ended_early_never_is(good, bad, answer):
    assert lesson_answers.answer(LOWEST, {GOOD: records(*good), BAD: records(*bad)}) == answer


def test_runs_are_the_same_only_where_every_loss_is():
    one, two, three = (entry.label for entry in SAME.entries)
    steps = {one: records(2.3, 1.0), two: records(2.3, 1.0), three: records(2.3, 1.1)}
    assert lesson_answers.answer(SAME, steps) == pair(one, two)
    assert lesson_answers.answer(SAME, steps | {two: records(2.3, 1.0 + 1e-6)}) == DIFFERENT
    assert lesson_answers.answer(SAME, {one: [], two: [], three: []}) == DIFFERENT


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_lesson_shows_can_be_predicted_and_so_can_something_else(name):
    lesson = LESSONS[name]
    assert lesson.shows in lesson.answers
    assert len(set(lesson.answers)) == len(lesson.answers) >= 3


@pytest.mark.parametrize("name", LESSONS)
def test_the_recording_shows_what_the_lesson_says_and_its_share_is_known(name):
    steps = lesson_answers.recording(name)
    assert {len(run) for run in steps.values()} == {STEPS}
    assert lesson_answers.answer(LESSONS[name], steps) == LESSONS[name].shows
    share = lesson_answers.read_share(name)
    assert share.n >= 5
    assert share.held / share.n >= 0.8


def test_the_explanations_hold_in_the_recordings():
    plateau, seeds, rate, dead = (lesson_answers.recording(name) for name in ("plateau", "seeds", "rate", "dead"))
    first = {label: steps[0].layers["conv1"].gradient_rms for label, steps in plateau.items()}
    assert first["sigmoid"] < first["sigmoid with batch norm"] / 100
    assert all(worst(seeds, label, "saturated", 40) > 0.5 for label in seeds)
    low, good, high = rate
    assert abs(rate[low][-1].loss - CHANCE) < 0.1
    assert max(step.loss for step in rate[high]) > 100
    assert rate[high][-1].loss > 2
    assert rate[good][-1].loss < 1
    assert worst(dead, BAD, "dead") > 0.9 > 0.7 > worst(dead, GOOD, "dead")


def test_shares_that_cannot_be_read_are_not_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(tmp_path))
    assert lesson_answers.read_share("plateau") is None
    assert lesson_answers.recording("plateau") == {}
    (tmp_path / lesson_answers.FOLDER).mkdir()
    for content in ("{", '{"lessons": {"plateau": 1}}', "[]"):
        (tmp_path / lesson_answers.FOLDER / lesson_answers.SHARES).write_text(content)
        assert lesson_answers.read_share("plateau") is None


@pytest.fixture
def real_scheduler(runs_folder, cache_folder, monkeypatch):
    """The worker's scheduler in this process, with the networks as they are."""
    monkeypatch.setattr(launcher, "ensure", lambda patience=0.0: None)
    return worker.Scheduler()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", LESSONS)
def test_the_lesson_trained_here_shows_what_it_says(name, real_scheduler):
    """One set of seeds, another one for each lesson; all of them where they are asked for."""
    repetitions = range(5) if REPETITIONS == "all" else [list(LESSONS).index(name) % 5]
    for repetition in repetitions:
        configs = LESSONS[name].configs(name, "digits", str(repetition), repetition)
        for config in configs:
            control.start(config, together=f"{name}-{repetition}")
        work(real_scheduler)
        labels = [entry.label for entry in LESSONS[name].entries]
        steps = {label: control.read_steps(config.name) for label, config in zip(labels, configs, strict=True)}
        assert lesson_answers.answer(LESSONS[name], steps) == LESSONS[name].shows, lesson_answers.losses(steps)
