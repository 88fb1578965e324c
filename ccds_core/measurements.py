"""What was measured on a run and is shipped beside its folder: read only with the weights that it was made with."""

from pathlib import Path
from typing import Any

from ccds_core.errors import CheckpointError
from ccds_core.run_folders import RunRecord
from ccds_core.runtime import checkpoints_dir
from ccds_core.storage import parse_json, read_text


def path_beside(model: str, what: str) -> Path:
    """`what` is the middle of the file's name, "tokens" or "faithfulness"."""
    return checkpoints_dir() / f"{model}.{what}.json"


def load_beside(record: RunRecord, what: str, kind: type[Any], form: int) -> Any:
    """A record of this kind with the fields format, model and run_digest; None where nothing was measured.

    A file that is damaged, of another format, or made with other weights than the run's, is a `CheckpointError`.
    """
    path = path_beside(record.name, what)
    if not path.is_file():
        return None
    found = parse_json(kind, read_text(path), path.name)
    if found.format != form:
        raise CheckpointError(f"'{path.name}' has format {found.format}; this version reads format {form}.")
    if (found.model, found.run_digest) != (record.name, record.digest):
        raise CheckpointError(f"'{path.name}' was made with other weights than those of '{record.name}'.")
    return found
