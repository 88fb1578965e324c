"""Compare's confusion cells: a click opens exactly the sentences that were counted there, where the data are."""

import pytest
import streamlit as st

from ccds_core.data import emotion
from ccds_core.data.emotion import CLASSES
from ccds_core.paths import data_dir
from ccds_core.runs.records import find_run
from pages.ui.compare import confusion_cell, loaders
from pages.ui.shared.markdown import plain
from tests.support.page_reading import alerts, chart_rows, charts

pytestmark = pytest.mark.usefixtures("shipped_shelf")

RUN = "text-embedding"
CELL = ("love", "joy")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A data folder without the data, and no sentence known from another test."""
    monkeypatch.setenv("CCDS_DATA_DIR", str(tmp_path))
    st.cache_resource.clear()
    return tmp_path


@pytest.fixture
def whole_data():
    if emotion.find() is None:
        pytest.skip(f"no emotion data in {data_dir()}")


@pytest.fixture
def click(monkeypatch, open_page):
    """click(cell): Compare after a click on this cell of the one matrix shown."""

    def open_cell(cell):
        monkeypatch.setattr(confusion_cell, "cell_of", lambda event, name: cell)
        query = {"compare_task": "Sentences", "compare_view": "Confusion", "compare_text_runs": [RUN]}
        app = open_page("compare", **query)
        assert not app.exception
        assert not app.error
        assert len(charts(app)) == 1
        return app

    return open_cell


def finding(app):
    """The line above the sentences, free of escapes; empty where none are shown."""
    return next((said.value.strip("*") for said in app.markdown if "test sentences of" in said.value), "")


def test_a_cell_is_read_from_the_click():
    point = {"label": "love", "prediction": "joy"}
    assert confusion_cell.cell_of({"selection": {"cell": [point]}}, "cell") == ("love", "joy")
    for nothing in (None, {"selection": {}}, {"selection": {"cell": []}}):
        assert confusion_cell.cell_of(nothing, "cell") is None


def test_before_a_click_the_page_says_what_a_click_does(click):
    app = click(None)
    assert [caption.value for caption in app.caption].count("Click a cell to see its sentences.") == 1
    assert not app.dataframe


@pytest.mark.data
@pytest.mark.usefixtures("whole_data")
def test_every_test_sentence_stands_in_one_cell_under_its_own_label():
    record, rows = find_run(RUN), emotion.load()
    truth = [(rows.texts[row], CLASSES[rows.labels[row]]) for row in rows.split.test]
    seen = []
    for i, label in enumerate(CLASSES):
        for j, prediction in enumerate(CLASSES):
            found = loaders.sentences_of_cell(record, label, prediction)
            assert len(found) == record.metrics.test.confusion[i][j]
            seen += [(text, label) for text in found]
    assert sorted(seen) == sorted(truth)


@pytest.mark.data
@pytest.mark.usefixtures("whole_data")
def test_a_click_shows_the_sentences_of_its_cell(click):
    app = click(CELL)
    count = find_run(RUN).metrics.test.confusion[CLASSES.index("love")][CLASSES.index("joy")]
    assert finding(app) == f"{count} test sentences of love, classified as joy"
    assert app.dataframe[0].value["sentence"].tolist() == loaders.sentences_of_cell(find_run(RUN), *CELL)


@pytest.mark.data
@pytest.mark.usefixtures("whole_data")
def test_of_many_sentences_the_first_are_shown_and_the_rest_counted(click):
    app = click(("joy", "joy"))
    count = find_run(RUN).metrics.test.confusion[CLASSES.index("joy")][CLASSES.index("joy")]
    assert finding(app) == f"{count} test sentences of joy, classified correctly"
    assert len(app.dataframe[0].value) == confusion_cell.MOST < count
    assert any(str(confusion_cell.MOST) in caption.value for caption in app.caption)


@pytest.mark.data
@pytest.mark.usefixtures("whole_data")
def test_a_cell_that_nothing_fell_into_says_so(click):
    confusion = find_run(RUN).metrics.test.confusion
    empty = next((i, j) for i in range(6) for j in range(6) if confusion[i][j] == 0)
    app = click((CLASSES[empty[0]], CLASSES[empty[1]]))
    assert finding(app).startswith("0 test sentences")


@pytest.mark.usefixtures("elsewhere")
def test_without_the_data_the_page_says_how_to_get_them_and_shows_the_matrix(click):
    app = click(CELL)
    (said,) = alerts(app)
    for way in ("CCDS_DATA_DIR", "data fetch emotion"):
        assert way in said.replace("\\", "")
    assert not finding(app)


def test_sentences_of_other_data_are_not_passed_off_as_the_runs_own(click, elsewhere):
    (elsewhere / "emotion").mkdir()
    for part in ("train", "val", "test"):
        lines = [f"the {part} kiln is number {row};{CLASSES[row % 6]}" for row in range(12)]
        (elsewhere / "emotion" / f"{part}.txt").write_text("\n".join(lines))
    app = click(CELL)
    (said,) = alerts(app)
    assert "not the one" in said
    assert not finding(app)


@pytest.mark.usefixtures("whole_data")
def test_wrong_answers_are_listed_the_surest_first_and_the_one_of_the_link_is_explained(open_page):
    app = open_page("emotions", emotions_source="Misclassified", emotions_wrong_run=RUN, emotions_wrong_label="love",
                    emotions_wrong_number=2)  # fmt: skip
    assert not app.exception
    table = app.dataframe[0].value
    assert set(table["true class"]) == {"love"}
    assert table["confidence"].is_monotonic_decreasing
    assert any(caption.value.startswith(r"Row 2\: true class love") for caption in app.caption)
    assert f"> {plain(table['sentence'][1])}" in [said.value for said in app.markdown]
    answers = chart_rows(charts(app)[0])
    own = answers[answers["model"] == RUN].set_index("class")["probability"]
    assert own[table["predicted class"][1]] == pytest.approx(table["confidence"][1] / 100, abs=0.002)


def test_without_the_data_the_page_says_where_wrong_answers_are_shown(open_page, elsewhere):
    app = open_page("emotions", emotions_source="Misclassified")
    assert not app.exception
    assert any("need the data set" in alert for alert in alerts(app))
