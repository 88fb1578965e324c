"""One's own texts as a data set: found by their path, split by class, refused in a sentence."""

import numpy as np
import pytest

from ccds_core.config.run_config import DataConfig
from ccds_core.data.datasets import load_arrays, load_text_rows
from ccds_core.data.text_dataset import digest_texts
from ccds_core.errors import InvalidInputError, MissingDataError
from tests.support.small_texts import CLASSES, small_texts, write_csv


def load(path, limit=0):
    return load_text_rows(DataConfig(str(path), "seeded", limit))


def test_a_csv_is_split_into_three_parts_that_hold_each_class(texts_csv):
    rows = load(texts_csv)
    assert rows.classes == CLASSES
    assert list(rows.texts) == [text for text, _ in small_texts()]
    assert [rows.classes[label] for label in rows.labels] == [label for _, label in small_texts()]
    parts = [rows.split.part(part) for part in ("train", "val", "test")]
    assert sorted(np.concatenate(parts).tolist()) == list(range(60))
    assert all(set(rows.labels[part]) == {0, 1, 2} for part in parts)


def test_the_same_rows_as_csv_and_as_lines_are_the_same_data(texts_csv, tmp_path):
    (tmp_path / "lines.txt").write_text("".join(f"{text};{label}\n" for text, label in small_texts()))
    one, other = load(texts_csv), load(tmp_path / "lines.txt")
    assert one.digest == other.digest
    assert np.array_equal(one.split.test, other.split.test)


@pytest.mark.parametrize(
    ("texts", "labels"),
    [(("a", "xb"), ("x", "y")), (("ax", "b"), ("", "y")), (("ab", ""), ("x", "y")), (("b", "a"), ("y", "x"))],
)
def test_rows_that_hold_the_same_letters_in_other_places_have_another_digest(texts, labels):
    assert digest_texts(texts, labels) != digest_texts(("a", "b"), ("x", "y"))
    assert digest_texts(("a", "by"), ("x", "z")) != digest_texts(("a", "y"), ("xb", "z")), "where a row ends counts"


def test_an_eval_limit_takes_texts_of_the_other_parts_away(texts_csv):
    whole, few = load(texts_csv), load_text_rows(DataConfig(str(texts_csv), "seeded", eval_limit=2))
    assert np.array_equal(few.split.train, whole.split.train)
    assert np.array_equal(few.split.val, whole.split.val[:2])
    assert np.array_equal(few.split.test, whole.split.test[:2])


def test_a_limit_takes_training_texts_away_and_no_others(texts_csv):
    whole, few = load(texts_csv), load(texts_csv, limit=7)
    assert few.split.train.tolist() == whole.split.train[:7].tolist()
    assert few.split.test.tolist() == whole.split.test.tolist()


@pytest.mark.parametrize("name", ["nowhere.csv", "/", ".", "x" * 5000, "emotions"])
def test_a_name_that_is_no_file_gives_a_sentence_that_says_what_there_is(name):
    with pytest.raises(MissingDataError, match="There: emotion, or the path of a CSV"):
        load(name)


@pytest.mark.parametrize("name", ["digits", "cifar10"])
def test_images_are_not_texts_and_texts_are_not_images(name):
    with pytest.raises(InvalidInputError, match=f"'{name}' has images, and this model reads texts"):
        load_text_rows(DataConfig(name, "workshop" if name == "cifar10" else "seeded"))
    with pytest.raises(InvalidInputError, match="'emotion' has texts, and this model reads images"):
        load_arrays("emotion")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("the kiln is warm", "calm")] * 9, "has 1 different labels"),
        ([("the kiln is warm", "calm")] * 9 + [("the kiln is cold", "cross")] * 2, "at least three texts"),
        ([(f"kiln {n}", f"label {n}") for n in range(1001)], "has 1001 different labels; 2 to 1000"),
    ],
)
def test_texts_that_cannot_be_learned_from_are_refused(tmp_path, rows, said):
    with pytest.raises(InvalidInputError, match=said):
        load(write_csv(tmp_path / "mine.csv", rows))


def test_a_file_that_is_too_large_is_refused_unread(texts_csv, monkeypatch):
    monkeypatch.setattr("ccds_core.data.datasets.MAX_FILE_BYTES", 1_000)
    with pytest.raises(InvalidInputError, match=r"'small\.csv' is larger than 0 MB"):
        load(texts_csv)
