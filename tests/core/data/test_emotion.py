"""The emotion data as text files or as parquet: the same texts, labels and digest, whatever number a label has."""

import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ccds_core.data import emotion
from ccds_core.data.emotion import CLASSES, HUB_PARTS
from ccds_core.data.label_noise import count_label_noise
from ccds_core.errors import InvalidInputError, MissingDataError
from ccds_core.paths import data_dir

PARTS = {  # part -> its rows
    part: [(f"{part} sentence number {row} about the kiln", CLASSES[(row * 5 + len(part)) % 6]) for row in range(n)]
    for part, n in (("train", 40), ("val", 8), ("test", 9))
}
OTHER_ORDER = tuple(reversed(CLASSES))


@pytest.fixture
def folder(data_folder):
    (data_folder / "emotion").mkdir(parents=True)
    return data_folder / "emotion"


def write_texts(folder, parts=PARTS):
    for part, rows in parts.items():
        (folder / f"{part}.txt").write_text("".join(f"{text};{label}\n" for text, label in rows))


def write_parquet(folder, names=OTHER_ORDER, metadata=None):
    """As the hub has them; the labels numbered in the order of `names`."""
    info = {"info": {"features": {"label": {"names": list(names), "_type": "ClassLabel"}}}}
    folder.mkdir(exist_ok=True)
    for part, rows in PARTS.items():
        table = pa.table({"text": [text for text, _ in rows], "label": [names.index(label) for _, label in rows]})
        said = {b"huggingface": json.dumps(info).encode()} if metadata is None else metadata
        path = folder / f"{HUB_PARTS[part]}-00000-of-00001.parquet"
        parquet.write_table(table.replace_schema_metadata(said), path)


def rows_of(rows, part):
    return [(rows.texts[row], rows.classes[rows.labels[row]]) for row in rows.split.part(part)]


def test_each_text_has_its_own_label_and_stays_in_its_part(folder):
    write_texts(folder)
    rows = emotion.load()
    assert rows.classes == CLASSES
    for part, wanted in PARTS.items():
        assert sorted(rows_of(rows, part)) == sorted(wanted)
    assert rows_of(rows, "test") == PARTS["test"], "val and test keep their order"


def test_train_is_shuffled_alike_each_time(folder):
    write_texts(folder)
    assert rows_of(emotion.load(), "train") != PARTS["train"]
    assert np.array_equal(emotion.load().split.train, emotion.load().split.train)


@pytest.mark.parametrize("names", [CLASSES, OTHER_ORDER])
@pytest.mark.parametrize("place", [".", "split"])
def test_parquet_gives_the_same_rows_as_text_files_in_whatever_order_it_numbers_the_labels(folder, names, place):
    write_texts(folder)
    texts = emotion.load()
    for path in folder.glob("*.txt"):
        path.unlink()
    write_parquet(folder / place, names)
    tables = emotion.load()
    assert tables.digest == texts.digest
    for part in PARTS:
        assert rows_of(tables, part) == rows_of(texts, part)


def test_text_files_come_first_and_a_part_that_is_missing_makes_them_none(folder):
    write_texts(folder)
    write_parquet(folder)
    assert {path.suffix for path in emotion.find().values()} == {".txt"}
    (folder / "val.txt").unlink()
    assert {path.suffix for path in emotion.find().values()} == {".parquet"}
    (folder / "test-00000-of-00001.parquet").unlink()
    assert emotion.find() is None


def test_a_text_may_hold_semicolons_and_strange_line_signs(folder):
    odd = [("one; two; three", "joy"), ("four\u2028five\x85six", "fear"), ("seven\x0ceight", "love")]
    write_texts(folder, PARTS | {"val": odd})
    assert rows_of(emotion.load(), "val") == odd


def test_windows_line_ends_change_nothing(folder):
    write_texts(folder)
    digest = emotion.load().digest
    for path in folder.glob("*.txt"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert emotion.load().digest == digest


def test_a_label_that_is_none_of_the_six_is_named(folder):
    write_texts(folder, PARTS | {"val": [("the kiln is warm", "pride")]})
    with pytest.raises(InvalidInputError, match="pride"):
        emotion.load()


@pytest.mark.parametrize(
    "metadata", [{}, {b"huggingface": b"{}"}, {b"huggingface": b"not json"}, {b"huggingface": b"[]"}]
)
def test_parquet_that_does_not_name_its_labels_is_refused_rather_than_guessed(folder, metadata):
    write_parquet(folder, metadata=metadata)
    with pytest.raises(InvalidInputError, match="does not name its labels"):
        emotion.load()


def test_parquet_with_a_number_beyond_its_names_or_without_columns_is_refused(folder):
    write_parquet(folder)
    path = folder / "test-00000-of-00001.parquet"
    good = parquet.read_table(path)
    for column in ([len(CLASSES)] * len(good), [-1] * len(good), [None] * len(good)):
        changed = good.set_column(1, "label", pa.array(column)).replace_schema_metadata(good.schema.metadata)
        parquet.write_table(changed, path)
        with pytest.raises(InvalidInputError, match=path.name):
            emotion.load()
    parquet.write_table(good.drop_columns(["text"]), path)
    with pytest.raises(InvalidInputError, match=path.name):
        emotion.load()
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(InvalidInputError, match=path.name):
        emotion.load()


def test_without_the_data_every_way_to_get_them_is_named(data_folder):
    with pytest.raises(MissingDataError) as caught:
        emotion.load()
    for way in ("train.txt", "parquet", "data fetch emotion", "CCDS_DATA_DIR"):
        assert way in str(caught.value)


@pytest.mark.data
def test_the_whole_data_are_what_the_workshop_had():
    if emotion.find() is None:
        pytest.skip(f"no emotion data in {data_dir()}")
    rows = emotion.load()
    assert [len(rows.split.part(part)) for part in PARTS] == [16_000, 2_000, 2_000]
    noise = count_label_noise(rows)
    assert noise.two_labels == 51
    assert (noise.shared["train and test"], noise.shared_disagreeing["train and test"]) == (11, 11)
    assert all(count > 0 for classes in noise.counts.values() for count in classes.values())
