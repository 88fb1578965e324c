"""The verb `signal`: step 0 and the first steps, as text and as JSON, kept for the page."""

import pytest

from ccds_core.beginnings import variant_config
from ccds_core.config import DataConfig
from ccds_core.presets import find_preset
from ccds_core.step_records import FOLDER, find_steps

pytestmark = pytest.mark.usefixtures("small_cnn", "cache_folder", "checkpoints_folder")


def test_step_0_is_told_layer_by_layer_with_its_diagnosis(ccds):
    told = ccds("signal", "architecture-2", "--data", "digits")
    assert told.code == 0
    assert all(name in told.out for name in ("conv1", "fc3", "scikit-learn digits", "10 pictures"))
    assert "touched" not in told.out


def test_step_0_as_json_has_the_twin_of_a_xavier_that_never_ran(ccds):
    told = ccds("signal", "architecture-5", "--data", "digits", "--pictures", "2", "--json").json
    assert told["pictures"] == 20
    assert told["kind"] == "untouched"
    assert not any(tensor["touched"] for tensor in told["tensors"])
    assert sum(tensor["touched"] for tensor in told["twin"]["tensors"]) == 6
    assert told["signal"]["layers"][0]["gradient_rms"] > 0


def test_the_first_steps_are_recorded_once_and_then_told_from_what_was_kept(ccds, cache_folder, monkeypatch):
    words = ("signal", "architecture-2", "--steps", "3", "--variant", "sgd", "--data", "digits", "--seed", "4")
    first = ccds(*words, "--json").json
    config = variant_config(find_preset("architecture-2").options, "sgd", DataConfig("digits", "seeded"), 4)
    assert find_steps(config, 3).losses == pytest.approx(first["losses"], rel=1e-3)
    monkeypatch.setattr("ccds_core.first_steps.play", None)
    assert "step" in ccds(*words).out
    assert len(list((cache_folder / FOLDER).iterdir())) == 1


def test_shipping_puts_the_recording_beside_the_checkpoints(ccds, checkpoints_folder):
    told = ccds("signal", "architecture-1", "--steps", "2", "--data", "digits", "--ship")
    assert told.code == 0
    assert len(list((checkpoints_folder / FOLDER).iterdir())) == 1


def test_all_that_is_shipped_is_made_anew_by_one_command(ccds, checkpoints_folder, monkeypatch):
    monkeypatch.setattr("ccds_core.beginnings.N_STEPS", 2)
    monkeypatch.setattr("ccds_core.beginnings.SHIPPED", (("architecture-1", "sgd", 0), ("architecture-2", "he", 1)))
    told = ccds("signal", "shipped", "--data", "digits", "--ship")
    assert told.code == 0
    assert sorted(path.name.split("-")[0] for path in (checkpoints_folder / FOLDER).iterdir()) == ["he", "sgd"]


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("architecture-2", "--variant", "adagrad"), "warm-up"),
        (("architecture-2", "--steps", "5000"), "--steps"),
        (("architecture-2", "--pictures", "0"), "--pictures"),
        (("bert-emotion",), "reads texts"),
        (("architecture-9",), "architecture-1"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(ccds, words, about):
    told = ccds("signal", *words, "--data", "digits")
    assert told.code == 2
    assert about in told.err
    assert "Traceback" not in told.err
