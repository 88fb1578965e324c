"""The Attention page on the shipped BERT: it opens filled, answers what is changed, and leaves the model alone."""

import json

import pandas as pd
import pytest
import streamlit as st

from ccds_core.paths import models_dir
from tests.support.page_reading import assert_sentence, chart_rows, charts

pytestmark = pytest.mark.usefixtures("shipped_shelf")


def shares(app):
    """state -> class -> probability, as the bars show them."""
    rows = pd.concat([chart_rows(chart) for chart in charts(app)])
    return rows.pivot(index="model", columns="class", values="probability")


def words_of(app):
    (pills,) = [group for group in app.button_group if group.key.startswith("attention_words")]
    return pills


def grids(app):
    """The grids of heads; below the answers each has a second part, with the pinned heads."""
    parts = [json.loads(element.proto.json)["part"] for element in app.get("bidi_component")]
    assert parts.count("heads") == parts.count("depth")
    return parts[: len(parts) // 2]


def test_it_opens_filled(open_page):
    app = open_page("attention")
    assert not app.exception
    assert not app.error
    assert list(shares(app).index) == ["original"]
    assert shares(app).sum(axis=1).tolist() == pytest.approx([1.0])
    assert len(grids(app)) == 1


def test_a_masked_word_moves_the_probabilities_and_both_answers_are_shown(open_page):
    app = open_page("attention")
    words_of(app).set_value(["terrified"]).run()
    assert not app.exception
    before, after = (shares(app).loc[state] for state in ("original", "changed"))
    assert after["fear"] < before["fear"]


def test_ablated_heads_change_the_prediction_and_the_shared_model_stays_as_it_was(open_page):
    before = shares(open_page("attention")).loc["original"]
    app = open_page("attention", attention_off=["L1", "L2", "L6"])
    assert not app.exception
    assert shares(app).loc["changed"].to_numpy() != pytest.approx(before.to_numpy(), abs=1e-3)
    again = open_page("attention", attention_example="by the sea")
    assert not again.exception
    assert shares(open_page("attention")).loc["original"].to_numpy() == pytest.approx(before.to_numpy(), abs=0)


def test_keeping_only_some_heads_ablates_all_others(open_page):
    kept = shares(open_page("attention", attention_off=["L1"], attention_only="true"))
    rest = shares(open_page("attention", attention_off=["L2", "L3", "L4", "L5", "L6"]))
    assert kept.loc["changed"].to_numpy() == pytest.approx(rest.loc["changed"].to_numpy(), abs=1e-6)


@pytest.mark.parametrize("how", ["Leave out", "Replace"])
def test_a_word_can_be_left_out_or_replaced(open_page, how):
    app = open_page("attention", attention_how=how, attention_new="glad")
    words_of(app).set_value(["terrified"]).run()
    assert not app.exception
    assert shares(app).loc["changed", "fear"] < shares(app).loc["original", "fear"]


def test_of_a_word_that_is_said_twice_the_clicked_one_is_changed(open_page):
    text = {"attention_source": "Write", "attention_text": "glad glad sad", "attention_how": "Replace"}
    first, second = (
        shares(words_of(open_page("attention", **text, attention_new="sad")).set_value([word]).run())
        for word in ("glad", "glad (2)")
    )
    wanted = [
        open_page("attention", attention_source="Write", attention_text=t) for t in ("sad glad sad", "glad sad sad")
    ]
    for changed, app in zip((first, second), wanted, strict=True):
        assert changed.loc["changed"].to_numpy() == pytest.approx(shares(app).loc["original"].to_numpy(), abs=1e-5)


def test_a_pair_shows_both_sentences_words(open_page):
    app = open_page(
        "attention", attention_source="Two sentences", attention_one="I was calm", attention_two="You cried"
    )
    assert not app.exception
    assert list(words_of(app).options) == ["I", "was", "calm", "You", "cried"]


def test_two_sentences_of_one_length_are_subtracted_and_of_two_lengths_stand_side_by_side(open_page):
    same = {"attention_source": "Write", "attention_text": "I felt calm", "attention_against": "Another sentence"}
    app = open_page("attention", **same, attention_other="You felt sad")
    assert not app.exception
    assert not app.error
    assert len(grids(app)) == 1
    beside = open_page("attention", **same, attention_other="You sad")
    assert not beside.error
    assert len(grids(beside)) == 2
    assert any("only maps of one size can be subtracted" in caption.value for caption in beside.caption)


@pytest.mark.parametrize("source", ["Examples", "Two sentences"])
def test_the_encoder_before_fine_tuning_stands_beside_or_is_said_to_be_missing(open_page, monkeypatch, source):
    against = {"attention_source": source, "attention_against": "Encoder before fine-tuning"}
    if (models_dir() / "all-MiniLM-L6-v2").is_dir():
        app = open_page("attention", **against)
        assert not app.exception
        assert not app.error
        assert len(grids(app)) == 1
    monkeypatch.setenv("CCDS_MODELS_DIR", "nowhere")
    for cache in (st.cache_resource, st.cache_data):
        cache.clear()
    assert_sentence(open_page("attention", **against), ["all-MiniLM-L6-v2", "CCDS_MODELS_DIR"])


@pytest.mark.parametrize("text", ["", "   "])
def test_without_a_sentence_it_says_what_to_do(open_page, text):
    app = open_page("attention", attention_source="Write", attention_text=text)
    assert not app.exception
    assert "Write a sentence" in app.info[0].value


@pytest.mark.parametrize("text", ["!!", "\U0001f600"])
def test_a_text_without_words_is_answered_by_a_sentence(open_page, text):
    assert_sentence(open_page("attention", attention_source="Write", attention_text=text), ["word"])


def test_a_long_text_is_cut_with_a_notice(open_page):
    app = open_page("attention", attention_source="Write", attention_text="calm " * 400)
    assert not app.exception
    assert any("are not" in warning.value.replace("\\", "") for warning in app.warning)


def test_every_class_can_be_explained(open_page):
    app = open_page("attention", attention_target="anger")
    assert not app.exception
    assert app.selectbox(key="attention_target").value == "anger"


@pytest.mark.parametrize(
    ("text", "said"),
    [("The bus leaves at nine.", "no class 'neutral'"), ("I am not happy.", "negates"), ("I was so glad.", "")],
)
def test_a_doubtful_answer_is_called_so_as_on_the_emotions_page(open_page, text, said):
    """The encoder is sure of an emotion where there is none: without the warning the heads would seem to explain it."""
    app = open_page("attention", attention_source="Write", attention_text=text)
    assert not app.exception
    warnings = " ".join(warning.value.replace("\\", "") for warning in app.warning)
    assert (said in warnings) if said else not warnings
