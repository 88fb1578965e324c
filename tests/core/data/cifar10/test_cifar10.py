"""CIFAR-10 in any of its forms: found, put in one order, never executed, and every way named when it is absent."""

import numpy as np
import pytest

from ccds_core.data import cifar10
from ccds_core.data.cifar10 import CLASSES, DOWNLOAD_BYTES
from ccds_core.errors import InvalidInputError, MissingDataError
from tests.support import small_cifar
from tests.support.small_cifar import write_batches, write_folders, write_tar

FORMS = {
    "batches": write_batches,
    "folders": write_folders,
    "tar": lambda folder: (write_folders(folder / "unpacked"), write_tar(folder / "cifar10.tar", folder / "unpacked")),
}


@pytest.fixture
def empty(data_folder, cache_folder):
    data_folder.mkdir()
    return data_folder


@pytest.mark.parametrize("form", ["batches", "folders", "tar"])
def test_each_form_is_found_and_loaded(empty, form):
    FORMS[form](empty)
    found = cifar10.find()
    assert found is not None
    assert found.form == form
    arrays = cifar10.load()
    assert arrays.classes == CLASSES
    assert arrays.images.shape == (len(arrays.labels), 32, 32, 3)
    assert not arrays.images.flags.writeable


@pytest.mark.parametrize("below", ["cifar10", "cifar-10"])
def test_a_copy_one_folder_down_is_found_too(empty, below):
    write_folders(empty / below)
    assert cifar10.find() == cifar10.Found("folders", empty / below)


@pytest.mark.parametrize("form", ["folders", "tar"])
def test_train_comes_before_test_and_each_goes_by_class(empty, form):
    FORMS[form](empty)
    arrays = cifar10.load()
    assert arrays.n_official_train == 30
    assert np.array_equal(arrays.labels[:30], np.repeat(np.arange(10), 3))
    assert np.array_equal(arrays.labels[30:], np.arange(10))


def test_a_folder_and_a_tar_of_it_hold_the_same_images(empty, monkeypatch):
    write_folders(empty)
    from_folders = cifar10.load()
    tarred = empty.parent / "tarred"
    tarred.mkdir()
    write_tar(tarred / "cifar10.tar", empty)
    monkeypatch.setenv("CCDS_DATA_DIR", str(tarred))
    assert cifar10.load().digest == from_folders.digest


def test_an_image_keeps_its_pixels_its_class_and_its_row(empty):
    write_folders(empty, n_train=2)
    arrays = cifar10.load()
    for label in range(10):
        expected = small_cifar.upright(small_cifar.make_pictures(1000 * label + 10, 1)[0])[0]
        assert np.array_equal(arrays.images[2 * label + 1], expected)


@pytest.mark.parametrize(("suffix", "said"), [(".jpg", "JPEG copy"), (".png", "lossless")])
def test_the_source_says_whether_the_copy_lost_anything(empty, suffix, said):
    write_folders(empty, suffix)
    assert said in cifar10.load().source


def test_a_changed_source_is_decoded_again_and_an_unchanged_one_is_not(empty, monkeypatch):
    write_folders(empty)
    before = cifar10.load()
    (empty / "train" / "cat" / "0001.png").unlink()
    assert len(cifar10.load().labels) == len(before.labels) - 1
    monkeypatch.setattr(cifar10, "_arrange", lambda files: pytest.fail("decoded again"))
    assert len(cifar10.load().labels) == len(before.labels) - 1


@pytest.mark.usefixtures("data_folder")
def test_when_it_is_absent_every_way_to_supply_it_is_named():
    assert cifar10.find() is None
    with pytest.raises(MissingDataError) as caught:
        cifar10.load()
    for word in ("CCDS_DATA_DIR", "cifar-10-batches-py", "train/<class>/", ".tar", "data fetch", "digits"):
        assert word in str(caught.value)
    assert f"{DOWNLOAD_BYTES / 2**20:.0f} MB" in str(caught.value)


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "other.tar", "cifar10.zip"])
def test_an_archive_of_another_kind_is_not_taken_for_a_tar_of_folders(empty, name):
    (empty / name).write_bytes(b"x")
    assert cifar10.find() is None


def test_a_foreign_class_among_the_ten_is_named(empty):
    write_folders(empty)
    (empty / "train" / "cat").rename(empty / "train" / "lion")
    with pytest.raises(InvalidInputError, match="lion"):
        cifar10.load()


def test_an_image_that_cannot_be_read_is_an_input_error(empty):
    write_folders(empty)
    (empty / "train" / "cat" / "0001.png").write_bytes(b"no image")
    with pytest.raises(InvalidInputError):
        cifar10.load()


@pytest.mark.parametrize("cut", [0, 100, 20_000])
def test_a_damaged_tar_is_an_input_error(empty, cut):
    FORMS["tar"](empty)
    content = (empty / "cifar10.tar").read_bytes()
    (empty / "cifar10.tar").write_bytes(b"garbage" * 100 if not cut else content[:cut])
    with pytest.raises(InvalidInputError):
        cifar10.load()


def test_a_folder_named_like_a_tar_is_not_taken_for_one(empty):
    (empty / "cifar10.tar").mkdir()
    assert cifar10.find() is None


def test_a_download_that_fails_says_so_and_names_the_other_ways(data_folder, monkeypatch):
    def fail(url, root, **_):
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.datasets.utils.download_and_extract_archive", fail)
    with pytest.raises(MissingDataError, match=r"no route to host.*CCDS_DATA_DIR"):
        cifar10.fetch()


def test_a_download_lands_where_it_is_looked_for(data_folder, monkeypatch):
    def download(url, root, filename, md5):
        assert url.startswith("https://")
        assert cifar10.download_path() == data_folder / filename
        assert len(md5) == 32
        write_batches(data_folder)

    monkeypatch.setattr("torchvision.datasets.utils.download_and_extract_archive", download)
    assert cifar10.Found("batches", cifar10.fetch()) == cifar10.find()
