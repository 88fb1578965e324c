"""Words explained and judged on the Emotions and Attention pages, on the shipped models."""

import numpy as np
import pytest

from ccds_core.explain.methods import TEXT_METHODS, methods_of
from pages.ui.shared.text_controls import FAITHFUL, WORKED
from tests.support.page_reading import chart_rows, charts

FAMILIES = {"one-word-rule": "one-word", "text-embedding": "text-embedding", "bert-emotion": "bert"}
ASKED = {"emotions_models": list(FAMILIES), "emotions_example": "old dog"}
N_WORDS = 14  # of that sentence
LONG = "I feel happy number 0 " * 30

pytestmark = pytest.mark.usefixtures("shipped_shelf")


def strip(app):
    """model -> its bars, in the words' order."""
    rows = chart_rows(charts(app)[1])
    return {model: own["change"].to_numpy() for model, own in rows.groupby("model")}


def captions(app):
    return " ".join(caption.value.replace("\\", "") for caption in app.caption)


@pytest.mark.parametrize("method", TEXT_METHODS)
def test_every_method_explains_the_models_that_allow_it_and_names_the_others(open_page, method):
    app = open_page("emotions", **ASKED, emotions_measure_0=TEXT_METHODS[method].label)
    assert not app.exception
    assert not app.error
    able = {name for name, family in FAMILIES.items() if method in methods_of(family)}
    bars = strip(app)
    assert set(bars) == able
    assert {len(values) for values in bars.values()} == {N_WORDS}
    unable = captions(app).partition("Not available for ")[2]
    assert all((name in unable) == (name not in able) for name in FAMILIES)
    assert TEXT_METHODS[method].explanation.split(" (")[0] in captions(app)
    assert ("Red supports love" in captions(app)) == TEXT_METHODS[method].signed
    assert ("completeness gap" in captions(app)) == (method == "integrated-gradients")


def test_another_class_is_explained_by_other_bars_on_the_same_words(open_page):
    likeliest, other = (
        strip(open_page("emotions", **ASKED, emotions_measure_0="Gradient × input", **query))
        for query in ({}, {"emotions_target_0": "anger"})
    )
    assert set(likeliest) == set(other)
    for name, values in likeliest.items():
        assert len(values) == len(other[name])
        assert not np.allclose(values, other[name])


def test_a_measure_that_no_model_here_can_do_leaves_no_strip_and_says_so(open_page):
    query = {"emotions_models": ["one-word-rule"], "emotions_measure_0": "Attention rollout"}
    app = open_page("emotions", **query)
    assert not app.exception
    assert not app.error
    assert len(charts(app)) == 1
    assert "Not available for one-word-rule: no attention." in captions(app)


def test_a_long_text_is_explained_by_leaving_words_out_and_by_nothing_else(open_page):
    app = open_page("emotions", emotions_source="Write", emotions_models=["text-embedding"], emotions_true_0="true")
    app.text_input(key="emotions_text").set_value(LONG).run()
    assert len(strip(app)["text-embedding"]) == 64
    app.button_group(key="emotions_measure_0").set_value("Occlusion").run()
    assert not app.exception
    assert len(charts(app)) == 1
    assert sum("150 words" in note.value for note in app.info) == 2  # the strip and the judgement
    assert len(app.info) == 3  # the trust box too


def test_what_is_closed_is_not_computed(open_page, monkeypatch):
    def refuse(*_):
        raise AssertionError("nobody asked")

    monkeypatch.setattr("pages.ui.shared.text_loaders.judge_words", refuse)
    assert not open_page("emotions", **ASKED).exception
    assert not open_page("attention").exception


@pytest.mark.parametrize("judged", FAMILIES)
def test_all_measures_of_one_model_are_judged_against_random_order(open_page, judged):
    app = open_page("emotions", **ASKED, emotions_true_0="true", emotions_judged_0=judged)
    assert not app.exception
    assert not app.error
    labels = [TEXT_METHODS[name].label for name in methods_of(FAMILIES[judged])]
    curves = chart_rows(charts(app)[2])
    assert list(dict.fromkeys(curves["method"])) == [*labels, "random order"]
    assert curves["probability"].between(0, 1).all()
    whole = curves[(curves["fraction"] == 0) & (curves["kind"] == "Deletion")]["probability"]
    assert np.ptp(whole.to_numpy()) == pytest.approx(0, abs=1e-6)


def test_in_the_worked_examples_attention_and_attribution_part(open_page):
    """Who is right differs: the pages say both."""
    misled, truer = (open_page("attention", attention_example=name, attention_tab=FAITHFUL) for name in WORKED)
    gains = []
    for app in (misled, truer):
        assert not app.exception
        assert any("rank correlation over all" in text.value for text in app.markdown)
        bars, _ = [chart for chart in charts(app) if chart.alt.startswith("Comprehensiveness")]  # here, of many
        comprehensive = chart_rows(bars).set_index("method")["gain"]
        gains.append(comprehensive["[CLS] row"] - comprehensive["Integrated gradients"])
    assert gains[0] < -0.5
    assert gains[1] > 0.1
    assert any("ranks “the” first" in text.value for text in misled.markdown)


def test_a_button_brings_a_worked_example(open_page):
    app = open_page("attention", attention_source="Write", attention_text="I felt calm", attention_tab=FAITHFUL)
    app.button(key=f"attention_worked_{next(iter(WORKED))}").click().run()
    assert not app.exception
    assert app.button_group(key="attention_source").value == "Examples"
    assert app.selectbox(key="attention_example").value == next(iter(WORKED))


@pytest.mark.slow
def test_a_pair_is_not_judged_and_a_changed_sentence_is_judged_as_it_was(open_page):
    pair = open_page("attention", attention_source="Two sentences", attention_tab=FAITHFUL)
    assert not pair.exception
    assert any("takes one sentence" in note.value for note in pair.info)
    changed = open_page("attention", attention_off=["L1"], attention_tab=FAITHFUL)
    assert not changed.exception
    assert "before the change" in captions(changed)
