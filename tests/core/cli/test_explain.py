"""`explain` and `faithfulness`: JSON keys, consistent values, one sentence for bad input."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ccds_core.data.examples import open_example
from ccds_core.errors import CheckpointError
from ccds_core.explain.faithfulness_study import load_results
from ccds_core.explain.methods import IMAGE_METHODS
from ccds_core.figures.attribution_maps import DRAWN
from ccds_core.runs.records import find_run

TEXT = "i felt quiet by the kiln"
KEYS = {"model", "prediction", "target", "method", "unit", "signed", "seconds", "completeness_gap", "words", "values"}


@pytest.fixture
def cat(tmp_path):
    file = tmp_path / "cat.png"
    open_example("cat (drawn)").save(file)
    return str(file)


@pytest.mark.parametrize("method", IMAGE_METHODS)
def test_an_image_is_explained_by_every_method(ccds, cat, method):
    answer = ccds("explain", cat, "--method", method, "--json").json
    assert set(answer) == KEYS
    assert (answer["model"], answer["target"], answer["words"]) == ("architecture-4", answer["prediction"], None)
    assert np.shape(answer["values"]) == ((4, 4) if method == "grad-cam" else (32, 32))
    assert (answer["completeness_gap"] is not None) == (method == "integrated-gradients")


def test_another_target_class_gives_another_map_and_a_png_file(ccds, cat, tmp_path):
    default = ccds("explain", cat, "--method", "occlusion", "--json").json
    other = ccds("explain", cat, "--method", "occlusion", "--target", "ship", "--json", "--out",
                 str(tmp_path / "map.png")).json  # fmt: skip
    assert other["target"] == "ship"
    assert not np.allclose(default["values"], other["values"])
    with Image.open(tmp_path / "map.png") as image:
        assert image.size == (DRAWN, DRAWN)
        assert len(image.getcolors(1 << 16)) > 50


@pytest.mark.usefixtures("text_runs")
def test_a_sentence_is_explained_word_by_word(ccds, tmp_path):
    out = tmp_path / "words.png"
    answer = ccds("explain", TEXT, "--model", "bert", "--method", "leave-one-out", "--json", "--out", str(out)).json
    assert set(answer) == KEYS
    assert answer["words"] == TEXT.split()
    assert len(answer["values"]) == len(answer["words"])
    assert out.read_bytes().startswith(b"\x89PNG")
    (line,) = ccds("explain", TEXT, "--model", "bert", "--method", "leave-one-out").out.strip().splitlines()
    assert max(zip(answer["values"], answer["words"], strict=True))[1] in line


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([TEXT, "--model", "bert", "--target", "bliss"], "No class 'bliss'"),
        ([TEXT, "--model", "bert", "--method", "lime"], "No method 'lime'"),
        ([TEXT, "--model", "bert", "--out", "map.jpg"], "does not end in .png"),
        (["", "--model", "bert"], "There is no text yet"),
        ([TEXT, "--model", "absent"], "No run 'absent'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(ccds, arguments, message):
    answer = ccds("explain", *arguments)
    assert answer.code == 2
    assert message in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_a_sentence_for_an_image_run_is_refused(ccds):
    answer = ccds("explain", TEXT, "--model", "architecture-1")
    assert (answer.code, len(answer.err.strip().splitlines())) == (2, 1)
    assert "cannot be read" in answer.err


@pytest.mark.usefixtures("text_runs")
def test_faithfulness_gives_both_gains_of_every_method_and_of_a_random_ranking(ccds):
    answer = ccds("faithfulness", "bert", "--rows", "4", "--json").json
    assert (answer["model"], answer["split"], answer["n"], answer["part"]) == ("bert", "test", 4, "words")
    assert {"leave-one-out", "integrated-gradients", "first-row", "random ranking"} <= set(answer["measures"])
    for measure in answer["measures"].values():
        for gain in (measure["comprehensiveness"], measure["sufficiency"]):
            assert gain["low"] <= gain["mean"] <= gain["high"]
            assert gain["n"] == 4


@pytest.mark.usefixtures("text_runs")
@pytest.mark.parametrize(
    ("arguments", "message"), [(["bert", "--rows", "1"], "at least 2"), (["bert", "--split", "all"], "--split")]
)
def test_invalid_faithfulness_options_are_refused(ccds, arguments, message):
    answer = ccds("faithfulness", *arguments)
    assert answer.code == 2
    assert message in answer.err


def test_json_of_an_image_can_be_parsed(ccds, cat):
    assert json.loads(ccds("explain", cat, "--json").out)["signed"] is True


@pytest.mark.usefixtures("text_runs")
def test_shipped_faithfulness_is_read_and_refused_for_other_weights(ccds, checkpoints_folder):
    checkpoints_folder.mkdir()
    record = find_run("bert")
    assert load_results(record) is None
    answer = ccds("faithfulness", "bert", "--rows", "2", "--ship", "--json").json
    results = load_results(record)
    assert (results.n, set(results.measures)) == (2, set(answer["measures"]))
    with pytest.raises(CheckpointError, match="other weights"):
        load_results(replace(record, digest="0" * 64))
