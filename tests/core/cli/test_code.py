"""The verb `code`: the same code as on the page, on standard output and nothing else."""

import pytest

from ccds_core.config.presets import PRESETS
from ccds_core.models.cnn_script import diff_scripts, write_script


def test_it_prints_the_script_of_a_preset(ccds):
    answer = ccds("code", "architecture-5-repaired")
    assert answer.code == 0
    assert answer.err == ""
    assert answer.out == write_script(PRESETS["architecture-5-repaired"].config("architecture-5-repaired"))


def test_model_and_training_options_change_the_script(ccds):
    answer = ccds("code", "architecture-1", "--activation", "tanh", "--optimizer", "sgd", "--seed", "7")
    for line in ("tanh1=nn.Tanh(),", "torch.optim.SGD(", "SEED = 7", 'NAME = "architecture-1-changed"'):
        assert line in answer.out


def test_it_prints_the_difference_to_architecture_1(ccds):
    configs = [PRESETS[name].config(name) for name in ("architecture-4", "architecture-1")]
    assert ccds("code", "architecture-4", "--diff").out == diff_scripts(*configs)
    assert ccds("code", "architecture-1", "--diff").out == ""


def test_it_prints_a_notebook(ccds):
    assert ccds("code", "architecture-4", "--notebook").json["nbformat"] == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bert-emotion"], "'bert-emotion' is not one"),
        (["architecture-9"], "No preset 'architecture-9'"),
        (["architecture-1", "--linear-layers", "9"], "linear_layers must be from 3 to 7"),
        (["architecture-1", "--notebook", "--diff"], "not both"),
        (["architecture-1", "--hidden", "3"], "No such option"),
    ],
)
def test_bad_input_is_one_sentence(ccds, arguments, message):
    answer = ccds("code", *arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert message in answer.err
    assert len(answer.err.strip().splitlines()) == 1
