"""Which rows are train, val and test: two stored splits of CIFAR-10, and a seeded, class-balanced one for the rest."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccds_core.errors import InvalidInputError

STORED = Path(__file__).with_name("cifar10_splits.npz")
PARTS = ("train", "val", "test")
N_CIFAR10 = 60_000
N_OFFICIAL_TRAIN = 50_000
SPLIT_SEED = 0


@dataclass(frozen=True)
class SplitRows:
    """Row numbers into the arrays; `train` in a shuffled order, so that its first n are a fair subset."""

    train: NDArray[np.int64]
    val: NDArray[np.int64]
    test: NDArray[np.int64]

    def part(self, name: str) -> NDArray[np.int64]:
        """The rows of "train", "val" or "test"."""
        if name not in PARTS:
            raise InvalidInputError(f"No split part '{name}'. There: {', '.join(PARTS)}.")
        rows: NDArray[np.int64] = getattr(self, name)
        return rows


def stored_split(name: str, n_rows: int) -> SplitRows:
    """CIFAR-10's "workshop" (48,000 / 6,000 / 6,000 of all) or "official" (45,000 / 5,000 / 10,000) split."""
    if n_rows != N_CIFAR10:
        raise InvalidInputError(f"The '{name}' split is for all {N_CIFAR10:,} images of CIFAR-10; found {n_rows:,}.")
    with np.load(STORED, allow_pickle=False) as stored:
        return SplitRows(*(stored[f"{name}_{part}"].astype(np.int64) for part in PARTS))


def make_stored_splits() -> dict[str, NDArray[np.uint16]]:
    """What `cifar10_splits.npz` holds, made anew: the workshop merged 60,000 images and drew at random."""
    workshop = np.random.default_rng(SPLIT_SEED).permutation(N_CIFAR10)
    official = np.random.default_rng(SPLIT_SEED).permutation(N_OFFICIAL_TRAIN)
    rows = {
        "workshop_train": workshop[:48_000],
        "workshop_val": workshop[48_000:54_000],
        "workshop_test": workshop[54_000:],
        "official_train": official[:45_000],
        "official_val": official[45_000:],
        "official_test": np.arange(N_OFFICIAL_TRAIN, N_CIFAR10),
    }
    return {name: part.astype(np.uint16) for name, part in rows.items()}


def seeded_split(labels: NDArray[np.int64], what: str = "images") -> SplitRows:
    """80 / 10 / 10 within each class, at least one row of each class in every part; needs three rows a class."""
    generator = np.random.default_rng(SPLIT_SEED)
    parts: dict[str, list[NDArray[np.int64]]] = {part: [] for part in PARTS}
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        if len(rows) < 3:
            raise InvalidInputError(f"Each class needs at least three {what} (train, val, test); one has {len(rows)}.")
        n_val = n_test = max(1, len(rows) // 10)
        parts["val"].append(rows[:n_val])
        parts["test"].append(rows[n_val : n_val + n_test])
        parts["train"].append(rows[n_val + n_test :])
    return SplitRows(*(generator.permutation(np.concatenate(parts[part])) for part in PARTS))
