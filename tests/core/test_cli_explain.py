"""`explain` and `faithfulness`: the promised keys, numbers that fit each other, one sentence for bad input."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ccds_core.data.examples import draw_example
from ccds_core.errors import CheckpointError
from ccds_core.faithfulness_results import load_results
from ccds_core.image_explanations import IMAGE_METHODS
from ccds_core.run_folders import find_run

TEXT = "i felt quiet by the kiln"
KEYS = {"model", "prediction", "target", "method", "unit", "signed", "seconds", "completeness_gap", "words", "values"}


@pytest.fixture
def cat(tmp_path):
    file = tmp_path / "cat.png"
    draw_example("tabby cat").save(file)
    return str(file)


@pytest.mark.parametrize("method", IMAGE_METHODS)
def test_a_picture_is_explained_by_every_method(ccds, cat, method):
    said = ccds("explain", cat, "--method", method, "--json").json
    assert set(said) == KEYS
    assert (said["model"], said["target"], said["words"]) == ("architecture-4", said["prediction"], None)
    assert np.shape(said["values"]) == ((4, 4) if method == "grad-cam" else (32, 32))
    assert (said["completeness_gap"] is not None) == (method == "integrated-gradients")


def test_another_class_gets_another_map_and_the_picture_of_it_can_be_opened(ccds, cat, tmp_path):
    ours = ccds("explain", cat, "--method", "occlusion", "--json").json
    other = ccds("explain", cat, "--method", "occlusion", "--target", "ship", "--json", "--out",
                 str(tmp_path / "map.png")).json  # fmt: skip
    assert other["target"] == "ship"
    assert not np.allclose(ours["values"], other["values"])
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.size == (256, 256)
        assert len(picture.getcolors(1 << 16)) > 50


@pytest.mark.usefixtures("text_runs")
def test_a_sentence_is_explained_word_by_word(ccds, tmp_path):
    out = tmp_path / "words.png"
    said = ccds("explain", TEXT, "--model", "bert", "--method", "leave-one-out", "--json", "--out", str(out)).json
    assert set(said) == KEYS
    assert said["words"] == TEXT.split()
    assert len(said["values"]) == len(said["words"])
    assert out.read_bytes().startswith(b"\x89PNG")
    (line,) = ccds("explain", TEXT, "--model", "bert", "--method", "leave-one-out").out.strip().splitlines()
    assert max(zip(said["values"], said["words"], strict=True))[1] in line


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([TEXT, "--model", "bert", "--target", "bliss"], "No class 'bliss'"),
        ([TEXT, "--model", "bert", "--method", "lime"], "No method 'lime'"),
        ([TEXT, "--model", "bert", "--out", "map.jpg"], "does not end in .png"),
        (["", "--model", "bert"], "There is no text yet"),
        ([TEXT, "--model", "absent"], "No run 'absent'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(ccds, words, said):
    answer = ccds("explain", *words)
    assert answer.code == 2
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_a_sentence_for_a_run_that_looks_at_pictures_is_one_sentence_too(ccds):
    answer = ccds("explain", TEXT, "--model", "architecture-1")
    assert (answer.code, len(answer.err.strip().splitlines())) == (2, 1)
    assert "cannot be read" in answer.err


@pytest.mark.usefixtures("text_runs")
def test_faithfulness_gives_both_gains_of_every_measure_and_of_a_random_ranking(ccds):
    said = ccds("faithfulness", "bert", "--rows", "4", "--json").json
    assert (said["model"], said["split"], said["n"], said["part"]) == ("bert", "test", 4, "words")
    assert {"leave-one-out", "integrated-gradients", "first-row", "random ranking"} <= set(said["measures"])
    for measure in said["measures"].values():
        for found in (measure["comprehensiveness"], measure["sufficiency"]):
            assert found["low"] <= found["mean"] <= found["high"]
            assert found["n"] == 4


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize(
    ("words", "said"), [(["bert", "--rows", "1"], "at least 2"), (["bert", "--split", "all"], "--split")]
)
def test_a_faithfulness_that_cannot_be_measured_is_refused(ccds, words, said):
    answer = ccds("faithfulness", *words)
    assert answer.code == 2
    assert said in answer.err


def test_json_of_a_picture_is_plain_json(ccds, cat):
    assert json.loads(ccds("explain", cat, "--json").out)["signed"] is True


@pytest.mark.usefixtures("text_runs")
def test_shipped_figures_are_read_back_and_refused_beside_other_weights(ccds, checkpoints_folder):
    checkpoints_folder.mkdir()
    record = find_run("bert")
    assert load_results(record) is None
    said = ccds("faithfulness", "bert", "--rows", "2", "--ship", "--json").json
    found = load_results(record)
    assert (found.n, set(found.measures)) == (2, set(said["measures"]))
    with pytest.raises(CheckpointError, match="other weights"):
        load_results(replace(record, digest="0" * 64))
