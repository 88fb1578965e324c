"""Home: the six tasks with links that lead where they say, and our figures beside the report's."""

import pytest

from ccds_core.config.report import REPORT
from ccds_core.jobs import lesson_answers
from ccds_core.paths import PROJECT
from pages.ui.home.opening import DOORS, FRAMES, LESSON, PRIVACY, TITLE
from pages.ui.home.tasks import TASKS
from tests.support.page_reading import chart_rows, charts
from tests.support.run_fixtures import FIGURES_ONLY, SHIPPED, TEXT_PAGES, UNFINISHED

LINKS = [*DOORS, *(link for task in TASKS for link in task.links)]


@pytest.mark.usefixtures("shelf")
def test_every_task_is_there_and_has_its_links(open_page):
    app = open_page("home")
    shown = " ".join(markdown.value for markdown in app.markdown)
    assert all(task.title in shown for task in TASKS)
    assert [task.number for task in TASKS] == [1, 2, 3, 4, 5, 6]
    assert all(task.links for task in TASKS)
    assert [link.label for link in app.page_link] == [link.label for link in LINKS]
    assert [link.page for link in app.page_link] == [link.page for link in LINKS]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("link", [link for link in LINKS if link.page not in TEXT_PAGES], ids=lambda link: link.label)
def test_a_link_opens_the_page_on_its_choices(open_page, link):
    assert_opens_on_its_choices(open_page, link)


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize("link", [link for link in LINKS if link.page in TEXT_PAGES], ids=lambda link: link.label)
def test_a_link_to_texts_opens_the_page_on_its_choices(open_page, link):
    assert_opens_on_its_choices(open_page, link)


def assert_opens_on_its_choices(open_page, link):
    query = dict(link.query)
    app = open_page(link.page, **query)
    assert not app.exception
    assert not app.error
    for key, value in query.items():
        assert app.session_state[key] in (value, [value], value == "true")


@pytest.fixture
def recordings(monkeypatch):
    """The checkpoints of a fresh clone."""
    monkeypatch.setenv("CCDS_CHECKPOINTS_DIR", str(PROJECT / "checkpoints"))


@pytest.mark.usefixtures("shelf", "recordings")
def test_the_opening_plays_a_recorded_training_once_and_does_not_name_the_networks(open_page):
    app = open_page("home")
    ends = []
    for _ in range(FRAMES + 2):
        (chart, *_) = charts(app)
        assert chart.alt == TITLE
        rows = chart_rows(chart)
        assert set(rows["run"].dropna()) == {"network A", "network B"}
        ends.append(rows["step"].max())
        app.run()
    assert (
        ends[0] < ends[5] < ends[FRAMES - 1] == ends[-1] == len(next(iter(lesson_answers.recording(LESSON).values())))
    )


@pytest.mark.usefixtures("shelf")
def test_what_leaves_this_computer_is_said(open_page):
    assert any(caption.value == PRIVACY for caption in open_page("home").caption)


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
    near, far, *_ = chart.alt.split(";")
    assert "1" in near
    assert "2" in far
    assert "4" not in far


@pytest.mark.usefixtures("empty_shelf")
def test_without_a_run_the_links_are_still_there(open_page):
    app = open_page("home")
    assert len(app.page_link) == len(LINKS)
    assert not charts(app)
