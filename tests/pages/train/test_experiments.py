"""A guided experiment on the Train page: its question, the prediction, its recording, and its own runs alone."""

import pytest

from ccds_core.config.lessons import LESSONS, STEPS
from ccds_core.jobs import control, lesson_answers
from ccds_core.paths import PROJECT
from pages.ui.shared.markdown import plain
from pages.ui.train import loaders
from tests.pages.train.reading import LESSON, RUNS, domains, last_step, messages, press, states
from tests.support.job_helpers import work, work_to
from tests.support.page_reading import alerts, chart_rows, charts


def test_the_page_opens_with_an_experiment_and_its_question(open_page):
    app = open_page("train")
    assert not app.exception
    assert [button.label for button in app.button] == ["Reset this page", "Train 2 networks"]
    assert LESSONS["plateau"].question in app.pills(key="train_guess_plateau").label
    assert "No network was trained here yet" in alerts(app)[0]


@pytest.mark.usefixtures("two_finished")
def test_what_was_recorded_says_of_which_data_and_a_run_says_its_own(open_page, monkeypatch):
    """Whatever data the button would train on: the curves are of what was trained."""
    runs = open_page("train", **LESSON, train_runs=list(RUNS))
    assert sum(":gray-badge[Digits]" in text.value for text in runs.markdown) == len(RUNS)
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    loaders.load_recording.clear()
    app = open_page("train", **LESSON | {"train_lesson": LESSONS["rate"].title})
    assert any(text.value == ":blue-badge[Recorded on Digits]" for text in app.markdown)
    loaders.load_recording.clear()


@pytest.mark.parametrize("name", LESSONS)
def test_a_click_queues_every_run_of_the_lesson_and_shows_them(open_page, name):
    app = open_page("train", **LESSON | {"train_lesson": LESSONS[name].title})
    app = press(app, f"Train {len(LESSONS[name].entries)} networks")
    assert not app.exception
    assert list(states().values()) == ["queued"] * len(LESSONS[name].entries)
    shown = " ".join(text.value for text in app.markdown)
    for entry in LESSONS[name].entries:
        assert plain(entry.label) in shown
    assert shown.count("queued") == len(LESSONS[name].entries)


def test_the_prediction_is_evaluated_when_the_runs_have_ended(open_page, scheduler):
    app = press(open_page("train", **LESSON), "Train 2 networks")
    app.session_state["train_guess_plateau"] = "sigmoid"
    app.run()
    assert not messages(app)
    work(scheduler)
    app.run()
    (message,) = messages(app)
    steps = {"sigmoid" + " with batch norm" * ("batch" in name): control.read_steps(name) for name in states()}
    answer = lesson_answers.answer(LESSONS["plateau"], steps)
    right = answer == "sigmoid"
    assert message.startswith("Your prediction was right" if right else "You predicted sigmoid; the answer is")
    assert f"**{answer}**" in message
    assert plain(lesson_answers.losses(steps)) in message


def test_who_comes_to_finished_runs_sees_their_start_and_is_asked_before_the_rest_is_played(open_page, scheduler):
    press(open_page("train", **LESSON), "Train 2 networks")
    work(scheduler)
    app = open_page("train", **LESSON)
    assert last_step(app) < STEPS / 10
    assert "Predict" in messages(app)[0]
    assert "Answer" not in "".join(messages(app))
    assert charts(app)[0].alt == "Predict: which run ends with the lowest loss?"
    app = press(app, "Play")
    assert "loss after" in charts(app)[0].alt
    steps = [last_step(app)]
    while "Answer" not in "".join(messages(app)):
        assert len(steps) < 30
        steps.append(last_step(app.run()))
    assert steps == sorted(steps)
    assert steps[-1] == STEPS
    assert any("Adam" in text.value or "batch norm" in text.value.lower() for text in app.markdown)
    assert last_step(open_page("train", **LESSON, train_guess_plateau="sigmoid")) == STEPS, "predicted before a reload"


@pytest.mark.parametrize("name", LESSONS)
def test_without_any_run_the_recorded_ones_are_shown_and_end_as_the_lesson_says(open_page, monkeypatch, name):
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    loaders.load_recording.clear()
    app = open_page("train", **LESSON | {"train_lesson": LESSONS[name].title})
    assert last_step(app) < STEPS / 10
    assert set(chart_rows(charts(app)[0])["run"].dropna()) == {entry.label for entry in LESSONS[name].entries}
    shown = {f"train_guess_{name}": LESSONS[name].shows}
    app = open_page("train", **LESSON | {"train_lesson": LESSONS[name].title} | shown)
    assert last_step(app) == STEPS
    assert messages(app)[0].startswith("Your prediction was right")
    if LESSONS[name].asks == "same":
        assert charts(app)[0].alt == f"{LESSONS[name].shows}: the same loss at every step"
    loaders.load_recording.clear()


def test_the_axes_stand_still_while_steps_arrive(open_page, scheduler):
    press(open_page("train", **LESSON), "Train 2 networks")
    scales = []
    for count in (1, 20, STEPS):
        work_to(scheduler, list(states())[1], count)
        chart = charts(open_page("train", **LESSON, train_guess_plateau="sigmoid"))[0]
        scales.append(domains(chart))
    assert scales[0] == scales[1] == scales[2]
    assert scales[0]["x"] == [0, STEPS]


def test_the_runs_of_another_experiment_do_not_stand_under_this_question(open_page, two_finished):
    app = open_page("train", train_lesson=LESSONS["dead"].title)
    assert "No network was trained here yet" in alerts(app)[0]
    assert not charts(app)
    app = open_page("train", train_what="Your network", train_runs=list(RUNS))
    assert not charts(app)
    app = open_page("train", train_lesson=LESSONS["plateau"].title)
    assert set(chart_rows(charts(app)[0])["run"].dropna()) == {"one", "two"}


def test_visitors_who_press_in_the_same_second_all_get_their_runs(open_page, monkeypatch):
    monkeypatch.setattr("time.strftime", lambda form: "1124101112")
    for _ in range(6):
        app = press(open_page("train", **LESSON), "Train 2 networks")
        assert not alerts(app)
    assert len(states()) == 12


def test_links_with_nonsense_fall_back(open_page):
    nonsense = {"train_lesson": "x", "train_pictures": "<b>", "train_runs": ["../../etc"], "train_quantity": "$1$",
                "train_view": "None", "train_layer": "fc99", "train_what": "?"}  # fmt: skip
    app = open_page("train", **nonsense)
    assert not app.exception
    assert [button.label for button in app.button] == ["Reset this page", "Train 2 networks"]


def test_your_network_opens_with_an_example_that_asks_nothing(open_page, monkeypatch):
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))
    loaders.load_recording.clear()
    app = open_page("train", train_what="Your network")
    assert last_step(app) == STEPS
    (message,) = messages(app)
    assert "example" in message
    assert "Predict" not in message + charts(app)[0].alt
    loaders.load_recording.clear()
