"""Attribution maps side by side: as pixels, or laid over the image; each with its own scale."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ccds_core.figures.palette import GLOW, INK, MARK_COLOUR, SIGNED, STRONG, colour_values

SIDE = 272  # pixels of one map on screen: seen from the back of a class; three fit a window of 1024 pixels
DRAWN = 384  # pixels of its bitmap: sharp on a projector and in print
LABEL = 20  # pixels by which a number may stand out beside the scale's end
MAPS_A_ROW = 3  # in a file
DIM = 0.35  # how far the image under a map is moved towards white
CLIPPED = 99.0  # percentile of the magnitudes that gets the strongest colour: one hot pixel would pale all others
STRONGEST = 0.9  # opacity of the largest value laid over an image

WIDTH = 1120  # pixels at most: a 1280-pixel projector
TILE = 66  # pixels a tile has at most, its gap included
GAP = 2  # pixels
CELL = 46  # pixels of a number in a grid
GROUND = (128, 134, 144)  # between the tiles: seen on white and on the dark theme


@dataclass(frozen=True)
class MapPanel:
    """One map and the words above it."""

    title: str
    subtitle: str
    values: NDArray[np.float64]  # (h, w)
    signed: bool
    unit: str


def attribution_maps(panels: Sequence[MapPanel], title: str, over: Image.Image | None = None) -> alt.VConcatChart:
    """Three to a row; laid `over` an image, a map is smoothed, and alone it keeps its pixels."""
    rows = [panels[start : start + MAPS_A_ROW] for start in range(0, len(panels), MAPS_A_ROW)]
    drawn = [
        alt.hconcat(*(map_panel(panel, over) for panel in row), spacing=16).resolve_scale(color="independent")
        for row in rows
    ]
    return alt.vconcat(*drawn, spacing=24, title=title).resolve_scale(color="independent")


def colour_map(panel: MapPanel, over: Image.Image | None = None) -> Image.Image:
    """The bitmap of one map, `DRAWN` pixels wide."""
    ramp = SIGNED if panel.signed else GLOW
    shares = (panel.values / _limit(panel)).clip(-1, 1)  # -1..1, or 0..1
    if over is None:
        return Image.fromarray(colour_values(shares, ramp)).resize((DRAWN, DRAWN), Image.Resampling.NEAREST)
    smooth = Image.fromarray(shares.astype(np.float32)).resize((DRAWN, DRAWN), Image.Resampling.BILINEAR)
    strength = np.array(smooth, np.float64)
    grey = np.array(over.convert("L").resize((DRAWN, DRAWN)), np.float64)[..., None]  # (D, D, 1)
    dimmed = 255 * DIM + grey * (1 - DIM)
    opacity = STRONGEST * np.abs(strength)[..., None]
    whole = np.where(strength < 0, -1.0, 1.0) if panel.signed else np.full_like(strength, 0.5)
    mixed = colour_values(whole, ramp) * opacity + dimmed * (1 - opacity)
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))


def mosaic(tiles: NDArray[np.float32], signed: bool, columns: int = 0, widest: int = WIDTH) -> Image.Image:
    """(N, h, w) -> one image, row by row; white is zero, the strongest colour the largest magnitude of all."""
    n, height, width = tiles.shape
    columns = columns or min(n, widest // TILE)
    rows = math.ceil(n / columns)
    zoom = max(1, (min(TILE, widest // columns) - GAP) // max(height, width))
    limit = float(np.abs(tiles).max()) or 1.0
    coloured = colour_values(tiles / limit, SIGNED if signed else GLOW)  # (N, h, w, 3)
    coloured = coloured.repeat(zoom, axis=1).repeat(zoom, axis=2)
    step_y, step_x = height * zoom + GAP, width * zoom + GAP
    canvas = np.empty((rows * step_y - GAP, columns * step_x - GAP, 3), np.uint8)
    canvas[:] = GROUND
    for place in range(n):
        top, left = (place // columns) * step_y, (place % columns) * step_x
        canvas[top : top + height * zoom, left : left + width * zoom] = coloured[place]
    return Image.fromarray(canvas)


def colour_filter(kernel: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(3, h, w) weights on red, green and blue -> (h, w, 3), grey at zero."""
    limit = float(np.abs(kernel).max()) or 1.0
    return np.rint(127.5 + 127.5 * kernel.transpose(1, 2, 0) / limit).astype(np.uint8)


