"""How much room a run needs on disk, and how much stays free for everybody else."""

import shutil
from pathlib import Path

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.errors import CheckpointError
from ccds_core.models.cnn_layers import list_layers
from ccds_core.paths import runs_dir
from ccds_core.runs.records import Cost, find_run

FLOOR, FLOOR_FRACTION = 1_000_000_000, 0.05  # bytes that stay free, or this fraction of a small disk
SNAPSHOTS = 2_000_000_000  # bytes of one run's snapshots: 21 of the workshop's CNN with Adam, 94 MB each
BYTES = 4  # of a weight
COPIES = {"adam": 4, "adamw": 4, "sgd": 3}  # weights, best weights, and what the optimizer keeps per weight


def spare_bytes(folder: Path) -> int:
    """Bytes that may still be written on the disk of this folder; negative where too little is free already."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free - min(FLOOR, int(usage.total * FLOOR_FRACTION))


def state_bytes(config: RunConfig) -> int | None:
    """Bytes of the state that a run saves after an epoch; None where the size of its network is not known yet."""
    if isinstance(config.options, CnnOptions):
        parameters = sum(layer.parameters for layer in list_layers(config.options))
    else:
        cost = _shipped_cost(config.preset)
        if cost is None:
            return None
        parameters = cost.parameters
    return parameters * BYTES * COPIES.get(config.train.optimizer, max(COPIES.values()))


def _shipped_cost(preset: str) -> Cost | None:
    """The cost of the shipped run of this preset."""
    try:
        return find_run(preset).metrics.cost if preset else None
    except CheckpointError:
        return None


def run_bytes(config: RunConfig) -> int | None:
    """Bytes that a run keeps on disk at most: its weights, and the states after its epochs as far as they are kept."""
    state = state_bytes(config)
    return None if state is None else state + max(state, min(state * config.train.epochs, SNAPSHOTS))


def check_space(config: RunConfig) -> None:
    """Raise `CheckpointError` where the disk has no room for a run's state, which is written anew each epoch."""
    spare, needed = spare_bytes(runs_dir()), 2 * (state_bytes(config) or 0)
    if spare < needed:
        raise CheckpointError(
            f"The disk is nearly full: this run needs {needed / 1e6:.0f} MB, and {max(0, spare) / 1e6:.0f} MB are "
            "left for it. Delete runs, then start it again."
        )
