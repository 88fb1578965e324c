"""Home: the six tasks as doors that lead where they say, and our figures beside the report's."""

import pytest

from ccds_core.workshop import REPORT, TASKS
from tests.pages.reading import chart_rows, charts
from tests.pages.shelf import FIGURES_ONLY, SHIPPED, TEXT_PAGES, UNFINISHED

DOORS = [door for task in TASKS for door in task.doors]


@pytest.mark.usefixtures("shelf")
def test_every_task_is_there_and_has_its_doors(open_page):
    app = open_page("home")
    shown = " ".join(markdown.value for markdown in app.markdown)
    assert all(task.title in shown for task in TASKS)
    assert [link.label for link in app.page_link] == [door.says for door in DOORS]
    assert [link.page for link in app.page_link] == [door.page for door in DOORS]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("door", [door for door in DOORS if door.page not in TEXT_PAGES], ids=lambda door: door.says)
def test_a_door_opens_the_page_on_its_choices(open_page, door):
    assert_opens_on_its_choices(open_page, door)


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize("door", [door for door in DOORS if door.page in TEXT_PAGES], ids=lambda door: door.says)
def test_a_door_to_texts_opens_the_page_on_its_choices(open_page, door):
    assert_opens_on_its_choices(open_page, door)


def assert_opens_on_its_choices(open_page, door):
    query = dict(door.query)
    app = open_page(door.page, **query)
    assert not app.exception
    assert not app.error
    for key, value in query.items():
        assert app.session_state[key] in (value, [value], value == "true")


@pytest.mark.usefixtures("shelf")
def test_the_figure_shows_every_shipped_run_and_the_reports(open_page):
    (chart,) = charts(open_page("home"))
    rows = chart_rows(chart)
    ours = rows[rows["whose"] == "ours"]
    assert set(ours["run"]) == {*SHIPPED, FIGURES_ONLY}
    assert UNFINISHED not in set(rows["run"])
    assert ((ours["low"] <= ours["accuracy"]) & (ours["accuracy"] <= ours["high"])).all()
    report = rows[rows["whose"] == "report"].set_index("architecture")["accuracy"]
    assert report.to_dict() == {name: figures.accuracy for name, figures in REPORT.items() if name in SHIPPED}


@pytest.mark.usefixtures("shelf")
def test_the_figures_finding_says_which_architectures_depend_on_the_seed(open_page):
    """On the shelf two runs of architecture 2 lie twelve points apart."""
    (chart,) = charts(open_page("home"))
    near, far = chart.alt.split(";")
    assert "1" in near
    assert "2" in far
    assert "4" not in far


@pytest.mark.usefixtures("empty_shelf")
def test_without_a_run_the_doors_are_still_there(open_page):
    app = open_page("home")
    assert len(app.page_link) == len(DOORS)
    assert not charts(app)
