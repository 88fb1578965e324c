"""From a `DataConfig` to a data set, split: the one place that knows every data set by name."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ccds_core.config.run_config import DataConfig, TrainConfig
from ccds_core.data import cifar10, digits, emotion
from ccds_core.data.image_batches import ImageBatches, Normalisation
from ccds_core.data.image_cache import ImageArrays, digest_listing, load_or_decode
from ccds_core.data.image_folder import decode_folder, list_images
from ccds_core.data.splits import SplitRows, seeded_split, stored_split
from ccds_core.data.text_dataset import TextRows
from ccds_core.data.text_file import read_labelled
from ccds_core.errors import InvalidInputError, MissingDataError

MAX_PATH = 1024  # characters; longer names are no folder on any system
MAX_FILE_BYTES = 500_000_000  # of a person's own file of texts
MAX_CLASSES = 1000
NORMALISATION = Normalisation(cifar10.MEAN, cifar10.STD)
IMAGE_SETS = ("cifar10", "digits")
TEXT_SETS = ("emotion",)


@dataclass(frozen=True)
class ImageData:
    """A data set of images, ready to be trained and tested on."""

    arrays: ImageArrays
    split: SplitRows

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the labels."""
        return self.arrays.classes

    @property
    def source(self) -> str:
        """Said beside every figure."""
        return self.arrays.source

    @property
    def digest(self) -> str:
        """Of pixels and labels."""
        return self.arrays.digest

    def train_batches(self, config: TrainConfig) -> ImageBatches:
        """The training rows with the run's augmentation."""
        return ImageBatches(self.arrays, self.split.train, NORMALISATION, config.flip, config.shift)

    def batches(self, part: str) -> ImageBatches:
        """The rows of "train", "val" or "test" as they are."""
        return ImageBatches(self.arrays, self.split.part(part), NORMALISATION)


def load_image_data(config: DataConfig) -> ImageData:
    """The named data set, split; the limits keep the first so many rows of the shuffled parts."""
    arrays = load_arrays(config.name)
    split = stored_split(config.split, len(arrays.labels)) if config.name == "cifar10" else seeded_split(arrays.labels)
    return ImageData(arrays, _limited(split, config))


def load_arrays(name: str) -> ImageArrays:
    """ "cifar10", "digits", or the path of a folder with one subfolder per class."""
    if name == "cifar10":
        return cifar10.load()
    if name == "digits":
        return digits.load()
    _refuse_other_kind(name, TEXT_SETS, "texts, and this model reads images")
    folder = Path(name)
    if len(name) > MAX_PATH or not folder.is_dir():
        raise MissingDataError(
            f"No data set '{name[:80]}'. There: cifar10, digits, or the path of a folder with one subfolder per class."
        )
    return load_or_decode(digest_listing(folder, list_images(folder)), lambda: decode_folder(folder))


def load_text_rows(config: DataConfig) -> TextRows:
    """ "emotion", or the path of a CSV or `text;label` file, split; `limit` as for images."""
    rows = emotion.load() if config.name == "emotion" else _load_own_texts(config.name)
    return replace(rows, split=_limited(rows.split, config))


def _load_own_texts(name: str) -> TextRows:
    _refuse_other_kind(name, IMAGE_SETS, "images, and this model reads texts")
    path = Path(name)
    if len(name) > MAX_PATH or not path.is_file():
        raise MissingDataError(
            f"No data set '{name[:80]}'. There: emotion, or the path of a CSV with the columns 'text' and 'label', or "
            "of a file of 'text;label' lines."
        )
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InvalidInputError(f"'{path.name}' is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    labelled = read_labelled(path.read_bytes(), path.name)
    classes = tuple(sorted(set(labelled.labels)))
    if not 2 <= len(classes) <= MAX_CLASSES:
        raise InvalidInputError(f"'{path.name}' has {len(classes)} different labels; 2 to {MAX_CLASSES} are allowed.")
    labels = np.array([classes.index(label) for label in labelled.labels], np.int64)
    return TextRows(labelled.texts, labels, classes, seeded_split(labels, "texts"), f"own file {path.name}")


def _limited(split: SplitRows, config: DataConfig) -> SplitRows:
    train, held_out = config.limit or None, config.eval_limit or None
    return SplitRows(split.train[:train], split.val[:held_out], split.test[:held_out])


def _refuse_other_kind(name: str, others: Collection[str], reason: str) -> None:
    if name in others:
        raise InvalidInputError(f"'{name}' has {reason}.")
