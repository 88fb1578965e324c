"""A run's choices: they check themselves, name every fault at once, and survive JSON unchanged."""

import json
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.config import options, run_config
from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.errors import InvalidConfigError

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9_-]", fullmatch=True).filter(
    lambda name: name.split(".")[0].lower() not in run_config.RESERVED
)
FRACTIONS = st.floats(0, 1, exclude_max=True)
OPTIONS = st.builds(
    CnnOptions,
    activation=st.sampled_from(options.ACTIVATIONS),
    extra_conv=st.booleans(),
    linear_batch_norm=st.booleans(),
    conv_batch_norm=st.booleans(),
    dropout=FRACTIONS,
    initialisation=st.sampled_from(options.INITIALISATIONS),
)
TRAINS = st.builds(
    TrainConfig,
    epochs=st.integers(1, 10**6),
    batch_size=st.integers(1, 10**6),
    optimizer=st.sampled_from(run_config.OPTIMIZERS),
    learning_rate=st.floats(0, 100, exclude_min=True),
    weight_decay=st.floats(0, 1e6),
    momentum=FRACTIONS,
    schedule=st.sampled_from(run_config.SCHEDULES),
    step_factor=st.floats(0, 1, exclude_min=True),
    label_smoothing=FRACTIONS,
    clip_norm=st.floats(0, 1e6),
    shift=st.integers(0, 16),
    seed=st.integers(0, 2**32),
    precision=st.sampled_from(run_config.PRECISIONS),
)
DATA = st.one_of(
    st.builds(DataConfig, st.just("cifar10"), st.sampled_from(["workshop", "official"]), st.integers(0, 60_000)),
    st.builds(
        DataConfig,
        st.text(min_size=1).filter(lambda t: "\0" not in t and t not in ("cifar10", "emotion")),
        st.just("seeded"),
    ),
)
CONFIGS = st.builds(RunConfig, NAMES, st.just("cnn"), OPTIONS, DATA, TRAINS)
STANDARD = json.loads(run_config.config_to_json(RunConfig("standard")))
RECORDS = {"options": CnnOptions, "data": DataConfig, "train": TrainConfig}


def read_changed(record, **changes):
    """`STANDARD` read with some fields of one of its records replaced."""
    return run_config.read_config(json.dumps(STANDARD | {record: STANDARD[record] | changes}))


@given(CONFIGS)
def test_json_gives_back_the_same_config(run):
    assert run_config.read_config(run_config.config_to_json(run)) == run


def test_every_fault_is_named_at_once():
    with pytest.raises(InvalidConfigError) as caught:
        TrainConfig(epochs=0, batch_size=-1, learning_rate=0.0, momentum=1.0, shift=17, optimizer="adagrad")
    for word in ("epochs", "batch_size", "learning_rate", "momentum", "shift", "optimizer"):
        assert word in str(caught.value)
    assert "adam, adamw, sgd" in str(caught.value), "a fault says what is allowed"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (record, field.name)
        for record in (CnnOptions, TrainConfig)
        for field in fields(record)
        if not isinstance(field.default, bool | tuple)
    ],
)
def test_no_number_may_be_nan_and_no_word_unknown(record, field):
    wrong = "bogus" if isinstance(getattr(record(), field), str) else float("nan")
    with pytest.raises(InvalidConfigError, match=field):
        record(**{field: wrong})


@pytest.mark.parametrize(
    "field",
    [
        "learning_rate",
        "momentum",
        "step_factor",
        *(field for field in ("weight_decay", "clip_norm")),
    ],
)
def test_no_number_may_be_infinite(field):
    with pytest.raises(InvalidConfigError, match=field):
        TrainConfig(**{field: float("inf")})


@pytest.mark.parametrize("record", RECORDS)
def test_an_unknown_field_is_refused(record):
    with pytest.raises(InvalidConfigError, match="colour"):
        read_changed(record, colour="red")


