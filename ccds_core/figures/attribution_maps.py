"""Maps of where a CNN looked, side by side: on the pixels it saw, or laid over the picture; each with its own scale."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ccds_core.figures.palette import GLOW, MARK_COLOUR, SIGNED, colour_values

SIDE = 156  # pixels of one map on screen; six and their scales fit a 1280-pixel projector
DRAWN = 256  # pixels of its bitmap: sharp on a projector and in print
MAPS_A_ROW = 6
DIM = 0.35  # how far the picture under a map is moved towards white
CLIPPED = 99.0  # percentile of the magnitudes that gets the strongest colour: one hot pixel would pale all others
STRONGEST = 0.9  # opacity of the largest value laid over a picture


@dataclass(frozen=True)
class MapPanel:
    """One map and the words above it."""

    title: str
    subtitle: str
    values: NDArray[np.float64]  # (h, w)
    signed: bool
    unit: str


def attribution_maps(panels: Sequence[MapPanel], title: str, over: Image.Image | None = None) -> alt.VConcatChart:
    """Six to a row; laid `over` a picture, a map is smoothed, and alone it keeps its pixels."""
    rows = [panels[start : start + MAPS_A_ROW] for start in range(0, len(panels), MAPS_A_ROW)]
    drawn = [
        alt.hconcat(*(_panel(panel, over) for panel in row), spacing=16).resolve_scale(color="independent")
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
    picture = np.array(over.convert("L").resize((DRAWN, DRAWN)), np.float64)[..., None]  # (D, D, 1)
    dimmed = 255 * DIM + picture * (1 - DIM)
    opacity = STRONGEST * np.abs(strength)[..., None]
    whole = np.where(strength < 0, -1.0, 1.0) if panel.signed else np.full_like(strength, 0.5)
    mixed = colour_values(whole, ramp) * opacity + dimmed * (1 - opacity)
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))


def _panel(panel: MapPanel, over: Image.Image | None) -> alt.LayerChart | alt.FacetChart:
    limit = _limit(panel)
    ends = [-limit, limit] if panel.signed else [0.0, limit]
    scale = alt.Scale(
        domain=[ends[0], sum(ends) / 2, ends[1]], range=SIGNED if panel.signed else GLOW, interpolate="rgb"
    )
    legend = alt.Legend(
        title=panel.unit, orient="bottom", direction="horizontal", gradientLength=SIDE, gradientThickness=10,
        values=[ends[0], sum(ends) / 2, ends[1]], format="+.2~g" if panel.signed else ".2~g", titleFontWeight="normal",
        titleLimit=SIDE + 10,
        labelExpr="datum.value === 0 ? '0' : datum.label",
    )  # fmt: skip
    data = pd.DataFrame({"picture": [_data_url(colour_map(panel, over))], "value": [0.0]})
    base = alt.Chart(data)
    bitmap = base.mark_image(width=SIDE, height=SIDE).encode(
        x=alt.value(SIDE / 2), y=alt.value(SIDE / 2), url="picture:N"
    )
    key = base.mark_point(opacity=0).encode(color=alt.Color("value:Q", scale=scale, legend=legend))  # for its legend
    heading = alt.TitleParams(
        panel.title,
        subtitle=panel.subtitle,
        anchor="start",
        fontSize=14,
        subtitleFontSize=12,
        subtitleColor=MARK_COLOUR,
    )
    return alt.layer(bitmap, key).properties(width=SIDE, height=SIDE, title=heading)


def _limit(panel: MapPanel) -> float:
    """The end of the scale: symmetric about zero for signed maps."""
    magnitudes = np.abs(panel.values)
    return float(np.percentile(magnitudes, CLIPPED) or magnitudes.max()) or 1.0


def _data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
