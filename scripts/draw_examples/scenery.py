"""Backgrounds, in (SIZE, SIZE, 3): sky, sea, meadow, woods, road and rooms, all a little out of focus."""

import numpy as np
from numpy.typing import NDArray

from scripts.draw_examples.canvas import Pixels, colours, mixed
from scripts.draw_examples.grain import Field, fractal, noise
from scripts.draw_examples.outlines import SIZE, Mask


def gradient(*stops: tuple[float, str]) -> Pixels:
    """Colours from top to bottom, each given with the row where it is pure."""
    rows = np.arange(SIZE)
    at = [row for row, _ in stops]
    paints = np.array([colours(paint) for _, paint in stops])  # (stops, 3)
    columns = [np.interp(rows, at, paints[:, channel]) for channel in range(3)]
    strip = np.stack(columns, axis=1).astype(np.float32)[:, None]  # (SIZE, 1, 3)
    return np.repeat(strip, SIZE, axis=1)


def sky(seed: int, top: str = "#3f7fc8", horizon: str = "#c3dcee", clouds: float = 0.6) -> Pixels:
    """A summer sky with soft clouds; `clouds` from 0 to 1 is how white they are."""
    billows = np.clip(fractal(seed, 3, 6) * 1.8 + 0.15, 0.0, 1.0)
    return mixed(gradient((0, top), (SIZE, horizon)), "#fbfcfd", billows * clouds)


def sea(seed: int, near: str = "#1d4668", far: str = "#4d86a8") -> Pixels:
    """Water seen at a low angle: waves grow towards the viewer."""
    depth = _row_ramp(100.0)
    waves = noise(seed, 14, 96) * (1.0 - depth) + noise(seed + 1, 7, 40) * depth
    return gradient((100, far), (SIZE, near)) * (1.0 + 0.22 * waves)[..., None]


def meadow(seed: int, near: str = "#5d8130", far: str = "#8ea650") -> Pixels:
    """Grass: upright streaks in patches."""
    blades: Field = noise(seed, 110, 40) * 0.16 + fractal(seed + 1, 6, 10) * 0.22
    return gradient((90, far), (SIZE, near)) * (1.0 + blades)[..., None]


def tall_grass(seed: int, row: float) -> Mask:
    """What blades of grass about this row hide: all well below it, nothing well above."""
    fringe = 0.4 * noise(seed, 120, 3)
    ramp = (np.arange(SIZE, dtype=np.float32) - row)[:, None] / 30.0 + 0.5
    return np.clip(ramp + fringe, 0.0, 1.0) * below_row(row - 16.0, softness=24.0)


def woods(seed: int, dark: str = "#22351f", bright: str = "#6f8a47") -> Pixels:
    """Trees far out of focus: clumps of leaves with light between."""
    clumps = np.clip(fractal(seed, 7, 7) * 1.1 + 0.42, 0.0, 1.0)
    return mixed(np.broadcast_to(colours(dark), (SIZE, SIZE, 3)), bright, clumps)


def ground(seed: int, paint: str, strength: float = 0.14) -> Pixels:
    """Asphalt, soil or sand: one colour, uneven at two scales."""
    uneven = noise(seed, 128, 128) * 0.6 + fractal(seed + 1, 5, 8)
    return colours(paint) * (1.0 + strength * uneven)[..., None]


def wall(seed: int, left: str, right: str) -> Pixels:
    """A room far out of focus, one colour fading into another."""
    across = np.linspace(0.0, 1.0, SIZE, dtype=np.float32) + 0.35 * noise(seed, 3, 3)
    return mixed(np.broadcast_to(colours(left), (SIZE, SIZE, 3)), right, np.clip(across, 0.0, 1.0))


def split(above: Pixels, below: Pixels, row: float, softness: float = 2.0) -> Pixels:
    """One background above a horizon, another below."""
    return mixed(above, below, below_row(row, softness))


def below_row(row: float, softness: float = 2.0) -> Mask:
    """1 under the row, 0 above it, a soft step between."""
    step: NDArray[np.float32] = (np.arange(SIZE, dtype=np.float32) - row) / softness + 0.5
    return np.broadcast_to(np.clip(step, 0.0, 1.0)[:, None], (SIZE, SIZE))


def _row_ramp(start: float) -> Field:
    ramp = (np.arange(SIZE, dtype=np.float32) - start) / (SIZE - start)
    return np.broadcast_to(np.clip(ramp, 0.0, 1.0)[:, None], (SIZE, SIZE))
