"""`tokens` on the command line: JSON of one form for every method, a table for people, sentences for what is wrong."""

from dataclasses import replace

import pytest

from ccds_core.checkpoints import load_classifier
from ccds_core.run_folders import find_run
from ccds_core.token_results import measure_tokens, results_path, save_results
from ccds_core.tokens import METHODS
from tests.core.small_texts import CLASSES

ASK = ("tokens", "--model", "bert", "--split", "train")


@pytest.fixture(autouse=True)
def folders(text_runs, checkpoints_folder):
    checkpoints_folder.mkdir()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_answers_in_the_same_form(ccds, method):
    found = ccds(*ASK, "--method", method, "--top", "4", "--json").json
    assert list(found) == ["model", "split", "method", "classes"]
    assert (found["model"], found["split"], found["method"]) == ("bert", "train", method)
    assert list(found["classes"]) == list(CLASSES)
    for scores in found["classes"].values():
        assert len(scores) <= 4
        for score in scores:
            assert list(score) == ["token", "score", "n", "low", "high"]
            assert isinstance(score["token"], str)
            assert isinstance(score["n"], int)
            assert score["low"] <= score["high"]
        assert [score["score"] for score in scores] == sorted((score["score"] for score in scores), reverse=True)


def test_without_json_there_is_a_table_with_the_unit_and_every_class(ccds):
    answer = ccds(*ASK, "--by", "true")
    assert answer.code == 0
    assert "standard errors" in answer.out
    assert all(f"\n{name}\n" in answer.out for name in CLASSES)
    assert " n " in answer.out


def test_the_true_class_and_other_measures_can_be_asked_for(ccds):
    usual = ccds(*ASK, "--by", "true", "--json").json["classes"]
    for options in (
        ("--measure", "rollout"),
        ("--measure", "received"),
        ("--measure", "gradient"),
        ("--correct-only",),
    ):
        assert ccds(*ASK, "--by", "true", *options, "--json").json["classes"] != usual


@pytest.mark.parametrize(("words", "said"), [
    (("--method", "vote"), "--method is one of workshop, contrast, integrated-gradients, log-odds"),
    (("--split", "all"), "--split is one of train, val, test"),
    (("--measure", "smell"), "measure is one of cls, received"),
    (("--by", "me"), "group is one of predicted, true"),
    (("--top", "0"), "--top is from 1 to"),
    (("--model", "none-such"), "No run 'none-such'"),
    (("--model", "text-embedding"), "no attention heads"),
])  # fmt: skip
def test_what_cannot_be_asked_is_answered_in_a_sentence(ccds, words, said):
    answer = ccds(*ASK, *words)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


def test_shipped_results_are_used_where_they_are_of_this_run_and_not_when_asked_afresh(ccds):
    computed = ccds(*ASK, "--top", "3", "--json").json
    *_, results = measure_tokens(load_classifier("bert"), find_run("bert"), "train")
    view = results.views["predicted"]
    marked = {
        name: tuple(replace(score, score=score.score + 1_000) for score in scores)
        for name, scores in view.lists["contrast"].items()
    }
    marked_view = replace(view, lists={**view.lists, "contrast": marked})
    save_results(replace(results, views={**results.views, "predicted": marked_view}))
    shipped = ccds(*ASK, "--top", "3", "--json").json
    assert any(computed["classes"].values())
    for name, scores in computed["classes"].items():
        assert [score["token"] for score in shipped["classes"][name]] == [score["token"] for score in scores]
        assert all(score["score"] > 900 for score in shipped["classes"][name])
    assert ccds(*ASK, "--top", "3", "--fresh", "--json").json == computed
    assert ccds(*ASK, "--top", "21", "--json").json["classes"] != shipped["classes"]


def test_results_of_other_weights_are_not_used_and_that_is_said(ccds):
    *_, results = measure_tokens(load_classifier("bert"), find_run("bert"), "train")
    save_results(replace(results, run_digest="0" * 64))
    answer = ccds(*ASK, "--top", "3", "--json")
    assert "other weights" in answer.err
    assert "anew" in answer.err
    results_path("bert").unlink()
    assert answer.json == ccds(*ASK, "--top", "3", "--json").json


def test_the_measurement_says_both_times_and_that_both_agree(ccds):
    found = ccds("bench", "tokens", "--model", "bert", "--n", "6", "--json").json
    assert found["n"] == 6
    assert found["same"] == 1.0
    assert found["ratio"] == pytest.approx(found["plan"] / found["ours"])
    assert "times as long" in ccds("bench", "tokens", "--model", "bert", "--n", "6").out
