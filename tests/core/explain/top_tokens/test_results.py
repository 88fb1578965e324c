"""Results of a run on one part of its data: whole, without a sentence, and refused where they belong to another run."""

import json
from dataclasses import replace

import pytest

from ccds_core.data.normalize import split_words
from ccds_core.errors import CheckpointError
from ccds_core.explain.top_tokens.corpus_pass import read_words
from ccds_core.explain.top_tokens.evidence import list_tokens
from ccds_core.explain.top_tokens.options import LADDER, TokenOptions
from ccds_core.explain.top_tokens.readings import join_readings
from ccds_core.explain.top_tokens.results import (
    GROUPINGS,
    SHOWN,
    TokenResults,
    load_part,
    load_results,
    measure_tokens,
    results_path,
    save_results,
    ship_results,
)
from ccds_core.explain.top_tokens.table import METHODS, build_table
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_texts import CLASSES


@pytest.fixture(scope="module")
def measured(text_runs_folder):
    """The tiny BERT's results on its own training texts, with the signs of progress before them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCDS_RUNS_DIR", str(text_runs_folder))
        patch.setenv("CCDS_CHECKPOINTS_DIR", str(text_runs_folder / "none"))
        *steps, results = measure_tokens(load_classifier(find_run("bert")), find_run("bert"), "train")
    return steps, results


@pytest.fixture
def record(text_runs, checkpoints_folder):
    """The tiny BERT's run, with an empty folder for what is shipped."""
    checkpoints_folder.mkdir()
    return find_run("bert")


def test_progress_counts_every_text_once_and_the_results_come_last(measured):
    steps, results = measured
    assert isinstance(results, TokenResults)
    assert (results.n, results.n) in steps
    assert all(0 < done <= of == results.n for done, of in steps)


def test_every_view_holds_every_method_class_and_step(measured):
    _, results = measured
    assert set(results.views) == set(GROUPINGS)
    for view in results.views.values():
        assert set(view.lists) == set(METHODS)
        assert all(set(lists) == set(CLASSES) for lists in view.lists.values())
        assert all(len(scores) <= SHOWN for lists in view.lists.values() for scores in lists.values())
        assert [rung.step for rung in view.ladder] == [step.name for step in LADDER]
        assert set(view.agreement) == set(METHODS) - {"contrast"}
    assert sum(results.views["true"].sizes.values()) == sum(results.views["predicted"].sizes.values()) == results.n
    assert sum(results.views["correct"].sizes.values()) <= results.n
    assert set(results.masking) == set(METHODS)


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize("name", GROUPINGS)
def test_the_lists_are_those_of_the_readings(measured, name):
    classifier = load_classifier(find_run("bert"))
    data = load_part(classifier, "train")
    readings = join_readings(list(read_words(classifier, data.texts)), classifier.classes, data.labels)
    view = measured[1].views[name]
    assert list_tokens(build_table(readings, "contrast", GROUPINGS[name]), SHOWN) == view.lists["contrast"]


def test_what_is_saved_is_read_back_rounded(measured, record):
    _, results = measured
    path = save_results(results)
    assert path == results_path("bert")
    again = load_results(record, "train")
    assert load_results(record, "test") is None
    for one, other in zip(again.views["true"].lists["contrast"]["calm"],
                          results.views["true"].lists["contrast"]["calm"], strict=True):  # fmt: skip
        assert (one.token, one.n, one.examples) == (other.token, other.n, other.examples)
        assert (one.score, one.low, one.high) == pytest.approx((other.score, other.low, other.high), abs=1e-4)
    save_results(again)
    assert load_results(record, "train") == again


@pytest.mark.usefixtures("text_runs")
def test_the_file_holds_words_and_no_sentence(measured, record):
    written = save_results(measured[1]).read_text()
    for text in load_part(load_classifier(find_run("bert")), "train").texts:
        words = split_words(text)
        assert all(" ".join(words[start : start + 2]) not in written for start in range(len(words) - 1))
        assert all(json.dumps(words[start : start + 3])[1:-1] not in written for start in range(len(words) - 2))


def test_shipping_measures_and_writes_in_one_call(record):
    assert ship_results(find_run("bert"), "train") == "Top tokens of 'bert' measured on 48 train texts."
    assert load_results(record, "train").n == 48


def test_without_a_file_there_are_no_results(record):
    assert load_results(record, "train") is None


@pytest.mark.parametrize(("change", "said"), [
    ({"run_digest": "0" * 64}, "other weights"),
    ({"data_digest": "0" * 64}, "other data"),
    ({"format": 0}, "format 0"),
])  # fmt: skip
def test_results_of_another_run_are_refused(measured, record, change, said):
    save_results(replace(measured[1], **change))
    with pytest.raises(CheckpointError, match=said):
        load_results(record, "train")


@pytest.mark.parametrize("change", [
    lambda text: text[:-9],
    lambda text: "{}",
    lambda text: text.replace('"n":', '"m":', 1),
    lambda text: text.replace('"measure":"cls"', '"measure":"smell"', 1),
    lambda text: text.replace('"n":', '"n":"many","more":', 1),
])  # fmt: skip
def test_a_damaged_file_is_refused_in_a_sentence(measured, record, change):
    path = save_results(measured[1])
    path.write_text(change(path.read_text()))
    with pytest.raises(CheckpointError, match=r"bert\.tokens\.json"):
        load_results(record, "train")


def test_shipped_views_are_found_by_their_options():
    assert len(set(GROUPINGS.values())) == len(GROUPINGS)
    assert GROUPINGS["predicted"] == TokenOptions()
