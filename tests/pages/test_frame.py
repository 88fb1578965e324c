"""Every page stands in the frame: from the navigation, by deep link on a fresh process, and without any run."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.shared import frame
from pages.ui.shared.glossary import PAGE_TERMS, TERMS
from tests.pages.conftest import ENTRYPOINT, TIMEOUT
from tests.support.page_reading import alerts, assert_parses
from tests.support.run_fixtures import TEXT_PAGES

NAMES = [entry.name for entry in frame.PAGES]
NEED_NO_RUN = ("architectures", "train")
FOLLOWING = ("architectures_preset",)  # what other widgets amount to, so that the URL need not say it
STATES = {
    "home": ("home", {}),
    "examples": ("images", {}),
    "upload": ("images", {"images_source": "Upload"}),
    "a network": ("architectures", {}),
    "its code": ("architectures", {"architectures_view": "Code"}),
    "curves": ("compare", {"compare_view": "Curves"}),
    "confusion": ("compare", {"compare_view": "Confusion"}),
}
KINDS = ("button_group", "checkbox", "multiselect", "number_input", "selectbox", "select_slider", "slider",
         "text_input")  # fmt: skip
CONTROLS = (
    ("architectures", {}),
    ("architectures", {"architectures_view": "Activations & gradients at init"}),
    ("architectures", {"architectures_view": "First 100 steps"}),
    ("train", {}),
    ("train", {"train_what": "Your network"}),
    ("images", {"images_view": "Attribution maps"}),
    ("images", {"images_view": "Feature maps"}),
    ("emotions", {}),
    ("embeddings", {}),
    ("embeddings", {"embeddings_view": "Arithmetic"}),
    ("embeddings", {"embeddings_view": "Map"}),
    ("attention", {}),
    ("tokens", {}),
    ("compare", {}),
)
COMMAND = re.compile(r"python \\?-m ccds\\?_core[^.:]*")


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("name", [name for name in NAMES if name not in TEXT_PAGES])
def test_a_page_opens_under_its_title(open_page, name):
    assert_opens_under_its_title(open_page(name), name)


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize("name", TEXT_PAGES)
def test_a_page_of_texts_opens_under_its_title(open_page, name):
    assert_opens_under_its_title(open_page(name), name)


def assert_opens_under_its_title(app, name):
    entry = next(entry for entry in frame.PAGES if entry.name == name)
    assert not app.exception
    assert not app.error
    assert [title.value for title in app.title] == ["CCDS Explorer" if name == "home" else entry.title]
    terms, lead = (markdown.value for markdown in app.markdown[:2])
    assert all(f"**{term}**" in terms for term in PAGE_TERMS[name])
    assert lead == entry.lead


def test_every_page_has_its_terms_and_every_term_a_page():
    assert set(PAGE_TERMS) == set(NAMES)
    assert {term for terms in PAGE_TERMS.values() for term in terms} == set(TERMS)
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in TERMS.values())


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize(
    ("name", "query"), CONTROLS, ids=lambda value: value if isinstance(value, str) else "-".join(value.values())
)
def test_every_control_with_a_label_has_its_help(open_page, name, query):
    """One sentence each. A row of options without a label, such as the views, explains itself."""
    app = open_page(name, **query)
    assert not app.exception
    protos = [widget.proto for kind in KINDS for widget in app.get(kind)]
    shown = [proto for proto in protos if proto.label_visibility.value == proto.label_visibility.VISIBLE]
    assert [proto.label for proto in shown if not proto.help.endswith(".")] == []


def test_the_table_of_pages_lists_every_page_file():
    assert sorted(NAMES) == sorted(path.stem for path in frame.FOLDER.glob("*.py"))


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("name", NAMES)
def test_a_deep_link_on_a_fresh_process_goes_through_the_frame(monkeypatch, name):
    """Streamlit runs the page file alone then; the guard sends it back through the entrypoint."""
    entered = []
    run_app = frame.run_app
    monkeypatch.setattr(frame, "run_app", lambda: entered.append(name) or run_app())
    app = AppTest.from_file(ENTRYPOINT, default_timeout=TIMEOUT).switch_page(f"pages/{name}.py").run()
    assert entered == [name]
    assert not app.exception
    assert len(app.title) == 1
    assert frame.ENTERED not in app.session_state


@pytest.mark.usefixtures("shelf")
def test_a_deep_link_keeps_its_choices():
    app = AppTest.from_file(ENTRYPOINT, default_timeout=TIMEOUT)
    app.query_params = {"compare_view": "Curves", "compare_quantity": "accuracy"}
    app.switch_page("pages/compare.py").run()
    assert app.segmented_control(key="compare_view").value == "Curves"
    assert app.segmented_control(key="compare_quantity").value == "accuracy"


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(("name", "query"), STATES.values(), ids=STATES)
def test_every_choice_lives_in_the_url(open_page, name, query):
    app = open_page(name, **query)
    for widgets in (app.multiselect, app.button_group, app.slider):
        for widget in (widget for widget in widgets if widget.key not in FOLLOWING):
            assert widget.proto.query_param_key == widget.key, f"'{widget.key}' is not bound to the URL"


@pytest.mark.usefixtures("shelf")
def test_one_session_walks_through_all_pages_and_back():
    app = AppTest.from_file(ENTRYPOINT, default_timeout=TIMEOUT).run()
    for name in [*NAMES, *reversed(NAMES)]:
        app.switch_page(f"pages/{name}.py").run()
        assert not app.exception, name
        assert len(app.title) == 1, name


@pytest.mark.usefixtures("empty_shelf")
@pytest.mark.parametrize("name", [name for name in NAMES if name not in NEED_NO_RUN])
def test_without_any_run_a_page_gives_a_command_that_makes_one(open_page, name):
    app = open_page(name)
    assert not app.exception
    commands = [found.replace("\\", "") for said in alerts(app) for found in COMMAND.findall(said)]
    assert commands
    for command in commands:
        assert_parses(command)


def test_no_icon_of_the_browser_tab_is_fetched_from_outside():
    """A Material symbol there would come from fonts.gstatic.com."""
    assert frame.ICON.is_file()
    assert frame.ICON.read_bytes().startswith(b"\x89PNG")
