"""steps.jsonl of a run's folder: one line per optimizer step, appended as it happens and read from its end."""

import json
import os
import sys
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from ccds_core.storage import put_in_place, removed_if_half

STEPS = "steps.jsonl"
CHUNK = 1 << 16  # bytes first read from the end; doubled until it includes the first line that is needed
MOST = 2**53  # of a count: the largest integer that a float represents exactly
DIGITS = 6  # significant digits of a number


class LayerStep(NamedTuple):
    """Measurements of one layer at one step; None where not defined or not a number."""

    gradient_rms: float | None
    update_ratio: float | None  # RMS of the weights' change / RMS of the weights before the step
    saturated: float | None  # fraction of saturated sigmoid or tanh outputs
    dead: float | None  # fraction of ReLU units that are zero for every probe image


class StepRecord(NamedTuple):
    """One optimizer step; `global_step` counts from 1 over the whole run, `step` within its epoch."""

    epoch: int
    step: int
    n_steps: int
    global_step: int
    loss: float
    accuracy: float  # of the batch
    learning_rate: float
    examples_per_second: float
    layers: dict[str, LayerStep] | None  # by layer, at some steps only


class StepLog:
    """The open file, unbuffered, so that a killed process loses no line."""

    def __init__(self, folder: Path) -> None:
        self._file = open(folder / STEPS, "ab", buffering=0)  # noqa: SIM115 - stays open as long as the run

    def append(self, record: StepRecord) -> None:
        """Append one line; the last of an epoch is flushed to disk, since the epoch is saved after it."""
        self._file.write(_line(record))
        if record.step == record.n_steps:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_steps(folder: Path, after: int = 0) -> list[StepRecord]:
    """The steps after number `after`, oldest first; only the end of the file is read."""
    try:
        with open(folder / STEPS, "rb") as file:
            size, chunk = file.seek(0, os.SEEK_END), CHUNK
            while True:
                start = max(0, size - chunk) if after else 0
                file.seek(start)
                lines = file.read(size - start).split(b"\n")[:-1]  # an incomplete last line is left out
                complete = lines[1:] if start else lines
                if start == 0 or (complete and _step_of(complete[0]) <= after):
                    return _parse(complete, after)
                chunk *= 2
    except OSError:
        return []


def cut_after(folder: Path, epoch: int, source: Path | None = None) -> int:
    """Remove the steps of later epochs and an incomplete last line; returns the number of steps left.

    With `source`, the lines come from that run's folder.
    """
    path = (source or folder) / STEPS
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    kept = [line for line in lines if (row := _row(line)) and row[0] <= epoch]
    with removed_if_half(folder / f".{STEPS}.writing") as beside:
        beside.write_bytes(b"".join(line + b"\n" for line in kept))
        put_in_place(beside, folder / STEPS)
    return len(kept)


def _parse(lines: list[bytes], after: int) -> list[StepRecord]:
    try:
        rows = json.loads(b"[" + b",".join(lines) + b"]")  # in one call: thirty times faster than line by line
    except (ValueError, RecursionError):
        rows = list(map(_row, lines))
    rows = [row for row in rows if _is_valid(row) and row[3] > after]  # a damaged line is left out
    for row in rows:
        if row[-1] is not None:
            row[-1] = {layer: LayerStep(*numbers) for layer, numbers in row[-1].items()}
    return [StepRecord._make(row) for row in rows]


def _row(line: bytes) -> list[Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if _is_valid(row) else None


def _is_valid(row: Any) -> bool:
    """Whether it has the form that `_line` writes: four counts, four numbers, and four numbers per layer or null."""
    if not isinstance(row, list) or len(row) != len(StepRecord._fields):
        return False
    layers = {} if row[-1] is None else row[-1]
    return (
        all(type(count) is int and 0 <= count <= MOST for count in row[:4])
        and all(map(_is_number, row[4:8]))
        and isinstance(layers, dict)
        and all(isinstance(part, list) and len(part) == 4 and all(map(_is_number, part)) for part in layers.values())
    )


def _is_number(value: Any) -> bool:
    return value is None or type(value) is float or (type(value) is int and abs(value) <= MOST)


def _step_of(line: bytes) -> int:
    row = _row(line)
    return int(row[3]) if row else sys.maxsize  # so that more is read


def _line(record: StepRecord) -> bytes:
    layers = record.layers and {name: LayerStep(*_shorten(numbers)) for name, numbers in record.layers.items()}
    row = [*record[:4], *_shorten(record[4:8]), layers]
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _shorten(numbers: Iterable[float | None]) -> list[float | None]:
    return [float(f"{n:.{DIGITS}g}") if n is not None and isfinite(n) else None for n in numbers]
