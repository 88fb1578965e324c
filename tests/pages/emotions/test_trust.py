"""The trust box of the Emotions page: how often such an answer was right, and a warning where the text deserves one."""

import pytest
import streamlit as st

from ccds_core.explain.trust.measured import FILE, load_trust
from ccds_core.explain.trust.warnings import LANGUAGE, NEGATION, NO_FEELING, SCRIPT, VOCABULARY
from tests.support.page_reading import charts

PLAIN = "I was terrified when all the lights went out and somebody knocked."
DOUBTFUL = {
    NO_FEELING: ("The capital of France is Paris.", "no class 'neutral'"),
    NEGATION: ("I am not happy", "negates \u2018happy\u2019"),
    SCRIPT: ("আজ আমি খুব খুশি।", "never saw this script"),
    LANGUAGE: ("Ich bin so froh, dass du wieder gesund bist.", "probably not English"),
    VOCABULARY: ("I was flabbergasted by the bill.", "Not in the training texts: \u2018flabbergasted\u2019"),
}

pytestmark = pytest.mark.usefixtures("shipped_shelf")


@pytest.fixture
def ask(open_page):
    """ask(text, **query): the page after a sentence was written."""

    def ask_one(text, **query):
        app = open_page("emotions", emotions_source="Write", **query)
        return app.text_input(key="emotions_text").set_value(text).run()

    return ask_one


def box(app):
    """The text of the box, after what was not read, and whether it warns."""
    note = [*app.info, *app.warning][-1]
    return note.value.replace("\\", ""), bool(app.warning)


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_a_doubtful_sentence_gets_its_warning_with_its_measured_precision(ask, kind):
    text, message = DOUBTFUL[kind]
    shown, warns = box(ask(text))
    score = load_trust().score_of(kind)
    assert warns
    assert message in shown
    assert f"right for {score.right} of {score.given} of our test sentences" in shown
    assert "very likely right" not in shown


def test_a_plain_sentence_gets_the_measured_share_with_interval_and_n(ask):
    app = ask(PLAIN)
    shown, warns = box(app)
    assert not warns
    assert "very likely right" in shown
    sizes = {f"of {each.n:,} validation texts" for each in load_trust().reliability[0].bins if each.n}
    assert any(size in shown for size in sizes)
    assert "95 % interval" in shown
    assert "of our own sentences without a feeling" in shown


def test_a_model_alone_has_its_own_figures_and_two_have_none(ask):
    alone, _ = box(ask(PLAIN, emotions_models=["bert-emotion"]))
    assert "validation texts were classified correctly" in alone
    two, _ = box(ask(PLAIN, emotions_models=["bert-emotion", "text-embedding"]))
    assert "was not measured" in two


def test_where_no_model_knows_a_word_none_is_called_sure(ask):
    titles = [chart.alt for chart in charts(ask("a" * 200))]
    assert titles[0] == "Probabilities without a known word"
    assert not [title for title in titles if "confident" in title]
    assert "Most confident" in charts(ask(PLAIN))[0].alt


@pytest.mark.parametrize("content", [None, "{"])
def test_without_a_measurement_the_warnings_stay_and_nothing_is_claimed(ask, content, tmp_path, monkeypatch):
    path = tmp_path / FILE
    if content:
        path.write_text(content)
    monkeypatch.setattr("ccds_core.explain.trust.measured.checkpoints_dir", lambda: tmp_path)
    st.cache_resource.clear()
    shown, warns = box(ask("I am not happy"))
    assert warns
    assert "negates" in shown
    assert "test sentences" not in shown
    assert "validation texts" not in shown
    shown, _ = box(ask(PLAIN))
    assert "was not measured" in shown


def test_the_counts_of_every_warning_stand_in_the_explanation(open_page):
    app = open_page("emotions")
    (table,) = (frame.value for frame in app.dataframe if "precision" in frame.value)
    assert list(table["warning"]) == [score.kind for score in load_trust().scores]
    assert list(table["given"]) == [score.given for score in load_trust().scores]