def test_an_unknown_field_of_the_run_is_refused():
    with pytest.raises(InvalidConfigError, match="colour"):
        run_config.read_config(json.dumps(STANDARD | {"colour": "red"}))


@pytest.mark.parametrize(
    ("record", "change"),
    [
        ("train", {"epochs": "ten"}),
        ("train", {"epochs": 2.5}),
        ("train", {"epochs": True}),
        ("train", {"learning_rate": "0.1"}),
        ("train", {"flip": 1}),
        ("train", {"seed": None}),
        ("options", {"extra_conv": "yes"}),
        ("options", {"activation": 3}),
        ("data", {"name": ["cifar10"]}),
        ("data", {"limit": "all"}),
    ],
)
def test_a_mistyped_field_is_refused_by_name(record, change):
    with pytest.raises(InvalidConfigError, match=rf"{record}\.{next(iter(change))}"):
        read_changed(record, **change)


def test_a_missing_name_is_refused():
    with pytest.raises(InvalidConfigError, match="name"):
        run_config.read_config(json.dumps({key: value for key, value in STANDARD.items() if key != "name"}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '"x"', "[" * 5000, "\x00", b"\xff\xfe\x00"])
def test_what_is_not_a_config_is_refused_in_words(text):
    with pytest.raises(InvalidConfigError):
        run_config.read_config(text)


def test_nan_written_into_json_is_refused():
    with pytest.raises(InvalidConfigError, match="learning_rate"):
        read_changed("train", learning_rate=float("nan"))


@given(NAMES)
def test_a_plain_name_is_taken_and_stays_in_its_folder(name):
    run_config.check_run_name(name)
    assert "/" not in name
    assert not name.startswith(".")


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc",
        "a\\b",
        ".hidden",
        "a b",
        "ä",
        "a\0",
        "a\n",
        "-",
        "x" * 65,
        "²",
        "a.",
        "a..",
    ],
)
def test_a_name_that_could_lead_out_of_the_folder_is_refused(name):
    with pytest.raises(InvalidConfigError, match="name may have letters"):
        RunConfig(name)


@pytest.mark.parametrize("name", ["con", "CON", "nul.txt", "Aux", "prn.", "com1", "LPT9.a.b", "com0"])
def test_a_name_that_windows_keeps_for_a_device_is_refused(name):
    with pytest.raises(InvalidConfigError):
        RunConfig(name)
    assert RunConfig(f"a-{name.rstrip('.')}").name


@pytest.mark.parametrize("name", ["con-1", "console", "com", "com10", "nul_.txt", "a.con"])
def test_a_name_that_only_looks_like_a_devices_is_taken(name):
    assert RunConfig(name).name == name


@given(st.text())
def test_no_text_passes_as_a_name_unless_it_is_one_plain_folder_name(name):
    try:
        run_config.check_run_name(name)
    except InvalidConfigError:
        return
    assert name.isascii()
    assert not set(name) & set('/\\:*?"<>| \0\n')
    assert name not in (".", "..")


@pytest.mark.parametrize(
    ("name", "split"), [("cifar10", "seeded"), ("digits", "workshop"), ("/my/pictures", "official"), ("", "workshop")]
)
def test_a_split_that_the_data_set_lacks_is_refused(name, split):
    with pytest.raises(InvalidConfigError):
        DataConfig(name, split)


@pytest.mark.parametrize("record", [CnnOptions, TrainConfig])
def test_every_field_says_what_it_means(record):
    meanings = run_config.describe_fields(record)
    assert list(meanings) == [field.name for field in fields(record)]
    assert all(len(text) > 5 for text in meanings.values())


def test_a_config_cannot_be_changed_but_copied_with_a_change():
    run = RunConfig("one")
    with pytest.raises(AttributeError):
        run.name = "two"  # type: ignore[misc]
    assert asdict(replace(run, name="two")) == asdict(run) | {"name": "two"}
