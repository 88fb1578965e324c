"""A labelled set of small images as arrays, decoded once and memory-mapped from a cache that checks itself."""

import hashlib
import json
import os
import shutil
import tempfile
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccds_core.paths import cache_dir

IMAGE_SIZE = 32  # pixels; every image is stored as 32 x 32 RGB


@dataclass(frozen=True)
class ImageArrays:
    """Images in a fixed order: first the official training part by class, then the official test part by class."""

    images: NDArray[np.uint8]  # (N, 32, 32, 3), read-only
    labels: NDArray[np.int64]  # (N,)
    classes: tuple[str, ...]
    n_official_train: int  # the first so many rows; 0 where the source knows no official split
    source: str  # said beside every figure measured on it, e.g. "JPEG copy of CIFAR-10"

    @property
    def digest(self) -> str:
        """SHA-256 over pixels, labels and classes: the same whatever container they came in."""
        return digest_arrays(self)


def digest_arrays(arrays: ImageArrays) -> str:
    """SHA-256 (hex) over pixels, labels and class names."""
    digest = hashlib.sha256(np.ascontiguousarray(arrays.images).data)
    digest.update(np.ascontiguousarray(arrays.labels, dtype="<i8").tobytes())
    digest.update("\n".join(arrays.classes).encode())
    return digest.hexdigest()


def digest_listing(folder: Path, files: list[Path]) -> str:
    """SHA-256 (hex) over names, sizes and times of files under `folder`: changes when any of them does."""
    digest = hashlib.sha256()
    for file in files:
        stat = file.stat()
        digest.update(f"{file.relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def load_or_decode(source_digest: str, decode: Callable[[], ImageArrays]) -> ImageArrays:
    """The arrays of one source from the cache; decoded (again) if they are not there or are damaged."""
    folder = cache_dir() / "images" / source_digest[:32]
    arrays = _read_cache(folder)
    if arrays is None:
        _write_cache(folder, decode())
        arrays = _read_cache(folder)
    if arrays is None:
        raise OSError(f"The cache {folder} cannot be read back after writing it; is the disk full?")
    return arrays


def _read_cache(folder: Path) -> ImageArrays | None:
    """What `_write_cache` left, memory-mapped, or None if any byte of it is not as written."""
    try:
        card = json.loads((folder / "card.json").read_text())
        images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
        labels = np.load(folder / "labels.npy", allow_pickle=False)
        arrays = ImageArrays(images, labels, tuple(card["classes"]), int(card["n_official_train"]), card["source"])
        return arrays if _digest_card(arrays) == card["digest"] else None
    except (OSError, ValueError, KeyError, TypeError, EOFError, SyntaxError, tokenize.TokenError):
        return None  # numpy parses an array's head as Python text, hence the last two


def _digest_card(arrays: ImageArrays) -> str:
    """SHA-256 (hex) over all that the cache keeps of a source."""
    text = f"{arrays.digest}\n{arrays.source}\n{arrays.n_official_train}"
    return hashlib.sha256(text.encode()).hexdigest()


def _write_cache(folder: Path, arrays: ImageArrays) -> None:
    """Written beside and renamed, so that a reader sees all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".writing-"))
    try:
        np.save(beside / "images.npy", arrays.images, allow_pickle=False)
        np.save(beside / "labels.npy", arrays.labels, allow_pickle=False)
        card = {
            "classes": arrays.classes,
            "n_official_train": arrays.n_official_train,
            "source": arrays.source,
            "digest": _digest_card(arrays),
        }
        (beside / "card.json").write_text(json.dumps(card, indent=2) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
