"""Small files: written to a temporary file and renamed; verified and parsed when read."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ccds_core.config.run_config import faults_of
from ccds_core.errors import CheckpointError
from ccds_core.validation import parser_of

MAX_JSON_BYTES = 20_000_000
MAX_HEADER_BYTES = 10_000_000  # of tensors; four million entries in 63 MB took the library 50 s and 1.5 GB


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn a full or read-only disk into a `CheckpointError`; what was saved before stays."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CheckpointError(
            f"The folder of runs cannot be written: {reason}. Free some space, for instance delete runs, or give the "
            "app write permission. What was saved is safe."
        ) from None


@contextmanager
def removed_if_half(temporary: Path) -> Iterator[Path]:
    """Delete a temporary file that could not be written completely."""
    try:
        yield temporary
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, text: str) -> None:
    """Write a temporary file, flush and rename it: a reader sees the old text or the new one, never a part."""
    with removed_if_half(path.with_name(f".{path.name}.writing")) as temporary:
        temporary.write_text(text, encoding="utf-8")
        put_in_place(temporary, path)


def put_in_place(temporary: Path, path: Path) -> None:
    """Flush a temporary file to disk, let others read it, rename it."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.chmod(0o644)
    os.replace(temporary, path)


def changed_at(path: Path) -> int:
    """When a file was last changed, in nanoseconds; 0 if it does not exist."""
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


def check_tensor_header(path: Path) -> None:
    """Refuse a safetensors file whose header, a JSON text that is parsed as a whole, is larger than a record may be."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
    except OSError as error:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read: {error}.") from None
    if size > MAX_HEADER_BYTES:
        raise CheckpointError(f"'{path.parent.name}/{path.name}' cannot be read: its header is larger than any run's.")


def to_json(record: Any) -> str:
    """A record as indented JSON."""
    return json.dumps(asdict(record), indent=1) + "\n"


def save_record(path: Path, record: Any) -> Path:
    """Write a record as JSON, whole or not at all."""
    write_atomically(path, to_json(record))
    return path


def load_record(kind: Any, path: Path) -> Any:
    """What `save_record` wrote, or None where there is no such file; a damaged one is a `CheckpointError`."""
    return parse_json(kind, read_text(path), path.name) if path.is_file() else None


def parse_json(kind: Any, text: str, name: str) -> Any:
    """JSON text -> a record, or a `CheckpointError` that names the first fault."""
    from pydantic import ValidationError

    try:
        return parser_of(kind).validate_json(text)
    except ValidationError as error:
        place, fault = faults_of(error.errors())[0]
        raise CheckpointError(f"'{name}' has a record that cannot be read: {place or 'the text'}: {fault}.") from None


def round_numbers(value: Any) -> Any:
    """Round every float of a JSON value to four decimals, the precision of the shipped figures."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: round_numbers(part) for key, part in value.items()}
    return [round_numbers(part) for part in value] if isinstance(value, list | tuple) else value


def digest_file(path: Path) -> str:
    """SHA-256 (hex) of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