def product_grid(
    parts: Mapping[str, NDArray[np.float32]], channels: Sequence[int], names: Sequence[str]
) -> alt.FacetChart:
    """Parts (C, 3, 3), as inputs, weights and products, side by side for some of their channels.

    `names`: one for each of these channels. Each part has its own scale of red (positive) and blue (negative).
    """
    rows = [
        {"part": part, "channel": name, "row": row, "column": column, "value": float(values[channel, row, column]),
         "shade": float(values[channel, row, column] / (np.abs(values[list(channels)]).max() or 1.0))}
        for part, values in parts.items()
        for channel, name in zip(channels, names, strict=True)
        for row, column in np.ndindex(values.shape[1:])
    ]  # fmt: skip
    base = alt.Chart().encode(x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None))
    scale = alt.Scale(domain=[-1, 0, 1], range=SIGNED, interpolate="rgb")
    cells = base.mark_rect(stroke=MARK_COLOUR, strokeWidth=0.5).encode(
        color=alt.Color("shade:Q", scale=scale, legend=None),
        tooltip=["part:N", "channel:N", alt.Tooltip("value:Q", format=".4f")],
    )
    ink = alt.condition(f"abs(datum.shade) > {STRONG}", alt.value("white"), alt.value(INK))
    numbers = base.mark_text().encode(text=alt.Text("value:Q", format=".2f"), color=ink)
    panel = alt.layer(cells, numbers, data=pd.DataFrame(rows)).properties(width=3 * CELL, height=3 * CELL)
    return panel.facet(
        row=alt.Row("channel:N", sort=list(names), header=alt.Header(title=None, labelAngle=0, labelAlign="left")),
        column=alt.Column("part:N", sort=list(parts), header=alt.Header(title=None, labelFontWeight="bold")),
        spacing=12,
    )


def map_panel(panel: MapPanel, over: Image.Image | None = None) -> alt.LayerChart:
    """One map alone, `SIDE` pixels wide; laid `over` an image it is smoothed, else it keeps its pixels."""
    limit = _limit(panel)
    ends = [-limit, limit] if panel.signed else [0.0, limit]
    scale = alt.Scale(
        domain=[ends[0], sum(ends) / 2, ends[1]], range=SIGNED if panel.signed else GLOW, interpolate="rgb"
    )
    legend = alt.Legend(
        title=panel.unit, orient="bottom", direction="horizontal", gradientLength=SIDE - 2 * LABEL,
        gradientThickness=10,
        values=[ends[0], sum(ends) / 2, ends[1]], format="+.2~g" if panel.signed else ".2~g", titleFontWeight="normal",
        titleLimit=SIDE + 10,
        labelExpr="datum.value === 0 ? '0' : datum.label",
    )  # fmt: skip
    data = pd.DataFrame({"image": [_data_url(colour_map(panel, over))], "value": [0.0]})
    base = alt.Chart(data)
    bitmap = base.mark_image(width=SIDE, height=SIDE).encode(
        x=alt.value(SIDE / 2), y=alt.value(SIDE / 2), url="image:N"
    )
    key = base.mark_point(opacity=0).encode(color=alt.Color("value:Q", scale=scale, legend=legend))  # for its legend
    heading = alt.TitleParams(
        panel.title,
        subtitle=panel.subtitle,
        anchor="start",
        fontSize=16,
        subtitleColor=MARK_COLOUR,
    )
    return alt.LayerChart(layer=[bitmap, key]).properties(width=SIDE, height=SIDE, title=heading)


def _limit(panel: MapPanel) -> float:
    """The end of the scale: symmetric about zero for signed maps."""
    magnitudes = np.abs(panel.values)
    return float(np.percentile(magnitudes, CLIPPED) or magnitudes.max()) or 1.0


def _data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
