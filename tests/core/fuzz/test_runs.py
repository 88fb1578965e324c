"""Run folders after strangers and broken disks had them: listed, loaded and compared, or one sentence says why not."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ccds_core.errors import CcdsError, CheckpointError
from ccds_core.figures.accuracy_dots import accuracy_dots
from ccds_core.figures.confusion_heatmap import confusion_heatmap, largest_confusion
from ccds_core.figures.learning_curves import curve_panels, learning_curves
from ccds_core.figures.run_matrices import class_scores, class_title, difference_matrix, difference_title
from ccds_core.models.classifier import ImageClassifier
from ccds_core.models.registry import MODELS
from ccds_core.runs import claims, comparison, significance
from ccds_core.runs.curves import curve_sentence
from ccds_core.runs.hyperparameters import difference_table
from ccds_core.runs.records import CONFIG, MANIFEST, METRICS, WEIGHTS, find_run, fingerprint, list_damaged, list_runs
from ccds_core.runs.weights import load_classifier
from ccds_core.storage import digest_file
from tests.support.fuzzing import assert_sentence, check_input, fuzzed
from tests.support.mutations import changed_bytes, texts_of
from tests.support.small_texts import TEXT_MODELS

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8))


@pytest.fixture
def change(small_run_folder, runs_folder, checkpoints_folder, small_cnn):
    """change(name, content): the runs folder with a good run, "whole", and the small one with this file changed."""
    shutil.copytree(small_run_folder, runs_folder / "whole")
    return lambda name, content: _change(small_run_folder, runs_folder / "small", name, content)


@pytest.fixture(scope="session")
def good(small_run_folder):
    """The records of a good run, by file."""
    return {name: json.loads((small_run_folder / name).read_text()) for name in (CONFIG, METRICS, MANIFEST)}


def look_at_everything():
    """What Home, Compare and Images ask of all runs and then of the changed one, without the screen."""
    fingerprint()
    records = list_runs()
    for fault in list_damaged():
        assert_sentence(fault)
    assert "whole" in [record.name for record in records], "a damaged run takes no other with it"
    assert len(records) > 1 or list_damaged(), "what cannot be read is listed"
    if any((each.metrics, each.card.classes) != (records[-1].metrics, records[-1].card.classes) for each in records):
        compare(records)
    classifier = load_classifier(find_run("small"))
    if isinstance(classifier, ImageClassifier):
        return classifier.predict(classifier.encode(PICTURE)).label
    return classifier.predict(classifier.encode(("quiet", "baker"))).label


def compare(records):
    """The tables, charts and sentences of the Compare page."""
    claims.check_claims(records)
    for table in (
        comparison.score_table,
        comparison.cost_table,
        difference_table,
        comparison.data_sets,
        comparison.machines,
    ):
        table(records)
    accuracy_dots(comparison.accuracy_rows(records), "title")
    pairs = significance.compare_pairs(records)
    assert all(pair.sentence for pair in pairs)
    difference_matrix(pairs, [record.name for record in records], difference_title(pairs))
    learned = [record for record in records if record.metrics.history]
    for quantity in ("loss", "accuracy"):
        learning_curves(learned, quantity, "title")
        curve_panels(learned, quantity, 200)
    for record in (record for record in records if record.name == "small"):
        curve_sentence(record)
        table = comparison.class_table(record)
        if len(table):
            f1 = {record.name: dict(zip(table["class"][:-1], table["F1"][:-1], strict=True))}
            class_scores(f1, class_title(f1))
        if record.metrics.test:
            label, answer, _ = largest_confusion(record.metrics.test)
            confusion_heatmap(record.metrics.test, "title", rates=True)
            if record.metrics.test.mistakes is not None:
                comparison.rows_of_cell(record, [0] * 15, label, answer)


@pytest.mark.parametrize("name", [CONFIG, METRICS, MANIFEST])
def test_a_changed_record_is_a_run_like_any_other_or_a_sentence(change, good, name):
    @fuzzed(150)
    @given(texts_of(good[name]))
    def check_one(content):
        change(name, content)
        check_input(f"run folder: {name}", look_at_everything)

    check_one()


def test_changed_weights_are_refused_or_are_weights(change, small_run_folder):
    weights = (small_run_folder / WEIGHTS).read_bytes()

    @fuzzed(150)
    @given(st.one_of(changed_bytes(weights, reach=3000), changed_bytes(weights), st.binary(max_size=300)))
    def check_one(content):
        change(WEIGHTS, content)
        check_input("run folder: weights", look_at_everything)

    check_one()


def test_changed_bytes_that_the_manifest_does_not_know_are_always_refused(change, small_run_folder):
    @fuzzed(60)
    @given(st.sampled_from([CONFIG, METRICS, WEIGHTS]), st.data())
    def check_one(name, data):
        before = (small_run_folder / name).read_bytes()
        content = data.draw(changed_bytes(before))
        if content != before:
            shutil.copy(small_run_folder / MANIFEST, change(name, content))
            assert isinstance(check_input("run folder: wrong digest", look_at_everything), CheckpointError)

    check_one()


@pytest.mark.parametrize("model", TEXT_MODELS)
def test_the_folder_of_a_text_model_is_one_too(change, text_runs_folder, runs_folder, model):
    folder = text_runs_folder / model
    names = [CONFIG, *MODELS[model].files]
    records = {name: json.loads((folder / name).read_text()) for name in names}

    @fuzzed(60)
    @given(st.sampled_from(names), st.data())
    def check_one(name, data):
        _change(folder, runs_folder / "small", name, data.draw(texts_of(records[name])))
        check_input(f"run folder: {model}", look_at_everything)

    check_one()


def _change(source, folder, name, content):
    """A copy of the run with one file changed, its manifest made to agree as one who means to deceive would."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    (folder / name).write_bytes(content)
    if name != MANIFEST:
        files = [path.name for path in folder.iterdir() if path.name not in (MANIFEST, "job.json")]
        (folder / MANIFEST).write_text(json.dumps({file: digest_file(folder / file) for file in files}))
    return folder


def test_fuzzing_tells_a_bug_from_an_error():
    def refuse():
        raise CheckpointError("It is damaged. Fetch it again.")

    assert isinstance(check_input("the test of fuzzing", refuse), CcdsError)
    assert check_input("the test of fuzzing", lambda: 3) == 3
