"""Data sets that people bring: changed, cut or foreign, one sentence or read."""

import json
import shutil
import tarfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.config.run_config import DataConfig
from ccds_core.data import cifar10, datasets, emotion
from ccds_core.data.image_cache import load_or_decode
from ccds_core.data.image_folder import read_split_tar
from ccds_core.data.text_file import read_labelled, read_table
from tests.support.fuzzing import check_input, fuzzed
from tests.support.hostile_files import every_form
from tests.support.mutations import MARKUP, changed_bytes
from tests.support.small_cifar import python2_batch, python3_batch
from tests.support.small_texts import small_texts

CSV = ("text,label\n" + "\n".join(f'"{text}",{label}' for text, label in small_texts())).encode()
PICTURES = list(every_form().values())


@pytest.mark.parametrize("read", [read_table, read_labelled], ids=["table", "labelled"])
def test_a_table_is_read_or_refused(read):
    cells = st.lists(st.sampled_from(MARKUP) | st.text(max_size=9), max_size=4).map("\t,;|".join)

    @fuzzed(150)
    @given(
        st.one_of(
            changed_bytes(CSV),
            st.binary(max_size=300),
            st.lists(cells, max_size=6).map(lambda rows: "\n".join(rows).encode(errors="replace")),
            st.sampled_from(
                [b'"' * 9000, b"," * 9000, b"a\n" * 9000, b"\xff\xfe" + b"a" * 999, b"a,b\n" + b"1,2,3\n" * 9]
            ),
        )
    )
    def check_one(content):
        check_input(f"text file: {read.__name__}", lambda: read(content, "a.csv"))

    check_one()


def test_a_file_of_texts_to_train_on_is_split_or_refused(tmp_path):
    path = tmp_path / "own.csv"

    @fuzzed(60)
    @given(
        changed_bytes(CSV) | st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode(errors="replace"))
    )
    def check_one(content):
        path.write_bytes(content)
        check_input("text file: to train on", lambda: datasets.load_text_rows(DataConfig(str(path), "seeded")))

    check_one()


def test_a_folder_of_own_images_is_read_or_refused(tmp_path, cache_folder):
    names = st.sampled_from(
        ["a.png", "b.jpg", "..png", ".hidden.png", "x.PNG", "<b>.png", "ü.gif", "c.txt", "a.png.exe"]
    )
    files = st.sampled_from(PICTURES).flatmap(lambda good: changed_bytes(good) | st.just(good)) | st.binary(max_size=50)
    tree = st.dictionaries(
        st.sampled_from(["cat", "dog", " ", "$x$", ".git"]), st.dictionaries(names, files, max_size=4)
    )

    @fuzzed(60)
    @given(tree)
    def check_one(tree):
        folder = tmp_path / "own"
        shutil.rmtree(folder, ignore_errors=True)
        for label, images in tree.items():
            (folder / label).mkdir(parents=True)
            for name, content in images.items():
                (folder / label / name).write_bytes(content)
        load = DataConfig(str(folder), "seeded")
        check_input("image folder", lambda: datasets.load_image_data(load), may_write=cache_folder)

    check_one()


def _tar():
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("train/cat/a.png", "test/dog/../../b.png", "/etc/train/cat/c.png"):
            member = tarfile.TarInfo(name)
            member.size = len(PICTURES[5])
            archive.addfile(member, BytesIO(PICTURES[5]))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("entry_point", "good", "read"),
    [
        ("batch, Python 2", python2_batch(1), lambda path: cifar10.read_batch(path.read_bytes(), "batch")),
        ("batch, Python 3", python3_batch(1), lambda path: cifar10.read_batch(path.read_bytes(), "batch")),
        ("tar", _tar(), lambda path: list(read_split_tar(path))),
        ("emotion lines", b"i was glad;joy\ni was sad;sadness\n" * 5, emotion._read),
        ("parquet", None, emotion.read_parquet),
    ],
)
def test_a_changed_data_file_is_read_or_refused(tmp_path, entry_point, good, read):
    path = tmp_path / "file"
    good = good or _parquet(path)

    @fuzzed(60)
    @given(changed_bytes(good) | changed_bytes(good, reach=600) | st.binary(max_size=100))
    def check_one(content):
        path.write_bytes(content)
        check_input(f"data file: {entry_point}", lambda: read(path))

    check_one()


def _parquet(path):
    import pyarrow as pa
    from pyarrow import parquet

    names = {"info": {"features": {"label": {"names": list(emotion.CLASSES)}}}}
    table = pa.table({"text": ["i was glad", "i was sad"], "label": [1, 0]})
    parquet.write_table(table.replace_schema_metadata({"huggingface": json.dumps(names)}), path)
    return path.read_bytes()


def test_a_damaged_cache_is_made_again(tmp_path, cache_folder):
    from ccds_core.data import digits

    load_or_decode("a" * 40, digits.load)
    (folder,) = (cache_folder / "images").iterdir()
    good = {path.name: path.read_bytes() for path in folder.iterdir()}

    @fuzzed(30)
    @given(st.sampled_from(sorted(good)), st.data())
    def check_one(name, data):
        for file, content in good.items():
            (folder / file).write_bytes(content)
        (folder / name).write_bytes(data.draw(changed_bytes(good[name], reach=300) | st.binary(max_size=50)))
        results = check_input("cache of images", lambda: load_or_decode("a" * 40, digits.load), may_write=cache_folder)
        assert len(results.labels) == 1797

    check_one()
