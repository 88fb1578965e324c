"""The six-class emotion data of Saravia et al. 2018, found as text files or parquet, or fetched when asked for."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ccds_core.data.splits import PARTS, SPLIT_SEED, SplitRows
from ccds_core.data.text_dataset import TextRows
from ccds_core.data.text_file import LabelledTexts, decode, read_lines
from ccds_core.errors import InvalidInputError, MissingDataError
from ccds_core.paths import data_dir

# the order of the Hugging Face copy; labels are always matched by name, since the copies number them differently
CLASSES = ("sadness", "joy", "love", "anger", "fear", "surprise")
SOURCE = "emotion data of Saravia et al. 2018, official split"
HUB_NAME = "dair-ai/emotion"
HUB_PARTS = {"train": "train", "val": "validation", "test": "test"}


def find() -> dict[str, Path] | None:
    """Part -> its file under the data folder's `emotion/`: text files, else the Hugging Face copy's parquet files."""
    folder = data_dir() / "emotion"
    texts = {part: folder / f"{part}.txt" for part in PARTS}
    if all(path.is_file() for path in texts.values()):
        return texts
    for place in (folder, folder / "split"):
        tables = {part: sorted(place.glob(f"{HUB_PARTS[part]}-*.parquet")) for part in PARTS}
        if all(len(files) == 1 for files in tables.values()):
            return {part: files[0] for part, files in tables.items()}
    return None


def load() -> TextRows:
    """All 20,000 texts in their official split; `MissingDataError` names every way to supply them."""
    files = find()
    if files is None:
        raise MissingDataError(missing_text())
    parts = {part: _read(path) for part, path in files.items()}
    foreign = {label for rows in parts.values() for label in rows.labels} - set(CLASSES)
    if foreign:
        raise InvalidInputError(f"The emotion data know other labels than the six: {', '.join(sorted(foreign)[:5])}.")
    return _join(parts)


def missing_text() -> str:
    """What to do when the emotion data are not here."""
    return (
        f"The emotion data are not in {data_dir().name}/emotion/ (set CCDS_DATA_DIR to look elsewhere). Put there "
        "'train.txt', 'val.txt' and 'test.txt' of 'text;label' lines, or the three parquet files of the Hugging Face "
        f"data set {HUB_NAME}; or download those (1.3 MB) with 'python -m ccds_core data fetch emotion'."
    )


def fetch() -> Path:
    """Download the three parquet files from the Hugging Face hub into the data folder."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    folder = data_dir() / "emotion"
    try:
        for part in HUB_PARTS.values():
            file = f"split/{part}-00000-of-00001.parquet"
            hf_hub_download(HUB_NAME, file, repo_type="dataset", local_dir=folder)
    except (OSError, HfHubHTTPError, LocalEntryNotFoundError) as error:
        reason = " ".join(str(error).split())[:160]
        raise MissingDataError(f"The download did not succeed ({reason}). {missing_text()}") from None
    return folder


def _read(path: Path) -> LabelledTexts:
    if path.suffix == ".parquet":
        return read_parquet(path)
    return read_lines(decode(path.read_bytes()).split("\n"), path.name)


def read_parquet(path: Path) -> LabelledTexts:
    """The Hugging Face copy: label numbers, named by the file's own metadata."""
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.read_table(path, columns=["text", "label"])
        features = json.loads((table.schema.metadata or {})[b"huggingface"])["info"]["features"]
        names: Sequence[str] = features["label"]["names"]
        texts, numbers = table["text"].to_pylist(), table["label"].to_pylist()
        if not all(isinstance(text, str) for text in texts) or min(numbers, default=0) < 0:
            raise ValueError("a row lacks its text or its label")
        return LabelledTexts(tuple(texts), tuple(names[number] for number in numbers))
    except (ArrowException, OSError, KeyError, IndexError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:120].rstrip(".")
        raise InvalidInputError(
            f"'{path.name}' is not the emotion data's parquet file, or does not name its labels: {reason}."
        ) from None


def _join(parts: dict[str, LabelledTexts]) -> TextRows:
    texts = [text for part in PARTS for text in parts[part].texts]
    labels = [CLASSES.index(label) for part in PARTS for label in parts[part].labels]
    ends = np.cumsum([0, *(len(parts[part].texts) for part in PARTS)])
    train, val, test = (np.arange(ends[i], ends[i + 1], dtype=np.int64) for i in range(3))
    shuffled = np.random.default_rng(SPLIT_SEED).permutation(train)  # so that its first n are a fair subset
    return TextRows(tuple(texts), np.array(labels, np.int64), CLASSES, SplitRows(shuffled, val, test), SOURCE)
