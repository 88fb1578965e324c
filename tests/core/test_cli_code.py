"""The verb `code`: what the page gives away, on standard output and nothing else."""

import pytest

from ccds_core.network_code import diff_scripts, write_script
from ccds_core.presets import PRESETS


def test_it_prints_the_script_of_a_preset(ccds):
    answer = ccds("code", "architecture-5-repaired")
    assert answer.code == 0
    assert answer.err == ""
    assert answer.out == write_script(PRESETS["architecture-5-repaired"].config("architecture-5-repaired"))


def test_options_of_the_network_and_of_the_recipe_change_it(ccds):
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
    ("words", "said"),
    [
        (["bert-emotion"], "'bert-emotion' is none"),
        (["architecture-9"], "No preset 'architecture-9'"),
        (["architecture-1", "--linear-layers", "9"], "linear_layers is from 3 to 7"),
        (["architecture-1", "--notebook", "--diff"], "not for both"),
        (["architecture-1", "--hidden", "3"], "No such option"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(ccds, words, said):
    answer = ccds("code", *words)
    assert answer.code == 2
    assert answer.out == ""
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
