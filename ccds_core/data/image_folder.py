"""Images in class subfolders, on disk or in a tar: any classes, any sizes, decoded to 32 x 32 RGB."""

import io
import tarfile
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from ccds_core.data.image_cache import IMAGE_SIZE, ImageArrays
from ccds_core.data.uploads import MAX_BYTES, read_bytes, read_image, shrink
from ccds_core.errors import InvalidInputError

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")
MAX_FAULTS_NAMED = 3
MAX_SMALL = 100_000  # bytes of a file that is decoded without the checks of an upload


def list_images(folder: Path) -> list[Path]:
    """Every image file two levels down, `class/file`, sorted by class and name."""
    return sorted(
        path
        for path in folder.glob("*/*")
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


def decode_folder(folder: Path) -> ImageArrays:
    """A folder with one subfolder per class -> arrays. At least two classes, or `InvalidInputError`."""
    files = list_images(folder)
    classes = tuple(sorted({path.parent.name for path in files}))
    if len(classes) < 2:
        raise InvalidInputError(
            f"'{folder.name}' needs at least two subfolders with images ({', '.join(SUFFIXES)}), one per class; "
            f"found {len(classes)}."
        )
    images = np.empty((len(files), IMAGE_SIZE, IMAGE_SIZE, 3), np.uint8)
    faults = []
    for row, path in enumerate(files):
        try:
            images[row] = to_array(read_bytes(path))
        except InvalidInputError:
            faults.append(f"{path.parent.name}/{path.name}")
    if faults:
        named = ", ".join(faults[:MAX_FAULTS_NAMED]) + (" ..." if len(faults) > MAX_FAULTS_NAMED else "")
        raise InvalidInputError(
            f"{len(faults)} of {len(files)} files are not readable images: {named}. Remove them and try again."
        )
    labels = np.array([classes.index(path.parent.name) for path in files], np.int64)
    return ImageArrays(images, labels, classes, 0, f"folder '{folder.name}'")


def read_split_folders(root: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """(split, class, file name, bytes) for each image under `train/<class>/` and `test/<class>/`."""
    for split in ("train", "test"):
        for path in list_images(root / split):
            yield split, path.parent.name, path.name, read_bytes(path)


def read_split_tar(path: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """The same from a tar of such folders, in the tar's order; nothing is unpacked to disk."""
    try:
        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts[-3:]
                if len(parts) == 3 and parts[0] in ("train", "test") and parts[2].lower().endswith(SUFFIXES):
                    file = archive.extractfile(member) if member.isfile() else None
                    if file is not None:
                        yield parts[0], parts[1], parts[2], file.read(MAX_BYTES + 1)
    except (tarfile.TarError, zlib.error, EOFError) as error:
        reason = " ".join(str(error).split())[:120].rstrip(".")
        raise InvalidInputError(f"'{path.name}' is not a whole tar of class folders: {reason}.") from None


def to_array(content: bytes) -> np.ndarray:
    """An image file's bytes -> (32, 32, 3) uint8; other sizes are cropped to their centre square and resampled."""
    if 0 < len(content) <= MAX_SMALL and (small := _read_small(content)) is not None:
        return small
    return np.asarray(shrink(read_image(content)))


def _read_small(content: bytes) -> np.ndarray | None:
    """The plain case, a well-formed 32 x 32 RGB image, without the checks a stranger's upload needs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                plain = image.size == (IMAGE_SIZE, IMAGE_SIZE) and image.mode == "RGB" and not image.getexif()
                return np.asarray(image) if plain else None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None  # `read_image` finds the words
