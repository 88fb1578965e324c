"""CIFAR-10 with a few images, in each of its forms; written by the tests, read by the core."""

import io
import pickle
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from ccds_core.data.cifar10 import BATCH_FILES, CLASSES

A_BATCH = 20  # images


def make_pictures(seed: int, n: int = A_BATCH) -> tuple[np.ndarray, list[int]]:
    """pixels (n, 3072) as CIFAR-10's batches hold them, plane by plane, and labels, each class equally often."""
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 3072), dtype=np.uint8)
    return pixels, [(7 * row + seed) % len(CLASSES) for row in range(n)]


def upright(pixels: np.ndarray) -> np.ndarray:
    """(n, 3072) -> (n, 32, 32, 3)"""
    return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


def python3_batch(seed: int, *, bytes_keys: bool = False, protocol: int = 2) -> bytes:
    """A batch as Python 3 pickles it."""
    pixels, labels = make_pictures(seed)
    names = [f"image_{row}.png" for row in range(len(labels))]
    batch = {"batch_label": f"batch {seed}", "labels": labels, "data": pixels, "filenames": names}
    if bytes_keys:
        return pickle.dumps({key.encode(): value for key, value in batch.items()}, protocol=protocol)
    return pickle.dumps(batch, protocol=protocol)


def python2_batch(seed: int) -> bytes:
    """A batch opcode by opcode as Python 2 pickled the originals: byte strings, memo after each, protocol 2."""
    pixels, labels = make_pictures(seed)
    memo = iter(range(1, 256))

    def put() -> bytes:
        return b"q" + bytes([next(memo)])

    def text(value: str) -> bytes:
        return b"U" + bytes([len(value)]) + value.encode() + put()

    def number(value: int) -> bytes:
        return b"K" + bytes([value]) if value < 256 else b"M" + struct.pack("<H", value)

    parts = [b"\x80\x02}", put(), b"(", text("batch_label"), text(f"training batch {seed} of 5")]
    parts += [text("labels"), b"]", put(), b"(", *map(number, labels), b"e", text("data")]
    parts += [b"cnumpy.core.multiarray\n_reconstruct\n", put(), b"cnumpy\nndarray\n", put()]
    parts += [b"K\x00\x85", put(), text("b"), b"\x87", put(), b"R", put(), b"(K\x01"]
    parts += [number(pixels.shape[0]), number(pixels.shape[1]), b"\x86", put(), b"cnumpy\ndtype\n", put()]
    parts += [text("u1"), b"K\x00K\x01\x87", put(), b"R", put(), b"(K\x03", text("|"), b"NNN"]
    parts += [b"J\xff\xff\xff\xff" * 2, b"K\x00t", put(), b"b\x89"]
    parts += [b"T", struct.pack("<i", pixels.nbytes), pixels.tobytes(), put(), b"t", put(), b"b"]
    parts += [text("filenames"), b"]", put(), b"(", *(text(f"image_{row}.png") for row in range(len(labels))), b"e"]
    return b"".join([*parts, b"u."])


def write_batches(folder: Path, write: Callable[[int], bytes] = python3_batch) -> None:
    """`cifar-10-batches-py` with six small batches; the last is the test batch."""
    place = folder / "cifar-10-batches-py"
    place.mkdir(parents=True)
    for seed, name in enumerate(BATCH_FILES):
        (place / name).write_bytes(write(seed))


def write_folders(folder: Path, suffix: str = ".png", n_train: int = 3) -> None:
    """`train/<class>/` with a few images each and `test/<class>/` with one."""
    for split, count in (("train", n_train), ("test", 1)):
        for label, name in enumerate(CLASSES):
            place = folder / split / name
            place.mkdir(parents=True)
            for row in range(count):
                seed = 1000 * label + 10 * row + (split == "test")
                pixels = upright(make_pictures(seed, 1)[0])[0]
                Image.fromarray(pixels).save(place / f"{row:04d}{suffix}")


def write_tar(path: Path, folder: Path, below: str = "cifar10") -> None:
    """A tar of such folders, as it might be packed: a top folder, entries for the folders, in any order."""
    with tarfile.open(path, "w") as archive:
        for file in sorted(folder.rglob("*"), reverse=True):
            archive.add(file, f"{below}/{file.relative_to(folder)}", recursive=False)
        note = b"not an image"
        info = tarfile.TarInfo(f"{below}/README.txt")
        info.size = len(note)
        archive.addfile(info, io.BytesIO(note))
