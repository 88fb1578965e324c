"""What differs between runs, in the words of the pages: no name of a field, no value as Python writes it."""

import re
from dataclasses import asdict, replace

import pytest

from ccds_core.config.options import OPTIONS
from ccds_core.config.presets import PRESETS
from ccds_core.runs.hyperparameters import ABSENT, difference_table
from tests.support.made_up_runs import make_record


def labelled(*names):
    """The table of these runs, by label."""
    return difference_table([make_record(name) for name in names]).set_index("hyperparameter")


def changed(name, **train):
    """A run that was trained in another way."""
    record = make_record(name)
    config = replace(record.card.config, train=replace(record.card.config.train, **train))
    return replace(record, card=replace(record.card, config=config))


def test_only_what_differs_is_shown_by_its_label_and_its_value_by_name():
    table = labelled("architecture-1", "architecture-5")
    assert dict(table["architecture-5"]) == {
        "FC activation": "sigmoid",
        "Extra conv layer": "on",
        "Batch norm: FC layers": "on",
        "Dropout": "0.5",
        "Weight initialization": "Xavier (report's bug)",
        "Batch size": "256",
        "Learning rate schedule": "cosine",
    }
    assert list(table["architecture-1"]) == ["ReLU", "off", "off", "0", "PyTorch default", "64", "StepLR"]


def test_runs_alike_differ_in_nothing_and_so_does_one_alone():
    for records in ([make_record("architecture-1"), make_record("other")], [make_record("architecture-1")], []):
        table = difference_table(records)
        assert len(table) == 0
        assert list(table.columns) == ["hyperparameter", *(record.name for record in records)]


@pytest.mark.parametrize("preset", PRESETS)
def test_no_label_is_the_name_of_a_field_and_no_value_is_written_as_in_python(preset):
    base, other = make_record("architecture-1"), make_record(preset)
    table = difference_table([base, other])
    fields = {name for record in (base, other) for name in asdict(record.card.config.options)}
    fields |= set(asdict(base.card.config.train)) | set(asdict(base.card.config.data))
    assert not set(table["hyperparameter"]) & fields
    assert not any("_" in label for label in table["hyperparameter"])
    columns = [record.name for record in (base, other) if record.name in table]
    values = {str(value) for name in columns for value in table[name]}
    assert not any(re.fullmatch(r"True|False|None||.*[\[\](){}'].*as-written.*|xavier-.*", value) for value in values)


def test_an_option_that_a_model_does_not_have_is_a_dash():
    table = labelled("architecture-1", "bert-emotion")
    assert table.loc["FC activation", "bert-emotion"] == ABSENT
    assert table.loc["Encoder", "architecture-1"] == ABSENT
    assert set(OPTIONS) >= {"cnn", "bert"}


def test_changes_of_the_learning_rate_are_written_out():
    table = difference_table([make_record("one"), changed("two", rate_changes=((100, 0.1), (2_000, 2.0)))])
    assert list(table["hyperparameter"]) == ["Learning rate changes"]
    assert list(table.iloc[0])[1:] == [ABSENT, "×0.1 from step 100, ×2 from step 2,000"]
