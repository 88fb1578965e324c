"""steps.jsonl of a run's folder: one line per update, appended as it happens and read from its end."""

import json
import os
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from ccds_core.storage import put_in_place

STEPS = "steps.jsonl"
CHUNK = 1 << 16  # bytes first read from the end; doubled until the line wanted is among them
DIGITS = 6  # significant ones of a number that is written


class LayerSignal(NamedTuple):
    """What one layer's weights did in one update; None where it is not a number or cannot be said."""

    gradient_rms: float | None
    update_ratio: float | None  # rms of the change / rms of the weights before it
    saturated: float | None  # share of the activation after it that hardly passes a gradient


class StepRecord(NamedTuple):
    """One update of a run; `update` counts from 1 over the whole run, `step` within its epoch."""

    epoch: int
    step: int
    n_steps: int
    update: int
    loss: float
    accuracy: float  # of the batch
    learning_rate: float
    examples_per_second: float
    signals: dict[str, LayerSignal] | None  # by layer, at some updates only


class StepLog:
    """The open file; each line reaches the system at once, so that a killed process loses none."""

    def __init__(self, folder: Path) -> None:
        self._file = open(folder / STEPS, "ab", buffering=0)  # noqa: SIM115 - stays open as long as the run

    def append(self, record: StepRecord) -> None:
        """One line; the last of an epoch is flushed to the disk, since the epoch is saved after it."""
        self._file.write(_line(record))
        if record.step == record.n_steps:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """No more lines."""
        self._file.close()


def read_steps(folder: Path, after: int = 0) -> list[StepRecord]:
    """The updates after number `after`, oldest first; only the end of the file is read for it."""
    try:
        with open(folder / STEPS, "rb") as file:
            size, chunk = file.seek(0, os.SEEK_END), CHUNK
            while True:
                start = max(0, size - chunk) if after else 0
                file.seek(start)
                lines = file.read(size - start).split(b"\n")[:-1]  # what follows the last line's end is half a line
                whole = lines[1:] if start else lines
                if start == 0 or (whole and _update_of(whole[0]) <= after):
                    return _parse(whole, after)
                chunk *= 2
    except OSError:
        return []


def cut_after(folder: Path, epoch: int, source: Path | None = None) -> int:
    """Drop the updates of later epochs and half a line, beside and renamed; the number of updates left.

    With `source`, the lines come from that run's folder.
    """
    path = (source or folder) / STEPS
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    kept = [line for line in lines if int(line[1 : line.index(b",")]) <= epoch]
    beside = folder / f".{STEPS}.writing"
    beside.write_bytes(b"".join(line + b"\n" for line in kept))
    put_in_place(beside, folder / STEPS)
    return len(kept)


def _parse(lines: list[bytes], after: int) -> list[StepRecord]:
    rows = json.loads(b"[" + b",".join(lines) + b"]")
    if rows and rows[0][3] <= after:
        rows = [row for row in rows if row[3] > after]
    for row in rows:
        if row[-1] is not None:
            row[-1] = {layer: LayerSignal(*numbers) for layer, numbers in row[-1].items()}
    return [StepRecord._make(row) for row in rows]


def _update_of(line: bytes) -> int:
    return int(line.split(b",", 4)[3])


def _line(record: StepRecord) -> bytes:
    signals = record.signals and {layer: LayerSignal(*_shorten(signal)) for layer, signal in record.signals.items()}
    numbers = [*record[:4], *_shorten(record[4:8]), signals]
    return json.dumps(numbers, separators=(",", ":")).encode() + b"\n"


def _shorten(numbers: Iterable[float | None]) -> list[float | None]:
    return [float(f"{n:.{DIGITS}g}") if n is not None and isfinite(n) else None for n in numbers]
