"""CIFAR-10, found in any of its usual forms or downloaded when asked; classes and normalisation with their source."""

import pickletools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ccds_core.config.run_config import DataConfig, splits_of
from ccds_core.data.image_cache import IMAGE_SIZE, ImageArrays, digest_listing, load_or_decode
from ccds_core.data.image_folder import list_images, read_split_folders, read_split_tar, to_array
from ccds_core.errors import InvalidInputError, MissingDataError
from ccds_core.paths import data_dir

# the official order of the classes, https://www.cs.toronto.edu/~kriz/cifar.html
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
# ImageNet's channel statistics on a 0..1 scale, which the workshop's recipe uses (workshop notebook, day 1)
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)

BATCHES = "cifar-10-batches-py"
BATCH_FILES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")
BATCH_BYTES = IMAGE_SIZE * IMAGE_SIZE * 3
NUMBER_OPCODES = ("BININT", "BININT1", "BININT2", "INT", "LONG1")
DOWNLOAD_BYTES = 170_498_071  # size of the archive that torchvision fetches


@dataclass(frozen=True)
class Found:
    """One copy of CIFAR-10 on disk."""

    form: str  # "batches", "folders" or "tar"
    path: Path


def find() -> Found | None:
    """The first copy under the data folder: torchvision's batches, class folders, or a tar of class folders."""
    root = data_dir()
    for folder in (root, root / "cifar10", root / "cifar-10"):
        if (folder / BATCHES / BATCH_FILES[0]).is_file():
            return Found("batches", folder / BATCHES)
        if (folder / "train" / CLASSES[0]).is_dir() and (folder / "test" / CLASSES[0]).is_dir():
            return Found("folders", folder)
    tars = sorted(path for path in root.glob("cifar10*.tar*") if path.is_file())
    return Found("tar", tars[0]) if tars else None


def usual_data() -> DataConfig:
    """CIFAR-10 where it is, else the digits that need no download."""
    name = "cifar10" if find() is not None else "digits"
    return DataConfig(name, splits_of(name)[0])


def load() -> ImageArrays:
    """All 60,000 images; decoded once, then memory-mapped. `MissingDataError` names every way to supply them."""
    copy = find()
    if copy is None:
        raise MissingDataError(missing_text())
    if copy.form == "batches":
        return load_or_decode(_digest_batches(copy.path), lambda: decode_batches(copy.path))
    if copy.form == "folders":
        files = [*list_images(copy.path / "train"), *list_images(copy.path / "test")]
        return load_or_decode(digest_listing(copy.path, files), lambda: _arrange(read_split_folders(copy.path)))
    return load_or_decode(digest_listing(copy.path.parent, [copy.path]), lambda: _arrange(read_split_tar(copy.path)))


def missing_text() -> str:
    """What to do when CIFAR-10 is not here."""
    return (
        f"CIFAR-10 is not in {data_dir().name}/ (set CCDS_DATA_DIR to look elsewhere). Put there torchvision's "
        f"'{BATCHES}' folder, or class folders 'train/<class>/' and 'test/<class>/', or a .tar of such folders named "
        "'cifar10*.tar'; or download it (163 MB) with 'python -m ccds_core data fetch'. 'digits' needs no download."
    )


def fetch() -> Path:
    """Download the original (163 MB) with torchvision into the data folder; checked by its published MD5."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import download_and_extract_archive

    root = data_dir()
    root.mkdir(parents=True, exist_ok=True)
    try:
        download_and_extract_archive(CIFAR10.url, str(root), filename=CIFAR10.filename, md5=CIFAR10.tgz_md5)
    except (OSError, RuntimeError) as error:
        raise MissingDataError(f"The download did not succeed ({error}). {missing_text()}") from None
    return root / BATCHES


def download_path() -> Path:
    """Where the archive grows while `fetch` runs; of `DOWNLOAD_BYTES` in the end."""
    return data_dir() / "cifar-10-python.tar.gz"


def decode_batches(folder: Path) -> ImageArrays:
    """The six batch files -> arrays in class order. Their opcodes are read, never executed."""
    missing = [name for name in BATCH_FILES if not (folder / name).is_file()]
    if missing:
        raise InvalidInputError(f"'{folder.name}' lacks {', '.join(missing)}: the download or the copy is incomplete.")
    batches = [read_batch((folder / name).read_bytes(), name) for name in BATCH_FILES]
    images = np.concatenate([images for images, _ in batches])
    labels = np.concatenate([labels for _, labels in batches])
    n_train = len(labels) - len(batches[-1][1])  # the last file is the test part
    is_test = np.arange(len(labels)) >= n_train
    order = np.lexsort((labels, is_test))  # train before test, each by class, stable within
    return ImageArrays(images[order], labels[order], CLASSES, n_train, "CIFAR-10 (original)")


def read_batch(content: bytes, name: str) -> tuple[np.ndarray, np.ndarray]:
    """One batch file -> images (n, 32, 32, 3) uint8 and labels (n,), by walking the opcodes without running them."""
    pixels, labels, collecting = b"", [], False
    try:
        for opcode, argument, _ in pickletools.genops(content):
            if isinstance(argument, str | bytes):
                text = argument.encode("latin-1", "replace") if isinstance(argument, str) else argument
                collecting = text == b"labels" or (collecting and len(text) == 0)
                pixels = text if len(text) > len(pixels) else pixels
            elif collecting and isinstance(argument, int) and opcode.name in NUMBER_OPCODES:  # not the memo's numbers
                labels.append(argument)
    except (ValueError, UnicodeDecodeError, IndexError) as error:
        raise InvalidInputError(f"'{name}' is not a CIFAR-10 batch file: {error}.") from None
    if not labels or len(pixels) != len(labels) * BATCH_BYTES or not set(labels) <= set(range(len(CLASSES))):
        raise InvalidInputError(f"'{name}' is not a CIFAR-10 batch file: pixels and labels do not match.")
    planes = np.frombuffer(pixels, np.uint8).reshape(len(labels), 3, IMAGE_SIZE, IMAGE_SIZE)
    return planes.transpose(0, 2, 3, 1), np.array(labels, np.int64)


def _digest_batches(folder: Path) -> str:
    return digest_listing(folder, [folder / name for name in BATCH_FILES if (folder / name).is_file()])


def _arrange(files: Iterable[tuple[str, str, str, bytes]]) -> ImageArrays:
    """Image files of the ten class folders -> arrays, train before test, each by class and file name."""
    rows = sorted(files, key=lambda row: (row[0] != "train", row[1], row[2]))
    foreign = {row[1] for row in rows} - set(CLASSES)
    if foreign or not rows:
        raise InvalidInputError(f"The folders are not CIFAR-10's ten classes: {', '.join(sorted(foreign)) or 'empty'}.")
    images = np.stack([to_array(content) for _, _, _, content in rows])
    labels = np.array([CLASSES.index(label) for _, label, _, _ in rows], np.int64)
    jpeg = sum(name.lower().endswith((".jpg", ".jpeg")) for _, _, name, _ in rows) > len(rows) / 2
    source = "JPEG copy of CIFAR-10" if jpeg else "CIFAR-10 (lossless class folders)"
    return ImageArrays(images, labels, CLASSES, sum(row[0] == "train" for row in rows), source)
