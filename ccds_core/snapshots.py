"""What a run was after each epoch, kept beside it: to look back, and to go another way from there."""

import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ccds_core.errors import CheckpointError
from ccds_core.run_folders import MANIFEST, RESUME, find_run
from ccds_core.storage import changed_at, read_text, removed_if_half, write_atomically

if TYPE_CHECKING:
    from ccds_core.classifier import Classifier

EPOCHS = "epochs"  # the folder; 003.safetensors in it is the whole state after epoch 3
BUDGET = 2_000_000_000  # bytes of one run's snapshots: 21 of the workshop's CNN, whose state with Adam's takes 94 MB
ALL_BUDGET = 10_000_000_000  # bytes of all runs' snapshots: some forty runs of a lesson


def keep_snapshot(folder: Path, epoch: int) -> None:
    """Keep the resume file of this epoch's end: a second name of the same bytes, so it costs no time."""
    source, target = folder / RESUME, _path(folder, epoch)
    if epoch == 0 or not source.is_file() or target.exists():
        return
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a file system without second names
        with removed_if_half(target.with_name(f".{target.name}.writing")) as beside:
            beside.write_bytes(source.read_bytes())
            os.replace(beside, target)
    thin_out(folder, BUDGET)
    make_room(folder.parent, ALL_BUDGET)


def make_room(root: Path, budget: int) -> None:
    """Drop all but the last snapshot of finished runs, the oldest runs first, until all that are kept fit."""
    folders = [path.parent for path in root.glob(f"*/{EPOCHS}")]
    sizes = {folder: sum(file.stat().st_size for file in (folder / EPOCHS).iterdir()) for folder in folders}
    done = [folder for folder in folders if (folder / MANIFEST).is_file()]
    for folder in sorted(done, key=lambda folder: changed_at(folder / MANIFEST)):
        if sum(sizes.values()) <= budget:
            return
        for epoch in epochs_of(folder)[:-1]:
            size = _path(folder, epoch).stat().st_size
            _path(folder, epoch).unlink(missing_ok=True)
            sizes[folder] -= size


def keep_files(folder: Path, files: Mapping[str, str]) -> None:
    """What a text model needs besides its weights; the run's folder has it only when finished."""
    for name, text in files.items():
        (folder / EPOCHS).mkdir(exist_ok=True)
        write_atomically(folder / EPOCHS / name, text)


def epochs_of(folder: Path) -> list[int]:
    """The epochs that are kept, in their order."""
    return sorted(int(path.stem) for path in (folder / EPOCHS).glob("*.safetensors") if path.stem.isdigit())


def thin_out(folder: Path, budget: int) -> None:
    """Drop snapshots until the rest fit, those first whose neighbours are nearest; the first and the last stay."""
    epochs = epochs_of(folder)
    sizes = {epoch: _path(folder, epoch).stat().st_size for epoch in epochs}
    while sum(sizes[epoch] for epoch in epochs) > budget and len(epochs) > 2:
        gaps = [later - earlier for (earlier, _), (_, later) in pairwise(pairwise(epochs))]
        dropped = epochs.pop(1 + gaps.index(min(gaps)))
        _path(folder, dropped).unlink(missing_ok=True)


def find_snapshot(folder: Path, epoch: int) -> Path:
    """The file of this epoch, or an error that says which there are."""
    path = _path(folder, epoch)
    if not path.is_file():
        there = ", ".join(map(str, epochs_of(folder))) or "none"
        raise CheckpointError(f"Run '{folder.name}' has no snapshot of epoch {epoch}. There: {there}.")
    return path


def load_network(name: str, epoch: int) -> "Classifier":
    """The network as it was after this epoch: eval mode, frozen."""
    from ccds_core.checkpoints import load_part, rebuild

    record = find_run(name)
    path = find_snapshot(record.folder, epoch)
    files = {file.name: read_text(file) for file in path.parent.glob("*.json")}
    return rebuild(record, load_part(path, "model."), files)


def _path(folder: Path, epoch: int) -> Path:
    return folder / EPOCHS / f"{epoch:03d}.safetensors"
