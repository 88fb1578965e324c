"""The Train page: a click queues runs for all to see, they are watched and steered, looked back on and forked."""

import pytest

from ccds_core import jobs, layers, worker
from ccds_core.data.catalog import load_image_data
from ccds_core.lessons import LESSONS
from ccds_core.worker import Desk
from pages.ui.text import plain
from tests.core.desks import named, work
from tests.pages.reading import alerts, assert_sentence, chart_rows, charts

LESSON = {"train_lesson": LESSONS["plateau"].title, "train_pictures": "Digits"}
RUNS = ("train-one-7", "train-two-7")


@pytest.fixture(autouse=True)
def lab(tmp_path, monkeypatch):
    """Small networks, a runs folder of this test's own, no data set but the digits."""
    monkeypatch.setattr(layers, "STAGES", ((4, 8), (8, 8), (8, 8)))
    monkeypatch.setattr(layers, "HIDDEN", (32, 16))
    monkeypatch.setattr(worker, "LISTEN", 0.0)
    for name in ("RUNS", "CHECKPOINTS", "DATA", "CACHE"):
        monkeypatch.setenv(f"CCDS_{name}_DIR", str(tmp_path / name.lower()))


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.clear()


@pytest.fixture
def two_finished(desk):
    """Two runs of three epochs, shown as those of one lesson."""
    for name in RUNS:
        jobs.start(named(name))
    work(desk)


def states():
    return {status.name: status.state for status in jobs.list_jobs()}


def press(app, label):
    next(button for button in app.button if button.label == label).click()
    return app.run()


def test_the_page_opens_with_a_lesson_its_question_and_what_to_press(open_page):
    app = open_page("train")
    assert not app.exception
    assert [button.label for button in app.button] == ["Train 2 networks"]
    assert any("which loss ends lowest?" in text.value for text in app.markdown)
    assert "No network was trained here yet" in alerts(app)[0]


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


def test_another_visitor_sees_the_same_runs(open_page):
    press(open_page("train", **LESSON), "Train 2 networks")
    assert sum("queued" in text.value for text in open_page("train").markdown) == 2


def test_finished_runs_are_drawn_on_the_same_axes(open_page, two_finished):
    app = open_page("train")
    (chart,) = charts(app)
    rows = chart_rows(chart)
    assert set(rows["run"].dropna()) == {"one", "two"}
    assert rows["update"].max() == 9
    assert sum("finished" in text.value for text in app.markdown) == 2


@pytest.mark.parametrize("quantity", ["Accuracy", "Gradient", "Update : weight", "Saturated", "Dead"])
def test_every_quantity_has_its_chart(open_page, two_finished, quantity):
    app = open_page("train", train_quantity=quantity)
    assert not app.exception
    assert charts(app)[0].alt
    if quantity == "Gradient":
        assert next(box for box in app.selectbox if box.label == "Layer").options[0] == "conv1"


def test_a_guess_is_judged_when_the_runs_have_ended(open_page, desk):
    app = open_page("train", **LESSON)
    app.session_state["train_guess_plateau"] = "sigmoid with batch norm"
    app = press(app.run(), "Train 2 networks")
    assert any("We shall see" in caption.value for caption in app.caption)
    work(desk)
    app.run()
    said = [alert.value for alert in (*app.success, *app.warning)]
    assert len(said) == 1
    assert said[0].startswith("You guessed")
    assert "ended lowest" in said[0]


def test_a_run_is_paused_stepped_played_and_stopped_by_its_buttons(open_page, desk):
    jobs.start(named(RUNS[0]))
    work(desk, lambda: len(jobs.read_steps(RUNS[0])) == 2)
    app = open_page("train")
    for label, state in {"Pause": "paused", "1 batch": "paused", "Go on": "running", "Stop": "stopped"}.items():
        before = len(jobs.read_steps(RUNS[0]))
        app = press(app, label)
        desk.turn()
        desk.turn()
        assert states()[RUNS[0]] == state, label
        assert len(jobs.read_steps(RUNS[0])) - before <= 2
        app.run()
    press(app, "Resume")
    work(desk)
    assert states()[RUNS[0]] == "finished"


def test_the_rate_is_changed_without_losing_the_run(open_page, desk):
    jobs.start(named(RUNS[0]))
    work(desk, lambda: len(jobs.read_steps(RUNS[0])) == 2)
    press(open_page("train"), "÷ 10")
    work(desk)
    rates = [step.learning_rate for step in jobs.read_steps(RUNS[0])]
    assert rates[3] == pytest.approx(rates[1] / 10, rel=0.01)
    assert len(rates) == 9


def test_looking_back_shows_one_validation_example_epoch_by_epoch(open_page, two_finished):
    app = open_page("train", train_view="Go back and fork")
    assert not app.exception
    bars, maps = charts(app)
    assert set(chart_rows(bars)["model"]) == {"epoch 1", "epoch 2", "epoch 3"}
    split = load_image_data(named("x").data).split
    assert len(split.val) > 1
    assert "integrated gradients" in maps.alt


def test_a_fork_is_queued_and_shown_beside_the_run_it_came_from(open_page, two_finished, desk):
    app = open_page("train", train_view="Go back and fork")
    app = press(app, "Fork and train")
    assert not app.exception
    (fork,) = states().keys() - set(RUNS)
    assert fork.startswith("train-one-7-fork-")
    work(desk)
    assert states()[fork] == "finished"
    app.run()
    assert set(chart_rows(charts(app)[0])["run"].dropna()) == {RUNS[0], fork}


def test_without_a_finished_epoch_there_is_a_sentence_and_no_picture(open_page):
    jobs.start(named(RUNS[0]))
    app = open_page("train", train_view="Go back and fork")
    assert not app.exception
    assert "once its first epoch is finished" in alerts(app)[0]


def test_a_network_of_ones_own_is_trained_as_its_toggles_say(open_page):
    app = open_page("train", train_what="Networks of my own", train_activation="tanh", train_extra_conv="true")
    press(app, "Train this network")
    (name,) = states()
    assert name.startswith("my-architecture-")


def test_without_texts_on_disk_a_text_model_says_how_to_get_them(open_page):
    app = open_page("train", train_what="Networks of my own", train_model="text-embedding")
    assert not app.exception
    assert "No data set for this model is here" in alerts(app)[0]
    assert next(button for button in app.button if button.label == "Train this network").disabled


def test_what_the_core_refuses_is_one_sentence(open_page, monkeypatch):
    app = open_page("train", **LESSON)
    monkeypatch.setattr("time.strftime", lambda form: "1124101112")
    press(app, "Train 2 networks")
    assert_sentence(press(app, "Train 2 networks"), ["There is a run", "already"])


def test_links_with_nonsense_fall_back(open_page):
    nonsense = {"train_lesson": "x", "train_pictures": "<b>", "train_runs": ["../../etc"], "train_quantity": "$1$",
                "train_view": "None", "train_layer": "fc99", "train_what": "?"}  # fmt: skip
    app = open_page("train", **nonsense)
    assert not app.exception
    assert [button.label for button in app.button] == ["Train 2 networks"]
