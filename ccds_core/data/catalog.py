"""From a `DataConfig` to arrays, split rows and batches: the one place that knows every image data set by name."""

from dataclasses import dataclass, replace
from pathlib import Path

from ccds_core.config import DataConfig, TrainConfig
from ccds_core.data import cifar10, digits
from ccds_core.data.class_folders import decode_folder, list_pictures
from ccds_core.data.image_arrays import ImageArrays, digest_listing, load_or_decode
from ccds_core.data.image_batches import ImageBatches, Normalisation
from ccds_core.data.splits import SplitRows, seeded_split, stored_split
from ccds_core.errors import MissingDataError

MAX_PATH = 1024  # characters; longer names are no folder on any system
NORMALISATION = Normalisation(cifar10.MEAN, cifar10.STD)


@dataclass(frozen=True)
class ImageData:
    """A data set ready to be trained and tested on."""

    arrays: ImageArrays
    split: SplitRows

    def train_batches(self, config: TrainConfig) -> ImageBatches:
        """The training rows with the run's augmentation."""
        return ImageBatches(self.arrays, self.split.train, NORMALISATION, config.flip, config.shift)

    def batches(self, part: str) -> ImageBatches:
        """The rows of "train", "val" or "test" as they are."""
        return ImageBatches(self.arrays, self.split.part(part), NORMALISATION)


def load_image_data(config: DataConfig) -> ImageData:
    """The named data set, split; `limit` keeps the first so many rows of the shuffled training part."""
    arrays = load_arrays(config.name)
    split = stored_split(config.split, len(arrays.labels)) if config.name == "cifar10" else seeded_split(arrays.labels)
    if config.limit:
        split = replace(split, train=split.train[: config.limit])
    return ImageData(arrays, split)


def load_arrays(name: str) -> ImageArrays:
    """ "cifar10", "digits", or the path of a folder with one subfolder per class."""
    if name == "cifar10":
        return cifar10.load()
    if name == "digits":
        return digits.load()
    folder = Path(name)
    if len(name) > MAX_PATH or not folder.is_dir():
        raise MissingDataError(
            f"No data set '{name[:80]}'. There: cifar10, digits, or the path of a folder with one subfolder per class."
        )
    return load_or_decode(digest_listing(folder, list_pictures(folder)), lambda: decode_folder(folder))
