"""The code that is given away: short, readable, our recipe in every line; and what it refuses to be."""

import ast
import json
from dataclasses import replace

import pytest

from ccds_core.config.options import BertOptions
from ccds_core.config.presets import PRESETS
from ccds_core.config.run_config import SCHEDULES, DataConfig, RunConfig, TrainConfig, splits_of
from ccds_core.data.cifar10 import MEAN, STD
from ccds_core.errors import InvalidConfigError
from ccds_core.models.cnn_notebook import write_notebook
from ccds_core.models.cnn_script import diff_scripts, write_script
from ccds_core.models.recipe_script import DATA_CODE
from ccds_core.training.optim import learning_rate_at

BASE = RunConfig("architecture-1")


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("warmup_steps", [0, 7])
def test_the_scripts_learning_rate_is_ours_at_every_step(schedule, warmup_steps):
    train = TrainConfig(epochs=7, schedule=schedule, step_epochs=2, warmup_steps=warmup_steps, learning_rate=0.02)
    names = {"__name__": "given_away"}
    exec(write_script(replace(BASE, train=train)), names)
    for step in range(7 * 5):
        assert names["learning_rate"](step, 5) == pytest.approx(learning_rate_at(train, step, 5))


def test_the_script_normalises_as_we_do():
    names = {"__name__": "given_away"}
    exec(write_script(BASE), names)
    assert names["MEAN"].tolist() == pytest.approx(MEAN)
    assert names["STD"].tolist() == pytest.approx(STD)


@pytest.mark.parametrize("preset", [name for name, preset in PRESETS.items() if preset.model == "cnn"])
def test_a_script_is_short_and_asks_for_torch_and_torchvision_only(preset):
    code = write_script(PRESETS[preset].config(preset))
    imports = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
               for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)}  # fmt: skip
    assert {name.split(".")[0] for name in imports} <= {"torch", "torchvision", "collections", "math"}
    lines = code.splitlines()
    assert len(lines) < 170
    assert max(map(len, lines)) <= 120
    assert code.endswith("    main()\n")


def test_xavier_as_written_prints_that_it_touched_nothing_and_the_one_that_runs_six(capsys):
    for preset, count in (("architecture-5", 0), ("architecture-5-repaired", 6)):
        names = {"__name__": "given_away"}
        exec(write_script(PRESETS[preset].config(preset)), names)
        names["build_model"]()
        assert capsys.readouterr().out == f"{count} tensors initialised\n"


def test_the_difference_to_architecture_1_turns_its_script_into_this_one():
    config = PRESETS["architecture-4"].config("architecture-4")
    diff = diff_scripts(config, BASE)
    assert diff.startswith("--- architecture-1.py\n+++ architecture-4.py\n")
    added = {line[1:].strip() for line in diff.splitlines() if line.startswith("+")}
    assert {"fc1_norm=nn.BatchNorm1d(1024),", "sigmoid1=nn.Sigmoid(),", "relu7=nn.ReLU(),"} <= added
    kept = [line[1:] for line in diff.splitlines()[2:] if line[:1] in (" ", "+")]
    script = write_script(config).splitlines()
    assert all(line in script for line in kept)
    assert diff_scripts(BASE, BASE) == ""


@pytest.mark.parametrize("name", ["architecture-1", "architecture-5-repaired"])
def test_the_notebook_is_a_notebook_whose_cells_are_the_script(name):
    config = PRESETS[name].config(name)
    notebook = json.loads(write_notebook(config))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert cell["cell_type"] in ("markdown", "code")
        assert cell["metadata"] == {}
        assert ("outputs" in cell) == ("execution_count" in cell) == (cell["cell_type"] == "code")
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(write_script(config)))


@pytest.mark.parametrize("limits", [(0, 0), (600, 0), (0, 200), (600, 200)])
@pytest.mark.parametrize("data", DATA_CODE)
def test_the_script_has_the_runs_own_data_and_limits(data, limits):
    config = RunConfig("mine", data=DataConfig(data, splits_of(data)[0], *limits))
    code = write_script(config)
    compile(code, "mine.py", "exec")
    assert ("load_digits" in code) == (data == "digits")
    assert ("CIFAR10(" in code) == (data == "cifar10")
    assert [f"LIMIT = {limits[0]}\n" in code, f"EVAL_LIMIT = {limits[1]}\n" in code] == [bool(each) for each in limits]
    assert ("rows[:limit]" in code) == any(limits)
    cells = json.loads(write_notebook(config))["cells"]
    assert f"%pip install {' '.join(DATA_CODE[data].packages)}" in "".join(cells[0]["source"])


def test_a_learning_rate_that_was_changed_while_it_trained_is_changed_in_the_script_too():
    config = RunConfig("mine", train=TrainConfig(rate_changes=((5, 0.1), (8, 2.0))))
    names = {"__name__": "given_away"}
    exec(write_script(config), names)
    rates = [names["learning_rate"](step, 10) / config.train.learning_rate for step in range(10)]
    assert rates == pytest.approx([1.0] * 5 + [0.1] * 3 + [2.0] * 2)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (RunConfig("mine", "bert", BertOptions(), DataConfig("emotion", "official")), "'mine' is not one"),
        (
            RunConfig("mine", data=DataConfig("my-images", "seeded")),
            "loads cifar10 or digits, and 'mine' was trained on",
        ),
    ],
)
def test_what_the_script_cannot_repeat_is_refused_in_a_sentence(config, said):
    with pytest.raises(InvalidConfigError, match=said):
        write_script(config)
