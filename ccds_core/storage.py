"""Small files, written beside and renamed, verified and parsed when read."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ccds_core.checks import parser_of
from ccds_core.config import faults_of
from ccds_core.data.image_arrays import digest_file
from ccds_core.errors import CheckpointError

MAX_JSON_BYTES = 20_000_000


@contextmanager
def disk_errors() -> Iterator[None]:
    """A disk that is full or may not be written is a sentence; what was saved before stays."""
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        raise CheckpointError(
            f"The folder of runs cannot be written: {said}. Make room there, for instance remove runs, or let the app "
            "write there. What was saved is safe."
        ) from None


@contextmanager
def removed_if_half(beside: Path) -> Iterator[Path]:
    """What could not be written to its end leaves no half file that takes the room of others."""
    try:
        yield beside
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, text: str) -> None:
    """Write beside, flush, rename: a reader sees the old text or the new, never half."""
    with removed_if_half(path.with_name(f".{path.name}.writing")) as beside:
        beside.write_text(text, encoding="utf-8")
        put_in_place(beside, path)


def put_in_place(beside: Path, path: Path) -> None:
    """Flush to disk, let others read, rename."""
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    beside.chmod(0o644)
    os.replace(beside, path)


def changed_at(path: Path) -> int:
    """When a file last changed, in nanoseconds; 0 if it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def verify(folder: Path, name: str, manifest: Mapping[str, str]) -> None:
    """Refuse a file that is absent, linked elsewhere, or not what the manifest says."""
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise CheckpointError(f"'{folder.name}' lacks {name}. Fetch or train it again.")
    if digest_file(path) != manifest.get(name):
        raise CheckpointError(f"'{folder.name}/{name}' is not what its manifest says: it is damaged or was changed.")


def read_text(path: Path) -> str:
    """A text file of bounded size, or a `CheckpointError`."""
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise CheckpointError(f"'{path.parent.name}/{path.name}' is too large to be a run's record.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read: {error}.") from None


def to_json(record: Any) -> str:
    """A record as indented JSON."""
    return json.dumps(asdict(record), indent=1) + "\n"


def parse_json(kind: Any, text: str, name: str) -> Any:
    """JSON text -> a record, or a `CheckpointError` that names the first fault."""
    from pydantic import ValidationError

    try:
        return parser_of(kind).validate_json(text)
    except ValidationError as error:
        place, said = faults_of(error.errors())[0]
        raise CheckpointError(f"'{name}' has a record that cannot be read: {place or 'the text'}: {said}.") from None


def round_numbers(value: Any) -> Any:
    """Every float of a JSON value to four decimals: what the figures that are shipped can mean."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: round_numbers(part) for key, part in value.items()}
    return [round_numbers(part) for part in value] if isinstance(value, list | tuple) else value
