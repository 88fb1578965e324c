"""Measurements of a run, shipped next to its folder; read only together with the weights that were measured.

It stands alone: every measurement beside a run is read and written by it.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ccds_core.errors import CheckpointError
from ccds_core.paths import checkpoints_dir
from ccds_core.runs.records import RunRecord
from ccds_core.storage import load_record, round_numbers, write_atomically


def path_beside(model: str, what: str) -> Path:
    """`what` is "tokens" or "faithfulness", the middle of the file's name."""
    return checkpoints_dir() / f"{model}.{what}.json"


def save_beside(results: Any, what: str) -> Path:
    """Write a record with the field `model` next to its run's folder, numbers rounded to their precision."""
    path = path_beside(results.model, what)
    write_atomically(path, json.dumps(round_numbers(asdict(results)), separators=(",", ":")) + "\n")
    return path


def load_beside(record: RunRecord, what: str, kind: type[Any], form: int) -> Any:
    """A record of this kind with the fields format, model and run_digest; None if there is no file.

    Raises `CheckpointError` if the file is damaged, of another format, or measured on other weights.
    """
    path = path_beside(record.name, what)
    artifact = load_record(kind, path)
    if artifact is None:
        return None
    if artifact.format != form:
        raise CheckpointError(f"'{path.name}' has format {artifact.format}; this version reads format {form}.")
    if (artifact.model, artifact.run_digest) != (record.name, record.digest):
        raise CheckpointError(f"'{path.name}' was measured on other weights than those of '{record.name}'.")
    return artifact
