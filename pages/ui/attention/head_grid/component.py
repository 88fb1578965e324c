"""head_grid(grid, part): the component, put together from plain scripts without a build step."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from ccds_core.explain.head_metrics import BADGES
from ccds_core.figures.palette import AGAINST_COLOUR, FOR_COLOUR, MARK_COLOUR
from pages.ui.attention.head_grid.payload import Payload

FOLDER = Path(__file__).resolve().parent
# Each is an ES module of its own. A component takes one script, so they are joined, each after those that it imports.
SCRIPTS = (
    *("dom", "theme", "scale", "weights", "pixels", "address", "view", "naming", "reading", "layout", "legend"),
    *("matrix", "cell_walk", "cell_words", "cell_paint", "cells", "kinds", "pinning", "controls", "preview", "panel"),
    *("details", "strip_layout", "strip_draw", "strip_rows", "strip_head", "strip", "tables", "sheet", "picture_grid"),
    *("picture", "standalone", "exports", "parts"),
)
MAIN = "main"  # the last one, whose default export Streamlit calls
DOC = re.compile(r"^ */\*\*(?:[^*]|\*(?!/))*\*/\n", re.MULTILINE)  # types and descriptions, which no browser needs
IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.MULTILINE)
Head = tuple[int, int]  # layer and head, from 0
Part = Literal["heads", "depth", "all"]  # the heads; pinned heads and tokens; both in one component


@dataclass(frozen=True)
class Start:
    """What is shown until somebody chooses otherwise or a link does."""

    pins: tuple[Head, ...] = ()  # at most four; none: a content head of the last layer that has one
    tokens: tuple[int, ...] = ()  # places from 0


@dataclass(frozen=True)
class Grid:
    """One sentence's heads as they stand on a page."""

    payload: Payload
    key: str
    group: str | None = None  # names the view in the address, and grids of one group share it; None: the key
    start: Start = Start()
    action: str | None = None  # the name of a button that hands over the pinned heads


def head_grid(grid: Grid, part: Part = "all") -> tuple[Head, ...]:
    """Draw a grid, or a part of it: the page may have parts of its own between the two, and both show one view.

    Pointing, pinning and choosing stay in the browser. Nothing comes back, but for `action`: the heads that somebody
    pinned, for one run.
    """
    data = {
        "payload": grid.payload,
        "key": grid.group or grid.key,
        "part": part,
        "start": {
            "pins": [list(pin) for pin in grid.start.pins] or None,
            "tokens": list(grid.start.tokens) or None,
        },
        "action": grid.action,
        "colours": {"for": FOR_COLOUR, "against": AGAINST_COLOUR, "plain": MARK_COLOUR},
        "badges": BADGES,
    }
    result = _mount(key=f"{grid.key}_{part}", data=data, on_chosen_change=_nothing)
    return _read_heads(result.chosen, grid.payload)


def read_script() -> str:
    """All scripts as one ES module; what a script does not export stays its own."""
    modules = {name: DOC.sub("", _read(f"{name}.js")) for name in (*SCRIPTS, MAIN)}
    return "\n".join([*(_enclose(modules[name]) for name in SCRIPTS), IMPORT.sub("", modules[MAIN])])


def read_style() -> str:
    """The style sheet."""
    return _read("head_grid.css")


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _enclose(text: str) -> str:
    """A module as a constant: its exports, from a function that nothing else looks into."""
    names = ", ".join(EXPORT.findall(text))
    return f"const {{ {names} }} = (() => {{\n{EXPORT.sub('', IMPORT.sub('', text))}\nreturn {{ {names} }};\n}})();"


def _read_heads(chosen: object, payload: Payload) -> tuple[Head, ...]:
    """What a browser sent, as far as it names heads of this payload."""
    n_layers, n_heads, _ = payload["shape"]
    pairs = [tuple(pair) for pair in chosen if isinstance(pair, list)] if isinstance(chosen, list) else []
    return tuple((layer, head) for layer in range(n_layers) for head in range(n_heads) if (layer, head) in pairs)


def _nothing() -> None:
    """A trigger needs a callback to be declared."""


_mount = st.components.v2.component("ccds_head_grid", js=read_script(), css=read_style())
