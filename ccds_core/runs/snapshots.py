"""Snapshots: the state of a run after each epoch, to replay its predictions and to fork from it."""

import os
from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ccds_core.errors import CheckpointError
from ccds_core.runs.disk_space import SNAPSHOTS, spare_bytes
from ccds_core.runs.records import RESUME, find_run
from ccds_core.storage import changed_at, read_text, removed_if_half, write_atomically

if TYPE_CHECKING:
    from ccds_core.models.classifier import Classifier

EPOCHS = "epochs"  # the folder; 003.safetensors in it is the state after epoch 3
ALL_BUDGET = 10_000_000_000  # bytes of all runs' snapshots: about 40 runs of a lesson


def keep_snapshot(folder: Path, epoch: int) -> None:
    """Keep the resume file of this epoch as a hard link, which takes no time."""
    source, target = folder / RESUME, _path(folder, epoch)
    if epoch == 0 or not source.is_file() or target.exists():
        return
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        with removed_if_half(target.with_name(f".{target.name}.writing")) as beside:
            beside.write_bytes(source.read_bytes())
            os.replace(beside, target)
    thin_out(folder, SNAPSHOTS)
    make_room(folder.parent, ALL_BUDGET, folder)
    missing = source.stat().st_size - spare_bytes(folder)  # for the next epoch's state
    if missing > 0:
        before = sum(_sizes(folder.parent).values())
        make_room(folder.parent, before - missing, folder)
        sizes = _sizes(folder.parent)
        thin_out(folder, sizes[folder] - max(0, sum(sizes.values()) - before + missing))


def make_room(root: Path, budget: int, training: Path) -> None:
    """Delete all but the last snapshot of the runs besides `training`, until the rest fits into `budget` bytes.

    The runs whose last epoch ended longest ago come first, whether they are finished, stopped or paused.
    """
    sizes = _sizes(root)
    ended = {folder: max(map(changed_at, (folder / EPOCHS).iterdir()), default=0) for folder in sizes}
    for folder in sorted(sizes.keys() - {training}, key=ended.__getitem__):
        if sum(sizes.values()) <= budget:
            return
        for epoch in epochs_of(folder)[:-1]:
            size = _size(_path(folder, epoch))
            _path(folder, epoch).unlink(missing_ok=True)
            sizes[folder] -= size


def _sizes(root: Path) -> dict[Path, int]:
    """Bytes of the snapshots in each run's folder."""
    return {path.parent: sum(map(_size, path.iterdir())) for path in root.glob(f"*/{EPOCHS}")}


def _size(path: Path) -> int:
    """Bytes of a file; 0 where another process has removed it."""
    with suppress(OSError):
        return path.stat().st_size
    return 0


def keep_files(folder: Path, files: Mapping[str, str]) -> None:
    """Keep the files of a text model; the run's folder itself gets them only at the end."""
    for name, text in files.items():
        (folder / EPOCHS).mkdir(exist_ok=True)
        write_atomically(folder / EPOCHS / name, text)


def epochs_of(folder: Path) -> list[int]:
    """The epochs with a snapshot, in order."""
    return sorted(int(path.stem) for path in (folder / EPOCHS).glob("*.safetensors") if path.stem.isdigit())


def thin_out(folder: Path, budget: int) -> None:
    """Delete snapshots until the rest fits, those with the nearest neighbours first; the first and the last stay."""
    epochs = epochs_of(folder)
    sizes = {epoch: _size(_path(folder, epoch)) for epoch in epochs}
    while sum(sizes[epoch] for epoch in epochs) > budget and len(epochs) > 2:
        gaps = [later - earlier for (earlier, _), (_, later) in pairwise(pairwise(epochs))]
        dropped = epochs.pop(1 + gaps.index(min(gaps)))
        _path(folder, dropped).unlink(missing_ok=True)


def find_snapshot(folder: Path, epoch: int) -> Path:
    """The snapshot's file. Raises `CheckpointError`, which lists the epochs, if there is none."""
    path = _path(folder, epoch)
    if not path.is_file():
        epochs = ", ".join(map(str, epochs_of(folder))) or "none"
        raise CheckpointError(f"Run '{folder.name}' has no snapshot of epoch {epoch}. There: {epochs}.")
    return path


def load_network(name: str, epoch: int) -> "Classifier":
    """The network after this epoch, in eval mode, frozen."""
    from ccds_core.runs.weights import load_part, rebuild

    record = find_run(name)
    path = find_snapshot(record.folder, epoch)
    files = {file.name: read_text(file) for file in path.parent.glob("*.json")}
    return rebuild(record, load_part(path, "model."), files)


def _path(folder: Path, epoch: int) -> Path:
    return folder / EPOCHS / f"{epoch:03d}.safetensors"
