"""Each family's options: they name every fault at once, are read back as the record they were, and fit their family."""

import json
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.config import run_config
from ccds_core.config.options import OPTIONS, TABLES, BertOptions, CnnOptions, EmbeddingOptions, OneWordOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig
from ccds_core.errors import InvalidConfigError
from ccds_core.models.registry import MODELS
from ccds_core.validation import at_least, one_of, raise_faults

FRACTIONS = st.floats(0, 1, exclude_max=True)
COUNTS = st.integers(1, 10**6)
EVERY_OPTIONS = {
    "cnn": st.builds(CnnOptions, dropout=FRACTIONS),
    "text-embedding": st.builds(
        EmbeddingOptions, st.sampled_from(TABLES), vector_size=COUNTS, spread=st.floats(0, 100), dropout=FRACTIONS
    ),
    "bert": st.builds(BertOptions, st.text(min_size=1).filter(lambda t: "\0" not in t), FRACTIONS, st.integers(3, 512)),
    "one-word": st.builds(OneWordOptions, COUNTS, st.floats(1e-6, 1e6), COUNTS),
}
TEXT = ("text-embedding", "bert", "one-word")
EMOTION = DataConfig("emotion", "official")


def config_for(name, **changes):
    return RunConfig("mine", name, OPTIONS[name](), EMOTION, TrainConfig(**changes))


def read_with(name, **options):
    """A run of this family read back with some of its options changed."""
    found = json.loads(run_config.config_to_json(config_for(name)))
    return run_config.read_config(json.dumps(found | {"options": found["options"] | options}))


def test_every_family_has_its_own_record():
    assert set(OPTIONS) == set(MODELS) == set(EVERY_OPTIONS)
    assert len(set(OPTIONS.values())) == len(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_json_gives_back_the_same_options_of_the_same_record(name):
    @given(EVERY_OPTIONS[name])
    def check(options):
        run = RunConfig("mine", name, options, EMOTION if name in TEXT else DataConfig())
        again = run_config.read_config(run_config.config_to_json(run))
        assert again == run
        assert type(again.options) is OPTIONS[name]

    check()


def test_no_two_families_options_look_alike_in_json():
    kinds = [frozenset(asdict(record())) for record in OPTIONS.values()]
    assert len(set(kinds)) == len(kinds)
    assert not any(one < other for one in kinds for other in kinds), "none could be read as another with defaults"


@pytest.mark.parametrize("name", OPTIONS)
def test_a_fault_is_told_of_the_record_that_fits_best_and_of_no_other(name):
    with pytest.raises(InvalidConfigError) as caught:
        read_with(name, dropout="much") if name != "one-word" else read_with(name, smoothing="much")
    said = str(caught.value)
    assert ("options.dropout" in said) or ("options.smoothing" in said)
    assert said.count(";") == 0, f"one fault, one phrase: {said}"
    assert not any(record.__name__ in said for record in OPTIONS.values())


@pytest.mark.parametrize("name", OPTIONS)
def test_an_unknown_option_is_refused_by_its_name(name):
    with pytest.raises(InvalidConfigError, match=r"options\.colour"):
        read_with(name, colour="red")


@pytest.mark.parametrize("name", OPTIONS)
def test_a_value_out_of_range_is_refused_when_read_as_when_made(name):
    field = "min_count" if name == "one-word" else "dropout"
    with pytest.raises(InvalidConfigError, match=field):
        OPTIONS[name](**{field: -1})
    with pytest.raises(InvalidConfigError, match=field):
        read_with(name, **{field: -1 if field == "min_count" else -1.0})


@pytest.mark.parametrize(
    ("record", "field"), [(record, field.name) for record in OPTIONS.values() for field in fields(record)]
)
def test_no_number_may_be_nan_and_no_word_unknown(record, field):
    usual = getattr(record(), field)
    if isinstance(usual, bool) or field in ("base", "vectors"):
        pytest.skip("neither a number nor a word of a list")
    with pytest.raises(InvalidConfigError, match=field):
        record(**{field: "bogus" if isinstance(usual, str) else float("nan")})


@pytest.mark.parametrize("record", OPTIONS.values())
def test_every_option_says_what_it_means(record):
    meanings = run_config.describe_fields(record)
    assert list(meanings) == [field.name for field in fields(record)]
    assert all(len(text) > 5 for text in meanings.values())


def test_every_fault_is_named_at_once():
    with pytest.raises(InvalidConfigError) as caught:
        EmbeddingOptions("golden", vector_size=0, dropout=1.0, unknown_share=-0.1, max_tokens=0)
    for word in ("table", "vector_size", "dropout", "unknown_share", "max_tokens"):
        assert word in str(caught.value)


@pytest.mark.parametrize("max_tokens", [2, 513])
def test_a_bert_reads_between_3_and_512_pieces(max_tokens):
    with pytest.raises(InvalidConfigError, match="from 3 to 512"):
        BertOptions(max_tokens=max_tokens)


@pytest.mark.parametrize("base", ["", "a\0b"])
def test_a_bert_needs_the_name_of_its_base(base):
    with pytest.raises(InvalidConfigError, match="base must name a pretrained encoder"):
        BertOptions(base=base)


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("change", [{"flip": True}, {"shift": 2}])
def test_texts_are_neither_mirrored_nor_moved(name, change):
    with pytest.raises(InvalidConfigError, match="flip and shift are for images"):
        config_for(name, **change)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_family_takes_no_other_familys_options(name):
    other = next(record for record in OPTIONS.values() if record is not OPTIONS[name])
    with pytest.raises(InvalidConfigError, match=f"takes {OPTIONS[name].__name__}, got {other.__name__}"):
        replace(config_for(name), options=other())


@pytest.mark.parametrize(
    ("data", "splits"), [("cifar10", ("workshop", "official")), ("emotion", ("official",)), ("a.csv", ("seeded",))]
)
def test_each_data_set_has_its_own_splits_and_refuses_others_by_name(data, splits):
    assert run_config.splits_of(data) == splits
    for split in run_config.SPLITS:
        if split in splits:
            assert DataConfig(data, split).split == split
        else:
            with pytest.raises(InvalidConfigError, match=f"'{data}' has the split '{splits[0]}'"):
                DataConfig(data, split)


def test_checks_say_what_is_allowed_and_what_came():
    assert one_of("colour", "red", ("red", "blue")) == []
    assert one_of("colour", "green", ("red", "blue")) == ["colour is one of red, blue, got 'green'"]
    assert at_least(1, a=1, b=5.5) == []
    assert [fault.split()[0] for fault in at_least(1, a=0, b=float("nan"), c=float("inf"), d=-1)] == list("abcd")
    raise_faults([])
    with pytest.raises(InvalidConfigError, match=r"^one; two\.$"):
        raise_faults(["one", "two"])
