"""The verb `signal`: at initialization and over the first steps, as text and as JSON, saved for the page."""

import pytest

from ccds_core.config.presets import find_preset
from ccds_core.config.run_config import DataConfig
from ccds_core.config.variants import variant_config
from ccds_core.training.first_steps_records import FOLDER, find_steps

pytestmark = pytest.mark.usefixtures("small_cnn", "cache_folder", "checkpoints_folder")


def test_initialization_is_printed_layer_by_layer_with_a_diagnosis(ccds):
    answer = ccds("signal", "architecture-2", "--data", "digits")
    assert answer.code == 0
    assert all(name in answer.out for name in ("conv1", "fc3", "scikit-learn digits", "10 images"))
    assert "changed" not in answer.out


def test_json_of_the_report_s_xavier_has_its_fixed_counterpart(ccds):
    answer = ccds("signal", "architecture-5", "--data", "digits", "--images", "2", "--json").json
    assert answer["images"] == 20
    assert answer["kind"] == "untouched"
    assert not any(tensor["touched"] for tensor in answer["tensors"])
    assert sum(tensor["touched"] for tensor in answer["xavier_counterpart"]["tensors"]) == 6
    assert answer["signal"]["layers"][0]["gradient_rms"] > 0


def test_the_first_steps_are_recorded_once_and_then_read(ccds, cache_folder, monkeypatch):
    arguments = ("signal", "architecture-2", "--steps", "3", "--variant", "sgd", "--data", "digits", "--seed", "4")
    first = ccds(*arguments, "--json").json
    config = variant_config(find_preset("architecture-2").options, "sgd", DataConfig("digits", "seeded"), 4)
    assert find_steps(config, 3).losses == pytest.approx(first["losses"], rel=1e-3)
    monkeypatch.setattr("ccds_core.training.first_steps.play", None)
    assert "step" in ccds(*arguments).out
    assert len(list((cache_folder / FOLDER).iterdir())) == 1


def test_ship_saves_the_recording_beside_the_checkpoints(ccds, checkpoints_folder):
    answer = ccds("signal", "architecture-1", "--steps", "2", "--data", "digits", "--ship")
    assert answer.code == 0
    assert len(list((checkpoints_folder / FOLDER).iterdir())) == 1


def test_one_command_makes_all_shipped_recordings(ccds, checkpoints_folder, monkeypatch):
    monkeypatch.setattr("ccds_core.config.variants.N_STEPS", 2)
    monkeypatch.setattr(
        "ccds_core.config.variants.SHIPPED", (("architecture-1", "sgd", 0), ("architecture-2", "he", 1))
    )
    answer = ccds("signal", "shipped", "--data", "digits", "--ship")
    assert answer.code == 0
    assert sorted(path.name.split("-")[0] for path in (checkpoints_folder / FOLDER).iterdir()) == ["he", "sgd"]


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (("architecture-2", "--variant", "adagrad"), "warm-up"),
        (("architecture-2", "--steps", "5000"), "--steps"),
        (("architecture-2", "--images", "0"), "--images"),
        (("bert-emotion",), "is a text model"),
        (("architecture-9",), "architecture-1"),
    ],
)
def test_bad_input_is_one_sentence(ccds, arguments, about):
    answer = ccds("signal", *arguments, "--data", "digits")
    assert answer.code == 2
    assert about in answer.err
    assert "Traceback" not in answer.err
