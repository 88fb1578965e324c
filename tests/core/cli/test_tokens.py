"""`tokens` on the command line: JSON of one form for every method, a table, one sentence for bad input."""

from dataclasses import replace

import pytest

from ccds_core.explain.top_tokens.results import measure_tokens, results_path, save_results
from ccds_core.explain.top_tokens.table import METHODS
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import CLASSES

ARGUMENTS = ("tokens", "--model", "bert", "--split", "train")


@pytest.fixture(autouse=True)
def folders(text_runs, checkpoints_folder):
    checkpoints_folder.mkdir()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_same_json_form(ccds, method):
    answer = ccds(*ARGUMENTS, "--method", method, "--top", "4", "--json").json
    assert list(answer) == ["model", "split", "method", "classes"]
    assert (answer["model"], answer["split"], answer["method"]) == ("bert", "train", method)
    assert list(answer["classes"]) == list(CLASSES)
    for scores in answer["classes"].values():
        assert len(scores) <= 4
        for score in scores:
            assert list(score) == ["token", "score", "n", "low", "high"]
            assert isinstance(score["token"], str)
            assert isinstance(score["n"], int)
            assert score["low"] <= score["high"]
        assert [score["score"] for score in scores] == sorted((score["score"] for score in scores), reverse=True)


def test_without_json_there_is_a_table_with_the_unit_and_every_class(ccds):
    answer = ccds(*ARGUMENTS, "--by", "true")
    assert answer.code == 0
    assert "contrast" in answer.out
    assert all(f"\n{name}\n" in answer.out for name in CLASSES)
    assert " n " in answer.out


def test_other_options_give_other_lists(ccds):
    default = ccds(*ARGUMENTS, "--by", "true", "--json").json["classes"]
    for options in (
        ("--measure", "rollout"),
        ("--measure", "received"),
        ("--measure", "gradient"),
        ("--correct-only",),
    ):
        assert ccds(*ARGUMENTS, "--by", "true", *options, "--json").json["classes"] != default


@pytest.mark.parametrize(("arguments", "message"), [
    (("--method", "vote"), "--method is one of workshop, contrast, integrated-gradients, log-odds"),
    (("--split", "all"), "--split is one of train, val, test"),
    (("--measure", "smell"), "measure is one of cls, received"),
    (("--by", "me"), "group is one of predicted, true"),
    (("--top", "0"), "--top is from 1 to"),
    (("--model", "none-such"), "No run 'none-such'"),
    (("--model", "text-embedding"), "no attention heads"),
])  # fmt: skip
def test_bad_input_is_one_sentence(ccds, arguments, message):
    answer = ccds(*ARGUMENTS, *arguments)
    assert answer.code == 2
    assert message in answer.err
    assert answer.out == ""


def test_shipped_results_of_the_same_weights_are_used_unless_fresh(ccds):
    computed = ccds(*ARGUMENTS, "--top", "3", "--json").json
    *_, results = measure_tokens(load_classifier(find_run("bert")), find_run("bert"), "train")
    view = results.views["predicted"]
    marked = {
        name: tuple(replace(score, score=score.score + 1_000) for score in scores)
        for name, scores in view.lists["contrast"].items()
    }
    marked_view = replace(view, lists={**view.lists, "contrast": marked})
    save_results(replace(results, views={**results.views, "predicted": marked_view}))
    shipped = ccds(*ARGUMENTS, "--top", "3", "--json").json
    assert any(computed["classes"].values())
    for name, scores in computed["classes"].items():
        assert [score["token"] for score in shipped["classes"][name]] == [score["token"] for score in scores]
        assert all(score["score"] > 900 for score in shipped["classes"][name])
    assert ccds(*ARGUMENTS, "--top", "3", "--fresh", "--json").json == computed
    assert ccds(*ARGUMENTS, "--top", "21", "--json").json["classes"] != shipped["classes"]


def test_results_of_other_weights_are_not_used_and_a_notice_says_so(ccds):
    *_, results = measure_tokens(load_classifier(find_run("bert")), find_run("bert"), "train")
    save_results(replace(results, run_digest="0" * 64))
    answer = ccds(*ARGUMENTS, "--top", "3", "--json")
    assert "other weights" in answer.err
    assert "computed again" in answer.err
    results_path("bert").unlink()
    assert answer.json == ccds(*ARGUMENTS, "--top", "3", "--json").json


def test_bench_tokens_gives_both_times_and_equal_sums(ccds):
    answer = ccds("bench", "tokens", "--model", "bert", "--n", "6", "--json").json
    assert answer["n"] == 6
    assert answer["same"] == 1.0
    assert answer["ratio"] == pytest.approx(answer["report"] / answer["ours"])
    assert "times as long" in ccds("bench", "tokens", "--model", "bert", "--n", "6").out
