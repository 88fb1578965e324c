"""The Train page: a click queues runs, which are watched, steered, rewound and branched."""

import pytest

from ccds_core.data.datasets import load_image_data
from ccds_core.jobs import control
from ccds_core.results import percent
from ccds_core.runs import disk_space
from ccds_core.runs.records import find_run
from tests.pages.train.reading import LESSON, RUNS, press, states
from tests.support.job_helpers import named, work
from tests.support.page_reading import alerts, assert_sentence, chart_rows, charts


def test_another_visitor_sees_the_same_runs(open_page):
    press(open_page("train", **LESSON), "Train 2 networks")
    assert sum("queued" in text.value for text in open_page("train").markdown) == 2


def test_finished_runs_are_drawn_on_the_same_axes(open_page, two_finished):
    app = open_page("train")
    (chart,) = charts(app)
    rows = chart_rows(chart)
    assert set(rows["run"].dropna()) == {"one", "two"}
    assert rows["step"].max() == 9
    assert sum("finished" in text.value for text in app.markdown) == 2


def test_a_finished_run_says_its_test_score_and_leads_on(open_page, two_finished):
    app = open_page("train")
    scores = [text.value for text in app.markdown if text.value.startswith("Test accuracy")]
    assert scores[0].startswith(f"Test accuracy **{percent(find_run(RUNS[0]).metrics.test.accuracy)}**")
    assert len(scores) == 2
    for page, query in (("images", {"images_models": RUNS[0]}), ("compare", {"compare_runs": RUNS[0]})):
        other = open_page(page, **query)
        assert not other.exception
        assert next(box.value for box in other.multiselect if box.key == next(iter(query))) == [RUNS[0]]


@pytest.mark.parametrize(
    "quantity", ["Accuracy", "Gradient", "Update-to-weight ratio", "Saturated units", "Dead ReLUs"]
)
def test_every_quantity_has_its_chart(open_page, two_finished, quantity):
    app = open_page("train", train_quantity=quantity)
    assert not app.exception
    assert charts(app)[0].alt
    if quantity == "Gradient":
        assert next(box for box in app.selectbox if box.label == "Layer").options[0] == "conv1"


def test_a_run_is_paused_stepped_played_and_stopped_by_its_buttons(open_page, scheduler):
    control.start(named(RUNS[0]))
    work(scheduler, lambda: len(control.read_steps(RUNS[0])) == 2)
    app = open_page("train")
    for label, state in {"Pause": "paused", "Step one batch": "paused", "Resume": "running", "Stop": "stopped"}.items():
        before = len(control.read_steps(RUNS[0]))
        app = press(app, label)
        scheduler.step()
        scheduler.step()
        assert states()[RUNS[0]] == state, label
        assert len(control.read_steps(RUNS[0])) - before <= 2
        app.run()
    press(app, "Resume")
    work(scheduler)
    assert states()[RUNS[0]] == "finished"


def test_the_learning_rate_is_changed_while_the_run_continues(open_page, scheduler):
    control.start(named(RUNS[0]))
    work(scheduler, lambda: len(control.read_steps(RUNS[0])) == 2)
    press(open_page("train"), "÷ 10")
    work(scheduler)
    rates = [step.learning_rate for step in control.read_steps(RUNS[0])]
    assert rates[3] == pytest.approx(rates[1] / 10, rel=0.01)
    assert len(rates) == 9


def test_rewind_shows_one_validation_example_epoch_by_epoch(open_page, two_finished):
    app = open_page("train", train_view="Rewind & branch")
    assert not app.exception
    epochs = ["epoch 1", "epoch 2", "epoch 3"]
    assert [chart.alt for chart in charts(app)] == 2 * epochs  # bars, then maps
    assert [set(chart_rows(bars)["model"]) for bars in charts(app)[:3]] == [{epoch} for epoch in epochs]
    split = load_image_data(named("x").data).split
    assert len(split.val) > 1
    assert any("Integrated gradients: red supports" in text.value for text in app.markdown)


def test_a_branch_is_queued_and_shown_with_its_parent(open_page, two_finished, scheduler):
    app = open_page("train", train_view="Rewind & branch")
    app = press(app, "Branch and train")
    assert not app.exception
    (fork,) = states().keys() - set(RUNS)
    assert fork.startswith("plateau-one-7-branch-")
    work(scheduler)
    assert states()[fork] == "finished"
    app.run()
    assert set(chart_rows(charts(app)[0])["run"].dropna()) == {RUNS[0], fork}


