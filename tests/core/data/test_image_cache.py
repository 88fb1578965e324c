"""The cache of decoded images: decoded once per source, and again whenever a byte of it is not as written."""

import numpy as np
import pytest

from ccds_core.data import image_cache
from ccds_core.data.image_cache import ImageArrays, digest_listing, load_or_decode

FILES = ("card.json", "images.npy", "labels.npy")
NUMPY_HEAD = 128  # bytes before the numbers


def make_arrays(seed=0, n=12):
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8)
    return ImageArrays(images, random.integers(0, 2, n), ("one", "two"), 5, "made by a test")


class Decoder:
    """Counts how often it is asked."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return make_arrays()


@pytest.fixture
def decode():
    return Decoder()


@pytest.fixture
def cached(cache_folder, decode):
    load_or_decode("a" * 64, decode)
    return cache_folder / "images" / ("a" * 32)


def same(one, other):
    return (
        np.array_equal(one.images, other.images)
        and np.array_equal(one.labels, other.labels)
        and (one.classes, one.n_official_train, one.source) == (other.classes, other.n_official_train, other.source)
    )


@pytest.mark.usefixtures("cached")
def test_images_are_decoded_once_and_then_mapped_read_only(decode):
    arrays = load_or_decode("a" * 64, decode)
    assert decode.calls == 1
    assert same(arrays, make_arrays())
    assert isinstance(arrays.images, np.memmap)
    assert not arrays.images.flags.writeable


@pytest.mark.usefixtures("cached")
def test_another_source_is_decoded_on_its_own(decode):
    load_or_decode("b" * 64, decode)
    assert decode.calls == 2


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["gone", "empty", "half", "garbage", "longer"])
def test_a_damaged_file_is_noticed_and_decoded_again(cached, decode, name, damage):
    content = (cached / name).read_bytes()
    (cached / name).unlink()
    if damage != "gone":
        damaged = {"empty": b"", "half": content[: len(content) // 2], "garbage": b"\x93NUMPY\x01\x00\xff\xff garbage"}
        (cached / name).write_bytes(damaged.get(damage, content + b"0"))
    assert same(load_or_decode("a" * 64, decode), make_arrays())


@pytest.mark.parametrize("name", FILES[1:])
def test_a_flipped_bit_in_a_head_is_noticed(cached, decode, name):
    flip_bits_and_load(cached / name, range(NUMPY_HEAD), decode)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_flipped_bit_in_a_body_is_noticed(cached, decode, name):
    size = (cached / name).stat().st_size
    flip_bits_and_load(cached / name, range(NUMPY_HEAD, size, max(1, size // 30)), decode)


def flip_bits_and_load(path, places, decode):
    """Each place on its own; whatever happens, the arrays come back whole."""
    for place in places:
        damaged = bytearray(path.read_bytes())
        damaged[place] ^= 0x04
        path.unlink()
        path.write_bytes(damaged)
        assert same(load_or_decode("a" * 64, decode), make_arrays()), f"byte {place} of {path.name}"


@pytest.mark.parametrize(
    ("old", "new"), [("made by a test", "made by a jest"), ('"n_official_train": 5', '"n_official_train": 6')]
)
def test_a_changed_card_is_noticed(cached, decode, old, new):
    text = (cached / "card.json").read_text()
    assert old in text
    (cached / "card.json").write_text(text.replace(old, new))
    assert same(load_or_decode("a" * 64, decode), make_arrays())


def test_a_writer_that_fails_leaves_nothing_behind(cache_folder, monkeypatch):
    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(image_cache.os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        load_or_decode("a" * 64, make_arrays)
    assert not any((cache_folder / "images").iterdir())


def test_the_digest_is_of_what_is_shown_not_of_how_it_lies_in_memory():
    arrays = make_arrays()
    turned = ImageArrays(
        np.asfortranarray(arrays.images), arrays.labels.astype(np.int32), arrays.classes, 0, "elsewhere"
    )
    assert turned.digest == arrays.digest


@pytest.mark.parametrize("change", ["pixel", "label", "class"])
def test_the_digest_changes_with_any_pixel_label_or_class(change):
    arrays, other = make_arrays(), make_arrays()
    if change == "pixel":
        other.images[3, 5, 7, 1] ^= 1
    elif change == "label":
        other.labels[3] ^= 1
    else:
        other = ImageArrays(other.images, other.labels, ("one", "three"), 5, other.source)
    assert other.digest != arrays.digest


def test_a_listing_changes_with_name_size_and_time(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"1")
    seen = {digest_listing(tmp_path, [file])}
    file.write_bytes(b"12")
    seen.add(digest_listing(tmp_path, [file]))
    image_cache.os.utime(file, ns=(1, 1))
    seen.add(digest_listing(tmp_path, [file]))
    file = file.rename(tmp_path / "b")
    seen.add(digest_listing(tmp_path, [file]))
    assert len(seen) == 4
