"""The workshop's architectures: cumulative, and each exactly one step from the one before."""

import itertools
from dataclasses import asdict, replace

import pytest

from ccds_core.config.options import OPTIONS, TABLES
from ccds_core.config.presets import PRESETS, find_preset, with_preset
from ccds_core.config.run_config import DataConfig
from ccds_core.errors import InvalidConfigError
from ccds_core.models.registry import MODELS

STEPS = {  # what the workshop changed: tasks 2 to 4
    "architecture-2": {"activation": "sigmoid"},
    "architecture-3": {"extra_conv": True},
    "architecture-4": {"linear_batch_norm": True},
    "architecture-5": {"dropout": 0.5, "initialisation": "xavier-as-written"},
    "architecture-5-repaired": {"initialisation": "xavier"},
}


def test_each_architecture_is_the_one_before_with_one_step_more():
    names = [name for name, preset in PRESETS.items() if preset.model == "cnn"]
    assert names == ["architecture-1", *STEPS]
    for before, name in itertools.pairwise(names):
        assert asdict(PRESETS[name].options) == asdict(PRESETS[before].options) | STEPS[name]


def test_the_recipe_is_the_workshops():
    recipe = PRESETS["architecture-1"].train
    assert (recipe.epochs, recipe.batch_size, recipe.optimizer) == (10, 64, "adam")
    assert (recipe.learning_rate, recipe.weight_decay) == (1e-3, 1e-4)
    assert (recipe.schedule, recipe.step_epochs, recipe.step_factor) == ("step", 5, 0.1)
    assert not any((recipe.flip, recipe.shift, recipe.clip_norm, recipe.label_smoothing, recipe.warmup_steps))
    assert all(PRESETS[f"architecture-{number}"].train == recipe for number in (2, 3, 4))


def test_task_4_changes_batch_and_schedule_only():
    changed = asdict(PRESETS["architecture-1"].train) | {"batch_size": 256, "schedule": "cosine"}
    assert asdict(PRESETS["architecture-5"].train) == changed
    assert PRESETS["architecture-5-repaired"].train == PRESETS["architecture-5"].train


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_run_of_its_family_on_the_workshops_data(name):
    run = PRESETS[name].config("mine")
    data = {"image": ("cifar10", "workshop"), "text": ("emotion", "official")}[MODELS[run.model].task]
    assert (run.name, run.data.name, run.data.split) == ("mine", *data)
    assert type(run.options) is OPTIONS[run.model]


def test_every_family_has_a_preset():
    assert {preset.model for preset in PRESETS.values()} == set(MODELS)


def test_the_tables_of_words_are_compared_under_one_recipe_but_that_a_kept_one_has_more_epochs():
    tables = [preset for preset in PRESETS.values() if preset.model == "text-embedding"]
    assert {preset.options.table for preset in tables} == set(TABLES)
    assert len({replace(preset.train, epochs=1) for preset in tables}) == 1
    epochs = {preset.options.table: preset.train.epochs for preset in tables}
    assert epochs.pop("frozen") > max(epochs.values())
    assert len(set(epochs.values())) == 1
    assert len({replace(preset.options, table="learned") for preset in tables}) == 1


def test_an_unknown_preset_gives_a_sentence_that_lists_them():
    with pytest.raises(InvalidConfigError, match="No preset 'vgg'") as caught:
        find_preset("vgg")
    assert all(name in str(caught.value) for name in PRESETS)


def test_a_config_names_its_preset_whatever_seed_precision_and_limits():
    for preset in PRESETS.values():
        config = preset.config("mine")
        other_seed = replace(config.train, seed=7, precision="float32")
        for alike in (config, replace(config, train=other_seed), replace(config, data=replace(config.data, limit=9))):
            assert with_preset(replace(alike, preset="")).preset == preset.name


def test_a_changed_choice_is_no_presets():
    config = PRESETS["architecture-4"].config("mine")
    for changed in (
        replace(config, options=replace(config.options, dropout=0.1)),
        replace(config, train=replace(config.train, epochs=2)),
        replace(config, data=DataConfig("digits", "seeded")),
    ):
        assert with_preset(changed).preset == ""