def test_rewind_without_a_finished_epoch_shows_a_message(open_page):
    control.start(named(RUNS[0]))
    app = open_page("train", train_view="Rewind & branch")
    assert not app.exception
    assert "once its first epoch is finished" in alerts(app)[0]


def test_your_network_is_trained_as_its_toggles_say(open_page):
    app = open_page("train", train_what="Your network", train_activation="tanh", train_extra_conv="true")
    press(app, "Train this network")
    (name,) = states()
    assert name.startswith("my-architecture-")


def test_without_texts_on_disk_a_text_model_says_how_to_get_them(open_page):
    app = open_page("train", train_what="Your network", train_model="text-embedding")
    assert not app.exception
    assert "No data set for this model is available" in alerts(app)[0]
    assert next(button for button in app.button if button.label == "Train this network").disabled


def test_what_the_core_refuses_is_one_sentence(open_page, monkeypatch):
    app = open_page("train", **LESSON)
    monkeypatch.setattr(disk_space, "spare_bytes", lambda folder: 0)
    assert_sentence(press(app, "Train 2 networks"), ["The disk is nearly full", "Delete runs"])


def test_what_the_runs_will_write_is_said_before_they_start(open_page):
    app = open_page("train", **LESSON)
    assert "The runs write up to" in next(button for button in app.button if button.label == "Train 2 networks").help
    app = open_page("train", train_what="Your network")
    assert any("The run writes up to" in caption.value for caption in app.caption)


def test_a_run_is_deleted_only_after_a_second_click_and_nothing_is_wrong_after_it(open_page, two_finished):
    app = open_page("train")
    assert [button.label for button in app.button].count("Delete this run") == 2
    app = press(app, "Delete this run")
    assert not alerts(app)
    assert list(states()) == [RUNS[1]]
    assert set(chart_rows(charts(app)[0])["run"].dropna()) == {RUNS[1]}


def test_a_run_that_somebody_else_deletes_is_gone_without_an_error(open_page, two_finished):
    app = open_page("train")
    control.delete(RUNS[0])
    app.run()
    assert not app.exception
    assert not alerts(app)
    control.delete(RUNS[1])
    assert "No network was trained here yet" in alerts(app.run())[0]


def test_a_click_that_another_viewer_forestalled_is_no_error(open_page, scheduler):
    """A button belongs to the state that was drawn; what the run is now is said, and the page shows it."""
    control.start(named(RUNS[0]), paused=True)
    work(scheduler)
    app = open_page("train")
    control.stop(RUNS[0])
    work(scheduler)
    app = press(app, "Step one batch")
    assert not app.error
    assert [info.value for info in app.info] == ["Someone else was faster\\: the run is stopped\\."]
    assert list(states().values()) == ["stopped"]
    control.delete(RUNS[0])
    app = press(app, "Resume")
    assert not app.error
    assert "Someone else was faster\\: the run is deleted\\." in [info.value for info in app.info]


def test_the_queue_is_shown_and_cleared(open_page):
    app = press(open_page("train", **LESSON), "Train 2 networks")
    queued = [text.value for text in app.markdown if text.value.startswith("1. ")]
    assert len(queued) == 1
    assert queued[0].count("plateau") == 2
    app = press(app, "Clear the queue")
    assert not alerts(app)
    assert list(states().values()) == ["stopped", "stopped"]


def test_the_hyperparameters_of_a_link_are_those_that_are_trained(open_page):
    """Everything that is chosen for a network of one's own is in the URL, and a link restores it."""
    link = {"epochs": "2", "limit": "800", "batch_size": "32", "seed": "7", "optimizer": "sgd", "learning_rate": "0.02"}
    app = open_page(
        "train", train_what="Your network", **{f"train_architecture-1_{name}": value for name, value in link.items()}
    )
    assert not app.exception
    said = next(caption.value for caption in app.caption if "epoch" in caption.value)
    assert "2 epochs, 800 training examples, batch size 32, sgd, learning rate 0.02" in said
    inputs = {each.key: each for each in (*app.number_input, *app.selectbox)}
    assert inputs["train_architecture-1_seed"].value == 7
    assert all(inputs[f"train_architecture-1_{name}"].help for name in link)
